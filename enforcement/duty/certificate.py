"""The coverage certificate of a period: what was required, what was staffed and led, and every gap with who answered for it."""

import dataclasses

from django.db.models import Count, F, Max
from django.utils import timezone

from enforcement.duty.coverage import Coverage, Gap, coverage, sentence
from enforcement.duty.responsible import Answer, Responsible
from enforcement.models.duty.rosters import Assignment, RosterVersion

MOST = 300  # gaps that are explained one by one; the figures count all of them


@dataclasses.dataclass(frozen=True)
class Row:
    """A gap, what is wanting in words, and who answered for the post."""

    gap: Gap
    words: str
    answer: Answer


@dataclasses.dataclass(frozen=True)
class Certificate:
    """`coverage` has the figures and all gaps; `rows` the first MOST of them explained; `left_out` how many are not;
    `versions` the published versions of the rosters of these days, with the signed reason where one left gaps; `afterwards`
    what was entered into the roster after it had begun: {"count", "at"} (the last moment), count 0 when nothing was."""

    coverage: Coverage
    rows: list
    left_out: int
    versions: list
    afterwards: dict
    at: object  # the moment at which it was drawn up: what lies after it is planned

    @property
    def is_planned(self):
        """Nothing of the period has happened yet."""
        return self.coverage.start >= self.at

    @property
    def planned_from(self):
        """From when on the period is plan and not yet fact; None when all of it lies in the past."""
        return max(self.coverage.start, self.at) if self.coverage.end > self.at else None

    @property
    def unstaffed_seconds(self):
        return self.coverage.required_seconds - self.coverage.staffed_seconds

    @property
    def unled_seconds(self):
        return self.coverage.required_seconds - self.coverage.led_seconds


def certificate(start, end, *, at=None):
    """The Certificate of [start, end). The number of queries does not follow the length of the period or its gaps."""
    at = at or timezone.now()
    found = coverage(start, end, at=at)
    rows = []
    if found.gaps:
        shown = found.gaps[:MOST]
        responsible = Responsible(shown[0].start, max(gap.end for gap in shown), at=at)
        rows = [Row(gap, sentence(gap), responsible.answer(gap)) for gap in shown]
    versions = RosterVersion.objects.filter(
        state=RosterVersion.State.PUBLISHED,
        roster__starts_on__lte=timezone.localdate(end),
        roster__ends_on__gte=timezone.localdate(start),
    )
    versions = versions.select_related("roster", "published_by").order_by("roster__starts_on")
    return Certificate(found, rows, len(found.gaps) - len(rows), list(versions), _entered_afterwards(start, end), at)


def _entered_afterwards(start, end):
    """Assignments of [start, end) that were put in force after they had begun: a roster written down late proves less than one
    that was published. A change of duty has its own trail of two names and a leader."""
    late = Assignment.objects.in_force().touching(start, end).filter(entered_at__gt=F("start"))
    return late.exclude(source=Assignment.Source.CHANGE).aggregate(count=Count("pk"), at=Max("entered_at"))

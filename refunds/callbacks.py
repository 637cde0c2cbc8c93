"""Call-backs as people read them: who is still to be called, what the others said, how many were drawn today."""

from collections import Counter

from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.functional import cached_property

from refunds.models import CallBackAnswer, CallBackSample, RefundEvent
from venues.moments import day_so_far

OPEN, ANSWERED = "open", "answered"
_USUAL = 5  # travellers to draw while no event says how many


class Desk:
    """The call-backs at the moment `at`."""

    def __init__(self, at):
        self.at = at

    def rows(self, show):
        """Samples with their traveller (masked), group and answers; those to be called in the order of their drawing, those who
        answered the latest first."""
        found = CallBackSample.objects.filter(drawn_at__lte=self.at)
        found = found.select_related("traveller", "group__agency__merged_into", "drawn_by")
        answers = CallBackAnswer.objects.filter(occurred_at__lte=self.at).select_related("by").order_by("pk")
        found = found.prefetch_related(Prefetch("answers", answers, to_attr="given"))
        if show == OPEN:
            return found.open(self.at).order_by("drawn_at", "pk")
        return found.exclude(pk__in=CallBackSample.objects.open(self.at).values("pk")).order_by("-drawn_at", "-pk")

    @cached_property
    def counts(self):
        """{result: samples}: by what settled them, "" for those still open; one query."""
        final = CallBackAnswer.objects.filter(
            sample=OuterRef("pk"), occurred_at__lte=self.at, result__in=CallBackAnswer.Result.final()
        )
        found = CallBackSample.objects.filter(drawn_at__lte=self.at).order_by()
        return Counter(result or "" for result in found.values_list(Subquery(final.values("result")[:1]), flat=True))

    @property
    def open(self):
        return self.counts[""]

    @property
    def answered(self):
        return sum(n for result, n in self.counts.items() if result)

    @property
    def results(self):
        """(result, how many) of what those said who answered."""
        return [
            (CallBackAnswer.Result(one), self.counts[one]) for one in CallBackAnswer.Result.final() if self.counts[one]
        ]

    @cached_property
    def today(self):
        """How many were drawn since the day began."""
        return CallBackSample.objects.filter(drawn_at__gte=day_so_far(self.at), drawn_at__lte=self.at).count()

    @cached_property
    def size(self):
        """How many the event wants drawn a day."""
        event = RefundEvent.objects.current(self.at)
        return event.sample_size if event else _USUAL

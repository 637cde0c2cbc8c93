"""The part `duty` of the figures (reports.md): how the post was covered since the first rule began to hold, and by whom now."""

from django.db.models import Min

from enforcement.duty.coverage import coverage
from enforcement.duty.intervals import merged
from enforcement.duty.responsible import holders
from enforcement.models.duty.custody import Custody
from enforcement.models.duty.rules import CoverageRule

_Post = CoverageRule.Post


def duty_figures(as_of):
    """{required_seconds, staffed_seconds, led_seconds, gaps[{role, start, end}], leader, phone_officer} at the moment `as_of`.

    Counted from the earliest rule until `as_of`. `role` is the post of the rule: leader, phone or post. Without a rule by then
    the seconds and the gaps are None (not recorded), never 0; so are the staffed ones without a rule for the post or the
    telephone, and the led ones without a rule for the leader: what nobody asked for is not proved. leader and phone_officer
    are names, or None where nobody is.
    """
    since = CoverageRule.objects.aggregate(first=Min("valid_from"))["first"]
    begun = since is not None and since < as_of
    found = coverage(since, as_of, at=as_of) if begun else None
    asked = set(CoverageRule.objects.within(since, as_of).values_list("post", flat=True)) if begun else set()
    at = holders(as_of)
    return {
        "required_seconds": found.required_seconds if begun else None,
        "staffed_seconds": found.staffed_seconds if asked & {_Post.PHONE, _Post.POST} else None,
        "led_seconds": found.led_seconds if _Post.LEADER in asked else None,
        "gaps": _by_post(found.gaps) if begun else None,
        "leader": _names(at[Custody.Post.LEADER]),
        "phone_officer": _names(at[Custody.Post.PHONE]),
    }


def _by_post(gaps):
    """Where a post was short, whatever by how many, by start."""
    posts = sorted({gap.post for gap in gaps})
    rows = [(span, post) for post in posts for span in merged((gap.start, gap.end) for gap in gaps if gap.post == post)]
    return [{"role": post, "start": start, "end": end} for (start, end), post in sorted(rows)]


def _names(officers):
    return "、".join(officer.name for officer in officers) or None

"""What complaints tell the timeline of a venue; never who called."""

from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.models.complaints import without_numbers
from complaints.workflow import Status
from venues.timeline import DEEPEST, Entry, register

_ENDED = (Status.CLOSED, Status.ANSWERED_AT_ONCE, Status.NOT_ACCEPTED, Status.TRANSFERRED, Status.MERGED, Status.VOID)


@register
def complaints(venue, user, at):
    """When somebody complained of it, and what came of that by the moment."""
    if not user.has_perm("complaints.view_complaint"):
        return
    said = Complaint.objects.visible_to(user).filter(venue__in=venue.family, received_at__lte=at)
    said = said.select_related("topic", "channel", "taken_by")
    for complaint in said.order_by("-received_at", "-pk")[:DEEPEST]:
        yield Entry(
            at=complaint.received_at, kind="complaint", url=complaint.get_absolute_url(), officer=str(complaint.taken_by),
            title=_("Complaint %(number)s: %(topic)s") % {"number": complaint.number, "topic": complaint.topic},
            text=without_numbers(complaint.content), tone="quiet" if complaint.status in _ENDED else "warn",
        )  # fmt: skip

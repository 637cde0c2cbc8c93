"""Where what was seen for a complaint is recorded: at its venue, whose look and whose violation it is. Only what was seen at a place
without a venue is typed on the complaint; following.py brings the rest back."""

from urllib.parse import urlencode

from django.urls import reverse

from complaints.models import Complaint
from venues.models import Violation

_SEEN = (Complaint.Finding.RUNNING, Complaint.Finding.NOT_RUNNING)  # what a look at the venue says


def needs_a_look(complaint, finding):
    """Whether this finding is not to be typed: it says what was seen at a venue to which somebody was sent."""
    return bool(complaint.venue_id and complaint.alert_id and finding in _SEEN)


def where_to_look(complaint, officer):
    """The address of the form of the look that the complaint asks for; "" without a venue or for whom it is not."""
    if not (complaint.venue_id and complaint.alert_id and officer.has_perm("venues.record_inspection")):
        return ""
    asked = {"alert": complaint.alert_id, "venue": complaint.venue_id, "patrol": complaint.patrol_id}
    return f"{reverse('venues:inspection_new')}?{urlencode({name: pk for name, pk in asked.items() if pk})}"


def running(complaint):
    """The violation that still runs at the venue of the complaint, or None."""
    if complaint.venue_id is None:
        return None
    return Violation.objects.running().filter(venue__in=complaint.venue.family).order_by("found_at").first()


def where_to_stop(complaint, officer):
    """The address of the page that stops that violation; "" where none runs or for whom it is not."""
    violation = running(complaint)
    if violation is None or not officer.has_perm("venues.move_violation"):
        return ""
    return reverse("venues:violation_stop", args=[violation.pk])

"""What the dashboard asks of a room that has no figures: the latest signed report, and the one that waits for its signature."""

from enforcement.models import DailyReport


def latest_report(as_of):
    """The latest daily report that was signed by the moment, or None."""
    signed = [DailyReport.State.SIGNED, DailyReport.State.SENT]
    return DailyReport.objects.filter(state__in=signed, signed_at__lte=as_of).order_by("-as_of", "-number").first()


def open_report():
    """The latest daily report that is drafted or reviewed and waits for somebody, or None."""
    return DailyReport.objects.open().order_by("-as_of", "-pk").first()

"""One signed report and one draft, for the addresses that are about them."""

import datetime

from django.contrib.auth import get_user_model

from enforcement.models import DailyReport

_HOUR = datetime.timedelta(hours=1)


def one_of_each(drafter, at):
    """{what: its words in a path}: a report as of an hour before `at`, signed, and a draft as of `at`."""
    other = get_user_model().objects.exclude(pk=drafter.pk).first()
    signed = DailyReport.objects.draft(by=drafter, as_of=at - _HOUR, at=at)
    signed.review(by=other, edits=0, at=at)
    signed.sign(by=other, edits=0, at=at)
    draft = DailyReport.objects.draft(by=drafter, as_of=at, at=at)
    rows = {"pk": signed.pk, "path": "complaints.accepted"}
    return {"report": {"pk": signed.pk}, "report_draft": {"pk": draft.pk}, "report_rows": rows}

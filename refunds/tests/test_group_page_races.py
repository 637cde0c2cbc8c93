"""Two clerks with one page open: through the pages themselves one is entered, the other is told who was faster and keeps the text."""

import datetime

import pytest
from django.utils import timezone

from refunds.models import AgencyReport
from refunds.tests.making import group_of, paid
from refunds.tests.seeing import sent
from venues.tests.racing import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def group(agency, clerk):
    return group_of(agency, by=clerk, at=timezone.now() - datetime.timedelta(days=1), depart_on=None, return_on=None)


@pytest.fixture
def two(signed_in, clerk, duty_officer):
    """Clients of two refund clerks."""
    duty_officer.groups.set(clerk.groups.all())
    return [signed_in(clerk), signed_in(duty_officer)]


def answers(acts):
    found = at_once(*acts)
    for answer in found:
        if isinstance(answer, BaseException):
            raise answer
    return found


def test_of_two_refunds_decided_on_the_same_page_one_is_entered(group, two):
    fields = {"seen": group.mark, "heads": 6, "paid_on": timezone.localdate().isoformat(), "evidence_words": "现金"}
    found = answers([lambda c=c: sent(c, f"/refunds/groups/{group.pk}/refund/", **fields) for c in two])
    assert sorted(answer.status_code for answer in found) == [302, 409]
    assert paid(group) == 6 and group.refunds.get().evidence.count() == 1
    late = next(answer for answer in found if answer.status_code == 409).content.decode()
    assert "现金" in late


def test_of_two_corrections_one_is_kept(group, two):
    line = {
        "role": "organiser",
        "disposition": "cancelled",
        "market": "domestic",
        "route": "厦门4日",
        "seen": group.mark,
    }
    found = answers(
        [
            lambda c=c, n=n: sent(c, f"/refunds/groups/{group.pk}/line/", **line, heads=n)
            for c, n in zip(two, (8, 9), strict=True)
        ]
    )
    assert sorted(answer.status_code for answer in found) == [302, 409] and group.lines.count() == 2


def test_of_two_reversals_one_is_entered(group, two, clerk):
    entry = group.enter_refund(by=clerk, heads=6)
    fields = {"seen": group.mark, "reason": "填错"}
    found = answers([lambda c=c: sent(c, f"/refunds/ledger/{entry.pk}/reverse/", **fields) for c in two])
    assert sorted(answer.status_code for answer in found) == [302, 409] and paid(group) == 0


def test_of_two_nil_returns_on_the_telephone_one_is_kept(agency, two):
    fields = {
        "informant": "值班员",
        "phone": "13000000193",
        "channel": "phone",
        "as_of": timezone.localdate().isoformat(),
    }
    found = answers([lambda c=c: sent(c, f"/refunds/agencies/{agency.pk}/nil/", **fields) for c in two])
    assert sorted(answer.status_code for answer in found) == [302, 409] and AgencyReport.objects.count() == 1

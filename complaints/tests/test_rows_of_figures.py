"""The rows behind rates, times, call-backs and added calls: as many as the figure says, and none tells who called."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.figures import behind, complaint_figures
from complaints.models import Channel, Complaint, Topic
from complaints.views.figures import BEHIND

NUMBER = "13900001111"


@pytest.fixture
def told(duty_officer, qinzhou):
    """A complaint whose caller was told: reached, solved, very satisfied."""
    complaint = Complaint.objects.register(
        by=duty_officer, client_id=uuid.uuid4(), channel=Channel.objects.get(slug="unit_phone"), content="有人摆摊",
        topic=Topic.objects.get(slug="outdoor"), number=NUMBER, place="体育场", district=qinzhou, ongoing="yes",
    )  # fmt: skip
    Complaint.objects.filter(pk=complaint.pk).update(status="awaiting_answer")
    complaint.refresh_from_db()
    complaint.call_back(by=duty_officer, result="reached", told="已关停", solved="yes", satisfied="very")
    return complaint


def value(found, key):
    for name in key.split("."):
        found = found[name]
    return found["n"] if key.startswith("minutes.") else found


def test_every_one_of_them_has_as_many_rows_as_it_says(told, leader, signed_in):
    client, now = signed_in(leader), timezone.now()
    found = complaint_figures(now)
    for key in BEHIND:
        _kind, keys = behind(now, what=key)
        page = client.get(reverse("complaints:complaint_figure_rows"), {"what": key})
        assert page.status_code == 200, key
        assert len(keys) == page.context["page"].paginator.count == value(found, key), key
        assert NUMBER not in page.content.decode()
    assert found["callbacks"]["attempts"] == 1 and found["rates"]["response"]["N"] == 1


@pytest.mark.parametrize("what", ["rates", "rates.response", "minutes.nothing", "callbacks.", "no.such", "minutes"])
def test_what_is_no_figure_is_not_found(db, leader, signed_in, what):
    assert signed_in(leader).get(reverse("complaints:complaint_figure_rows"), {"what": what}).status_code == 404
    with pytest.raises(KeyError):
        behind(timezone.now(), what=what)

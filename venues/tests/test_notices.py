"""Notices: one row for each attempt to tell an owner, what it says about him, and their list."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from conftest import T
from venues.models import Notice
from venues.tests.forms import filled, queries, sent
from venues.tests.histories import hours
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db


@pytest.fixture
def target(order, netbar):
    return order.targets.get(venue=netbar)


def _tell(target, by, outcome="reached", **fields):
    return target.notify(by=by, channel=fields.pop("channel", "phone"), outcome=outcome, **fields)


def test_a_notice_keeps_what_was_noted(target, duty_officer):
    notice = _tell(
        target, duty_officer, at=T + hours(1), number_used="13000000001", acknowledged_by_name="魏小燕", says_closed=True,
        remark="店主", recorded_at=T + hours(2),
    )  # fmt: skip
    notice.refresh_from_db()
    assert (notice.at, notice.recorded_at, notice.by) == (T + hours(1), T + hours(2), duty_officer)
    assert (notice.number_used, notice.acknowledged_by_name, notice.says_closed) == ("13000000001", "魏小燕", True)


def test_it_happened_now_unless_said_otherwise(target, duty_officer):
    before = timezone.now()
    notice = _tell(target, duty_officer)
    assert before <= notice.at <= timezone.now()
    assert notice.recorded_at >= notice.at


@pytest.mark.parametrize("outcome", ["reached", "refused"])
def test_an_owner_who_heard_it_is_told(target, duty_officer, outcome):
    _tell(target, duty_officer, outcome, at=T + hours(1))
    target.refresh_from_db()
    assert target.told_at == T + hours(1)


@pytest.mark.parametrize(
    ("channel", "outcome"),
    [("phone", "no_answer"), ("phone", "bad_number"), ("wechat", "posted_to_group"), ("on_site", "left_on_door")],
)
def test_an_attempt_is_no_telling(target, duty_officer, channel, outcome):
    _tell(target, duty_officer, outcome, channel=channel)
    target.refresh_from_db()
    assert target.told_at is None
    assert target.attempts == 1


@pytest.mark.parametrize("said", [{"says_closed": True}, {"acknowledged_by_name": "魏小燕"}])
@pytest.mark.parametrize("outcome", ["no_answer", "bad_number"])
def test_only_who_was_told_says_anything(target, duty_officer, outcome, said):
    with pytest.raises(Refused):
        _tell(target, duty_officer, outcome, **said)


def test_the_database_refuses_it_too(target, duty_officer):
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(
            target=target, channel="phone", at=T, by=duty_officer, outcome="no_answer", says_closed=True
        )


@pytest.mark.parametrize(
    ("channel", "outcome"),
    [("phone", "posted_to_group"), ("on_site", "posted_to_group"), ("phone", "left_on_door"), ("qq", "left_on_door"),
     ("drum", "reached"), ("phone", "shouted")],
)  # fmt: skip
def test_channel_and_outcome_fit_together(target, duty_officer, channel, outcome):
    with pytest.raises(Refused):
        _tell(target, duty_officer, outcome, channel=channel)
    assert not Notice.objects.exists()


def test_nobody_was_told_before_the_order_was_issued(target, duty_officer):
    with pytest.raises(Refused, match="2020-01-24 16:30"):
        _tell(target, duty_officer, at=T - datetime.timedelta(seconds=1))
    assert _tell(target, duty_officer, at=T)


def test_nobody_was_told_in_the_future(target, duty_officer):
    now = timezone.now()
    with pytest.raises(Refused):
        _tell(target, duty_officer, at=now + datetime.timedelta(minutes=6))
    assert _tell(target, duty_officer, at=now + datetime.timedelta(minutes=4))


def test_a_wrong_notice_is_corrected_by_another(target, duty_officer):
    wrong = _tell(target, duty_officer, "no_answer", at=T + hours(1))
    wrong.outcome = "reached"
    with pytest.raises(Refused):
        wrong.save()
    with pytest.raises(Refused):
        wrong.delete()
    _tell(target, duty_officer, "reached", at=T + hours(1), remark="更正:已接通")
    assert target.notices.count() == 2


def test_a_notice_by_hand_does_not_end_a_colleagues_turn(target, duty_officer, inspector):
    target.claim(by=duty_officer)
    turn = target.turn
    _tell(target, inspector, "left_on_door", channel="on_site")
    assert _tell(target, duty_officer, "reached", turn=turn)


def test_the_outcome_of_an_old_turn_is_refused_with_who_and_when(target, duty_officer, second_duty_officer):
    target.claim(by=duty_officer)
    turn = target.turn
    _tell(target, duty_officer, "reached", turn=turn, at=T + hours(1))
    with pytest.raises(TooLate) as refusal:
        _tell(target, second_duty_officer, "no_answer", turn=turn)
    assert "钟子磊" in refusal.value.sentence()
    assert "2020-01-24 17:30" in refusal.value.sentence()
    assert target.notices.count() == 1


# --- by hand, on the target's page ------------------------------------------------------------------------------------
def test_a_notice_is_entered_on_the_targets_page(signed_in, inspector, target):
    client, url = signed_in(inspector), reverse("venues:target_notice", args=[target.order_id, target.pk])
    fields = {"channel": "on_site", "outcome": "reached", "at": "2020-01-24T18:00", "acknowledged_by_name": "魏小燕"}
    assert sent(client, url, fields).url == target.get_absolute_url()
    notice = Notice.objects.get()
    assert (notice.by, notice.at, notice.channel) == (inspector, T + hours(1.5), "on_site")
    assert "魏小燕" in filled(client.get(target.get_absolute_url()))


def test_what_is_refused_keeps_the_text(signed_in, inspector, target):
    client, url = signed_in(inspector), reverse("venues:target_notice", args=[target.order_id, target.pk])
    response = sent(client, url, {"channel": "phone", "outcome": "no_answer", "says_closed": "on", "remark": "留住我"})
    assert response.status_code == 422
    assert "留住我" in response.content.decode()
    response = sent(client, url, {"channel": "phone", "outcome": "reached", "at": "2020-01-24T16:00"})
    assert response.status_code == 422


def test_only_who_may_notes(signed_in, target, editor, auditor, viewer, clerk):
    url = reverse("venues:target_notice", args=[target.order_id, target.pk])
    for officer in (editor, auditor, viewer, clerk):
        assert sent(signed_in(officer), url, {"channel": "phone", "outcome": "reached"}).status_code == 403


# --- the list ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def three(order, netbar, ktv, duty_officer, inspector):
    bar, hall = order.targets.get(venue=netbar), order.targets.get(venue=ktv)
    return [
        _tell(bar, duty_officer, "no_answer", at=T + hours(1)),
        _tell(bar, duty_officer, "reached", at=T + hours(2)),
        _tell(hall, inspector, "refused", channel="on_site", at=T + hours(3)),
    ]


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ({}, [2, 1, 0]),
        ({"channel": "phone"}, [1, 0]),
        ({"outcome": "no_answer"}, [0]),
        ({"outcome": "told"}, [2, 1]),
        ({"category": "song_dance"}, [2]),
        ({"district": "620502"}, [2, 1, 0]),
        ({"channel": "phone", "outcome": "reached"}, [1]),
        ({"as_of": "2020-01-24T18:30:00+08:00"}, [1, 0]),
        ({"as_of": "2020-01-24T18:30:00 08:00"}, [1, 0]),
        ({"as_of": "2020-01-24 17:29"}, []),
        ({"channel": "drum"}, [2, 1, 0]),
    ],
    ids=str,
)
def test_the_filters_stand_in_the_address(signed_in, duty_officer, order, three, query, which):
    response = signed_in(duty_officer).get(reverse("venues:notices", args=[order.pk]), query)
    assert list(response.context["page"].object_list) == [three[place] for place in which]


def test_the_list_is_filtered_by_officer(signed_in, duty_officer, inspector, order, three):
    response = signed_in(duty_officer).get(reverse("venues:notices", args=[order.pk]), {"officer": inspector.pk})
    assert list(response.context["page"].object_list) == [three[2]]


def test_a_moment_that_is_none_is_said_to_be_none(signed_in, duty_officer, order):
    url = reverse("venues:notices", args=[order.pk])
    assert signed_in(duty_officer).get(url, {"as_of": "yesterday"}).status_code in (302, 400)


def test_the_queries_of_the_list_do_not_grow(signed_in, duty_officer, order, make_venue, leader, netbar):
    client, url = signed_in(duty_officer), reverse("venues:notices", args=[order.pk])
    _tell(order.targets.get(venue=netbar), duty_officer)
    few = queries(client, url)
    for n in range(20):
        _tell(order.add_target(make_venue(f"网吧{n}"), by=leader, reason="漏登"), duty_officer)
    assert queries(client, url) == few

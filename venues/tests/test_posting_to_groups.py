"""A post to a group: entered once for all its venues, and never an acknowledgement."""

import pytest
from django.urls import reverse

from conftest import T
from venues.models import Notice
from venues.tests.forms import sent
from venues.tests.histories import hours
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db


def test_one_post_is_one_row_for_each_venue_in_scope(order, duty_officer, leader, netbar):
    order.targets.get(venue=netbar).exclude(by=leader, reason="已拆迁")
    posted = order.post_to_group(by=duty_officer, channel="wechat", at=T + hours(1), remark="KTV业主群")
    assert [notice.target.name for notice in posted] == ["皇冠KTV"]
    notice = Notice.objects.get()
    assert (notice.outcome, notice.channel, notice.remark) == ("posted_to_group", "wechat", "KTV业主群")
    assert (notice.by, notice.at) == (duty_officer, T + hours(1))


def test_it_tells_nobody(order, duty_officer):
    order.post_to_group(by=duty_officer, channel="qq")
    assert not order.targets.exclude(told_at=None).exists()
    assert Notice.objects.count() == 2


def test_it_neither_sends_a_car_nor_puts_off_the_first_call(order, duty_officer):
    for _again in range(3):
        order.post_to_group(by=duty_officer, channel="wechat")
    assert not order.targets.to_visit().exists()
    first = order.targets.claim_next(order, by=duty_officer)
    assert first is not None


@pytest.mark.parametrize("channel", ["phone", "on_site"])
def test_a_call_is_no_post(order, duty_officer, channel):
    with pytest.raises(Refused):
        order.post_to_group(by=duty_officer, channel=channel)


def test_only_the_chosen_venues_are_posted_to(order, duty_officer, ktv):
    order.post_to_group(by=duty_officer, channel="wechat", targets=order.targets.filter(venue=ktv))
    assert Notice.objects.get().target.venue == ktv


def test_an_empty_choice_is_refused(order, duty_officer):
    with pytest.raises(Refused):
        order.post_to_group(by=duty_officer, channel="wechat", targets=order.targets.none())


def test_the_number_that_was_seen_must_be_right(order, duty_officer):
    with pytest.raises(TooLate):
        order.post_to_group(by=duty_officer, channel="wechat", expected=3)
    assert not Notice.objects.exists()


def test_the_page_chooses_by_category_and_enters_once(signed_in, duty_officer, order, ktv):
    client, url = signed_in(duty_officer), reverse("venues:notices_group", args=[order.pk])
    assert client.get(url, {"category": "song_dance"}).context["matrix"].total == 1
    fields = {"category": ["song_dance"], "channel": "wechat", "remark": "KTV业主群", "expected": 1}
    assert sent(client, url, fields).url == reverse("venues:notices", args=[order.pk])
    assert Notice.objects.get().target.venue == ktv


def test_a_changed_number_asks_again(signed_in, duty_officer, leader, order, make_venue):
    order.add_target(make_venue("漏登网吧"), by=leader, reason="漏登")
    url = reverse("venues:notices_group", args=[order.pk])
    response = sent(signed_in(duty_officer), url, {"channel": "wechat", "remark": "业主群", "expected": 2})
    assert response.status_code == 409
    assert "业主群" in response.content.decode()


def test_only_who_may_posts(signed_in, order, editor, auditor, viewer):
    url = reverse("venues:notices_group", args=[order.pk])
    for officer in (editor, auditor, viewer):
        assert signed_in(officer).get(url).status_code == 403

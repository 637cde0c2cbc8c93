"""The call-down list: who is called next, one key for each outcome, and the car after three failures."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from venues.models import Notice, Target
from venues.tests.forms import filled, queries, sent
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db


def minutes(n):
    return datetime.timedelta(minutes=n)


NOW = timezone.now()


@pytest.fixture
def three(order, make_venue, leader, netbar, ktv):
    """The order has three targets, in the order of the list: two internet cafes and a KTV."""
    order.add_target(make_venue("第二网吧"), by=leader, reason="漏登")
    return list(order.targets.order_by("category__position", "pk"))


def _next(order, by, at=None):
    return Target.objects.claim_next(order, by=by, at=at)


def _note(target, by, outcome="no_answer", at=None):
    return target.notify(by=by, channel="phone", outcome=outcome, at=at, turn=target.turn)


# --- who is next ------------------------------------------------------------------------------------------------------
def test_the_list_is_called_in_its_order(order, three, duty_officer):
    called = []
    for _turn in range(3):
        target = _next(order, duty_officer)
        called.append(target)
        _note(target, duty_officer, "reached")
    assert called == three
    assert _next(order, duty_officer) is None


def test_two_officers_never_get_the_same_venue(order, three, duty_officer, second_duty_officer):
    assert _next(order, duty_officer) == three[0]
    assert _next(order, second_duty_officer) == three[1]


def test_who_holds_a_venue_gets_it_again(order, three, duty_officer):
    first = _next(order, duty_officer, NOW)
    again = _next(order, duty_officer, NOW + minutes(5))
    assert again == first
    assert again.turn == first.turn
    assert again.claimed_until == NOW + minutes(15)


def test_untouched_ones_come_first_then_the_fewest_and_oldest_attempts(order, three, duty_officer):
    _note(three[0], duty_officer, at=NOW - minutes(60))
    _note(three[1], duty_officer, at=NOW - minutes(90))
    assert list(order.targets.to_call(NOW)) == [three[2], three[1], three[0]]
    _note(Target.objects.get(pk=three[1].pk), duty_officer, at=NOW - minutes(80))
    assert list(order.targets.to_call(NOW)) == [three[2], three[0], three[1]]


def test_who_did_not_answer_comes_last_for_ten_minutes(order, three, duty_officer):
    for target in three[1:]:
        _note(target, duty_officer, at=NOW - minutes(30))
        _note(Target.objects.get(pk=target.pk), duty_officer, at=NOW - minutes(20))
    _note(three[0], duty_officer, at=NOW - minutes(5))
    assert list(order.targets.to_call(NOW))[-1] == three[0]
    assert next(iter(order.targets.to_call(NOW + minutes(5)))) == three[0]


def test_when_nobody_else_is_left_he_is_called_again_at_once(order, three, duty_officer):
    for target in three[1:]:
        _note(target, duty_officer, "reached")
    _note(three[0], duty_officer)
    assert _next(order, duty_officer) == three[0]


def test_the_told_excluded_and_lifted_are_not_called(order, three, duty_officer, leader, category):
    three[0].notify(by=duty_officer, channel="on_site", outcome="refused")
    three[1].exclude(by=leader, reason="已拆迁")
    order.lift(by=leader, reason="解除", categories=[category("song_dance")])
    assert not order.targets.to_call(NOW).exists()


def test_a_claim_ends_after_ten_minutes_and_can_be_taken(order, three, duty_officer, second_duty_officer):
    first = _next(order, duty_officer, NOW)
    assert _next(order, second_duty_officer, NOW + minutes(9)) != first
    Target.objects.of(order).exclude(pk=first.pk).update(told_at=NOW)
    assert _next(order, second_duty_officer, NOW + minutes(10)) == first


def test_an_outcome_after_the_ten_minutes_counts_when_nobody_took_the_venue(order, three, duty_officer):
    target = _next(order, duty_officer, NOW - minutes(20))
    assert _note(target, duty_officer, "reached")


def test_an_outcome_is_refused_when_a_colleague_took_the_venue(order, three, duty_officer, second_duty_officer):
    target = _next(order, duty_officer, NOW - minutes(11))
    stale_turn = target.turn
    target.claim(by=second_duty_officer, at=NOW)
    with pytest.raises(TooLate, match="徐玉"):
        target.notify(by=duty_officer, channel="phone", outcome="reached", turn=stale_turn)
    assert not Notice.objects.exists()


def test_a_call_is_renewed_for_half_an_hour_at_most(order, three, duty_officer):
    target = _next(order, duty_officer, NOW)
    assert target.renew(by=duty_officer, at=NOW + minutes(29))
    assert target.claimed_until == NOW + minutes(39)
    assert not target.renew(by=duty_officer, at=NOW + minutes(30))


def test_a_forgotten_claim_is_taken_anew_with_a_new_turn(order, three, duty_officer):
    target = _next(order, duty_officer, NOW)
    again = _next(order, duty_officer, NOW + minutes(600))
    assert again == target
    assert again.turn > target.turn
    assert again.claimed_at == NOW + minutes(600)


def test_a_released_venue_goes_back(order, three, duty_officer, second_duty_officer):
    target = _next(order, duty_officer)
    assert not target.release(by=second_duty_officer)
    assert target.release(by=duty_officer)
    assert _next(order, second_duty_officer) == target


def test_a_venue_can_be_picked_by_hand(order, three, duty_officer, second_duty_officer):
    mine = _next(order, duty_officer)
    three[2].claim(by=duty_officer)
    assert _next(order, duty_officer) == three[2]
    assert _next(order, second_duty_officer) == mine  # picking another gives the first one back


def test_a_venue_that_a_colleague_is_calling_cannot_be_picked(order, three, duty_officer, second_duty_officer):
    mine = _next(order, duty_officer)
    with pytest.raises(TooLate, match="钟子磊"):
        Target.objects.get(pk=mine.pk).claim(by=second_duty_officer)


def test_a_venue_that_was_told_cannot_be_picked(order, three, duty_officer, second_duty_officer):
    _note(three[0], duty_officer, "reached")
    with pytest.raises(Refused):
        Target.objects.get(pk=three[0].pk).claim(by=second_duty_officer)


# --- the car ----------------------------------------------------------------------------------------------------------
def test_after_three_failures_a_car_is_sent(order, three, duty_officer):
    for attempt in range(3):
        assert three[0] not in order.targets.to_visit()
        _note(Target.objects.get(pk=three[0].pk), duty_officer, at=NOW - minutes(60 - attempt))
    assert list(order.targets.to_visit()) == [three[0]]
    assert three[0] not in order.targets.to_call(NOW)


def test_who_has_no_number_gets_a_car_at_once(order, make_venue, leader):
    silent = order.add_target(make_venue("无号网吧", phone=""), by=leader, reason="漏登")
    assert list(order.targets.to_visit()) == [silent]
    assert silent not in order.targets.to_call(NOW)


def test_who_was_told_on_site_needs_no_car(order, make_venue, leader, inspector):
    silent = order.add_target(make_venue("无号网吧", phone=""), by=leader, reason="漏登")
    silent.notify(by=inspector, channel="on_site", outcome="reached")
    assert not order.targets.to_visit().exists()


def test_the_car_list_shows_addresses_by_district(signed_in, inspector, order, make_venue, leader, maiji):
    order.add_target(make_venue("远方网吧", phone="", district=maiji, address="桥南路7号"), by=leader, reason="漏登")
    order.add_target(make_venue("近处网吧", phone="", address="解放路3号"), by=leader, reason="漏登")
    response = signed_in(inspector).get(reverse("venues:calldown_unreached", args=[order.pk]))
    assert [district.name for district, _targets in response.context["groups"]] == ["秦州区", "麦积区"]
    assert "桥南路7号" in response.content.decode()


# --- the pages --------------------------------------------------------------------------------------------------------
@pytest.fixture
def desk(signed_in, duty_officer, order):
    """`desk.get()`, `desk.take()`, `desk.record(outcome)`: the telephone officer at the call-down page."""

    class Desk:
        client = signed_in(duty_officer)
        url = reverse("venues:calldown", args=[order.pk])

        def get(self):
            return self.client.get(self.url)

        def take(self, **fields):
            return sent(self.client, self.url, fields)

        def record(self, outcome, **fields):
            current = self.get().context["current"]
            fields = {"target": current.pk, "turn": current.turn, "outcome": outcome, **fields}
            return sent(self.client, reverse("venues:calldown_notice", args=[order.pk]), fields)

    return Desk()


def test_the_page_begins_with_where_the_list_stands(desk, order):
    response = desk.get()
    assert (response.context["told"], response.context["total"], response.context["to_call"]) == (0, 2, 2)
    assert response.context["current"] is None
    assert not Target.objects.exclude(claimed_by=None).exists()


def test_the_number_is_a_link_and_each_outcome_has_a_key(desk, netbar):
    assert desk.take().url == desk.url
    page = filled(desk.get())
    assert 'href="tel:13000000001"' in page
    for key in "12345":
        assert f'data-key="{key}"' in page


def test_the_next_venue_comes_by_itself(desk, order, duty_officer):
    desk.take()
    first = desk.get().context["current"]
    assert desk.record("no_answer").url == desk.url
    second = desk.get().context["current"]
    assert second != first
    assert Notice.objects.get().target == first
    assert second.claimed_by == duty_officer


@pytest.mark.parametrize(
    ("key", "outcome", "says_closed"),
    [
        ("reached", "reached", False), ("reached_closed", "reached", True), ("no_answer", "no_answer", False),
        ("bad_number", "bad_number", False), ("refused", "refused", False),
    ],
)  # fmt: skip
def test_each_key_records_its_outcome(desk, key, outcome, says_closed):
    desk.take()
    desk.record(key, number_used="13000000001")
    notice = Notice.objects.get()
    assert (notice.outcome, notice.says_closed, notice.channel) == (outcome, says_closed, "phone")
    assert notice.number_used == "13000000001"


def test_the_name_of_who_answered_is_kept(desk):
    desk.take()
    desk.record("reached", acknowledged_by_name="魏小燕", remark="老板娘")
    notice = Notice.objects.get()
    assert (notice.acknowledged_by_name, notice.remark) == ("魏小燕", "老板娘")


def test_a_name_without_an_answer_goes_to_the_remark(desk):
    desk.take()
    desk.record("no_answer", acknowledged_by_name="魏小燕", remark="占线")
    notice = Notice.objects.get()
    assert (notice.acknowledged_by_name, notice.remark) == ("", "占线 魏小燕")


def test_a_stale_page_is_refused_and_the_text_is_kept(desk, duty_officer, order):
    desk.take()
    current = desk.get().context["current"]
    desk.record("no_answer")
    fields = {"target": current.pk, "turn": current.turn, "outcome": "reached", "remark": "留住我"}
    response = sent(desk.client, reverse("venues:calldown_notice", args=[order.pk]), fields)
    assert response.status_code == 409
    assert "留住我" in response.content.decode()
    assert "钟子磊" in response.content.decode()
    assert Notice.objects.count() == 1


def test_a_double_press_counts_once_and_moves_on_once(desk, order):
    desk.take()
    current = desk.get().context["current"]
    fields = {"target": current.pk, "turn": current.turn, "outcome": "no_answer"}
    url, key = reverse("venues:calldown_notice", args=[order.pk]), "a3a3f7b5-2f67-4c0c-9f2e-111111111111"
    assert sent(desk.client, url, fields, key=key).url == desk.url
    after = desk.get().context["current"]
    assert sent(desk.client, url, fields, key=key).url == desk.url
    assert desk.get().context["current"].turn == after.turn
    assert Notice.objects.count() == 1


def test_no_outcome_is_no_notice(desk):
    desk.take()
    response = desk.record("")
    assert response.status_code == 422
    assert not Notice.objects.exists()


def test_the_end_says_that_all_are_told(desk):
    desk.take()
    desk.record("reached")
    desk.record("refused")
    response = desk.get()
    assert (response.context["told"], response.context["total"]) == (2, 2)
    assert response.context["current"] is None
    assert response.context["to_call"] == response.context["to_visit"] == 0


def test_a_released_venue_leaves_the_page(desk, order):
    desk.take()
    assert sent(desk.client, reverse("venues:calldown_release", args=[order.pk]), {}).url == desk.url
    assert desk.get().context["current"] is None


def test_an_open_page_renews_its_claim_until_it_is_over(desk, order, duty_officer):
    desk.take()
    url = reverse("venues:calldown_renew", args=[order.pk])
    held = Target.objects.get(claimed_by=duty_officer)
    Target.objects.filter(pk=held.pk).update(claimed_until=held.claimed_at)
    assert desk.client.post(url).status_code == 204
    assert Target.objects.get(pk=held.pk).claimed_until > held.claimed_at
    sent(desk.client, reverse("venues:calldown_release", args=[order.pk]), {})
    assert desk.client.post(url).status_code == 286


def test_a_venue_is_picked_from_the_list(desk, order, ktv):
    page = filled(desk.client.get(reverse("venues:calldown_queue", args=[order.pk])))
    assert "皇冠KTV" in page
    wanted = order.targets.get(venue=ktv)
    assert "皇冠KTV" in filled(desk.client.get(desk.url, {"target": wanted.pk}))
    desk.take(target=wanted.pk)
    assert desk.get().context["current"] == wanted


def test_the_page_says_who_else_is_calling(desk, order, second_duty_officer):
    theirs = _next(order, second_duty_officer)
    assert desk.get().context["colleagues"] == [theirs]
    desk.take()
    assert desk.get().context["current"] != theirs
    assert "徐玉" in filled(desk.get())


def test_a_newer_number_in_the_registry_is_offered_as_well(desk, order, netbar):
    netbar.phone = "0938-8212345"
    netbar.save()
    desk.take()
    numbers = desk.get().context["numbers"]
    assert numbers == [
        ("13000000001", "13000000001", "130 0000 0001"),
        ("0938-8212345", "09388212345", "0938-8212345"),
    ]


def test_an_order_that_ended_calls_nobody(desk, order, leader):
    order.lift(by=leader, reason="解除")
    assert desk.get().url == order.get_absolute_url()
    desk.take()
    assert not Target.objects.exclude(claimed_by=None).exists()


def test_only_who_may_calls(signed_in, order, editor, auditor, viewer, clerk):
    for officer in (editor, auditor, viewer, clerk):
        client = signed_in(officer)
        assert client.get(reverse("venues:calldown", args=[order.pk])).status_code == 403
        for name in ("calldown_notice", "calldown_release", "calldown_renew"):
            assert sent(client, reverse(f"venues:{name}", args=[order.pk]), {}).status_code == 403


@pytest.mark.parametrize("name", ["calldown_notice", "calldown_release", "calldown_renew", "target_notice"])
def test_a_get_records_nothing(signed_in, duty_officer, order, netbar, name):
    args = [order.pk] + ([order.targets.get(venue=netbar).pk] if name == "target_notice" else [])
    assert signed_in(duty_officer).get(reverse(f"venues:{name}", args=args)).status_code == 405


def test_the_queries_of_the_page_do_not_grow_with_the_list(desk, order, make_venue, leader):
    desk.take()
    few = queries(desk.client, desk.url)
    for n in range(20):
        order.add_target(make_venue(f"网吧{n}"), by=leader, reason="漏登")
    assert queries(desk.client, desk.url) == few


@pytest.mark.parametrize("name", ["calldown_queue", "calldown_unreached"])
def test_the_queries_of_the_lists_do_not_grow(desk, order, make_venue, leader, name):
    url = reverse(f"venues:{name}", args=[order.pk])
    order.add_target(make_venue("无号网吧", phone=""), by=leader, reason="漏登")
    few = queries(desk.client, url)
    for n in range(20):
        order.add_target(make_venue(f"网吧{n}", phone="" if n % 2 else "13000000002"), by=leader, reason="漏登")
    assert queries(desk.client, url) == few

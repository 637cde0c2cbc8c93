"""Alerts: raised by a person or by a look from afar, answered by a look or by a word, once."""

import pytest

from venues.models import Alert
from venues.tests.looking import MINUTE, T, look
from venues.tests.racing import at_once
from venues.transitions import Refused, TooLate


@pytest.fixture
def pair(inspector, second_inspector):
    return [inspector, second_inspector]


def raised(by, minutes=0, **values):
    values = {"source": "monitor", "words": "灯亮着", **values}
    return Alert.objects.raise_alert(by=by, at=T + minutes * MINUTE, **values)


def test_an_alert_takes_district_and_category_from_its_venue(leader, netbar):
    alert = raised(leader, venue=netbar)
    assert (alert.district, alert.category, str(alert)) == (netbar.district, netbar.category, "蓝天网吧")


def test_an_alert_names_a_venue_or_a_place(leader):
    with pytest.raises(Refused):
        raised(leader, place=" ")
    assert str(raised(leader, place="桥头的棋牌室")) == "桥头的棋牌室"


@pytest.mark.parametrize("method", ["phone", "photo", "online"])
@pytest.mark.parametrize("result", ["operating", "concealed"])
def test_operating_as_seen_from_afar_raises_an_alert(netbar, inspector, method, result):
    look(netbar, 5, result, officers=[inspector], method=method)
    alert = Alert.objects.get()
    found = (alert.source, alert.venue, alert.raised_at, alert.raised_by)
    assert found == ("remote", netbar, T + 5 * MINUTE, inspector)


def test_seen_from_afar_again_while_nobody_was_there_is_the_same_alert(netbar, inspector):
    for minutes in (5, 9):
        look(netbar, minutes, "operating", officers=[inspector], method="online")
    assert Alert.objects.count() == 1


@pytest.mark.parametrize("result", ["closed", "limited", "not_found", "unverifiable"])
def test_nothing_running_as_seen_from_afar_raises_none(netbar, inspector, result):
    look(netbar, 5, result, officers=[inspector], method="online")
    assert not Alert.objects.exists()


def test_a_look_answers_the_alert_that_it_names(netbar, leader, pair):
    alert = raised(leader, venue=netbar)
    look(netbar, 30, officers=pair, alert=alert)
    alert.refresh_from_db()
    assert (alert.answered_at, alert.answered_by) == (T + 30 * MINUTE, pair[0])


def test_a_second_look_leaves_the_first_answer(netbar, leader, pair):
    alert = raised(leader, venue=netbar)
    for minutes in (30, 40):
        look(netbar, minutes, officers=pair, alert=alert)
    alert.refresh_from_db()
    assert alert.answered_at == T + 30 * MINUTE


def test_a_look_before_the_alert_is_kept_but_answers_nothing(netbar, leader, pair):
    alert = raised(leader, 10, venue=netbar)
    kept = look(netbar, 5, officers=pair, alert=alert)
    alert.refresh_from_db()
    assert (kept.alert, alert.answered_at) == (alert, None)


def test_an_alert_is_answered_once_and_the_second_is_told_by_whom(leader, inspector, netbar):
    alert = raised(leader, venue=netbar)
    stale = Alert.objects.get(pk=alert.pk)
    alert.answer(by=leader, at=T + 5 * MINUTE, text="重复来电")
    with pytest.raises(TooLate) as told:
        stale.answer(by=inspector, text="看过了")
    assert leader.name in told.value.sentence()
    assert Alert.objects.get(pk=alert.pk).answer_text == "重复来电"


def test_an_answer_lies_after_the_alert(leader, netbar):
    with pytest.raises(Refused):
        raised(leader, 10, venue=netbar).answer(by=leader, at=T)


def test_the_open_ones_come_first_and_a_past_moment_knows_its_own(leader, netbar, ktv):
    old, new = raised(leader, 0, venue=netbar), raised(leader, 10, venue=ktv)
    new.answer(by=leader, at=T + 20 * MINUTE, text="看过了")
    assert list(Alert.objects.open_first()) == [old, new]
    assert {m: Alert.objects.open(T + m * MINUTE).count() for m in (0, 10, 19, 20)} == {0: 1, 10: 2, 19: 2, 20: 1}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_wins(leader, inspector, netbar):
    alert = raised(leader, venue=netbar)
    answers = at_once(*[lambda who=who: Alert.objects.get(pk=alert.pk).answer(by=who) for who in (leader, inspector)])
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "TooLate"]

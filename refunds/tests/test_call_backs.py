"""Travellers are kept secret and revealed with a reason; drawn by lot, their answer raises the evidence or contradicts it."""

import pytest
from django.db import connection

from refunds.models import CallBackSample, Refund, Traveller, TravellerView
from refunds.tests.making import group_of, on
from venues.transitions import Refused, TooLate

NUMBER, NAME = "13900000257", "欧阳霜菊"


@pytest.fixture
def group(agency, clerk):
    group = group_of(agency)
    group.enter_refund(by=clerk, heads=10, at=on(28))
    return group


@pytest.fixture
def traveller(group, clerk):
    return group.add_traveller(by=clerk, name=NAME, number="139 0000 0257")


def drawn(by, at=29):
    (sample,) = CallBackSample.objects.draw(by=by, size=5, at=on(at))
    return sample


def levels(at=None):
    return set(Refund.objects.with_level(at).values_list("level", flat=True))


# --- secrecy --------------------------------------------------------------------------------------------------------------
def test_a_traveller_is_nowhere_in_clear(traveller):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM refunds_traveller")
        stored = repr(cursor.fetchall())
    assert NUMBER not in stored and NAME not in stored
    assert str(traveller) == "139****0257" and NAME not in repr(traveller)


def test_he_is_revealed_with_a_reason_and_a_row(traveller, clerk):
    assert traveller.reveal(by=clerk, reason=f"回访 {NUMBER}") == (NAME, NUMBER)
    view = TravellerView.objects.get()
    assert view.by == clerk and NUMBER not in view.reason


def test_what_he_said_is_kept_without_his_name(traveller, clerk):
    answer = drawn(clerk).answer(by=clerk, result="received", text=f"{NAME}本人 {NUMBER}:收到", at=on(30))
    assert NAME not in answer.text and NUMBER not in answer.text and "收到" in answer.text


@pytest.mark.parametrize(("who", "reason"), [("duty_officer", "回访"), ("auditor", "回访"), ("clerk", " ")])
def test_without_the_permission_or_a_reason_nobody_sees_him(request, traveller, who, reason):
    with pytest.raises(Refused):
        traveller.reveal(by=request.getfixturevalue(who), reason=reason)
    assert not TravellerView.objects.exists()


def test_one_number_is_kept_once_in_a_group(group, traveller, clerk):
    assert group.add_traveller(by=clerk, name="另一写法", number="+8613900000257") == traveller
    with pytest.raises(Refused):
        group.add_traveller(by=clerk, name="无号码")


def test_who_is_anonymised_is_gone_for_good(traveller, clerk):
    traveller.anonymise()
    with pytest.raises(Refused):
        traveller.reveal(by=clerk, reason="回访")
    assert not Traveller.objects.reachable().exists()


# --- call-backs -----------------------------------------------------------------------------------------------------------
def test_money_received_by_one_of_many_is_evidence_and_confirms_nothing(group, traveller, clerk, leader):
    drawn(leader).answer(by=leader, result="received", at=on(30))
    assert [levels(on(day)) for day in (29, 30)] == [{"declared"}, {"evidenced"}]
    group.add_traveller(by=clerk, number="13900000258")
    assert len(CallBackSample.objects.draw(by=leader, size=5)) == 1  # the others can still be drawn


def said_by_all(group, by, *, heads, askers):
    """As many travellers as there are `askers` said that they have their money; each was asked by one of them."""
    group.refunds.get().reverse(by=by, reason="重新登记", at=on(28))
    group.enter_refund(by=by, heads=heads, at=on(28))
    for n, asker in enumerate(askers):
        group.add_traveller(by=by, number=f"1390000100{n}")
        drawn(asker).answer(by=asker, result="received", at=on(30))
    return set(Refund.objects.live().with_level().values_list("level", flat=True))


@pytest.mark.parametrize(("answers", "level"), [(2, "evidenced"), (3, "confirmed")])
def test_when_all_who_got_money_said_so_somebody_else_has_confirmed_it(group, clerk, leader, answers, level):
    assert said_by_all(group, clerk, heads=3, askers=[leader] * answers) == {level}


def test_what_the_one_who_entered_it_heard_himself_confirms_nothing(group, clerk, leader):
    assert said_by_all(group, clerk, heads=2, askers=[clerk, leader]) == {"evidenced"}


def test_money_for_nobody_in_particular_is_confirmed_by_the_whole_group_only(agency, clerk, leader):
    group = group_of(agency, "A-02", amount_due="100")
    group.enter_refund(by=clerk, heads=0, amount="100", at=on(28))
    group.add_traveller(by=clerk, number=NUMBER)
    drawn(leader).answer(by=leader, result="received")
    assert levels() == {"evidenced"}


def test_who_entered_the_refund_only_raises_it_to_evidenced(traveller, clerk):
    drawn(clerk).answer(by=clerk, result="received")
    assert levels() == {"evidenced"}


def test_then_somebody_else_can_still_confirm(traveller, clerk, leader):
    drawn(clerk).answer(by=clerk, result="received")
    Refund.objects.get().confirm(by=leader)
    assert levels() == {"confirmed"}


@pytest.mark.parametrize("result", ["partly", "not_received"])
def test_money_that_did_not_arrive_contradicts_the_agency(traveller, leader, result):
    sample = drawn(leader)
    sample.answer(by=leader, result=result, text="只收到一半", at=on(30))
    assert levels() == {"declared"}
    assert [list(CallBackSample.objects.contradicting(on(day))) for day in (29, 30)] == [[], [sample]]


def test_who_does_not_answer_is_called_again(traveller, leader):
    sample = drawn(leader)
    for _attempt in range(2):
        sample.answer(by=leader, result="no_answer", at=on(30))
    assert list(CallBackSample.objects.open(on(30))) == [sample]
    sample.answer(by=leader, result="received", at=on(30))
    assert not CallBackSample.objects.open(on(30)).exists()


def test_who_will_not_say_is_not_called_again_and_contradicts_nobody(traveller, leader):
    sample = drawn(leader)
    sample.answer(by=leader, result="refused", at=on(30))
    assert not CallBackSample.objects.open(on(31)).exists()
    assert not CallBackSample.objects.contradicting(on(31)).exists() and levels() == {"declared"}
    with pytest.raises(TooLate):
        sample.answer(by=leader, result="received", at=on(31))


def test_an_answer_is_noted_once(traveller, clerk, leader):
    sample = drawn(leader)
    sample.answer(by=leader, result="received")
    with pytest.raises(TooLate, match="武桂平"):
        sample.answer(by=clerk, result="not_received")


def test_a_traveller_is_drawn_once_and_only_while_something_is_unconfirmed(traveller, leader):
    drawn(leader)
    assert CallBackSample.objects.draw(by=leader, size=5) == []


def test_where_nothing_was_refunded_nobody_is_drawn(agency, clerk, leader):
    group_of(agency).add_traveller(by=clerk, number=NUMBER)
    assert CallBackSample.objects.draw(by=leader, size=5) == []


def test_the_lot_decides_and_no_more_are_drawn_than_wanted(group, clerk, leader):
    for n in range(9):
        group.add_traveller(by=clerk, number=f"1390000100{n}")
    first = {sample.traveller_id for sample in CallBackSample.objects.draw(by=leader, size=3, seed=1, at=on(29))}
    then = {sample.traveller_id for sample in CallBackSample.objects.draw(by=leader, size=9, seed=1, at=on(29))}
    assert (len(first), len(then), first & then) == (3, 6, set())


def test_a_traveller_whose_key_is_lost_breaks_no_page(settings, signed_in, clerk, leader, group, traveller):
    from cryptography.fernet import Fernet

    settings.CALLER_KEYS = [Fernet.generate_key().decode()]
    client = signed_in(leader)
    for url in (group.get_absolute_url(), group.agency.get_absolute_url(), "/refunds/groups/", "/refunds/queue/"):
        assert client.get(url, follow=True).status_code == 200, url

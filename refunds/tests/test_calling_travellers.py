"""Call-backs as pages: draw by lot, see the number with a reason, note what was said; nothing of the traveller is on the list."""

import pytest

from refunds.models import CallBackAnswer, CallBackSample, Refund, TravellerView
from refunds.tests.making import date, group_of, on
from refunds.tests.seeing import sent, text_of
from venues.tests.forms import queries

CALLBACKS, DRAW = "/refunds/callbacks/", "/refunds/callbacks/draw/"
NAME, NUMBER = "吴十九", "13900004444"


@pytest.fixture
def group(agency, clerk):
    group = group_of(agency, by=clerk)
    group.enter_refund(by=clerk, heads=10, paid_on=date(28), at=on(28))
    group.add_traveller(by=clerk, name=NAME, number=NUMBER)
    return group


@pytest.fixture
def sample(group, clerk):
    (sample,) = CallBackSample.objects.draw(by=clerk, size=1)
    return sample


def answered(client, sample, **fields):
    return sent(client, f"{CALLBACKS}{sample.pk}/answer/", **fields)


def levels():
    return set(Refund.objects.with_level().values_list("level", flat=True))


def test_some_are_drawn_and_stand_masked_on_the_list(group, signed_in, clerk):
    client = signed_in(clerk)
    assert sent(client, DRAW, size=5).status_code == 302
    page = client.get(CALLBACKS).content.decode()
    assert "139****4444" in page and "A-01" in page
    assert NUMBER not in page and NAME not in page


@pytest.mark.parametrize("size", ["0", "51", "x", "", "9" * 30])
def test_a_number_that_cannot_be_drawn_is_refused(group, signed_in, clerk, size):
    answer = sent(signed_in(clerk), DRAW, size=size)
    assert answer.status_code == 422 and not CallBackSample.objects.exists()


def test_when_nobody_is_left_it_says_so(sample, signed_in, clerk):
    client = signed_in(clerk)
    assert sent(client, DRAW, size=5).status_code == 302
    assert CallBackSample.objects.count() == 1
    assert "tone-warn" in client.get(CALLBACKS).content.decode()


def test_one_press_draws_once(group, signed_in, clerk):
    group.add_traveller(by=clerk, number="13900005555")
    client, key = signed_in(clerk), "0b3f7a4e-3c56-4b7e-9f0e-2b2f8b8f8b8f"
    for _press in range(2):
        client.post(DRAW, {"form_key": key, "size": "1"})
    assert CallBackSample.objects.count() == 1


def test_the_number_is_shown_with_a_reason_beside_the_answers(sample, signed_in, clerk):
    page = signed_in(clerk).post(f"/refunds/travellers/{sample.traveller_id}/reveal/", {"reason": "回访"})
    words = page.content.decode()
    assert NUMBER in words and f"{CALLBACKS}{sample.pk}/answer/" in words
    assert TravellerView.objects.get().by == clerk


def test_of_a_traveller_who_answered_there_is_nothing_to_answer(sample, signed_in, clerk):
    sample.answer(by=clerk, result="received")
    page = signed_in(clerk).post(f"/refunds/travellers/{sample.traveller_id}/reveal/", {"reason": "回访"})
    assert NUMBER in page.content.decode() and "/answer/" not in page.content.decode()


@pytest.mark.parametrize("who", ["clerk", "leader"])
def test_money_received_raises_the_evidence(request, sample, signed_in, who):
    officer = request.getfixturevalue(who)
    assert answered(signed_in(officer), sample, result="received").status_code == 302
    assert levels() == {"evidenced"}


@pytest.mark.parametrize("result", ["partly", "not_received", "refused", "wrong_number"])
def test_any_other_answer_settles_it_and_raises_nothing(sample, signed_in, clerk, result):
    client = signed_in(clerk)
    assert answered(client, sample, result=result, text="打 13900007777 问").status_code == 302
    assert levels() == {"declared"}
    assert "13900007777" not in CallBackAnswer.objects.get().text
    listed = [list(client.get(CALLBACKS, {"show": show}).context["page"]) for show in ("open", "answered")]
    assert listed == [[], [sample]]


def test_who_does_not_answer_stays_on_the_list_with_the_call(sample, signed_in, clerk):
    client = signed_in(clerk)
    answered(client, sample, result="no_answer", text="无人接听")
    page = client.get(CALLBACKS).content.decode()
    assert "139****4444" in page and "无人接听" in page


@pytest.mark.parametrize("result", ["", "yes", None])
def test_without_an_answer_nothing_is_noted_and_the_words_stay(sample, signed_in, clerk, result):
    answer = answered(signed_in(clerk), sample, result=result, text="稍后再打")
    assert answer.status_code == 422
    assert "稍后再打" in answer.content.decode() and 'role="alert"' in answer.content.decode()
    assert not CallBackAnswer.objects.exists()


def test_the_second_of_two_hears_who_was_first(sample, signed_in, clerk, leader):
    sample.answer(by=leader, result="received")
    answer = answered(signed_in(clerk), sample, result="not_received")
    assert answer.status_code == 409 and "武桂平" in text_of(answer.content.decode())
    assert CallBackAnswer.objects.count() == 1


def test_the_list_costs_the_same_queries_for_many_as_for_few(group, agency, signed_in, clerk):
    group.add_traveller(by=clerk, number="13900005555")
    CallBackSample.objects.draw(by=clerk, size=1)
    client = signed_in(clerk)
    few = queries(client, CALLBACKS)
    for n in range(6):
        another = group_of(agency, f"N-{n}", by=clerk)
        another.enter_refund(by=clerk, heads=1, paid_on=date(28), at=on(28))
        another.add_traveller(by=clerk, number=f"1390000600{n}")
    for sample in CallBackSample.objects.draw(by=clerk, size=9):
        sample.answer(by=clerk, result="no_answer")
    assert queries(client, CALLBACKS) == few


@pytest.mark.parametrize("asked", [{"show": "x"}, {"page": "x"}, {"page": "9" * 40}], ids=["show", "page", "huge page"])
def test_odd_questions_get_an_answer(sample, signed_in, clerk, asked):
    assert signed_in(clerk).get(CALLBACKS, asked).status_code == 200


@pytest.mark.parametrize("who", ["duty_officer", "auditor", "viewer"])
def test_who_may_not_call_travellers_sees_none(request, sample, signed_in, who):
    client = signed_in(request.getfixturevalue(who))
    assert client.get(CALLBACKS).status_code == 403
    assert answered(client, sample, result="received").status_code == 403
    assert levels() == {"declared"}

"""No words about a group keep the name or the number of a traveller that is known of it, whatever act they came with."""

import pytest

from refunds.models import CallBackSample, Evidence
from refunds.tests import workbooks
from refunds.tests.making import date, group_of, on, reported

NAME, NUMBER = "欧阳霜菊", "13900000257"
SAID = f"{NAME}本人 {NUMBER}"


@pytest.fixture
def group(agency, clerk):
    group = group_of(agency, "A-01", by=clerk, amount_due="900")
    group.add_traveller(by=clerk, name=NAME, number=NUMBER)
    return group


@pytest.fixture
def refund(group, clerk):
    return group.enter_refund(by=clerk, heads=4, paid_on=date(28), at=on(28))


def _attached(group, refund, clerk, leader):
    return refund.attach(by=clerk, kind="signed", text=SAID).text


def _with_the_refund(group, refund, clerk, leader):
    return group.enter_refund(by=clerk, heads=1, paid_on=date(28), evidence_words=SAID).evidence.get().text


def _confirmed(group, refund, clerk, leader):
    refund.attach(by=clerk, kind="slip")
    return refund.confirm(by=leader, text=SAID).text


def _reversed(group, refund, clerk, leader):
    return refund.reverse(by=clerk, reason=SAID).cause_text


def _corrected(group, refund, clerk, leader):
    line = group.note_line(by=clerk, remark=SAID, reason_text=SAID, counterpart=SAID, route=SAID)
    assert line.remark == line.reason_text == line.counterpart == line.route
    return line.remark


def _reported(group, refund, clerk, leader):
    reported(group.agency, 29, {"number": "A-01", "heads": 10, "refunded_heads": 4, "remark": SAID}, by=clerk)
    return group.line_at().remark


def _claimed(group, refund, clerk, leader):
    return group.claim_deduction(by=clerk, amount=5, kind="visa", text=SAID).text


def _proved(group, refund, clerk, leader):
    return group.claim_deduction(by=clerk, amount=5, kind="visa", proof=SAID).proofs.get().text


def _decided(group, refund, clerk, leader):
    return group.claim_deduction(by=clerk, amount=5, kind="visa").decide(by=leader, accepted=False, text=SAID).text


def _answered(group, refund, clerk, leader):
    group.add_traveller(by=clerk, name="另一人", number="13900000258")
    samples = CallBackSample.objects.draw(by=leader, size=2)
    said = {sample.answer(by=leader, result="no_answer", text=SAID).text for sample in samples}  # of either, of both
    return said.pop() if len(said) == 1 else ""


def _revealed(group, refund, clerk, leader):
    other = group.add_traveller(by=clerk, name="另一人", number="13900000258")
    other.reveal(by=clerk, reason=SAID)
    return other.views.get().reason


ACTS = (
    _attached, _with_the_refund, _confirmed, _reversed, _corrected, _reported, _claimed, _proved, _decided, _answered, _revealed,
)  # fmt: skip


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__.strip("_"))
def test_the_words_of_no_act_keep_a_traveller(group, refund, clerk, leader, act):
    kept = act(group, refund, clerk, leader)
    assert "本人" in kept and NAME not in kept and NUMBER not in kept


def test_nor_one_of_the_linked_group(group, refund, make_venue, clerk):
    other = make_venue("地接旅行社", category_slug="travel_agency")
    receiver = group_of(other, "B-01", by=clerk, role="receiver")
    receiver.add_traveller(by=clerk, name="吴十九", number="13900000259")
    assert "吴十九" in refund.attach(by=clerk, kind="signed", text="吴十九签收").text  # nobody of this group yet
    receiver.link_to(group, by=clerk)
    assert "吴十九" not in refund.attach(by=clerk, kind="signed", text="吴十九签收").text
    assert NAME not in receiver.note_line(by=clerk, remark=SAID).remark


def test_the_longer_of_two_names_is_left_out_first(group, refund, clerk):
    group.add_traveller(by=clerk, name=NAME[:3], number="13900000258")
    assert refund.attach(by=clerk, kind="signed", text=f"{NAME}签收").text == "欧某签收"


def test_a_stranger_to_the_group_is_not_looked_for(agency, refund, clerk):
    group_of(agency, "A-02", by=clerk).add_traveller(by=clerk, name="无", number="13900000260")
    group_of(agency, "A-03", by=clerk).add_traveller(by=clerk, name="签收", number="13900000261")
    refund.attach(by=clerk, kind="signed", text="签收无误")
    assert Evidence.objects.get().text == "签收无误"


def test_a_sheet_that_names_a_traveller_again_says_nothing_new(group, refund, clerk):
    row = [*workbooks.group("A-01", refunded=4)[:-1], SAID]
    book = workbooks.workbook(row, licence=group.agency.licence_no, day="2020-01-28")
    workbooks.enter(book, by=clerk, at=workbooks.AT_28)
    again = workbooks.workbook(row, licence=group.agency.licence_no, day="2020-01-31")
    (found,) = workbooks.looked_at(again).rows
    assert found.action == "same" and NAME not in repr(found.said) and "本人" in repr(found.said)

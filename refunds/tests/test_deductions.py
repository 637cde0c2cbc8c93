"""Deductions lower what is due only once somebody else accepted them, with proof, and are decided once."""

from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from refunds.models import Deduction, TourGroup
from refunds.tests.making import group_of, on
from venues.transitions import Refused, TooLate


@pytest.fixture
def group(agency):
    return group_of(agency, amount_due="1000")


@pytest.fixture
def claim(group, clerk):
    return group.claim_deduction(by=clerk, amount="300", kind="visa", proof="签证费收据", at=on(28))


def due(group, at):
    return TourGroup.objects.as_of(at).get(pk=group.pk).still_due


def test_only_an_accepted_deduction_lowers_what_is_due(group, claim, leader):
    assert due(group, on(29)) == Decimal(1000)
    claim.decide(by=leader, accepted=True, at=on(30))
    assert [due(group, on(day)) for day in (29, 30)] == [Decimal(1000), Decimal(700)]
    assert claim.state == "accepted"


def test_a_rejected_one_lowers_nothing_and_says_why(group, claim, leader):
    with pytest.raises(Refused):
        claim.decide(by=leader, accepted=False)
    claim.decide(by=leader, accepted=False, text="未实际发生", at=on(30))
    assert due(group, on(30)) == Decimal(1000) and claim.state == "rejected"


def test_it_is_decided_once(claim, leader, second_inspector):
    claim.decide(by=leader, accepted=True)
    with pytest.raises(TooLate, match="武桂平"):
        claim.decide(by=second_inspector, accepted=False, text="不同意")
    with pytest.raises(TooLate):
        claim.prove(by=leader, text="迟到的证明")


def test_nobody_decides_about_what_he_entered(claim, clerk):
    with pytest.raises(Refused):
        claim.decide(by=clerk, accepted=True)


def test_without_proof_it_is_not_accepted_and_stands_on_a_list_until_it_is_proved(group, clerk, leader):
    claim = group.claim_deduction(by=clerk, amount=300, kind="ticket", at=on(28))
    assert list(Deduction.objects.without_proof(on(28))) == [claim]
    with pytest.raises(Refused):
        claim.decide(by=leader, accepted=True)
    claim.prove(by=clerk, file=ContentFile(b"%PDF", "证明.pdf"), at=on(29))
    assert [Deduction.objects.without_proof(on(day)).exists() for day in (28, 29)] == [True, False]
    claim.decide(by=leader, accepted=True, at=on(30))


def test_more_than_is_due_is_not_accepted(group, claim, clerk, leader):
    claim.decide(by=leader, accepted=True)
    too_much = group.claim_deduction(by=clerk, amount="700.01", kind="hotel", proof="发票")
    with pytest.raises(Refused):
        too_much.decide(by=leader, accepted=True)


def test_where_everything_is_deducted_nothing_is_due(group, clerk, leader):
    claim = group.claim_deduction(by=clerk, amount=1000, kind="service", proof="合同", at=on(28))
    claim.decide(by=leader, accepted=True, at=on(29))
    assert [group.status_at(on(day)) for day in (28, 29)] == ["cancelled_unpaid", "nothing_due"]


@pytest.mark.parametrize("amount", [0, -1, None])
def test_an_amount_is_above_nought(group, clerk, amount):
    with pytest.raises(Refused):
        group.claim_deduction(by=clerk, amount=amount, kind="visa")


def test_an_undecided_claim_disputes_its_group(group, claim, leader):
    assert TourGroup.objects.as_of(on(29)).get().disputed
    claim.decide(by=leader, accepted=True, at=on(30))
    assert [TourGroup.objects.as_of(on(day)).get().disputed for day in (29, 30)] == [True, False]

"""Declared, evidenced, confirmed: each level by a row of its own, and nobody confirms what he entered."""

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from refunds.models import Evidence, Refund
from refunds.tests.making import date, group_of, on, reported
from venues.transitions import Refused, TooLate


@pytest.fixture
def refund(agency, clerk):
    return group_of(agency).enter_refund(by=clerk, heads=4, paid_on=date(28), at=on(28))


def level(refund, at=None):
    return Refund.objects.with_level(at).get(pk=refund.pk).level


def test_an_entry_is_declared_until_something_proves_it(refund, clerk):
    assert level(refund) == "declared"
    refund.attach(by=clerk, kind="statement", text="工行流水 1月29日", at=on(29))
    assert [level(refund, at) for at in (on(28), on(29))] == ["declared", "evidenced"]


def test_a_slip_is_evidence_at_once(agency, clerk):
    group = group_of(agency)
    assert level(group.enter_refund(by=clerk, heads=1, slip_no="P-1", at=on(28))) == "evidenced"
    assert level(group.enter_refund(by=clerk, heads=1, file=ContentFile(b"%PDF", "回单.pdf"), at=on(28))) == "evidenced"
    with Evidence.objects.get(file_name="回单.pdf").file.open() as file:
        assert file.read() == b"%PDF"


def test_somebody_else_confirms(refund, clerk, leader):
    refund.attach(by=clerk, kind="slip", text="回单", at=on(29))
    refund.confirm(by=leader, at=on(30))
    assert [level(refund, at) for at in (on(29), on(30))] == ["evidenced", "confirmed"]


def test_nobody_confirms_what_he_entered(refund, clerk, leader):
    refund.attach(by=leader, kind="slip", text="回单", at=on(29))
    with pytest.raises(Refused):
        refund.confirm(by=clerk)
    assert level(refund) == "evidenced"


def test_nor_what_rests_on_his_own_evidence(refund, leader):
    refund.attach(by=leader, kind="slip", text="回单", at=on(29))
    with pytest.raises(Refused):
        refund.confirm(by=leader)


def test_nobody_confirms_an_import_of_his_own(agency, clerk, leader):
    reported(agency, 28, ("A-01", 10, 4), by=clerk)
    refund = Refund.objects.get()
    refund.attach(by=leader, kind="statement", text="流水")
    with pytest.raises(Refused):
        refund.confirm(by=clerk)


def test_without_evidence_there_is_nothing_to_confirm(refund, leader):
    with pytest.raises(Refused):
        refund.confirm(by=leader)


def test_a_refund_is_confirmed_once(refund, clerk, leader, second_inspector):
    refund.attach(by=clerk, kind="slip", text="回单")
    refund.confirm(by=leader)
    with pytest.raises(TooLate, match="武桂平"):
        refund.confirm(by=second_inspector)
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.create(refund=refund, level="confirmed", kind="check", occurred_at=on(30))


def test_who_confirms_once_more_hears_that_it_is_confirmed(refund, clerk, leader):
    refund.attach(by=clerk, kind="slip", text="回单")
    refund.confirm(by=leader)
    with pytest.raises(TooLate, match="武桂平 confirmed"):
        refund.confirm(by=leader)


def test_what_is_reversed_is_neither_proved_nor_confirmed(refund, clerk, leader):
    refund.attach(by=clerk, kind="slip", text="回单")
    reversal = refund.reverse(by=clerk, reason="填错")
    for act in (lambda row: row.attach(by=clerk, kind="slip", text="回单"), lambda row: row.confirm(by=leader)):
        for row in (refund, reversal):
            with pytest.raises(Refused):
                act(row)


def test_evidence_says_something(refund, clerk):
    with pytest.raises(Refused):
        refund.attach(by=clerk, kind="other", text=" ")


def test_numbers_of_people_do_not_stay_in_the_words(refund, clerk):
    refund.attach(by=clerk, kind="other", text="已电话13800000257核实")
    assert "13800000257" not in Evidence.objects.get().text


def test_entries_without_evidence_are_found_after_some_days(refund, clerk):
    assert list(Refund.objects.unproved(on(31), since=on(28))) == [refund]
    assert not Refund.objects.unproved(on(31), since=on(27)).exists()
    refund.attach(by=clerk, kind="slip", text="回单", at=on(31))
    assert not Refund.objects.unproved(on(31), since=on(28)).exists()
    assert Refund.objects.unproved(on(30), since=on(28)).exists()

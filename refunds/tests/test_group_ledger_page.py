"""The ledger on the page of a group: refunds, reversals, evidence, confirmation and deductions, refused beside their field with what
was typed."""

import pytest
from django.utils import timezone

from refunds.models import CallBackSample, Evidence
from refunds.tests.group_page import NOW, act, page_of, paper, refund, row_act, ten_people
from refunds.tests.making import group_of, paid
from refunds.tests.seeing import field_error, links, value_of


@pytest.fixture
def group(agency, clerk):
    return ten_people(agency, clerk)


# --- refunds --------------------------------------------------------------------------------------------------------------


def test_a_refund_with_its_slip_is_evidenced_at_once(group, signed_in, clerk):
    answer = refund(signed_in(clerk), group, amount="300", channel="bank", slip_no=" p-77 ", file=paper())
    assert (answer.status_code, answer["Location"]) == (302, f"/refunds/groups/{group.pk}/")
    entry = group.refunds.with_level().get()
    assert (entry.heads, str(entry.amount), entry.channel, entry.level) == (3, "300.00", "bank", "evidenced")
    assert entry.recorded_by == clerk and entry.evidence.get().file


def test_the_same_form_pressed_twice_is_one_refund(group, signed_in, clerk):
    client, key = signed_in(clerk), "0b6f1c5e-0f0a-4c39-93d5-6f6f5e3f2a11"
    fields = {"form_key": key, "seen": group.mark, "heads": 3, "paid_on": timezone.localdate().isoformat()}
    answers = [client.post(f"/refunds/groups/{group.pk}/refund/", fields) for _press in range(3)]
    assert {answer.status_code for answer in answers} == {302} and group.refunds.count() == 1


@pytest.mark.parametrize(
    ("fields", "blamed"),
    [
        ({"heads": 11}, "heads"), ({"heads": 2, "amount": "1000.01"}, "amount"), ({"heads": 0}, "heads"), ({"heads": -1}, "heads"),
        ({"heads": ""}, "heads"), ({"amount": "viel"}, "amount"), ({"amount": "-5"}, "amount"), ({"amount": "0.001"}, "amount"),
        ({"paid_on": "2999-01-01"}, "paid_on"), ({"paid_on": ""}, "paid_on"), ({"channel": "gold"}, "channel"),
        ({"heads": 10**12}, "heads"), ({"heads": 0, "amount": "0"}, "amount"),
    ],
    ids=[
        "more people than left", "more money than due", "nobody", "less than nobody", "no number", "no amount", "below nought",
        "parts of a cent", "tomorrow", "no day", "unknown channel", "absurd", "nothing",
    ],
)  # fmt: skip
def test_a_refusal_stands_beside_its_field_and_what_was_typed_stays(group, signed_in, clerk, fields, blamed):
    answer = refund(signed_in(clerk), group, **{"slip_no": "P-77", "evidence_words": "银行回单", **fields})
    page = answer.content.decode()
    assert answer.status_code == 422 and not group.refunds.exists()
    assert [name for name in ("heads", "amount", "paid_on", "channel") if field_error(page, f"refund_{name}")] == [
        blamed
    ]
    assert value_of(page, "refund_slip_no") == "P-77" and value_of(page, "refund_evidence_words") == "银行回单"


def test_a_slip_that_stands_in_the_ledger_is_named_beside_its_field(group, agency, signed_in, clerk):
    group_of(agency, "A-02", by=clerk, at=NOW, depart_on=None, return_on=None).enter_refund(
        by=clerk, heads=1, slip_no="P-77"
    )
    page = refund(signed_in(clerk), group, slip_no="p-77").content.decode()
    assert "A-02" in field_error(page, "refund_slip_no") and not group.refunds.exists()


def test_an_amount_refused_because_of_a_deduction_is_named_beside_the_amount(group, signed_in, clerk, leader):
    group.claim_deduction(by=clerk, amount=100, kind="visa", proof="收据").decide(by=leader, accepted=True)
    page = refund(signed_in(clerk), group, amount="950").content.decode()
    assert "900.00" in field_error(page, "refund_amount")


def test_a_page_that_is_out_of_date_is_refused_with_who_was_faster(group, signed_in, clerk, leader):
    seen = group.mark
    group.enter_refund(by=leader, heads=2)
    answer = refund(signed_in(clerk), group, seen=seen, slip_no="P-78")
    page = answer.content.decode()
    assert answer.status_code == 409 and paid(group) == 2
    assert "武桂平" in page and value_of(page, "refund_slip_no") == "P-78"
    again = refund(signed_in(clerk), group, seen=value_of(page, "refund_seen"), slip_no="P-78")
    assert again.status_code == 302 and paid(group) == 5


@pytest.mark.parametrize("seen", ["", "x", "9-9-9", "0-0"], ids=["none", "word", "three", "nothing"])
def test_a_form_without_the_mark_of_its_page_is_refused(group, signed_in, clerk, seen):
    answer = refund(signed_in(clerk), group, seen=seen)
    assert answer.status_code in (409, 422) and not group.refunds.exists()


def test_no_money_for_a_group_that_is_not_called_off_and_what_was_typed_stays(group, signed_in, clerk):
    group.note_line(by=clerk, disposition="booked")
    answer = refund(signed_in(clerk), group, slip_no="P-79")
    page = answer.content.decode()
    assert answer.status_code == 422 and not group.refunds.exists()
    assert value_of(page, "refund_slip_no") == "P-79" and "call_off" in page


@pytest.mark.parametrize("name", ["照片.exe", "无后缀"], ids=["program", "no ending"])
def test_a_paper_of_a_strange_kind_is_refused_beside_its_field(group, signed_in, clerk, name):
    page = refund(signed_in(clerk), group, file=paper(name)).content.decode()
    assert field_error(page, "refund_file") and not group.refunds.exists()


def test_a_paper_that_is_too_large_is_refused(group, signed_in, clerk, monkeypatch):
    monkeypatch.setattr("refunds.forms.acts.LARGEST", 0)
    assert "0 MB" in field_error(refund(signed_in(clerk), group, file=paper()).content.decode(), "refund_file")


# --- reversal, evidence, confirmation -------------------------------------------------------------------------------------


def test_a_reversal_is_a_row_with_its_reason_and_comes_once(group, signed_in, clerk):
    entry, client = group.enter_refund(by=clerk, heads=4), signed_in(clerk)
    assert row_act(client, "ledger", entry, "reverse", seen=group.mark, reason="填错").status_code == 302
    assert paid(group) == 0 and group.refunds.count() == 2
    page = page_of(client, group)
    assert "填错" in page and f'action="/refunds/ledger/{entry.pk}/reverse/"' not in page
    late = row_act(client, "ledger", entry, "reverse", seen=group.mark, reason="再来一次")
    assert late.status_code == 409 and value_of(late.content.decode(), f"reverse{entry.pk}_reason") == "再来一次"
    assert row_act(client, "ledger", entry.reversal, "reverse", seen=group.mark, reason="再来").status_code == 422


def test_a_reversal_needs_its_reason(group, signed_in, clerk):
    entry = group.enter_refund(by=clerk, heads=4)
    for reason in ("", "x"):
        page = row_act(signed_in(clerk), "ledger", entry, "reverse", seen=group.mark, reason=reason).content.decode()
        assert field_error(page, f"reverse{entry.pk}_reason")
    assert paid(group) == 4


def test_evidence_raises_the_level_and_its_file_comes_back_under_our_own_name(group, signed_in, clerk, duty_officer):
    entry = group.enter_refund(by=clerk, heads=4)
    answer = row_act(
        signed_in(clerk), "ledger", entry, "evidence", kind="signed", text="收条", file=paper("吴十九收条.pdf")
    )
    assert answer.status_code == 302
    proof = entry.evidence.get()
    page = page_of(signed_in(duty_officer), group)
    assert f"/refunds/evidence/{proof.pk}/file/" in page and "吴十九" not in page
    file = signed_in(duty_officer).get(f"/refunds/evidence/{proof.pk}/file/")
    assert b"".join(file.streaming_content) == b"%PDF-1.4 paper"
    assert file["Content-Disposition"] == f'attachment; filename="evidence-{proof.pk}.pdf"'
    assert file["Content-Type"] == "application/octet-stream"


def test_evidence_without_file_or_words_is_refused(group, signed_in, clerk):
    entry = group.enter_refund(by=clerk, heads=4)
    page = row_act(signed_in(clerk), "ledger", entry, "evidence", kind="signed", text=" ").content.decode()
    assert field_error(page, f"evidence{entry.pk}_text") and not entry.evidence.exists()


def test_evidence_that_is_words_only_has_no_file(group, signed_in, clerk):
    entry = group.enter_refund(by=clerk, heads=4)
    proof = entry.attach(by=clerk, kind="statement", text="流水")
    client = signed_in(clerk)
    assert client.get(f"/refunds/evidence/{proof.pk}/file/").status_code == 404
    assert not links(page_of(client, group), f"/refunds/evidence/{proof.pk}/")


def test_a_refund_is_confirmed_by_somebody_else_once(group, signed_in, clerk, leader, duty_officer):
    duty_officer.groups.set(leader.groups.all())
    entry = group.enter_refund(by=clerk, heads=4, slip_no="P-77")
    assert row_act(signed_in(clerk), "ledger", entry, "confirm").status_code == 403
    client = signed_in(leader)
    assert row_act(client, "ledger", entry, "confirm", text="已核对流水").status_code == 302
    assert entry.evidence.filter(level=Evidence.Level.CONFIRMED, by=leader).count() == 1
    again = row_act(signed_in(duty_officer), "ledger", entry, "confirm", text="再核对")
    assert again.status_code == 409 and value_of(again.content.decode(), f"confirm{entry.pk}_text") == "再核对"


def test_who_entered_a_refund_does_not_confirm_it(group, signed_in, leader):
    entry = group.enter_refund(by=leader, heads=4, slip_no="P-77")
    client = signed_in(leader)
    assert "/confirm/" not in page_of(client, group)
    assert row_act(client, "ledger", entry, "confirm", text="自己核对").status_code == 422
    assert not entry.evidence.filter(level="confirmed").exists()


# --- deductions -----------------------------------------------------------------------------------------------------------


def test_a_deduction_is_claimed_proved_and_accepted(group, signed_in, clerk, leader):
    client = signed_in(clerk)
    assert act(client, group, "deduction", seen=group.mark, amount="200", kind="visa", text="签证费").status_code == 302
    claim = group.deductions.get()
    early = row_act(signed_in(leader), "deductions", claim, "decide", accepted="yes")
    assert early.status_code == 422 and claim.state == "claimed"
    assert row_act(client, "deductions", claim, "proof", text="发票", file=paper()).status_code == 302
    proof = claim.proofs.get()
    file = signed_in(leader).get(f"/refunds/proofs/{proof.pk}/file/")
    assert b"".join(file.streaming_content) == b"%PDF-1.4 paper"
    assert row_act(signed_in(leader), "deductions", claim, "decide", accepted="yes").status_code == 302
    assert claim.state == "accepted" and "800.00" in page_of(client, group)
    late = row_act(signed_in(leader), "deductions", claim, "decide", accepted="no", text="改主意了")
    assert late.status_code == 409 and value_of(late.content.decode(), f"decide{claim.pk}_text") == "改主意了"
    assert row_act(client, "deductions", claim, "proof", text="又一张").status_code == 409


@pytest.mark.parametrize("amount", ["", "0", "-1", "x"], ids=["empty", "nought", "below", "word"])
def test_a_claim_without_an_amount_is_refused_beside_it(group, signed_in, clerk, amount):
    page = act(signed_in(clerk), group, "deduction", seen=group.mark, amount=amount, kind="visa").content.decode()
    assert field_error(page, "deduction_amount") and not group.deductions.exists()


def test_a_rejection_needs_its_reason(group, signed_in, clerk, leader):
    claim = group.claim_deduction(by=clerk, amount=50, kind="visa", proof="收据")
    page = row_act(signed_in(leader), "deductions", claim, "decide", accepted="no", text="").content.decode()
    assert field_error(page, f"decide{claim.pk}_text") and claim.state == "claimed"


def test_who_claimed_it_does_not_decide_it(group, signed_in, leader):
    claim = group.claim_deduction(by=leader, amount=50, kind="visa", proof="收据")
    assert "/decide/" not in page_of(signed_in(leader), group)
    assert row_act(signed_in(leader), "deductions", claim, "decide", accepted="yes").status_code == 422


def test_a_leader_checks_again_what_a_traveller_contradicts(group, signed_in, clerk, leader):
    entry = group.enter_refund(by=clerk, heads=4, slip_no="P-77")
    entry.confirm(by=leader)
    traveller = group.add_traveller(by=clerk, number="13900004444")
    sample = CallBackSample.objects.create(traveller=traveller, group=group, drawn_at=timezone.now(), drawn_by=leader)
    sample.answer(by=leader, result="not_received")
    client = signed_in(leader)
    assert f"/refunds/ledger/{entry.pk}/confirm/" in page_of(client, group)
    assert f"/refunds/ledger/{entry.pk}/confirm/" not in page_of(signed_in(clerk), group)
    assert row_act(client, "ledger", entry, "confirm", text="").status_code == 422
    assert row_act(client, "ledger", entry, "confirm", text="已核对流水").status_code == 302
    assert f"/refunds/ledger/{entry.pk}/confirm/" not in page_of(client, group)

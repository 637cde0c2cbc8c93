"""The page of a group: its facts, ledger and lines at a moment, and every act on it, refused beside its field with what was typed."""

import datetime
import io
import logging
import re

import pytest
from django.utils import timezone

from refunds.models import Evidence, TourGroup
from refunds.tests.making import group_of, paid
from refunds.tests.seeing import field_error, links, sent, text_of, value_of
from venues.tests.forms import queries

NOW = timezone.now().replace(microsecond=0) - datetime.timedelta(days=2)


@pytest.fixture
def group(agency, clerk):
    """Ten people, called off two days ago, 1,000 yuan due."""
    day = NOW.date()
    return group_of(
        agency, by=clerk, at=NOW, depart_on=day + datetime.timedelta(days=3), return_on=None, amount_due="1000.00"
    )


def page_of(client, group, **asked):
    answer = client.get(f"/refunds/groups/{group.pk}/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def act(client, group, name, /, **fields):
    return sent(client, f"/refunds/groups/{group.pk}/{name}/", **fields)


def refund(client, group, **fields):
    said = {"seen": group.mark, "heads": 3, "paid_on": timezone.localdate().isoformat()} | fields
    return act(client, group, "refund", **said)


def paper(name="收据.pdf"):
    file = io.BytesIO(b"%PDF-1.4 paper")
    file.name = name
    return file


# --- what it shows --------------------------------------------------------------------------------------------------------


def test_it_shows_facts_ledger_and_lines(group, signed_in, clerk):
    entry = group.enter_refund(by=clerk, heads=4, amount="400", slip_no="P-77")
    group.note_line(by=clerk, reason="no_account", promised_on=timezone.localdate())
    page = page_of(signed_in(clerk), group)
    words = text_of(page)
    assert "A-01" in words and "1,000.00" in words and "400.00" in words and "P-77" in words and "600.00" in words
    assert f'id="refund-{entry.pk}"' in page
    assert page.count('class="when"') >= 2


def test_it_shows_the_past_without_forms(group, signed_in, clerk):
    group.enter_refund(by=clerk, heads=10, slip_no="P-77")
    client = signed_in(clerk)
    page = page_of(client, group, as_of=(NOW + datetime.timedelta(hours=1)).isoformat())
    assert "P-77" not in page and "<form" in page and 'method="post" action="/refunds' not in page
    early = page_of(client, group, as_of="2001-01-01")
    assert "A-01" in early and "not known at that moment" in early


def test_each_role_sees_the_forms_that_it_may_send(group, signed_in, clerk, leader, duty_officer, auditor):
    entry = group.enter_refund(by=clerk, heads=4, slip_no="P-77")
    claim = group.claim_deduction(by=clerk, amount=50, kind="visa", proof="收据")
    traveller = group.add_traveller(by=clerk, name="吴十九", number="13900004444")
    enter = {f"groups/{group.pk}/{name}" for name in ("line", "refund", "deduction", "link", "traveller")}
    enter |= {f"ledger/{entry.pk}/reverse", f"ledger/{entry.pk}/evidence", f"deductions/{claim.pk}/proof"}
    reveal = f"travellers/{traveller.pk}/reveal"
    expected = {
        clerk: enter | {reveal},
        leader: {f"ledger/{entry.pk}/confirm", f"deductions/{claim.pk}/decide", reveal},
        duty_officer: set(),
        auditor: set(),
    }
    for officer, forms in expected.items():
        page = page_of(signed_in(officer), group)
        assert set(re.findall(r'action="/refunds/([^"]+)/"', page)) == forms, officer


def test_it_costs_the_same_queries_however_long_its_ledger_is(group, signed_in, clerk, leader):
    def more(n):
        for k in range(n):
            entry = group.enter_refund(by=clerk, heads=1, amount=1, slip_no=f"P-{n}{k}")
            claim = group.claim_deduction(by=clerk, amount=1, kind="visa", proof="收据")
        entry.confirm(by=leader)
        claim.decide(by=leader, accepted=True)
        group.enter_refund(by=clerk, heads=1).reverse(by=clerk, reason="填错")
        group.note_line(by=clerk, remark=f"第{n}次")
        group.add_traveller(by=clerk, number=f"1390000444{n}")

    client = signed_in(clerk)
    more(1)
    few = queries(client, f"/refunds/groups/{group.pk}/")
    more(3)
    assert queries(client, f"/refunds/groups/{group.pk}/") == few


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


def row_act(client, kind, row, name, /, **fields):
    return sent(client, f"/refunds/{kind}/{row.pk}/{name}/", **fields)


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


# --- the group itself -----------------------------------------------------------------------------------------------------


def line_fields(page):
    """The correction form as it stands on the page."""
    names = (
        "route",
        "depart_on",
        "return_on",
        "heads",
        "amount_due",
        "counterpart",
        "disposed_on",
        "reason_text",
        "promised_on",
        "remark",
        "seen",
    )
    found = {name: value_of(page, f"line_{name}") for name in names}
    for name in ("role", "market", "disposition", "reason"):
        select = re.search(rf'<select[^>]*id="line_{name}".*?</select>', page, re.S)[0]
        found[name] = (re.search(r'value="([^"]*)" selected', select) or ["", ""])[1]
    return found


def test_a_correction_changes_what_is_changed_and_keeps_the_rest(group, signed_in, clerk):
    client = signed_in(clerk)
    said = line_fields(page_of(client, group)) | {"heads": "9", "reason": "no_account"}
    assert act(client, group, "line", **said).status_code == 302
    line = group.line_at()
    assert (line.heads, line.reason, line.route, str(line.amount_due)) == (9, "no_account", "厦门4日", "1000.00")
    assert line.recorded_by == clerk and line.report is None and group.lines.count() == 2
    assert "<del>10</del> → <ins>9</ins>" in page_of(client, group)


def test_a_correction_that_changes_nothing_is_no_line(group, signed_in, clerk):
    client = signed_in(clerk)
    answer = act(client, group, "line", **line_fields(page_of(client, group)))
    assert answer.status_code == 422 and group.lines.count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("heads", "0"),
        ("heads", ""),
        ("amount_due", "-1"),
        ("depart_on", "31.1."),
        ("return_on", "2000-01-01"),
        ("market", "moon"),
    ],
    ids=["nobody", "no number", "below nought", "no date", "back before it left", "unknown market"],
)
def test_a_correction_that_cannot_be_is_refused_beside_its_field(group, signed_in, clerk, name, value):
    client = signed_in(clerk)
    answer = act(client, group, "line", **(line_fields(page_of(client, group)) | {"remark": "核对过", name: value}))
    page = answer.content.decode()
    assert answer.status_code == 422 and group.lines.count() == 1
    assert field_error(page, f"line_{name}") and value_of(page, "line_remark") == "核对过"


def test_a_stale_correction_is_refused_with_what_was_typed(group, signed_in, clerk, leader):
    client = signed_in(clerk)
    said = line_fields(page_of(client, group)) | {"remark": "核对过"}
    group.note_line(by=leader, heads=8)
    answer = act(client, group, "line", **said)
    assert answer.status_code == 409 and value_of(answer.content.decode(), "line_remark") == "核对过"
    assert group.line_at().heads == 8


def test_a_booked_group_is_called_off_by_hand(group, signed_in, clerk):
    group.note_line(by=clerk, disposition="booked")
    client = signed_in(clerk)
    said = {"call_off": "1", "seen": group.mark, "disposition": "cancelled", "on": timezone.localdate().isoformat()}
    ahead = (timezone.localdate() + datetime.timedelta(days=1)).isoformat()
    wrong = act(client, group, "line", **said | {"on": ahead})
    assert field_error(wrong.content.decode(), "call_off_on")
    assert act(client, group, "line", **said).status_code == 302
    assert group.status_at() == "cancelled_unpaid" and group.line_at().disposed_on == timezone.localdate()


def test_groups_of_the_same_travellers_are_linked_and_unlinked(group, make_venue, signed_in, clerk):
    other = make_venue("地接旅行社", category_slug="travel_agency")
    same = group_of(
        other, "B-01", by=clerk, at=NOW, depart_on=group.line_at().depart_on, return_on=None, role="receiver"
    )
    client = signed_in(clerk)
    assert f'value="{group.pk}"' in page_of(client, same)  # proposed: the same day, as many people
    assert act(client, same, "link", organiser=group.pk).status_code == 302
    assert TourGroup.objects.get(pk=same.pk).linked == group
    assert group.get_absolute_url() in page_of(client, same) and same.get_absolute_url() in page_of(client, group)
    assert act(client, same, "link", number="A-01").status_code in (409, 422)
    assert act(client, same, "unlink").status_code == 302
    assert act(client, same, "unlink").status_code == 409
    assert TourGroup.objects.get(pk=same.pk).linked is None


def test_the_organisers_group_is_found_by_its_number(group, make_venue, signed_in, clerk):
    agencies = [make_venue(f"{name}旅行社", category_slug="travel_agency") for name in "甲乙丙"]
    mine = group_of(agencies[0], "M-01", by=clerk, at=NOW, heads=3, depart_on=None, return_on=None)
    client = signed_in(clerk)
    missing = act(client, mine, "link", number="Z-99")
    assert missing.status_code == 422 and field_error(missing.content.decode(), "link_number")
    twins = [
        group_of(agency, "T-01", by=clerk, at=NOW, heads=5, depart_on=None, return_on=None) for agency in agencies[1:]
    ]
    several = act(client, mine, "link", number="t-01").content.decode()
    assert all(f'value="{twin.pk}"' in several for twin in twins)
    assert act(client, mine, "link", number="a-01").status_code == 302
    assert TourGroup.objects.get(pk=mine.pk).linked == group


@pytest.mark.parametrize("organiser", ["x", "9" * 30, "own"], ids=["word", "huge", "its own agency's"])
def test_a_link_to_what_cannot_be_is_refused(group, agency, signed_in, clerk, organiser):
    own = group_of(agency, "A-02", by=clerk, at=NOW, depart_on=None, return_on=None)
    answer = act(signed_in(clerk), group, "link", organiser=own.pk if organiser == "own" else organiser)
    assert answer.status_code == 422 and TourGroup.objects.get(pk=group.pk).linked is None


# --- travellers -----------------------------------------------------------------------------------------------------------

NAME, NUMBER = "吴十九", "13900004444"


def test_a_traveller_is_kept_and_everywhere_masked(group, signed_in, clerk, leader, caplog):
    client = signed_in(clerk)
    with caplog.at_level(logging.DEBUG):
        answer = act(client, group, "traveller", name=NAME, number=NUMBER)
    assert answer.status_code == 302
    assert NAME not in answer["Location"] and NUMBER not in answer["Location"]
    for officer in (clerk, leader):
        page = page_of(signed_in(officer), group)
        assert "139****4444" in page and NUMBER not in page and NAME not in page
    assert NUMBER not in caplog.text and NAME not in caplog.text


def test_a_traveller_without_a_number_is_refused_beside_the_field(group, signed_in, clerk):
    for number in ("", "没有"):
        answer = act(signed_in(clerk), group, "traveller", name=NAME, number=number)
        page = answer.content.decode()
        assert answer.status_code == 422 and field_error(page, "traveller_number")
        assert value_of(page, "traveller_name") == NAME and answer["Cache-Control"].count("no-store") == 1


def test_a_traveller_is_revealed_with_a_reason_in_this_answer_only(group, signed_in, clerk, caplog):
    traveller = group.add_traveller(by=clerk, name=NAME, number=NUMBER)
    client, path = signed_in(clerk), f"/refunds/travellers/{traveller.pk}/reveal/"
    refused = client.post(path, {"reason": " "})
    assert refused.status_code == 422 and NUMBER not in refused.content.decode() and not traveller.views.exists()
    with caplog.at_level(logging.DEBUG):
        answer = client.post(path, {"reason": "回访核实"})
    page = answer.content.decode()
    assert NAME in page and NUMBER in page and "no-store" in answer["Cache-Control"]
    assert NAME not in re.search(r"<title>.*?</title>", page, re.S)[0]
    assert [(view.by, view.reason) for view in traveller.views.all()] == [(clerk, "回访核实")]
    assert NUMBER not in caplog.text and NAME not in caplog.text


def test_who_may_not_see_travellers_is_refused(group, signed_in, clerk, duty_officer, auditor):
    traveller = group.add_traveller(by=clerk, name=NAME, number=NUMBER)
    for officer in (duty_officer, auditor):
        assert (
            signed_in(officer).post(f"/refunds/travellers/{traveller.pk}/reveal/", {"reason": "看看"}).status_code
            == 403
        )
    assert not traveller.views.exists()


def test_an_anonymised_traveller_has_nothing_to_reveal(group, signed_in, clerk):
    traveller = group.add_traveller(by=clerk, name=NAME, number=NUMBER)
    traveller.anonymise()
    client = signed_in(clerk)
    assert "/reveal/" not in page_of(client, group)
    assert client.post(f"/refunds/travellers/{traveller.pk}/reveal/", {"reason": "回访"}).status_code == 422

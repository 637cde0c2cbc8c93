"""The page of a group: its facts, ledger and lines at a moment, and every act on the group itself, refused beside its field with what
was typed."""

import datetime
import re

import pytest
from django.utils import timezone

from refunds.models import TourGroup
from refunds.tests.group_page import NOW, act, page_of, ten_people
from refunds.tests.making import group_of
from refunds.tests.seeing import field_error, text_of, value_of
from venues.tests.forms import queries


@pytest.fixture
def group(agency, clerk):
    return ten_people(agency, clerk)


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

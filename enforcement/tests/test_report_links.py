"""Any number of a daily report can be followed to its rows: those of its moment, and those that were kept with the signature."""

import datetime
import re
import uuid

import pytest
from django.urls import reverse

from conftest import T
from enforcement.daily_report.tracing import addresses, linked, pieces
from enforcement.daily_report.words import Traced
from enforcement.models import DailyReport
from enforcement.tests.supplying import a_store
from refunds.models import RefundEvent
from venues.models import Inspection, Patrol

HOUR = datetime.timedelta(hours=1)
MIDNIGHT = T - 16.5 * HOUR + 24 * HOUR  # 25 January, 00:00


@pytest.fixture
def draft(order, duty_officer, leader, inspector, second_inspector, netbar):
    """A report of 24 January: one patrol that found one of two venues closed."""
    team = [inspector, second_inspector]
    patrol = Patrol.objects.depart(by=leader, led_by=inspector, members=team, left_at=T + HOUR)
    Inspection.objects.record(
        by=inspector, client_uuid=uuid.uuid4(), venue=netbar, officers=team, observed_at=T + 2 * HOUR, result="closed",
        patrol=patrol,
    )  # fmt: skip
    return DailyReport.objects.draft(by=duty_officer, as_of=MIDNIGHT)


@pytest.fixture
def signed(draft, leader):
    draft.review(by=leader, edits=0)
    draft.sign(by=leader, edits=0)
    return draft


def numbers_of(report, section, user, language="zh-hans"):
    """{text: address} of the linked pieces of a section."""
    return {text: url for text, url in linked(report, language, addresses(report, user))[section] if url}


def test_a_traced_number_knows_its_figure_and_leaves_the_words_alone():
    one, other = Traced(184, "a.b"), Traced(180, "a.c")
    assert pieces(f"应关停{one}家，未告知{one - other}家。") == [
        ("应关停", ""), ("184", "a.b"), ("家，未告知", ""), ("4", "a.b-a.c"), ("家。", ""),
    ]  # fmt: skip
    assert one == 184 and pieces("没有") == [("没有", "")]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("approximate", [False, True])
def test_the_linked_text_is_the_text(draft, leader, language, approximate):
    draft.discard(by=leader, edits=0)
    report = DailyReport.objects.draft(by=leader, as_of=MIDNIGHT, approximate=approximate)
    shown = linked(report, language, addresses(report, leader))
    assert {key: "".join(text for text, _url in parts) for key, parts in shown.items()} == report.sections[language]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_count_of_the_force_and_of_the_closures_has_its_address(draft, leader, language):
    shown = linked(draft, language, addresses(draft, leader))
    for section in ("force", "closures"):
        bare = "".join(text for text, url in shown[section] if not url)
        bare = re.sub(r"（天文旅令.*?）|Order \S+|\d+月\d+日(\d+时)?(\d+分)?|\d\d:\d\d on \d+ \w+|on \d+ \w+", "", bare)
        assert not re.search(r"\d", bare), bare


def test_what_is_of_the_day_alone_leads_to_the_rows_of_that_day(signed, leader, signed_in):
    text = linked(signed, "zh-hans", addresses(signed, leader))["force"]
    after = [
        url for place, (_text, url) in enumerate(text) if any("其中" in said for said, _url in text[:place]) and url
    ]
    assert all("from=2020-01-24" in url and "as_of=2020-01-25" in url for url in after[:4])
    client = signed_in(leader)
    assert all(client.get(url).status_code == 200 for url in after)


def test_every_linked_address_answers(signed, leader, signed_in):
    client, found = signed_in(leader), addresses(signed, leader)
    urls = {url for parts in linked(signed, "zh-hans", found).values() for _text, url in parts if url}
    assert len(urls) >= 8
    assert {client.get(url).status_code for url in urls} == {200}


def test_a_sentence_that_was_edited_has_no_links_and_its_neighbours_keep_theirs(draft, duty_officer, leader):
    text = draft.sections["zh-hans"]["closures"]
    first, rest = text.split("。", 1)
    draft.edit(by=duty_officer, sections={"zh-hans": {"closures": f"{first.replace('2家', '9家')}。{rest}"}}, edits=0)
    shown = linked(draft, "zh-hans", addresses(draft, leader))["closures"]
    assert "".join(piece for piece, _url in shown) == draft.sections["zh-hans"]["closures"]
    assert not any(url for piece, url in shown if "9家" in piece) and any(url for _piece, url in shown)


def test_the_bureau_reads_numbers_that_lead_nowhere_for_it(signed, viewer, signed_in):
    assert numbers_of(signed, "closures", viewer) == {}
    shown = signed_in(viewer).get(signed.get_absolute_url()).content.decode()
    assert reverse("report_rows", args=[signed.pk, "closures.closed"]) not in shown


def test_a_report_whose_figures_were_others_is_shown_without_links(draft, leader, signed_in):
    del draft.figures["complaints"]["accepted"]
    assert addresses(draft, leader) is None
    assert linked(draft, "en", None)["force"] == [(draft.sections["en"]["force"], "")]


# --- the rows that were kept
def test_the_kept_rows_are_listed_each_with_its_address(signed, leader, netbar, signed_in):
    client = signed_in(leader)
    address = reverse("report_rows", args=[signed.pk, "closures.closed"])
    assert address in client.get(signed.get_absolute_url()).content.decode()
    shown = client.get(address).content.decode()
    assert netbar.name in shown and "/targets/" in shown


def test_what_was_recorded_since_does_not_change_the_kept_rows(
    signed, leader, ktv, inspector, second_inspector, signed_in
):
    Inspection.objects.record(
        by=inspector, client_uuid=uuid.uuid4(), venue=ktv, officers=[inspector, second_inspector], observed_at=T + 3 * HOUR,
        result="closed",
    )  # fmt: skip
    shown = signed_in(leader).get(reverse("report_rows", args=[signed.pk, "closures.closed"])).content.decode()
    assert ktv.name not in shown


def test_every_kept_figure_has_its_page(signed, leader, signed_in):
    client = signed_in(leader)
    for path in signed.row_ids:
        assert client.get(reverse("report_rows", args=[signed.pk, path])).status_code == 200, path


def test_a_figure_of_supplies_keeps_the_movements_that_it_sums_up(draft, duty_officer, leader, signed_in):
    masks, gloves = a_store(leader, 40, at=T), a_store(leader, 7, "手套", category="protection", unit="副", at=T)
    masks.receive(by=leader, quantity=60, kind="donation", donor="某公司", at=T + HOUR)
    masks.issue_to([leader, duty_officer], by=leader, each=2, at=T + 2 * HOUR)
    draft.rewrite(by=duty_officer, edits=0)
    draft.review(by=leader, edits=1)
    draft.sign(by=leader, edits=1)
    kept = {path: len(ids) for path, ids in draft.row_ids.items() if path.startswith("supplies.")}
    assert kept == {
        "supplies.movements": 5, "supplies.mask.on_hand": 4, "supplies.mask.received": 2, "supplies.mask.donated": 1,
        "supplies.mask.issued": 2, "supplies.protection.on_hand": 1, "supplies.protection.received": 1,
        "supplies.protection.donated": 0, "supplies.protection.issued": 0,
    }  # fmt: skip
    shown = signed_in(leader).get(reverse("report_rows", args=[draft.pk, "supplies.mask.received"]))
    assert [row.delta for _key, row, _words in shown.context["rows"]] == [40, 60]
    assert "+60" in shown.content.decode() and gloves.name not in shown.content.decode()


def test_where_no_agency_was_asked_a_report_is_signed_all_the_same(draft, duty_officer, leader):
    RefundEvent.objects.all().delete()
    draft.rewrite(by=duty_officer, edits=0)
    draft.review(by=leader, edits=1)
    draft.sign(by=leader, edits=1)
    assert draft.figures["refunds"]["silent"] is None and "refunds.silent" not in draft.row_ids


@pytest.mark.parametrize("query", ["?page=2", "?page=x", "?page=-1", "?page=99999999999999999999"])
def test_odd_pages_of_rows_are_answered(signed, leader, signed_in, query):
    assert (
        signed_in(leader).get(reverse("report_rows", args=[signed.pk, "closures.targets"]) + query).status_code == 200
    )


@pytest.mark.parametrize("path", ["closures", "closures.nothing", "__class__", "staff.checked"])
def test_a_figure_without_kept_rows_has_no_page(signed, leader, signed_in, path):
    assert signed_in(leader).get(reverse("report_rows", args=[signed.pk, path])).status_code == 404


def test_who_may_not_see_such_rows_gets_no_page(signed, viewer, signed_in):
    assert signed_in(viewer).get(reverse("report_rows", args=[signed.pk, "closures.closed"])).status_code == 403


def test_a_draft_has_kept_no_rows_yet(draft, leader, viewer, signed_in):
    address = reverse("report_rows", args=[draft.pk, "closures.closed"])
    assert [signed_in(reader).get(address).status_code for reader in (leader, viewer)] == [404, 404]

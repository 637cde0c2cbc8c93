"""The pages of supplies: the stock now and in the past, movements behind every figure, and the forms of the acts."""

import datetime
import io
import re
import uuid

import openpyxl
import pytest
from django.utils import timezone
from django.utils.html import escape

from enforcement.models import AuditEntry, SupplyItem, SupplyMovement
from enforcement.tests.supplying import HOURS, H, a_store, an_item
from enforcement.tests.watches import roster, watch
from venues.tests.forms import filled, queries, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(signed_in, duty_officer):
    return signed_in(duty_officer)


@pytest.fixture
def masks(leader):
    return a_store(leader, low_level=50)


# --- reading --------------------------------------------------------------------------------------------------------------
def test_the_list_shows_what_is_in_store_and_marks_what_is_low(desk, masks, leader):
    page = filled(desk.get("/supplies/"))
    assert "医用口罩" in page and "tone-warn" not in page
    masks.use(by=leader, quantity=51)
    page = filled(desk.get("/supplies/"))
    assert "<strong>49</strong></a> 只" in page and "tone-warn" in page


def test_the_list_is_that_of_the_moment_asked_for(desk, masks, leader):
    masks.use(by=leader, quantity=60, at=H + 2 * HOURS)
    an_item("手套", category="protection", at=H + 2 * HOURS)
    page = filled(desk.get("/supplies/?as_of=2020-01-26T09:00"))
    assert "<strong>100</strong>" in page and "手套" not in page
    assert "手套" in filled(desk.get("/supplies/?as_of=2020-01-26T10:00"))
    assert "医用口罩" not in filled(desk.get("/supplies/?as_of=2020-01-26T07:00"))


def test_an_empty_list_says_what_to_do(desk, signed_in, auditor):
    assert "/supplies/new/" in filled(desk.get("/supplies/"))
    assert "/supplies/new/" not in filled(signed_in(auditor).get("/supplies/"))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("as_of=nonsense", 400), ("as_of=9999-12-31", 400), ("category=nonsense", 200), ("low=on", 200), ("page=x", 200),
        ("from=99999", 200), ("from=0001-01-01", 200), ("officer=x", 200), ("after=x", 200), ("after=9-9-9", 200), ("kind=use&until=2020-01-26", 200),
        (f"after={'9' * 17}-{'9' * 18}-{'9' * 12}", 200),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_odd_questions_are_answered(query, status, desk, masks):
    for url in ("/supplies/", "/supplies/movements/", f"/supplies/{masks.pk}/"):
        assert desk.get(f"{url}?{query}").status_code == status, url
    assert desk.get(f"/supplies/export/?{query}").status_code in (200, 400)


def test_an_item_shows_what_was_in_store_after_each_movement(desk, masks, leader, inspector):
    masks.issue(by=leader, quantity=10, to=inspector, at=H + HOURS)
    wrong = masks.lose(by=leader, quantity=5, cause="受潮", at=H + 2 * HOURS)
    wrong.reverse(by=leader, cause="没有受潮", at=H + 3 * HOURS)
    answer = desk.get(f"/supplies/{masks.pk}/")
    assert [row.balance for row in answer.context["page"].rows] == [90, 85, 90, 100]
    page = filled(answer)
    assert "没有受潮" in page and "毛敏梅" in page
    past = desk.get(f"/supplies/{masks.pk}/?as_of=2020-01-26T09:30")
    assert [row.balance for row in past.context["page"].rows] == [90, 100]
    between = filled(desk.get(f"/supplies/{masks.pk}/?as_of=2020-01-26T10:30"))
    assert "受潮" in between and "没有受潮" not in between  # it had not been reversed yet


def test_the_balance_goes_on_over_the_pages(desk, masks, leader):
    for n in range(60):
        masks.use(by=leader, quantity=1, at=H + n * HOURS)
    first = desk.get(f"/supplies/{masks.pk}/").context["page"]
    second = desk.get(f"/supplies/{masks.pk}/?after={first.next}").context["page"]
    assert [row.balance for row in first.rows + second.rows] == list(range(40, 101))


def test_a_gift_of_a_day_without_a_time_stands_under_its_day(desk, leader):
    an_item().receive(by=leader, quantity=15, kind="donation", donor="局领导甲", at=H + 16 * HOURS)  # midnight
    page = filled(desk.get("/supplies/movements/"))
    assert '<time datetime="2020-01-26">2020-01-26</time>' in page and "2020-01-27" not in page
    assert "局领导甲" in filled(desk.get("/supplies/movements/?from=2020-01-26&until=2020-01-26"))
    for other in ("from=2020-01-27", "until=2020-01-25"):
        assert "局领导甲" not in filled(desk.get(f"/supplies/movements/?{other}"))


def test_every_figure_leads_to_the_movements_that_it_sums_up(desk, masks, leader, inspector):
    masks.receive(by=leader, quantity=20, kind="donation", donor="队员甲", at=H + HOURS)
    masks.receive(by=leader, quantity=3, kind="return", at=H + HOURS)
    masks.issue_to([leader, inspector], by=leader, each=2, at=H + HOURS)
    wrong = masks.issue(by=leader, quantity=7, to=inspector, at=H + 2 * HOURS)
    wrong.reverse(by=leader, cause="x", at=H + 4 * HOURS)
    page = filled(desk.get("/supplies/?as_of=2020-01-26T11:00"))
    links = re.findall(r'class="num"><a href="(/supplies/movements/[^"]+)">(-?\d+)</a>', page)
    assert [int(number) for _url, number in links] == [120, 20, 11, 120, 20, 11, 112]  # of the item, of the category
    for url, number in links:
        assert abs(desk.get(url.replace("&amp;", "&")).context["total"]) == int(number)
    masks.use(by=leader, quantity=1)  # later facts change nothing
    assert filled(desk.get("/supplies/?as_of=2020-01-26T11:00")).count('">112</a>') == 1


def test_what_the_pages_cost_does_not_grow(desk, leader, inspector):
    def more(count):
        for _n in range(count):
            item = a_store(leader, name=f"物资{uuid.uuid4().hex[:8]}", norm=1)
            item.issue_to([leader, inspector], by=leader, each=1)[0].reverse(by=leader, cause="x")

    more(2)
    pages = ["/supplies/", "/supplies/movements/", f"/supplies/{SupplyItem.objects.first().pk}/", "/supplies/issue/"]
    before = [queries(desk, page) for page in pages]
    more(9)
    assert [queries(desk, page) for page in pages] == before
    assert max(before) <= 20


def test_the_workbook_holds_stock_and_movements_as_text(desk, masks, leader):
    an_item("=1+1").receive(by=leader, quantity=2, kind="donation", donor="=A1", at=H)
    answer = desk.get("/supplies/export/")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    stock, moved = book.worksheets
    assert [row[1].value for row in stock.iter_rows(min_row=4)] == ["=1+1", "医用口罩"]
    assert stock["B4"].data_type == "s" and stock["E5"].value == 100
    assert moved["G4"].value == "=A1" and moved["G4"].data_type == "s"
    assert AuditEntry.objects.filter(act="export").count() == 1
    past = desk.get("/supplies/export/?as_of=2020-01-26T06:00")
    assert openpyxl.load_workbook(io.BytesIO(past.content)).worksheets[0].max_row == 3
    assert desk.get("/supplies/export/?as_of=x").status_code == 400


# --- acts -----------------------------------------------------------------------------------------------------------------
def test_a_new_supply_leads_to_what_there_is_of_it(desk):
    answer = sent(
        desk, "/supplies/new/", {"category": "mask", "name": "N95口罩", "unit": "只", "low_level": "50", "norm": "2"}
    )
    item = SupplyItem.objects.get()
    assert answer.url == f"/supplies/{item.pk}/move/" and item.is_active and item.low_level == 50
    assert sent(desk, "/supplies/new/", {"category": "mask", "name": "N95口罩"}).status_code == 422
    assert AuditEntry.objects.filter(act="supply_entered").count() == 1


@pytest.mark.parametrize(
    "fields",
    [{"low_level": "-1"}, {"norm": "-1"}, {"low_level": "99999999999"}, {"name": ""}, {"category": "x"}],
    ids=str,
)
def test_a_supply_that_cannot_be_is_refused(fields, desk):
    said = {"category": "mask", "name": "留着", "unit": "只", **fields}
    answer = sent(desk, "/supplies/new/", said)
    assert answer.status_code == 422 and not SupplyItem.objects.exists()


def test_an_item_is_edited_but_its_unit_stays_once_something_moved(desk, masks):
    said = {"category": "mask", "name": "医用口罩", "unit": "只", "low_level": "30", "is_active": "on"}
    assert sent(desk, f"/supplies/{masks.pk}/edit/", said).status_code == 302
    answer = sent(desk, f"/supplies/{masks.pk}/edit/", {**said, "unit": "盒"})
    assert answer.status_code == 422 and "id_unit_error" in answer.content.decode()
    masks.refresh_from_db()
    assert (masks.low_level, masks.unit, masks.on_hand) == (30, "只", 100)


@pytest.mark.parametrize(
    ("fields", "delta"),
    [
        ({"kind": "purchase"}, 4), ({"kind": "allocation"}, 4), ({"kind": "donation", "donor": "队员甲"}, 4), ({"kind": "return"}, 4),
        ({"kind": "use"}, -4), ({"kind": "loss", "cause": "受潮"}, -4),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else None,
)  # fmt: skip
def test_it_moves_by_its_form(fields, delta, desk, masks, duty_officer):
    answer = sent(desk, f"/supplies/{masks.pk}/move/", {"quantity": "4", "on": "2020-01-27", "time": "09:30", **fields})
    assert answer.url == f"/supplies/{masks.pk}/"
    moved = masks.movements.latest("pk")
    assert (moved.delta, moved.by) == (delta, duty_officer)
    assert timezone.localtime(moved.at).isoformat() == "2020-01-27T09:30:00+08:00"


def test_it_is_issued_to_an_officer_by_its_form(desk, masks, inspector):
    sent(desk, f"/supplies/{masks.pk}/move/", {"kind": "issue", "quantity": "4", "issued_to": inspector.pk})
    assert masks.movements.latest("pk").issued_to == inspector


def test_a_date_alone_is_the_end_of_that_day_and_today_is_now(desk, masks):
    url = f"/supplies/{masks.pk}/move/"
    sent(desk, url, {"kind": "use", "quantity": "1", "on": "2020-01-27"})
    assert masks.movements.latest("pk").date_alone == datetime.date(2020, 1, 27)
    assert sent(desk, url, {"kind": "use", "quantity": "1", "on": str(timezone.localdate())}).status_code == 302
    assert masks.movements.latest("pk").at <= timezone.now()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "donation", "donor": ""}, "donor"), ({"kind": "loss"}, "cause"), ({"kind": "issue"}, "issued_to"), ({"quantity": "0"}, "quantity"),
        ({"quantity": "x"}, "quantity"), ({"quantity": "9" * 5000}, "quantity"), ({"kind": "count"}, "kind"), ({"kind": "reversal"}, "kind"),
        ({"on": "9999-12-31"}, "on"), ({"on": "2199-01-01"}, None), ({"quantity": "101"}, None), ({"on": "2019-01-01"}, None),
        ({"issued_to": "x"}, "issued_to"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_what_cannot_move_is_refused_and_what_was_typed_is_kept(fields, field, desk, masks):
    said = {"kind": "use", "quantity": "4", "donor": "", "cause": "某事" * ("kind" not in fields), **fields}
    answer = sent(desk, f"/supplies/{masks.pk}/move/", said)
    page = answer.content.decode()
    assert answer.status_code == 422 and masks.movements.count() == 1
    assert "form-errors" in page and said["cause"] in page
    assert field is None or f"id_{field}_error" in page


def test_a_form_sent_twice_moves_once(desk, masks):
    key = uuid.uuid4()
    for _press in range(2):
        assert sent(desk, f"/supplies/{masks.pk}/move/", {"kind": "use", "quantity": "4"}, key=key).status_code == 302
    assert masks.movements.count() == 2


def test_a_count_is_compared_with_the_books_that_the_page_showed(desk, masks, leader):
    url = f"/supplies/{masks.pk}/count/"
    assert 'name="known" value="100"' in filled(desk.get(url))
    masks.use(by=leader, quantity=5)
    answer = sent(desk, url, {"counted": "98", "cause": "少两只", "known": "100"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "95" in page and "少两只" in page and 'name="known" value="95"' in page
    assert sent(desk, url, {"counted": "98", "known": "95"}).status_code == 422
    assert sent(desk, url, {"counted": "93", "cause": "少两只", "known": "95"}).status_code == 302
    assert masks.movements.latest("pk").delta == -2


def test_a_movement_is_reversed_on_its_page_and_once(desk, masks, leader):
    wrong = masks.use(by=leader, quantity=30)
    url = f"/supplies/movements/{wrong.pk}/reverse/"
    assert "-30" in filled(desk.get(url))
    assert sent(desk, url, {"cause": ""}).status_code == 422
    assert sent(desk, url, {"cause": "记错"}).url == f"/supplies/{masks.pk}/"
    answer = sent(desk, url, {"cause": "又一次"})
    assert answer.status_code == 409 and "又一次" in answer.content.decode()
    masks.refresh_from_db()
    assert masks.on_hand == 100


def test_a_whole_step_is_reversed_on_the_page_of_one_of_its_movements(desk, masks, leader, inspector):
    row = masks.issue_to([leader, inspector], by=leader, each=2)[0]
    url = f"/supplies/movements/{row.pk}/reverse/"
    assert 'name="whole"' in filled(desk.get(url))
    sent(desk, url, {"cause": "发错班", "whole": "on"})
    masks.refresh_from_db()
    assert masks.on_hand == 100 and SupplyMovement.objects.filter(kind="reversal").count() == 2
    assert sent(desk, url, {"cause": "x"}).status_code == 409


# --- to a whole shift -----------------------------------------------------------------------------------------------------
@pytest.fixture
def shift(leader, inspector, second_inspector):
    """One that runs, of three."""
    now = timezone.now()
    day = timezone.localdate(now)
    version = roster(leader, starts_on=day - datetime.timedelta(days=3), ends_on=day + datetime.timedelta(days=3))
    watch(version, now - HOURS, leader=leader, phone=inspector, officer=second_inspector)
    watch(version, now + 11 * HOURS, leader=leader, phone=second_inspector)
    return version


def test_those_on_duty_get_their_share_in_one_step(desk, masks, shift, leader, inspector, second_inspector):
    gloves = a_store(leader, 20, "手套", category="protection", unit="副")
    page = filled(desk.get("/supplies/issue/"))
    assert page.count('name="officers"') == page.count("checked") == 3
    people = [leader.pk, inspector.pk, second_inspector.pk]
    said = {"officers": people, f"each_{masks.pk}": "2", f"each_{gloves.pk}": "1"}
    assert sent(desk, "/supplies/issue/", said).url == "/supplies/"
    masks.refresh_from_db(), gloves.refresh_from_db()
    assert (masks.on_hand, gloves.on_hand) == (94, 17)
    assert len(set(SupplyMovement.objects.filter(kind="issue").values_list("batch", flat=True))) == 1


def test_the_next_shift_can_be_chosen_and_somebody_left_out(desk, masks, shift, leader, second_inspector):
    page = filled(desk.get("/supplies/issue/"))
    (later,) = re.findall(r'href="\?shift=(\d+)"', page)[1:]
    url = f"/supplies/issue/?shift={later}"
    assert filled(desk.get(url)).count('name="officers"') == 2
    sent(desk, url, {"officers": [second_inspector.pk], f"each_{masks.pk}": "2"})
    assert [row.issued_to for row in SupplyMovement.objects.filter(kind="issue")] == [second_inspector]


@pytest.mark.parametrize(
    "fields",
    [{}, {"each": "0"}, {"each": "34"}, {"each": "x"}, {"each": "2", "officers": []}, {"each": "2", "officers": ["x"]}],
    ids=str,
)
def test_a_share_that_cannot_be_given_is_given_to_nobody(
    fields, desk, masks, shift, leader, inspector, second_inspector
):
    said = {"officers": fields.get("officers", [leader.pk, inspector.pk, second_inspector.pk]), "cause": "夜班"}
    if "each" in fields:
        said[f"each_{masks.pk}"] = fields["each"]
    answer = sent(desk, "/supplies/issue/", said)
    page = answer.content.decode()
    assert answer.status_code == 422 and "form-errors" in page and "夜班" in page
    assert not SupplyMovement.objects.filter(kind="issue").exists()


def test_what_ran_out_since_the_page_was_opened_is_refused_by_name_and_nothing_is_left_out(
    desk, masks, shift, leader, inspector, second_inspector
):
    gloves = a_store(leader, 3, "手套", category="protection", unit="副")
    people = [leader.pk, inspector.pk, second_inspector.pk]
    said = {"officers": people, "cause": "夜班", f"each_{masks.pk}": "2", f"each_{gloves.pk}": "1"}
    gloves.issue(by=leader, quantity=3, to=leader)
    answer = sent(desk, "/supplies/issue/", said)
    page = answer.content.decode()
    assert answer.status_code == 422 and "手套：库存只有 0，不足 3。" in page and "夜班" in page
    masks.refresh_from_db()
    assert masks.on_hand == 100
    masks.issue(by=leader, quantity=100, to=leader)  # and nothing is left at all
    page = sent(desk, "/supplies/issue/", said).content.decode()
    assert "库存只有 0" in page and "夜班" in page


def test_what_a_colleague_has_just_issued_to_the_shift_is_said_before_it_is_issued_again(
    desk, masks, shift, leader, inspector
):
    assert "向本班发放" not in filled(desk.get("/supplies/issue/"))
    rows = masks.issue_to([leader, inspector], by=inspector, each=2)
    masks.issue(by=leader, quantity=1, to=leader)  # to him alone: not the share of a shift
    page = filled(desk.get("/supplies/issue/"))
    assert "毛敏梅" in page and "向本班发放" in page and "医用口罩 4 只（2 人）" in page
    SupplyMovement.objects.reverse_batch(rows[0].batch, by=leader, cause="重复")
    assert "向本班发放" not in filled(desk.get("/supplies/issue/"))


@pytest.mark.parametrize("name", ["each_x", "each_", "each_²", "each_99999999999999999999", "each_-1"])
def test_a_supply_that_does_not_exist_is_asked_for_in_vain(name, desk, masks, shift, leader):
    assert sent(desk, "/supplies/issue/", {"officers": [leader.pk], name: "1"}).status_code == 422


def test_before_it_was_entered_a_supply_has_no_figures(desk, masks):
    answer = desk.get(f"/supplies/{masks.pk}/?as_of=2019-01-01")
    page = answer.content.decode()
    assert answer.status_code == 200 and "此刻尚无该物资" in page and "figure-number" not in page
    assert "figure-number" in desk.get(f"/supplies/{masks.pk}/").content.decode()


def test_without_a_roster_the_page_says_so(desk, masks):
    page = filled(desk.get("/supplies/issue/?shift=nonsense"))
    assert "each_" not in page


# --- who may ----------------------------------------------------------------------------------------------------------------
def test_who_may_only_look_sees_no_way_to_move(signed_in, inspector, masks):
    client = signed_in(inspector)
    for url in ("/supplies/", f"/supplies/{masks.pk}/", "/supplies/movements/"):
        page = filled(client.get(url))
        assert not re.search(r"/(move|count|reverse|issue|edit|new)/", page.split("<main")[1])
    assert sent(client, f"/supplies/{masks.pk}/move/", {"kind": "use", "quantity": "1"}).status_code == 403


def test_names_are_shown_as_text(desk, leader):
    item = a_store(leader, name="<b>口罩</b>")
    for url in ("/supplies/", f"/supplies/{item.pk}/", "/supplies/movements/"):
        page = filled(desk.get(url))
        assert escape("<b>口罩</b>") in page and "<b>口罩</b>" not in page

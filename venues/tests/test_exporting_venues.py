"""The list as a file: codes stay text, no cell is a formula, and the audit trail says who took it."""

import csv
import datetime
import io
import json

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from venues.exporting import COLUMNS, rows
from venues.models import Division, Venue
from venues.tests.forms import filled

pytestmark = pytest.mark.django_db
URL = "/venues/export/"
HEADERS = [header for header, _field, _width in COLUMNS]


@pytest.fixture
def duty(signed_in, duty_officer):
    return signed_in(duty_officer)


@pytest.fixture
def odd(make_venue, qinzhou):
    """A venue with everything that spreadsheets like to spoil."""
    street = Division.objects.create(code="620502001", name="大城街道", level="street", parent=qinzhou)
    return make_venue(
        '=HYPERLINK("http://x","蓝天")', sign_name="@蓝天", licence_no="620502200031234567", uscc="916205020000000012",
        phone="+86 13000000105", phone_2="-1", legal_rep="\t张", street=street, address="建设路,131号\n三楼", size=60,
        licence_until=datetime.date(2022, 6, 21), latitude="34.580000", longitude="105.72", coordinate_system="gcj02",
        remark="http://example.invalid/", operating_status="dormant",
    )  # fmt: skip


def body(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def sheet(response):
    return load_workbook(io.BytesIO(body(response)))["场所名录"]


def lines(response):
    return list(csv.reader(io.StringIO(body(response).decode("utf-8-sig"))))


def test_the_workbook_has_the_headers_of_the_import(netbar, duty):
    response = duty.get(URL)
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert response["Content-Disposition"].startswith("attachment")
    assert [cell.value for cell in sheet(response)[1]] == HEADERS
    assert {"场所名称", "场所类别", "统一社会信用代码", "许可证号", "有效期至", "联系电话", "县区"} <= set(HEADERS)


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(odd, duty):
    table = sheet(duty.get(URL))
    cells = dict(zip(HEADERS, table[2], strict=True))
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in table[2])
    assert cells["场所名称"].value == odd.name
    for header in ("场所名称", "招牌名称", "联系电话", "备用电话"):
        assert cells[header].quotePrefix  # what Excel itself writes for text that looks like a formula
    assert cells["联系电话"].number_format == cells["许可证号"].number_format == "@"


def test_codes_are_text_and_dates_are_dates(odd, duty):
    cells = dict(zip(HEADERS, sheet(duty.get(URL))[2], strict=True))
    assert cells["许可证号"].value == "620502200031234567"
    assert cells["统一社会信用代码"].value == "916205020000000012"
    assert cells["有效期至"].value.date() == datetime.date(2022, 6, 21)
    assert cells["终端数(包间数)"].value == 60
    assert (cells["场所类别"].value, cells["县区"].value, cells["街道(乡镇)"].value) == ("网吧", "秦州区", "大城街道")
    assert (cells["经营状态"].value, cells["坐标系"].value, cells["纬度"].value) == ("长期停业", "GCJ-02", "34.58")


def test_the_csv_is_read_by_excel_and_no_cell_is_a_formula(odd, duty):
    response = duty.get(URL, {"format": "csv"})
    assert body(duty.get(URL, {"format": "csv"})).startswith(b"\xef\xbb\xbf")
    header, line = lines(response)
    assert header == HEADERS
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in line)
    cells = dict(zip(header, line, strict=True))
    assert cells["场所名称"] == "'" + odd.name
    assert cells["经营地址"] == "建设路,131号\n三楼"
    assert cells["有效期至"] == "2022-06-21"


def test_a_licence_without_end_date_says_so(make_venue, duty):
    make_venue(licence_long_term=True)
    assert dict(zip(*lines(duty.get(URL, {"format": "csv"})), strict=True))["有效期至"] == "长期"


def test_it_holds_what_the_list_shows(netbar, ktv, make_venue, duty, editor):
    make_venue("兰天网吧").merge_into(netbar, by=editor)
    assert [line[0] for line in lines(duty.get(URL, {"format": "csv"}))[1:]] == ["蓝天网吧", "皇冠KTV"]
    assert [line[0] for line in lines(duty.get(URL, {"format": "csv", "category": "song_dance"}))[1:]] == ["皇冠KTV"]
    assert [line[0] for line in lines(duty.get(URL, {"format": "csv", "q": "ltwb"}))[1:]] == ["蓝天网吧"]
    assert len(lines(duty.get(URL, {"format": "csv", "status": "nonsense"}))) == 1


def test_the_list_links_to_its_file_with_its_filters(netbar, duty):
    page = filled(duty.get("/venues/?category=internet_cafe&q=lt"))
    assert "/venues/export/?category=internet_cafe&amp;q=lt&amp;format=xlsx" in page


def test_the_trail_says_who_took_how_much_and_no_word_of_the_search(netbar, duty, duty_officer):
    body(duty.get(URL, {"format": "csv", "q": "13000000001", "category": "internet_cafe"}))
    entry = duty_officer.trail.get(act="export")
    assert entry.detail == {"what": "venues", "format": "csv", "rows": 1, "filters": ["q", "category"]}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_was_exported_is_imported_as_the_same(make_venue, maiji, duty, tmp_path, capsys, kind):
    street = Division.objects.create(code="620503001", name="桥南街道", level="street", parent=maiji)
    make_venue(
        "@蓝天网吧", sign_name="=蓝天", uscc="91620502GTP21EA5NQ", licence_until=datetime.date(2099, 6, 21), size=60
    )
    make_venue(
        "皇冠KTV", category_slug="song_dance", district=maiji, street=street, licence_long_term=True, legal_rep="贾霞",
        phone="13000000105", phone_2="0938-8213456", latitude="34.58", longitude="105.72", coordinate_system="gcj02",
    )  # fmt: skip
    for status in ("dormant", "ceased", "revoked", "moved", "unlocatable"):
        make_venue(
            f"{status}影城", category_slug="cinema", operating_status=status, manager="贾霞", remark="后门在巷内"
        )
    file = tmp_path / f"list.{kind}"
    file.write_bytes(body(duty.get(URL, {"format": kind})))
    capsys.readouterr()
    call_command("import_venues", str(file), dry_run=True, json=True)
    counts = json.loads(capsys.readouterr().out)["counts"]
    assert counts == {"created": 0, "changed": 0, "same": 7, "errors": 0, "undecided": 0}


def test_another_format_is_refused(netbar, duty, duty_officer):
    assert duty.get(URL, {"format": "pdf"}).status_code == 400
    assert not duty_officer.trail.filter(act="export").exists()


@pytest.mark.parametrize("role", ["inspector", "clerk", "auditor", "viewer", "administrator"])
def test_who_may_not_take_the_list_is_refused(role, netbar, request, signed_in):
    officer = request.getfixturevalue(role)
    assert signed_in(officer).get(URL).status_code == 403
    assert not officer.trail.filter(act="export").exists()


def test_nothing_is_posted_to_it(duty):
    assert duty.post(URL).status_code == 405


def test_a_long_list_costs_the_queries_of_a_short_one(make_venue, django_assert_num_queries):
    for _number in range(30):
        make_venue()
    with django_assert_num_queries(3):
        assert len(list(rows(Venue.objects.listed()))) == 30

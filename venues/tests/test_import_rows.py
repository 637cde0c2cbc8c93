"""One row and what is said about it: errors keep it out, warnings and what was evened out do not."""

import datetime

import openpyxl
import pytest
from django.utils import translation

from venues.importing.applying import import_file
from venues.importing.findings import sentence
from venues.models import Category, Division, Venue
from venues.tests.lists import HEADER, one, real, row, saved, workbook

AT = datetime.datetime(2020, 1, 20, 9, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def places(qinzhou, maiji):
    street = Division.objects.create(code="620502100", name="玉泉镇", level="street", parent=qinzhou)
    Division.objects.create(code="620503100", name="社棠镇", level="street", parent=maiji)
    return street


def found(path, row_no=2):
    """(action, {code: sentence}) of one row of an import."""
    run = import_file(path, at=AT)
    told = run.rows.get(row=row_no)
    return told.action, {f["code"]: str(sentence(f)) for f in told.findings}


def said_of(tmp_path, **said):
    return found(one(tmp_path, **said))


# --- errors ---------------------------------------------------------------------------------------------------------------


def test_a_row_without_a_name_is_left_out(tmp_path):
    assert said_of(tmp_path, name="") == ("errors", {"empty_name": "The row has no name."})
    assert not Venue.objects.exists()


def test_an_unknown_district_is_never_created(tmp_path):
    action, told = said_of(tmp_path, district="兰州新区")
    assert action == "errors" and list(told) == ["unknown_district"]
    assert Division.objects.count() == 5


def test_a_row_without_a_district_is_left_out(tmp_path):
    assert said_of(tmp_path, district="") == ("errors", {"no_district": "The row does not say its district or county."})


def test_an_unknown_category_is_left_out(tmp_path):
    path = saved(workbook([row()], sheet="Sheet1"), tmp_path / "a.xlsx")
    action, told = found(path)
    assert action == "errors" and list(told) == ["no_category"]


def test_a_credit_code_that_lost_its_digits_is_an_error(tmp_path):
    action, told = said_of(tmp_path, uscc=916205020000000123)
    assert action == "errors" and "916205020000000128" in told["code_rounded"]


def test_a_licence_no_that_lost_its_digits_is_an_error_too(tmp_path):
    assert said_of(tmp_path, licence_no=6205022019000100123)[0] == "errors"


def test_a_licence_repeated_under_another_name_is_an_error_that_names_the_first(tmp_path):
    path = saved(workbook([row(), row(name="水岸网吧")]), tmp_path / "a.xlsx")
    action, told = found(path, 3)
    assert action == "errors" and "row 2" in told["licence_repeated"] and "蓝天网吧" in told["licence_repeated"]
    assert [v.name for v in Venue.objects.all()] == ["蓝天网吧"]


def test_the_same_venue_twice_counts_once_with_a_warning(tmp_path):
    path = saved(workbook([row(), row(phone="13000000009")]), tmp_path / "a.xlsx")
    action, told = found(path, 3)
    assert action == "same" and list(told) == ["row_repeated"]
    assert Venue.objects.get().phone == "13000000001"


def test_the_same_licence_in_another_category_is_another_venue(tmp_path):
    book = workbook([row()])
    page = book.create_sheet("歌舞娱乐场所")
    for cells in workbook([row(name="蓝天KTV")]).active.iter_rows(values_only=True):
        page.append(cells)
    run = import_file(saved(book, tmp_path / "a.xlsx"), at=AT)
    assert run.counts["created"] == 2


def test_a_name_that_is_too_long_is_an_error(tmp_path):
    assert said_of(tmp_path, name="网" * 121)[0] == "errors"
    assert said_of(tmp_path, name="网" * 120)[0] == "created"


def test_a_formula_without_a_value_for_a_name_says_what_to_do(tmp_path):
    action, told = said_of(tmp_path, name='=HYPERLINK("http://example.org","蓝天网吧")')
    assert action == "errors" and "save it" in told["empty_formula"]


# --- warnings -------------------------------------------------------------------------------------------------------------


def test_a_wrong_check_digit_only_warns(tmp_path):
    action, told = said_of(tmp_path, uscc="91620502GTP21EA5NR")
    assert (action, list(told)) == ("created", ["check_digit"])
    assert Venue.objects.get().uscc == "91620502GTP21EA5NR"


def test_an_ended_licence_only_warns_and_not_for_a_venue_that_ceased(tmp_path):
    assert said_of(tmp_path, licence_until="2019.12.31") == (
        "created", {"licence_ended": "The licence ended on 2019-12-31."},
    )  # fmt: skip
    assert said_of(tmp_path, licence_until="2019.12.31", name="水岸网吧", licence_no="2", status="注销")[1] == {}


def test_a_missing_telephone_only_warns(tmp_path):
    action, told = said_of(tmp_path, phone="")
    assert (action, list(told)) == ("created", ["no_phone"])


def test_a_street_of_another_district_is_left_out_with_a_warning(tmp_path):
    action, told = said_of(tmp_path, street="社棠镇")
    assert (action, list(told)) == ("created", ["street_elsewhere"])
    assert Venue.objects.get().street is None


def test_hidden_rows_are_read_and_flagged(tmp_path):
    book = workbook([row(), row(name="水岸网吧", licence_no="2")])
    book.active.row_dimensions[3].hidden = True
    assert found(saved(book, tmp_path / "a.xlsx"), 3)[1].keys() == {"hidden_row"}
    assert Venue.objects.count() == 2


def test_a_hidden_sheet_is_read_and_flagged(tmp_path):
    book = workbook([row()])
    book.create_sheet("空")
    book.active.sheet_state = "hidden"
    book.active = 1
    assert found(saved(book, tmp_path / "a.xlsx"))[1].keys() == {"hidden_sheet"}


def test_a_text_that_looks_like_a_formula_is_kept_as_text(tmp_path):
    path = tmp_path / "网吧.csv"
    path.write_text('单位名称,类别,县区,电话\n"=HYPERLINK(""http://x"",""y"")",网吧,秦州区,13000000001\n')
    action, told = found(path)
    assert (action, list(told)) == ("created", ["formula_text"])
    assert Venue.objects.get().name == '=HYPERLINK("http://x","y")'


def test_an_unknown_status_counts_as_trading_with_a_warning(tmp_path):
    assert list(said_of(tmp_path, status="换证中")[1]) == ["status_unknown"]
    assert Venue.objects.get().operating_status == "active"


def test_the_status_goes_before_the_remark_and_a_contradiction_is_said(qinzhou, tmp_path):
    book = workbook(
        [[*row(), "已注销"], [*row(licence_no="2", name="水岸网吧", status=""), "已注销"]], header=[*HEADER, "备注"]
    )
    run = import_file(saved(book, tmp_path / "a.xlsx"), at=AT)
    assert [v.operating_status for v in Venue.objects.order_by("pk")] == ["active", "ceased"]
    assert [f["code"] for f in run.rows.get(row=2).findings] == ["status_in_remark"]
    assert run.rows.get(row=3).findings == []


# --- evened out -----------------------------------------------------------------------------------------------------------


def test_full_width_digits_are_evened_out_and_said(tmp_path):
    action, told = said_of(tmp_path, licence_no="６２０５０２２０００１", phone="１３０００００００１１")
    assert (action, list(told)) == ("created", ["normalised"])
    venue = Venue.objects.get()
    assert (venue.licence_no, venue.phone) == ("62050220001", "13000000011")


def test_the_original_text_is_kept_beside_what_was_read(tmp_path):
    assert "１９９８网吧" in said_of(tmp_path, name="１９９８网吧")[1]["normalised"]


def test_figures_are_read_as_text_where_text_is_meant(tmp_path):
    action, told = said_of(tmp_path, licence_no=62050220001, phone=13000000001.0, name=1998)
    assert (action, list(told)) == ("created", ["number_as_text"])
    venue = Venue.objects.get()
    assert (venue.name, venue.licence_no, venue.phone) == ("1998", "62050220001", "13000000001")


def test_a_licence_without_end_date_is_read(tmp_path):
    said_of(tmp_path, licence_until="长期")
    venue = Venue.objects.get()
    assert venue.licence_long_term and venue.licence_until is None


# --- places ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["秦州区", "秦州", "天水市秦州区", "620502", "秦 州 区"])
def test_a_district_is_known_by_every_way_to_write_it(tmp_path, qinzhou, name):
    said_of(tmp_path, district=name)
    assert Venue.objects.get().district == qinzhou


@pytest.mark.parametrize("name", ["玉泉镇", "玉泉", "秦州区玉泉镇", "天水市秦州区玉泉镇", "玉泉镇人民政府"])
def test_a_street_is_known_under_its_district(tmp_path, places, name):
    said_of(tmp_path, street=name)
    assert Venue.objects.get().street == places


def test_the_district_may_follow_from_the_street(tmp_path, maiji):
    assert "社棠镇" not in said_of(tmp_path, district="", street="社棠镇")[1]["district_of_street"]
    assert Venue.objects.get().district == maiji


def test_the_district_may_follow_from_the_title(tmp_path, qinzhou):
    book = workbook([row(district="")], above=1)
    book.active["A1"] = "秦州区网吧名录"
    assert found(saved(book, tmp_path / "a.xlsx"), 3)[1].keys() == {"district_of_title"}


def test_the_district_may_follow_from_the_address(tmp_path, maiji):
    assert said_of(tmp_path, district="", address="天水市麦积区商埠路5号")[1].keys() == {"district_of_address"}
    assert Venue.objects.get().district == maiji


def test_a_line_between_the_rows_may_name_the_district(tmp_path, qinzhou, maiji):
    rows = [["一、秦州区(1家)"], row(district=""), ["二、麦积区"], row(district="", licence_no="2", name="水岸网吧")]
    run = import_file(saved(workbook(rows), tmp_path / "a.xlsx"), at=AT)
    assert run.counts["created"] == 2
    assert [v.district for v in Venue.objects.order_by("pk")] == [qinzhou, maiji]


# --- categories -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "slug"),
    [("网吧", "internet_cafe"), ("游艺场所", "arcade"), ("天水市游艺娱乐场所名录", "arcade"),
     ("KTV名单", "song_dance"), ("旅行社门市部", "agency_branch")],
)  # fmt: skip
def test_the_category_follows_from_the_name_of_the_sheet(tmp_path, category, sheet, slug):
    import_file(saved(workbook([row()], sheet=sheet), tmp_path / "a.xlsx"), at=AT)
    assert Venue.objects.get().category == category(slug)


def test_the_category_follows_from_the_title_when_the_sheet_says_nothing(tmp_path, category):
    book = workbook([row()], sheet="Sheet1", above=1)
    book.active["A1"] = "天水市游艺娱乐场所名录"
    assert found(saved(book, tmp_path / "a.xlsx"), 3)[0] == "created"
    assert Venue.objects.get().category == category("arcade")


def test_a_column_goes_before_the_name_of_the_sheet(tmp_path, category):
    book = workbook([[*row(), "电玩城"]], header=[*HEADER, "类别"])
    import_file(saved(book, tmp_path / "a.xlsx"), at=AT)
    assert Venue.objects.get().category == category("arcade")


def test_a_title_that_speaks_of_two_categories_decides_neither(tmp_path):
    assert found(saved(workbook([row()], sheet="网吧和KTV"), tmp_path / "a.xlsx"))[0] == "errors"


def test_a_new_alias_is_known_at_once(tmp_path, category):
    Category.objects.filter(slug="arcade").update(aliases=["抓娃娃机店"])
    import_file(saved(workbook([row()], sheet="抓娃娃机店"), tmp_path / "a.xlsx"), at=AT)
    assert Venue.objects.get().category == category("arcade")


# --- rows that are none ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "footer",
    [
        ["合计", "102家"], ["总计", 2], ["", "合 计", "2家"], ["共计:", "2家"], ["填表人:", "", "审核人:"],
        ["制表人：李某"], ["审核(签字):"],
        ["单位负责人:张某", "", "日期:2020年1月20日"], ["备注:以上数据截至2020年1月"], ["   "], [7],
    ],
)  # fmt: skip
def test_footers_and_blank_rows_are_passed_over(tmp_path, footer):
    run = import_file(saved(workbook([row(), footer]), tmp_path / "a.xlsx"), at=AT)
    assert sum(run.counts.values()) == 1


def test_a_header_that_is_repeated_on_every_page_is_passed_over(tmp_path):
    book = workbook([row()])
    book.active.append([cell.value for cell in book.active[1]])
    book.active.append(row(name="水岸网吧", licence_no="2"))
    run = import_file(saved(book, tmp_path / "a.xlsx"), at=AT)
    assert run.counts["created"] == 2 and sum(run.counts.values()) == 2


def test_a_venue_whose_name_only_begins_like_a_footer_is_a_venue(tmp_path):
    assert said_of(tmp_path, name="合计划网吧")[0] == "created"
    assert said_of(tmp_path, name="日期网吧", licence_no="2")[0] == "created"


def test_a_sheet_without_a_header_is_named_and_the_others_are_read(tmp_path):
    book = workbook([row()])
    book.create_sheet("说明")["A1"] = "本表由各县区填报"
    run = import_file(saved(book, tmp_path / "a.xlsx"), at=AT)
    assert run.counts["created"] == 1
    assert [(note["sheet"], note["code"]) for note in run.notes] == [("说明", "no_header")]


# --- the real list, broken ------------------------------------------------------------------------------------------------


def test_the_real_list_with_one_fault_loses_one_row(tmp_path):
    from venues.importing.divisions import import_divisions
    from venues.tests.lists import DIVISIONS

    import_divisions(DIVISIONS)
    book = real()
    book["网吧"]["C5"] = "麦积县区"
    book["网吧"]["H6"] = 916205030000000000
    book["歌舞娱乐场所"]["H5"] = "91620502GTP21EA5NR"
    book["歌舞娱乐场所"]["I6"] = "６２０５０２１０００３"
    book["歌舞娱乐场所"]["I7"] = "62050210002"
    book["游艺场所"].row_dimensions[9].hidden = True
    run = import_file(saved(book, tmp_path / "a.xlsx"), at=AT)
    assert (run.counts["created"], run.counts["errors"]) == (215, 3)
    told = {(r.sheet, r.row): {f["code"] for f in r.findings} for r in run.rows.exclude(level="")}
    assert told == {
        ("网吧", 5): {"unknown_district"}, ("网吧", 6): {"code_rounded"}, ("歌舞娱乐场所", 5): {"check_digit"},
        ("歌舞娱乐场所", 6): {"normalised"}, ("歌舞娱乐场所", 7): {"licence_repeated"}, ("游艺场所", 9): {"hidden_row"},
    }  # fmt: skip


def test_a_list_in_gb18030_says_the_same_as_the_workbook(tmp_path):
    path = tmp_path / "网吧.csv"
    path.write_bytes(
        "单位名称,类别,县区,许可证号,联系电话\n㐀蓝天网吧,网吧,秦州区,62050220001,13000000001\n".encode("gb18030")
    )
    assert found(path)[0] == "created"
    assert Venue.objects.get().name == "㐀蓝天网吧"


def test_a_workbook_with_nothing_but_titles_is_refused(tmp_path):
    from venues.transitions import Refused

    book = openpyxl.Workbook()
    book.active["A1"] = "天水市网吧名录"
    book.active.merge_cells("A1:K4")
    with pytest.raises(Refused, match="header"):
        import_file(saved(book, tmp_path / "a.xlsx"), at=AT)


def test_the_position_is_kept_only_with_its_coordinate_system(tmp_path):
    header = ["单位名称", "类别", "县区", "许可证号", "联系电话", "纬度", "经度", "坐标系"]
    cells = ["蓝天网吧", "网吧", "秦州区", "1", "13000000001", 34.58, 105.72]
    book = workbook([[*cells, ""], ["水岸网吧", *cells[1:3], "2", *cells[4:], "GCJ-02"]], header=header)
    run = import_file(saved(book, tmp_path / "a.xlsx"), at=AT)
    assert [f["code"] for f in run.rows.get(row=2).findings] == ["no_coordinate_system"]
    assert Venue.objects.get(licence_no="1").latitude is None
    assert str(Venue.objects.get(licence_no="2").latitude) == "34.580000"

"""One cell of an agency's sheet at a time: dates, people, money. What can be read in two ways is asked."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refunds.importing import cells

DAY = datetime.date(2020, 1, 31)
DAYS = st.dates(DAY - datetime.timedelta(days=150), DAY + datetime.timedelta(days=150))
CENTS = st.integers(0, 10**11)


def codes(found):
    return [code for code, _params in found]


@pytest.mark.parametrize(
    ("stored", "date"),
    [
        (datetime.datetime.fromisoformat("2020-01-27"), "2020-01-27"),
        (datetime.date(2020, 1, 27), "2020-01-27"),
        ("2020年1月27日", "2020-01-27"),
        ("2020.1.27", "2020-01-27"),
        ("２０２０／１／２７", "2020-01-27"),
        ("20200127", "2020-01-27"),
        (20200127.0, "2020-01-27"),
        ("1月27日", "2020-01-27"),
        ("1月27号 上午", "2020-01-27"),
        ("1.27", "2020-01-27"),
        ("1-27", "2020-01-27"),
        ("1/27(周一)", "2020-01-27"),
        (1.27, "2020-01-27"),
        (1.4, "2020-01-04"),
        ("1.3", "2020-01-03"),
        (43857.0, "2020-01-27"),
        ("43857", "2020-01-27"),
        ("12月30日", "2019-12-30"),
        ("2月29日", "2020-02-29"),
        ("1月27日18:00", "2020-01-27"),
        ("2020-01-27 08:30", "2020-01-27"),
        ("01-27-2020", "2020-01-27"),
        ("27/1/2020", "2020-01-27"),
        ("1.27.2020 08:30", "2020-01-27"),
        ("02-02-2020", "2020-02-02"),
    ],
)
def test_a_date_is_read_however_it_was_written(stored, date):
    found, said = cells.date(stored, near=DAY)
    assert found is not None and found.isoformat() == date
    assert set(codes(said)) <= {"text_date"}


@pytest.mark.parametrize(
    "stored", ["待定", "1月32日", "2月30日", "27日", "正月初三", "1.24-1.28", 127.0, 0.27, 13.5, True, "2020-13-01"]
)
def test_what_is_no_date_is_asked(stored):
    found, said = cells.date(stored, near=DAY)
    assert (found, codes(said)) == (None, ["date_unreadable"])


@pytest.mark.parametrize("stored", ["13-29-2020", "30-02-2020"])
def test_no_day_of_the_year_that_stands_last_is_asked(stored):
    assert codes(cells.date(stored, near=DAY)[1]) == ["date_unreadable"]


@pytest.mark.parametrize(
    ("stored", "first", "second"),
    [(1.3, "2020-01-03", "2020-01-30"), (2.1, "2020-02-01", "2020-02-10"), (2.2, "2020-02-02", "2020-02-20")],
)
def test_a_figure_that_lost_its_last_nought_is_asked(stored, first, second):
    found, said = cells.date(stored, near=DAY)
    assert (found, said) == (None, (("date_ambiguous", {"was": str(stored), "first": first, "second": second}),))


def test_a_date_with_its_year_last_is_asked_where_day_and_month_may_be_either():
    said = {"was": "01-02-2020", "first": "2020-01-02", "second": "2020-02-01"}
    assert cells.date("01-02-2020", near=DAY) == (None, (("date_ambiguous", said),))


def test_the_thirtieth_of_february_is_no_second_reading():
    assert cells.date(2.3, near=DAY)[0] == datetime.date(2020, 2, 3)


@pytest.mark.parametrize("nothing", ["", "-", "无", "——", " "])
def test_an_empty_date_is_no_date_and_no_question(nothing):
    assert cells.date(nothing, near=DAY) == (None, ())


def test_without_any_day_to_go_by_the_year_is_asked():
    assert codes(cells.date("1月27日")[1]) == ["date_without_year"]


def test_a_return_over_new_year_is_in_the_next_year():
    departs = datetime.date(2019, 12, 30)
    assert cells.date("1月3日", near=DAY, not_before=departs)[0] == datetime.date(2020, 1, 3)


def test_dates_from_1904_are_counted_from_1904():
    assert cells.date(43857.0 - 1462, date1904=True)[0] == datetime.date(2020, 1, 27)


@given(
    DAYS,
    st.sampled_from(
        ["{m}月{d}日", "{m}.{d:02}", "{m}-{d}", "{m}/{d}", "{y}年{m}月{d}日", "{y}.{m}.{d}", "{y}-{m:02}-{d:02}"]
    ),
)
def test_every_form_of_a_day_leads_back_to_it(day, form):
    text = form.format(y=day.year, m=day.month, d=day.day)
    assert cells.date(text, near=DAY)[0] == day


@given(DAYS)
def test_every_serial_number_of_a_day_leads_back_to_it(day):
    assert cells.date(float((day - datetime.date(1899, 12, 30)).days))[0] == day


@given(DAYS)
def test_a_day_typed_as_a_figure_is_that_day_or_asked(day):
    found, said = cells.date(float(f"{day.month}.{day.day:02}"), near=DAY)
    assert found == day or (found is None and day.isoformat() in said[0][1].values())


@given(DAYS, st.integers(0, 60))
def test_a_return_without_year_is_never_before_the_departure(departs, nights):
    returns = departs + datetime.timedelta(days=nights)
    assert cells.date(f"{returns.month}月{returns.day}日", near=DAY, not_before=departs)[0] == returns


@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.booleans()))
def test_no_cell_breaks_a_reader(value):
    for read in (cells.date, cells.people, cells.money):
        found, said = read(value)
        assert found is None or said is not None
    assert len(cells.groups(value)) == 2


# --- people -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "people"),
    [(10, 10), (10.0, 10), ("10", 10), ("１０人", 10), ("共10人", 10), ("10.0", 10), ("", None), ("-", None), (0, 0)],
)
def test_people_are_counted(stored, people):
    assert cells.people(stored) == (people, ())


@pytest.mark.parametrize("stored", [10.5, -1, "十二", "约10人", "10?", "多", 10**9, True])
def test_what_is_no_number_of_people_is_asked(stored):
    assert (cells.people(stored)[0], codes(cells.people(stored)[1])) == (None, ["number_unreadable"])


@pytest.mark.parametrize(
    ("stored", "total"), [("16+1", 17), ("成人10儿童2", 12), ("10大2小", None), ("10人+1领队", 11)]
)
def test_a_sum_of_people_is_asked_and_not_added_up(stored, total):
    found, ((code, params),) = cells.people(stored)
    assert found is None
    assert params.get("sum") == total
    assert code == ("sum_of_people" if total else "number_unreadable")


def test_all_and_nobody_are_read_where_they_mean_something():
    assert cells.people("全部", all_of=12) == (12, (("all_people", {"was": "全部", "now": 12}),))
    assert cells.people("未退", all_of=12)[0] == 0
    assert codes(cells.people("全部")[1]) == ["number_unreadable"]


# --- money ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "amount"),
    [
        (1280, "1280.00"),
        (1280.5, "1280.50"),
        (0.1 + 0.2, "0.30"),
        ("1,280.50", "1280.50"),
        ("¥1280", "1280.00"),
        ("￥1,280.00元", "1280.00"),
        ("1280元整", "1280.00"),
        ("人民币 1280 元", "1280.00"),
        ("1.2万", "12000.00"),
        ("1.2345万元", "12345.00"),
        ("３千元", "3000.00"),
        ("0", "0.00"),
    ],
)
def test_an_amount_is_read_however_it_was_written(stored, amount):
    found, said = cells.money(stored)
    assert str(found) == amount
    assert set(codes(said)) <= {"unit_applied"}


def test_a_column_of_ten_thousands_counts_so_unless_the_cell_says_otherwise():
    assert cells.money(1.5, ten_thousands=True)[0] == Decimal("15000.00")
    assert cells.money("15000元", ten_thousands=True)[0] == Decimal("15000.00")


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        ("约1万", "amount_unreadable"),
        ("500×10", "amount_unreadable"),
        ("12,80", "amount_unreadable"),
        ("-100", "amount_negative"),
        (-100.0, "amount_negative"),
        (33.333333, "amount_not_exact"),
        ("0.001", "amount_not_exact"),
        (float("inf"), "amount_unreadable"),
        (datetime.date(2020, 1, 1), "amount_unreadable"),
        (1e15, "amount_unreadable"),
    ],
)
def test_what_is_no_amount_is_asked(stored, code):
    found, said = cells.money(stored)
    assert (found, codes(said)) == (None, [code])


@given(CENTS, st.sampled_from(["{}", "¥{}", "{}元", "￥{:,}", "{:,} 元", "{}元整"]))
def test_every_form_of_an_amount_leads_back_to_it(cents, form):
    amount = Decimal(cents).scaleb(-2)
    assert cells.money(form.format(amount))[0] == amount


@given(CENTS)
def test_an_amount_in_ten_thousands_is_exact(cents):
    amount = Decimal(cents).scaleb(-2)
    assert cells.money(f"{amount / 10_000:f}万元")[0] == amount


@given(st.integers(0, 10**9))
def test_a_binary_figure_is_the_amount_that_was_typed(cents):
    assert cells.money(cents / 100)[0] == Decimal(cents).scaleb(-2)

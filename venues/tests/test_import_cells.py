"""One cell at a time, whatever kind it was stored as."""

import datetime

import pytest

from venues.importing import cells
from venues.importing.fields import status_of


@pytest.mark.parametrize(
    ("stored", "date"),
    [
        (datetime.datetime.fromisoformat("2023-05-01"), "2023-05-01"),
        (datetime.date(2023, 5, 1), "2023-05-01"),
        ("2023年5月1日", "2023-05-01"),
        ("2023.5.1", "2023-05-01"),
        ("2023-05-01", "2023-05-01"),
        ("2023/5/1", "2023-05-01"),
        ("２０２３．５．１", "2023-05-01"),
        ("20230501", "2023-05-01"),
        (20230501.0, "2023-05-01"),
        ("2023.05.01 00:00:00", "2023-05-01"),
        ("2018.5.2-2023.5.1", "2023-05-01"),
        ("2018年5月2日至2023年5月1日", "2023-05-01"),
        ("至2023年5月1日止", "2023-05-01"),
    ],
)
def test_a_date_is_read_however_it_was_written(stored, date):
    (found, long_term), findings = cells.end_date(stored)
    assert (found.isoformat(), long_term, findings) == (date, False, ())


@pytest.mark.parametrize("text", ["长期", "长期有效", "永久", "2018年5月1日至长期", "无固定期限"])
def test_a_licence_without_end_is_known_by_its_words(text):
    assert cells.end_date(text) == ((None, True), ())


def test_a_serial_number_is_a_date_and_says_so():
    (date, _), findings = cells.end_date(45047.0)
    assert date == datetime.date(2023, 5, 1)
    assert [code for code, _said in findings] == ["serial_date"]
    (date, _), _findings = cells.end_date(45047.0 - 1462, date1904=True)
    assert date == datetime.date(2023, 5, 1)
    (date, _), findings = cells.end_date("45047")
    assert date == datetime.date(2023, 5, 1)


def test_a_month_without_day_ends_on_its_last():
    (date, _), findings = cells.end_date("2024年2月")
    assert date == datetime.date(2024, 2, 29)
    assert [code for code, _said in findings] == ["date_without_day"]


@pytest.mark.parametrize("text", ["2023.13.1", "2023.2.30", "见证书", 12.0, 1e9])
def test_what_is_no_date_is_a_warning_and_no_guess(text):
    (date, _), findings = cells.end_date(text)
    assert date is None
    assert [code for code, _said in findings] == ["date_unreadable"]


@pytest.mark.parametrize("text", ["", "-", "/", "无", "——"])
def test_a_dash_is_no_date_and_no_fault(text):
    assert cells.end_date(text) == ((None, False), ())


@pytest.mark.parametrize(
    ("stored", "code", "finding"),
    [
        ("62050210002", "62050210002", None),
        ("６２０５０２１０００２", "62050210002", "normalised"),
        (" 6205 0210 002 ", "62050210002", "normalised"),
        ("甘天网〔2019〕〇五号", "甘天网〔2019〕0五号", "normalised"),
        ("gs-12", "GS-12", "normalised"),
        (62050210002.0, "62050210002", "number_as_text"),
        (9.162050212345678e17, "", "code_rounded"),
        ("9.16205E+17", "", "code_rounded"),
        (1e15, "", "code_rounded"),
        (999_999_999_999_999.0, "999999999999999", "number_as_text"),
    ],
)
def test_codes_lose_their_blanks_and_never_their_digits(stored, code, finding):
    found, findings = cells.code(stored)
    assert found == code
    assert [one for one, _said in findings] == ([finding] if finding else [])


@pytest.mark.parametrize(
    ("code", "kept", "finding"),
    [
        ("91620502GTP21EA5NQ", "91620502GTP21EA5NQ", None),
        ("91620502GTP21EA5NR", "91620502GTP21EA5NR", "check_digit"),
        ("91620502GTP21EA5N", "91620502GTP21EA5N", "code_form"),
        ("91620502GTP21EA5NQX", "", "code_form"),
        ("916205021OI2345678", "916205021OI2345678", "code_form"),
        ("620500600012345", "620500600012345", "code_form"),
    ],
)
def test_a_credit_code_only_ever_warns(code, kept, finding):
    found, findings = cells.credit_code(code)
    assert found == kept
    assert [one for one, _said in findings] == ([finding] if finding else [])


@pytest.mark.parametrize(
    ("stored", "numbers", "finding"),
    [
        ("13909380257", ["13909380257"], None),
        (13909380257.0, ["13909380257"], None),
        ("139 0938 0257", ["13909380257"], None),
        ("0938-8211234", ["0938-8211234"], None),
        ("13909380257/0938-8211234", ["13909380257", "0938-8211234"], None),
        ("１３９０９３８０２５７", ["13909380257"], "normalised"),
        ("13909380257、13909380258、13909380259", ["13909380257", "13909380258"], "more_phones"),
        ("1390938025", ["1390938025"], "odd_phone"),
        (9388211234.0, ["9388211234"], "odd_phone"),
        ("无", [], None),
    ],
)
def test_telephones_arrive_as_figures_and_in_twos(stored, numbers, finding):
    found, findings = cells.phones(stored)
    assert found == numbers
    assert [one for one, _said in findings] == ([finding] if finding else [])


@pytest.mark.parametrize(
    ("stored", "number", "finding"),
    [
        (166.0, 166, None), ("166", 166, None), ("166台", 166, None), ("１６６", 166, "normalised"),
        ("约百台", None, "number_unreadable"),
        (1.5, None, "number_unreadable"), (-3.0, None, "number_unreadable"), ("—", None, None), ("/", None, None),
    ],
)  # fmt: skip
def test_whole_numbers_are_read_out_of_their_cells(stored, number, finding):
    found, findings = cells.whole_number(stored)
    assert found == number
    assert [one for one, _said in findings] == ([finding] if finding else [])


def test_text_keeps_its_words_and_says_what_was_evened_out():
    assert cells.text("  四海  KTV ") == ("四海 KTV", ())
    assert cells.text("皇冠（普通合伙）") == ("皇冠(普通合伙)", ())
    assert cells.text("１９９８网吧") == ("1998网吧", (("normalised", {"was": "１９９８网吧", "now": "1998网吧"}),))
    assert cells.text(1998.0) == ("1998", ())
    assert cells.text("a\x00b\x07c")[0] == "abc"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("注销", "ceased"), ("已注销", "ceased"), ("2019年5月注销", "ceased"), ("未注销", None), ("长期停业", "dormant"),
        ("停业", "dormant"), ("未停业", None), ("吊销", "revoked"), ("已被吊销", "revoked"), ("迁出", "moved"),
        ("已搬迁", "moved"),
        ("无证", "unlicensed"), ("无法联系", "unlocatable"),
        ("查无此店", "unlocatable"), ("正常营业", "active"), ("正常", "active"), ("停业后恢复营业", "active"),
        ("", None), ("2019年检", None),
    ],
)  # fmt: skip
def test_the_status_is_read_from_its_words(words, status):
    assert status_of(words) == status


def test_a_remark_proves_no_trading():
    assert status_of("营业执照已换", column=False) is None
    assert status_of("已注销", column=False) == "ceased"

"""What people type or paste is evened out the same way everywhere."""

import pytest

from venues.cleaning import (
    clean_code,
    clean_phone,
    clean_text,
    comparable,
    dialled,
    phone_kind,
    split_phones,
    uscc_problem,
)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (None, ""),
        ("  蓝天　网吧 \n", "蓝天 网吧"),
        ("ＫＴＶ（皇冠）", "KTV(皇冠)"),
        ("“皇冠”", '"皇冠"'),
        ("二○二○", "二〇二〇"),
        ("蓝天\u200b网吧\ufeff", "蓝天网吧"),
        ("'=皇冠", "=皇冠"),
        ("'皇冠'", "'皇冠'"),
        (62050220003, "62050220003"),
    ],
)
def test_text_is_evened_out(raw, clean):
    assert clean_text(raw) == clean


@pytest.mark.parametrize(
    ("raw", "clean"),
    [("９１６２ 0502gtp2 1ea5nq", "91620502GTP21EA5NQ"), ("甘 文—〇〇１", "甘文-001"), (None, "")],
)
def test_codes_have_no_blanks_and_capitals_only(raw, clean):
    assert clean_code(raw) == clean


@pytest.mark.parametrize(
    ("raw", "clean", "kind", "dial"),
    [
        ("13000000002.0", "13000000002", "mobile", "13000000002"),
        (13000000002.0, "13000000002", "mobile", "13000000002"),
        ("+86 130-0000-0002", "13000000002", "mobile", "13000000002"),
        ("8613000000002", "13000000002", "mobile", "13000000002"),
        ("(0938)8213456", "0938-8213456", "landline", "09388213456"),
        ("0938-8213456转801", "0938-8213456-801", "landline", "09388213456"),
        ("8213456", "8213456", "landline", "8213456"),
        ("400-123-4567", "400-123-4567", "service", "4001234567"),
        ("12318", "12318", "service", "12318"),
        ("23000000002", "23000000002", "", "23000000002"),
        ("无", "无", "", ""),
    ],
)
def test_telephone_numbers(raw, clean, kind, dial):
    assert clean_phone(raw) == clean
    assert phone_kind(clean) == kind
    assert dialled(clean) == dial


def test_a_cell_may_hold_several_numbers_each_counts_once():
    assert split_phones("13000000001、0938-8213456 / 13000000001") == ["13000000001", "0938-8213456"]
    assert split_phones("13000000001 13000000002") == ["13000000001", "13000000002"]
    assert split_phones("138 0000 0001") == ["13800000001"]
    assert split_phones("") == []


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("", ""),
        ("91620502GTP21EA5NQ", ""),
        ("91620502GTP21EA5NA", "check_digit"),
        ("91620502GTP21EA5N", "length"),
        ("91620502GTP21EA5OI", "format"),
    ],
)
def test_what_is_wrong_with_a_credit_code(code, problem):
    assert uscc_problem(code) == problem


def test_two_spellings_of_one_name_compare_equal():
    assert comparable("蓝天（网吧）· 二○店") == comparable("蓝天网吧二零店")
    assert comparable("ＫＴＶ－皇冠") == comparable("ktv皇冠")
    assert comparable("皇冠") != comparable("皇后")

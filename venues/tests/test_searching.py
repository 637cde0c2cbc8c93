"""The registry is searched by pieces of names, by pinyin and its initials, by licence, telephone and address."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from venues.models import Venue
from venues.search import MOST_READINGS, readings, search_key, words_of

pytestmark = pytest.mark.django_db


def found(text):
    return set(Venue.objects.matching(text).values_list("name", flat=True))


@pytest.fixture
def places(make_venue):
    make_venue("蓝天网吧", licence_no="62050220003", phone="13000000105", address="建设路131号三楼")
    make_venue("重庆火锅KTV", sign_name="长乐坊", phone="0938-8213456", uscc="91620502GTP21EA5NQ")
    make_venue("100%网咖_二店", phone="", licence_no="")


@pytest.mark.parametrize(
    "text",
    ["蓝天", "天网", "ltwb", "LTWB", "ｌｔｗｂ", "lantianwangba", "lantian wang", "62050220003", "0220003",
     "13000000105", "130-0000-0105", "建设路131", "蓝天 建设路", "  蓝天  "],
)  # fmt: skip
def test_a_venue_is_found_by_whatever_is_known_of_it(places, text):
    assert found(text) == {"蓝天网吧"}


@pytest.mark.parametrize(
    "text", ["cqhgktv", "zqhg", "chongqing", "clf", "zlf", "cyf", "09388213456", "0938-82", "GTP21EA5"]
)
def test_names_with_two_readings_are_found_by_each(places, text):
    assert found(text) == {"重庆火锅KTV"}


def test_words_must_all_be_found(places):
    assert found("蓝天 重庆") == set()


@pytest.mark.parametrize("text", ["%", "100%", "_", "咖_", "%网咖_"])
def test_wildcards_are_ordinary_characters(places, text):
    assert found(text) == {"100%网咖_二店"}


@pytest.mark.parametrize("text", ["\\", "'", '"; --', "%%%", "\x00zz"])
def test_odd_input_finds_nothing_and_breaks_nothing(places, text):
    assert found(text) == set()


def test_letters_of_the_credit_code_do_not_answer_short_words(places):
    assert found("gtp") == set()


def test_no_hit_spans_two_fields(make_venue):
    make_venue("蓝天", phone="13000000001", licence_no="777")
    assert found("天7") == set()
    assert found("1777") == set()


def test_no_words_leave_everything(places):
    assert found("") == found("   ") == {"蓝天网吧", "重庆火锅KTV", "100%网咖_二店"}


def test_the_first_reading_is_that_of_the_phrase():
    assert readings("蓝天网吧") == (("lantianwangba", "ltwb"),)
    assert readings("重庆")[0] == ("chongqing", "cq")
    assert readings("银行")[0] == ("yinhang", "yh")
    assert {initials for _full, initials in readings("朝阳网吧")} == {"cywb", "zywb"}


def test_punctuation_in_a_name_does_not_stand_in_the_way(make_venue):
    make_venue("蓝天（新）·网吧")
    assert found("ltxwb") == found("lantianxinwang") == {"蓝天（新）·网吧"}


def test_a_name_of_many_readings_stays_short():
    assert len(readings("长乐重朝行都会盛藏长乐")) == MOST_READINGS


@pytest.mark.parametrize("name", ["", " ", "No.1", "éclair 网吧", "𠮷野家", "😀吧", "女儿红 KTV"])
def test_any_name_has_a_reading(name):
    assert all(isinstance(part, str) for way in readings(name) for part in way)


def test_typing_u_umlaut_finds_what_is_written_with_v(make_venue):
    make_venue("绿洲网吧")
    assert found("lüzhou") == found("lvzhou") == found("luzhou") == {"绿洲网吧"}


def test_a_long_query_is_cut_not_refused():
    assert len(words_of("字 " * 500)) <= 6


def test_the_best_match_stands_first(make_venue):
    make_venue("新蓝天网吧")
    make_venue("蓝天网吧", operating_status="ceased")
    make_venue("蓝天网咖")
    names = list(Venue.objects.matching("lt").best_first("lt").values_list("name", flat=True))
    assert names == ["蓝天网咖", "蓝天网吧", "新蓝天网吧"]


def test_changing_a_field_changes_the_key_even_in_a_partial_save(netbar):
    netbar.name = "红星网吧"
    netbar.save(update_fields=["name"])
    assert found("hxwb") == {"红星网吧"}
    assert found("ltwb") == set()


NAMES = st.text(alphabet="蓝天网吧重庆长乐ab1%_", min_size=1, max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NAMES, min_size=1, max_size=5, unique=True), st.text("蓝天网吧重庆长乐ltwbcq1%_ ", max_size=4))
def test_the_database_answers_as_a_plain_comparison_does(make_venue, names, text):
    Venue.objects.all().delete()
    made = [make_venue(name) for name in names]
    expected = {venue.name for venue in made if all(word in search_key(venue) for word in words_of(text))}
    assert found(text) == expected

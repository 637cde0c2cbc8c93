"""The charts: plain data in, an accessible figure with links and its table out, the same for dicts and dataclasses."""

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from enforcement.charts import LineChart, Mark, Series, bar_chart, line_chart, tile_chart
from enforcement.charts.lines import thinned, ticks_between, value_at

T = datetime(2020, 1, 24, 16, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR = timedelta(hours=1)


def curve(**changes):
    points = [(T, 0), (T + HOUR, 60), (T + 4 * HOUR, 184)]
    chart = {
        "title": "Closure curve",
        "series": [{"key": "verified", "label": "Seen closed", "points": points, "href": "/targets/?state=verified"}],
        "marks": [{"at": T, "label": "T"}, {"at": T + 4 * HOUR, "label": "T + 4 h"}],
        "since": T,
        "until": T + 5 * HOUR,
        "total": 184,
    }
    return chart | changes


@pytest.mark.parametrize(
    ("label", "wide", "word"),
    [
        ("Seen closed", False, "Seen closed 184"),
        ("People called off", True, "People called off 184"),
        ("取消行程并已全额退款的团队人数", True, "取消行程并已全额退款的…184"),
    ],
)
def test_the_end_of_a_line_is_never_a_number_without_a_name(label, wide, word):
    chart = curve()
    chart["series"][0]["label"] = label
    drawn = line_chart(chart)
    assert ("ends-wide" in drawn) == wide
    assert word.replace("…184", "… 184") in re.sub("<[^>]+>", "", re.search(r'class="end-label".*?</a>', drawn)[0])


class Parser(HTMLParser):
    """Every opened element is closed, in order; collects the names."""

    def __init__(self):
        super().__init__()
        self.open, self.names = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.names.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def parsed(html):
    parser = Parser()
    parser.feed(html)
    assert parser.open == []
    return parser.names


def test_a_dict_and_the_dataclass_draw_the_same():
    data = curve()
    marks = [Mark(T, "T"), Mark(T + 4 * HOUR, "T + 4 h")]
    series = [Series("verified", "Seen closed", data["series"][0]["points"], "/targets/?state=verified")]
    chart = LineChart("Closure curve", series, marks, since=T, until=T + 5 * HOUR, total=184)
    assert line_chart(chart) == line_chart(data)


def test_an_unknown_key_is_an_error_and_not_a_silent_gap():
    with pytest.raises(TypeError, match="knows no serie"):
        line_chart({"title": "x", "serie": []})


def test_the_figures_of_the_table_lead_where_the_series_says():
    def href_at(at, value):
        return f"/rows/?hour={(at - T) // HOUR}&n={value}" if value != 3 else ""

    points = [(T, 0), (T + HOUR, 2), (T + 2 * HOUR, 3)]
    series = {"key": "told", "label": "Told", "points": points, "href_at": href_at}
    table = line_chart({"title": "x", "since": T, "until": T + 2 * HOUR, "series": [series]}).split("<details")[1]
    assert '<td class="num"><a href="/rows/?hour=1&amp;n=2">2</a></td>' in table
    assert '<td class="num">0</td>' in table  # no rows to show
    assert '<td class="num">3</td>' in table


def test_a_chart_has_title_description_legend_and_table():
    html = line_chart(curve())
    names = parsed(html)
    assert names[0] == "figure" and {"title", "desc", "table", "details"} <= set(names)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids)) == 2
    assert all(f'"{one}"' in html.replace(f' id="{one}"', "") for one in ids)
    assert "184 / 184" in html


def test_a_drawing_with_links_is_a_group_and_without_links_a_picture():
    assert 'role="group"' in line_chart(curve())
    plain = curve(series=[{"key": "verified", "label": "Seen closed", "points": [(T, 0), (T + HOUR, 5)]}])
    assert 'role="img"' in line_chart(plain) and 'role="group"' not in line_chart(plain)


def test_links_stand_on_the_parts():
    html = bar_chart(
        {
            "title": "Outcomes",
            "bars": [
                {
                    "label": "telephone",
                    "parts": [
                        {"key": "reached", "label": "reached", "value": 141, "href": "/notices/?o=reached"},
                        {"key": "no_answer", "label": "no answer", "value": 0, "href": "/notices/?o=no_answer"},
                    ],
                }
            ],
        }
    )
    parsed(html)
    drawing, table = html.split("</svg><details")
    assert "/notices/?o=reached" in drawing and 'aria-label="telephone · reached: 141"' in drawing
    assert "o=no_answer" not in drawing and "o=no_answer" in table  # nothing to press where nothing is seen


def test_nothing_needs_an_inline_style_or_a_script():
    html = line_chart(curve()) + bar_chart({"title": "B", "bars": [{"label": "a", "value": 1}]})
    assert not re.search(r"\sstyle=|<script|<style|\son\w+=", html)


def test_words_from_people_are_escaped():
    html = line_chart(curve(title="<u>&", marks=[{"at": T, "label": "<i>"}]))
    assert "<u>" not in html and "<i>" not in html and "&lt;u&gt;&amp;" in html


def test_the_line_ends_at_the_moment_asked_about():
    html = line_chart(curve(until=T + 2 * HOUR))
    path = re.search(r'class="line [^"]*" d="([^"]+)"', html)[1]
    assert path == "M0 1000H250V673.9H500"  # T + 1 h of 4 h on the axis: 60 of 184; the end is T + 2 h
    assert "60 / 184" in html


def test_a_value_stands_until_the_next_one_and_is_unknown_before_the_first():
    points = [(T, 1), (T + HOUR, 3)]
    assert [value_at(points, T + d * HOUR) for d in (-1, 0, 0.5, 1, 9)] == [None, 1, 1, 3, 3]


def test_a_chart_without_data_says_so():
    assert "<svg" not in line_chart({"title": "x"}) and "<p" in line_chart({"title": "x"})
    assert "<svg" not in bar_chart({"title": "x"}) and "<p" in bar_chart({"title": "x"})
    parsed(line_chart({"title": "x", "since": T, "until": T}))
    parsed(bar_chart({"title": "x", "bars": [{"label": "a", "value": 0}]}))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=3000), st.integers(8, 400))
def test_thinning_keeps_the_ends_and_the_extremes(values, limit):
    points = [(T + timedelta(seconds=i), value) for i, value in enumerate(values)]
    kept = thinned(points, limit)
    assert len(kept) <= limit
    assert set(kept) <= set(points) and kept == sorted(kept)
    assert kept[0] == points[0] and kept[-1][1] == values[-1]
    assert {min(values), max(values)} <= {point[1] for point in kept}


def test_a_short_dip_survives_thinning():
    points = [(T + timedelta(seconds=i), i) for i in range(5000)]
    points[2500] = (points[2500][0], 0)
    assert (points[2500][0], 0) in thinned(points)


@pytest.mark.parametrize(("hours", "expected"), [(1, 6), (5, 5), (30, 5), (24 * 9, 4), (24 * 60, 5)])
def test_ticks_are_round_local_moments(hours, expected):
    ticks = list(ticks_between(T, T + hours * HOUR))
    assert expected <= len(ticks) <= 9
    assert all(tick.minute % 5 == 0 and T <= tick <= T + hours * HOUR for tick in ticks)


def test_tiles_print_the_whole_beside_the_part():
    tiles = [
        {"label": "秦州区", "value": 61, "total": 62, "href": "/t/", "tone": "bad"},
        {"label": "x", "value": 0, "total": 0},
    ]
    html = tile_chart({"title": "Districts", "unit": "家", "tiles": tiles})
    parsed(html)
    assert "61" in html and "/ 62 家" in html and 'width="98.39%"' in html and "tone-bad" in html


def test_the_template_tags_take_plain_dicts():
    template = Template("{% load charts %}{% line_chart a %}{% bar_chart b %}{% tile_chart c %}")
    bars = {"title": "B", "bars": [{"label": "x", "value": 2, "href": "/x/"}]}
    html = template.render(Context({"a": curve(), "b": bars, "c": {"title": "C", "tiles": []}}))
    assert html.count("<figure") == 3 and "&lt;" not in html

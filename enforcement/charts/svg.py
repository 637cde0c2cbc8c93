"""Pieces that all charts share: elements, links, ids, scales, the figure round a chart and the table under it."""

import math
import re
from hashlib import sha1
from unicodedata import east_asian_width

from django.forms.utils import flatatt
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

SHAPES = {
    "circle": "M4.5 0a4.5 4.5 0 1 1-9 0 4.5 4.5 0 1 1 9 0z",
    "square": "M-4-4h8v8h-8z",
    "diamond": "M0-5.5 5.5 0 0 5.5-5.5 0z",
    "triangle": "M0-5.5 5.5 4.5h-11z",
    "cross": "M-5-2h3v-3h4v3h3v4h-3v3h-4v-3h-3z",
    "bar": "M-2-6h4v12h-4z",
}
MARKERS = tuple(SHAPES)
DASHES = ("", "9 4", "2 3", "12 3 2 3", "5 2", "1 4")
# the headline is a whole line, whatever its position
DASH_OF = {"verified": "", "net_closed": "2 3", "told": "9 4", "reported": "12 3 2 3", "violating": ""}


# --- elements -----------------------------------------------------------------------------------------------------
def element(name, *children, **attrs):
    """`<name …>children</name>`; `class_` is class, other underscores become hyphens, None or "" leaves one out."""
    named = {
        "viewBox" if key == "viewbox" else key.rstrip("_").replace("_", "-"): value for key, value in attrs.items()
    }
    kept = {key: value for key, value in named.items() if value is not None and value != ""}
    inner = mark_safe("".join(conditional_escape(child) for child in children if child is not None and child != ""))
    return format_html("<{0}{1}>{2}</{0}>", mark_safe(name), flatatt(kept), inner)


def text(word, x, y, **attrs):
    """A word at a place; `dx`, `dy` move it by a constant amount."""
    return element("text", word, x=x, y=y, **attrs)


def linked(href, content, label=None):
    """`content` inside a link when there is somewhere to go; `label` names a link that holds no words."""
    return element("a", content, href=href, aria_label=label) if href else content


def percent(share):
    """A share as an SVG length: 0.25 -> "25%"; short, never in exponent notation, never localized."""
    return f"{round(share * 100, 2):.10g}%"


def figure_of(value):
    """A value as people read it: whole numbers without a point, thousands with a comma, None as a dash."""
    if value is None:
        return "—"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def width_of(word):
    """Columns that a word takes: a Chinese character is two wide."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in str(word))


def shortened(word, most):
    """The word in at most `most` columns, an ellipsis for what is cut off."""
    word = str(word)
    if width_of(word) <= most:
        return word
    while width_of(word) > most - 1:
        word = word[:-1]
    return f"{word.rstrip()}…"


def nice_step(rough):
    """The next of 1, 2, 5 × 10^k at or above `rough`, at least 1."""
    if rough <= 1:
        return 1
    power = 10 ** math.floor(math.log10(rough))
    return next(int(factor * power) for factor in (1, 2, 5, 10) if factor * power >= rough)


# --- what tells one series from another: colour, dash and marker --------------------------------------------------
def key_class(key, position=1):
    """Classes that give a series its colour: by position, then by key when the style sheet knows it."""
    slug = re.sub(r"[^a-z0-9_-]", "", str(key).lower())
    return f"series-{(position - 1) % 6 + 1}" + (f" series-{slug}" if slug else "")


def dash_of(key, position):
    """The dash pattern of a line: its key's own, or that of its position."""
    return DASH_OF.get(str(key), DASHES[(position - 1) % len(DASHES)])


def marker(position, x, y, title="", **attrs):
    """The marker of the series at this position, of constant size, at a place given in per cent."""
    shape = element(
        "path", element("title", title) if title else "", class_="marker", d=SHAPES[MARKERS[(position - 1) % 6]]
    )
    return element("svg", shape, x=x, y=y, width=1, height=1, overflow="visible", **attrs)


def legend_key(position, key, filled=False):
    """The little sample beside a legend's word: the line with its dash and marker, or a filled box."""
    if filled:
        sample = element("rect", class_="marker part", width=28, height=12)
    else:
        line = element("path", class_="line", d="M0 6h28", stroke_dasharray=dash_of(key, position))
        sample = line + marker(position, 14, 6)
    classes = f"chart-key {key_class(key, position)}"
    return element("svg", sample, class_=classes, viewbox="0 0 28 12", aria_hidden="true")


# --- round the drawing --------------------------------------------------------------------------------------------
def drawing(chart, desc, content, has_links, **attrs):
    """The <svg> with its <title> and <desc>; one with links is a group: as role=img its links would be lost.

    The ids are the same at every rendering of the same chart, so that a partial is found again in its page.
    """
    stem = chart.key or "chart-" + sha1(str(chart.title).encode(), usedforsecurity=False).hexdigest()[:8]
    return element(
        "svg",
        element("title", chart.title, id=f"{stem}-title"),
        element("desc", desc, id=f"{stem}-desc"),
        element("g", *content),
        role="group" if has_links else "img",
        aria_labelledby=f"{stem}-title",
        aria_describedby=f"{stem}-desc",
        **attrs,
    )


def table_under(chart, head, rows):
    """The same figures as a table: `head` are words, a row is (word, cells); a cell is a value or (value, href)."""

    def cell(value):
        value, href = value if isinstance(value, tuple) else (value, "")
        return element("td", linked(href, figure_of(value)), class_="num")

    others = format_html_join("", '<th scope="col" class="num">{}</th>', ((word,) for word in head[1:]))
    lines = [element("tr", element("th", word, scope="row"), *map(cell, cells)) for word, cells in rows]
    columns = element("tr", element("th", head[0], scope="col") + others)
    table = element("table", element("thead", columns), element("tbody", *lines), class_="table compact")
    name = _("%(title)s: figures as a table") % {"title": chart.title}
    region = element("div", table, class_="scroll", tabindex="0", role="region", aria_label=name)
    return element("details", element("summary", _("Figures as a table")), region, class_="chart-table")


def figure_round(chart, kind, *content):
    """The <figure> of a chart with its caption; the caption is a link when the whole chart has somewhere to go."""
    hidden = "visually-hidden" if chart.hide_title else ""
    caption = element("figcaption", linked("" if hidden else chart.href, chart.title), class_=hidden)
    return element("figure", caption, *content, class_=f"chart chart-{kind}")

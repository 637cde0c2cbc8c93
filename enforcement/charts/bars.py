"""The bar chart: lengths to compare, each bar whole or in parts (freshness of looks, channel × outcome)."""

from django.utils.translation import gettext as _

from . import svg
from .shapes import BarChart, shaped
from .svg import element, figure_of, percent, text

ROW = 2.1  # em from bar to bar
THICK = 1.3  # em


def _label_room(bars):
    """Which of three margins the longest label needs."""
    longest = max((svg.width_of(bar.label) for bar in bars), default=0)
    return "labels-s" if longest <= 9 else "labels-m" if longest <= 16 else "labels-l"


def _order(bars):
    """Each key's position and label in the legend, in order of first appearance."""
    order = {}
    for part in (part for bar in bars for part in bar.parts):
        order.setdefault(part.key, (len(order) + 1, part.label))
    return order


def _bar(bar, index, scale, order, unit):
    top, middle = f"{index * ROW:g}em", f"{index * ROW + THICK / 2:g}em"
    yield text(bar.label, 0, middle, class_="bar-label", dx=-8, dy="0.35em", text_anchor="end")
    done = 0.0
    for part in bar.parts:
        if not part.value:
            continue
        name = f"{bar.label} · {part.label}" if len(bar.parts) > 1 else bar.label
        words = f"{name}: {figure_of(part.value)} {unit}".strip()
        place = {"x": percent(done), "y": top, "width": percent(part.value / scale), "height": f"{THICK}em"}
        kind = f"part {svg.key_class(part.key, order[part.key][0])}"
        yield svg.linked(part.href, element("rect", element("title", words), class_=kind, **place), words)
        done += part.value / scale
    yield text(figure_of(bar.total), percent(done), middle, class_="bar-total", dx=6, dy="0.35em")


def _legend(order):
    items = [
        element("li", svg.legend_key(position, key, filled=True), element("span", label))
        for key, (position, label) in order.items()
    ]
    return element("ul", *items, class_="chart-legend")


def _table(chart, order, stacked):
    if not stacked:
        rows = [(bar.label, [(bar.total, bar.parts[0].href)]) for bar in chart.bars]
        return svg.table_under(chart, [chart.title, chart.unit or _("Number")], rows)
    rows = []
    for bar in chart.bars:
        parts = {part.key: (part.value, part.href) for part in bar.parts}
        rows.append((bar.label, [*(parts.get(key, 0) for key in order), (bar.total, bar.href)]))
    return svg.table_under(chart, [chart.title, *(label for _position, label in order.values()), _("Total")], rows)


def bar_chart(data):
    """The chart of a `BarChart` (or a dict of its keys) as safe HTML."""
    chart = shaped(BarChart, data)
    if not chart.bars:
        return svg.figure_round(chart, "bars", element("p", _("Nothing to draw yet."), class_="muted"))
    scale = max(chart.maximum or 0, *(bar.total for bar in chart.bars)) or 1
    order, stacked = _order(chart.bars), any(len(bar.parts) > 1 for bar in chart.bars)
    content = [element("line", class_="axis", x1=0, x2=0, y1=0, y2="100%")]
    for index, bar in enumerate(chart.bars):
        content += _bar(bar, index, scale, order, chart.unit)
    has_links = any("<a " in piece for piece in content)
    desc = chart.desc or "; ".join(f"{bar.label} {figure_of(bar.total)}" for bar in chart.bars)
    size = {"class_": f"plot {_label_room(chart.bars)}", "height": f"{(len(chart.bars) - 1) * ROW + THICK:g}em"}
    plot = svg.drawing(chart, desc, content, has_links, **size)
    kind = "bars stacked" if stacked else "bars"
    return svg.figure_round(chart, kind, _legend(order) if stacked else "", plot, _table(chart, order, stacked))

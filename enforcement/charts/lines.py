"""The line chart: how often something was true, as steps over time, with marks and the line to be reached."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from . import svg
from .shapes import LineChart, shaped
from .svg import element, figure_of, percent, text

PLOT = 1000  # units of the stretched inner drawing, both ways
POINTS = 400  # more steps than this cannot be seen; they are thinned
TABLE_ROWS = 24  # a longer table has the ticks and marks only
END_LABEL, WIDE_LABEL = 13, 24  # columns in the margin; longer words get the wide one, and are cut beyond it
LABEL_GAP = 0.085  # of the height: one line of text
TICK_STEPS = [timedelta(minutes=m) for m in (5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 14400, 43200)]


def thinned(points, limit=POINTS):
    """Only the points where the value changes; beyond `limit`, the ends and extremes of each of `limit // 4` spans."""
    before = [None, *(point[1] for point in points)]
    changes = [point for was, point in zip(before, points, strict=False) if was is None or was != point[1]]
    if len(changes) <= limit:
        return changes
    start, spans = changes[0][0], limit // 4
    width = (changes[-1][0] - start) / spans
    buckets = {}
    for index, point in enumerate(changes):
        buckets.setdefault(min(spans - 1, int((point[0] - start) / width)), []).append((point[1], index))
    kept = {index for b in buckets.values() for _value, index in (b[0], min(b), max(b), b[-1])}
    return [changes[index] for index in sorted(kept)]


def value_at(points, at):
    """The value of a step line at a moment: that of the last point not after it; None before the first."""
    value = None
    for point in points:
        if point[0] > at:
            break
        value = point[1]
    return value


def ticks_between(start, end, count=8):
    """Round local moments between two moments, at most about `count`."""
    step = next((step for step in TICK_STEPS if (end - start) / step <= count), TICK_STEPS[-1])
    local = timezone.localtime(start)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    tick = midnight + step * ((local - midnight) // step)
    while tick <= end:
        if tick >= start:
            yield tick
        tick += step


class Frame:
    """Where a moment and a value stand on the plot, as shares from left and from top. Needs one moment at least."""

    def __init__(self, chart):
        marks = [mark.at for mark in chart.marks]
        points = [point for one in chart.series for point in one.points if not chart.until or point[0] <= chart.until]
        self.until = chart.until or max((point[0] for point in points), default=None) or marks[-1]
        self.start = chart.since or min([self.until, *marks, *(point[0] for point in points)])
        self.end = max(self.until, *marks, self.start)
        if self.end == self.start:
            self.end += timedelta(hours=1)
        highest, total = max((point[1] for point in points), default=0), chart.total or 0
        self.step = svg.nice_step(max(highest, total) / 5)
        self.top = total if total >= highest and total else max(self.step * -(-highest // self.step), 1)

    def x(self, at):
        return min(1, max(0, (at - self.start) / (self.end - self.start)))

    def y(self, value):
        return 1 - value / self.top

    def values(self):
        """The figures on the left: round ones, and the highest; none so near it that the words would touch."""
        return [v for v in range(0, int(self.top), self.step) if self.top - v > self.step * 0.4] + [self.top]


def _grid(frame, total):
    for value in frame.values():
        y = percent(frame.y(value))
        kind = "axis" if value == 0 else "goal" if value == total else "grid"
        yield element("line", class_=kind, x1=0, x2="100%", y1=y, y2=y)
        yield text(figure_of(value), 0, y, dx=-6, dy="0.35em", text_anchor="end")


def _moments(frame):
    """The moments below: clock times with the date where it changes, or dates alone when days pass."""
    in_days, day = frame.end - frame.start > timedelta(days=4), None
    for index, tick in enumerate(ticks_between(frame.start, frame.end)):
        x = percent(frame.x(tick))
        yield element("line", class_="grid", x1=x, x2=x, y1=0, y2="100%")
        word, kind = f"{tick:%m-%d}" if in_days else f"{tick:%H:%M}", "tick tick-second" if index % 2 else "tick"
        yield text(word, x, "100%", class_=kind, dy="1.4em", text_anchor="middle")
        if not in_days and tick.date() != day:
            yield text(f"{tick:%m-%d}", x, "100%", class_=kind, dy="2.6em", text_anchor="middle")
        day = tick.date()


def _marks(frame, marks):
    """Vertical lines with their words on top, in two rows so that neighbours do not touch."""
    ends = {"-0.6em": -1.0, "-1.8em": -1.0}
    for mark in marks:
        share = frame.x(mark.at)
        row = next((row for row, end in ends.items() if share - end > 0.14), "-1.8em")
        ends[row] = share
        x, anchor = percent(share), "end" if share > 0.88 else "start" if share < 0.06 else "middle"
        yield element("line", class_="mark", x1=x, x2=x, y1=0, y2="100%")
        yield svg.linked(mark.href, text(mark.label, x, 0, class_="mark-label", dy=row, text_anchor=anchor))


def _path(frame, points):
    """Steps: along at the old value, then up or down; the last value holds until the moment asked about."""

    def place(share):
        return f"{round(share * PLOT, 1):g}"

    first, *others = points
    moves = [f"M{place(frame.x(first[0]))} {place(frame.y(first[1]))}"]
    moves += [f"H{place(frame.x(point[0]))}V{place(frame.y(point[1]))}" for point in others]
    return "".join([*moves, f"H{place(frame.x(frame.until))}"])


def _lines(frame, series):
    """The lines in a stretched drawing of their own, so that words and markers outside it keep their size."""
    paths = []
    for position, (one, points) in enumerate(series, 1):
        if points:
            kind, dash = f"line {svg.key_class(one.key, position)}", svg.dash_of(one.key, position)
            paths.append(element("path", class_=kind, d=_path(frame, points), stroke_dasharray=dash))
    stretched = {"width": "100%", "height": "100%", "preserveAspectRatio": "none", "overflow": "visible"}
    return element("svg", *paths, viewbox=f"0 0 {PLOT} {PLOT}", **stretched)


def _points(frame, series):
    """A marker on every point that leads somewhere."""
    for position, (one, points) in enumerate(series, 1):
        for at, value, *href in points:
            if href and href[0]:
                words = f"{timezone.localtime(at):%H:%M} · {one.label} {figure_of(value)}"
                place = percent(frame.x(at)), percent(frame.y(value))
                dot = svg.marker(position, *place, words, class_=svg.key_class(one.key, position))
                yield svg.linked(href[0], dot, words)


def _ends(frame, series):
    """The marker at each line's end and its word beside it, pushed apart where lines end together."""
    ends = [(frame.y(p[-1][1]), position, one, p[-1][1]) for position, (one, p) in enumerate(series, 1) if p]
    x, word_at = percent(frame.x(frame.until)), -1.0
    for share, position, one, value in sorted(ends, key=lambda end: end[:2]):
        word_at = max(share, word_at + LABEL_GAP)
        yield svg.marker(position, x, percent(share), class_=svg.key_class(one.key, position))
        word = text(
            f"{svg.shortened(one.label, WIDE_LABEL)} {figure_of(value)}", x, percent(word_at), dx=9, dy="0.35em"
        )
        yield element("a" if one.href else "g", word, href=one.href, class_="end-label")


def _legend(chart, series):
    items = []
    for position, (one, points) in enumerate(series, 1):
        total = one.total if one.total is not None else chart.total
        figure = figure_of(points[-1][1] if points else 0) + (f" / {figure_of(total)}" if total is not None else "")
        word = svg.linked(one.href, element("span", one.label))
        items.append(element("li", svg.legend_key(position, one.key), word, element("b", figure)))
    return element("ul", *items, class_="chart-legend")


def _table(chart, frame, series):
    """The values at the ticks and marks, and at every change when the table stays short."""
    moments = {*ticks_between(frame.start, frame.end), *(mark.at for mark in chart.marks), frame.start, frame.until}
    changes = {point[0] for _one, points in series for point in points}
    if len(moments | changes) <= TABLE_ROWS:
        moments |= changes
    words = {mark.at: f" · {mark.label}" for mark in chart.marks}
    rows = []
    for at in sorted(moment for moment in moments if frame.start <= moment <= frame.until):
        name = f"{timezone.localtime(at):%Y-%m-%d %H:%M}{words.get(at, '')}"
        rows.append((name, [_cell(one, at, value_at(points, at)) for one, points in series]))
    return svg.table_under(chart, [_("Moment"), *(one.label for one in chart.series)], rows)


def _cell(series, at, value):
    """A figure of the table, with its address where the series gives one."""
    return value, series.href_at(at, value) if series.href_at and value else ""


def line_chart(data):
    """The chart of a `LineChart` (or a dict of its keys) as safe HTML."""
    chart = shaped(LineChart, data)
    if not (chart.until or chart.marks or any(one.points for one in chart.series)):
        return svg.figure_round(chart, "line", element("p", _("Nothing to draw yet."), class_="muted"))
    frame = Frame(chart)
    series = [(one, thinned([p for p in one.points if p[0] <= frame.until])) for one in chart.series]
    content = [*_grid(frame, chart.total), *_moments(frame), *_marks(frame, chart.marks), _lines(frame, series)]
    content += [*_points(frame, series), *_ends(frame, series)]
    has_links = any("<a " in piece for piece in content)
    ends = [f"{one.label} {figure_of(points[-1][1] if points else 0)}" for one, points in series]
    plot = svg.drawing(chart, chart.desc or "; ".join(ends), content, has_links, class_="plot")
    wide = any(svg.width_of(one.label) > END_LABEL for one, points in series if points)
    kind = "line" + " tall" * chart.tall + " ends-wide" * wide
    return svg.figure_round(chart, kind, _legend(chart, series), plot, _table(chart, frame, series))

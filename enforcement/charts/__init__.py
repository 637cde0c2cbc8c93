"""Charts drawn by the server as SVG: line (steps over time), bars (simple or stacked), tiles.

Pure functions: plain data in, safe HTML out; no models, no clock. The shapes of the data are in `shapes.py`; plain
dicts of the same keys will do, so that the apps below need not import this one. Every chart is a <figure> with a title,
a legend whose entries carry the figures, and the same figures as a table; colours come from charts.css by series' key.
"""

from .bars import bar_chart
from .lines import line_chart
from .shapes import Bar, BarChart, LineChart, Mark, Part, Series, Tile, TileChart
from .tiles import tile_chart

__all__ = [
    "Bar",
    "BarChart",
    "LineChart",
    "Mark",
    "Part",
    "Series",
    "Tile",
    "TileChart",
    "bar_chart",
    "line_chart",
    "tile_chart",
]

"""Tiles: one per district, its share filled; words and numbers in a list that stands in for a map, so its own table."""

from . import svg
from .shapes import TileChart, shaped
from .svg import element, figure_of


def _share(tile):
    """The bar of a tile, filled to its share; the words beside it carry the meaning."""
    share = min(1, tile.value / tile.total) if tile.total else 0
    track = element("rect", class_="track", width="100%", height="100%")
    filled = f"fill {svg.key_class(tile.key or 'verified', 4)}"
    return element(
        "svg", track, element("rect", class_=filled, width=svg.percent(share), height="100%"), aria_hidden="true"
    )


def _tile(tile, unit):
    of = f" / {figure_of(tile.total)} {unit}" if tile.total is not None else f" {unit}"
    inner = element("span", tile.label, class_="tile-label")
    inner += element("span", figure_of(tile.value), element("span", of.rstrip(), class_="of"), class_="tile-value")
    if tile.total is not None:
        inner += _share(tile)
    if tile.note:
        inner += element("span", tile.note, class_="tile-note")
    content = svg.linked(tile.href, inner) if tile.href else element("div", inner)
    return element("li", content, class_=f"tile tone-{tile.tone}" if tile.tone else "tile")


def tile_chart(data):
    """The tiles of a `TileChart` (or a dict of its keys) as safe HTML."""
    chart = shaped(TileChart, data)
    tiles = element("ul", *(_tile(tile, chart.unit) for tile in chart.tiles), class_="tiles")
    return svg.figure_round(chart, "tiles", tiles)

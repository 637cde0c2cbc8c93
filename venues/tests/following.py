"""Follows the links of a page and compares each number with the length of the list behind it."""

import html.parser
import re


class _Links(html.parser.HTMLParser):
    """All (address, text) of a page's links, the text as it is read."""

    def __init__(self):
        super().__init__()
        self.found, self._open = [], None

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self._open = [dict(attrs).get("href") or dict(attrs).get("xlink:href") or "", ""]

    def handle_data(self, data):
        if self._open is not None:
            self._open[1] += data

    def handle_endtag(self, tag):
        if tag == "a" and self._open is not None:
            self.found.append((self._open[0], " ".join(self._open[1].split())))
            self._open = None


def links(page):
    parser = _Links()
    parser.feed(page)
    return parser.found


def numbered(page):
    """{(address, number)} of the links that are a number, with or without its counting word ("12", "16 officer
    turnouts"), and of the tiles of figures, whose number is marked."""
    found = {
        (href, int(match[1].replace(",", "")))
        for href, text in links(page)
        if (match := re.fullmatch(r"([\d,]+)(?: \D+)?", text))
    }
    tile = r'<a id="n-[a-z]+" href="([^"]+)">.*?<span class="figure-number">(?:<span[^>]*>)?(?:<b>)?([\d,]+)'
    found |= {(href.replace("&amp;", "&"), int(n)) for href, n in re.findall(tile, page, re.DOTALL)}
    return {(href, n) for href, n in found if href.startswith("/")}


def rows_behind(client, href):
    """How many rows the list at this address counts, over all of its pages."""
    response = client.get(href)
    assert response.status_code == 200, href
    return response.context["page"].paginator.count

"""Every template compiles and keeps to the CSP: no inline script, style or handler; nothing comes from another host."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
ASSETS = sorted(
    path for path in (Path(settings.BASE_DIR) / "static").rglob("*") if path.suffix in {".css", ".js", ".svg"}
)
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:|hx-on|hx-vals=.?js:", re.IGNORECASE
)
FOREIGN = re.compile(r"""(?:src|href|url\(|@import|fetch\()\s*=?\s*["'(]*\s*(?:https?:)?//""", re.IGNORECASE)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles_and_has_nothing_inline(name):
    get_template(name)
    source = (FOLDER / name).read_text()
    assert INLINE.search(source) is None and FOREIGN.search(source) is None


@pytest.mark.parametrize("path", ASSETS, ids=lambda path: path.name)
def test_an_asset_asks_no_other_host(path):
    source = path.read_text()
    assert FOREIGN.search(source) is None and "eval(" not in source and "new Function" not in source


def test_the_patterns_find_what_they_are_for():
    found = ['<p style="x">', '<a onclick="x">', "<script>x</script>", '<p hx-on:click="x">', '<a href="javascript:x">']
    assert all(INLINE.search(text) for text in found)
    assert not INLINE.search('<script src="x" defer></script><p class="style">')
    assert all(FOREIGN.search(text) for text in ['src="https://a"', "url(//a)", '@import "http://a"', "href='//a'"])

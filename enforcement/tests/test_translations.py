"""Every text of the house is there in Chinese: none is missing, none is a guess, and what is filled in stays filled in."""

import ast
import re
import string

import polib
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import template as templates

CATALOGUE = settings.BASE_DIR / "enforcement" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
# which arguments of these functions are texts: (place of the context, places of the texts)
FUNCTIONS = {
    "_": (None, [0]), "gettext": (None, [0]), "gettext_lazy": (None, [0]), "gettext_noop": (None, [0]),
    "ngettext": (None, [0, 1]), "ngettext_lazy": (None, [0, 1]), "pgettext": (0, [1]), "pgettext_lazy": (0, [1]),
    "npgettext": (0, [1, 2]), "npgettext_lazy": (0, [1, 2]),
}  # fmt: skip


def texts_of(source):
    """(context, text) of every text in a Python source that is marked for translation; the singular stands for both."""
    for node in ast.walk(ast.parse(source)):
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if name in FUNCTIONS:
            context, places = FUNCTIONS[name]
            given = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            if len(given) > places[0] and isinstance(given[places[0]], str):
                yield (given[context] if context is not None else None), given[places[0]]


def texts_of_template(source):
    """The same for a template: Django turns it into calls first."""
    text = templates.templatize(source)
    for found in re.finditer(r"(?<![\w.])(?:n?p?gettext|_)\(", text):
        yield from _call_at(text, found.start())


def _call_at(text, start):
    """Parse the call that begins at `start`: to the first closing bracket with which it is Python."""
    for end in range(start, min(len(text), start + 5000)):
        if text[end] == ")":
            try:
                yield from texts_of(text[start : end + 1])
                return
            except SyntaxError:
                continue


def sources():
    for app in ("enforcement", "venues", "complaints", "refunds"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if "tests" not in path.parts and "migrations" not in path.parts:
                yield path, texts_of(path.read_text(encoding="utf-8"))
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        yield path, texts_of_template(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def catalogue():
    assert CATALOGUE.is_file(), "make messages"
    return polib.pofile(str(CATALOGUE))


def placeholders(text):
    return sorted(re.findall(r"%\((\w+)\)[sd]", text)) + sorted(name for _t, name, _f, _c in _braces(text) if name)


def _braces(text):
    try:
        return list(string.Formatter().parse(text))
    except ValueError:
        return []


def test_every_text_has_its_chinese(catalogue):
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue if entry.translated()}
    missing = []
    with translation.override("zh-hans"):
        for path, texts in sources():
            for context, text in texts:
                theirs = context is None and translation.gettext(text) != text  # Django's own catalogue has it
                if text.strip() and (context, text) not in known and not theirs:
                    missing.append(f"{path.relative_to(settings.BASE_DIR)}: {text!r}")
    assert sorted(set(missing)) == []


def test_nothing_is_a_guess(catalogue):
    assert [entry.msgid for entry in catalogue if entry.fuzzy] == []


def test_nothing_is_left_empty(catalogue):
    assert [entry.msgid for entry in catalogue.untranslated_entries() if not entry.obsolete] == []


def test_what_is_filled_in_is_the_same_in_both_languages(catalogue):
    wrong = []
    for entry in catalogue.translated_entries():
        given = set(placeholders(entry.msgid)) | set(placeholders(entry.msgid_plural or ""))
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            if set(placeholders(text)) - given or (
                not entry.msgid_plural and placeholders(text) != placeholders(entry.msgid)
            ):
                wrong.append(entry.msgid)
    assert wrong == []


def test_chinese_has_one_plural(catalogue):
    assert "nplurals=1" in catalogue.metadata["Plural-Forms"]
    assert [entry.msgid for entry in catalogue if entry.msgid_plural and set(entry.msgstr_plural) != {0}] == []


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("_('one')", [(None, "one")]),
        ("x = gettext_lazy('a' 'b')", [(None, "ab")]),
        ("npgettext('counting word', 'venue', 'venues', n)", [("counting word", "venue")]),
        ("_(variable)", []),
    ],
)
def test_the_texts_of_a_source_are_found(source, texts):
    assert list(texts_of(source)) == texts


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('{% load i18n %}{% translate "One (two)" %}', [(None, "One (two)")]),
        (
            "{% load i18n %}{% blocktranslate trimmed with n=1 %}\n  Page {{ n }}\n  of it{% endblocktranslate %}",
            [(None, "Page %(n)s of it")],
        ),
        ('{% translate "venues" context "word" as x %}', [("word", "venues")]),
        ('{{ x|default:_("Send again") }}', [(None, "Send again")]),
        ("{% blocktranslate count n=n %}one{% plural %}{{ n }} many{% endblocktranslate %}", [(None, "one")]),
    ],
)
def test_the_texts_of_a_template_are_found(source, texts):
    assert list(texts_of_template(source)) == texts


def test_no_sentence_is_put_together_from_pieces():
    """A translated text next to a plus sign cannot be put into another order by the translator."""
    found = []
    for app in ("enforcement", "venues"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                    sides = [side for side in (node.left, node.right) if isinstance(side, ast.Call)]
                    if any(getattr(side.func, "id", "") in {"_", "gettext", "gettext_lazy"} for side in sides):
                        found.append(f"{path.name}:{node.lineno}")
    assert found == []

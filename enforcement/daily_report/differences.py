"""What is another: figures against figures (by their paths, with labels), and an edited text against the written one."""

import difflib
import re

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enforcement.daily_report.labels import label, of_both
from enforcement.daily_report.terms import LABELS

_SENTENCES = re.compile(r"(?s).+?(?:[。；\n]+|[;.]\s+|$)")


def leaves(tree, path=""):
    """{dotted path: value} of everything that is no dict; lists are one value."""
    if not isinstance(tree, dict):
        return {path: tree}
    found = {}
    for key, value in tree.items():
        found |= leaves(value, f"{path}.{key}" if path else str(key))
    return found


def changes(old, new):
    """[[path, old, new]] of the figures that differ, those with a label first; None stands for not recorded."""
    one, other = leaves(old or {}), leaves(new or {})
    paths = [*dict.fromkeys([*LABELS, *other, *one])]
    return [[path, one.get(path), other.get(path)] for path in paths if one.get(path) != other.get(path)]


def labelled(found, names=None, *, most=None):
    """These changes as one phrase in the language of the reader; `most` of them. `names`: as in `label`. What has no label is "other
    parts"."""
    chinese = (get_language() or "").startswith("zh")
    known = [change for change in found if label(change[0], names)]
    words = [_phrase(*change, chinese, names) for change in known]
    if found and not words:
        words = [_("parts of the figures")]
    phrase = ("、" if chinese else ", ").join(words[:most])
    return f"{phrase} …" if most and len(words) > most else phrase


def _phrase(path, old, new, chinese, names):
    zh, word, en = label(path, names)
    one, other = of_both(old, new, word, chinese)
    return f"{zh}{one}→{other}" if chinese else f"{en} {one} → {other}"


def corrections(corrects, *, chinese):
    """[(label, old, new)] of what an issue corrects, all in one language."""
    found = []
    for path, old, new in corrects["changes"]:
        if known := label(path, corrects.get("names")):
            found.append((known[0 if chinese else 2], *of_both(old, new, known[1], chinese)))
    return found


def parts(text):
    """The sentences of a text, each with what ends it."""
    return _SENTENCES.findall(text)


def text_difference(old, new):
    """[(kind, text)] in order, kind "same", "del" or "ins": what became of the written text, by sentences."""
    one, other = parts(old), parts(new)
    found = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(one[i:j])))
            continue
        found += [("del", "".join(one[i:j]))] if j > i else []
        found += [("ins", "".join(other[k:m]))] if m > k else []
    return found

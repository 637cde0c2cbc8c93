"""The search key: one lower-cased text per venue that every search looks into with `contains`.

Names and sign as written, their full pinyin, their pinyin initials (`ltwb` finds 蓝天网吧), licence, telephones,
address, remark; separated by newlines so that no hit spans two fields. Not the credit code: its random letters would
answer every short word.

A character with two readings is found by each of them: 朝阳网吧 by `cywb` and by `zywb`. The first reading is that of
the phrase (重庆 is chongqing), the others come from a short table of characters that such names are made of.
"""

import functools
import itertools
import re

from venues.cleaning import clean_text

LONGEST_QUERY = 100  # characters
MOST_WORDS = 6
MOST_READINGS = 8  # of one name

_READINGS = {
    "阿": "a e", "艾": "ai yi", "柏": "bai bo", "蚌": "bang beng", "堡": "bao pu", "泊": "bo po", "埔": "bu pu",
    "藏": "cang zang", "查": "cha zha", "长": "chang zhang", "朝": "chao zhao", "称": "cheng chen",
    "重": "chong zhong", "传": "chuan zhuan", "单": "dan shan", "弹": "dan tan", "都": "du dou",
    "番": "fan pan", "角": "jiao jue", "解": "jie xie", "壳": "ke qiao", "乐": "le yue", "靓": "liang jing",
    "绿": "lv lu", "秘": "mi bi", "牟": "mou mu", "娜": "na nuo", "朴": "pu piao", "茜": "qian xi",
    "覃": "qin tan", "仇": "qiu chou", "圈": "quan juan", "厦": "sha xia", "杉": "shan sha",
    "盛": "sheng cheng", "宿": "su xiu", "拓": "tuo ta", "尉": "wei yu", "蔚": "wei yu", "巷": "xiang hang",
    "校": "xiao jiao", "莘": "xin shen", "行": "xing hang", "仔": "zai zi", "曾": "zeng ceng", "翟": "zhai di",
    "粘": "zhan nian",
}  # fmt: skip


@functools.lru_cache(maxsize=30_000)
def _syllable(char):
    """The reading of one Chinese character, without tone (女 is nv); any other character is itself."""
    from pypinyin import lazy_pinyin  # 150 ms to import, so only where it is needed

    return lazy_pinyin(char)[0].lower()


def _syllables(text):
    """The reading of `text`, one entry per character. Phrases are looked up only where it matters: that is slow."""
    if not any(char in _READINGS for char in text):
        return [_syllable(char) for char in text]
    from pypinyin import lazy_pinyin

    return [s.lower() for s in lazy_pinyin(text, errors=list)]


@functools.lru_cache(maxsize=4096)
def readings(text):
    """How `text` may be typed: a tuple of (full pinyin, initials), the likeliest first, at most MOST_READINGS; without
    blanks and punctuation.

    >>> readings("蓝天网吧")
    (('lantianwangba', 'ltwb'),)
    """
    text = "".join(char for char in text if char.isalnum())
    if not any(char in _READINGS for char in text):  # nearly every name; a third of the time of a large import
        syllables = _syllables(text)
        return (("".join(syllables), "".join(s[:1] for s in syllables)),)
    choices = []
    for char, first in zip(text, _syllables(text), strict=True):
        others = [s for s in _READINGS.get(char, "").split() if s != first]
        choices.append([first, *others])
    ways = itertools.islice(itertools.product(*choices), MOST_READINGS * MOST_READINGS)
    likeliest = sorted(ways, key=lambda way: sum(s != choice[0] for s, choice in zip(way, choices, strict=True)))
    return tuple(("".join(way), "".join(s[:1] for s in way)) for way in likeliest[:MOST_READINGS])


def pinyin_of(text):
    """(full pinyin, initials) of `text` in its likeliest reading; 蓝天网吧 is ("lantianwangba", "ltwb")."""
    return readings(text)[0]


def search_key(venue):
    """The text that searches look into; a str, several lines."""
    names = [n for n in dict.fromkeys([clean_text(venue.name), clean_text(venue.sign_name)]) if n]
    parts = list(names)
    for name in names:
        for way in readings(name):
            parts.extend(way)
    phones = [venue.phone, venue.phone_2]
    parts += [venue.licence_no, *phones, *(p.replace("-", "") for p in phones if "-" in p)]
    parts += [clean_text(venue.address), clean_text(venue.remark)]
    return "\n".join(dict.fromkeys(p.lower() for p in parts if p))


def words_of(query):
    """The words that a search must find, as `search_key` writes them: full-width letters, ü and dashes evened out."""
    words = clean_text(query)[:LONGEST_QUERY].lower().replace("ü", "v").split()[:MOST_WORDS]
    return [word.replace("-", "") if re.fullmatch(r"1[\d-]{10,}", word) else word for word in words]

"""What the figures of a report are called, by their paths, in both languages and with their counting words; and how a value reads.

A report keeps its words: it is written in both languages at once, whoever drafts it. Names of categories, districts, channels and
topics are those that were kept with it."""

from enforcement.daily_report.spans import duration_en, duration_zh, when_en, when_zh
from enforcement.daily_report.terms import (
    COUNTS,
    FLOWS,
    LABELS,
    MARKETS,
    MINUTES,
    OF_CALLS,
    PERIODS,
    REASONS,
    SPREAD,
    STANDINGS,
    STATES,
    STEPS,
    SUPPLIES,
)
from enforcement.daily_report.words import local, printed


def label(path, names=None):
    """(Chinese, counting word, English) of a figure, None where it has no words. "day.…" and "since.…" are the flows of a report's own
    period. `names`: the names that a report keeps, as `basis["names"]`."""
    lead, _dot, rest = path.partition(".")
    if lead in PERIODS and (of := label(rest, names)):
        zh, en = PERIODS[lead]
        return f"{zh}{of[0]}", of[1], f"{of[2]} {en}"
    if path in LABELS:
        return LABELS[path]
    match path.split("."):
        case ["closures", "states", state] if state in STATES:
            zh, en = STATES[state]
            return f"名单内“{zh}”场所", "家", f"venues on the list: {en}"
        case ["closures", ("by_category" | "by_district") as kind, key, what] if f"closures.{what}" in LABELS:
            zh, en = _name(names, kind.removeprefix("by_"), key)
            of = LABELS[f"closures.{what}"]
            return f"{zh}{of[0]}", of[1], f"{en}: {of[2]}"
        case ["supplies", "movements"]:
            return "物资收发记录", "条", "movements of supplies"
        case ["supplies", category, flow] if flow in FLOWS:
            zh, word, en = SUPPLIES.get(category, (category, "件", category))
            return f"{zh}{FLOWS[flow][0]}", word, f"{en} {FLOWS[flow][1]}"
        case ["complaints", *rest]:
            return _of_calls(rest, names)
        case ["refunds", *rest]:
            return _of_tours(rest)
    return None


def _of_calls(rest, names):
    match rest:
        case ["by_channel", slug]:
            zh, en = _name(names, "channel", slug) if slug else ("渠道未填", "channel not said")
            return f"{zh}受理投诉举报", "件", f"complaints accepted: {en}"
        case ["by_topic", slug]:
            zh, en = _name(names, "topic", slug) if slug else ("事项未填", "topic not said")
            return f"{zh}类投诉举报", "件", f"complaints about {en}"
        case ["by_district", code]:
            zh, en = _name(names, "of_calls", code) if code else ("县区未填", "district not said")
            return f"{zh}投诉举报", "件", f"complaints accepted: {en}"
        case ["by_status", status] if status in STEPS:
            zh, en = STEPS[status]
            return f"“{zh}”投诉举报", "件", f"complaints: {en}"
        case ["minutes", step, what] if step in MINUTES and what in SPREAD:
            zh, word, en = SPREAD[what]
            return f"{MINUTES[step][0]}{zh}", word, f"{MINUTES[step][1]}, {en}"
    return OF_CALLS.get(".".join(rest))


def _of_tours(rest):
    match rest:
        case ["by_market", bucket, what]:
            which = [MARKETS.get(bucket, (bucket, bucket))]
        case [status, "by_market", bucket, what] if status in STANDINGS:
            which = [STANDINGS[status], MARKETS.get(bucket, (bucket, bucket))]
        case ["outstanding_by_reason", reason, what]:
            which = [("待退费", "still to be refunded"), REASONS.get(reason, (reason, reason))]
        case [status, what] if status in STANDINGS:
            which = [STANDINGS[status]]
        case _:
            return None
    if what not in COUNTS:
        return None
    zh, word, en = COUNTS[what]
    return f"{'、'.join(one for one, _other in which)}{zh}", word, f"{en}, {', '.join(other for _one, other in which)}"


def _name(names, kind, key):
    return next(((zh, en) for slug, zh, en in (names or {}).get(kind, []) if slug == key), (key, key))


# --- values -----------------------------------------------------------------------------------------------------------------
def of_both(old, new, word, chinese):
    """The two values of a change in words; lists that are equally long by what is in them."""
    if isinstance(old, list) and isinstance(new, list) and word and len(old) == len(new):
        word = ""
    return in_words(old, word, chinese), in_words(new, word, chinese)


def in_words(value, word, chinese):
    """A value with its counting word: 184家, 232小时, 未统计."""
    if value is None:
        return "未统计" if chinese else "not recorded"
    if isinstance(value, list):
        return _listed(value, word, chinese)
    if isinstance(value, str):
        return _moment(value, chinese)
    if word in _SECONDS:
        return printed(value, (duration_zh if chinese else duration_en)(int(value) * _SECONDS[word]))
    return f"{value}{word}" if chinese else f"{value}"


_SECONDS = {"秒": 1, "分钟": 60}


def _moment(text, chinese):
    try:
        return (when_zh if chinese else when_en)(local(text))
    except ValueError:
        return text


def _listed(rows, word, chinese):
    if word:
        return f"{len(rows)}{word}" if chinese else f"{len(rows)}"
    told = [_row(row, chinese) for row in rows]
    return ("、" if chinese else ", ").join(told) or ("无" if chinese else "none")


def _row(row, chinese):
    match row:
        case {"number": number}:
            return number
        case {"start": start, "end": end}:
            return f"{_moment(start, chinese)}{'至' if chinese else ' to '}{_moment(end, chinese)}"
    return str(row)

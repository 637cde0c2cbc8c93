"""Moments and spans of time in both languages of the report."""

from enforcement.daily_report.words import day_before_midnight, printed


def when_zh(moment):
    date, hour, minute = day_before_midnight(moment)
    return f"{date.month}月{date.day}日{hour}时" + (f"{minute}分" if minute else "")


def when_en(moment):
    date, hour, minute = day_before_midnight(moment)
    return f"{hour:02}:{minute:02} on {date.day} {date:%B}"


def duration_zh(seconds):
    """232小时, 3小时58分, 45分, 30秒; 未统计 for None."""
    if seconds is None:
        return "未统计"
    hours, rest = divmod(int(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    words = [f"{n}{word}" for n, word in ((hours, "小时"), (minutes, "分"), (rest, "秒")) if n]
    return printed(seconds, "".join(words) or "0小时")


def duration_en(seconds):
    """232 h, 3 h 58 min, 45 min, 30 s; words for None."""
    if seconds is None:
        return "time not recorded as"
    hours, rest = divmod(int(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    words = [f"{n} {word}" for n, word in ((hours, "h"), (minutes, "min"), (rest, "s")) if n]
    return printed(seconds, " ".join(words) or "0 h")

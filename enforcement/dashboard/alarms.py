"""What is wrong at the moment, worst first: the head of the dashboard and of its wall."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enforcement.templatetags.house import minutes_words

BAD, WARN = "bad", "warn"
ON_WALL = 6  # more lines than this leave the numbers no room


@dataclass(frozen=True)
class Alarm:
    """One thing that somebody has to see to: its sentence, a `note` after it, where it leads."""

    key: str
    tone: str
    words: str
    href: str = ""
    note: str = ""


def alarms_of(page):
    """The Alarms of a Dashboard, the bad ones first."""
    found = [*_closures(page), *_duty(page), *_complaints(page), *_refunds(page), *_store(page), *_figures(page)]
    return sorted(found, key=lambda alarm: alarm.tone != BAD)


def on_wall(alarms):
    """(those that the wall shows, how many more there are): the last place says how many more, and is never lost for one."""
    if len(alarms) <= ON_WALL:
        return alarms, 0
    return alarms[: ON_WALL - 1], len(alarms) - ON_WALL + 1


def _closures(page):
    if page.board is None:
        return
    closures, links = page.figures.closures, page.links
    if n := closures["violating"]:
        words = ngettext("%(n)s venue is running", "%(n)s venues are running", n) % {"n": n}
        lasted = minutes_words(page.board.violating[0][1])
        note = (_("for %(duration)s") if n == 1 else _("the longest for %(duration)s")) % {"duration": lasted}
        yield Alarm("violating", BAD, words, links.of("closures.violating"), note)
    if n := closures["overdue"]:
        words = ngettext("%(n)s venue is overdue", "%(n)s venues are overdue", n) % {"n": n}
        yield Alarm("overdue", BAD, words, links.of("closures.overdue"), _("never yet seen closed by two"))
    if n := closures["stale"]:
        words = ngettext("%(n)s venue is due for another look", "%(n)s venues are due for another look", n) % {"n": n}
        yield Alarm("stale", WARN, words, links.of("closures.stale"), _("recheck hours passed"))


def _duty(page):
    links, live = page.links, page.live  # who is on duty stands on a page of now; of the past its gaps and holders do
    for words in page.duty.broken:
        href = links.duty if live else links.of("duty.gaps")
        yield Alarm("uncovered", BAD, _("Not covered: %(what)s") % {"what": words}, href)
    for post in page.duty.posts:
        if post.unrelieved:
            words = _("%(post)s: the duty of %(name)s is over and nobody has taken over") % {
                "post": post.custody.get_post_display(), "name": post.officer,
            }  # fmt: skip
            yield Alarm("unrelieved", WARN, words, links.duty if live else links.holders(post.key))


def _complaints(page):
    found, links = page.figures.complaints, page.links
    if n := found["by_status"]["dispatched"]:
        words = ngettext("%(n)s complaint waits for a signature", "%(n)s complaints wait for a signature", n) % {"n": n}
        waited = page.unsigned_since and minutes_words(page.unsigned_for)
        note = _("the oldest for %(duration)s") % {"duration": waited} if waited else ""
        yield Alarm("unsigned", BAD, words, links.of("complaints.by_status.dispatched"), note)
    if n := found["by_status"]["registered"]:
        words = ngettext("%(n)s complaint waits to be dispatched", "%(n)s complaints wait to be dispatched", n) % {
            "n": n
        }
        yield Alarm("to_dispatch", WARN, words, links.of("complaints.by_status.registered"))
    if n := found["overdue"]:
        words = ngettext("%(n)s answer to a caller is overdue", "%(n)s answers to callers are overdue", n) % {"n": n}
        yield Alarm("unanswered", BAD, words, links.of("complaints.overdue"))
    if n := found["handled_not_told"]:
        words = ngettext(
            "%(n)s caller is not told of what was done", "%(n)s callers are not told of what was done", n
        ) % {"n": n}
        yield Alarm("not_told", WARN, words, links.of("complaints.handled_not_told"))


def _refunds(page):
    if n := page.figures.refunds["silent"]:
        words = ngettext("%(n)s travel agency has not reported", "%(n)s travel agencies have not reported", n) % {
            "n": n
        }
        yield Alarm("silent", WARN, words, page.links.of("refunds.silent"))


def _store(page):
    low = [_low(row) for row in page.stock if row.low]
    if low:
        words = ngettext("%(n)s supply is low", "%(n)s supplies are low", len(low)) % {"n": len(low)}
        yield Alarm("low", WARN, words, page.links.low, "、".join(low[:3]) + ("…" if low[3:] else ""))
    if n := page.figures.staff["abnormal"]:
        words = ngettext("%(n)s officer is not cleared for duty", "%(n)s officers are not cleared for duty", n) % {
            "n": n
        }
        yield Alarm("abnormal", BAD, words, page.links.of("staff.abnormal"))


def _low(row):
    """Of a supply that is low, by which rule: what there is, and the level that it fell below."""
    return f"{row.item.name} {row.on_hand} < {row.item.low_level}"


def _figures(page):
    for words in page.figures.broken:
        yield Alarm("broken", BAD, _("Figures that do not add up: %(what)s") % {"what": words})

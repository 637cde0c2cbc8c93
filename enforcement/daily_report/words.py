"""What both languages of the report go by: when "all" may be said, what 余 means, which problems the figures show.

余 (asked for by the drafter): a number that stands alone is given by its leading digits and "more than": from 20 on down to tens,
from 1,000 on down to hundreds, from 10,000 on to thousands (184 → 180余, 2,345 → 2300余); a number that is round already stays as
it is, without 余. Exact stays everything that stands against another number (n of N, parts of a sum, what is left over), durations,
and what is wrong: problems are never rounded.
"""

import datetime

from django.utils import timezone

from enforcement.daily_report.numbers import leaf


class Traced(int):
    """A number that knows its figure: printed, it stands between marks with the path. Text with marks is shown, never kept."""

    OPEN, SPLIT, CLOSE = "\ue000", "\ue001", "\ue002"

    def __new__(cls, number, path):
        self = super().__new__(cls, number)
        self.path = path
        return self

    def __format__(self, spec):
        return self.marked(format(int(self), spec))

    def __sub__(self, other):
        rest = int(self) - int(other)
        return Traced(rest, f"{self.path}-{other.path}") if isinstance(other, Traced) else rest

    def marked(self, text):
        return f"{self.OPEN}{self.path}{self.SPLIT}{text}{self.CLOSE}"


class TracedRows(list):
    """Rows that know the figure which counts them."""

    def __init__(self, rows, path):
        super().__init__(rows)
        self.path = path


def printed(number, text):
    """The words in which a number is told, traced when it is."""
    return number.marked(text) if isinstance(number, Traced) else text


def how_many(rows):
    return Traced(len(rows), rows.path) if isinstance(rows, TracedRows) else len(rows)


def total(rows, name, path):
    """The sum of one column, known as the figure `path`."""
    numbers = [row[name] for row in rows]
    return Traced(sum(numbers), path) if any(isinstance(one, Traced) for one in numbers) else sum(numbers)


def rounded(number):
    """(the number that is written, whether there is more to it)."""
    step = 1 if number < 20 else 10 if number < 1000 else 10 ** (len(str(number)) - 2)
    floor = int(number) // step * step
    return floor, floor != number


def is_all(part, total):
    """Whether "all" is true: both are known, there is something, and the one is the other."""
    return part is not None and bool(total) and part == total


def local(text):
    """The local moment that a figure's text names."""
    return timezone.localtime(datetime.datetime.fromisoformat(text))


def day_before_midnight(moment):
    """(date, hour, minute) as reports write it: 00:00 is 24:00 of the day that has ended."""
    if (moment.hour, moment.minute) == (0, 0):
        return moment.date() - datetime.timedelta(days=1), 24, 0
    return moment.date(), moment.hour, moment.minute


def whole_day(start, end):
    """The date when the two local moments are its ends, else None."""
    midnight = (start.hour, start.minute, start.second) == (0, 0, 0)
    return start.date() if midnight and end - start == datetime.timedelta(days=1) else None


def short_of(figures, basis):
    """[(code, {name: number})]: what the figures show to be wanting, the gravest first. Unknown is no problem here, but `unknown`."""
    closures, complaints, refunds = figures["closures"] or {}, figures["complaints"], figures["refunds"]
    targets = closures.get("targets") or 0
    found = [
        ("violating", closures.get("violating")),
        ("overdue", closures.get("overdue")),
        ("untold", targets - (closures.get("told") or 0)),
        ("never_seen", closures.get("never_seen")),
        ("stale", closures.get("stale")),
        ("unstopped", figures["patrols"]["violations_found"] - figures["patrols"]["violations_stopped"]),
        ("complaints_open", complaints["open"]),
        ("complaints_overdue", complaints["overdue"]),
        ("not_told", complaints["handled_not_told"]),
        ("gaps", how_many(figures["duty"]["gaps"] or [])),
        ("silent", refunds["silent"]),
    ]
    problems = [(code, {"n": n}) for code, n in found if n]
    if owed := _outstanding(refunds):
        problems.append(("unpaid", owed))
    abnormal = figures["staff"]["abnormal"]
    problems += [("staff", {"n": abnormal})] if abnormal else []
    return problems


def _outstanding(refunds):
    """{"groups", "people"} that still wait for money; {} when none does."""
    rows = (refunds.get("outstanding_by_reason") or {}).values()
    groups, people = (total(rows, name, f"refunds.outstanding.{name}") for name in ("groups", "people"))
    return {"groups": groups, "people": people} if groups else {}


def unknown(figures):
    """The codes of what is not recorded at all."""
    found = []
    if leaf(figures, "patrols.vehicle_times") is None:
        found.append("vehicles")
    if leaf(figures, "duty.required_seconds") is None:
        found.append("duty")
    if not figures["supplies"]:
        found.append("supplies")
    if leaf(figures, "staff.checked") is None:
        found.append("staff")
    return found

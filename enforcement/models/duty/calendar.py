"""Holidays and make-up workdays, as rows that can be edited while they run: the 2020 Spring Festival was extended in its middle."""

import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from venues.transitions import Refused

MOST_DAYS = 92  # that are marked in one step: a longer holiday is a slip of the keyboard


class DayType(models.TextChoices):
    """What a date is by the calendar. A date without a row is a workday from Monday to Friday, else a day of rest."""

    WORKDAY = "workday", _("workday")
    REST = "rest", _("day of rest")
    STATUTORY = "statutory", _("statutory holiday")


class DayTypes(models.TextChoices):
    """On which dates a rule or a rotation holds."""

    ALL = "all", _("every day")
    WORKDAYS = "workdays", _("workdays")
    FREE = "free", _("days of rest and holidays")
    STATUTORY = "statutory", _("statutory holidays")

    def holds(self, day_type):
        """Whether a date of this DayType belongs to these."""
        return {
            DayTypes.ALL: True,
            DayTypes.WORKDAYS: day_type == DayType.WORKDAY,
            DayTypes.FREE: day_type != DayType.WORKDAY,
            DayTypes.STATUTORY: day_type == DayType.STATUTORY,
        }[self]


class CalendarQuerySet(models.QuerySet):
    def types(self, first, last):
        """{date: DayType} for every date from `first` to `last`, both included. One query."""
        rows = dict(self.filter(date__range=(first, last)).values_list("date", "kind"))
        days = (first + datetime.timedelta(days=n) for n in range((last - first).days + 1))
        return {day: DayType(rows.get(day) or _by_weekday(day)) for day in days}

    def add_working_days(self, start, days):
        """The moment `days` working days after `start`, at the same clock time of Asia/Shanghai."""
        moment = timezone.localtime(start)
        while days > 0:
            ahead = self.types(moment.date() + _DAY, moment.date() + _DAY * (days * 2 + 14))
            for day, kind in ahead.items():
                if days == 0:
                    break
                days -= kind == DayType.WORKDAY
                moment = moment.replace(year=day.year, month=day.month, day=day.day)
        return moment

    @transaction.atomic
    def mark(self, first, last, *, by, kind, name="", basis="", at=None):
        """Say what the dates from `first` to `last` are, both included; an empty `kind` gives them back to their weekdays. Returns
        how many rows were written or taken away. Who is planned on these days stays; rules, rotations and loads follow at once."""
        if last < first:
            raise Refused(_("The last day is not before the first."))
        count = (last - first).days + 1
        if count > MOST_DAYS:
            raise Refused(_("Mark %(days)s days at the most in one step."), params={"days": MOST_DAYS})
        if kind:
            values = {"kind": kind, "name": name, "basis": basis}
            for n in range(count):
                self.update_or_create(date=first + _DAY * n, defaults=values)
        else:
            count, _by_model = self.filter(date__range=(first, last)).delete()
        if by is not None:
            by.leave_trail("calendar_change", detail={"what": f"{first} – {last} {kind}".strip(), "rows": count}, at=at)
        return count


_DAY = datetime.timedelta(days=1)


def _by_weekday(day):
    return DayType.WORKDAY if day.weekday() < 5 else DayType.REST


class CalendarDay(models.Model):
    """A date that is not what its weekday says (State Council notices on holidays and make-up workdays)."""

    date = models.DateField(_("date"), unique=True)
    kind = models.CharField(_("kind of day"), max_length=10, choices=DayType.choices)
    name = models.CharField(_("name of the holiday"), max_length=40, blank=True)
    basis = models.CharField(_("basis"), max_length=120, blank=True)

    objects = CalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["date"]

    def __str__(self):
        return f"{self.date} {self.name}".strip()

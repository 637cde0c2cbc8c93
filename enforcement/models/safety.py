"""队员安全: temperature and symptoms, isolation, disinfection. Seen only by the person and by who may; only counts leave."""

import datetime
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty import Assignment
from venues.append_only import Fact
from venues.models.patrols import CLOCK_TOLERANCE
from venues.transitions import Refused, TooLate, move
from venues.words import when, who

FEVER = Decimal("37.3")  # °C: from here on nobody is cleared
COLDEST, HOTTEST = Decimal(34), Decimal(43)  # what a living person can have
LATE = datetime.timedelta(hours=24)  # how far back a check may be written down
LATE_ISOLATION = datetime.timedelta(days=30)
LATE_DISINFECTION = datetime.timedelta(days=7)
LONGEST = datetime.timedelta(days=90)  # of one isolation with an end


def _refuse_moment(field, moment, at, late, words):
    """Raise Refused when `moment` lies ahead of the clock `at`, or further back than `late`."""
    if moment > at + CLOCK_TOLERANCE:
        raise Refused({field: gettext("This moment lies in the future.")})
    if moment < at - late:
        raise Refused({field: words})


def _officer(label, **more):
    more.setdefault("related_name", "+")
    return models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=label, on_delete=models.PROTECT, **more)


class HealthCheckQuerySet(models.QuerySet):
    def until(self, at):
        """What was measured at or before the moment `at`."""
        return self.filter(at__lte=at)

    def in_order(self):
        return self.order_by("at", "pk")

    @transaction.atomic
    def record(
        self, *, by, temperature, slot, officer=None, symptoms="", contact=False, off_duty=False, date=None,
        measured_at=None, at=None,
    ):  # fmt: skip
        """Write down a measurement of oneself; who may record health also one of `officer`, up to 24 h late, and may send him
        off duty. `date` is the duty date it belongs to (None: that of the duty that runs or comes). Returns the HealthCheck."""
        from enforcement.safety import duty_date

        at, officer = at or timezone.now(), officer or by
        measured_at = measured_at or at
        if (off_duty or officer.pk != by.pk) and not by.has_perm("enforcement.record_health"):
            raise Refused(gettext("Only who may record health writes down the check of another, or sends off duty."))
        if not COLDEST <= temperature <= HOTTEST:
            raise Refused({"temperature": gettext("The temperature lies between 34.0 and 43.0 °C.")})
        _refuse_moment("at", measured_at, at, LATE, gettext("A check is written down within 24 hours."))
        values = {"temperature": temperature, "symptoms": symptoms.strip()[:200], "contact": contact}
        return self.create(
            officer=officer, by=by, slot=slot, at=measured_at, recorded_at=at, date=date or duty_date(officer, measured_at),
            result=HealthCheck.Result.OFF_DUTY if off_duty else _result(**values), **values,
        )  # fmt: skip


def _result(*, temperature, symptoms, contact):
    well = temperature < FEVER and not symptoms and not contact
    return HealthCheck.Result.CLEARED if well else HealthCheck.Result.RECHECK


class HealthCheck(Fact):
    """One measurement of one officer. `result` follows from what was measured and said (37.3 °C or more, a symptom, a contact:
    not cleared), or a supervisor sent him off duty. Which of a day's checks counts, says `enforcement.safety.counting`."""

    class Slot(models.TextChoices):
        START = "start", _("start of the shift")
        MIDDLE = "middle", _("middle of the shift")
        END = "end", _("end of the shift")

    class Result(models.TextChoices):
        CLEARED = "cleared", _("cleared")
        RECHECK = "recheck", _("measure again")
        OFF_DUTY = "off_duty", _("off duty")

    officer = _officer(_("officer"), related_name="health_checks")
    date = models.DateField(_("duty date"))
    slot = models.CharField(_("when in the shift"), max_length=6, choices=Slot.choices, default=Slot.START)
    at = models.DateTimeField(_("at"), default=timezone.now)
    temperature = models.DecimalField(_("temperature (°C)"), max_digits=3, decimal_places=1)
    symptoms = models.CharField(_("symptoms"), max_length=200, blank=True)
    contact = models.BooleanField(_("contact with a case or a region at risk"), default=False)
    result = models.CharField(_("result"), max_length=8, choices=Result.choices)
    by = _officer(_("recorded by"))

    objects = HealthCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("health check")
        verbose_name_plural = _("health checks")
        ordering = ["-at", "-pk"]
        permissions = [
            ("see_health", _("Can see the health checks of others")),
            ("record_health", _("Can record health checks of others, isolation and disinfection")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(temperature__gte=34) & Q(temperature__lte=43), name="temperature_of_a_living_person",
                violation_error_message=_("The temperature lies between 34.0 and 43.0 °C."),
            ),
            models.CheckConstraint(
                condition=~Q(result="cleared") | Q(temperature__lt=FEVER, symptoms="", contact=False),
                name="only_the_well_are_cleared",
                violation_error_message=_("With 37.3 °C or more, a symptom or a contact nobody is cleared."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["date", "officer"], name="health_check_by_date")]

    def __str__(self):
        return f"{self.date} {self.get_slot_display()}"

    @property
    def is_cleared(self):
        return self.result == self.Result.CLEARED

    @property
    def badge(self):
        """The house's state whose shape and tone it has."""
        return {"cleared": "resolved", "recheck": "waiting", "off_duty": "open"}[self.result]

    @property
    def by_himself(self):
        return self.by_id == self.officer_id


class IsolationQuerySet(models.QuerySet):
    def touching(self, start, end):
        """Isolations that share a moment with [start, end); an open one has no end yet."""
        return self.filter(start__lt=end).filter(Q(end=None) | Q(end__gt=start))

    def running(self, at):
        """Isolations that hold the moment `at`."""
        return self.filter(start__lte=at).filter(Q(end=None) | Q(end__gt=at))

    def with_people(self):
        return self.select_related("officer", "by", "ended_by")

    @transaction.atomic
    def begin(self, *, by, officer, reason, start=None, end=None, place="", at=None):
        """Keep an officer apart from `start` (now) on, until `end` where it is known; he does not count on duty meanwhile.
        It may be recorded up to 30 days late. Returns the Isolation."""
        from enforcement.duty import changing

        at = at or timezone.now()
        start = start or at
        _refuse_moment("start", start, at, LATE_ISOLATION, gettext("Isolation is recorded within 30 days."))
        _refuse_end(start, end)
        if not reason.strip():
            raise Refused({"reason": gettext("Say why.")})
        changing.hold([officer.pk], [])
        standing = self.filter(officer=officer).filter(Q(end=None) | Q(end__gt=start))
        standing = standing.filter(start__lt=end) if end else standing
        if first := standing.with_people().first():
            raise TooLate(first._recorded_already())
        values = {"reason": reason.strip()[:200], "place": place.strip()[:80], "by": by, "recorded_at": at}
        try:
            with transaction.atomic():
                isolation = self.create(officer=officer, start=start, end=end, **values)
        except IntegrityError:  # two who both waited for the lock, where there is none
            raise TooLate(self.with_people().get(officer=officer, end=None)._recorded_already()) from None
        by.leave_trail("isolation", about=isolation, at=at)
        return isolation


def _refuse_end(start, end):
    if end is not None and end <= start:
        raise Refused({"end": gettext("Isolation ends after it began.")})
    if end is not None and end - start > LONGEST:
        raise Refused({"end": gettext("Isolation lasts 90 days at the most: leave the end open when it is not known.")})


class Isolation(models.Model):
    """An officer is kept apart from a moment until a moment; it subtracts from duty like leave."""

    officer = _officer(_("officer"), related_name="isolations")
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    place = models.CharField(_("place"), max_length=80, blank=True)
    by = _officer(_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    ended_by = _officer(_("end recorded by"), null=True, blank=True)

    objects = IsolationQuerySet.as_manager()

    class Meta:
        verbose_name = _("isolation")
        verbose_name_plural = _("isolations")
        ordering = ["-start", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gt=F("start")), name="isolation_ends_after_it_began",
                violation_error_message=_("Isolation ends after it began."),
            ),
            models.UniqueConstraint(
                fields=["officer"], condition=Q(end=None), name="one_open_isolation_of_an_officer",
                violation_error_message=_("This officer is in isolation already."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{timezone.localtime(self.start):%Y-%m-%d}"

    def uncovers(self, at):
        """The published duties of the officer from `at` on that fall into it: somebody has to be found for each."""
        rows = Assignment.objects.in_force().filter(officer=self.officer_id, end__gt=max(at, self.start))
        rows = rows.filter(start__lt=self.end) if self.end else rows
        return rows.select_related("shift", "officer").order_by("start", "pk")

    @staticmethod
    def add_uncovered(isolations, at):
        """Give each of these isolations `duties`, what `uncovers` says. One query."""
        officers = {one.officer_id for one in isolations if one.end is None or one.end > at}
        rows = Assignment.objects.in_force().filter(officer__in=officers, end__gt=at)
        rows = list(rows.select_related("shift", "officer").order_by("start", "pk"))
        for one in isolations:
            one.duties = [
                row
                for row in rows
                if row.officer_id == one.officer_id and row.end > one.start and (one.end is None or row.start < one.end)
            ]

    @transaction.atomic
    def finish(self, *, by, end=None, at=None):
        """It ends at `end` (now), which may also lie ahead: the day of release is known, or has moved. What is over stays."""
        at = at or timezone.now()
        end = end or at
        _refuse_end(self.start, end)
        lasting = Isolation.objects.filter(pk=self.pk).filter(Q(end=None) | Q(end__gt=at))
        move(lasting, otherwise=self._who_was_first, end=end, ended_by=by)
        self.refresh_from_db()
        by.leave_trail("isolation_end", about=self, at=at)

    def _recorded_already(self):
        named = {"officer": self.officer, "start": when(self.start), "name": who(self.by)}
        return (
            gettext("%(officer)s is in isolation from %(start)s on already, recorded by %(name)s: end that first.")
            % named
        )

    def _who_was_first(self):
        first = Isolation.objects.with_people().get(pk=self.pk)
        named = {"time": when(first.end), "name": who(first.ended_by or first.by)}
        return gettext("%(name)s has recorded already that it ended at %(time)s.") % named


class DisinfectionQuerySet(models.QuerySet):
    @transaction.atomic
    def write(self, *, by, place, agent, remark="", done_at=None, at=None):
        """A line of the log: what was disinfected with what, at `done_at` (now). Returns the Disinfection."""
        at = at or timezone.now()
        done_at = done_at or at
        late = gettext("Disinfection is written down within seven days.")
        _refuse_moment("at", done_at, at, LATE_DISINFECTION, late)
        values = {"place": place.strip()[:80], "agent": agent.strip()[:80], "remark": remark.strip()[:200]}
        return self.create(by=by, at=done_at, recorded_at=at, **values)


class Disinfection(Fact):
    """消杀: one line of the disinfection log."""

    at = models.DateTimeField(_("at"), default=timezone.now)
    place = models.CharField(_("place"), max_length=80)
    agent = models.CharField(_("agent and concentration"), max_length=80)
    by = _officer(_("by"))
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    objects = DisinfectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("disinfection")
        verbose_name_plural = _("disinfection log")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {self.place}"

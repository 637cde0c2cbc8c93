"""队员安全: temperature and symptoms, isolation, disinfection. Seen only by the person and by who may; only counts leave."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from venues.append_only import Fact


def _officer(label, **more):
    more.setdefault("related_name", "+")
    return models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=label, on_delete=models.PROTECT, **more)


class HealthCheck(Fact):
    """One measurement of one officer. The latest of a slot counts; `result` follows from what was measured and said
    (37.3 °C or more, a symptom, a contact: not cleared), and a supervisor may send somebody off duty."""

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
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["date", "officer"], name="health_check_by_date")]

    def __str__(self):
        return f"{self.date} {self.get_slot_display()}"


class IsolationQuerySet(models.QuerySet):
    def touching(self, start, end):
        """Isolations that share a moment with [start, end); an open one has no end yet."""
        return self.filter(start__lt=end).filter(Q(end=None) | Q(end__gt=start))


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


class Disinfection(Fact):
    """消杀: one line of the disinfection log."""

    at = models.DateTimeField(_("at"), default=timezone.now)
    place = models.CharField(_("place"), max_length=80)
    agent = models.CharField(_("agent and concentration"), max_length=80)
    by = _officer(_("by"))
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("disinfection")
        verbose_name_plural = _("disinfection log")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {self.place}"

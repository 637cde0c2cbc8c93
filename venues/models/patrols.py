"""Patrols: who went out, when, in what; the effort of the team."""

import datetime

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from venues.transitions import Refused, move
from venues.words import when, who

CLOCK_TOLERANCE = datetime.timedelta(minutes=5)  # how far a fact may lie ahead of the server's clock
_TRIES = 100  # for a number that others take at the same moment


class PatrolQuerySet(models.QuerySet):
    def until(self, at):
        """Patrols that had left by the moment `at`."""
        return self.filter(left_at__lte=at)

    def out(self, at=None):
        """Patrols that were under way at the moment `at`; without it, that have not come back."""
        if at is None:
            return self.filter(returned_at=None)
        return self.until(at).filter(Q(returned_at=None) | Q(returned_at__gt=at))

    def outings(self, until):
        """Patrols that went out by the moment `until`; looking at screens is no outing."""
        return self.until(until).exclude(kind=Patrol.Kind.ONLINE)

    def person_times(self, until):
        """人次: the members summed over the outings; an int."""
        return Patrol.members.through.objects.filter(patrol__in=self.outings(until)).count()

    def vehicle_times(self, until):
        """车次: the outings with a vehicle; a queryset."""
        return self.outings(until).exclude(vehicle="")

    def effort(self, until):
        """{"patrols", "person_times", "vehicle_times"} by the moment `until`; vehicle_times is None when cars went out
        and nobody wrote down which: that is unknown, not none. Two queries."""
        counts = self.outings(until).aggregate(
            patrols=Count("pk"),
            vehicle_times=Count("pk", filter=~Q(vehicle="")),
            by_car=Count("pk", filter=Q(kind=Patrol.Kind.CAR)),
        )
        if counts.pop("by_car") and not counts["vehicle_times"]:
            counts["vehicle_times"] = None
        return {**counts, "person_times": self.person_times(until)}

    def depart(self, *, by, led_by, members, left_at, number=None, recorded_at=None, **details):
        """Record a departure. The members are copied (with the one who leads) and never rewritten. Without `number` the
        next XC<yyyymm>-<seq> of the local month of `left_at` is allotted in the same transaction."""
        recorded_at = recorded_at or timezone.now()
        if left_at > recorded_at + CLOCK_TOLERANCE:
            raise Refused(gettext("The departure lies in the future: correct its date and time."))
        values = {"led_by": led_by, "left_at": left_at, "recorded_at": recorded_at, "recorded_by": by, **details}
        everybody = {officer.pk: officer for officer in [led_by, *members]}
        for _try in range(_TRIES):
            allotted = number or self._next_number(left_at)
            try:
                with transaction.atomic():
                    patrol = self.create(number=allotted, **values)
                    patrol.members.add(*everybody.values())
                    return patrol
            except IntegrityError:
                if not self.filter(number=allotted).exists():
                    raise  # some other constraint, not the number
                if number:
                    break
        raise Refused(gettext("There is already a patrol with the number %(number)s.") % {"number": allotted})

    def _next_number(self, left_at):
        prefix = f"XC{timezone.localtime(left_at):%Y%m}-"
        numbered = Patrol.objects.filter(number__regex=rf"^{prefix}[0-9]+$").order_by(-Length("number"), "-number")
        last = numbered.values_list("number", flat=True).first() or "0"
        return f"{prefix}{int(last.removeprefix(prefix)) + 1:03d}"


class Patrol(models.Model):
    """An outing: who went, when, in what. Its members are copied at departure and never rewritten."""

    class Kind(models.TextChoices):
        CAR = "car", _("by car")
        FOOT = "foot", _("on foot")
        ONLINE = "online", _("online")

    class Purpose(models.TextChoices):
        PERSUASION = "persuasion", _("persuasion")
        CHECK = "check", _("check")
        COVERT = "covert", _("covert check")
        JOINT = "joint", _("joint check")

    number = models.CharField(_("patrol no."), max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices, default=Kind.CAR)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices, default=Purpose.CHECK)
    led_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("led by"), on_delete=models.PROTECT, related_name="patrols_led"
    )
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name=_("members"), related_name="patrols")
    vehicle = models.CharField(_("vehicle"), max_length=40, blank=True)
    vehicle_owner = models.CharField(_("whose vehicle"), max_length=60, blank=True)
    area = models.CharField(_("area"), max_length=100, blank=True)
    left_at = models.DateTimeField(_("left at"))
    returned_at = models.DateTimeField(_("returned at"), null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("return recorded by"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+", editable=False,
    )  # fmt: skip
    partner_units = models.CharField(_("partner units"), max_length=200, blank=True)
    led_by_bureau = models.BooleanField(_("led by the bureau"), default=False)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("recorded by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PatrolQuerySet.as_manager()

    class Meta:
        verbose_name = _("patrol")
        verbose_name_plural = _("patrols")
        ordering = ["-left_at", "-pk"]
        permissions = [("record_patrol", _("Can record patrols"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(returned_at=None) | Q(returned_at__gt=F("left_at")),
                name="patrol_returns_after_it_left",
                violation_error_message=_("A patrol returns after it left."),
            )
        ]
        indexes = [models.Index(fields=["left_at"], name="patrol_by_departure")]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("venues:patrol", args=[self.number])

    def come_back(self, *, by, at=None):
        """Record the return; raises TooLate when it is recorded already."""
        at = at or timezone.now()
        if at <= self.left_at:
            raise Refused(gettext("A patrol returns after it left."))
        if at > timezone.now() + CLOCK_TOLERANCE:
            raise Refused(gettext("The return lies in the future: correct its date and time."))
        still_out = Patrol.objects.out().filter(pk=self.pk)
        move(still_out, otherwise=self._back_already, returned_at=at, returned_by=by)
        self.refresh_from_db()

    def _back_already(self):
        first = Patrol.objects.select_related("returned_by").get(pk=self.pk)
        return gettext("%(name)s already recorded the return at %(time)s.") % {
            "name": who(first.returned_by),
            "time": when(first.returned_at),
        }

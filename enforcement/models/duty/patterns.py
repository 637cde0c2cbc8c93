"""Shift patterns and rotations: what the wizard makes a roster from."""

import dataclasses
import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enforcement.models.duty.calendar import DayTypes
from enforcement.models.duty.groups import DutyGroup
from venues.transitions import Refused

_DAY = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Slot:
    """A shift to be: half-open [start, end), aware; `date` is the duty date, the local date of its start."""

    start: datetime.datetime
    end: datetime.datetime
    name: str
    date: datetime.date


class ShiftPatternQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    @transaction.atomic
    def make(self, *, by, name, borders):
        """A new pattern; `borders` are (clock time, name of the shift that begins there)."""
        name = name.strip()
        if self.filter(name=name).exists():
            raise Refused({"name": _("There is a shift pattern with this name already.")})
        if not borders or len({at for at, _name in borders}) < len(borders):
            raise Refused(_("Give each shift its own time of day at which it begins."))
        pattern = self.create(name=name)
        pattern.borders.bulk_create(ShiftBorder(pattern=pattern, at=at, name=shift.strip()) for at, shift in borders)
        return pattern


class ShiftPattern(models.Model):
    """Shift borders as clock times; a shift ends where the next begins, so that a pattern cannot leave a hole."""

    name = models.CharField(pgettext_lazy("shift pattern", "name"), max_length=40, unique=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = ShiftPatternQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift pattern")
        verbose_name_plural = _("shift patterns")
        ordering = ["pk"]

    def __str__(self):
        return self.name

    def switch(self, *, by, is_active):
        """Offer this pattern to planners, or no longer. Its borders never change: rosters are counted by them."""
        self.is_active = is_active
        self.save(update_fields=["is_active"])

    def slots(self, first, last):
        """The Slots whose duty date lies from `first` to `last`, both included, in their order. One query."""
        borders = list(self.borders.order_by("at"))
        zone = ZoneInfo(settings.TIME_ZONE)
        slots = []
        for n in range((last - first).days + 1):
            day = first + _DAY * n
            for i, border in enumerate(borders):
                following = borders[i + 1] if i + 1 < len(borders) else borders[0]
                end_day = day if i + 1 < len(borders) else day + _DAY
                slots.append(
                    Slot(
                        start=datetime.datetime.combine(day, border.at, zone),
                        end=datetime.datetime.combine(end_day, following.at, zone),
                        name=border.name,
                        date=day,
                    )
                )
        return slots


class ShiftBorder(models.Model):
    """Where a shift begins, and what the shift that begins here is called."""

    pattern = models.ForeignKey(
        ShiftPattern, verbose_name=_("shift pattern"), on_delete=models.CASCADE, related_name="borders"
    )
    at = models.TimeField(_("begins at"))
    name = models.CharField(_("name of the shift"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("shift border")
        verbose_name_plural = _("shift borders")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["pattern", "at"], name="one_border_at_a_clock_time",
                violation_error_message=_("This pattern has a border at this time already."),
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{self.at:%H:%M} {self.name}".strip()


class RotationQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def ready(self, pattern):
        """Those with which a roster of this pattern is filled, with their entries."""
        found = self.active().filter(pattern=pattern, entries__isnull=False).distinct().order_by("pk")
        return found.prefetch_related("entries__officer", "entries__group")

    @transaction.atomic
    def make(self, *, by, entries, **fields):
        """A new rotation; `entries` are officers and groups in their order."""
        rotation = self.model(**fields)
        rotation.write(entries)
        return rotation


class Rotation(models.Model):
    """轮值: an ordered list of people or groups who fill one lane of the roster in turn.

    The n-th slot served since `anchor_on` falls to entry (offset + n // hold) mod (number of entries), n counting only slots
    whose date is one of `day_types`. 24 on / 48 off is three groups with one border; 12 on / 24 off is three groups with two
    borders; weekly groups are hold = 7 (or 14 with two borders). It is computed from the anchor: made again, it changes nothing.
    """

    class Lane(models.TextChoices):
        LEADER = "leader", _("leader on duty")
        PHONE = "phone", _("telephone officer")
        OFFICER = "officer", _("second officer")
        POST = "post", _("telephone and second officer, from one group")

    name = models.CharField(pgettext_lazy("rotation", "name"), max_length=60, unique=True)
    pattern = models.ForeignKey(
        ShiftPattern, verbose_name=_("shift pattern"), on_delete=models.PROTECT, related_name="rotations"
    )
    lane = models.CharField(_("lane"), max_length=7, choices=Lane.choices)
    anchor_on = models.DateField(_("counted from"))
    offset = models.PositiveSmallIntegerField(_("begins with entry no. (from 0)"), default=0)
    hold = models.PositiveSmallIntegerField(_("shifts in a row"), default=1)
    day_types = models.CharField(_("days"), max_length=10, choices=DayTypes.choices, default=DayTypes.ALL)
    seats = models.PositiveSmallIntegerField(
        _("people of the group on one shift"), default=2, help_text=_("The first of them holds the telephone.")
    )
    turning = models.BooleanField(
        _("the members of a group take turns"), default=False,
        help_text=_("Otherwise the first members of the group serve every time."),
    )  # fmt: skip
    is_active = models.BooleanField(_("active"), default=True)

    objects = RotationQuerySet.as_manager()

    class Meta:
        verbose_name = _("rotation")
        verbose_name_plural = _("rotations")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hold__gte=1), name="rotation_holds_one_shift_at_least",
                violation_error_message=_("One shift in a row at the least."),
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1), name="rotation_seats_one_person_at_least",
                violation_error_message=_("One person on a shift at the least."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name

    @transaction.atomic
    def revise(self, *, by, entries, **fields):
        """Other entries or another way to count: it holds for what is filled from now on; no roster changes by itself."""
        for field, value in fields.items():
            setattr(self, field, value)
        self.write(entries)

    def write(self, entries):
        """Save this rotation with exactly these entries. Raises Refused. Part of the acts, no act by itself."""
        if Rotation.objects.filter(name=self.name).exclude(pk=self.pk).exists():
            raise Refused({"name": _("There is a rotation with this name already.")})
        if not entries:
            raise Refused(_("Name at least one whose turn it can be."))
        if self.lane == self.Lane.POST and not all(isinstance(entry, DutyGroup) for entry in entries):
            raise Refused(_("In this lane groups take turns: name groups, or choose another lane."))
        self.save()
        self.entries.all().delete()
        self.entries.bulk_create(
            RotationEntry(
                rotation=self, position=place, **{"group" if isinstance(entry, DutyGroup) else "officer": entry}
            )
            for place, entry in enumerate(entries)
        )


class RotationEntry(models.Model):
    """One turn of a rotation: a person or a group."""

    rotation = models.ForeignKey(Rotation, verbose_name=_("rotation"), on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveSmallIntegerField(_("position"))
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("officer"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    group = models.ForeignKey(
        DutyGroup, verbose_name=_("duty group"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("entry of a rotation")
        verbose_name_plural = _("entries of a rotation")
        ordering = ["rotation", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["rotation", "position"], name="one_entry_at_a_position",
                violation_error_message=_("There is already an entry at this position."),
            ),
            models.CheckConstraint(
                condition=Q(officer=None, group__isnull=False) | Q(officer__isnull=False, group=None),
                name="entry_is_a_person_or_a_group",
                violation_error_message=_("Name either a person or a group."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return str(self.officer or self.group)

"""Shifts of a roster and who serves on them."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty.groups import DutyGroup
from venues.transitions import Refused

MAX_SHIFT = datetime.timedelta(hours=48)  # no shift is longer: it bounds the index range of "who is on duty at t"


class Role(models.TextChoices):
    """What somebody does on a shift."""

    LEADER = "leader", _("leader on duty")
    PHONE = "phone", _("telephone officer")
    OFFICER = "officer", _("second officer")

    def unfit(self, officer):
        """Why this officer may not have the role, in a sentence; empty when he may."""
        if self == Role.LEADER and not officer.can_lead:
            return _("%(officer)s may not lead a shift.") % {"officer": officer}
        if self == Role.PHONE and not officer.can_hold_phone:
            return _("%(officer)s may not hold the telephone.") % {"officer": officer}
        return ""


class Shift(models.Model):
    """班次: a span of duty in one version, half-open [start, end)."""

    version = models.ForeignKey(
        "enforcement.RosterVersion", verbose_name=_("version"), on_delete=models.CASCADE, related_name="shifts"
    )
    start = models.DateTimeField(_("begins"))
    end = models.DateTimeField(_("ends"))
    name = models.CharField(_("name of the shift"), max_length=20, blank=True)
    group = models.ForeignKey(
        DutyGroup, verbose_name=_("duty group"), null=True, blank=True, on_delete=models.PROTECT, related_name="shifts"
    )

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["start"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="shift_ends_after_it_began",
                violation_error_message=_("A shift ends after it began."),
            ),
            models.UniqueConstraint(
                fields=["version", "start"], name="one_shift_of_a_version_begins_at_a_time",
                violation_error_message=_("Another shift begins at this time already."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{timezone.localtime(self.start):%Y-%m-%d %H:%M}"

    @property
    def date(self):
        """The duty date: the local date of the start."""
        return timezone.localtime(self.start).date()


class AssignmentQuerySet(models.QuerySet):
    def in_force(self):
        """What the published rosters say now, with the changes that hold. A first roster that is published late (it was kept on
        paper) also fills the days before: who served is what happened, and it is only recorded later. What follows it never
        rewrites a shift that has begun; who really held a post is proved by custody."""
        return self.filter(entered_at__isnull=False, lapsed_at=None)

    def covering(self, at):
        """Assignments whose half-open interval holds the moment `at`; bounded by MAX_SHIFT so that the index serves it."""
        return self.filter(start__lte=at, start__gt=at - MAX_SHIFT, end__gt=at)

    def touching(self, start, end):
        """Assignments that share a moment with [start, end)."""
        return self.filter(start__lt=end, start__gt=start - MAX_SHIFT, end__gt=start)


class Assignment(models.Model):
    """An officer in a role for a span [start, end) of a shift. In force from `entered_at` until `lapsed_at`; neither is ever
    undone, so that the record shows what the roster said at any past moment. A draft's assignments have not entered."""

    class Source(models.TextChoices):
        ROTATION = "rotation", _("rotation")
        HAND = "hand", _("by hand")
        IMPORT = "import", _("imported")
        CHANGE = "change", _("change of duty")

    shift = models.ForeignKey(Shift, verbose_name=_("shift"), on_delete=models.CASCADE, related_name="assignments")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("officer"), on_delete=models.PROTECT, related_name="assignments"
    )
    role = models.CharField(_("role on the shift"), max_length=7, choices=Role.choices)
    start = models.DateTimeField(_("begins"))
    end = models.DateTimeField(_("ends"))
    source = models.CharField(_("source"), max_length=8, choices=Source.choices, default=Source.HAND)
    replaces = models.ForeignKey(
        "self", verbose_name=_("replaces"), null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    change = models.ForeignKey(
        "enforcement.DutyChange", verbose_name=_("change of duty"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="assignments",
    )  # fmt: skip
    entered_at = models.DateTimeField(_("in force since"), null=True, blank=True, editable=False)
    lapsed_at = models.DateTimeField(_("lapsed at"), null=True, blank=True, editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["start", "role", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="assignment_ends_after_it_began",
                violation_error_message=_("An assignment ends after it began."),
            ),
            models.UniqueConstraint(
                fields=["shift", "officer", "role", "start"], condition=Q(lapsed_at=None),
                name="one_assignment_of_an_officer_at_a_start",
                violation_error_message=_("This officer has this role from this time already."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["start", "end"], condition=Q(entered_at__isnull=False, lapsed_at=None), name="assignment_in_force"
            ),
            models.Index(fields=["officer", "start"], name="assignment_of_officer"),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.officer} · {self.get_role_display()}"

    def refuse_unfit(self):
        """Raise Refused when this does not lie within its shift, or its officer may not do it. Part of the acts on a draft."""
        if not self.shift.start <= self.start < self.end <= self.shift.end:
            raise Refused(_("The span lies within the shift of %(shift)s.") % {"shift": self.shift})
        if because := Role(self.role).unfit(self.officer):
            raise Refused(because)
        if not self.officer.is_active and self.source != Assignment.Source.IMPORT:
            raise Refused(_("The account of %(officer)s is not active.") % {"officer": self.officer})

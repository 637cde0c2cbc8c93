"""The roster: periods, their versions, shifts and who serves on them."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty.groups import DutyGroup
from enforcement.models.duty.patterns import ShiftPattern

MAX_SHIFT = datetime.timedelta(hours=48)  # no shift is longer: it bounds the index range of "who is on duty at t"


class Role(models.TextChoices):
    """What somebody does on a shift."""

    LEADER = "leader", _("leader on duty")
    PHONE = "phone", _("telephone officer")
    OFFICER = "officer", _("second officer")


class Roster(models.Model):
    """值班表: a period of duty dates, mostly a month. A shift belongs to the period of its duty date, the local date of its start."""

    title = models.CharField(_("title"), max_length=80)
    starts_on = models.DateField(_("first day"), unique=True)
    ends_on = models.DateField(_("last day"))
    pattern = models.ForeignKey(
        ShiftPattern, verbose_name=_("shift pattern"), on_delete=models.PROTECT, related_name="rosters"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("roster")
        verbose_name_plural = _("rosters")
        ordering = ["-starts_on"]
        permissions = [
            ("plan_roster", _("Can plan the roster")),
            ("publish_roster", _("Can publish the roster")),
            ("approve_change", _("Can approve changes of duty, leave and take-overs")),
            ("view_certificate", _("Can see the coverage certificate and the load")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="roster_ends_after_it_began",
                violation_error_message=_("The last day is not before the first."),
            )
        ]  # fmt: skip

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("duty:roster", args=[self.pk])


class RosterVersion(models.Model):
    """One state of a roster's plan. A draft is edited freely; what is published is never edited, only followed by the next
    version or by changes (swap, cover, take-over). Discarded drafts are deleted."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        SUPERSEDED = "superseded", _("superseded")

    roster = models.ForeignKey(Roster, verbose_name=_("roster"), on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    edited_at = models.DateTimeField(_("edited at"), default=timezone.now, editable=False)
    edits = models.PositiveIntegerField(_("number of edits"), default=0, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("signed by"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    gap_reason = models.CharField(_("why gaps remain"), max_length=200, blank=True)
    undo = models.JSONField(_("the plan before the wizard"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("version of a roster")
        verbose_name_plural = _("versions of a roster")
        ordering = ["roster", "-number", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["roster", "number"], name="one_version_with_a_number"),
            models.UniqueConstraint(
                fields=["roster"], condition=Q(state="draft"), name="one_draft_of_a_roster",
                violation_error_message=_("This roster has a draft already."),
            ),
            models.UniqueConstraint(
                fields=["roster"], condition=Q(state="published"), name="one_published_version_of_a_roster"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", number=None) | (~Q(state="draft") & Q(number__isnull=False)),
                name="a_published_version_has_a_number",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.roster} v{self.number}" if self.number else f"{self.roster} ({self.get_state_display()})"


class Shift(models.Model):
    """班次: a span of duty in one version, half-open [start, end)."""

    version = models.ForeignKey(
        RosterVersion, verbose_name=_("version"), on_delete=models.CASCADE, related_name="shifts"
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
        """What the published rosters say now, with the changes that hold."""
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

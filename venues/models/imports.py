"""Imports of venue lists: the file as it came, what was read in it row by row, what was decided, what was done.

The acts live here and say who did what when; the work behind them is in `venues.importing`.
"""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from venues.models.registry import Venue
from venues.transitions import Refused, TooLate, move
from venues.words import when, who


class VenueImportQuerySet(models.QuerySet):
    def unfinished(self):
        """Imports that wait for somebody: to be read, checked or applied."""
        state = VenueImport.State
        return self.filter(state__in=[state.WAITING, state.READING, state.PREVIEW, state.APPLYING])

    def same_file(self, sha256):
        """Imports of exactly this file that are applied or may still be, the latest first."""
        state = VenueImport.State
        alive = [state.WAITING, state.READING, state.PREVIEW, state.APPLYING, state.APPLIED]
        return self.filter(sha256=sha256, state__in=alive).order_by("-pk")


class VenueImport(models.Model):
    """One uploaded list, from the upload through the preview to the one transaction that applies it, perhaps its undo."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be read")
        READING = "reading", _("being read")
        PREVIEW = "preview", _("to be checked")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        FAILED = "failed", _("could not be read")
        DISCARDED = "discarded", _("discarded")
        UNDONE = "undone", _("undone")

    file = models.FileField(_("file"), upload_to="imports/%Y/%m/")
    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    problem = models.TextField(_("problem"), blank=True)
    file_rows = models.PositiveIntegerField(_("rows of the file, titles included"), default=0)
    counts = models.JSONField(_("counts"), default=dict)
    notes = models.JSONField(_("findings about whole sheets"), default=list)
    questions = models.JSONField(_("questions about many rows"), default=dict)
    answers = models.JSONField(_("answers to questions about many rows"), default=dict)
    missing = models.JSONField(_("venues missing in the file"), default=list)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("uploaded by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("applied by"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("discarded or undone by"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    closed_at = models.DateTimeField(_("discarded or undone at"), null=True, blank=True)

    objects = VenueImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of venues")
        verbose_name_plural = _("imports of venues")
        ordering = ["-pk"]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("venues:import", args=[self.pk])

    @property
    def history_reason(self):
        """What stands as reason in the history of every venue that this import made or changed."""
        return f"import {self.pk}"

    def recount(self):
        """Count the rows by what is done with them; returns and keeps {action: n}."""
        found = self.rows.order_by().values_list("action").annotate(n=Count("pk"))
        self.counts = dict.fromkeys(VenueImportRow.Action.values, 0) | dict(found)
        self.save(update_fields=["counts"])
        return self.counts

    @transaction.atomic
    def answer(self, *, by, category=None, district=None):
        """Answer questions about many rows: {what the file says: id of what it means, or None to leave the rows out}.

        The file must be read again after it. Raises TooLate when the import is no longer being checked."""
        kept = VenueImport.objects.select_for_update(no_key=True).get(pk=self.pk).answers  # a colleague's answers stay
        given = {"category": category or {}, "district": district or {}}
        answers = {kind: {**kept.get(kind, {}), **said} for kind, said in given.items()}
        self._move(self.State.PREVIEW, self.State.WAITING, answers=answers, problem="")

    def start_applying(self, *, by, at=None):
        """Take the import for applying: of two officers, or two presses, one gets it. Raises TooLate or Refused."""
        if not (self.counts.get("created") or self.counts.get("changed")):
            raise Refused(gettext("There is nothing to import: no row is new or changed."))
        self._move(self.State.PREVIEW, self.State.APPLYING, applied_by=by, applied_at=at or timezone.now(), problem="")

    def discard(self, *, by, at=None):
        """Put a list away that is not to be imported. Raises TooLate when it was applied meanwhile."""
        at = at or timezone.now()
        waiting = [self.State.WAITING, self.State.PREVIEW, self.State.FAILED]
        self._move(waiting, self.State.DISCARDED, closed_by=by, closed_at=at)

    @transaction.atomic
    def undo(self, *, by, at=None):
        """Take the import back as a whole: what it made is removed, what it changed gets its old values. Refused as soon
        as anything newer uses one of these venues."""
        from venues.importing import undoing

        at = at or timezone.now()
        self._move(self.State.APPLIED, self.State.UNDONE, closed_by=by, closed_at=at)
        undoing.take_back(self, by=by, at=at)
        if by is not None:
            by.leave_trail("import_undone", about=self, detail={"counts": self.counts}, at=at)

    def _move(self, states, to, **values):
        states = [states] if isinstance(states, str) else states
        move(
            VenueImport.objects.filter(pk=self.pk, state__in=states), otherwise=self._who_was_first, state=to, **values
        )
        self.state = to
        for name, value in values.items():
            setattr(self, name, value)

    def _who_was_first(self):
        now = VenueImport.objects.select_related("applied_by", "closed_by").filter(pk=self.pk).first()
        if now is None:
            return gettext("This import does not exist any more.")
        if now.state in (self.State.APPLYING, self.State.APPLIED):
            return gettext("%(who)s applied this import at %(when)s.") % {
                "who": who(now.applied_by), "when": when(now.applied_at),
            }  # fmt: skip
        if now.state == self.State.DISCARDED:
            said = gettext("%(who)s discarded this import at %(when)s.")
        elif now.state == self.State.UNDONE:
            said = gettext("%(who)s undid this import at %(when)s.")
        else:
            return gettext("This import is now “%(state)s”. Open it again.") % {"state": now.get_state_display()}
        return said % {"who": who(now.closed_by), "when": when(now.closed_at)}


class VenueImportRow(models.Model):
    """One row of the file: what it says, what it would do, and what speaks against it."""

    class Action(models.TextChoices):
        CREATE = "created", _("new")
        CHANGE = "changed", _("changed")
        SAME = "same", _("same")
        ERROR = "errors", _("error")
        UNDECIDED = "undecided", _("undecided")
        SKIP = "skipped", _("left out")

    class Decision(models.TextChoices):
        NONE = "", _("undecided")
        VENUE = "venue", _("it is this venue")
        NEW = "new", _("it is a new one")
        SKIP = "skip", _("leave it out")

    class Level(models.TextChoices):
        NONE = "", _("nothing found")
        ERROR = "error", _("error")
        UNDECIDED = "undecided", _("undecided")
        WARNING = "warning", _("warning")
        FIXED = "fixed", _("fixed")

    run = models.ForeignKey(VenueImport, verbose_name=_("import"), on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(_("sheet"), max_length=60)
    row = models.PositiveIntegerField(_("row"))
    action = models.CharField(_("action"), max_length=9, choices=Action.choices)
    level = models.CharField(_("gravest finding"), max_length=9, choices=Level.choices, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    values = models.JSONField(_("values"), default=dict)
    changes = models.JSONField(_("changes (field: old, new)"), default=dict)
    findings = models.JSONField(_("findings"), default=list)
    candidates = models.JSONField(_("venues that it may be"), default=list)
    venue = models.ForeignKey(
        Venue, verbose_name=_("venue"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.CharField(_("decision"), max_length=5, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    # "category/district" of an operating status that orders name, "" outside their reach: the effect on active orders
    scope_before = models.CharField(_("scope before"), max_length=40, blank=True)
    scope_after = models.CharField(_("scope after"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["run", "action"], name="import_row_by_action"),
            models.Index(fields=["run", "level"], name="import_row_by_level"),
        ]

    def __str__(self):
        return f"{self.sheet} {self.row}"

    @transaction.atomic
    def decide(self, *, by, decision, venue=None):
        """Decide an undecided row: `decision` "venue" (with one of its candidates), "new", "skip", or "" to leave it open.

        A decision may be changed as long as the import is being checked. Raises TooLate or Refused."""
        from venues.importing import deciding

        run = VenueImport.objects.select_for_update(no_key=True).get(pk=self.run_id)
        if run.state != VenueImport.State.PREVIEW:
            raise TooLate(run._who_was_first())
        try:
            self.refresh_from_db()
        except VenueImportRow.DoesNotExist as error:
            raise TooLate(gettext("The file was read again meanwhile. Look at the row once more.")) from error
        deciding.decide(self, by=by, decision=decision, venue=venue)
        run.recount()

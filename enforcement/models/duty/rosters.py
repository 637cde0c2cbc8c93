"""The roster: periods and their versions, planned as drafts and published with their diff."""

import datetime

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty.patterns import ShiftPattern
from enforcement.models.duty.shifts import MAX_SHIFT, Assignment, AssignmentQuerySet, Role, Shift
from venues.transitions import Refused, TooLate, move

__all__ = ["MAX_SHIFT", "Assignment", "AssignmentQuerySet", "Role", "Roster", "RosterVersion", "Shift"]

LONGEST = datetime.timedelta(days=366)  # of one roster


class RosterQuerySet(models.QuerySet):
    def covering(self, date):
        """The roster to whose period this duty date belongs: at most one."""
        return self.filter(starts_on__lte=date, ends_on__gte=date)

    def published(self, at):
        """Rosters of which a version was published by the moment `at`."""
        return self.filter(versions__number__isnull=False, versions__published_at__lte=at)

    def touching(self, first, last):
        """Rosters that share a duty date with the period from `first` to `last`, both included."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)

    def next_uncovered(self, day):
        """The first date from `day` on that belongs to no roster."""
        later = self.filter(ends_on__gte=day).order_by("starts_on")
        for starts_on, ends_on in later.values_list("starts_on", "ends_on"):
            if starts_on > day:
                break
            day = ends_on + datetime.timedelta(days=1)
        return day

    def one_after_another(self):
        """Lock the shift patterns until the transaction ends, so that who opens a roster sees those opened before: an exclusion
        constraint alone lets two who wait for each other end in a deadlock. On SQLite the transaction is lock enough."""
        list(ShiftPattern.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))

    @transaction.atomic
    def open(self, *, by, title, starts_on, ends_on, pattern, at=None):
        """A new roster with an empty draft: the shifts of the pattern, nobody on them. Returns the RosterVersion."""
        at = at or timezone.now()
        if not datetime.timedelta() <= ends_on - starts_on < LONGEST:
            raise Refused(_("Give a first day and a last day that is not before it, within one year."))
        self.one_after_another()
        if other := self.touching(starts_on, ends_on).first():
            raise Refused(other.taken())
        slots = pattern.slots(starts_on, ends_on)
        if not slots:
            raise Refused(_("This pattern has no shift borders yet: give it one."))
        try:
            with transaction.atomic():
                period = {"starts_on": starts_on, "ends_on": ends_on, "pattern": pattern}
                roster = self.create(title=title.strip(), created_by=by, created_at=at, **period)
        except IntegrityError:  # on PostgreSQL an exclusion constraint stands behind the question above
            raise TooLate(_("Somebody else has just made a roster for these days. Look at the list.")) from None
        version = roster.versions.create(created_by=by, created_at=at, edited_by=by, edited_at=at)
        Shift.objects.bulk_create(Shift(version=version, start=s.start, end=s.end, name=s.name) for s in slots)
        _leave_trail(by, "roster_opened", version, at)
        return version


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

    objects = RosterQuerySet.as_manager()

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

    def taken(self):
        """The sentence for who wants to plan days of this roster again."""
        return _("%(roster)s covers %(first)s to %(last)s already: choose other days, or make a new draft of it.") % {
            "roster": self.title, "first": self.starts_on, "last": self.ends_on,
        }  # fmt: skip

    def in_force(self):
        """What this roster says now, over all its versions and with the changes that hold."""
        return Assignment.objects.in_force().filter(shift__version__roster=self)

    def hold(self):
        """Lock the row of this roster until the transaction ends. Publishing holds it, and so must every act that lapses or
        enters assignments in force: else a change slips in between the two halves of a publication."""
        Roster.objects.filter(pk=self.pk).update(title=F("title"))

    @transaction.atomic
    def new_draft(self, *, by, at=None):
        """A draft of the next version: a copy of what is in force. Returns the RosterVersion."""
        at = at or timezone.now()
        self.hold()
        if draft := self.versions.filter(state=RosterVersion.State.DRAFT).select_related("created_by").first():
            raise TooLate(_("This roster has a draft already, begun by %(who)s.") % {"who": draft.created_by or "—"})
        published = self.versions.filter(state=RosterVersion.State.PUBLISHED).first()
        if published is None:
            raise Refused(_("Nothing of this roster is published yet."))
        draft = self.versions.create(created_by=by, created_at=at, edited_by=by, edited_at=at)
        shifts = Shift.objects.bulk_create(
            Shift(version=draft, start=s.start, end=s.end, name=s.name, group_id=s.group_id)
            for s in published.shifts.all()
        )
        draft.copy_into(shifts, self.in_force())
        return draft


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
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("edited by"), null=True, editable=False, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
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

    def get_absolute_url(self):
        return reverse("duty:roster_draft" if self.is_draft else "duty:roster", args=[self.roster_id])

    @property
    def is_draft(self):
        return self.state == self.State.DRAFT

    def follows(self):
        """Whether something of this roster was published before: what has begun is then no longer planned."""
        return self.roster.versions.filter(number__isnull=False).exclude(pk=self.pk).exists()

    def plan(self):
        """The assignments as planned in this version, without the changes of duty made after its publication."""
        return Assignment.objects.filter(shift__version=self, change=None, replaces=None)

    def rows(self):
        """`plan` with all that a page or a computation needs; a list in order. One query."""
        return list(self.plan().select_related("shift", "officer").order_by("start", "role", "pk"))

    # --- acts on a draft
    @transaction.atomic
    def assign(self, shift, *, officer, role, by, at=None, start=None, end=None, source="hand", edits_seen=None):
        """Put an officer on a shift of this draft, for the whole of it or for [start, end). Returns the Assignment."""
        return self.assign_all(
            [(shift, officer, role, start or shift.start, end or shift.end)], by=by, at=at, source=source, edits_seen=edits_seen
        )[0]  # fmt: skip

    @transaction.atomic
    def assign_all(self, rows, *, by, at=None, source="hand", edits_seen=None):
        """Put many officers on shifts: rows of (shift, officer, role, start, end). Few queries, whatever their number."""
        at = at or timezone.now()
        self._edit(by=by, at=at, edits_seen=edits_seen)
        first_start = min(shift.start for shift, *_rest in rows)
        if first_start < at and self.follows():
            raise Refused(_begun(first_start))
        made = [Assignment(shift=s, officer=o, role=r, start=a, end=b, source=source) for s, o, r, a, b in rows]
        if any(row.shift.version_id != self.pk for row in made):
            raise Refused(_("This shift belongs to another version."))
        for row in made:
            row.refuse_unfit()
        try:
            with transaction.atomic():
                return Assignment.objects.bulk_create(made)
        except IntegrityError:
            raise Refused(_("This officer has this role from this time already.")) from None

    @transaction.atomic
    def unassign(self, assignment, *, by, at=None, edits_seen=None):
        """Take an assignment out of this draft."""
        at = at or timezone.now()
        self._edit(by=by, at=at, edits_seen=edits_seen)
        if assignment.shift.start < at and self.follows():
            raise Refused(_begun(assignment.shift.start))
        deleted, _rows = self.plan().filter(pk=assignment.pk).delete()
        if not deleted:
            raise TooLate(_("This was taken out already. Look at the plan again."))

    @transaction.atomic
    def fill(self, rotations, *, by, first=None, last=None, at=None, edits_seen=None, keep_hand=True):
        """Fill the shifts with duty dates from `first` to `last` by rotations. It replaces what rotations made before and keeps
        what was put by hand (or nothing, with keep_hand=False); what has begun stays when a version was published before. The
        plan before it is kept for one undo. Returns the rotation.Filling."""
        from enforcement.duty.rotation import filling

        at = at or timezone.now()
        self._edit(by=by, at=at, edits_seen=edits_seen)
        shifts = [s for s in self.shifts.all() if (not first or s.date >= first) and (not last or s.date <= last)]
        if self.follows():
            shifts = [shift for shift in shifts if shift.start >= at]
        if not shifts:
            raise Refused(_("No shift of this draft that has not begun lies in these days."))
        rows, within = self.rows(), {shift.pk for shift in shifts}
        undo = {
            "rows": [[r.shift_id, r.officer_id, r.role, r.start.isoformat(), r.end.isoformat(), r.source] for r in rows],
            "groups": {str(shift.pk): shift.group_id for shift in shifts},
        }  # fmt: skip
        gone = {
            r.pk for r in rows if r.shift_id in within and (r.source == Assignment.Source.ROTATION or not keep_hand)
        }
        kept = [row for row in rows if row.pk not in gone]
        found = filling(rotations, shifts, pattern=self.roster.pattern, taken=kept)
        Assignment.objects.filter(pk__in=gone).delete()
        Assignment.objects.bulk_create(found.rows)
        self._set_groups({shift.pk: found.groups.get(shift.start) for shift in shifts})
        RosterVersion.objects.filter(pk=self.pk).update(undo=undo)
        return found

    @transaction.atomic
    def undo_fill(self, *, by, at=None, edits_seen=None):
        """Put the plan back as it was before the last filling. Only the last act can be undone: an edit by hand ends it."""
        self._edit(by=by, at=at, edits_seen=edits_seen, undo=F("undo"))
        undo = RosterVersion.objects.values_list("undo", flat=True).get(pk=self.pk)
        if undo is None:
            raise Refused(_("There is nothing to undo: the plan was edited by hand since it was filled."))
        self.plan().delete()
        Assignment.objects.bulk_create(
            Assignment(
                shift_id=shift, officer_id=officer, role=role, start=parse_datetime(start), end=parse_datetime(end), source=source
            )
            for shift, officer, role, start, end, source in undo["rows"]
        )  # fmt: skip
        self._set_groups({int(pk): group for pk, group in undo["groups"].items()})
        RosterVersion.objects.filter(pk=self.pk).update(undo=None)

    @transaction.atomic
    def discard(self, *, by, at=None, edits_seen=None):
        """Delete this draft; the roster goes with it when nothing of it was ever published."""
        self._edit(by=by, at=at, edits_seen=edits_seen)
        _leave_trail(by, "roster_discarded", self, at)
        roster, alone = self.roster, not self.follows()
        Assignment.objects.filter(shift__version=self).delete()
        self.shifts.all().delete()
        RosterVersion.objects.filter(pk=self.pk).delete()
        if alone:
            Roster.objects.filter(pk=roster.pk).delete()

    @transaction.atomic
    def publish(self, *, by, at=None, gap_reason="", edits_seen=None, changes_seen=None):
        """Put this draft in force at `at` as the next version. What had begun stays as it was, unless this is the first version
        (late entry). Refused: gaps without a reason, one person twice at once, a plan for what has begun, a next version that changes
        nothing. `edits_seen` and `changes_seen` (planning.changes_of) are what the signer saw on his page."""
        from enforcement.duty import planning

        at = at or timezone.now()
        self.roster.hold()
        self._edit(by=by, at=at, edits_seen=edits_seen)
        if changes_seen is not None and planning.changes_of(self.roster) != changes_seen:
            raise TooLate(_("A change of duty was decided since you opened this page. Look at the differences again."))
        follows = self.follows()
        if follows:
            planning.settle_the_past(self, at)
        reason = planning.reason_for_gaps(self, gap_reason, at if follows else None)
        if follows:
            planning.refuse_without_a_change(self, reason, at)
        versions, state = self.roster.versions, self.State
        versions.filter(state=state.PUBLISHED).update(state=state.SUPERSEDED)
        number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
        versions.filter(pk=self.pk).update(
            state=state.PUBLISHED, number=number, published_by=by, published_at=at, gap_reason=reason, undo=None
        )
        ahead = {"shift__start__gte": at} if follows else {}  # a shift that has begun stays whole
        self.roster.in_force().filter(**ahead).update(lapsed_at=at)
        self.plan().filter(**ahead).update(entered_at=at)
        self.refresh_from_db()
        _leave_trail(by, "roster_published", self, at)

    def copy_into(self, shifts, rows):
        """Copy assignments into the shifts of this version that begin when theirs begin. Part of the acts, no act by itself."""
        place = {shift.start: shift for shift in shifts}
        Assignment.objects.bulk_create(
            Assignment(
                shift=place[r.shift.start],
                officer_id=r.officer_id,
                role=r.role,
                start=r.start,
                end=r.end,
                source=r.source,
            )
            for r in rows.select_related("shift").order_by("start", "role", "pk")
        )

    def _edit(self, *, by, at, edits_seen=None, undo=None):
        """The head of every act on a draft: one conditional UPDATE, which also locks the row."""
        rows = RosterVersion.objects.filter(pk=self.pk, state=self.State.DRAFT)
        if edits_seen is not None:
            rows = rows.filter(edits=edits_seen)
        values = {"edits": F("edits") + 1, "edited_by": by, "edited_at": at or timezone.now(), "undo": undo}
        move(rows, otherwise=self._who_was_faster, **values)

    def _who_was_faster(self):
        now = RosterVersion.objects.select_related("edited_by", "published_by").filter(pk=self.pk).first()
        if now is None:
            return _("This draft was discarded.")
        who = now.edited_by if now.is_draft else now.published_by
        when = timezone.localtime(now.edited_at if now.is_draft else now.published_at)
        named = {"who": who or "—", "when": f"{when:%Y-%m-%d %H:%M}"}
        if now.is_draft:
            return _("%(who)s changed this draft at %(when)s. Look at it again, then decide anew.") % named
        return _("%(who)s published this draft at %(when)s. Make a new draft to change more.") % named

    def _set_groups(self, group_of):
        """Write the group of each shift: {pk: group or its pk or None}; one query for each group."""
        by_group = {}
        for pk, group in group_of.items():
            by_group.setdefault(getattr(group, "pk", group), []).append(pk)
        for group, pks in by_group.items():
            self.shifts.filter(pk__in=pks).update(group=group)


def _begun(start):
    return _("The shift of %(shift)s has begun: it is changed by a change of duty, not by planning it anew.") % {
        "shift": f"{timezone.localtime(start):%Y-%m-%d %H:%M}"
    }


def _leave_trail(by, act, version, at):
    if by is not None:
        by.leave_trail(act, about=version, detail={"what": f"v{version.number}"} if version.number else None, at=at)

"""Violations: venues found operating while they had to be shut, until each is dealt with.

When a violation was found and stopped follows from the venue's looks alone (`venues.episodes`), in whatever order they
arrive; what is done about it is a move that an officer makes.
"""

import datetime

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from venues import answering
from venues.append_only import Fact
from venues.models.patrols import CLOCK_TOLERANCE
from venues.models.registry import Venue
from venues.transitions import Refused, TooLate, move
from venues.words import when, who


def hold(venue):
    """The venue (the one it was merged into, if any), its row locked until the end of the transaction: whatever derives
    from all looks of a venue is written by one officer at a time. SQLite has one writer anyway (BEGIN IMMEDIATE)."""
    held = Venue.objects.select_for_update(no_key=True).get(pk=venue.pk)
    return held if held.merged_into_id is None else hold(held.merged_into)


def hold_all(venues):
    """The same for many venues (ids), always in the order of their ids, so that two who hold many never wait for each other."""
    venues = list(venues)
    places = Venue.objects.filter(Q(pk__in=venues) | Q(merged__in=venues)).order_by("pk").values_list("pk", flat=True)
    return list(Venue.objects.select_for_update(no_key=True).filter(pk__in=set(places)).order_by("pk"))


class ViolationQuerySet(models.QuerySet):
    def standing(self):
        """Violations that were not withdrawn."""
        return self.exclude(state=Violation.State.WITHDRAWN)

    def until(self, at):
        """起: violations found by the moment `at`."""
        return self.standing().filter(found_at__lte=at)

    def running(self, at=None):
        """Violations that nobody had seen stopped at the moment `at`; without it, that are open."""
        if at is None:
            return self.filter(state=Violation.State.OPEN)
        return self.until(at).filter(Q(stopped_at=None) | Q(stopped_at__gt=at))

    def open_first(self):
        is_open = models.Case(models.When(state=Violation.State.OPEN, then=0), default=1)
        return self.order_by(is_open, "-found_at", "-pk")

    def with_repeat(self):
        """Adds `repeat`: the how-many-eth violation of its venue this is, by the moment it was found."""
        earlier = (
            Violation.objects.standing()
            .filter(Q(found_at__lt=OuterRef("found_at")) | Q(found_at=OuterRef("found_at"), pk__lt=OuterRef("pk")))
            .filter(venue=OuterRef("venue"))
            .order_by()
            .values("venue")
            .annotate(n=Count("pk"))
            .values("n")
        )
        return self.annotate(repeat=Coalesce(Subquery(earlier), 0) + 1)

    def discounted(self, venue):
        """The intervals (from, until) in which officers have said that what was seen at `venue` was no violation."""
        withdrawn = self.filter(venue__in=venue.family, discounts_until__isnull=False)
        return list(withdrawn.values_list("found_at", "discounts_until"))

    def follow(self, venue, episodes, *, by, replaced=None):
        """Make the violations of `venue` (held) say what its `episodes` say.

        `replaced`: {id of a look: id of the look that corrects it}.
        A violation keeps what officers did about it as long as its episode is there; one whose looks were corrected
        away is withdrawn, one whose closing look was corrected away is open again."""
        rows = self.standing().filter(venue__in=venue.family).order_by("found_at", "pk")
        pairs, vanished = _pair(list(rows), episodes, replaced or {})
        for row in vanished:
            text = gettext("The looks were corrected: this venue was not found operating then.")
            row._change(Violation.State.WITHDRAWN, by=by, text=text)
        # the one that is open comes last: a venue has only one, and another row may still hold that place
        for row, episode in sorted(pairs, key=lambda pair: pair[1].stopped_by is None):
            if row is None:
                self._open(venue, episode, by=by)
            else:
                row._follow(venue, episode, by=by)

    def _open(self, venue, episode, *, by):
        row = self.create(venue=venue, opened_by=episode.opened_by, found_at=episode.found_at, **_stop_of(episode))
        row.moves.create(at=row.found_at, by=by, to_state=Violation.State.OPEN)
        if episode.stopped_by:
            row._note(Violation.State.OPEN, row.state, at=row.stopped_at, by=by)
            answering.stopped(row)


def _stop_of(episode):
    state = Violation.State.STOPPED if episode.stopped_by else Violation.State.OPEN
    return {"stopped_by": episode.stopped_by, "stopped_at": episode.stopped_at, "state": state}


def _pair(rows, episodes, replaced):
    """([(row or None, episode)], [rows without an episode]): first by the look that opened the row, then by time."""
    left, pairs = list(rows), []
    unpaired = []
    for episode in episodes:
        seen = {look.pk for look in episode.looks}
        row = next((row for row in left if replaced.get(row.opened_by_id, row.opened_by_id) in seen), None)
        if row is None:
            unpaired.append(episode)
        else:
            left.remove(row)
            pairs.append((row, episode))
    for episode in unpaired:
        row = next((row for row in left if _overlap(row, episode)), None)
        if row is not None:
            left.remove(row)
        pairs.append((row, episode))
    return pairs, left


def _overlap(row, episode):
    end_of_row, end = row.stopped_at, episode.stopped_at
    return (end is None or row.found_at < end) and (end_of_row is None or episode.found_at < end_of_row)


class Violation(models.Model):
    """A venue found operating while it had to be shut, until it is dealt with: open → stopped → ordered → resolved |
    transferred. Withdrawn when a correction shows that nothing was running."""

    class State(models.TextChoices):
        OPEN = "open", _("operating")
        STOPPED = "stopped", _("stopped")
        ORDERED = "ordered", _("rectification ordered")
        RESOLVED = "resolved", _("resolved")
        TRANSFERRED = "transferred", _("transferred")
        WITHDRAWN = "withdrawn", _("withdrawn")

    # what an officer may do; a corrected look moves a violation beyond this table (`follow`), with a row that says so
    MOVES = {
        State.OPEN: (State.STOPPED, State.WITHDRAWN),
        State.STOPPED: (State.ORDERED, State.RESOLVED, State.TRANSFERRED, State.WITHDRAWN),
        State.ORDERED: (State.RESOLVED, State.TRANSFERRED),
        State.RESOLVED: (),
        State.TRANSFERRED: (),
        State.WITHDRAWN: (),
    }

    venue = models.ForeignKey(Venue, verbose_name=_("venue"), on_delete=models.PROTECT, related_name="violations")
    opened_by = models.ForeignKey(
        "venues.Inspection", verbose_name=_("found by the look"), on_delete=models.PROTECT,
        related_name="violations_opened",
    )  # fmt: skip
    stopped_by = models.ForeignKey(
        "venues.Inspection", verbose_name=_("seen closed by the look"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="violations_stopped",
    )  # fmt: skip
    found_at = models.DateTimeField(_("found at"))
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=11, choices=State.choices, default=State.OPEN)
    measures = models.CharField(_("measures"), max_length=300, blank=True)
    case_no = models.CharField(_("case no."), max_length=60, blank=True)
    transferred_to = models.CharField(_("transferred to"), max_length=60, blank=True)
    # set when an officer withdrew it: what was found open from found_at until then is no violation
    discounts_until = models.DateTimeField(_("discounts what was seen until"), null=True, blank=True, editable=False)

    objects = ViolationQuerySet.as_manager()

    class Meta:
        verbose_name = _("violation")
        verbose_name_plural = _("violations")
        ordering = ["-found_at", "-pk"]
        permissions = [("move_violation", _("Can stop and settle violations"))]
        constraints = [
            models.UniqueConstraint(
                fields=["venue"],
                condition=Q(state="open"),
                name="venue_has_one_open_violation",
                violation_error_message=_("This venue already has an open violation."),
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(stopped_at__gte=F("found_at")),
                name="violation_is_stopped_after_it_was_found",
                violation_error_message=_("A violation is stopped after it was found."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "withdrawn"]) | Q(stopped_at__isnull=False),
                name="settled_violation_was_stopped",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "found_at"], name="violation_by_state"),
            models.Index(fields=["found_at"], name="violation_by_time"),
        ]

    def __str__(self):
        return f"{self.venue} {timezone.localtime(self.found_at):%Y-%m-%d %H:%M}"

    def get_absolute_url(self):
        return reverse("venues:violation", args=[self.pk])

    def lasted(self, at=None):
        """From found to stopped, as a timedelta; while it runs, to `at` (now)."""
        at = at or timezone.now()
        end = self.stopped_at if self.stopped_at and self.stopped_at <= at else at
        return max(end - self.found_at, datetime.timedelta())

    def state_at(self, at):
        """The state at the moment `at`, as a State; a withdrawn violation never was one."""
        if self.state == self.State.WITHDRAWN:
            return self.State.WITHDRAWN
        if self.stopped_at is None or self.stopped_at > at:
            return self.State.OPEN
        later = [row.to_state for row in self.moves.all() if row.at <= at and row.to_state != self.State.OPEN]
        return self.State(later[-1] if later else self.State.STOPPED)

    @property
    def next_states(self):
        return [self.State(state) for state in self.MOVES[self.state]]

    # --- acts --------------------------------------------------------------------------------------------------------
    def stop(self, *, by, officers, at, client_uuid, measures="", patrol=None, recorded_at=None):
        """Record that these officers saw it shut at `at`: the closing look, which is returned. Of two officers one
        wins; the other gets TooLate. The same `client_uuid` again gets the same look."""
        from venues.models.inspections import Inspection, SameKeyOtherContent

        look = {
            "by": by, "client_uuid": client_uuid, "venue": self.venue, "officers": officers, "observed_at": at,
            "result": Inspection.Result.CLOSED, "patrol": patrol, "recorded_at": recorded_at, "remark": measures,
        }  # fmt: skip
        try:
            with transaction.atomic():
                hold(self.venue)
                if not Inspection.objects.filter(client_uuid=client_uuid).exists():
                    self._stop(by=by, at=at, measures=measures)
                closing = Inspection.objects.keep(**look)
                self.refresh_from_db()
                answering.stopped(self)
        except SameKeyOtherContent as conflict:
            conflict.keep(by=by)
            raise
        self.refresh_from_db()
        return closing

    def _stop(self, *, by, at, measures):
        if at <= self.found_at:
            sentence = gettext("It was found at %(time)s: the stop lies after that.")
            raise Refused(sentence % {"time": when(self.found_at)})
        from venues.models.inspections import Inspection

        running = Inspection.objects.on_the_spot(self.venue).found_open()
        later = running.filter(observed_at__gte=at).first()
        if later is not None:
            sentence = gettext("It was still seen operating at %(time)s: the stop lies after that.")
            raise Refused(sentence % {"time": when(later.observed_at)})
        self._move(self.State.STOPPED, by=by, at=at, text=measures, stopped_at=at, measures=measures)

    def order_rectification(self, *, by, text, at=None, case_no=""):
        """责令改正: the owner is ordered to put it right."""
        self._settle(self.State.ORDERED, by=by, text=text, at=at, case_no=case_no or self.case_no)

    def resolve(self, *, by, text, at=None, case_no=""):
        self._settle(self.State.RESOLVED, by=by, text=text, at=at, case_no=case_no or self.case_no)

    def transfer(self, *, by, text, to, at=None, case_no=""):
        """Hand it to another authority (police, telecom); `to` names it."""
        if not to.strip():
            raise Refused(gettext("Say to whom it is transferred."))
        self._settle(
            self.State.TRANSFERRED, by=by, text=text, at=at, transferred_to=to.strip(), case_no=case_no or self.case_no
        )

    def withdraw(self, *, by, text, at=None):
        """Say that what was seen is no violation. A look that was wrong is corrected instead, and this follows by
        itself."""
        from venues import standing  # these read this module
        from venues.models import inspections

        at = at or timezone.now()
        with transaction.atomic():
            self._settle(self.State.WITHDRAWN, by=by, text=text, at=at, discounts_until=self.stopped_at or at)
            place = hold(self.venue)
            inspections.follow(place, by=by)  # what was seen running after `at` is another violation
            standing.refresh_venues({place, self.venue})

    def _settle(self, state, *, by, text, at=None, **values):
        at = at or timezone.now()
        if not text.strip():
            raise Refused(gettext("Write a sentence on what was done."))
        if at < (self.stopped_at or self.found_at):
            raise Refused(
                gettext("This move lies after the violation was found and stopped: correct its date and time.")
            )
        if at > timezone.now() + CLOCK_TOLERANCE:
            raise Refused(gettext("This move lies in the future: correct its date and time."))
        with transaction.atomic():
            hold(self.venue)
            self._move(state, by=by, at=at, text=text.strip(), **values)
        self.refresh_from_db()

    def _move(self, state, *, by, at, text, **values):
        """One move of the table: the conditional UPDATE and its row."""
        if state not in self.MOVES[self.state]:
            if self.state == self.State.OPEN:
                raise Refused(gettext("Nobody has seen it stopped yet: record the closing look first."))
            raise TooLate(self._who_was_first())
        unmoved = Violation.objects.filter(pk=self.pk, state=self.state)
        move(unmoved, otherwise=self._who_was_first, state=state, **values)
        self._note(self.state, state, at=at, by=by, text=text)

    # --- what follows from the looks ---------------------------------------------------------------------------------
    def _follow(self, venue, episode, *, by):
        """Take the times of the episode; the state only changes between open and not open."""
        values = {"venue": venue, "opened_by": episode.opened_by, "found_at": episode.found_at, **_stop_of(episode)}
        if episode.stopped_by and self.state != self.State.OPEN:
            values["state"] = self.state
        if all(getattr(self, name) == value for name, value in values.items()):
            return
        text = ""
        if values["state"] == self.State.OPEN and self.state != self.State.OPEN:
            text = gettext("The closing look was corrected: nobody has seen it stopped.")
        self._change(values.pop("state"), by=by, text=text, **values)

    def _change(self, state, *, by, text="", **values):
        before, times = self.state, (self.found_at, self.stopped_at)
        Violation.objects.filter(pk=self.pk).update(state=state, **values)
        self.refresh_from_db()
        if before != state:
            at = self.stopped_at if state == self.State.STOPPED else timezone.now()
            self._note(before, state, at=at, by=by, text=text)
            if state == self.State.STOPPED:
                answering.stopped(self)
        elif times != (self.found_at, self.stopped_at):
            text = gettext("Other looks came in. Found: %(found)s, stopped: %(stopped)s.")
            words = {"found": when(self.found_at), "stopped": when(self.stopped_at) if self.stopped_at else "—"}
            self._note(before, state, at=timezone.now(), by=by, text=text % words)

    # --- rows and sentences ------------------------------------------------------------------------------------------
    def _note(self, before, after, *, at, by, text=""):
        self.moves.create(from_state=before, to_state=after, at=at, by=by, text=text[:300])

    def _who_was_first(self):
        first = self.moves.select_related("by").last()
        return gettext("%(name)s was first: “%(state)s” since %(time)s. Look at the page again.") % {
            "name": who(first.by),
            "state": self.State(first.to_state).label,
            "time": when(first.at),
        }


class ViolationMove(Fact):
    """A move of a violation between its states: when, who, what was said."""

    violation = models.ForeignKey(
        Violation, verbose_name=_("violation"), on_delete=models.PROTECT, related_name="moves"
    )
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    from_state = models.CharField(_("from"), max_length=11, choices=Violation.State.choices, blank=True)
    to_state = models.CharField(_("to"), max_length=11, choices=Violation.State.choices)
    text = models.CharField(_("text"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("move of a violation")
        verbose_name_plural = _("moves of violations")
        ordering = ["pk"]

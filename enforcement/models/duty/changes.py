"""Changes of a published roster: swap, cover, emergency take-over. Both people agree, a leader approves."""

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty.custody import Custody, check_able, of_officer
from venues.models.patrols import CLOCK_TOLERANCE
from venues.transitions import Refused, TooLate, move
from venues.words import when, who


class DutyChangeQuerySet(models.QuerySet):
    def undecided(self):
        """Changes that wait for somebody: a taker, the giver's word on an offer, or the leader."""
        state = DutyChange.State
        return self.filter(state__in=[state.OPEN, state.OFFERED, state.AGREED, state.HOLDS])

    def for_the_leader(self):
        """Changes that wait for a decision."""
        return self.filter(state__in=[DutyChange.State.AGREED, DutyChange.State.HOLDS])

    def waiting_for(self, officer):
        """Changes to which this officer is to say yes or no."""
        state = DutyChange.State
        return self.filter(Q(state=state.OPEN, asked_of=officer) | Q(state=state.OFFERED, giver=officer))

    def open_to_all(self, at):
        """Changes that anybody may take whose time is not over."""
        return self.filter(state=DutyChange.State.OPEN, asked_of=None, end__gt=at)

    def of(self, officer):
        """Changes in which this officer has a part."""
        return self.filter(Q(giver=officer) | Q(taker=officer) | Q(asked_of=officer) | Q(asked_by=officer))

    def with_people(self):
        return self.select_related(
            "giver",
            "taker",
            "asked_of",
            "asked_by",
            "decided_by",
            "withdrawn_by",
            "assignment__shift",
            "counter__shift",
        )

    @transaction.atomic
    def ask(self, *, by, kind, assignment, reason, start=None, end=None, asked_of=None, counter=None, at=None):
        """Ask for somebody to take the span [start, end) of a duty (the whole of what is left of it), in a swap for `counter`.
        Without `asked_of` anybody may; a swap without `counter` lets the taker offer one, to which the giver then agrees. A leader
        may ask for somebody who cannot. Returns the DutyChange."""
        from enforcement.duty import changing

        at = at or timezone.now()
        giver = assignment.officer
        if kind not in (DutyChange.Kind.SWAP, DutyChange.Kind.COVER):
            raise Refused(gettext("Ask for a swap or for a cover."))
        if by.pk != giver.pk and not by.has_perm("enforcement.approve_change"):
            raise Refused(gettext("Only who has this duty, or a leader for him, gives it away."))
        if counter is not None:
            if asked_of is not None and asked_of.pk != counter.officer_id:
                raise Refused(gettext("The duty in return is not one of %(name)s.") % {"name": asked_of})
            asked_of = counter.officer
        change = self.model(
            kind=kind, assignment=assignment, giver=giver, asked_of=asked_of, reason=_said(reason), asked_by=by, asked_at=at,
            counter=counter if kind == DutyChange.Kind.SWAP else None, **changing.span_ahead(assignment, start, end, at),
        )  # fmt: skip
        changing.hold([giver.pk], [assignment.pk])
        if self.undecided().filter(giver=giver, start__lt=change.end, end__gt=change.start).exists():
            raise Refused(gettext("Somebody is asked to take this time already: withdraw that first."))
        if asked_of is not None:
            change._refuse_taker(asked_of)
        change._refuse_effect(change._handings(asked_of, at))
        change.save()
        return change

    @transaction.atomic
    def take_over(self, *, by, assignment, reason, start=None, at=None):
        """顶班: `by` takes somebody's duty from `start` (now) to its end at once; a leader approves it afterwards. It may be
        recorded up to 24 h late. His own duty in that time ends; the post of the telephone or the leadership comes with it when
        the other has it. Returns the DutyChange."""
        from enforcement.duty import changing

        at = at or timezone.now()
        start = max(start or at, assignment.start)
        changing.refuse_take_over(by, assignment, start, at)
        change = self.model(
            kind=DutyChange.Kind.TAKEOVER, state=DutyChange.State.HOLDS, assignment=assignment, start=start, end=assignment.end,
            giver=assignment.officer, taker=by, reason=_said(reason), asked_by=by, asked_at=at, taken_at=at,
        )  # fmt: skip
        own = [row.pk for row in changing.own_duties(by, start, change.end)]
        changing.hold([by.pk, change.giver_id], [assignment.pk, *own])
        row = changing.held(change.giver, assignment.role, start, change.end)
        if row is None:
            raise TooLate(change._who_took_over())
        own = changing.own_duties(by, start, change.end)
        leaving = [changing.Handing(r, None, max(r.start, start), min(r.end, change.end)) for r in own]
        change.save()
        change.left.set(own)
        changing.hand([*leaving, changing.Handing(row, by, start, change.end)], at=at, change=change)
        change._take_post(at)
        return change


class DutyChange(models.Model):
    """One change: `giver` gives the span [start, end) of `assignment` to `taker`; in a swap he takes `counter` for it.

    Swap and cover: open → (offered →) agreed (both consent) → approved | refused | withdrawn. A take-over holds at once and is
    approved (or disapproved) afterwards; its state until then is `holds`. A taker may be anybody: a volunteer from another group
    too. A swap that names no duty in return is open until somebody offers one, and offered until the giver says yes to it.
    """

    class Kind(models.TextChoices):
        SWAP = "swap", _("swap")
        COVER = "cover", _("cover")
        TAKEOVER = "takeover", _("emergency take-over")

    class State(models.TextChoices):
        OPEN = "open", _("looking for consent")
        OFFERED = "offered", _("a duty in return is offered")
        AGREED = "agreed", _("agreed, awaits the leader")
        HOLDS = "holds", _("holds, awaits approval")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    BADGES = {  # a state's shape and tone, by the names of the house's states
        "open": "waiting", "offered": "waiting", "agreed": "awaiting_answer", "holds": "urgent", "approved": "resolved",
        "refused": "not_accepted", "withdrawn": "withdrawn",
    }  # fmt: skip

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.OPEN)
    assignment = models.ForeignKey(
        "enforcement.Assignment", verbose_name=_("duty given"), on_delete=models.PROTECT, related_name="given_in"
    )
    counter = models.ForeignKey(
        "enforcement.Assignment", verbose_name=_("duty taken in return"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="returned_in",
    )  # fmt: skip
    left = models.ManyToManyField(
        "enforcement.Assignment", verbose_name=_("own duties left for it"), blank=True, related_name="left_in"
    )
    start = models.DateTimeField(pgettext_lazy("span of time", "from"))
    end = models.DateTimeField(pgettext_lazy("span of time", "until"))
    giver = of_officer(_("who gives"), related_name="changes_given")
    taker = of_officer(_("who takes"), null=True, blank=True, related_name="changes_taken")
    asked_of = of_officer(_("asked of"), null=True, blank=True, related_name="changes_asked")
    reason = models.CharField(_("reason"), max_length=200)
    asked_by = of_officer(_("asked by"))
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    giver_agreed_at = models.DateTimeField(_("duty in return agreed at"), null=True, blank=True)
    decided_by = of_officer(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_note = models.CharField(_("note on the decision"), max_length=200, blank=True)
    decided_alone = models.BooleanField(_("decided by one of the two, because nobody else may"), default=False)
    withdrawn_by = of_officer(_("withdrawn by"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = DutyChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of duty")
        verbose_name_plural = _("changes of duty")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="change_ends_after_it_began",
                violation_error_message=_("The change ends after it began."),
            ),
            models.CheckConstraint(
                condition=Q(taker=None) | ~Q(taker=F("giver")), name="change_is_between_two_people",
                violation_error_message=_("Nobody changes duty with himself."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["offered", "agreed", "holds", "approved"]) | Q(taker__isnull=False),
                name="an_agreed_change_has_a_taker",
            ),
            models.CheckConstraint(
                condition=~Q(kind="swap", state__in=["offered", "agreed", "approved"]) | Q(counter__isnull=False),
                name="an_agreed_swap_has_a_duty_in_return",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state"], name="change_by_state")]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.giver}"

    def get_absolute_url(self):
        return reverse("duty:change", args=[self.pk])

    @property
    def badge(self):
        return self.BADGES[self.state]

    @property
    def parties(self):
        """The ids of those whom the change is about: who decides is none of them."""
        return {pk for pk in (self.giver_id, self.taker_id, self.asked_by_id) if pk}

    @property
    def is_late(self):
        """Whether a take-over was recorded after it had begun."""
        return self.kind == self.Kind.TAKEOVER and self.asked_at - self.start > CLOCK_TOLERANCE

    def outlook(self, taker, at):
        """What would be a warning if `taker` had the duty, as sentences; raises Refused with what would forbid it."""
        self._refuse_taker(taker)
        return self._refuse_effect(self._handings(taker, at))

    # --- acts of the two
    @transaction.atomic
    def take(self, *, by, counter=None, at=None):
        """Take the duty: of two takers one wins, the other is told who. A swap that names no duty in return needs `counter`, a
        duty of the taker, and then the giver's yes. Returns the sentences of what is only a warning."""
        from enforcement.duty import changing

        at = at or timezone.now()
        changing.hold([self.giver_id, by.pk], [self.assignment_id])
        self.refresh_from_db()
        offers = self.kind == self.Kind.SWAP and self.counter_id is None
        if self.state != self.State.OPEN:
            raise TooLate(self._who_was_first())
        self._refuse_taker(by)
        if offers:
            if counter is None or counter.officer_id != by.pk:
                raise Refused({"counter": gettext("Offer a duty of yours in return.")})
            self.counter = counter
        warnings = self._refuse_effect(self._handings(by, at))
        open_ = DutyChange.objects.filter(pk=self.pk, state=self.State.OPEN, taker=None)
        state = self.State.OFFERED if offers else self.State.AGREED
        move(open_, otherwise=self._who_was_first, state=state, taker=by, taken_at=at, counter=self.counter)
        self.refresh_from_db()
        return warnings

    @transaction.atomic
    def agree(self, *, by, at=None):
        """The giver says yes to the duty that was offered in return."""
        self._refuse_other(by, self.giver)
        at = at or timezone.now()
        self._move([self.State.OFFERED], state=self.State.AGREED, giver_agreed_at=at)

    @transaction.atomic
    def decline(self, *, by, note="", at=None):
        """Say no: who was asked refuses, which ends it; the giver declines an offer, and the change is open again."""
        at = at or timezone.now()
        if self.state == self.State.OFFERED:
            self._refuse_other(by, self.giver)
            return self._move([self.State.OFFERED], state=self.State.OPEN, taker=None, taken_at=None, counter=None)
        self._refuse_other(by, self.asked_of)
        values = {"decided_by": by, "decided_at": at, "decision_note": note[:200]}
        return self._move([self.State.OPEN], state=self.State.REFUSED, **values)

    @transaction.atomic
    def withdraw(self, *, by, at=None):
        """Take back what was asked or promised before the leader has decided; a take-over is not taken back."""
        if by.pk not in self.parties:
            raise Refused(gettext("Only those who change their duty withdraw it."))
        undecided = [self.State.OPEN, self.State.OFFERED, self.State.AGREED]
        self._move(undecided, state=self.State.WITHDRAWN, withdrawn_by=by, withdrawn_at=at or timezone.now())

    # --- acts of the leader
    @transaction.atomic
    def approve(self, *, by, note="", at=None):
        """The change holds: the old assignments lapse and their pieces enter, from now on at the earliest. A take-over holds
        already; this signs it. Returns the sentences of what is only a warning."""
        from enforcement.duty import changing

        at = at or timezone.now()
        counters = [self.counter_id] if self.counter_id else []
        changing.hold([self.giver_id, self.taker_id], [self.assignment_id, *counters])
        if self._decide(self.State.APPROVED, by=by, note=note, at=at) == self.State.HOLDS:
            self._sign_post(by, at)
            return []
        handings = self._handings(self.taker, at)
        warnings = self._refuse_effect(handings)
        changing.hand(handings, at=at, change=self)
        return warnings

    @transaction.atomic
    def refuse(self, *, by, note="", at=None):
        """The leader says no. Of a take-over, what was served stays as it was and the rest goes back to who had it."""
        from enforcement.duty import changing

        at = at or timezone.now()
        changing.hold([self.giver_id, self.taker_id], [self.assignment_id])
        if self._decide(self.State.REFUSED, by=by, note=note, at=at) == self.State.HOLDS:
            changing.give_back(self, at)

    # --- pieces of the acts
    def _decide(self, state, *, by, note, at):
        """The conditional UPDATE of a decision; returns the state before it."""
        from enforcement.duty import changing

        alone = changing.judges_alone(by, self.parties)
        before = DutyChange.objects.values_list("state", flat=True).get(pk=self.pk)
        awaiting = [before] if before in (self.State.AGREED, self.State.HOLDS) else []
        values = {"decided_by": by, "decided_at": at, "decision_note": note.strip()[:200], "decided_alone": alone}
        self._move(awaiting, state=state, **values)
        return before

    def _move(self, before, **values):
        move(DutyChange.objects.filter(pk=self.pk, state__in=before), otherwise=self._who_was_first, **values)
        self.refresh_from_db()

    def _handings(self, taker, at):
        """What passes from whom to whom, from `at` on; Refused when the roster says something else by now. Without a taker
        only the giver's part."""
        from enforcement.duty import changing

        start = max(self.start, at)
        if start >= self.end:
            raise Refused(gettext("This time is over: nothing of it can be given away any more."))
        swaps = self.kind == self.Kind.SWAP
        if swaps and (self.assignment.start < at or (self.counter_id and self.counter.start < at)):
            raise Refused(gettext("A duty that has begun is not swapped: ask for a cover of the rest."))
        row = changing.held(self.giver, self.assignment.role, start, self.end)
        if row is None:
            raise Refused(changing.roster_moved())
        handings = [changing.Handing(row, taker, start, self.end)]
        if swaps and self.counter_id:
            counter = self.counter
            row = changing.held(counter.officer, counter.role, counter.start, counter.end)
            if row is None:
                raise Refused(changing.roster_moved())
            handings.append(changing.Handing(row, self.giver, counter.start, counter.end))
        return handings

    def _refuse_effect(self, handings):
        """Refused when the change would need somebody twice, call him from his leave, or give him what he may not do; returns
        the sentences of what is only a warning."""
        from enforcement.duty import changing

        for handing in handings:
            if handing.to is not None:
                check_able(handing.to, handing.row.role)
        return changing.refuse_clashes(handings)

    def _refuse_taker(self, taker):
        if taker.pk == self.giver_id:
            raise Refused(gettext("Nobody changes duty with himself."))
        if self.asked_of_id and self.asked_of_id != taker.pk:
            raise Refused(gettext("This was asked of %(name)s.") % {"name": self.asked_of})
        check_able(taker, self.assignment.role)

    @staticmethod
    def _refuse_other(by, officer):
        if officer is None or by.pk != officer.pk:
            raise Refused(gettext("This is for %(name)s to say.") % {"name": who(officer)})

    def _take_post(self, at):
        """The telephone or the leadership passes too when the giver has it and the taken time has begun."""
        role = self.assignment.role
        held = Custody.objects.open(role) if role in Custody.Post.values else None
        if held is not None and held.officer_id == self.giver_id and self.start <= at < self.end:
            Custody.objects.take_in_emergency(by=self.taker, post=role, reason=self.reason, at=at)

    def _sign_post(self, by, at):
        """The approval is also that of the post which came with the take-over."""
        taken = Custody.objects.unapproved().filter(officer=self.taker, taken_at=self.taken_at)
        if by.can_lead and by.pk != self.taker_id:
            for custody in taken:
                custody.approve(by=by, at=at)

    def _who_was_first(self):
        state, first = self.State, DutyChange.objects.with_people().get(pk=self.pk)
        if first.state in (state.APPROVED, state.REFUSED):
            named = {"name": who(first.decided_by), "time": when(first.decided_at), "state": first.get_state_display()}
            return gettext("%(name)s has decided this already at %(time)s: %(state)s.") % named
        if first.state == state.WITHDRAWN:
            named = {"name": who(first.withdrawn_by), "time": when(first.withdrawn_at)}
            return gettext("%(name)s withdrew this at %(time)s.") % named
        if first.taker_id:
            return first._who_took()
        return gettext("This is open again. Look at it anew.")

    def _who_took_over(self):
        """The sentence for a duty that its officer has no more."""
        from enforcement.duty import changing

        others = DutyChange.objects.with_people().filter(giver=self.giver, start__lt=self.end, end__gt=self.start)
        first = others.filter(state__in=[self.State.HOLDS, self.State.APPROVED]).order_by("-taken_at").first()
        return first._who_took() if first else changing.roster_moved()

    def _who_took(self):
        named = {"name": who(self.taker), "time": when(self.taken_at)}
        return gettext("%(name)s has taken this duty already at %(time)s.") % named


def _said(reason):
    reason = reason.strip()
    if not reason:
        raise Refused({"reason": gettext("Say why.")})
    return reason[:200]

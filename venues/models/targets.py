"""The targets of a closure order: the frozen list, its exclusions and late additions, and who calls whom."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from venues.append_only import Fact
from venues.models.calling import CALL_AT_MOST, CLAIM_LASTS, CallingQuerySet
from venues.models.notices import Notice
from venues.models.registry import Category, Division, Venue
from venues.models.violations import Violation, hold
from venues.transitions import Refused, TooLate, move
from venues.words import when, who


class TargetQuerySet(CallingQuerySet):
    def of(self, order):
        return self.filter(order=order)

    def known(self, at):
        """Targets that were on the list at the moment `at` (frozen at activation, or added since)."""
        return self.filter(added_at__lte=at)

    def in_scope(self):
        return self.filter(scope=Target.Scope.IN_SCOPE)

    def within(self, categories=None, districts=None):
        """Targets of these categories and districts as frozen; None or empty means all."""
        found = self.filter(category__in=categories) if categories else self
        return found.filter(district__in=districts) if districts else found

    def late(self, at):
        """Late additions that were on the list at `at`, oldest first, with who added them."""
        return (
            self.known(at)
            .filter(late=True)
            .select_related("added_by", "category", "district")
            .order_by("added_at", "pk")
        )

    def with_open_violation(self):
        """Adds `.violation_open`: whether there is an open violation at its place now, which forbids excluding or
        lifting it. A venue that was merged and the one that it was merged into are one place."""
        place = Coalesce("venue__merged_into", "venue")
        open_now = Violation.objects.filter(state=Violation.State.OPEN).annotate(place=place)
        return self.annotate(at_place=place).annotate(
            violation_open=Exists(open_now.filter(place=OuterRef("at_place")))
        )

    def freeze(self, order, venues, *, by, at, reason=""):
        """Put these venues on the list of `order`, with their cards as they are at this moment; a `reason` makes
        them late additions. Returns the targets."""
        return self.bulk_create(
            [
                self.model(
                    order=order, venue=venue, name=venue.name, category_id=venue.category_id,
                    district_id=venue.district_id, address=venue.address, manager=venue.manager,
                    phone=venue.phone or venue.phone_2, added_at=at, added_by=by, added_reason=reason,
                    late=bool(reason),
                )
                for venue in venues
            ],
            batch_size=500,
        )  # fmt: skip


class Target(models.Model):
    """A venue that an order names, with its card as it was when it came on the list.

    `scope` and the columns under "cached facts" are written only by `venues.standing` and the acts on the scope;
    the state itself changes by the clock alone and is computed when read (`venues.states`)."""

    class Scope(models.TextChoices):
        IN_SCOPE = "in_scope", _("in scope")
        EXCLUDED = "excluded", _("excluded")
        LIFTED = "lifted", _("lifted")

    order = models.ForeignKey(
        "venues.ClosureOrder", verbose_name=_("order"), on_delete=models.PROTECT, related_name="targets"
    )
    venue = models.ForeignKey(Venue, verbose_name=_("venue"), on_delete=models.PROTECT, related_name="targets")
    # the frozen card
    name = models.CharField(_("name"), max_length=120)
    category = models.ForeignKey(Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="+")
    district = models.ForeignKey(
        Division, verbose_name=_("district or county"), on_delete=models.PROTECT, related_name="+"
    )
    address = models.CharField(_("address"), max_length=200, blank=True)
    manager = models.CharField(_("manager"), max_length=60, blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    added_at = models.DateTimeField(_("on the list since"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("put on the list by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    added_reason = models.CharField(_("reason of the late addition"), max_length=300, blank=True)
    late = models.BooleanField(_("added late"), default=False)
    scope = models.CharField(_("scope"), max_length=8, choices=Scope.choices, default=Scope.IN_SCOPE)
    # cached facts
    told_at = models.DateTimeField(_("told at"), null=True, editable=False)
    reported_at = models.DateTimeField(_("reported closed at"), null=True, editable=False)
    first_verified_at = models.DateTimeField(_("first seen closed at"), null=True, editable=False)
    says_closed = models.BooleanField(_("owner says closed"), default=False, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    failed_attempts = models.PositiveSmallIntegerField(_("failed attempts"), default=0, editable=False)
    last_attempt_at = models.DateTimeField(_("last attempt at"), null=True, editable=False)
    last_look_at = models.DateTimeField(_("last look at"), null=True, editable=False)
    last_look_result = models.CharField(_("last look"), max_length=12, blank=True, editable=False)
    last_look_by_two = models.BooleanField(_("last look by two certified officers"), default=False, editable=False)
    remote_closed = models.BooleanField(_("closed as seen from afar"), default=False, editable=False)
    violating_since = models.DateTimeField(_("violating since"), null=True, editable=False)
    facts_until = models.DateTimeField(_("latest fact"), null=True, editable=False)
    # the call-down list
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("being called by"), null=True, on_delete=models.PROTECT,
        related_name="+", editable=False,
    )  # fmt: skip
    claimed_at = models.DateTimeField(_("being called since"), null=True, editable=False)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, editable=False)
    turn = models.PositiveIntegerField(_("turn of the call-down list"), default=0, editable=False)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["category__position", "district__code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "venue"],
                name="target_names_a_venue_once_in_its_order",
                violation_error_message=_("This venue is already on the list of this order."),
            ),
            models.CheckConstraint(
                condition=Q(late=False) | ~Q(added_reason=""),
                name="late_target_has_its_reason",
                violation_error_message=_("A late addition needs its reason."),
            ),
        ]
        indexes = [
            models.Index(fields=["order", "scope", "last_look_at"], name="target_by_last_look"),
            models.Index(fields=["order", "told_at", "attempts"], name="target_by_call_down"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("venues:target", args=[self.order_id, self.pk])

    @property
    def in_scope(self):
        return self.scope == Target.Scope.IN_SCOPE

    def has_open_violation(self):
        """Whether its venue has an open violation now, which forbids excluding or lifting it."""
        return Target.objects.filter(pk=self.pk).with_open_violation().filter(violation_open=True).exists()

    # --- the scope --------------------------------------------------------------------------------------------------

    @transaction.atomic
    def exclude(self, *, by, reason, at=None):
        """Take the venue off the list, with the reason; refused while it has an open violation. TooLate when
        somebody else changed it first."""
        at = self.order.check_scope_change(at)
        hold(self.venue)  # so that no look opens a violation meanwhile
        if self.has_open_violation():
            raise Refused(
                gettext("%(venue)s has an open violation. It can be excluded when the violation is stopped.")
                % {"venue": self.name}
            )
        self._change_scope(Target.Scope.IN_SCOPE, Target.Scope.EXCLUDED, TargetMove.Kind.EXCLUDED, by, reason, at)

    @transaction.atomic
    def reinstate(self, *, by, reason, at=None):
        """Put an excluded venue back on the list, with the reason."""
        at = self.order.check_scope_change(at)
        self._change_scope(Target.Scope.EXCLUDED, Target.Scope.IN_SCOPE, TargetMove.Kind.REINSTATED, by, reason, at)

    def _change_scope(self, before, after, kind, by, reason, at):
        reason = given(reason)
        last = self.moves.last()
        if last is not None and at < last.at:
            raise Refused(
                gettext("%(venue)s was changed later, at %(when)s.") % {"venue": self.name, "when": when(last.at)}
            )
        # Only columns of the row itself in the condition: a join would make it a subquery, which PostgreSQL does
        # not read again after it waited for the colleague's transaction.
        move(
            Target.objects.filter(pk=self.pk, scope=before),
            otherwise=self._who_changed_it,
            scope=after, claimed_by=None, claimed_at=None, claimed_until=None, turn=F("turn") + 1,
        )  # fmt: skip
        TargetMove.objects.create(target=self, kind=kind, at=at, by=by, reason=reason)
        self.scope = after
        refresh([self])

    def _who_changed_it(self):
        last = self.moves.select_related("by").last()
        if last is None:
            return gettext("%(venue)s is on the list of this order and was never excluded.") % {"venue": self.name}
        return gettext("Nothing was changed: %(venue)s is already %(what)s, by %(name)s at %(when)s.") % {
            "venue": self.name, "what": last.get_kind_display(), "name": who(last.by), "when": when(last.at),
        }  # fmt: skip

    # --- notices ----------------------------------------------------------------------------------------------------

    @transaction.atomic
    def notify(
        self, *, by, channel, outcome, at=None, turn=None, number_used="", acknowledged_by_name="", says_closed=False,
        remark="", recorded_at=None,
    ):  # fmt: skip
        """Append the notice of one attempt to tell the owner, and return it.

        `turn` is the number that the call-down page carried: when the turn is over, TooLate says who recorded what,
        and when. Without it the notice stands for itself (the target's page, a visit, the loader). `at` is when it
        happened, by default now; not before the order was issued and not in the future."""
        at = self.order.check_notice_time(at)
        self._check_notice(channel, outcome, acknowledged_by_name, says_closed)
        if turn is not None:
            move(
                Target.objects.filter(pk=self.pk, turn=turn),
                otherwise=self._who_ended_the_turn,
                turn=F("turn") + 1, claimed_by=None, claimed_at=None, claimed_until=None,
            )  # fmt: skip
        notice = Notice.objects.create(
            target=self, channel=channel, at=at, by=by, number_used=number_used, outcome=outcome,
            says_closed=says_closed, acknowledged_by_name=acknowledged_by_name, remark=remark,
            recorded_at=recorded_at or timezone.now(),
        )  # fmt: skip
        refresh([self])
        return notice

    @staticmethod
    def _check_notice(channel, outcome, acknowledged_by_name, says_closed):
        if channel not in Notice.Channel or outcome not in Notice.Outcome:
            raise Refused(gettext("Choose the channel and the outcome."))
        if outcome not in Notice.TOLD and (says_closed or acknowledged_by_name):
            raise Refused(
                gettext("Only an owner who was reached can acknowledge the order or say that the venue is closed.")
            )
        if outcome == Notice.Outcome.POSTED_TO_GROUP and channel not in Notice.GROUP_CHANNELS:
            raise Refused(gettext("A post to a group goes by WeChat, QQ, text message or notice board."))
        if outcome == Notice.Outcome.LEFT_ON_DOOR and channel not in Notice.DOOR_CHANNELS:
            raise Refused(gettext("A notice is left on the door on site."))

    def _who_ended_the_turn(self):
        now = Target.objects.select_related("claimed_by").get(pk=self.pk)
        if now.claimed_by is not None:
            return gettext("Not recorded: %(name)s has been calling %(venue)s since %(when)s.") % {
                "name": who(now.claimed_by), "venue": self.name, "when": when(now.claimed_at or now.claimed_until),
            }  # fmt: skip
        last = self.notices.select_related("by").order_by("recorded_at", "pk").last()
        if last is None:
            return gettext("Not recorded: this turn of the call-down list is over. Take the next venue.")
        return gettext("Not recorded: %(name)s already recorded “%(outcome)s” for %(venue)s at %(when)s.") % {
            "name": who(last.by), "outcome": last.get_outcome_display(), "venue": self.name, "when": when(last.at),
        }  # fmt: skip

    # --- the call-down list -----------------------------------------------------------------------------------------

    @transaction.atomic
    def claim(self, *, by, at=None):
        """Claim this very venue for ten minutes. TooLate when a colleague is calling it or its owner was told
        meanwhile."""
        at = at or timezone.now()
        if self.order.status != self.order.Status.ACTIVE:
            raise Refused(gettext("This order is not in force: nobody is called."))
        if self.renew(by=by, at=at):
            return
        if not Target.objects.take(self.pk, by=by, at=at):
            raise TooLate(self._why_not_free(at))
        Target.objects.of(self.order).claimed_by_officer(by).exclude(pk=self.pk).update(
            claimed_by=None, claimed_at=None, claimed_until=None, turn=F("turn") + 1
        )
        self.refresh_from_db()

    def _why_not_free(self, at):
        now = Target.objects.select_related("claimed_by").get(pk=self.pk)
        if now.claimed_by is not None and now.claimed_until > at:
            return gettext("%(name)s has been calling %(venue)s since %(when)s.") % {
                "name": who(now.claimed_by), "venue": self.name, "when": when(now.claimed_at or now.claimed_until),
            }  # fmt: skip
        if not now.in_scope:
            return gettext("%(venue)s is not in scope any more.") % {"venue": self.name}
        return gettext("The owner of %(venue)s was told at %(when)s.") % {
            "venue": self.name, "when": when(now.told_at or at),
        }  # fmt: skip

    def renew(self, *, by, at=None):
        """Hold the claim for another ten minutes, half an hour at most. Returns False when it is not his (any more)."""
        at = at or timezone.now()
        held = Target.objects.filter(pk=self.pk, claimed_by=by).untold()
        until = at + CLAIM_LASTS
        if not held.filter(claimed_at__gt=at - CALL_AT_MOST).update(claimed_until=until):
            return False
        self.refresh_from_db()
        return True

    def release(self, *, by):
        """Give the venue back to the list without an outcome. Releasing what one does not hold changes nothing."""
        return bool(
            Target.objects.filter(pk=self.pk, claimed_by=by).update(
                claimed_by=None, claimed_at=None, claimed_until=None, turn=F("turn") + 1
            )
        )


class TargetMoveQuerySet(models.QuerySet):
    def of(self, order):
        return self.filter(target__order=order)

    def until(self, at):
        return self.filter(at__lte=at)

    def first_lifting(self, order):
        """When the first target of the order was lifted, or None."""
        return self.of(order).filter(kind=TargetMove.Kind.LIFTED).aggregate(first=models.Min("at"))["first"]

    def with_words(self):
        """With the rows that a list of them prints."""
        return self.select_related("by", "target__category", "target__district")


class TargetMove(Fact):
    """A change of a target's scope. It stands beside the percentage, so that nobody reaches 100 % by dropping
    venues."""

    class Kind(models.TextChoices):
        EXCLUDED = "excluded", _("excluded")
        REINSTATED = "reinstated", _("reinstated")
        LIFTED = "lifted", _("lifted")

    target = models.ForeignKey(Target, verbose_name=_("target"), on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300)

    objects = TargetMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a target")
        verbose_name_plural = _("changes of targets")
        ordering = ["pk"]
        indexes = [models.Index(fields=["target", "at"], name="target_move_by_time")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="change_of_a_target_has_its_reason"),
        ]

    def __str__(self):
        return f"{self.target} {self.get_kind_display()}"


def given(reason):
    """The reason without its outer blanks; refused when there is none."""
    reason = (reason or "").strip()
    if not reason:
        raise Refused(gettext("Give the reason: it stands on the board beside the figure."))
    return reason


def refresh(targets):
    """`venues.standing.refresh`, which reads these models and so is imported late."""
    from venues import standing

    standing.refresh(targets)

"""Closure orders: the draft, its activation, which freezes the targets, and its end by lifting or cancelling."""

import datetime
import re

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from venues.append_only import Fact
from venues.models.notices import Notice
from venues.models.patrols import CLOCK_TOLERANCE
from venues.models.registry import Category, Division, Venue
from venues.models.targets import Target, TargetMove, given, refresh
from venues.models.violations import hold_all
from venues.scope import Preview
from venues.transitions import Refused, TooLate, move
from venues.words import when, who

DEADLINE = datetime.timedelta(hours=4)  # the default between T and the deadline


class ClosureOrderQuerySet(models.QuerySet):
    def active(self, at):
        """Orders in force at the moment `at`, latest issued first."""
        return (
            self.filter(activated_at__lte=at)
            .exclude(lifted_at__lte=at)
            .exclude(cancelled_at__lte=at)
            .order_by("-issued_at", "-pk")
        )

    def next_number(self, at):
        """The number that the next order of this year probably gets: the last one counted up. The office gives the
        real one."""
        year = str(timezone.localtime(at).year)
        last = self.filter(number__contains=year).order_by("-pk").values_list("number", flat=True).first()
        found = re.search(r"^(.*?)(\d+)(\D*)$", last or "")
        if not found:
            return f"{settings.NUMBER_PREFIX}〔{year}〕1号"
        head, count, tail = found.groups()
        return f"{head}{int(count) + 1:0{len(count)}d}{tail}"

    @transaction.atomic
    def draft(self, *, by, categories, districts=(), at=None, **fields):
        """A new draft; no venue is touched before its activation."""
        at = at or timezone.now()
        order = self.create(created_by=by, created_at=at, **fields)
        order.categories.set(categories)
        order.districts.set(districts)
        OrderMove.objects.create(order=order, at=at, by=by, to_status=ClosureOrder.Status.DRAFT)
        return order


class ClosureOrder(models.Model):
    """An order that names categories and districts and shuts their venues from T (`issued_at`) until it is lifted.

    Who activates: an officer with the permission (the shift leader), who types the total of the preview. The
    drafter may be the same person: what is drafted here is the copy of a document that the bureau has already
    signed, and at night one leader may be alone while four hours run. The moves keep both names, and the page says
    it when they are the same."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("in force")
        LIFTED = "lifted", _("lifted")
        CANCELLED = "cancelled", _("cancelled")

    MOVES = {
        Status.DRAFT: (Status.DRAFT, Status.ACTIVE, Status.CANCELLED),
        Status.ACTIVE: (Status.LIFTED, Status.CANCELLED),
        Status.LIFTED: (),
        Status.CANCELLED: (),
    }

    number = models.CharField(_("order no."), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    issuer = models.CharField(_("issued by"), max_length=120, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    issued_at = models.DateTimeField(_("issued at (T)"))
    effective_at = models.DateTimeField(_("takes effect at"))
    deadline_at = models.DateTimeField(_("deadline"))
    categories = models.ManyToManyField(Category, verbose_name=_("categories"), related_name="orders")
    districts = models.ManyToManyField(Division, verbose_name=_("districts"), blank=True, related_name="orders")
    status = models.CharField(_("status"), max_length=9, choices=Status.choices, default=Status.DRAFT)
    revision = models.PositiveIntegerField(_("revision of the draft"), default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("drafted by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("drafted at"), default=timezone.now)
    activated_at = models.DateTimeField(_("activated at"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)

    objects = ClosureOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("closure order")
        verbose_name_plural = _("closure orders")
        ordering = ["-issued_at", "-pk"]
        permissions = [
            ("activate_closureorder", _("Can activate, cancel and lift closure orders")),
            ("change_targets", _("Can exclude, add and reinstate targets")),
            ("view_board", _("Can see the order board")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(deadline_at__gt=F("issued_at")),
                name="order_deadline_is_after_its_issue",
                violation_error_message=_("The deadline lies after the moment of issue."),
            ),
            models.CheckConstraint(
                condition=Q(status="draft", activated_at=None) | ~Q(status="draft"),
                name="draft_order_was_never_activated",
            ),
        ]
        indexes = [models.Index(fields=["status", "issued_at"], name="order_by_status")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("venues:order", args=[self.pk])

    # --- what it is -------------------------------------------------------------------------------------------------

    @property
    def is_draft(self):
        return self.status == ClosureOrder.Status.DRAFT

    @property
    def is_active(self):
        return self.status == ClosureOrder.Status.ACTIVE

    @property
    def ended_at(self):
        """When it was lifted or cancelled, or None."""
        return self.lifted_at or self.cancelled_at

    def candidates(self):
        """The venues that activation would freeze now."""
        return Venue.objects.ordered_shut_candidates(self.categories.all(), self.districts.all())

    def preview(self):
        """What activation would name now: counts by category × district, and what is wrong with the list
        (`Preview`)."""
        return Preview(self.candidates())

    def exclusions(self, at):
        """The exclusions and reinstatements until `at`, oldest first: they stand beside the percentage."""
        kinds = [TargetMove.Kind.EXCLUDED, TargetMove.Kind.REINSTATED]
        return TargetMove.objects.of(self).until(at).filter(kind__in=kinds).with_words().order_by("at", "pk")

    def late_additions(self, at):
        """The venues added to the list after its activation, until `at`, oldest first."""
        return Target.objects.of(self).late(at)

    # --- from state to state ----------------------------------------------------------------------------------------

    @transaction.atomic
    def revise(self, *, by, revision, categories, districts=(), at=None, **fields):
        """Change the draft. `revision` is the one that the editor saw: TooLate when somebody changed it since."""
        at = at or timezone.now()
        self._move(ClosureOrder.Status.DRAFT, by=by, at=at, revision=revision, **fields)
        self.categories.set(categories)
        self.districts.set(districts)

    @transaction.atomic
    def activate(self, *, by, typed_total, at=None, revision=None):
        """Put the draft in force and freeze its targets, all in one transaction.

        `typed_total` is what the confirmer typed from the preview; it must equal the count of this very moment.
        `revision`, when given, is the draft that he saw. The order is in force from `at` (now by default)."""
        at = at or timezone.now()
        _not_ahead(at)
        self._move(ClosureOrder.Status.ACTIVE, by=by, at=at, revision=revision, activated_at=at)
        self.refresh_from_db()
        if self.issued_at > at + CLOCK_TOLERANCE:
            raise Refused(
                gettext("The moment of issue %(when)s lies ahead. Activate the order then, or change it in the draft.")
                % {"when": when(self.issued_at)}
            )
        venues = list(self.candidates().select_for_update(no_key=True, of=("self",)).order_by("pk"))
        if not venues:
            raise Refused(gettext("No venue is in scope. Change the categories or districts of the draft."))
        if typed_total != len(venues):
            raise Refused(
                gettext(
                    "The list now has %(total)s venues, not %(typed)s. Look at the counts again and type the new total."
                )
                % {"total": len(venues), "typed": typed_total}
            )
        refresh(Target.objects.freeze(self, venues, by=by, at=at))  # looks since the issue count at once

    @transaction.atomic
    def cancel(self, *, by, reason, at=None):
        """End a draft or an order in force that should not have been issued. Open violations stay open: they are
        the venues'."""
        at = at or timezone.now()
        _not_ahead(at)
        if self.activated_at and at < self.activated_at:
            raise Refused(gettext("The order was activated at %(when)s.") % {"when": when(self.activated_at)})
        self._move(ClosureOrder.Status.CANCELLED, by=by, at=at, reason=given(reason), cancelled_at=at)

    @transaction.atomic
    def lift(self, *, by, reason, categories=None, districts=None, at=None, expected=None):
        """Lift the targets of these categories × districts (None: all) and return two lists: lifted, and blocked by
        an open violation. With the last target in scope the order itself is lifted. `expected`, when given, is the
        number that the officer confirmed; it must be right at this moment."""
        at = self.check_scope_change(at)
        reason = given(reason)
        found = Target.objects.of(self).in_scope().within(categories, districts)
        hold_all(found.values_list("venue", flat=True))  # so that no look opens a violation meanwhile
        found = found.with_open_violation()
        targets = list(found.select_for_update(no_key=True, of=("self",)).order_by("pk"))
        lifted = [target for target in targets if not target.violation_open]
        blocked = [target for target in targets if target.violation_open]
        if not targets:
            raise Refused(gettext("Nothing is left to lift there."))
        if not lifted:
            raise Refused(gettext("Nothing was lifted: every venue there has an open violation."))
        if expected is not None and expected != len(lifted):
            said = {"count": len(lifted), "expected": expected}
            raise TooLate(gettext("Now %(count)s venues would be lifted, not %(expected)s. Look at them again.") % said)
        self._lift_targets(lifted, by=by, reason=reason, at=at)
        if not Target.objects.of(self).in_scope().exists():
            self._move(ClosureOrder.Status.LIFTED, by=by, at=at, reason=reason, lifted_at=at)
        return lifted, blocked

    @staticmethod
    def _lift_targets(targets, *, by, reason, at):
        changed = Target.objects.in_scope().filter(pk__in=[target.pk for target in targets]).update(
            scope=Target.Scope.LIFTED, claimed_by=None, claimed_at=None, claimed_until=None, turn=F("turn") + 1
        )  # fmt: skip
        if changed != len(targets):
            raise TooLate(gettext("The list was changed meanwhile. Look at it again."))
        kind = TargetMove.Kind.LIFTED
        TargetMove.objects.bulk_create(
            [TargetMove(target=target, kind=kind, at=at, by=by, reason=reason) for target in targets], batch_size=500
        )
        refresh(targets)

    def _move(self, to, *, by, at, reason="", revision=None, **values):
        """One conditional UPDATE from the status that the caller saw, and the row of the move."""
        before = self.status
        if to not in ClosureOrder.MOVES[before]:
            raise TooLate(self._who_moved_it())
        row = ClosureOrder.objects.filter(pk=self.pk, status=before)
        if revision is not None:
            row = row.filter(revision=revision)
        move(row, otherwise=self._who_moved_it, status=to, revision=F("revision") + 1, **values)
        OrderMove.objects.create(order=self, at=at, by=by, from_status=before, to_status=to, reason=reason)
        self.refresh_from_db()

    def _who_moved_it(self):
        now = ClosureOrder.objects.get(pk=self.pk)
        last = self.moves.select_related("by").last()
        if last is None:
            return gettext("Nothing was changed: this order is %(status)s.") % {"status": now.get_status_display()}
        said = {"status": now.get_status_display(), "name": who(last.by), "when": when(last.at)}
        if now.status == ClosureOrder.Status.DRAFT:
            return gettext("Nothing was changed: %(name)s changed this draft at %(when)s. Look at it again.") % said
        return gettext("Nothing was changed: this order is %(status)s, by %(name)s at %(when)s.") % said

    # --- its list ---------------------------------------------------------------------------------------------------

    @transaction.atomic
    def add_target(self, venue, *, by, reason, at=None):
        """Put a venue on the list that was missing from it (补录), with the reason; returns the target."""
        at = self.check_scope_change(at)
        reason = given(reason)
        self._check_addition(venue)
        known = Target.objects.of(self).filter(Q(venue=venue) | Q(venue__merged_into=venue))
        try:
            with transaction.atomic():
                if known.exists():
                    raise TooLate(self._who_added(known.first()))
                (target,) = Target.objects.freeze(self, [venue], by=by, at=at, reason=reason)
        except IntegrityError:  # a colleague's row came between the look and the insert
            raise TooLate(self._who_added(known.first())) from None
        refresh([target])
        return target

    def _check_addition(self, venue):
        if venue.merged_into is not None:
            raise Refused(gettext("This entry was merged into %(venue)s: add that one.") % {"venue": venue.merged_into})
        status = Venue.OperatingStatus
        if venue.operating_status not in (status.ACTIVE, status.DORMANT, status.UNLOCATABLE):
            raise Refused(
                gettext(
                    "%(venue)s is entered as “%(status)s” and cannot be a target. "
                    "If that is wrong, correct the registry first."
                )
                % {"venue": venue, "status": venue.get_operating_status_display()}
            )
        districts = self.districts.all()
        if venue.category not in self.categories.all() or (districts and venue.district not in districts):
            raise Refused(
                gettext("%(venue)s (%(category)s, %(district)s) lies outside this order. It needs an order of its own.")
                % {"venue": venue, "category": venue.category, "district": venue.district}
            )

    @staticmethod
    def _who_added(target):
        return gettext("%(venue)s is already on the list: since %(when)s, by %(name)s.") % {
            "venue": target.name, "when": when(target.added_at), "name": who(target.added_by),
        }  # fmt: skip

    @transaction.atomic
    def post_to_group(self, *, by, channel, targets=None, at=None, remark="", expected=None):
        """One post to a group, entered once for all its venues (`targets`, by default all in scope); never an
        acknowledgement. `expected`, when given, is the number of venues that the officer saw. Returns the notices."""
        at = self.check_notice_time(at)
        if channel not in Notice.GROUP_CHANNELS:
            raise Refused(gettext("A post to a group goes by WeChat, QQ, text message or notice board."))
        found = Target.objects.of(self).in_scope()
        if targets is not None:
            found = found.filter(pk__in=[target.pk for target in targets])
        members = list(found.select_for_update(no_key=True, of=("self",)).order_by("pk"))
        if not members:
            raise Refused(gettext("No venue in scope was chosen."))
        if expected is not None and expected != len(members):
            said = {"count": len(members), "expected": expected}
            raise TooLate(gettext("Now it would be %(count)s venues, not %(expected)s. Look at them again.") % said)
        notices = Notice.objects.bulk_create(
            [
                Notice(
                    target=target, channel=channel, at=at, by=by, outcome=Notice.Outcome.POSTED_TO_GROUP, remark=remark,
                )
                for target in members
            ],
            batch_size=500,
        )  # fmt: skip
        refresh(members)
        return notices

    # --- the checks under the acts on its list ----------------------------------------------------------------------

    def check_scope_change(self, at):
        """Hold the row of the order until the transaction ends, so that changes of its list come one after another,
        and return the moment of the change; refused when it is not in force."""
        now = ClosureOrder.objects.select_for_update(no_key=True).get(pk=self.pk)
        at = at or timezone.now()  # after the wait, so that the moments follow the order of the changes
        if now.status != ClosureOrder.Status.ACTIVE:
            raise TooLate(self._who_moved_it())
        if at < now.activated_at:
            raise Refused(
                gettext("The list was frozen at %(when)s and cannot change before.") % {"when": when(now.activated_at)}
            )
        _not_ahead(at)
        return at

    def check_notice_time(self, at):
        """The moment of a notice, checked against the life of the order and the clock."""
        at = at or timezone.now()
        now = ClosureOrder.objects.get(pk=self.pk)
        if now.activated_at is None:
            raise Refused(gettext("This order was never in force: there is nobody to tell."))
        if at < now.issued_at:
            raise Refused(
                gettext("The order was issued at %(when)s: nobody was told before.") % {"when": when(now.issued_at)}
            )
        if now.ended_at and at > now.ended_at:
            raise Refused(gettext("The order ended at %(when)s: nobody is told after.") % {"when": when(now.ended_at)})
        _not_ahead(at)
        return at


def _not_ahead(at):
    if at > timezone.now() + CLOCK_TOLERANCE:
        raise Refused(gettext("%(when)s lies in the future. Check the date and the time.") % {"when": when(at)})


class OrderMove(Fact):
    """A move of an order between its states, who made it and why. A change of the draft is a move from draft to
    draft."""

    order = models.ForeignKey(ClosureOrder, verbose_name=_("order"), on_delete=models.PROTECT, related_name="moves")
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    from_status = models.CharField(_("from"), max_length=9, choices=ClosureOrder.Status.choices, blank=True)
    to_status = models.CharField(_("to"), max_length=9, choices=ClosureOrder.Status.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("move of an order")
        verbose_name_plural = _("moves of orders")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.order} {self.to_status}"

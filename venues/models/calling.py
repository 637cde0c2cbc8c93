"""The call-down list: which venue is called next, and that no two officers call the same one.

A claim is one conditional UPDATE; its `turn` is the number that the officer's page carries. Whatever ends the turn
(an outcome, a release, somebody else's claim after ten minutes) counts it up, so that the outcome of a stale page
changes no row.
"""

import datetime

from django.db import models, transaction
from django.db.models import Case, Count, F, Max, Q, Value, When
from django.utils import timezone

CLAIM_LASTS = datetime.timedelta(minutes=10)  # a venue of the call-down list stays with its officer this long
CALL_AT_MOST = datetime.timedelta(minutes=30)  # a claim is renewed while he calls, but not for ever
REST_AFTER_FAILURE = datetime.timedelta(minutes=10)  # a venue that did not answer comes last for this long
FAILED_ATTEMPTS_TO_SEND_A_CAR = 3


class CallingQuerySet(models.QuerySet):
    """What a queryset of targets can say about the call-down list."""

    def untold(self):
        """Targets in scope whose owners have not heard of the order."""
        return self.filter(scope="in_scope", told_at=None)

    def with_tries(self):
        """Adds `tries` and `last_try_at`: the attempts to reach this one owner. A post to a whole group is none of
        them: it must neither send a car nor put off the first call."""
        single = ~Q(notices__outcome="posted_to_group")
        return self.annotate(tries=Count("notices", filter=single), last_try_at=Max("notices__at", filter=single))

    def to_call(self, at):
        """The venues still to be called, in the order of calling: those tried in the last ten minutes last; then
        the fewest tries, then the oldest try. An untold target's tries have all failed."""
        resting = Case(When(last_try_at__gt=at - REST_AFTER_FAILURE, then=Value(1)), default=Value(0))
        return (
            self.untold()
            .exclude(phone="")
            .with_tries()
            .filter(tries__lt=FAILED_ATTEMPTS_TO_SEND_A_CAR)
            .order_by(
                resting, "tries", F("last_try_at").asc(nulls_first=True), "category__position", "district__code", "pk"
            )
        )

    def to_visit(self):
        """The "send a car" list: three tries failed, or there is no number to call. Ordered for the road: by
        district."""
        return (
            self.untold()
            .with_tries()
            .filter(Q(phone="") | Q(tries__gte=FAILED_ATTEMPTS_TO_SEND_A_CAR))
            .order_by("district__code", "address", "pk")
        )

    def free_for(self, officer, at):
        """Targets that no colleague of the officer is calling at the moment `at`; a claim ends by itself."""
        return self.filter(Q(claimed_by=None) | Q(claimed_until__lte=at) | Q(claimed_by=officer))

    def being_called(self, at):
        return self.filter(claimed_by__isnull=False, claimed_until__gt=at)

    def claimed_by_officer(self, officer):
        """What this officer holds, even when his ten minutes are over, as long as nobody else took it."""
        return self.filter(claimed_by=officer).order_by("-claimed_until")

    def take(self, pk, *, by, at):
        """Claim this one target if it is free and still untold: one conditional UPDATE. Returns whether it is his
        now."""
        return bool(
            self.model.objects.filter(pk=pk).untold().free_for(by, at)
            .update(claimed_by=by, claimed_at=at, claimed_until=at + CLAIM_LASTS, turn=F("turn") + 1)
        )  # fmt: skip

    @transaction.atomic
    def claim_next(self, order, *, by, at=None):
        """The venue that `by` calls next, claimed for ten minutes; the one he already holds first. None when nobody
        is left that is not with a colleague."""
        at = at or timezone.now()
        if order.status != order.Status.ACTIVE:
            return None
        mine = self.of(order).claimed_by_officer(by).first()
        if mine is not None:
            if mine.renew(by=by, at=at):
                return mine
            mine.release(by=by)
        for pk in self.of(order).to_call(at).free_for(by, at).values_list("pk", flat=True):
            if self.take(pk, by=by, at=at):
                return self.get(pk=pk)
        return None

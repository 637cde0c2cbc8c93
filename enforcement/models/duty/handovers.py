"""交接班: handing over the telephone or the leadership, item by item; what is signed is never changed again."""

from django.db import IntegrityError, models, transaction
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty.custody import Custody, check_able, moment_of, of_officer
from venues.append_only import Fact
from venues.transitions import Refused, TooLate, move
from venues.words import when


class HandoverManager(models.Manager):
    @transaction.atomic
    def prepare(self, *, by, incoming, post=Custody.Post.PHONE, remark="", at=None):
        """`by`, who has the post, prepares to hand it over to `incoming`: the items are what is open in all apps at that moment."""
        from enforcement.duty import handing

        at = moment_of(at)
        check_able(incoming, post)
        held = Custody.objects.open(post)
        if held is None:
            raise Refused(gettext("Nobody has this post yet: begin the chain first."))
        if held.officer_id != by.pk:
            raise Refused(gettext("%(name)s has this post: only he hands it over.") % {"name": held.officer})
        if incoming.pk == by.pk:
            raise Refused({"incoming": gettext("Nobody hands over to himself.")})
        self.end_prepared(post, by=by, reason="", at=at, but_of=by)  # of somebody who was relieved in another way
        try:
            with transaction.atomic():
                handover = self.create(post=post, outgoing=by, incoming=incoming, remark=remark.strip(), prepared_at=at)
        except IntegrityError:
            raise TooLate(gettext("A handover is being prepared already.")) from None
        handover._append(handing.matters(at, since=held.taken_at))
        return handover

    def end_prepared(self, post, *, by, reason, at, but_of=None):
        """Withdraw what is being prepared for this post, but not by the officer `but_of`."""
        prepared = self.filter(post=post, state=Handover.State.PREPARED)
        if but_of is not None:
            prepared = prepared.exclude(outgoing=but_of)
        prepared.update(state=Handover.State.WITHDRAWN, withdrawn_by=by, withdrawn_at=at, withdrawn_why=reason)


class Handover(models.Model):
    """交接班: what the outgoing officer leaves to the incoming one; items accepted one by one, countersigned by the leader,
    afterwards locked: corrections are addenda."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("prepared")
        TAKEN = "taken", _("taken over")
        COUNTERSIGNED = "countersigned", _("countersigned")
        WITHDRAWN = "withdrawn", _("withdrawn")

    post = models.CharField(_("post"), max_length=6, choices=Custody.Post.choices, default=Custody.Post.PHONE)
    state = models.CharField(_("state"), max_length=13, choices=State.choices, default=State.PREPARED)
    outgoing = of_officer(_("outgoing"), related_name="handovers_given")
    incoming = of_officer(_("incoming"), related_name="handovers_taken")
    prepared_at = models.DateTimeField(_("prepared at"), default=timezone.now)
    taken_at = models.DateTimeField(_("taken over at"), null=True, blank=True)
    countersigned_by = of_officer(_("countersigned by"), null=True, blank=True)
    countersigned_at = models.DateTimeField(_("countersigned at"), null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    withdrawn_by = of_officer(_("withdrawn by"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_why = models.CharField(_("why it was withdrawn"), max_length=200, blank=True)

    objects = HandoverManager()

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-prepared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=Q(state="prepared"), name="one_handover_in_preparation",
                violation_error_message=_("A handover is being prepared already."),
            ),
            models.CheckConstraint(
                condition=~Q(outgoing=F("incoming")), name="handover_is_between_two_people",
                violation_error_message=_("Nobody hands over to himself."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.outgoing} → {self.incoming}"

    def save(self, *args, **kwargs):
        """Its fields change by the acts alone."""
        if not self._state.adding:
            raise Refused(gettext("A handover is never edited: write an addendum."))
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("duty:handover", args=[self.pk])

    def delete(self, *args, **kwargs):
        raise Refused(gettext("A handover is never deleted: write an addendum."))

    @property
    def is_prepared(self):
        return self.state == self.State.PREPARED

    @property
    def is_locked(self):
        """Whether nothing of it changes any more: countersigned or withdrawn; that of the leadership with the taking over, for
        two leaders have signed it."""
        taken = self.state == self.State.TAKEN and self.post == Custody.Post.LEADER
        return taken or self.state in (self.State.COUNTERSIGNED, self.State.WITHDRAWN)

    # --- while it is prepared
    @transaction.atomic
    def note(self, *, by, text):
        """The outgoing officer adds a matter in his own words."""
        self._only(by, self.outgoing_id)
        if not text.strip():
            raise Refused({"text": gettext("Say what is to be handed over.")})
        self._hold()
        self._append([{"kind": "note", "text": text.strip()}])

    @transaction.atomic
    def bring_up_to_date(self, *, by, at=None):
        """Append the matters that came up since it was prepared; returns how many."""
        self._only(by, self.outgoing_id, self.incoming_id)
        self._hold()
        matters = self.came_up(at)
        self._append(matters)
        return len(matters)

    def came_up(self, at=None):
        """The matters that are open at `at` and not among the items; of those that are only counted, when there are more by now."""
        from enforcement.duty import handing

        items = list(self.items.all())
        known, counted = {item.url for item in items}, {}
        for item in items:
            if item.kind == "more":
                counted[item.url] = max(counted.get(item.url, 0), item.params["count"])
        held = Custody.objects.open(self.post)
        matters = handing.matters(moment_of(at), since=held.taken_at if held else self.prepared_at)
        return [
            matter
            for matter in matters
            if (
                matter["params"]["count"] > counted.get(matter["url"], 0)
                if matter["kind"] == "more"
                else matter["url"] not in known
            )
        ]

    @transaction.atomic
    def accept(self, item, *, by, at=None, remark=""):
        """The incoming officer accepts one item; each is accepted by itself, once."""
        at = moment_of(at)
        self._only(by, self.incoming_id)
        self._hold()
        waiting = self.items.filter(pk=item.pk, accepted_at=None)
        move(
            waiting, otherwise=lambda: gettext("This item is accepted already."), accepted_at=at, accepted_by=by,
            remark=remark.strip()[:200],
        )  # fmt: skip

    @transaction.atomic
    def take_over(self, *, by, at=None):
        """The incoming officer takes the post: at this instant, not before, the outgoing one is relieved. Refused while something is
        open that he has not accepted, also what came up since it was prepared. Returns the Custody."""
        at = moment_of(at)
        self._only(by, self.incoming_id)
        check_able(by, self.post)
        self._hold()
        left = self.items.filter(accepted_at=None).count()
        if left:
            raise Refused(
                gettext("Items that nobody has accepted yet: %(count)s. Accept each of them first.") % {"count": left}
            )
        if new := len(self.came_up(at)):
            raise Refused(
                gettext(
                    "Matters that came up since this was prepared: %(count)s. Add them and accept each of them first."
                )
                % {"count": new}
            )
        held = Custody.objects.open(self.post)
        if held is None or held.officer_id != self.outgoing_id:
            raise TooLate(gettext("%(name)s does not have this post any more.") % {"name": self.outgoing})
        custody = held.pass_on(by, at=at, kind=Custody.Kind.HANDOVER, handed_by=self.outgoing, handover=self)
        self._move(self.State.PREPARED, self.State.TAKEN, taken_at=at)
        return custody

    @transaction.atomic
    def withdraw(self, *, by, reason="", at=None):
        """Call it off while nobody has taken over; the outgoing officer keeps the post."""
        self._only(by, self.outgoing_id, self.incoming_id)
        self._move(
            self.State.PREPARED, self.State.WITHDRAWN, withdrawn_by=by, withdrawn_at=moment_of(at),
            withdrawn_why=reason.strip()[:200],
        )  # fmt: skip

    # --- afterwards
    @transaction.atomic
    def countersign(self, *, by, at=None):
        """A leader who is neither of the two signs; then it is locked."""
        at = moment_of(at)
        if by.pk in (self.outgoing_id, self.incoming_id):
            raise Refused(gettext("Nobody countersigns his own handover: another leader does."))
        if not by.can_lead:
            raise Refused(gettext("A leader countersigns this."))
        if self.post == Custody.Post.LEADER:
            raise Refused(gettext("Two leaders have signed this already."))
        self._move(self.State.TAKEN, self.State.COUNTERSIGNED, countersigned_by=by, countersigned_at=at)

    def add(self, *, by, text, at=None):
        """Append to what was handed over already; nothing in it changes."""
        if self.state in (self.State.PREPARED, self.State.WITHDRAWN):
            raise Refused(gettext("Only what was taken over gets an addendum."))
        if not text.strip():
            raise Refused({"text": gettext("Say what is to be added.")})
        return HandoverAddendum.objects.create(handover=self, text=text.strip(), by=by, at=moment_of(at))

    def _append(self, matters):
        last = self.items.aggregate(last=Max("position"))["last"] or 0
        rows = [HandoverItem(handover=self, position=n, **matter) for n, matter in enumerate(matters, last + 1)]
        HandoverItem.objects.bulk_create(rows)

    def _only(self, by, *allowed):
        if by.pk not in allowed:
            raise Refused(
                gettext("Only %(outgoing)s and %(incoming)s hand over here, each his own part.") % self._names()
            )

    def _names(self):
        return {"outgoing": self.outgoing, "incoming": self.incoming}

    def _hold(self):
        """Keep others from changing it until the transaction ends; TooLate unless it is still being prepared."""
        held = Handover.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if held.state != self.State.PREPARED:
            raise TooLate(held._where_it_stands())

    def _move(self, before, after, **values):
        standing = Handover.objects.filter(pk=self.pk, state=before)
        fresh = Handover.objects.select_related("outgoing", "incoming", "withdrawn_by", "countersigned_by")
        move(standing, otherwise=lambda: fresh.get(pk=self.pk)._where_it_stands(), state=after, **values)
        self.refresh_from_db()

    def _where_it_stands(self):
        match self.state:
            case self.State.TAKEN:
                return gettext("%(name)s took over at %(time)s.") % {"name": self.incoming, "time": when(self.taken_at)}
            case self.State.COUNTERSIGNED:
                names = {"name": self.countersigned_by, "time": when(self.countersigned_at)}
                return gettext("%(name)s countersigned it at %(time)s; it is not changed any more.") % names
            case self.State.WITHDRAWN:
                return gettext("This handover was withdrawn at %(time)s.") % {"time": when(self.withdrawn_at)}
        return gettext("This handover is still being prepared.")


class HandoverItem(models.Model):
    """One open matter: `kind` and `params` make its sentence in the reader's language (enforcement/duty/handing.py), `url`
    leads to it. Written in the outgoing officer's own words when `kind` is "note"."""

    handover = models.ForeignKey(Handover, verbose_name=_("handover"), on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind of matter"), max_length=40)
    params = models.JSONField(_("details"), default=dict)
    text = models.TextField(_("text"), blank=True)
    url = models.CharField(_("address"), max_length=300, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = of_officer(_("accepted by"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("item of a handover")
        verbose_name_plural = _("items of a handover")
        ordering = ["handover", "position"]
        constraints = [models.UniqueConstraint(fields=["handover", "position"], name="one_item_at_a_position")]

    def __str__(self):
        return self.kind

    def save(self, *args, **kwargs):
        """Its fields change by the acts of the handover alone."""
        if not self._state.adding:
            raise Refused(gettext("A handover is never edited: write an addendum."))
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Refused(gettext("A handover is never deleted: write an addendum."))


class HandoverAddendum(Fact):
    """What is added to a locked handover."""

    handover = models.ForeignKey(Handover, verbose_name=_("handover"), on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField(_("text"))
    by = of_officer(_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("addendum to a handover")
        verbose_name_plural = _("addenda to handovers")
        ordering = ["at", "pk"]

    def __str__(self):
        return self.text[:40]

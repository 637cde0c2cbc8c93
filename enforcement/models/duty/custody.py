"""Custody: who really holds the telephone and who really leads, an unbroken chain of two names each."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from venues.append_only import Fact


def _officer(label, **more):
    more.setdefault("related_name", "+")
    return models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=label, on_delete=models.PROTECT, **more)


class CustodyQuerySet(models.QuerySet):
    def at(self, moment):
        """The rows that hold at `moment`, at most one for each post."""
        return self.filter(taken_at__lte=moment).filter(Q(ended_at=None) | Q(ended_at__gt=moment))


class Custody(models.Model):
    """One link: a person has a post from `taken_at` until the next link begins. One act closes the old row and opens the new
    one at the same instant; nobody is relieved until somebody has taken over."""

    class Post(models.TextChoices):
        PHONE = "phone", _("telephone")
        LEADER = "leader", _("leadership")

    class Kind(models.TextChoices):
        FIRST = "first", _("first of the chain")
        HANDOVER = "handover", _("handover")
        TAKEOVER = "takeover", _("emergency take-over")

    post = models.CharField(_("post"), max_length=6, choices=Post.choices)
    officer = _officer(_("officer"), related_name="custodies")
    taken_at = models.DateTimeField(_("taken at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    previous = models.OneToOneField(
        "self", verbose_name=_("taken from"), null=True, blank=True, on_delete=models.PROTECT, related_name="following"
    )
    handed_by = _officer(_("handed over by"), null=True, blank=True)
    handover = models.ForeignKey(
        "enforcement.Handover", verbose_name=_("handover"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="custodies",
    )  # fmt: skip
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    approved_by = _officer(_("approved by"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)

    objects = CustodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("custody")
        verbose_name_plural = _("custodies")
        permissions = [("take_duty", _("Can go on duty: take and hand over the telephone or the leadership"))]
        ordering = ["post", "-taken_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=Q(ended_at=None), name="one_open_custody_of_a_post",
                violation_error_message=_("Somebody else has just taken this post."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("taken_at")), name="custody_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(kind="first", previous=None) | (~Q(kind="first") & Q(previous__isnull=False)),
                name="only_the_first_custody_has_none_before_it",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["post", "taken_at"], name="custody_by_post")]

    def __str__(self):
        return f"{self.get_post_display()} · {self.officer}"


class Handover(models.Model):
    """交接班: what the outgoing officer leaves to the incoming one; items accepted one by one, countersigned by the leader,
    afterwards locked: corrections are addenda."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("prepared")
        TAKEN = "taken", _("taken over")
        COUNTERSIGNED = "countersigned", _("countersigned")
        WITHDRAWN = "withdrawn", _("withdrawn")

    state = models.CharField(_("state"), max_length=13, choices=State.choices, default=State.PREPARED)
    outgoing = _officer(_("outgoing"), related_name="handovers_given")
    incoming = _officer(_("incoming"), related_name="handovers_taken")
    prepared_at = models.DateTimeField(_("prepared at"), default=timezone.now)
    taken_at = models.DateTimeField(_("taken over at"), null=True, blank=True)
    countersigned_by = _officer(_("countersigned by"), null=True, blank=True)
    countersigned_at = models.DateTimeField(_("countersigned at"), null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True)

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-prepared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["outgoing"], condition=Q(state="prepared"), name="one_handover_in_preparation",
                violation_error_message=_("A handover is being prepared already."),
            ),
            models.CheckConstraint(
                condition=~Q(outgoing=F("incoming")), name="handover_is_between_two_people",
                violation_error_message=_("Nobody hands over to himself."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.outgoing} → {self.incoming}"


class HandoverItem(models.Model):
    """One open matter: `kind` and `params` make its sentence in the reader's language (enforcement/duty/handing.py), `url`
    leads to it. Written in the outgoing officer's own words when `kind` is "note"."""

    handover = models.ForeignKey(Handover, verbose_name=_("handover"), on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=40)
    params = models.JSONField(_("details"), default=dict)
    text = models.TextField(_("text"), blank=True)
    url = models.CharField(_("address"), max_length=300, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = _officer(_("accepted by"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("item of a handover")
        verbose_name_plural = _("items of a handover")
        ordering = ["handover", "position"]
        constraints = [models.UniqueConstraint(fields=["handover", "position"], name="one_item_at_a_position")]

    def __str__(self):
        return self.kind


class HandoverAddendum(Fact):
    """What is added to a locked handover."""

    handover = models.ForeignKey(Handover, verbose_name=_("handover"), on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField(_("text"))
    by = _officer(_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("addendum to a handover")
        verbose_name_plural = _("addenda to handovers")
        ordering = ["at", "pk"]

    def __str__(self):
        return self.text[:40]

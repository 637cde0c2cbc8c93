"""Custody: who really holds the telephone and who really leads, an unbroken chain of two names each."""

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from venues.models.inspections import CLOCK_TOLERANCE
from venues.transitions import Refused, TooLate, move
from venues.words import when


def of_officer(label, **more):
    """A key to an officer, who is never deleted while something names him."""
    more.setdefault("related_name", "+")
    return models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=label, on_delete=models.PROTECT, **more)


class CustodyQuerySet(models.QuerySet):
    def at(self, moment):
        """The rows that hold at `moment`, at most one for each post."""
        return self.filter(taken_at__lte=moment).filter(Q(ended_at=None) | Q(ended_at__gt=moment))

    def open(self, post):
        """Who has the post now: a Custody or None where the chain has not begun."""
        return self.filter(post=post, ended_at=None).select_related("officer").first()

    def unapproved(self):
        """Emergency take-overs that no leader has approved yet."""
        return self.filter(kind=Custody.Kind.TAKEOVER, approved_at=None)

    @transaction.atomic
    def take_first(self, *, by, post, officer, at=None):
        """Begin the chain of a post, once; from then on it only passes from one to the next."""
        at = moment_of(at)
        check_able(officer, post)
        held = self.open(post)
        if held is not None:
            raise TooLate(_held_by(held))
        try:
            with transaction.atomic():
                return self.create(post=post, officer=officer, taken_at=at, kind=Custody.Kind.FIRST, handed_by=by)
        except IntegrityError:
            raise TooLate(_held_by(self.open(post))) from None

    @transaction.atomic
    def take_in_emergency(self, *, by, post, reason, at=None):
        """`by` takes the post from whoever has it, who cannot hand it over; a leader approves it afterwards. Handovers of this post
        that are being prepared end."""
        from enforcement.models.duty.handovers import Handover

        at = moment_of(at)
        check_able(by, post)
        if not reason.strip():
            raise Refused({"reason": gettext("Say why it cannot be handed over.")})
        held = self.open(post)
        if held is None:
            raise Refused(gettext("Nobody has this post yet: begin the chain instead of taking over."))
        if held.officer_id == by.pk:
            raise Refused(gettext("You have this post already."))
        Handover.objects.end_prepared(post, by=by, reason=reason.strip()[:200], at=at)  # first: acts lock in this order
        return held.pass_on(by, at=at, kind=Custody.Kind.TAKEOVER, reason=reason.strip()[:200])


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
    officer = of_officer(_("officer"), related_name="custodies")
    taken_at = models.DateTimeField(_("taken at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    previous = models.OneToOneField(
        "self", verbose_name=_("taken from"), null=True, blank=True, on_delete=models.PROTECT, related_name="following"
    )
    handed_by = of_officer(_("handed over by"), null=True, blank=True)
    handover = models.ForeignKey(
        "enforcement.Handover", verbose_name=_("handover"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="custodies",
    )  # fmt: skip
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    approved_by = of_officer(_("approved by"), null=True, blank=True)
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
            models.UniqueConstraint(
                fields=["post"], condition=Q(kind="first"), name="one_first_custody_of_a_post",
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

    def pass_on(self, officer, *, at, kind, handed_by=None, handover=None, reason=""):
        """Close this row and open the next one at the same instant; TooLate when it was passed on already. Call it in the transaction
        of the act."""
        if at < self.taken_at:
            raise Refused(
                gettext("The post was taken at %(time)s: it is passed on after that.") % {"time": when(self.taken_at)}
            )
        still_open = Custody.objects.filter(pk=self.pk, ended_at=None)
        move(still_open, otherwise=lambda: _held_by(Custody.objects.open(self.post)), ended_at=at)
        return Custody.objects.create(
            post=self.post, officer=officer, taken_at=at, kind=kind, previous=self, handed_by=handed_by, handover=handover,
            reason=reason,
        )  # fmt: skip

    def approve(self, *, by, at=None):
        """A leader approves an emergency take-over that somebody else made."""
        at = moment_of(at)
        if self.kind != Custody.Kind.TAKEOVER:
            raise Refused(gettext("Only an emergency take-over is approved."))
        if by.pk == self.officer_id:
            raise Refused(gettext("Nobody approves his own take-over: another leader does."))
        if not by.can_lead:
            raise Refused(gettext("A leader approves this."))
        waiting = Custody.objects.unapproved().filter(pk=self.pk)
        move(waiting, otherwise=self._who_approved, approved_by=by, approved_at=at)
        self.refresh_from_db()

    def _who_approved(self):
        first = Custody.objects.select_related("approved_by").get(pk=self.pk)
        return gettext("%(name)s approved it already at %(time)s.") % {
            "name": first.approved_by, "time": when(first.approved_at),
        }  # fmt: skip


def check_able(officer, post):
    """Refused when this officer cannot have the post."""
    if not officer.is_active or officer.is_wall_screen:
        raise Refused(gettext("%(name)s is not at work any more.") % {"name": officer})
    if post == Custody.Post.LEADER and not officer.can_lead:
        raise Refused(gettext("%(name)s may not lead a shift.") % {"name": officer})
    if post == Custody.Post.PHONE and not officer.can_hold_phone:
        raise Refused(gettext("%(name)s may not hold the telephone.") % {"name": officer})


def moment_of(at):
    """`at` or now; nothing is taken in the future."""
    now = timezone.now()
    if at is not None and at > now + CLOCK_TOLERANCE:
        raise Refused(gettext("This moment lies in the future."))
    return at or now


def _held_by(held):
    if held is None:
        return gettext("Somebody else has just taken this post.")
    return gettext("%(name)s has this post since %(time)s.") % {"name": held.officer, "time": when(held.taken_at)}

"""What must always be covered: the rules from which gaps are computed (duty.md)."""

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty.calendar import DayTypes
from venues.transitions import Refused, move
from venues.words import when

_TERMS = ("post", "minimum", "window_from", "window_until", "day_types", "out_counts_against")


class CoverageRuleQuerySet(models.QuerySet):
    def within(self, start, end):
        """Rules that hold at some moment of [start, end)."""
        return self.filter(valid_from__lt=end).filter(Q(valid_until=None) | Q(valid_until__gt=start))

    def hold_from(self, at):
        """Let the rules that begin later hold from `at` on: the moment at which duty began."""
        return self.filter(valid_from__gt=at).update(valid_from=at)

    @transaction.atomic
    def make(self, *, by, valid_from=None, at=None, **terms):
        """A new rule; it holds from `valid_from` (now) on."""
        at = at or timezone.now()
        _check(terms)
        rule = self.create(valid_from=valid_from or at, **terms)
        rule._leave_trail(by, "entered", at)
        return rule


class CoverageRule(models.Model):
    """So many people in this post, in this part of the day, on these days, from a moment on.

    Distinct people: who leads at a moment is not counted at the post; the telephone officer is one of the people at the post.
    """

    class Post(models.TextChoices):
        LEADER = "leader", _("leader on duty")
        PHONE = "phone", _("telephone")
        POST = "post", _("at the post, the telephone officer among them")

    post = models.CharField(_("post"), max_length=6, choices=Post.choices)
    minimum = models.PositiveSmallIntegerField(_("people at the least"), default=1)
    window_from = models.TimeField(_("from (time of day)"), null=True, blank=True)
    window_until = models.TimeField(_("until (time of day)"), null=True, blank=True)
    day_types = models.CharField(_("days"), max_length=10, choices=DayTypes.choices, default=DayTypes.ALL)
    out_counts_against = models.BooleanField(
        _("who is out on a patrol is not there"), default=True,
        help_text=_("A leader may lead from the car; the telephone must be at the post."),
    )  # fmt: skip
    valid_from = models.DateTimeField(_("holds from"), default=timezone.now)
    valid_until = models.DateTimeField(_("holds until"), null=True, blank=True)

    objects = CoverageRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("coverage rule")
        verbose_name_plural = _("coverage rules")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum__gte=1), name="rule_asks_for_one_person_at_least",
                violation_error_message=_("A rule asks for one person at the least."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="rule_ends_after_it_began",
                violation_error_message=_("A rule ends after it began to hold."),
            ),
            models.CheckConstraint(
                condition=Q(window_from=None, window_until=None) | Q(window_from__isnull=False, window_until__isnull=False),
                name="rule_window_has_both_ends",
                violation_error_message=_("Give both times of day or neither; neither means the whole day."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.get_post_display()} ≥ {self.minimum}"

    def has_ended(self, at):
        return self.valid_until is not None and self.valid_until <= at

    @transaction.atomic
    def revise(self, *, by, at=None, **terms):
        """Ask for something else from now on: what was required until now stays, so a rule that holds already ends and another
        follows it; one that has not begun is changed itself. Returns the rule with these terms. Raises Refused, TooLate."""
        at = at or timezone.now()
        _check(terms)
        if self.valid_from >= at:
            move(self._standing(at).filter(valid_from__gte=at), otherwise=self._moved, **terms)
            self.refresh_from_db()
            self._leave_trail(by, "changed", at)
            return self
        until = self.valid_until
        move(self._standing(at).filter(valid_from__lt=at, valid_until=until), otherwise=self._moved, valid_until=at)
        self.refresh_from_db()
        rule = CoverageRule.objects.create(valid_from=at, valid_until=until, **terms)
        rule._leave_trail(by, "changed", at, instead_of=self)
        return rule

    @transaction.atomic
    def end(self, *, by, until=None, at=None):
        """The rule holds until this moment (now) and no longer; what it required before stays. Raises Refused, TooLate."""
        at = at or timezone.now()
        until = until or at
        if until < at:
            raise Refused(
                {"until": _("A rule does not end in the past: what was required then stays. Leave it empty.")}
            )
        if until <= self.valid_from:
            raise Refused({"until": _("A rule ends after it began to hold.")})
        move(self._standing(at), otherwise=self._moved, valid_until=until)
        self.refresh_from_db()
        self._leave_trail(by, "ended", at)

    def _standing(self, at):
        return CoverageRule.objects.filter(pk=self.pk).exclude(valid_until__lte=at)

    def _moved(self):
        until = CoverageRule.objects.values_list("valid_until", flat=True).get(pk=self.pk)
        if until is None:
            return _("This rule was changed meanwhile. Look at it again.")
        return _("This rule ends at %(time)s already. Make a new one.") % {"time": when(until)}

    def _leave_trail(self, by, act, at, *, instead_of=None):
        said = {name: str(getattr(self, name)) for name in _TERMS if getattr(self, name) is not None}
        said |= {name: str(getattr(self, name)) for name in ("valid_from", "valid_until") if getattr(self, name)}
        if instead_of is not None:
            said["instead_of"] = str(instead_of.pk)
        by.leave_trail("coverage_rule", about=self, detail={"what": act, "fields": said}, at=at)


def _check(terms):
    """Raise Refused, naming the field, when nobody can mean these terms."""
    if terms["minimum"] < 1:
        raise Refused({"minimum": _("A rule asks for one person at the least.")})
    for given, missing in (("window_from", "window_until"), ("window_until", "window_from")):
        if terms[given] is not None and terms[missing] is None:
            raise Refused({missing: _("Give both times of day or neither; neither means the whole day.")})


DEFAULTS = (  # duty.md: always a leader, and two at the post of whom one holds the telephone
    (CoverageRule.Post.LEADER, 1, False),
    (CoverageRule.Post.PHONE, 1, True),
    (CoverageRule.Post.POST, 2, True),
)


def seed():
    """The default rules, once: an installation without any rule gets them from now on."""
    if not CoverageRule.objects.exists():
        now = timezone.now()
        for post, minimum, out_counts_against in DEFAULTS:
            CoverageRule.objects.create(
                post=post, minimum=minimum, out_counts_against=out_counts_against, valid_from=now
            )

"""What must always be covered: the rules from which gaps are computed (duty.md)."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty.calendar import DayTypes


class CoverageRuleQuerySet(models.QuerySet):
    def within(self, start, end):
        """Rules that hold at some moment of [start, end)."""
        return self.filter(valid_from__lt=end).filter(Q(valid_until=None) | Q(valid_until__gt=start))

    def hold_from(self, at):
        """Let the rules that begin later hold from `at` on: the moment at which duty began."""
        return self.filter(valid_from__gt=at).update(valid_from=at)


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

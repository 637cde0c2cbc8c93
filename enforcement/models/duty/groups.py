"""Duty groups with dated membership, so that old rosters stay true when people move."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DutyGroup(models.Model):
    """值班组: people who serve together."""

    name = models.CharField(pgettext_lazy("duty group", "name"), max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("duty group")
        verbose_name_plural = _("duty groups")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name

    def members_on(self, date):
        """The officers of the group on this date, in their order; a list."""
        rows = self.memberships.on(date).filter(officer__is_active=True).select_related("officer")
        return [row.officer for row in rows]


class MembershipQuerySet(models.QuerySet):
    def on(self, date):
        """Memberships that hold on this date; `until` is the first date on which one holds no more."""
        return self.filter(since__lte=date).filter(Q(until=None) | Q(until__gt=date))


class GroupMembership(models.Model):
    """One officer in one group from a date on."""

    group = models.ForeignKey(
        DutyGroup, verbose_name=_("duty group"), on_delete=models.PROTECT, related_name="memberships"
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("officer"), on_delete=models.PROTECT, related_name="memberships"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    since = models.DateField(_("since"))
    until = models.DateField(_("until (no longer on this day)"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("group membership")
        verbose_name_plural = _("group memberships")
        ordering = ["group", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="membership_ends_after_it_began",
                violation_error_message=_("A membership ends after it began."),
            ),
            models.UniqueConstraint(
                fields=["group", "officer"], condition=Q(until=None), name="one_open_membership_in_a_group",
                violation_error_message=_("This officer is already a member of this group."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.officer} · {self.group}"

"""Duty groups with dated membership, so that old rosters stay true when people move."""

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from venues.transitions import Refused


class DutyGroupQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    @transaction.atomic
    def make(self, *, by, name, members=(), since):
        """A new group behind the others, with these officers as its members from the date on, in this order."""
        name = name.strip()
        if self.filter(name=name).exists():
            raise Refused({"name": _("There is a duty group with this name already.")})
        position = (self.aggregate(last=Max("position"))["last"] or 0) + 1
        group = self.create(name=name, position=position)
        for officer in members:
            group.take_in(officer, by=by, since=since)
        return group


class DutyGroup(models.Model):
    """值班组: people who serve together."""

    name = models.CharField(pgettext_lazy("duty group", "name"), max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    objects = DutyGroupQuerySet.as_manager()

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

    @transaction.atomic
    def revise(self, *, by, name, is_active):
        """Another name; or rest (no longer offered), or come back."""
        name = name.strip()
        if DutyGroup.objects.filter(name=name).exclude(pk=self.pk).exists():
            raise Refused({"name": _("There is a duty group with this name already.")})
        self.name, self.is_active = name, is_active
        self.save(update_fields=["name", "is_active"])

    @transaction.atomic
    def take_in(self, officer, *, by, since):
        """The officer belongs to this group from the date on, as the last in order. Whoever is in another group then is taken
        out of that one by hand: serving in two groups is not forbidden."""
        last = self.memberships.aggregate(last=Max("position"))["last"]
        try:
            with transaction.atomic():
                return self.memberships.create(officer=officer, since=since, position=0 if last is None else last + 1)
        except IntegrityError:
            raise Refused({"officer": _("This officer is already a member of this group.")}) from None

    @transaction.atomic
    def let_go(self, membership, *, by, until):
        """The membership holds no more on `until`. One that had not begun by then is as if it had never been."""
        rows = self.memberships.filter(pk=membership.pk)
        if until <= membership.since:
            rows.delete()
        else:
            rows.update(until=until)

    @transaction.atomic
    def move_up(self, membership):
        """Change places with the member before: the first holds the telephone."""
        rows = list(self.memberships.order_by("position", "pk"))
        place = next((n for n, row in enumerate(rows) if row.pk == membership.pk), 0)
        if place:
            rows[place - 1], rows[place] = rows[place], rows[place - 1]
        for position, row in enumerate(rows):
            self.memberships.filter(pk=row.pk).update(position=position)


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

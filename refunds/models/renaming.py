"""That a group goes by another number: the agency's later sheets call it so, and the earlier ones are still about it."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from refunds.models.groups import GENERATED, TourGroup
from refunds.models.returns import AgencyReport, locked_agency
from venues.append_only import Fact
from venues.cleaning import clean_code
from venues.transitions import Refused, TooLate


class RenamingQuerySet(models.QuerySet):
    def live(self):
        """Those that nobody took back."""
        return self.filter(undoes=None, undone=None)

    def of(self, agency):
        return self.filter(group__agency__in=agency.family)

    @transaction.atomic
    def rename(self, group, number, *, by, at=None, report=None):
        """From now on `group` goes by `number`, and by what it was called before as well. A row without a number gives none: the
        group keeps its own and is known again by that row's. Raises Refused when another group of the agency has the number."""
        agency, number = locked_agency(group.agency), clean_code(number)
        group = TourGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
        if not number or number == group.number:
            raise Refused(gettext("Give the other number by which the group goes."))
        other = TourGroup.objects.of(agency).filter(number=number).exists() or self.live().of(agency).filter(was=number)
        if other:
            raise Refused(gettext("%(number)s is another group of this agency.") % {"number": number})
        said = {"group": group, "by": by, "occurred_at": at or timezone.now(), "report": report}
        if number.startswith(GENERATED) and not group.number_generated:
            return self.create(was=number, now=group.number, kept=True, **said)
        row = self.create(was=group.number, now=number, **said)
        TourGroup.objects.filter(pk=group.pk).update(number=number, number_generated=number.startswith(GENERATED))
        return row


class Renaming(Fact):
    """One group went by `was` and goes by `now`; until somebody takes it back, both numbers mean it."""

    group = models.ForeignKey(
        TourGroup, verbose_name=_("tour group"), on_delete=models.PROTECT, related_name="renamings"
    )
    was = models.CharField(_("former group no."), max_length=60, db_index=True)
    now = models.CharField(_("group no."), max_length=60)
    kept = models.BooleanField(_("the group kept its number"), default=False)
    report = models.ForeignKey(
        AgencyReport, verbose_name=_("return"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undoes = models.OneToOneField(
        "self", verbose_name=_("takes back"), null=True, blank=True, on_delete=models.PROTECT, related_name="undone"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    occurred_at = models.DateTimeField(_("at"))

    objects = RenamingQuerySet.as_manager()

    class Meta:
        verbose_name = _("former number of a group")
        verbose_name_plural = _("former numbers of groups")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(was="") & ~Q(now="") & ~Q(was=F("now")),
                name="renaming_names_two_numbers",
                violation_error_message=_("Give the other number by which the group goes."),
            )
        ]

    def __str__(self):
        return f"{self.was} → {self.now}"

    @transaction.atomic
    def take_back(self, *, by, at=None):
        """Say that `was` and `now` are two groups after all: this one gets its number back, and the other one is new to the next
        return that names it. Only the last renaming of a group, and once."""
        locked_agency(self.group.agency)
        group = TourGroup.objects.select_for_update(no_key=True).get(pk=self.group_id)
        last = group.renamings.filter(undoes=None, undone=None).order_by("-pk").first()
        if last is None or last.pk != self.pk:
            raise TooLate(gettext("The numbers of this group were changed meanwhile. Look at it once more."))
        said = {"was": self.now, "now": self.was, "kept": self.kept, "by": by, "occurred_at": at or timezone.now()}
        row = Renaming.objects.create(group=group, undoes=self, **said)
        if not self.kept:
            TourGroup.objects.filter(pk=group.pk).update(
                number=self.was, number_generated=self.was.startswith(GENERATED)
            )
        return row

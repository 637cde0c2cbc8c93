"""Which group of an organiser had the same travellers, from when on: the past counts them as they were counted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from venues.append_only import Fact


class GroupLinkQuerySet(models.QuerySet):
    def at(self, moment):
        """The links as they stood at the moment, the one that holds of each group first."""
        return self.filter(occurred_at__lte=moment).order_by("-occurred_at", "-pk")


class GroupLink(Fact):
    """From a moment on the travellers of a (receiver's) group count at the `organiser`'s; None: from then on at its own again."""

    group = models.ForeignKey(
        "refunds.TourGroup", verbose_name=_("tour group"), on_delete=models.PROTECT, related_name="links"
    )
    organiser = models.ForeignKey(
        "refunds.TourGroup", verbose_name=_("the organiser's group of these travellers"), null=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    occurred_at = models.DateTimeField(_("counts from"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("recorded by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = GroupLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link of groups")
        verbose_name_plural = _("links of groups")
        ordering = ["occurred_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(organiser=None) | ~Q(organiser=models.F("group")), name="link_is_of_two_groups"
            )
        ]

    def __str__(self):
        return f"{self.group_id} → {self.organiser_id}"

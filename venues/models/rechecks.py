"""How long a look at a category stayed fresh before somebody changed it: the past keeps the hours that it was reckoned with."""

import datetime

from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from venues.append_only import Fact


class FormerRecheckQuerySet(models.QuerySet):
    def in_force(self, at):
        """Those that held at the moment `at`: of each category the first that ended after it."""
        return self.filter(until__gt=at).order_by("until", "pk")

    def hours(self, at, category="category"):
        """The expression of the recheck hours that held at `at` for the category to which the path `category` leads. A
        subquery: it costs no query of its own."""
        former = self.in_force(at).filter(category=OuterRef(category)).values("hours")[:1]
        return Coalesce(Subquery(former), f"{category}__recheck_hours")


class FormerRecheck(Fact):
    """A category had these recheck hours until a moment; written when they are changed (`Category.save`)."""

    category = models.ForeignKey(
        "venues.Category", verbose_name=_("category"), on_delete=models.PROTECT, related_name="former_rechecks"
    )
    hours = models.PositiveSmallIntegerField(_("look again within (hours)"))
    until = models.DateTimeField(_("until"))

    objects = FormerRecheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("former recheck hours")
        verbose_name_plural = _("former recheck hours")
        ordering = ["until", "pk"]
        default_permissions = ()

    def __str__(self):
        return f"{self.category} {self.hours} h"


def recheck(target):
    """How long a look at this target (annotated with `recheck_hours`) stayed fresh at the moment asked about."""
    return datetime.timedelta(hours=target.recheck_hours)

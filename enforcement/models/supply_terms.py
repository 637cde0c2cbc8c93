"""On what terms a supply was kept before somebody changed them: the stock of a past moment is judged by those that held then."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from venues.append_only import Fact

TERMS = ("low_level", "norm", "is_active")


class FormerTermsQuerySet(models.QuerySet):
    def give(self, items, at):
        """Set the terms of these objects to those that held at the moment `at` (of each item the first that ended after it), for
        reading: do not save them. Returns them; one query."""
        held = {row.item_id: row for row in self.filter(until__gt=at).order_by("-until", "-pk")}
        for item in items:
            for name in TERMS if item.pk in held else ():
                setattr(item, name, getattr(held[item.pk], name))
        return items


class FormerTerms(Fact):
    """A supply had this low level, this norm, and was kept or not, until a moment; written by `SupplyItem.change`."""

    item = models.ForeignKey(
        "enforcement.SupplyItem", verbose_name=_("supply"), on_delete=models.PROTECT, related_name="former_terms"
    )
    low_level = models.PositiveIntegerField(_("low when below"), null=True)
    norm = models.DecimalField(_("need per officer and shift"), max_digits=6, decimal_places=2, null=True)
    is_active = models.BooleanField(_("active"))
    until = models.DateTimeField(_("until"))

    objects = FormerTermsQuerySet.as_manager()

    class Meta:
        verbose_name = _("former terms of a supply")
        verbose_name_plural = _("former terms of supplies")
        ordering = ["until", "pk"]
        default_permissions = ()

    def __str__(self):
        return str(self.item)

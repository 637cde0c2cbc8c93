"""Changes of a published roster: swap, cover, emergency take-over."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def _officer(label, **more):
    return models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=label, on_delete=models.PROTECT, **more)


class DutyChangeQuerySet(models.QuerySet):
    def undecided(self):
        """Changes that wait for a taker or for the leader."""
        return self.filter(state__in=[DutyChange.State.OPEN, DutyChange.State.AGREED, DutyChange.State.HOLDS])


class DutyChange(models.Model):
    """One change: `giver` gives the span [start, end) of `assignment` to `taker`; in a swap he takes `counter` for it.

    Swap and cover: open → agreed (both consent) → approved | refused | withdrawn. A take-over holds at once and is approved
    (or disapproved) afterwards; its state until then is `holds`. A taker may be anybody: a volunteer from another group too.
    """

    class Kind(models.TextChoices):
        SWAP = "swap", _("swap")
        COVER = "cover", _("cover")
        TAKEOVER = "takeover", _("emergency take-over")

    class State(models.TextChoices):
        OPEN = "open", _("looking for consent")
        AGREED = "agreed", _("agreed, awaits the leader")
        HOLDS = "holds", _("holds, awaits approval")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.OPEN)
    assignment = models.ForeignKey(
        "enforcement.Assignment", verbose_name=_("duty given"), on_delete=models.PROTECT, related_name="given_in"
    )
    counter = models.ForeignKey(
        "enforcement.Assignment", verbose_name=_("duty taken in return"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="returned_in",
    )  # fmt: skip
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("until"))
    giver = _officer(_("who gives"), related_name="changes_given")
    taker = _officer(_("who takes"), null=True, blank=True, related_name="changes_taken")
    asked_of = _officer(_("asked of"), null=True, blank=True, related_name="changes_asked")
    reason = models.CharField(_("reason"), max_length=200)
    asked_by = _officer(_("asked by"), related_name="+")
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    taken_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    decided_by = _officer(_("decided by"), null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_note = models.CharField(_("note on the decision"), max_length=200, blank=True)

    objects = DutyChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of duty")
        verbose_name_plural = _("changes of duty")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="change_ends_after_it_began",
                violation_error_message=_("The change ends after it began."),
            ),
            models.CheckConstraint(
                condition=Q(taker=None) | ~Q(taker=F("giver")), name="change_is_between_two_people",
                violation_error_message=_("Nobody changes duty with himself."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "holds", "approved"]) | Q(taker__isnull=False),
                name="an_agreed_change_has_a_taker",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state"], name="change_by_state")]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.giver}"

"""Secret addresses of calendar feeds: one person's duty, or one post's."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty.rosters import Role


class CalendarFeed(models.Model):
    """An address that anybody who has it can read, until it is revoked. Only the hash of its secret is kept."""

    token_hash = models.CharField(_("hash of the secret"), max_length=64, unique=True, editable=False)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("duty of"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="feeds",
    )  # fmt: skip
    role = models.CharField(_("duty in the role"), max_length=7, choices=Role.choices, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("revoked by"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(officer=None) & ~Q(role="") | Q(officer__isnull=False, role=""),
                name="feed_is_of_a_person_or_a_role",
            )
        ]

    def __str__(self):
        return str(self.officer or self.get_role_display())

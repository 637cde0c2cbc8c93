"""Secret addresses of calendar feeds: one person's duty, or one post's."""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty.shifts import Role
from venues.transitions import Refused, move
from venues.words import when, who


def _hash(token):
    return hashlib.sha256(token.encode()).hexdigest()


def _secret(by, key):
    """A secret of 256 bits. With the key of a form it is always the same for it: the form sent again shows the same address."""
    if key is None:
        return secrets.token_urlsafe(32)
    digest = hmac.new(settings.SECRET_KEY.encode(), f"duty feed {by.pk} {key}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class CalendarFeedQuerySet(models.QuerySet):
    def valid(self):
        return self.filter(revoked_at=None)

    def of_secret(self, token):
        """The feed whose secret this is, revoked or not; or None."""
        return self.filter(token_hash=_hash(token)).select_related("officer", "created_by").first()

    @transaction.atomic
    def make(self, *, by, officer=None, role="", key=None, at=None):
        """A new address: of one's own duty (`officer`), or of a post (`role`). Returns (feed, secret): only a hash of the secret is
        kept, so show it now. `key`: that of the form; the same key gives the same feed again."""
        if (officer is None) == (not role):
            raise Refused(gettext("A feed is of a person or of a post."))
        if officer is not None and officer.pk != by.pk:
            raise Refused(gettext("A feed is of your own duty or of a post."))
        if role and role not in Role.values:
            raise Refused(gettext("There is no such post."))
        secret = _secret(by, key)
        values = {"officer": officer, "role": role, "created_by": by, "created_at": at or timezone.now()}
        feed, _new = self.get_or_create(token_hash=_hash(secret), defaults=values)
        return feed, secret


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

    objects = CalendarFeedQuerySet.as_manager()

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

    @property
    def is_readable(self):
        """Not revoked, and its maker still works here."""
        return self.revoked_at is None and self.created_by.is_active

    def revoke(self, *, by, at=None):
        """Nobody reads this address any more. Its maker revokes it; so does who plans the roster."""
        if by.pk != self.created_by_id and not by.has_perm("enforcement.plan_roster"):
            raise Refused(gettext("Only who made this feed, or who plans the roster, revokes it."))
        valid = CalendarFeed.objects.valid().filter(pk=self.pk)
        move(valid, otherwise=self._who_was_first, revoked_by=by, revoked_at=at or timezone.now())
        self.refresh_from_db()

    def _who_was_first(self):
        first = CalendarFeed.objects.select_related("revoked_by").get(pk=self.pk)
        return gettext("%(name)s revoked this feed already at %(time)s.") % {
            "name": who(first.revoked_by), "time": when(first.revoked_at),
        }  # fmt: skip

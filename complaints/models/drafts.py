"""Calls that are being typed: kept on the server as well, so that a crash of anything loses nothing. Encrypted: they hold callers."""

import json

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from venues.masking import masked, without_people
from venues.secrets import decrypt, encrypt
from venues.transitions import Refused


class DraftManager(models.Manager):
    @transaction.atomic
    def keep(self, *, by, client_id, fields, at=None):
        """Store what is typed under the key of its form; returns the Draft, or None when this key is somebody else's or was saved."""
        if saved([client_id]):
            return None
        cipher = encrypt(json.dumps(fields, ensure_ascii=False))
        self.bulk_create([Draft(client_id=client_id, by=by, cipher=cipher)], ignore_conflicts=True)
        self.filter(client_id=client_id, by=by).update(cipher=cipher, updated_at=at or timezone.now())
        return self.filter(client_id=client_id, by=by).first()

    def of(self, officer):
        """The unfinished calls of this officer, the latest first. A draft that came in while its form was being saved goes now."""
        drafts = list(self.filter(by=officer))
        late = saved([draft.client_id for draft in drafts])
        for client_id in late:
            self.done(client_id, by=officer)
        return [draft for draft in drafts if draft.client_id not in late]

    def done(self, client_id, *, by):
        """The form was saved or thrown away: its draft goes."""
        self.filter(client_id=client_id, by=by).delete()


def saved(client_ids):
    """Those of these form keys under which a call was stored, as a set of UUIDs: every saved form stores one."""
    from complaints.models import Call

    return (
        set(Call.objects.filter(client_id__in=client_ids).values_list("client_id", flat=True)) if client_ids else set()
    )


class Draft(models.Model):
    """One open call form of one officer."""

    client_id = models.UUIDField(_("key of the form"), primary_key=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.CASCADE, related_name="+")
    cipher = models.TextField(_("what is typed, encrypted"), editable=False)
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    updated_at = models.DateTimeField(_("last typed at"), default=timezone.now)

    objects = DraftManager()

    class Meta:
        verbose_name = _("draft of a call")
        verbose_name_plural = _("drafts of calls")
        ordering = ["-updated_at"]
        default_permissions = ()

    def __str__(self):
        return f"{timezone.localtime(self.started_at):%Y-%m-%d %H:%M}"

    def fields(self):
        """What was typed: {field name: text}."""
        return json.loads(decrypt(self.cipher))

    def label(self):
        """What tells unfinished calls apart: the place or the venue, or the number as everybody sees it."""
        try:
            fields = self.fields()
        except Refused:
            return ""
        number = fields.get("number", "")
        place = fields.get("place") or fields.get("venue_q") or ""
        return without_people(place, fields.get("name", ""), number) or masked(number)

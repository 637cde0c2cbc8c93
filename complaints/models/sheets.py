"""Sheets of other hotlines (12345 and the like): which complaint each became, and lists that wait to be applied."""

import base64
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from complaints.models.catalogues import Channel
from complaints.models.complaints import Complaint
from venues.masking import without_numbers
from venues.secrets import decrypt, encrypt
from venues.transitions import TooLate


class Sheet(models.Model):
    """One row of an imported list, known by its external no. and the hash of its content; the reply text goes back with it.

    Nothing of the caller is here: name and number are taken out of the words and go into `Caller`."""

    channel = models.ForeignKey(
        Channel, verbose_name=pgettext_lazy("complaint", "channel"), on_delete=models.PROTECT, related_name="sheets"
    )
    external_no = models.CharField(_("external no."), max_length=60)
    content_hash = models.CharField(_("hash of the content"), max_length=64)
    complaint = models.ForeignKey(
        Complaint, verbose_name=_("complaint"), on_delete=models.PROTECT, related_name="sheets"
    )
    content = models.TextField(_("what was said"), blank=True)
    reply = models.TextField(_("reply text"), blank=True)
    deadline = models.DateTimeField(_("external deadline"), null=True, blank=True)
    imported_at = models.DateTimeField(_("imported at"), default=timezone.now)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("imported by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("sheet of another hotline")
        verbose_name_plural = _("sheets of other hotlines")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_no", "content_hash"], name="sheet_is_imported_once",
                violation_error_message=_("This sheet was imported before."),
            )
        ]  # fmt: skip

    def __str__(self):
        return self.external_no


class StagedManager(models.Manager):
    def keep(self, *, by, channel, name, content):
        """Keep an uploaded list, encrypted, until its officer applies or discards it."""
        cipher = encrypt(base64.b64encode(content).decode())
        return self.create(uploaded_by=by, channel=channel, file_name=without_numbers(name)[-200:], cipher=cipher)


class StagedSheets(models.Model):
    """An uploaded list that was checked and waits for its officer. It holds callers: encrypted, and gone when it is decided."""

    key = models.UUIDField(_("key"), primary_key=True, default=uuid.uuid4)
    channel = models.ForeignKey(
        Channel, verbose_name=pgettext_lazy("complaint", "channel"), on_delete=models.CASCADE, related_name="+"
    )
    file_name = models.CharField(_("file name"), max_length=200)
    cipher = models.TextField(_("the file, encrypted"), editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("uploaded by"), on_delete=models.CASCADE, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)

    objects = StagedManager()

    class Meta:
        verbose_name = _("list of sheets to be checked")
        verbose_name_plural = _("lists of sheets to be checked")
        ordering = ["-uploaded_at"]
        default_permissions = ()

    def __str__(self):
        return f"{timezone.localtime(self.uploaded_at):%Y-%m-%d %H:%M}"

    def content(self):
        """The bytes of the file."""
        return base64.b64decode(decrypt(self.cipher))

    def decided(self):
        """Applied or discarded: it goes. Of two presses one gets it; the other raises TooLate."""
        gone, _what = type(self).objects.filter(pk=self.pk).delete()
        if not gone:
            raise TooLate(gettext("This list was already imported or put away."))

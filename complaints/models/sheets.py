"""Sheets of other hotlines (12345 and the like): which complaint each became, and lists that wait to be applied."""

import base64
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from complaints.models.catalogues import Channel
from complaints.models.complaints import Complaint
from complaints.models.events import ComplaintEvent
from complaints.workflow import OPEN, Act
from venues.masking import without_numbers
from venues.secrets import decrypt, encrypt
from venues.transitions import TooLate, move


class SheetQuerySet(models.QuerySet):
    def news(self):
        """Sheets that brought new words to a complaint at an end, as long as nobody read them or reopened it."""
        reopened = ComplaintEvent.objects.filter(
            complaint=OuterRef("complaint"), act=Act.REOPEN, recorded_at__gte=OuterRef("imported_at")
        )
        return self.filter(news=True, seen_at=None).exclude(complaint__status__in=OPEN).exclude(Exists(reopened))


class Sheet(models.Model):
    """One row of an imported list: what it said the `nth` time; the reply text goes back with it. A list that says again what
    the latest one of its external no. said is the same sheet.

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
    nth = models.PositiveSmallIntegerField(_("how many came with this no."), default=1)
    news = models.BooleanField(_("new words about an ended complaint"), default=False)
    seen_at = models.DateTimeField(_("read at"), null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("read by"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    imported_at = models.DateTimeField(_("imported at"), default=timezone.now)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("imported by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("sheet of another hotline")
        verbose_name_plural = _("sheets of other hotlines")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_no", "nth"], name="sheet_is_imported_once",
                violation_error_message=_("This sheet was imported before."),
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["imported_at"], condition=Q(news=True, seen_at=None), name="sheet_news")]

    def __str__(self):
        return self.external_no

    def read(self, *, by, at=None):
        """Somebody read the news and leaves the complaint at its end; TooLate when it is no news any more."""
        now = Sheet.objects.filter(pk__in=Sheet.objects.news().filter(pk=self.pk).values("pk"))
        move(now, otherwise=self._read_already, seen_at=at or timezone.now(), seen_by=by)

    def _read_already(self):
        return gettext("Somebody else has already dealt with this.")


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

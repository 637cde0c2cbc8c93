"""Callers, kept apart from what they reported: encrypted, found by keyed hash, revealed with a reason and a row."""

import json

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from venues.append_only import Fact
from venues.cleaning import clean_phone
from venues.masking import masked, without_people
from venues.secrets import decrypt, encrypt, number_hash
from venues.transitions import Refused

LONGEST_REASON = 200


class CallerQuerySet(models.QuerySet):
    def with_number(self, number):
        """Callers of this number, in whatever form it is typed."""
        hashed = number_hash(number)
        return self.filter(number_hash=hashed) if hashed else self.none()

    def of(self, complaint):
        """All who called about this complaint, those of complaints merged into it too."""
        from complaints.models import Call, Complaint

        by_complaint = Complaint.objects.filter(Q(pk=complaint.pk) | Q(parent=complaint.pk)).values_list("caller_id")
        by_call = Call.objects.filter(complaint=complaint.pk).values_list("caller_id")
        return self.filter(pk__in=[pk for (pk,) in by_complaint.order_by().union(by_call.order_by()) if pk])


class CallerManager(models.Manager.from_queryset(CallerQuerySet)):
    def note(self, *, number="", name="", words=None):
        """Store a caller; None when neither a number nor a name was given. `words`: {field: what was said in full}, kept where
        something was taken out of it (`masking.without_people`)."""
        number = clean_phone(number)
        if not (number or name.strip()):
            return None
        return self.create(
            number_cipher=encrypt(number), name_cipher=encrypt(name.strip()), number_hash=number_hash(number),
            number_masked=masked(number), has_name=bool(name.strip()),
            words_cipher=encrypt(json.dumps(words, ensure_ascii=False)) if words else "",
        )  # fmt: skip


class Caller(models.Model):
    """The name and number of one caller of one complaint or call. `str()` never shows them."""

    FORGOTTEN = (
        "number_cipher",
        "name_cipher",
        "words_cipher",
        "number_hash",
        "number_masked",
    )  # empty of who is anonymised
    number_cipher = models.TextField(_("number, encrypted"), blank=True, editable=False)
    name_cipher = models.TextField(_("name, encrypted"), blank=True, editable=False)
    words_cipher = models.TextField(_("words with people in them, encrypted"), blank=True, editable=False)
    number_hash = models.CharField(
        _("keyed hash of the number"), max_length=64, blank=True, db_index=True, editable=False
    )
    number_masked = models.CharField(_("number, masked"), max_length=20, blank=True, editable=False)
    has_name = models.BooleanField(_("gave a name"), default=False, editable=False)
    anonymised_at = models.DateTimeField(_("anonymised at"), null=True, editable=False)

    objects = CallerManager()

    class Meta:
        verbose_name = _("caller")
        verbose_name_plural = _("callers")
        default_permissions = ()
        permissions = [("reveal_caller", _("Can reveal callers, with a reason"))]

    def __str__(self):
        return self.number_masked or "—"

    @transaction.atomic
    def reveal(self, *, by, reason, at=None):
        """(name, number) in clear; the row of the view is written first, and both or neither happens. Needs the permission and a
        reason."""
        if not by.has_perm("complaints.reveal_caller"):
            raise Refused(_("You may not see callers."))
        if len(reason.strip()) < 2:
            raise Refused(_("Say why you need to see the caller."))
        if len(reason.strip()) > LONGEST_REASON:
            raise Refused(_("Say it in at most %(count)s characters.") % {"count": LONGEST_REASON})
        self.refresh_from_db()
        if self.anonymised_at:
            raise Refused(_("This caller was anonymised."))
        CallerView.objects.create(caller=self, by=by, reason=self.taken_out_of(reason.strip()), at=at or timezone.now())
        return decrypt(self.name_cipher), decrypt(self.number_cipher)

    def words(self):
        """{field: what was said in full}; only for whom `reveal` let through."""
        return json.loads(decrypt(self.words_cipher) or "{}")

    def remember(self, said):
        """Keep, beside what is kept already, words in full out of which this caller was taken later: {field: text}."""
        kept = self.words()
        for field, text in said.items():
            name, count = field, 1
            while name in kept and kept[name] != text:
                count += 1
                name = f"{field} {count}"
            kept[name] = text
        self.words_cipher = encrypt(json.dumps(kept, ensure_ascii=False))
        self.save(update_fields=["words_cipher"])

    def taken_out_of(self, text):
        """The text as it may be stored: without this caller, without anybody's number. Without the keys as well as it can."""
        try:
            name, number = decrypt(self.name_cipher), decrypt(self.number_cipher)
        except Refused:
            name = number = ""
        return without_people(text, name, number)

    def anonymise(self, *, at=None):
        """Forget name, number and words for good; the complaint keeps that somebody called."""
        type(self).objects.filter(pk=self.pk, anonymised_at=None).update(
            **dict.fromkeys(self.FORGOTTEN, ""), anonymised_at=at or timezone.now()
        )
        self.refresh_from_db()


class CallerViewQuerySet(models.QuerySet):
    def of(self, complaint):
        """Those of everybody who called about this complaint or about one that was merged into it, the newest first."""
        from complaints.models import Call, Complaint

        same = Complaint.objects.filter(Q(pk=complaint.pk) | Q(parent=complaint.pk)).order_by()
        called = Call.objects.filter(complaint__in=same.values("pk")).order_by()
        return self.filter(
            Q(caller__in=same.exclude(caller=None).values("caller"))
            | Q(caller__in=called.exclude(caller=None).values("caller"))
        ).order_by("-at", "-pk")


class CallerView(Fact):
    """Who saw which caller, when and why."""

    caller = models.ForeignKey(Caller, verbose_name=_("caller"), on_delete=models.PROTECT, related_name="views")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), db_index=True)
    reason = models.CharField(_("reason"), max_length=LONGEST_REASON)

    objects = CallerViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("view of a caller")
        verbose_name_plural = _("views of callers")
        ordering = ["-pk"]

"""Travellers of a group, for call-backs: encrypted, masked on every page, revealed with a reason and a row, in no export."""

from collections import defaultdict

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from refunds.models.groups import TourGroup
from venues.append_only import Fact
from venues.cleaning import clean_phone, clean_text
from venues.masking import masked
from venues.secrets import decrypt, encrypt, number_hash
from venues.transitions import Refused


class TravellerQuerySet(models.QuerySet):
    @transaction.atomic
    def keep(self, *, group, by, name="", number="", at=None):
        """Keep a traveller; the same number in the same group is kept once. Refused without a number: he could not be called."""
        name, number = clean_text(name), clean_phone(number)
        hashed = number_hash(number)
        if not hashed:
            raise Refused(gettext("Give the telephone no. of the traveller."))
        known = self.filter(group=group, number_hash=hashed).first()
        return known or self.create(
            group=group, name_cipher=encrypt(name), number_cipher=encrypt(number), number_hash=hashed,
            number_masked=masked(number), has_name=bool(name), entered_by=by, entered_at=at or timezone.now(),
        )  # fmt: skip

    def people_of(self, groups):
        """{group pk: [(name, number)] in clear}: for masking only. Of these groups (a QuerySet), and of those that are linked with
        them, who are the same people; not of who is anonymised. The longest name first."""
        theirs = Q(group__in=groups) | Q(group__linked__in=groups) | Q(group__receivers__in=groups)
        rows = (
            self.reachable()
            .filter(theirs)
            .values_list("name_cipher", "number_cipher", "group", "group__linked", "group__receivers")
        )
        found = defaultdict(set)
        for name, number, *homes in rows.order_by():
            try:
                person = decrypt(name), decrypt(number)
            except Refused:  # its key is lost: the words are read as well as they can be
                continue
            for home in homes:
                found[home].add(person)
        return {home: sorted(people, key=lambda one: (-len(one[0]), one)) for home, people in found.items()}

    def reachable(self):
        """Those who are not anonymised."""
        return self.filter(anonymised_at=None)


class Traveller(models.Model):
    """The name and number of one traveller of one group. `str()` never shows them."""

    group = models.ForeignKey(
        TourGroup, verbose_name=_("tour group"), on_delete=models.PROTECT, related_name="travellers"
    )
    name_cipher = models.TextField(_("name, encrypted"), blank=True, editable=False)
    number_cipher = models.TextField(_("number, encrypted"), blank=True, editable=False)
    number_hash = models.CharField(_("keyed hash of the number"), max_length=64, blank=True, editable=False)
    number_masked = models.CharField(_("number, masked"), max_length=20, blank=True, editable=False)
    has_name = models.BooleanField(_("gave a name"), default=False, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("entered by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)
    anonymised_at = models.DateTimeField(_("anonymised at"), null=True, editable=False)

    objects = TravellerQuerySet.as_manager()

    class Meta:
        verbose_name = _("traveller")
        verbose_name_plural = _("travellers")
        default_permissions = ()
        permissions = [("reveal_traveller", _("Can reveal travellers, with a reason"))]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "number_hash"],
                condition=~models.Q(number_hash=""),
                name="traveller_is_kept_once_in_a_group",
                violation_error_message=_("The group has a traveller of this number already."),
            )
        ]

    def __str__(self):
        return self.number_masked or "—"

    @transaction.atomic
    def reveal(self, *, by, reason, at=None):
        """(name, number) in clear; the row of the view is written first, and both or neither happens. Needs the permission and a
        reason."""
        if not by.has_perm("refunds.reveal_traveller"):
            raise Refused(gettext("You may not see travellers."))
        if len(reason.strip()) < 2:
            raise Refused(gettext("Say why you need to see the traveller."))
        self.refresh_from_db()
        if self.anonymised_at:
            raise Refused(gettext("This traveller was anonymised."))
        name, number = decrypt(self.name_cipher), decrypt(self.number_cipher)
        reason = self.group.words(reason)
        TravellerView.objects.create(traveller=self, by=by, reason=reason, at=at or timezone.now())
        return name, number

    def anonymise(self, *, at=None):
        """Forget name and number for good; that somebody was called stays."""
        type(self).objects.filter(pk=self.pk, anonymised_at=None).update(
            name_cipher="", number_cipher="", number_hash="", number_masked="", anonymised_at=at or timezone.now()
        )
        self.refresh_from_db()


class TravellerView(Fact):
    """Who saw which traveller, when and why."""

    traveller = models.ForeignKey(
        Traveller, verbose_name=_("traveller"), on_delete=models.PROTECT, related_name="views"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), db_index=True)
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("view of a traveller")
        verbose_name_plural = _("views of travellers")
        ordering = ["-pk"]
        default_permissions = ("view",)

"""Tour groups and their lines: a group as of a moment is its latest line by then. What they do is in acts.py."""

import datetime
import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from refunds.models.acts import GroupActs
from refunds.models.returns import AgencyReport
from refunds.money import MoneyField, total
from refunds.status import Disposition, Facts, bucket_case, counted_case, derive, status_case
from venues.append_only import Fact
from venues.cleaning import clean_code, clean_text
from venues.models import Venue
from venues.transitions import Refused

GENERATED = "~"  # begins the number of a group whose agency gives none
# what a line says of its group, in the order in which people read it
SAID = (
    "route", "role", "market", "depart_on", "return_on", "heads", "amount_due", "counterpart", "disposition",
    "disposed_on", "reason", "reason_text", "promised_on", "refunded_heads", "refunded_amount", "remark",
)  # fmt: skip


class TourGroupQuerySet(models.QuerySet):
    def of(self, agency):
        """The groups of this agency and of all that were merged into it."""
        return self.filter(agency__in=agency.family)

    def of_sheet(self, agency, number, said):
        """The group of this agency that a row means, made when it is not there. Without a number it is known again by its
        route and dates; a number by which a group went before is its own still."""
        from refunds.models.renaming import Renaming

        number, generated = clean_code(number), False
        if not number:
            number, generated = generated_number(said), True
        found = self.of(agency).filter(number=number).order_by("pk").first()
        found = found or self.filter(renamings__in=Renaming.objects.live().of(agency).filter(was=number)).first()
        return found or self.get_or_create(
            agency=agency, number=number, defaults={"number_generated": generated}
        )[0]  # fmt: skip

    def as_of(self, at):
        """The groups known at the moment `at`, each with what its latest line said (all of SAID), `line_id`, `since` (its
        moment), and derived: `paid_heads`, `paid_amount`, `heads_without_amount`, `accepted` (deductions), `still_due`
        (amount, None when unknown), `status`, `bucket`, `counted` (False: its travellers count at the organiser's linked
        group), `disputed`. Filters and sums of all of these work in the database."""
        from refunds.models.deductions import Deduction
        from refunds.models.links import GroupLink

        latest = GroupLine.objects.filter(group=OuterRef("pk"), occurred_at__lte=at).order_by("-occurred_at", "-pk")
        found = self.filter(lines=Subquery(latest.values("pk")[:1]))
        found = found.annotate(
            line_id=F("lines__pk"), since=F("lines__occurred_at"), **{name: F(f"lines__{name}") for name in SAID}
        )
        claims = Deduction.objects.filter(group=OuterRef("pk"), occurred_at__lte=at)
        found = found.annotate(**_ledger_sums(at), accepted=_accepted(claims, at)).annotate(**status_case(at))
        linked = GroupLink.objects.at(at).filter(group=OuterRef("pk"))
        found = found.annotate(organiser=Subquery(linked.values("organiser")[:1]))
        open_claims = claims.exclude(decision__occurred_at__lte=at)
        return found.annotate(
            bucket=bucket_case(), counted=counted_case(GroupLine.objects, at),
            disputed=Q(reason=GroupLine.Reason.DISAGREEMENT) | Exists(open_claims),
        )  # fmt: skip


def _ledger_sums(at):
    from refunds.models.ledger import Refund

    rows = Refund.objects.filter(group=OuterRef("pk"), occurred_at__lte=at).order_by().values("group")

    def of(expression, field):
        return Coalesce(Subquery(rows.annotate(s=expression).values("s")), Value(0), output_field=field)

    heads = models.IntegerField()
    return {
        "paid_heads": of(Sum("heads"), heads),
        "paid_amount": of(Sum("amount"), MoneyField()),
        "heads_without_amount": of(Sum("heads", filter=Q(amount=None)), heads),
    }


def _accepted(claims, at):
    rows = claims.filter(decision__accepted=True, decision__occurred_at__lte=at).order_by().values("group")
    summed = Subquery(rows.annotate(s=Sum("amount")).values("s"))
    return Coalesce(summed, Value(0), output_field=MoneyField())


def generated_number(said):
    """A number for a group that has none, the same whenever a sheet says the same route and dates of it."""
    depart_on = said.get("depart_on")
    key = "|".join(str(said.get(name) or "") for name in ("route", "depart_on", "return_on", "role", "market"))
    short = hashlib.sha256(clean_text(key).encode()).hexdigest()[:6].upper()
    return f"{GENERATED}{depart_on:%y%m%d}-{short}" if depart_on else f"{GENERATED}{short}"


class TourGroup(GroupActs, models.Model):
    """One group of one agency, known by its number (团号). What it is and where it stands is in its lines and its ledger."""

    agency = models.ForeignKey(
        Venue, verbose_name=_("travel agency"), on_delete=models.PROTECT, related_name="tour_groups", db_index=False
    )
    number = models.CharField(_("group no."), max_length=60)
    number_generated = models.BooleanField(_("the agency gave no group no."), default=False)
    linked = models.ForeignKey(
        "self", verbose_name=_("the organiser's group of these travellers"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="receivers",
    )  # fmt: skip
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("linked by"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    linked_at = models.DateTimeField(_("linked at"), null=True, blank=True)
    created_at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)

    objects = TourGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("tour group")
        verbose_name_plural = _("tour groups")
        ordering = ["agency", "number"]
        default_permissions = ("view",)
        permissions = [
            ("enter_group", _("Can correct, call off and link tour groups by hand")),
            ("export_refunds", _("Can export tour groups and refunds")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "number"],
                name="group_no_is_unique_in_its_agency",
                violation_error_message=_("The agency has a group of this number already."),
            ),
            models.CheckConstraint(
                condition=~Q(number=""),
                name="group_has_a_number",
                violation_error_message=_("A group has a number; where the agency gives none, one is made."),
            ),
            models.CheckConstraint(
                condition=Q(linked=None) | ~Q(linked=F("id")),
                name="group_is_not_linked_to_itself",
                violation_error_message=_("A group is not linked to itself."),
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("refunds:group", args=[self.pk])

    @property
    def mark(self):
        """What a form about this group carries: the last line and the last ledger row that it saw."""
        marks = (rows.aggregate(last=models.Max("pk"))["last"] or 0 for rows in (self.lines, self.refunds))
        return "-".join(map(str, marks))

    def line_at(self, at=None):
        """The line that holds at the moment `at` (None: the latest of all), or None."""
        lines = self.lines.all() if at is None else self.lines.filter(occurred_at__lte=at)
        return lines.order_by("-occurred_at", "-pk").first()

    def facts(self, at=None):
        """The Facts of this group at the moment `at` (None: everything that is recorded), added up in Python; None when it was
        not known by then."""
        line = self.line_at(at)
        if line is None:
            return None
        by_then = {} if at is None else {"occurred_at__lte": at}
        paid = list(self.refunds.filter(**by_then).values_list("heads", "amount"))
        decided = {} if at is None else {"decision__occurred_at__lte": at}
        accepted = self.deductions.filter(decision__accepted=True, **by_then, **decided).values_list(
            "amount", flat=True
        )
        return Facts(
            disposition=line.disposition, heads=line.heads, depart_on=line.depart_on, return_on=line.return_on,
            amount_due=line.amount_due, accepted=total(accepted), paid_heads=sum(heads for heads, _amount in paid),
            paid_amount=total(amount for _heads, amount in paid),
            heads_without_amount=sum(heads for heads, amount in paid if amount is None),
        )  # fmt: skip

    def status_at(self, at=None):
        """The Status of this group at the moment `at` (None: now), or None when it was not known by then."""
        at = at or timezone.now()
        facts = self.facts(at)
        return facts and derive(facts, at)


class GroupLine(Fact):
    """What was said of a group on one occasion: a row of a return (`report`, `cell`), or a correction by hand."""

    class Role(models.TextChoices):
        ORGANISER = "organiser", _("organiser (signed with the traveller)")
        RECEIVER = "receiver", _("receiver (on the spot)")

    class Market(models.TextChoices):
        DOMESTIC = "domestic", _("domestic")
        OUTBOUND = "outbound", _("outbound")
        INBOUND = "inbound", _("inbound")

    class Reason(models.TextChoices):
        IN_PROGRESS = "in_progress", _("being handled")
        OFFICE_CLOSED = "office_closed", _("office closed")
        UPSTREAM = "upstream", _("waiting for airline, hotel or partner")
        NO_ACCOUNT = "no_account", _("no account to pay to")
        DISAGREEMENT = "disagreement", _("disagreement about the amount")
        UNREACHABLE = "unreachable", _("traveller cannot be reached")
        OTHER = "other", _("other")

    group = models.ForeignKey(
        TourGroup, verbose_name=_("tour group"), on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    report = models.ForeignKey(
        AgencyReport, verbose_name=_("return"), null=True, blank=True, on_delete=models.PROTECT, related_name="lines",
        db_index=False,
    )  # fmt: skip
    cell = models.CharField(_("cell"), max_length=80, blank=True)
    occurred_at = models.DateTimeField(_("counts from"))
    route = models.CharField(_("route"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=9, choices=Role.choices, default=Role.ORGANISER)
    market = models.CharField(_("market"), max_length=8, choices=Market.choices, blank=True)
    depart_on = models.DateField(_("departs on"), null=True, blank=True)
    return_on = models.DateField(_("returns on"), null=True, blank=True)
    heads = models.PositiveIntegerField(_("people"))
    amount_due = MoneyField(_("amount due"), null=True, blank=True)
    counterpart = models.CharField(_("partner agency"), max_length=120, blank=True)
    disposition = models.CharField(_("what becomes of it"), max_length=10, choices=Disposition.choices)
    disposed_on = models.DateField(_("since"), null=True, blank=True)
    reason = models.CharField(_("why not yet refunded"), max_length=13, choices=Reason.choices, blank=True)
    reason_text = models.CharField(_("why, in the agency's words"), max_length=200, blank=True)
    promised_on = models.DateField(_("promised by"), null=True, blank=True)
    refunded_heads = models.PositiveIntegerField(_("people refunded to date, as declared"), null=True, blank=True)
    refunded_amount = MoneyField(_("amount refunded to date, as declared"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("recorded by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("line of a group")
        verbose_name_plural = _("lines of groups")
        ordering = ["occurred_at", "pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["group", "occurred_at", "id"], name="line_by_group"),
            models.Index(fields=["occurred_at"], name="line_by_moment"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "group"],
                condition=Q(report__isnull=False),
                name="return_names_a_group_once",
                violation_error_message=_("This return names the group twice."),
            ),
            models.CheckConstraint(
                condition=Q(heads__gt=0),
                name="line_has_people",
                violation_error_message=_("A group has at least one person."),
            ),
            models.CheckConstraint(
                condition=Q(depart_on=None) | Q(return_on=None) | Q(return_on__gte=F("depart_on")),
                name="line_returns_after_it_departs",
                violation_error_message=_("The group cannot return before it departs."),
            ),
            models.CheckConstraint(
                condition=(Q(amount_due=None) | Q(amount_due__gte=0))
                & (Q(refunded_amount=None) | Q(refunded_amount__gte=0)),
                name="line_amounts_are_not_below_nought",
                violation_error_message=_("An amount is not below nought."),
            ),
        ]

    def __str__(self):
        return f"{self.group_id} {timezone.localtime(self.occurred_at):%Y-%m-%d}"

    def said(self):
        """{field: value} of all of SAID."""
        return {name: getattr(self, name) for name in SAID}

    def refuse_nonsense(self, before=None):
        """Raise Refused, in words, for what the constraints of the table would refuse anyway, and for years nobody means; a date
        that the line `before` had is known, however long ago it is."""
        if not self.heads or self.heads < 1:
            raise Refused(gettext("A group has at least one person."))
        if self.depart_on and self.return_on and self.return_on < self.depart_on:
            raise Refused(gettext("The group cannot return before it departs."))
        if any(amount is not None and amount < 0 for amount in (self.amount_due, self.refunded_amount)):
            raise Refused(gettext("An amount is not below nought."))
        years = range(self.occurred_at.year - 3, self.occurred_at.year + 4)
        names = ("depart_on", "return_on", "promised_on")
        dates = [getattr(self, name) for name in names if getattr(self, name) != getattr(before, name, None)]
        if any(isinstance(day, datetime.date) and day.year not in years for day in dates):
            raise Refused(gettext("Check the year."))

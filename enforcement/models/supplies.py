"""防护物资: what the team has in store, and every act that moves it (reports.md).

Every act first changes `SupplyItem.on_hand` by one conditional UPDATE, which also holds the item until the transaction ends, and
then appends its movements: of two who take the last masks one gets them, and a movement entered late is checked against
everything that came after it.
"""

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty.custody import moment_of
from enforcement.models.supply_movements import FLOWS, SupplyMovement, sum_of
from enforcement.models.supply_terms import TERMS, FormerTerms
from venues.transitions import Refused, TooLate
from venues.words import when

MOST = 1_000_000  # of one movement; more is a slip of the keyboard
AGREES = (
    "—"  # the cause of a count that found what the books say: the database wants one, and there is nothing to explain
)


class SupplyItemQuerySet(models.QuerySet):
    def known(self, at):
        """The items that there were at the moment `at`: entered, or moved, by then."""
        moved = SupplyMovement.objects.until(at).filter(item=OuterRef("pk"))
        return self.filter(Q(entered_at__lte=at) | Exists(moved))

    def with_stock(self, at):
        """With `.in_store`, `.received`, `.donated` and `.issued` at the moment `at` (never negative but for `.issued` of what was
        reversed); what was reversed by then counts in none."""
        return self.annotate(**{name: sum_of(name, at=at, through="movements__") for name in ("in_store", *FLOWS)})

    @transaction.atomic
    def enter(self, *, by, at=None, **fields):
        """A new item, with nothing of it in store."""
        item = self.model(entered_at=at or timezone.now(), **fields)
        item._refuse_misfit()
        item.save()
        if by is not None:
            by.leave_trail("supply_entered", about=item, at=at)
        return item

    @transaction.atomic
    def issue_to_all(self, amounts, officers, *, by, cause="", at=None):
        """Give each of the officers so many of each item, in one step: `amounts` is {item: each}. All or nothing; returns the
        movements."""
        if not amounts:
            raise Refused(gettext("Say of at least one supply how many each gets."))
        more = {"by": by, "cause": cause, "at": at, "batch": uuid.uuid4()}
        in_order = sorted(
            amounts.items(), key=lambda pair: pair[0].pk
        )  # so that two of these never wait for each other
        return [row for item, each in in_order for row in item.issue_to(officers, each=each, **more)]


class SupplyItem(models.Model):
    """One kind of thing in store. `on_hand` is the sum of its movements, kept by the one act that appends them, so that the
    database itself refuses a stock below zero."""

    class Category(models.TextChoices):
        MASK = "mask", _("masks")
        PROTECTION = "protection", _("protective clothing")
        DISINFECTANT = "disinfectant", _("disinfectant")
        THERMOMETER = "thermometer", _("thermometers")
        SPRAYER = "sprayer", _("sprayers")
        FOOD = "food", _("food")
        OTHER = "other", _("other supplies")

    category = models.CharField(_("category"), max_length=12, choices=Category.choices)
    name = models.CharField(pgettext_lazy("supply", "name"), max_length=60)
    unit = models.CharField(_("unit"), max_length=10, blank=True)
    spec = models.CharField(_("specification"), max_length=80, blank=True)
    low_level = models.PositiveIntegerField(
        _("low when below"), null=True, blank=True, validators=[MaxValueValidator(MOST)]
    )
    norm = models.DecimalField(
        _("need per officer and shift"), max_digits=6, decimal_places=2, null=True, blank=True,
        help_text=_("Days of cover are counted with it; empty: they are not counted."),
    )  # fmt: skip
    is_active = models.BooleanField(_("active"), default=True)
    on_hand = models.IntegerField(_("on hand"), default=0, editable=False)
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)

    objects = SupplyItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("supply")
        verbose_name_plural = _("supplies")
        ordering = ["category", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "name", "spec"], name="one_supply_of_a_name_and_specification",
                violation_error_message=_("There is already a supply with this name and specification."),
            ),
            models.CheckConstraint(
                condition=Q(norm=None) | Q(norm__gt=0), name="a_norm_is_above_zero",
                violation_error_message=_("The need per officer and shift is more than zero, or left empty."),
            ),
            models.CheckConstraint(
                condition=Q(on_hand__gte=0), name="no_stock_below_zero",
                violation_error_message=_("There is not so much in store."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        """The stock is written by the movements alone, never by an object that was read before them."""
        if not self._state.adding and kwargs.get("update_fields") is None:
            kwargs["update_fields"] = [f.name for f in self._meta.concrete_fields if f.name not in ("id", "on_hand")]
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("supply", args=[self.pk])

    def in_store_at(self, at):
        """How many were in store at the moment `at`, by what is recorded now."""
        return self.movements.until(at).total()

    # --- acts
    @transaction.atomic
    def change(self, *, by, at=None, **fields):
        """Set these fields. What has moved keeps its category and unit: its figures have left the house under them. The terms that
        held until now (`at`) go on holding for the moments before."""
        SupplyItem.objects.filter(pk=self.pk).update(on_hand=F("on_hand"))  # nothing moves meanwhile
        held = SupplyItem.objects.values(*TERMS).get(pk=self.pk)
        changed = sorted(name for name, value in fields.items() if getattr(self, name) != value)
        if {"category", "unit"} & set(changed) and self.movements.exists():
            told = gettext("There are movements in this category and unit already: enter a new supply instead.")
            raise Refused({name: told for name in changed if name in ("category", "unit")})
        for name in changed:
            setattr(self, name, fields[name])
        self._refuse_misfit()
        if changed:
            self.save(update_fields=changed)
            if any(fields.get(name, held[name]) != held[name] for name in TERMS):
                FormerTerms.objects.create(item=self, until=at or timezone.now(), **held)
            by.leave_trail("supply_change", about=self, detail={"fields": changed}, at=at)
        return self

    @transaction.atomic
    def receive(self, *, by, quantity, kind, donor="", cause="", at=None, recorded_at=None):
        """Something comes in: `kind` is a purchase, an allocation, a donation (of whom) or a return to the store."""
        if kind not in SupplyMovement.INCOMING:
            raise Refused({"kind": gettext("Choose how it came in.")})
        if kind == SupplyMovement.Kind.DONATION and not donor.strip():
            raise Refused({"donor": gettext("Name the donor.")})
        donor = donor.strip() if kind == SupplyMovement.Kind.DONATION else ""
        more = {"recorded_at": recorded_at} if recorded_at else {}
        row = {"kind": kind, "delta": _amount(quantity), "donor": donor, "cause": cause.strip(), **more}
        return self._append([row], by=by, at=at)[0]

    @transaction.atomic
    def issue(self, *, by, quantity, to, cause="", at=None):
        """Give some to one officer."""
        if to is None:
            raise Refused({"issued_to": gettext("Say to whom.")})
        return self._take(SupplyMovement.Kind.ISSUE, by, quantity, cause, at, issued_to=to)

    @transaction.atomic
    def use(self, *, by, quantity, cause="", at=None):
        """Some is used up, by nobody in particular."""
        return self._take(SupplyMovement.Kind.USE, by, quantity, cause, at)

    @transaction.atomic
    def lose(self, *, by, quantity, cause, at=None):
        """Some is lost, spoilt or out of date."""
        if not cause.strip():
            raise Refused({"cause": gettext("Say the cause.")})
        return self._take(SupplyMovement.Kind.LOSS, by, quantity, cause, at)

    @transaction.atomic
    def issue_to(self, officers, *, by, each, cause="", at=None, batch=None):
        """Give `each` to every one of the officers, all or nobody; returns the movements, which share a `batch`."""
        officers = list(dict.fromkeys(officers))
        if not officers:
            raise Refused({"officers": gettext("Choose at least one officer.")})
        row = {
            "kind": SupplyMovement.Kind.ISSUE,
            "delta": -_amount(each),
            "cause": cause.strip(),
            "batch": batch or uuid.uuid4(),
        }
        return self._append([{**row, "issued_to": officer} for officer in officers], by=by, at=at)

    @transaction.atomic
    def count(self, *, by, counted, cause="", at=None, known=None):
        """Somebody counted `counted` in store: the difference to the books is a movement with its cause. `known`: what the books said
        when he began; when they say something else meanwhile the count is refused, for it belongs to neither."""
        at = moment_of(at)
        if not 0 <= counted <= MOST:
            raise Refused({"counted": gettext("The number counted is a whole number, zero or more.")})
        self._hold()
        if known is not None and known != self.on_hand:
            raise TooLate(
                gettext(
                    "The stock has moved since you opened this page: by the books it is now %(count)s. Count again."
                )
                % {"count": self.on_hand}
            )
        delta = counted - self.in_store_at(at)
        if delta and not cause.strip():
            raise Refused({"cause": gettext("Say the cause.")})
        row = {"kind": SupplyMovement.Kind.COUNT, "delta": delta, "cause": cause.strip() or AGREES}
        return self._append([row], by=by, at=at)[0]

    def _refuse_misfit(self):
        try:
            self.full_clean()
        except ValidationError as error:
            raise Refused(error) from None

    # --- the one way in which the stock moves
    def _take(self, kind, by, quantity, cause, at, **more):
        return self._append(
            [{"kind": kind, "delta": -_amount(quantity), "cause": cause.strip(), **more}], by=by, at=at
        )[0]

    def _append(self, rows, *, by, at):
        """Change the stock and append the movements; Refused when there is not so much, now or at any moment since `at`. Must run
        inside a transaction."""
        at, total = moment_of(at), sum(row["delta"] for row in rows)
        self._move_stock(total)
        moved = SupplyMovement.objects.bulk_create(SupplyMovement(item=self, by=by, at=at, **row) for row in rows)
        if total < 0:
            self._refuse_below_zero_since(at)
        return moved

    def _move_stock(self, total):
        enough = SupplyItem.objects.filter(pk=self.pk, on_hand__gte=-total)
        if not enough.update(on_hand=F("on_hand") + total):
            self.refresh_from_db(fields=["on_hand"])
            raise Refused(
                gettext("%(name)s: there are %(count)s in store, not %(wanted)s.")
                % {"name": self, "count": self.on_hand, "wanted": -total}
            )
        self.refresh_from_db(fields=["on_hand"])

    def _hold(self):
        """Until the transaction ends nobody else moves this item; on SQLite the transaction is lock enough."""
        self._move_stock(0)

    def _refuse_below_zero_since(self, at):
        """Refused when more went out than there was, at `at` or at any later moment: what was entered late is no exception."""
        stock = self.movements.filter(at__lt=at).total()
        later = self.movements.filter(at__gte=at).order_by("at").values_list("at").annotate(sum=Sum("delta"))
        for moment, change in later:
            stock += change
            if stock < 0:
                raise Refused(
                    gettext(
                        "%(name)s: at %(when)s there would have been %(count)s too few in store. Check moment and amount."
                    )
                    % {"name": self, "when": when(moment), "count": -stock}
                )


def _amount(quantity):
    """A quantity that can be moved, else Refused."""
    if not isinstance(quantity, int) or not 1 <= quantity <= MOST:
        raise Refused({"quantity": gettext("The amount is a whole number above zero.")})
    return quantity

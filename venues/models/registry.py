"""The registry: divisions, categories of venues, and the venues themselves."""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from venues.cleaning import clean_text
from venues.models.finding import FindingQuerySet
from venues.search import search_key
from venues.transitions import Refused, move
from venues.words import when, who


class DivisionQuerySet(models.QuerySet):
    def districts(self):
        """The level under the city: districts, counties and the zones that count as one."""
        return self.filter(level=Division.Level.DISTRICT)

    def streets(self):
        return self.filter(level=Division.Level.STREET)

    def valid(self, on):
        """Divisions in force on the date `on`; validity is half-open."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_until=None) | Q(valid_until__gt=on))


class Division(models.Model):
    """An administrative division by its code of GB/T 2260 (6 digits; streets and towns 9). Zones without a code of the
    standard (development zones) are allowed and marked."""

    class Level(models.TextChoices):
        CITY = "city", _("city")
        DISTRICT = "district", _("district or county")
        STREET = "street", _("street or town")

    code = models.CharField(_("division code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=60)
    level = models.CharField(_("level"), max_length=8, choices=Level.choices)
    parent = models.ForeignKey(
        "self", verbose_name=_("part of"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    nonstandard = models.BooleanField(_("not in the national standard"), default=False)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        ordering = ["code"]

    def __str__(self):
        return self.name


class Category(models.Model):
    """A category of venues. The slug never changes: figures and orders are kept by it."""

    class GradeKind(models.TextChoices):
        NONE = "", _("no grades")
        A_LEVEL = "a_level", _("A grade (scenic areas)")
        STAR = "star", _("stars (hotels)")

    slug = models.SlugField(_("code name"), max_length=30, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=40)
    licence_type = models.CharField(_("licence type"), max_length=60, blank=True)
    grade_kind = models.CharField(_("grades"), max_length=10, choices=GradeKind.choices, blank=True)
    shut_from = models.TimeField(_("shut by law from"), null=True, blank=True)
    shut_until = models.TimeField(_("shut by law until"), null=True, blank=True)
    recheck_hours = models.PositiveSmallIntegerField(_("look again within (hours)"), default=24)
    aliases = models.JSONField(_("other names in office lists"), default=list, blank=True)
    retired = models.BooleanField(_("retired"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shut_from=None, shut_until=None) | Q(shut_from__isnull=False, shut_until__isnull=False),
                name="category_shut_hours_have_both_ends",
                violation_error_message=_("Give both ends of the hours that are shut by law, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(recheck_hours__gte=1),
                name="category_recheck_is_at_least_an_hour",
                violation_error_message=_("The hours until the next look are at least one."),
            ),
        ]

    def __str__(self):
        return self.name

    @transaction.atomic
    def save(self, *args, **kwargs):
        """Save; recheck hours that are changed hold until now, and go on holding for the moments before."""
        from venues.models.rechecks import FormerRecheck  # it points to this table

        held = (
            Category.objects.select_for_update(no_key=True).filter(pk=self.pk).values_list("recheck_hours", flat=True)
        )
        before = None if self._state.adding else held.first()
        super().save(*args, **kwargs)
        after = Category.objects.values_list("recheck_hours", flat=True).get(pk=self.pk)
        if before not in (None, after):
            FormerRecheck.objects.create(category=self, hours=before, until=timezone.now())

    @property
    def name(self):
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en

    @property
    def recheck(self):
        """How long a look stays fresh now, as a timedelta."""
        return datetime.timedelta(hours=self.recheck_hours)

    def shut_by_law(self, at):
        """Whether such venues must be shut at the moment `at` anyway, order or no order; then a look proves nothing."""
        return shut_by_law(self.shut_from, self.shut_until, at)


def shut_by_law(shut_from, shut_until, at):
    """Whether the local time of `at` lies in the half-open hours [shut_from, shut_until), which may pass midnight."""
    if shut_from is None or shut_until is None:
        return False
    clock = at.astimezone(ZoneInfo(settings.TIME_ZONE)).time()
    if shut_from <= shut_until:
        return shut_from <= clock < shut_until
    return clock >= shut_from or clock < shut_until


class VenueQuerySet(FindingQuerySet):
    def trading(self):
        return self.standing().filter(operating_status=Venue.OperatingStatus.ACTIVE)

    def ordered_shut_candidates(self, categories, districts):
        """The venues that an order over these categories and districts names: active, dormant and unlocatable ones.
        `districts` empty means the whole city."""
        status = Venue.OperatingStatus
        found = self.standing().filter(
            operating_status__in=[status.ACTIVE, status.DORMANT, status.UNLOCATABLE], category__in=categories
        )
        return found.filter(district__in=districts) if districts else found

    @transaction.atomic
    def register_unlicensed(self, *, by, place, district, category, at=None):
        """Enter a place that holds no licence, from what is known on the spot: the place in words, district, category.
        It carries looks and violations and is never a target by itself. Refused when it is entered already."""
        place = clean_text(place)
        if not place:
            raise Refused(gettext("Say in words where the place is."))
        what = {
            "name": place, "district": district, "category": category,
            "operating_status": Venue.OperatingStatus.UNLICENSED,
        }  # fmt: skip
        if self.standing().filter(**what).exists():
            raise Refused(
                gettext("This place is entered already. Search for it in the registry and record the inspection there.")
            )
        venue = Venue(**what, created_at=at or timezone.now())
        venue.save_by(by, at=at)
        return venue


class Venue(models.Model):
    """One licensed activity at one address; a hotel's KTV is a row of its own. Never deleted once referenced: merged,
    and the old id and address of its page go on working."""

    class OperatingStatus(models.TextChoices):
        ACTIVE = "active", _("trading")
        DORMANT = "dormant", _("dormant")
        CEASED = "ceased", _("ceased")
        REVOKED = "revoked", _("revoked")
        MOVED = "moved", _("moved away")
        UNLOCATABLE = "unlocatable", _("cannot be found")
        UNLICENSED = "unlicensed", _("unlicensed")

    class CoordinateSystem(models.TextChoices):
        WGS84 = "wgs84", "WGS-84"
        GCJ02 = "gcj02", "GCJ-02"
        BD09 = "bd09", "BD-09"

    name = models.CharField(_("name"), max_length=120)
    sign_name = models.CharField(_("name on the sign"), max_length=120, blank=True)
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="venues", db_index=False
    )
    grade = models.CharField(_("grade"), max_length=10, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    licence_no = models.CharField(_("licence no."), max_length=60, blank=True)
    licence_until = models.DateField(_("licence valid until"), null=True, blank=True)
    licence_long_term = models.BooleanField(_("licence without end date"), default=False)
    legal_rep = models.CharField(_("legal representative"), max_length=60, blank=True)
    manager = models.CharField(_("manager"), max_length=60, blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    phone_2 = models.CharField(_("second telephone"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    district = models.ForeignKey(
        Division, verbose_name=_("district or county"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    street = models.ForeignKey(
        Division, verbose_name=_("street or town"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    coordinate_system = models.CharField(
        _("coordinate system"), max_length=5, choices=CoordinateSystem.choices, blank=True
    )
    size = models.PositiveIntegerField(_("terminals, rooms or beds"), null=True, blank=True)
    operating_status = models.CharField(
        _("operating status"), max_length=12, choices=OperatingStatus.choices, default=OperatingStatus.ACTIVE
    )
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self", verbose_name=_("merged into"), null=True, blank=True, on_delete=models.PROTECT, related_name="merged",
        db_index=False,
    )  # fmt: skip
    search_key = models.TextField(_("search key"), blank=True, editable=False)
    created_at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)

    objects = VenueQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["search_key"], verbose_name=_("history of the venue"))

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["category__position", "district__code", "licence_no", "pk"]
        permissions = [
            ("import_venue", _("Can import venue lists")),
            ("export_venue", _("Can export venue lists")),
            ("merge_venue", _("Can merge venues")),
            ("register_unlicensed_venue", _("Can register an unlicensed place on the spot")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "licence_no"],
                condition=~Q(licence_no=""),
                name="venue_licence_no_is_unique_in_its_category",
                violation_error_message=_("Another venue of this category has this licence no."),
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | ~Q(coordinate_system=""),
                name="venue_position_names_its_coordinate_system",
                violation_error_message=_("Say in which coordinate system the position was taken."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("id")),
                name="venue_is_not_merged_into_itself",
                violation_error_message=_("A venue cannot be merged into itself."),
            ),
        ]
        indexes = [
            # The list in its order (`listed`), alone and behind each filter; its counts read nothing else. The single
            # columns have no index of their own: SQLite would take "merged into nothing", and sort all rows.
            models.Index(
                fields=["category", "district", "id"], condition=Q(merged_into=None), name="venue_by_category"
            ),
            models.Index(
                fields=["district", "category", "id"], condition=Q(merged_into=None), name="venue_by_district"
            ),
            models.Index(
                fields=["operating_status", "category", "district", "id"],
                condition=Q(merged_into=None),
                name="venue_by_status",
            ),
            models.Index(fields=["category", "district", "operating_status"], name="venue_by_scope"),
            models.Index(
                fields=["category", "district", "id"],
                condition=Q(merged_into=None, phone="", phone_2=""),
                name="venue_without_phone",
            ),
            models.Index(fields=["licence_no"], name="venue_by_licence"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="venue_by_survivor"),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.search_key = search_key(self)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_key"}
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("venues:venue", args=[self.pk])

    @property
    def survivor(self):
        """The venue under which this place goes on: the one it was merged into, or itself."""
        return self.merged_into or self

    @cached_property
    def family(self):
        """The ids of this venue and of all that were merged into it: what happened to any of them happened here."""
        return [self.pk, *Venue.objects.filter(merged_into=self.pk).order_by("pk").values_list("pk", flat=True)]

    def licence_ended(self, on):
        """Whether the licence had ended on the date `on`."""
        return bool(self.licence_until and not self.licence_long_term and self.licence_until < on)

    def save_by(self, by, *, at=None, why="", **kwargs):
        """Save, and write into the history who did it, when and why."""
        self._begin_history()
        self._history_user, self._change_reason = by, why or None
        if at is not None:
            self._history_date = at
        self.save(**kwargs)

    def _begin_history(self):
        """Rows that came with an import have no history: before their first change it begins with what they were."""
        if not self._state.adding and not self.history.exists():
            before = Venue.objects.get(pk=self.pk)
            Venue.history.bulk_history_create([before], default_date=before.created_at)

    @transaction.atomic
    def merge_into(self, survivor, *, by, at=None):
        """Say that this row and `survivor` are one place. Its page leads there from now on; its facts stay as they were
        recorded and stand on the survivor's page too. Rows that were merged into this one follow, so that one step
        always suffices.

        Refused into itself or into a merged row, while this one has an open violation, and while both are on the list
        of an order in force; TooLate when a colleague was faster."""
        at = at or timezone.now()
        # Both rows in one order: of two merges crosswise the second waits here, and then reads what the first one did.
        rows = Venue.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=[self.pk, survivor.pk])
        rows = {row.pk: row for row in rows.order_by("pk")}
        self._check_merge(rows[survivor.pk])
        self._begin_history()
        free = Venue.objects.filter(pk=self.pk, merged_into=None)
        move(free, otherwise=self._who_merged_it, merged_into=survivor)
        for row in (rows[self.pk], *self.merged.order_by("pk")):
            row.merged_into = survivor
            row.save_by(by, at=at, why="merge", update_fields=["merged_into"])
        self.alerts.filter(answered_at=None).update(venue=survivor)
        self.merged_into = survivor
        survivor.__dict__.pop("family", None)
        by.leave_trail("merge", about=self, detail={"into": survivor.pk}, at=at)
        survivor.draw_together(by=by)

    def draw_together(self, *, by):
        """Derive anew what follows from the looks at this venue and at all that were merged into it."""
        from venues.episodes import episodes  # these read the models of this module
        from venues.models import Inspection, Violation
        from venues.standing import refresh_venues

        looks = list(Inspection.objects.on_the_spot(self).order_by("observed_at", "pk"))
        Violation.objects.follow(self, episodes(looks, Violation.objects.discounted(self)), by=by)
        refresh_venues([self])

    def _check_merge(self, survivor):
        if survivor.pk == self.pk:
            raise Refused(gettext("A venue cannot be merged into itself. Choose the other one."))
        if survivor.merged_into_id is not None:
            raise Refused(
                gettext("%(venue)s was itself merged into %(survivor)s. Merge into that one.")
                % {"venue": survivor.name, "survivor": survivor.merged_into}
            )
        from venues.models import Target, Violation

        if Violation.objects.running().filter(venue__in=self.family).exists():
            raise Refused(
                gettext("%(venue)s has an open violation. Merge it when the violation is stopped.")
                % {"venue": self.name}
            )
        listed = Target.objects.in_scope().filter(order__status="active").select_related("order")
        orders = listed.filter(venue__in=survivor.family).values("order")
        both = listed.filter(venue__in=self.family, order__in=orders).first()
        if both is not None:
            raise Refused(
                gettext("Both are on the list of “%(order)s”. Exclude one of them there, with the reason; then merge.")
                % {"order": both.order.title}
            )

    def _who_merged_it(self):
        merged = self.history.exclude(merged_into=None).select_related("history_user")
        last = merged.order_by("-history_id").first()
        return gettext("Nothing was changed: %(venue)s was already merged, by %(name)s at %(when)s.") % {
            "venue": self.name,
            "name": who(last.history_user if last else None),
            "when": when(last.history_date if last else timezone.now()),
        }

"""Venues in the administration: the list with its filters, the form, the history, merging, export."""

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from venues.changes import shown
from venues.cleaning import phone_kind, uscc_problem
from venues.forms.editing import VenueForm
from venues.merging import Comparison
from venues.models import Category, Division, Venue
from venues.transitions import Refused
from venues.views.registry import export
from venues.words import when


class _Choice(admin.SimpleListFilter):
    """A filter whose values are known without asking the long table for them."""

    def queryset(self, request, queryset):
        return self.narrow(queryset, self.value()) if self.value() else queryset


class CategoryFilter(_Choice):
    title, parameter_name = gettext_lazy("category"), "category"

    def lookups(self, request, model_admin):
        return [(category.slug, category.name) for category in Category.objects.all()]

    def narrow(self, queryset, slug):
        return queryset.filter(category__in=list(Category.objects.filter(slug=slug)))


class DistrictFilter(_Choice):
    title, parameter_name = gettext_lazy("district or county"), "district"

    def lookups(self, request, model_admin):
        return list(Division.objects.districts().values_list("code", "name"))

    def narrow(self, queryset, code):
        return queryset.filter(district__in=list(Division.objects.filter(code=code)))


class LicenceFilter(_Choice):
    title, parameter_name = gettext_lazy("licence"), "licence"

    def lookups(self, request, model_admin):
        return [("ended", _("expired")), ("soon", _("ends within 60 days")), ("unknown", _("no date entered"))]

    def narrow(self, queryset, which):
        today = timezone.localdate()
        if which == "unknown":
            return queryset.licence_unknown()
        return queryset.licence_ended(today) if which == "ended" else queryset.licence_ends_soon(today)


class PhoneFilter(_Choice):
    title, parameter_name = gettext_lazy("telephone"), "phone"

    def lookups(self, request, model_admin):
        return [("with", _("with")), ("without", _("without"))]

    def narrow(self, queryset, which):
        return queryset.with_phone() if which == "with" else queryset.without_phone()


class MergedFilter(admin.SimpleListFilter):
    """Entries that were merged into others are only shown when somebody asks for them."""

    title, parameter_name = gettext_lazy("merged"), "merged"

    def lookups(self, request, model_admin):
        return [("yes", _("merged into another entry"))]

    def queryset(self, request, queryset):
        return queryset.exclude(merged_into=None) if self.value() else queryset.standing()


class _Words(HistoricalRecordContextHelper):
    """Old and new values of a change as people read them."""

    def prepare_delta_change_value(self, change, value):
        return shown(self.model._meta.get_field(change.field), value)


@admin.register(Venue)
class VenueAdmin(SimpleHistoryAdmin):
    form = VenueForm
    enforce_history_permissions = True  # the history has a permission of its own
    list_display = ["name", "category", "district", "phone", "licence_no", "until", "status"]
    list_filter = ["operating_status", CategoryFilter, DistrictFilter, LicenceFilter, PhoneFilter, MergedFilter]
    list_select_related = ["category", "district"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ["category_id", "district_id", "id"]  # what the indexes hold (`listed`)
    sortable_by = []
    search_fields = ["search_key"]
    search_help_text = gettext_lazy("Name, initials (ltwb finds 蓝天网吧), licence no., telephone or address")
    actions = ["merge", "export_xlsx", "export_csv"]
    readonly_fields = ["merged", "entered"]
    fieldsets = [
        (None, {"fields": ["name", "sign_name", "category", "grade", "operating_status", "remark", "merged"]}),
        (gettext_lazy("Licence"), {"fields": ["licence_no", "licence_until", "licence_long_term", "uscc", "size"]}),
        (gettext_lazy("People"), {"fields": ["legal_rep", "manager", "phone", "phone_2"]}),
        (
            gettext_lazy("Place"),
            {"fields": ["district", "street", "address", "latitude", "longitude", "coordinate_system", "entered"]},
        ),
    ]

    # --- the list ---------------------------------------------------------------------------------------------------
    def get_queryset(self, request):
        return super().get_queryset(request).defer("search_key")

    def get_search_results(self, request, queryset, search_term):
        return queryset.matching(search_term), False

    @admin.display(description=gettext_lazy("licence valid until"), empty_value="—")
    def until(self, venue):
        return _("no end date") if venue.licence_long_term else venue.licence_until and str(venue.licence_until)

    @admin.display(description=gettext_lazy("Status"))
    def status(self, venue):
        return venue.get_operating_status_display()

    def get_actions(self, request):
        found = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    # --- the form ---------------------------------------------------------------------------------------------------
    def view_on_site(self, obj):
        return obj.get_absolute_url()

    @admin.display(description=gettext_lazy("entered at"))
    def entered(self, venue):
        return when(venue.created_at)

    @admin.display(description=gettext_lazy("merged into"))
    def merged(self, venue):
        if venue.merged_into is None:
            return "—"
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:venues_venue_change", args=[venue.merged_into_id]), venue.merged_into
        )

    def has_change_permission(self, request, obj=None):
        """A merged entry stays as it was: its survivor is edited."""
        merged = obj is not None and obj.merged_into_id is not None
        reading = getattr(request, "reads_history", False)
        return super().has_change_permission(request, obj) and not merged and not reading

    def save_model(self, request, obj, form, change):
        obj.save_by(request.user)
        for sentence in doubts(obj):
            messages.warning(request, sentence)

    # --- the history ------------------------------------------------------------------------------------------------
    def get_historical_record_context_helper(self, request, historical_record):
        return _Words(self.model, historical_record)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        """A past version, to read. The package would save what is posted here, whoever posts it."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        request.reads_history = True
        return super().history_form_view(request, object_id, version_id, extra_context)

    def get_readonly_fields(self, request, obj=None):
        if getattr(request, "reads_history", False):
            return [name for _title, options in self.fieldsets for name in options["fields"]]
        return self.readonly_fields

    # --- acts -------------------------------------------------------------------------------------------------------
    def has_merge_permission(self, request):
        return request.user.has_perm("venues.merge_venue")

    def has_export_permission(self, request):
        return request.user.has_perm("venues.export_venue")

    @admin.action(description=gettext_lazy("Merge the selected entries of one venue"), permissions=["merge"])
    def merge(self, request, queryset):
        """First the page that compares them, then, with `survivor` in the form, the act."""
        comparison = Comparison(queryset)
        if comparison.problem:
            messages.error(request, comparison.problem)
            return None
        survivor = comparison.find(request.POST.get("survivor"))
        if survivor is not None:
            try:
                with transaction.atomic():
                    for venue in comparison.others(survivor):
                        venue.merge_into(survivor, by=request.user)
            except Refused as refusal:
                messages.error(request, refusal.sentence())
            else:
                messages.success(request, _("The entries are merged into “%(venue)s”.") % {"venue": survivor})
                return None
        context = {
            **self.admin_site.each_context(request), "title": _("Merge entries of one venue"), "opts": self.opts,
            "comparison": comparison, "chosen": survivor or comparison.likeliest,
        }  # fmt: skip
        return TemplateResponse(request, "admin/venues/venue/merge.html", context)

    @admin.action(description=gettext_lazy("Export the selected venues as .xlsx"), permissions=["export"])
    def export_xlsx(self, request, queryset):
        return export(request, queryset, "xlsx", {"selected": True})

    @admin.action(description=gettext_lazy("Export the selected venues as .csv"), permissions=["export"])
    def export_csv(self, request, queryset):
        return export(request, queryset, "csv", {"selected": True})


def doubts(venue):
    """Sentences on what looks wrong in an entry and may yet be right; it was saved all the same."""
    problem = uscc_problem(venue.uscc)
    if problem == "check_digit":
        yield _("The check digit of the credit code does not fit. Compare it with the licence.")
    elif problem:
        yield _("The credit code is not one of 18 characters. Compare it with the licence.")
    for number in (venue.phone, venue.phone_2):
        if number and not phone_kind(number):
            yield _("“%(number)s” does not look like a telephone number.") % {"number": number}
    if venue.licence_ended(timezone.localdate()):
        yield _("The licence has expired.")
    same = Venue.objects.standing().filter(name=venue.name, district=venue.district_id, category=venue.category_id)
    if same.exclude(pk=venue.pk).exists():
        yield _("There is another entry of this name in the district. If it is the same venue, merge them.")

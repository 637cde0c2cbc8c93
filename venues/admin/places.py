"""Divisions and categories: few rows, on which everything else stands. Nothing referenced is ever deleted."""

from django.contrib import admin
from django.contrib.admin.widgets import AdminTimeWidget
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from venues.forms.editing import CategoryForm, DivisionForm
from venues.models import Category, Division


class TrailMixin:
    """These rows keep no history: the audit trail says who entered or changed which fields."""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        detail = {"fields": form.changed_data} if change else {"entered": True}
        request.user.leave_trail("registry_change", about=obj, detail=detail)


class DistrictFilter(admin.SimpleListFilter):
    """The streets of one district; without asking for the distinct values of a long table."""

    title = _("part of")
    parameter_name = "district"

    def lookups(self, request, model_admin):
        return list(Division.objects.districts().values_list("code", "name"))

    def queryset(self, request, queryset):
        return queryset.filter(parent__code=self.value()) if self.value() else queryset


@admin.register(Division)
class DivisionAdmin(TrailMixin, admin.ModelAdmin):
    form = DivisionForm
    actions = None
    list_display = ["code", "name", "level", "parent", "zone", "starts", "ends"]
    list_display_links = ["code", "name"]
    list_filter = ["level", "nonstandard", DistrictFilter]
    list_select_related = ["parent"]
    search_fields = ["name", "code"]
    show_facets = admin.ShowFacets.NEVER

    @admin.display(description=_("not in the national standard"), empty_value="")
    def zone(self, division):
        return gettext("yes") if division.nonstandard else None

    @admin.display(description=_("valid from"), empty_value="")
    def starts(self, division):
        return division.valid_from and str(division.valid_from)

    @admin.display(description=_("valid until"), empty_value="")
    def ends(self, division):
        return division.valid_until and str(division.valid_until)

    def get_search_results(self, request, queryset, search_term):
        """A form that asks for a district or a street is offered no other level."""
        level = {"district": "district", "street": "street"}.get(request.GET.get("field_name"))
        queryset = queryset.filter(level=level) if level else queryset
        return super().get_search_results(request, queryset, search_term)


@admin.register(Category)
class CategoryAdmin(TrailMixin, admin.ModelAdmin):
    """Categories may be added, renamed and retired; the code name stays, because figures and orders are kept by it."""

    form = CategoryForm
    actions = None
    list_display = ["name_zh", "name_en", "slug", "recheck_hours", "shut", "position", "retired"]
    list_filter = ["retired"]
    formfield_overrides = {models.TimeField: {"widget": AdminTimeWidget(format="%H:%M")}}
    fieldsets = [
        (None, {"fields": ["slug", "name_zh", "name_en", "licence_type", "grade_kind"]}),
        (_("Looks"), {"fields": ["recheck_hours", "shut_from", "shut_until"]}),
        (_("Lists and imports"), {"fields": ["aliases", "position", "retired"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj is not None else []

    @admin.display(description=_("shut by law"), empty_value="—")
    def shut(self, category):
        return category.shut_from and f"{category.shut_from:%H:%M}–{category.shut_until:%H:%M}"

"""The administrator's rows of the roster: calendar, groups, patterns, rotations, coverage rules. Nothing of them is deleted
here but what was never used: the database protects the past."""

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enforcement.models import (
    CalendarDay,
    CoverageRule,
    DutyGroup,
    GroupMembership,
    Rotation,
    RotationEntry,
    ShiftBorder,
    ShiftPattern,
)


class _Part(admin.TabularInline):
    """Rows that belong to one other; who may change that one may change them."""

    extra = 0

    def has_view_permission(self, request, obj=None):
        return self._asked(request, "view") or self._asked(request, "change")

    def has_add_permission(self, request, obj=None):
        return self._asked(request, "change") or (obj is None and self._asked(request, "add"))

    has_change_permission = has_add_permission

    def _asked(self, request, verb):
        return request.user.has_perm(f"enforcement.{verb}_{self.parent_model._meta.model_name}")


class MembershipInline(_Part):
    """Who was a member from when until when: a membership ends, it is not deleted."""

    model = GroupMembership
    autocomplete_fields = ["officer"]
    can_delete = False


class BorderInline(_Part):
    model = ShiftBorder

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


class EntryInline(_Part):
    model = RotationEntry
    autocomplete_fields = ["officer"]

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):
    list_display = ["date", "kind", "name", "basis"]
    list_filter = ["kind"]
    search_fields = ["name", "basis"]
    show_full_result_count = False


@admin.register(DutyGroup)
class DutyGroupAdmin(admin.ModelAdmin):
    list_display = ["name", "position", "is_active"]
    inlines = [MembershipInline]


@admin.register(ShiftPattern)
class ShiftPatternAdmin(admin.ModelAdmin):
    list_display = ["name", "is_active"]
    inlines = [BorderInline]


@admin.register(Rotation)
class RotationAdmin(admin.ModelAdmin):
    list_display = ["name", "pattern", "lane", "anchor_on", "hold", "day_types", "is_active"]
    list_select_related = ["pattern"]
    list_filter = ["lane", "is_active"]
    inlines = [EntryInline]


class HoldingRuleForm(forms.ModelForm):
    """What was required until now stays: of a rule that holds, or has ended, only an end to come is set here."""

    class Meta:
        model = CoverageRule
        fields = [
            "post", "minimum", "window_from", "window_until", "day_types", "out_counts_against", "valid_from", "valid_until",
        ]  # fmt: skip

    def clean(self):
        said, now = super().clean(), timezone.now()
        before = CoverageRule.objects.filter(pk=self.instance.pk).first()
        if before is None or before.valid_from > now:
            return said
        if before.has_ended(now) or set(self.changed_data) - {"valid_until"}:
            sentence = _("This rule holds already. End it and make another: what was required until now stays.")
            raise forms.ValidationError(sentence)
        until = said.get("valid_until")
        if "valid_until" in self.changed_data and until is not None and until < now:
            self.add_error(
                "valid_until", _("A rule does not end in the past: what was required then stays. Leave it empty.")
            )
        return said


@admin.register(CoverageRule)
class CoverageRuleAdmin(admin.ModelAdmin):
    form = HoldingRuleForm
    list_display = [
        "post", "minimum", "window_from", "window_until", "day_types", "out_counts_against", "valid_from", "valid_until",
    ]  # fmt: skip
    list_filter = ["post"]

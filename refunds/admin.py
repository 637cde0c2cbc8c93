"""The rows that the administrator edits: events with their cut-offs, deposits. No group and no traveller is anywhere here."""

from django.contrib import admin

from refunds.models import Cutoff, Deposit, RefundEvent
from refunds.models.returns import AGENCY


class CutoffInline(admin.TabularInline):
    model = Cutoff
    extra = 0
    can_delete = False


@admin.register(RefundEvent)
class RefundEventAdmin(admin.ModelAdmin):
    actions = None
    list_display = ["name", "begins_on", "returns_due_at", "evidence_days", "sample_size"]
    inlines = [CutoffInline]

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Deposit)
class DepositAdmin(admin.ModelAdmin):
    """A change is a new row from its own day on; the agency of a row never changes."""

    actions = None
    list_display = ["agency", "amount", "valid_from"]
    list_select_related = ["agency"]
    search_fields = ["agency__name", "agency__licence_no"]

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return ["agency"] if obj is not None else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "agency":
            agencies = db_field.remote_field.model.objects.standing().filter(category__slug=AGENCY)
            kwargs["queryset"] = agencies.order_by("name", "pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

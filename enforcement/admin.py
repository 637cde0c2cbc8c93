"""The administrator's rooms: officers and their access, the audit trail, the roles to read."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enforcement import admin_duty  # noqa: F401 (registers the rows of the roster)
from enforcement.forms.officers import FIELDS, NewOfficerForm, OfficerForm
from enforcement.models import AuditEntry, Officer
from enforcement.models.audit import ACTS, act_name
from enforcement.roles import ROLES, role_name
from enforcement.views.officer_import import import_page
from venues.transitions import Refused

admin.site.unregister(Group)

DEFAULT_ACTIONS = {
    "view": gettext_lazy("Can see %(things)s"),
    "add": gettext_lazy("Can enter %(things)s"),
    "change": gettext_lazy("Can change %(things)s"),
    "delete": gettext_lazy("Can delete %(things)s"),
}


class RoleFilter(admin.SimpleListFilter):
    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request, model_admin):
        return [(slug, name) for slug, (name, _permissions) in ROLES.items()] + [("none", _("no role"))]

    def queryset(self, request, queryset):
        if self.value() == "none":
            return queryset.filter(groups=None)
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


@admin.register(Officer)
class OfficerAdmin(admin.ModelAdmin):
    """Accounts. Nobody is deleted; nobody raises himself; superusers are made and changed on the command line only."""

    actions = None
    list_display = ["badge_no", "name", "username", "roles", "place", "is_active", "last_login"]
    list_display_links = ["badge_no", "name"]
    list_filter = [RoleFilter, "is_active", "must_change_password", "can_lead", "is_wall_screen", "district"]
    list_select_related = ["district"]
    list_per_page = 50
    search_fields = ["name", "username", "badge_no", "certificate_no", "phone"]
    ordering = ["badge_no", "username"]
    readonly_fields = ["username", "must_change_password", "last_login", "date_joined"]
    change_form_template = "admin/enforcement/officer/change_form.html"
    change_list_template = "admin/enforcement/officer/change_list.html"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, officer):
        return " · ".join(str(name) for name in officer.role_names) or "—"

    @admin.display(description=gettext_lazy("team or district"), ordering="team")
    def place(self, officer):
        return officer.district or officer.team or "—"

    def get_fieldsets(self, request, obj=None):
        person = [name for name in FIELDS if name not in {"language", "is_wall_screen", "is_active"}]
        account = ["language", "is_wall_screen", "is_active"]
        if obj is not None:
            account += ["must_change_password", "last_login", "date_joined"]
        return [
            (None, {"fields": ["username", *person]}),
            (gettext_lazy("Roles"), {"fields": ["roles"]}),
            (gettext_lazy("Account"), {"fields": account}),
        ]

    def get_readonly_fields(self, request, obj=None):
        return self.readonly_fields if obj is not None else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        kwargs["form"] = NewOfficerForm if obj is None else OfficerForm
        form = super().get_form(request, obj, change, **kwargs)
        form.actor = request.user
        return form

    def has_change_permission(self, request, obj=None):
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not above

    def has_delete_permission(self, request, obj=None):
        return False

    def has_import_permission(self, request):
        return request.user.has_perm("enforcement.import_officer")

    def may_open(self, request, officer):
        """Whether this administrator may unlock this account and reset its password."""
        return request.user.has_perm("enforcement.unlock_officer") and self.has_change_permission(request, officer)

    def save_model(self, request, obj, form, change):
        roles = form.cleaned_data["roles"]
        if not change:
            obj.enter(by=request.user, roles=roles)
            return
        if "roles" in form.changed_data:
            obj.set_roles(roles, by=request.user)
        obj.change_account([name for name in form.changed_data if name in FIELDS], by=request.user)

    def response_add(self, request, obj, post_url_continue=None):
        """The new officer's first password, once."""
        return self._show_password(request, obj, obj.give_temporary_password(by=request.user))

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"has_import_permission": self.has_import_permission(request), **(extra_context or {})}
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        officer = self.get_object(request, unquote(object_id))
        may_open = officer is not None and self.may_open(request, officer)
        return super().change_view(request, object_id, form_url, {"may_open": may_open, **(extra_context or {})})

    def get_urls(self):
        own = [
            path("import/", self.admin_site.admin_view(self.import_view), name="enforcement_officer_import"),
            path(
                "<path:object_id>/access/",
                self.admin_site.admin_view(self.access_view),
                name="enforcement_officer_access",
            ),
        ]
        return own + super().get_urls()

    def import_view(self, request):
        if not self.has_import_permission(request):
            raise PermissionDenied
        return import_page(request, self.admin_site.each_context(request))

    def access_view(self, request, object_id):
        """The lock and the password of one account: how it stands, and the two acts."""
        if not request.user.has_perm("enforcement.unlock_officer"):
            raise PermissionDenied
        officer = self.get_object(request, unquote(object_id))
        if officer is None:
            raise Http404
        if request.method == "POST":
            try:
                if request.POST.get("act") == "password":
                    return self._show_password(request, officer, officer.give_temporary_password(by=request.user))
                if request.POST.get("act") == "unlock":
                    officer.unlock(by=request.user)
                    messages.success(request, _("%(name)s can try to sign in again.") % {"name": officer})
            except Refused as refusal:
                messages.error(request, refusal.sentence())
            return redirect("admin:enforcement_officer_access", officer.pk)
        return self._page(
            request, "access", officer, title=_("Access of %(name)s") % {"name": officer}, locks=officer.locks()
        )

    def _show_password(self, request, officer, password):
        title = _("Temporary password of %(name)s") % {"name": officer}
        response = self._page(request, "temporary_password", officer, title=title, password=password)
        add_never_cache_headers(response)
        return response

    def _page(self, request, name, officer, **context):
        context = {**self.admin_site.each_context(request), "opts": self.opts, "officer": officer, **context}
        return TemplateResponse(request, f"admin/enforcement/officer/{name}.html", context)


class ReadOnlyAdmin(admin.ModelAdmin):
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ActFilter(admin.SimpleListFilter):
    title = gettext_lazy("act")
    parameter_name = "act"

    def lookups(self, request, model_admin):
        return ACTS.items()

    def queryset(self, request, queryset):
        return queryset.filter(act=self.value()) if self.value() else queryset


class RefusedByFilter(admin.SimpleListFilter):
    """By nobody (failed sign-ins), by officers."""

    title = gettext_lazy("by")
    parameter_name = "signed_in"

    def lookups(self, request, model_admin):
        return [("1", _("an officer")), ("0", _("nobody signed in"))]

    def queryset(self, request, queryset):
        return queryset.filter(by__isnull=self.value() == "0") if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "by", "act_shown", "about_shown", "detail_shown", "address"]
    list_display_links = ["at"]
    list_filter = [ActFilter, RefusedByFilter, "at"]
    list_select_related = ["by"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["by__name", "by__username", "=address"]
    search_help_text = gettext_lazy("Name, user name or address; or an object as “venues.venue 12”.")
    fields = ["at", "recorded_at", "by", "act_shown", "about_shown", "detail_shown", "address"]
    readonly_fields = fields

    def get_search_results(self, request, queryset, search_term):
        kind, _gap, number = search_term.strip().rpartition(" ")
        if "." in kind and number:
            return queryset.filter(Q(about_type=kind.lower(), about_id=number)), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=gettext_lazy("act"), ordering="act")
    def act_shown(self, entry):
        return act_name(entry.act)

    @admin.display(description=gettext_lazy("object"))
    def about_shown(self, entry):
        if not entry.about_type:
            return "—"
        place = reverse("admin:enforcement_auditentry_changelist", query={"q": f"{entry.about_type} {entry.about_id}"})
        return format_html('<a href="{}">{}</a>', place, entry.about_words)

    @admin.display(description=gettext_lazy("detail"))
    def detail_shown(self, entry):
        return entry.detail_words or "—"


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin):
    """The roles as they stand in roles.py."""

    list_display = ["role", "name"]
    fields = ["role", "name", "allowed"]
    readonly_fields = fields

    @admin.display(description=gettext_lazy("role"))
    def role(self, group):
        return role_name(group.name)

    @admin.display(description=gettext_lazy("permissions"))
    def allowed(self, group):
        names = sorted(permission_name(permission) for permission in group.permissions.select_related("content_type"))
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((name,) for name in names)))


def permission_name(permission):
    """The name of a permission for people; Django's own four are named after the kind of object."""
    action, _gap, model = permission.codename.partition("_")
    kind = permission.content_type.model_class()
    if kind is None or model != kind._meta.model_name or action not in DEFAULT_ACTIONS:
        return _(permission.name)
    return DEFAULT_ACTIONS[action] % {"things": kind._meta.verbose_name_plural}

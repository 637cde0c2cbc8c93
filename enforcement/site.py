"""The one admin site of the house. It registers nothing: each app's admin.py does, with plain `@admin.register`.

It has no door of its own: signing in, signing out and the password are those of the house.
"""

from functools import update_wrapper

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


class DutyAdminSite(AdminSite):
    site_header = _("Duty desk administration")
    site_title = _("Duty desk")
    index_title = _("Administration")
    enable_nav_sidebar = True
    site_url = "/"

    def has_permission(self, request):
        return request.user.is_active and request.user.is_authenticated and request.user.is_staff

    def admin_view(self, view, cacheable=False):
        """Whoever is signed in and has no business here is refused; Django would send him round to the sign-in again. Who may
        do nothing with a kind of object is refused before it is looked up: he does not learn whether one is there."""
        guarded = super().admin_view(view, cacheable)
        room = getattr(view, "__self__", None)

        def wrapper(request, *args, **kwargs):
            if request.user.is_authenticated:
                if not self.has_permission(request):
                    raise PermissionDenied
                if isinstance(room, ModelAdmin) and not any(room.get_model_perms(request).values()):
                    raise PermissionDenied
            return guarded(request, *args, **kwargs)

        return update_wrapper(wrapper, guarded)

    @login_not_required
    def login(self, request, extra_context=None):
        place = redirect("login")
        place["Location"] += f"?{request.GET.urlencode()}" if request.GET else ""
        return place

    def logout(self, request, extra_context=None):
        return LogoutView.as_view()(request)

    def password_change(self, request, extra_context=None):
        return redirect("password_change")

    def password_change_done(self, request, extra_context=None):
        return redirect("password_change")

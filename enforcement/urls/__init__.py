"""Every address of the house; the apps bring their own."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from enforcement.urls import audit, dashboard, figures, reports, safety, supplies
from enforcement.views import account, health, home

urlpatterns = [
    path("", home.home, name="home"),
    path("login/", account.SignInView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", account.password_change, name="password_change"),
    path("i18n/setlang/", account.set_language, name="set_language"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("duty/", include("enforcement.urls.duty")),
    *audit.urlpatterns,
    *dashboard.urlpatterns,
    *figures.urlpatterns,
    *supplies.urlpatterns,
    *safety.urlpatterns,
    *reports.urlpatterns,
    path("", include("complaints.urls")),
    path("", include("refunds.urls")),
    path("", include("venues.urls")),
]
handler400 = "enforcement.views.errors.bad_request"
handler403 = "enforcement.views.errors.permission_denied"
handler404 = "enforcement.views.errors.not_found"
handler500 = "enforcement.views.errors.server_error"

"""The addresses of the dashboard."""

from django.urls import path

from enforcement.views import dashboard

urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/wall/", dashboard.dashboard_wall, name="dashboard_wall"),
]

"""Addresses of views/agencies.py: the agencies, and their nil returns."""

from django.urls import path

from refunds.views import agencies

urlpatterns = [
    path("refunds/agencies/", agencies.agencies, name="agencies"),
    path("refunds/agencies/<int:pk>/", agencies.agency, name="agency"),
    path("refunds/agencies/<int:pk>/nil/", agencies.nil_return, name="nil_return"),
]

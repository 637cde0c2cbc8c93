"""Addresses of the roster: now."""

urlpatterns = []

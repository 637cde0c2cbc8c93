"""Addresses of the roster: changes."""

urlpatterns = []

"""Addresses of the roster: planning."""

urlpatterns = []

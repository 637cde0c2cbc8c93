"""Addresses of the roster: proof."""

urlpatterns = []

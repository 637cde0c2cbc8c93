"""Addresses of the house: supplies."""

urlpatterns = []

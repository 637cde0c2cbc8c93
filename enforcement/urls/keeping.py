"""Addresses of the house: keeping."""

urlpatterns = []

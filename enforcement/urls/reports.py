"""Addresses of the house: reports."""

urlpatterns = []

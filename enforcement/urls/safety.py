"""Addresses of the house: safety."""

urlpatterns = []

"""Addresses of views/registry.py."""

from django.urls import path

from venues.views import registry

urlpatterns = [
    path("venues/", registry.venues, name="venues"),
    path("venues/search/", registry.venue_search, name="venue_search"),
    path("venues/export/", registry.venues_export, name="venues_export"),
    path("venues/unlicensed/new/", registry.venue_unlicensed, name="venue_unlicensed"),
    path("venues/<int:pk>/", registry.venue, name="venue"),
]

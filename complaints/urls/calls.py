"""Addresses of views/calls.py and views/missed.py. A number is never part of one."""

from django.urls import path

from complaints.views import calls, missed

urlpatterns = [
    path("calls/", missed.call_list, name="calls"),
    path("calls/new/", calls.call_new, name="call_new"),
    path("calls/draft/", calls.call_draft, name="call_draft"),
    path("calls/draft/discard/", calls.call_draft_discard, name="call_draft_discard"),
    path("calls/history/", calls.call_history, name="call_history"),
    path("calls/venue/", calls.call_venue, name="call_venue"),
    path("calls/duplicates/", calls.call_duplicates, name="call_duplicates"),
    path("calls/missed/new/", missed.call_missed_new, name="call_missed_new"),
    path("calls/<int:pk>/returned/", missed.call_returned, name="call_returned"),
    path("calls/<int:pk>/number/", missed.call_number, name="call_number"),
]

"""Addresses of views/calldown.py."""

from django.urls import path

from venues.views import calldown

urlpatterns = [
    path("orders/<int:pk>/call-down/", calldown.calldown, name="calldown"),
    path("orders/<int:pk>/call-down/list/", calldown.calldown_queue, name="calldown_queue"),
    path("orders/<int:pk>/call-down/notice/", calldown.calldown_notice, name="calldown_notice"),
    path("orders/<int:pk>/call-down/release/", calldown.calldown_release, name="calldown_release"),
    path("orders/<int:pk>/call-down/renew/", calldown.calldown_renew, name="calldown_renew"),
    path("orders/<int:pk>/send-a-car/", calldown.calldown_unreached, name="calldown_unreached"),
]

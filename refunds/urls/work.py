"""Addresses of views/work.py: the work queue, and call-backs by lot."""

from django.urls import path

from refunds.views import work

urlpatterns = [
    path("refunds/queue/", work.work, name="work"),
    path("refunds/callbacks/", work.callbacks, name="callbacks"),
    path("refunds/callbacks/draw/", work.callback_draw, name="callback_draw"),
    path("refunds/callbacks/<int:pk>/answer/", work.callback_answer, name="callback_answer"),
]

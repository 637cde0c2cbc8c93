"""Addresses of the roster: proof and paper."""

from django.urls import path

from enforcement.views.duty import calendar, paper, proof

urlpatterns = [
    path("certificate/", proof.certificate, name="certificate"),
    path("load/", proof.load, name="load"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/mark/", calendar.calendar_mark, name="calendar_mark"),
    path("rosters/<int:pk>/paper/", paper.roster_paper, name="roster_paper"),
    path("rosters/<int:pk>/xlsx/", paper.roster_xlsx, name="roster_xlsx"),
]

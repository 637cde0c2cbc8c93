"""Addresses of views/desk.py, views/complaints.py, views/moves.py and views/callers.py. They come last: a complaint's number is
part of them."""

from django.urls import path

from complaints.views import callers, complaints, desk, moves

urlpatterns = [
    path("callers/search/", callers.caller_search, name="caller_search"),
    path("desk/", desk.desk, name="desk"),
    path("complaints/", complaints.complaint_list, name="complaints"),
    path("complaints/<str:number>/", complaints.complaint_detail, name="complaint"),
    path("complaints/<str:number>/sheet/", complaints.complaint_sheet, name="complaint_sheet"),
    path("complaints/<str:number>/reveal/", callers.complaint_reveal, name="complaint_reveal"),
    path("complaints/<str:number>/<str:act>/", moves.complaint_act, name="complaint_act"),
]

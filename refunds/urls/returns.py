"""Addresses of views/returns.py: returns with their files, and the templates to fill in."""

from django.urls import path

from refunds.views import returns

urlpatterns = [
    path("refunds/returns/<int:pk>/", returns.agency_return, name="return"),
    path("refunds/returns/<int:pk>/file/", returns.return_file, name="return_file"),
    path("refunds/returns/<int:pk>/withdraw/", returns.return_withdraw, name="return_withdraw"),
    path("refunds/agencies/<int:pk>/template/", returns.template, name="template"),
    path("refunds/templates/", returns.templates, name="templates"),
]

"""Addresses of views/agencies.py: the agencies, their nil returns, their template workbooks."""

from django.urls import path

from refunds.views import agencies

urlpatterns = [
    path("refunds/agencies/", agencies.agencies, name="agencies"),
    path("refunds/agencies/<int:pk>/", agencies.agency, name="agency"),
    path("refunds/agencies/<int:pk>/nil/", agencies.nil_return, name="nil_return"),
    path("refunds/agencies/<int:pk>/template/", agencies.template, name="template"),
    path("refunds/returns/<int:pk>/", agencies.agency_return, name="return"),
    path("refunds/returns/<int:pk>/file/", agencies.return_file, name="return_file"),
    path("refunds/returns/<int:pk>/withdraw/", agencies.return_withdraw, name="return_withdraw"),
]

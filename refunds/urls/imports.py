"""Addresses of views/imports.py: uploaded returns, their preview, their one application."""

from django.urls import path

from refunds.views import imports

urlpatterns = [
    path("refunds/imports/", imports.imports, name="imports"),
    path("refunds/imports/new/", imports.import_new, name="import_new"),
    path("refunds/imports/<uuid:key>/", imports.import_preview, name="import"),
    path("refunds/imports/<uuid:key>/answer/", imports.import_answer, name="import_answer"),
    path("refunds/imports/<uuid:key>/apply/", imports.import_apply, name="import_apply"),
    path("refunds/imports/<uuid:key>/discard/", imports.import_discard, name="import_discard"),
]

"""Addresses of views/imports.py."""

from django.urls import path

from venues.views import imports

urlpatterns = [
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<int:pk>/", imports.import_, name="import"),
    path("imports/<int:pk>/missing/", imports.import_missing, name="import_missing"),
    path("imports/<int:pk>/answer/", imports.import_answer, name="import_answer"),
    path("imports/<int:pk>/decide/", imports.import_decide, name="import_decide"),
    path("imports/<int:pk>/apply/", imports.import_apply, name="import_apply"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:pk>/again/", imports.import_again, name="import_again"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:pk>/workbook/", imports.import_workbook, name="import_workbook"),
    path("divisions/import/", imports.divisions_import, name="divisions_import"),
]

"""Addresses of views/sheets.py, views/exports.py and views/figures.py. They come before those of complaints."""

from django.urls import path

from complaints.views import exports, figures, sheets

urlpatterns = [
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/import/", sheets.sheet_import, name="sheet_import"),
    path("sheets/import/<uuid:key>/", sheets.sheet_preview, name="sheet_preview"),
    path("sheets/import/<uuid:key>/apply/", sheets.sheet_apply, name="sheet_apply"),
    path("sheets/import/<uuid:key>/discard/", sheets.sheet_discard, name="sheet_discard"),
    path("sheets/<int:pk>/read/", sheets.sheet_read, name="sheet_read"),
    path("sheets/export/", exports.sheets_export, name="sheets_export"),
    path("complaints/export/", exports.complaints_export, name="complaints_export"),
    path("complaints/figures/", figures.complaint_figures, name="complaint_figures"),
    path("complaints/figures/rows/", figures.complaint_figure_rows, name="complaint_figure_rows"),
]

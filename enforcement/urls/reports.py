"""Addresses of the house: reports."""

from django.urls import path

from enforcement.views import report_rows, reports

urlpatterns = [
    path("reports/", reports.report_list, name="reports"),
    path("reports/new/", reports.report_new, name="report_new"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>.txt", reports.report_text, name="report_text"),
    path("reports/<int:pk>/rows/<str:path>/", report_rows.report_rows, name="report_rows"),
    path("reports/<int:pk>/edit/", reports.report_edit, name="report_edit"),
    path("reports/<int:pk>/rewrite/", reports.report_rewrite, name="report_rewrite"),
    path("reports/<int:pk>/review/", reports.report_review, name="report_review"),
    path("reports/<int:pk>/sign/", reports.report_sign, name="report_sign"),
    path("reports/<int:pk>/send/", reports.report_send, name="report_send"),
    path("reports/<int:pk>/discard/", reports.report_discard, name="report_discard"),
    path("reports/<int:pk>/correct/", reports.report_correct, name="report_correct"),
]

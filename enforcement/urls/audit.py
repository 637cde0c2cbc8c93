"""The addresses of the auditor's page and of help."""

from django.urls import path

from enforcement.views import audit, help

urlpatterns = [
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.audit_export, name="audit_export"),
    path("help/", help.help_page, name="help"),
]

"""The admin app with the house's own site; apart from apps.py, where a second default config would stop Django."""

from django.contrib.admin.apps import AdminConfig


class DutyAdminConfig(AdminConfig):
    default_site = "enforcement.site.DutyAdminSite"

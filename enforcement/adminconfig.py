"""The admin app with the house's own site; apart from apps.py, where a second default config would stop Django."""

from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_noop

gettext_noop("Change or view list link")  # a text of Django's own admin that its Chinese does not have


class DutyAdminConfig(AdminConfig):
    default_site = "enforcement.site.DutyAdminSite"

"""The project's own app: it stands on all others and is imported by none of them."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


def _seed(sender, **kwargs):
    from enforcement import roles
    from enforcement.daily_report import authorship, freezing
    from enforcement.models.duty import rules

    roles.seed()
    rules.seed()
    freezing.seed()
    authorship.seed()


def _unseal(sender, **kwargs):
    """SQLite renames no table while a trigger names another one that is being rebuilt; `_seed` brings them back."""
    from django.db import connection

    from enforcement.daily_report import authorship

    if connection.vendor == "sqlite" and kwargs.get("plan") != []:
        authorship.unprotect(connection.schema_editor())


class EnforcementConfig(AppConfig):
    name = "enforcement"
    verbose_name = _("Duty desk")

    def ready(self):
        from enforcement import checks, crosschecks, signals  # noqa: F401  (they register themselves)

        pre_migrate.connect(_unseal, sender=self)
        post_migrate.connect(_seed, sender=self)

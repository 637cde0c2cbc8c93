"""The project's own app: it stands on all others and is imported by none of them."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _seed(sender, **kwargs):
    from enforcement import roles
    from enforcement.daily_report import freezing
    from enforcement.models.duty import rules

    roles.seed()
    rules.seed()
    freezing.seed()


class EnforcementConfig(AppConfig):
    name = "enforcement"
    verbose_name = _("Duty desk")

    def ready(self):
        from enforcement import checks, crosschecks, signals  # noqa: F401  (they register themselves)

        post_migrate.connect(_seed, sender=self)

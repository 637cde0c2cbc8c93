"""Refunds of travel agencies: their returns, their groups, the money that goes back. It stands on the venues, and does not know
the hotline."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _seed(sender, **kwargs):
    from refunds.seeds import seed

    seed()


class RefundsConfig(AppConfig):
    name = "refunds"
    verbose_name = _("Refunds")

    def ready(self):
        from refunds import checks, timeline  # noqa: F401 (checks and the timeline register themselves)

        post_migrate.connect(_seed, sender=self)

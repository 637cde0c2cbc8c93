"""Refunds of travel agencies: their returns, their groups, the money that goes back. It stands on the venues, and does not know
the hotline."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RefundsConfig(AppConfig):
    name = "refunds"
    verbose_name = _("Refunds")

    def ready(self):
        from refunds import checks, timeline, workrows  # noqa: F401 (checks, timeline and work lists register themselves)

"""The registry of venues and the closure orders on them: the bottom floor, which imports nobody."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _seed(sender, **kwargs):
    from venues.append_only import seed as arm
    from venues.categories import seed as seed_categories

    arm()
    seed_categories()


class VenuesConfig(AppConfig):
    name = "venues"
    verbose_name = _("Venues")

    def ready(self):
        post_migrate.connect(_seed, sender=self)

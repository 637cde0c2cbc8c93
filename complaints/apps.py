"""The hotline: calls, complaints, callers. It stands on the venues and imports nobody else."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _seed(sender, **kwargs):
    from complaints.seeds import seed

    seed()


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = _("Hotline")

    def ready(self):
        from complaints import checks, following, timeline  # noqa: F401 (checks and the timeline register themselves)

        following.register()
        post_migrate.connect(_seed, sender=self)

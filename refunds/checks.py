"""Start-up checks with ids `refunds.W…`: the denominator can be counted."""

from django.core.checks import Tags, Warning, register
from django.db import connection


@register(Tags.database)
def check_agencies_are_known(app_configs=None, databases=None, **kwargs):
    """The registry has the category by which agencies are known; without it every figure would be nought."""
    from refunds.models.returns import AGENCY
    from venues.models import Category

    if not databases or Category._meta.db_table not in connection.introspection.table_names():
        return []
    if Category.objects.filter(slug=AGENCY).exists() or not Category.objects.exists():
        return []
    return [Warning(f"The registry has no category “{AGENCY}”: no travel agency can report.", id="refunds.W001")]

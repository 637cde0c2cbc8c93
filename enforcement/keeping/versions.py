"""Which version of the tables a database or a backup has, and the models of that version."""

from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


def applied():
    """The migrations that the database in use has seen: {app: [names]}."""
    found = {}
    for app, name in sorted(MigrationLoader(connection).applied_migrations):
        found.setdefault(app, []).append(name)
    return found


def of_code():
    """The migrations that this version of the product brings, in the same form."""
    found = {}
    for app, name in sorted(MigrationLoader(None).disk_migrations):
        found.setdefault(app, []).append(name)
    return found


def _known_to(loader, migrations, whose):
    """The keys of these migrations; CommandError when this version does not know one."""
    keys = {(app, name) for app, names in migrations.items() for name in names}
    keys = {key for key in keys if key[0] in loader.migrated_apps}
    unknown = sorted(key for key in keys if key not in loader.disk_migrations)
    if unknown:
        raise CommandError(
            f"{whose} is of a later version of the product than this one (it knows no {'.'.join(unknown[0])}). "
            "Install that version first."
        )
    return keys


def _ends(loader, keys):
    """The last of these migrations in each app."""
    nodes = loader.graph.node_map
    return [
        key
        for key in sorted(keys)
        if key in nodes and not any(child.key[0] == key[0] and child.key in keys for child in nodes[key].children)
    ]


def apps_at(migrations, whose):
    """The registry of models as they were after these migrations."""
    loader = MigrationLoader(connection)
    return loader.project_state(_ends(loader, _known_to(loader, migrations, whose))).apps


def build(migrations, whose):
    """Make the tables of these migrations in an empty database; returns the registry of models as they are then."""
    executor = MigrationExecutor(connection)
    executor.migrate(_ends(executor.loader, _known_to(executor.loader, migrations, whose)))
    return apps_at(migrations, whose)

"""Taking an applied import back as a whole, as long as nothing newer uses what it made or changed."""

from django.db import models
from django.utils.translation import gettext as _

from venues.importing import writing
from venues.importing.matching import kept
from venues.importing.planning import PIECE, Action
from venues.models import Target, Venue, VenueImport, VenueImportRow
from venues.transitions import Refused

MOST_NAMED = 5


def take_back(run, *, by, at):
    """Remove the venues that `run` made and give those that it changed their old values. Must run inside a transaction.

    Raises Refused, naming the first venues, when one of them is on the list of an order, carries a fact, was changed or merged
    since, or stands in a later import that was applied."""
    writing.freeze_registry()
    who = {"by": by, "at": at, "why": f"undone: {run.history_reason}"}
    for rows in _pieces(run, Action.CHANGE):
        _refuse(
            _changed_since(run, rows) + _other_values(rows) + _in_later_imports(run, rows) + _ordered_since(run, rows)
        )
        writing.update({row.venue_id: {name: old for name, (old, _new) in row.changes.items()} for row in rows}, **who)
    for rows in _pieces(run, Action.CREATE):
        pks = [row.venue_id for row in rows]
        _refuse(_changed_since(run, rows) + _in_later_imports(run, rows) + _used(pks))
        VenueImportRow.objects.filter(venue__in=pks).update(venue=None)
        writing.delete(pks, **who)


def _pieces(run, action):
    """The rows of this action, piece by piece; later pieces are fetched after the earlier ones were worked off."""
    last = 0
    while rows := list(run.rows.filter(pk__gt=last, action=action, venue__isnull=False).order_by("pk")[:PIECE]):
        last = rows[-1].pk
        yield rows


def _changed_since(run, rows):
    """Venues whose history has a row after the one that this import left."""
    latest = Venue.history.filter(id__in=[row.venue_id for row in rows]).order_by()
    latest = latest.values("id").annotate(last=models.Max("history_id")).values("last")
    since = Venue.history.filter(history_id__in=latest).exclude(history_change_reason=run.history_reason)
    return list(since.values_list("id", flat=True))


def _other_values(rows):
    """Venues whose changed fields no longer hold what this import wrote."""
    fields = sorted({name for row in rows for name in row.changes})
    now = Venue.objects.filter(pk__in=[row.venue_id for row in rows]).values("pk", "merged_into", *fields)
    now = {found["pk"]: found for found in now}
    return [
        row.venue_id
        for row in rows
        if row.venue_id not in now
        or now[row.venue_id]["merged_into"]
        or any(kept(now[row.venue_id][name]) != new for name, (_old, new) in row.changes.items())
    ]


def _in_later_imports(run, rows):
    later = VenueImportRow.objects.filter(
        venue__in=[row.venue_id for row in rows], run__state=VenueImport.State.APPLIED
    )
    return list(later.exclude(run=run).filter(run__gt=run.pk).values_list("venue", flat=True))


def _ordered_since(run, rows):
    """Venues that came on the list of an order after the import: as they were then."""
    since = Target.objects.filter(venue__in=[row.venue_id for row in rows], added_at__gte=run.applied_at)
    return list(since.values_list("venue", flat=True))


def _used(pks):
    """Venues that anything points to: a target, a fact, another venue, whatever the apps above hang on them."""
    used = []
    for relation in Venue._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete) or relation.related_model is VenueImportRow:
            continue
        if relation.related_model._meta.label_lower == Venue.history.model._meta.label_lower:
            continue
        field = relation.field.name
        manager = relation.related_model._base_manager
        used += manager.filter(**{f"{field}__in": pks}).values_list(field, flat=True)
    return used


def _refuse(pks):
    if pks:
        names = Venue.objects.filter(pk__in=pks[:MOST_NAMED]).values_list("name", flat=True)
        raise Refused(
            _(
                "This import cannot be undone any more: newer records use its venues, or they were changed since (%(names)s …)."
            )
            % {"names": ", ".join(names)}
        )

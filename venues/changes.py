"""What happened to a venue's entry in the registry, for its timeline: entered, changed, merged, by hand or import."""

import datetime

from django.db import models
from django.utils.translation import gettext as _

from venues.models import Category, Division, Venue
from venues.timeline import DEEPEST, Entry, register
from venues.words import when

_SHOWN = [f for f in Venue._meta.concrete_fields if f.name not in {"id", "search_key", "created_at"}]


@register
def registry_changes(venue, user, at):
    """The rows of the history, each compared with the one before it."""
    history = Venue.history.filter(id__in=venue.family, history_date__lte=at).select_related("history_user")
    rows = list(history.order_by("-history_date", "-history_id")[: DEEPEST + 1])
    complete = len(rows) <= DEEPEST
    names = _names(rows)
    for place, row in enumerate(rows[:DEEPEST]):
        before = next((older for older in rows[place + 1 :] if older.id == row.id), None)
        entry = _entry(row, before, names, venue)
        if entry is not None and (before is not None or complete):
            yield entry


def _entry(row, before, names, venue):
    officer = str(row.history_user) if row.history_user else ""
    told = {"at": row.history_date, "kind": "registry", "officer": officer, "tone": "quiet"}
    reason = row.history_change_reason or ""
    imported, undone = reason.startswith("import "), reason.startswith("undone: import ")
    if before is None:
        text = names["category"].get(row.category_id, "") if row.id == venue.pk else row.name
        title = _("Entered by an import") if imported else _("Entered in the registry")
        return Entry(title=title, text=text, **told)
    if row.merged_into_id and not before.merged_into_id:
        other = f"{row.name} {row.licence_no}".strip()
        return Entry(title=_("Merged: another entry of this venue"), text=other, **told)
    changes = tuple(
        (field.verbose_name, _words(before, field, names), _words(row, field, names))
        for field in _SHOWN
        if field.name != "merged_into" and getattr(before, field.attname) != getattr(row, field.attname)
    )
    title = _("Registry entry changed")
    if imported or undone:
        title = _("Changed by an import") if imported else _("An import was undone")
    return Entry(title=title, changes=changes, **told) if changes else None


def _names(rows):
    """{field: {id: name}} of what the rows point to; two queries, whatever the rows."""
    divisions = {pk for row in rows for pk in (row.district_id, row.street_id) if pk}
    places = dict(Division.objects.filter(pk__in=divisions).values_list("pk", "name"))
    return {"category": {c.pk: c.name for c in Category.objects.all()}, "district": places, "street": places}


def _words(row, field, names):
    value = getattr(row, field.attname)
    return shown(field, names[field.name].get(value) if field.is_relation else value)


def shown(field, value):
    """A field's value as people read it: the word of a choice, yes or no, a dash for nothing."""
    if value is None or value == "":
        return "—"
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.datetime):
        return when(value)
    return str(value)

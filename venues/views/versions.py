"""Two versions of one look side by side: the one that is kept and one that came with its key and was rejected."""

from django.contrib.auth import get_user_model
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from venues.models import Inspection
from venues.words import when

_NAMES = (
    "venue", "observed_at", "result", "method", "patrol", "alert", "supersedes", "rear_door_checked",
    "premises_safe", "notice_posted", "people_inside", "met", "remark", "latitude", "longitude", "accuracy_m",
)  # fmt: skip


def versions(first, content):
    """[{"label", "first", "second", "differs"}] of a kept look and the JSON of a rejected one; texts for people."""
    second = Inspection(observed_at=parse_datetime(content["observed_at"]))
    for name in _NAMES:
        if name in content and name != "observed_at":
            field = Inspection._meta.get_field(name)
            setattr(second, field.attname, content[name])
    officers = get_user_model().objects.in_bulk(content["officers"])
    rows = [_row(name, _shown(first, name), _shown(second, name)) for name in _NAMES]
    rows.insert(2, _row("officers", _names(first.officers.all()), _names(officers.values())))
    return [row for row in rows if row["first"] != "—" or row["second"] != "—"]


def _row(name, first, second):
    label = Inspection._meta.get_field(name).verbose_name
    return {"label": label, "first": first, "second": second, "differs": first != second}


def _names(officers):
    return "、".join(str(officer) for officer in sorted(officers, key=lambda officer: officer.pk))


def _shown(look, name):
    value = getattr(look, name)
    if value is None or value == "":
        return "—"
    if name in ("result", "method"):
        return str(getattr(look, f"get_{name}_display")())
    if name == "observed_at":
        return when(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)

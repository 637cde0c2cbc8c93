"""What an officer says about one row that may be a venue of the registry, or may not."""

from django.utils.translation import gettext as _

from venues.importing.findings import worst
from venues.importing.matching import Registry, scope
from venues.importing.planning import Action, Decision, change, undecided
from venues.transitions import Refused

_OF_A_DECISION = {"may_be_known", "other_name", "status_unsaid"}


def decide(row, *, by, decision, venue=None):
    """Set what the row will do and save it. `venue`: the pk of one of its candidates, when it is that one."""
    if not row.candidates:
        raise Refused(_("There is nothing to decide about this row."))
    findings = [found for found in row.findings if found["code"] not in _OF_A_DECISION]
    row.venue, row.changes, row.scope_before, row.scope_after = None, {}, "", ""
    row.decision, row.decided_by = decision, by
    if decision == Decision.VENUE:
        _is(row, venue, findings)
    elif decision == Decision.NEW:
        row.action, row.scope_after = Action.CREATE, scope(row.values)
    elif decision == Decision.SKIP:
        row.action = Action.SKIP
    else:
        undecided(row, findings)
    row.findings, row.level = findings, worst(findings)
    row.save()


def _is(row, pk, findings):
    if pk not in {one["venue"] for one in row.candidates}:
        raise Refused(_("Choose one of the venues that the row may be."))
    other = row.run.rows.filter(venue=pk).exclude(pk=row.pk).first()
    if other is not None:
        raise Refused(
            _("Row %(row)s of sheet “%(sheet)s” is this venue already.") % {"row": other.row, "sheet": other.sheet}
        )
    registry = Registry()
    known = registry.get([pk]).get(pk)
    if known is None:
        raise Refused(_("This venue was merged meanwhile. Read the file again."))
    change(row, known, findings, core=registry.core)

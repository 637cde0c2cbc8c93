"""The table of every address: who may read it, who may send a form to it, and of what it is.

One letter for each role. `test_every_address.py` holds the house to it; `pages.py` and the walk that looks for callers go by it.
"""

import re
from dataclasses import dataclass

from django.urls import URLResolver, get_resolver

from enforcement.tests import duty_addresses

ROLES = {
    "D": "duty_officer", "I": "inspector", "L": "shift_leader", "E": "registry_editor", "C": "refund_clerk", "A": "auditor",
    "V": "bureau_viewer", "S": "administrator",
}  # fmt: skip
ALL = "DILECAVS"
DESK = "DILEA"  # all who see the orders with their targets, looks and notices
BOARD = "DILEAV"
STAFF = "EAS"  # all who have business in the administration


@dataclass(frozen=True)
class Address:
    """`read` may GET, `send` may POST (None: nobody can, 405). `of` is the object in its path. `public` needs no sign-in; `once`
    says that a form without its key is refused (422) as the guard against double submits does."""

    read: str | None
    send: str | None = None
    of: str = ""
    public: bool = False
    once: bool = True
    own: bool = (
        False  # of its own officer: for others of the role it is not there, and a list that was decided leads back
    )


def admin_pages(model, *, view, add="", change="", of):
    """The addresses that Django makes for one model; nobody deletes."""
    app, name = model.split("_")
    return {
        f"admin:{model}_changelist": Address(view, view, once=False),
        f"admin:{model}_add": Address(add, add, once=False),
        f"admin:{model}_change": Address(view, change, of=of, once=False),
        f"admin:{model}_history": Address(view, view, of=of, once=False),
        f"admin:{model}_delete": Address("", "", of=of),
        f"/admin/{app}/{name}/<path:object_id>/": Address(STAFF, STAFF, of=of, once=False),  # leads to the change page
    }


ADDRESSES = {
    # --- the house
    "home": Address(ALL),
    "login": Address(ALL, ALL, public=True, once=False),
    "logout": Address(None, ALL, once=False),
    "password_change": Address(ALL, ALL, once=False),
    "set_language": Address(None, ALL, public=True, once=False),
    "healthz": Address(ALL, public=True),
    "readyz": Address(ALL, public=True),
    # --- registry
    "venues:venues": Address("DILECA"),
    "venues:venue_search": Address("DILECA"),
    "venues:venue": Address("DILECA", of="venue"),
    "venues:venue_unlicensed": Address("DIL", "DIL"),
    "venues:venues_export": Address("DLE"),
    # --- imports
    "venues:imports": Address("EA"),
    "venues:import": Address("EA", of="import"),
    "venues:import_missing": Address("EA", of="import"),
    "venues:import_new": Address("E", "E"),
    "venues:import_answer": Address(None, "E", of="import"),
    "venues:import_decide": Address(None, "E", of="import"),
    "venues:import_apply": Address(None, "E", of="import"),
    "venues:import_discard": Address(None, "E", of="import"),
    "venues:import_again": Address(None, "E", of="import"),
    "venues:import_undo": Address("E", "E", of="import"),
    "venues:import_workbook": Address("E", of="import"),
    "venues:divisions_import": Address("ES", "ES"),
    # --- orders
    "venues:orders": Address(BOARD),
    "venues:order_new": Address("DL", "DL"),
    "venues:order": Address(BOARD, of="order"),
    "venues:order_scope": Address(DESK, of="order"),
    "venues:order_edit": Address("DL", "DL", of="draft"),
    "venues:order_activate": Address(None, "L", of="draft"),
    "venues:order_cancel": Address("L", "L", of="order"),
    "venues:order_lift": Address("L", "L", of="order"),
    "venues:order_changes": Address(DESK, of="order"),
    "venues:targets": Address(DESK, of="order"),
    "venues:target": Address(DESK, of="target"),
    "venues:target_add": Address("L", "L", of="order"),
    "venues:target_exclude": Address("L", "L", of="target"),
    "venues:target_reinstate": Address("L", "L", of="target"),
    "venues:target_notice": Address(None, "DIL", of="target"),
    "venues:notices": Address(DESK, of="order"),
    "venues:notices_group": Address("DIL", "DIL", of="order"),
    # --- call-down list
    "venues:calldown": Address("DIL", "DIL", of="order"),
    "venues:calldown_queue": Address(DESK, of="order"),
    "venues:calldown_notice": Address(None, "DIL", of="order"),
    "venues:calldown_release": Address(None, "DIL", of="order"),
    "venues:calldown_renew": Address(None, "DIL", of="order", once=False),  # only lengthens one's own claim
    "venues:calldown_unreached": Address(DESK, of="order"),
    # --- board
    "venues:board_wall": Address(BOARD, of="order"),
    # --- field
    "venues:inspections": Address(DESK),
    "venues:inspection_new": Address("IL", "IL", once=False),  # its own key: client_uuid
    "venues:inspection": Address(DESK, of="inspection"),
    "venues:inspection_correct": Address("IL", "IL", of="inspection", once=False),
    "venues:patrols": Address(DESK),
    "venues:patrol_new": Address("IL", "IL"),
    "venues:patrol": Address(DESK, of="patrol"),
    "venues:patrol_return": Address(None, "IL", of="patrol"),
    "venues:violations": Address(DESK),
    "venues:violation": Address(DESK, of="violation"),
    "venues:violation_stop": Address("IL", "IL", of="violation", once=False),
    "venues:violation_move": Address(None, "IL", of="violation"),
    "venues:alerts": Address(DESK),
    "venues:alert_new": Address("DIL", "DIL"),
    "venues:alert": Address(DESK, of="alert"),
    "venues:alert_answer": Address(None, "DIL", of="alert"),
    # --- hotline
    "complaints:desk": Address("DILA"),
    "complaints:complaints": Address("DILA"),
    "complaints:complaint": Address("DILA", of="complaint"),
    "complaints:complaint_act": Address("DL", "DL", of="complaint_act"),
    "complaints:complaint_reveal": Address(None, "DL", of="complaint", once=False),
    "complaints:complaint_sheet": Address("DILA", of="complaint"),
    "complaints:complaints_export": Address("DL"),
    "complaints:complaint_figures": Address("DILECAV"),
    "complaints:complaint_figure_rows": Address("DILA"),
    "complaints:caller_search": Address("DL", "DL", once=False),
    "complaints:calls": Address("DILA"),
    "complaints:call_new": Address("DL", "DL", once=False),  # its own key: client_id
    "complaints:call_draft": Address(None, "DL", once=False),
    "complaints:call_draft_discard": Address(None, "DL", once=False),
    "complaints:call_history": Address(None, "DL", once=False),
    "complaints:call_venue": Address("DL"),
    "complaints:call_duplicates": Address(None, "DL", once=False),
    "complaints:call_missed_new": Address("DL", "DL"),
    "complaints:call_returned": Address(None, "DL", of="call"),
    "complaints:call_number": Address("DL", "DL", of="call", once=False),
    "complaints:sheets": Address("DL"),
    "complaints:sheet_import": Address("DL", "DL"),
    "complaints:sheet_preview": Address("L", of="staged", own=True),
    "complaints:sheet_apply": Address(None, "DL", of="staged", own=True),
    "complaints:sheet_discard": Address(None, "DL", of="staged", own=True),
    "complaints:sheet_read": Address(None, "DL", of="sheet"),
    "complaints:sheets_export": Address("DL"),
    # --- refunds
    "refunds:board": Address("DLCAV"),
    "refunds:agencies": Address("DLCA"),
    "refunds:agency": Address("DLCA", of="agency"),
    "refunds:nil_return": Address(None, "C", of="agency"),
    "refunds:template": Address("C", of="agency"),
    "refunds:templates": Address("C"),
    "refunds:return": Address("DLCA", of="return"),
    "refunds:return_file": Address("DLCA", of="return"),
    "refunds:return_withdraw": Address(None, "C", of="return"),
    "refunds:groups": Address("DLCA"),
    "refunds:groups_export": Address("LC"),
    "refunds:group": Address("DLCA", of="tour_group"),
    "refunds:group_line": Address(None, "C", of="tour_group"),
    "refunds:refund_new": Address(None, "C", of="tour_group"),
    "refunds:deduction_new": Address(None, "C", of="tour_group"),
    "refunds:group_link": Address(None, "C", of="tour_group"),
    "refunds:group_unlink": Address(None, "C", of="tour_group"),
    "refunds:group_unrename": Address(None, "C", of="tour_group"),
    "refunds:traveller_new": Address(None, "C", of="tour_group"),
    "refunds:refund_reverse": Address(None, "C", of="refund"),
    "refunds:evidence_new": Address(None, "C", of="refund"),
    "refunds:refund_confirm": Address(None, "L", of="refund"),
    "refunds:evidence_file": Address("DLCA", of="evidence"),
    "refunds:deduction_proof": Address(None, "C", of="deduction"),
    "refunds:deduction_decide": Address(None, "L", of="deduction"),
    "refunds:proof_file": Address("DLCA", of="proof"),
    "refunds:traveller_reveal": Address(None, "LC", of="traveller", once=False),
    "refunds:imports": Address("DLCA"),
    "refunds:import_new": Address("C", "C"),
    "refunds:imports_apply": Address(None, "C"),
    "refunds:import": Address("C", of="upload"),
    "refunds:import_answer": Address(None, "C", of="upload"),
    "refunds:import_apply": Address(None, "C", of="upload"),
    "refunds:import_discard": Address(None, "C", of="upload"),
    "refunds:work": Address("DLCA"),
    "refunds:callbacks": Address("LC"),
    "refunds:callback_draw": Address(None, "LC"),
    "refunds:callback_answer": Address(None, "LC", of="sample"),
    # --- audit and help
    "audit": Address("A"),
    "audit_export": Address("A"),
    "help": Address(ALL),
    # --- figures
    "figures_json": Address("DILECAV"),
    "figures_help": Address("DILECAV"),
    # --- supplies
    "supplies": Address("DILA"),
    "supplies_export": Address("DILA"),
    "supply_movements": Address("DILA"),
    "supply": Address("DILA", of="supply"),
    "supply_new": Address("DL", "DL"),
    "supply_edit": Address("DL", "DL", of="supply"),
    "supply_move": Address("DL", "DL", of="supply"),
    "supply_count": Address("DL", "DL", of="supply"),
    "supply_issue_shift": Address("DL", "DL"),
    "supply_reverse": Address("DL", "DL", of="supply_movement"),
    # --- daily reports
    "reports": Address("DLAV"),
    "report_new": Address("DL", "DL"),
    "report": Address("DLAV", of="report"),
    "report_text": Address("DLAV", of="report"),
    "report_rows": Address("DLA", of="report_rows"),
    "report_edit": Address("DL", "DL", of="report_draft"),
    "report_rewrite": Address(None, "DL", of="report_draft"),
    "report_review": Address(None, "L", of="report_draft"),
    "report_sign": Address(None, "L", of="report_draft"),
    "report_send": Address(None, "DL", of="report"),
    "report_discard": Address(None, "DL", of="report_draft"),
    "report_correct": Address(None, "DL", of="report"),
    # --- staff safety
    "my_health": Address("DIL", "DIL"),
    "health_day": Address("L"),
    "health_record": Address("L", "L"),
    "isolations": Address("L"),
    "isolation_new": Address("L", "L"),
    "isolation_end": Address("L", "L", of="isolation"),
    "disinfections": Address("DILA"),
    "disinfection_new": Address("DIL", "DIL"),
    # --- dashboard
    "dashboard": Address("DILECAV"),
    "dashboard_wall": Address("DILECAV"),
    # --- administration
    "admin:index": Address(STAFF, STAFF, once=False),
    "admin:login": Address(ALL, ALL, public=True, once=False),  # leads to the sign-in of the house
    "admin:logout": Address(None, STAFF, once=False),
    "admin:password_change": Address(STAFF, STAFF, once=False),  # leads to that of the house
    "admin:password_change_done": Address(STAFF, STAFF, once=False),
    "admin:jsi18n": Address(STAFF),
    "admin:autocomplete": Address(""),
    "admin:view_on_site": Address(STAFF, STAFF, of="content", once=False),
    "admin:app_list": Address(STAFF, STAFF, of="app", once=False),
    **admin_pages("enforcement_officer", view="AS", add="S", change="S", of="officer"),
    "admin:enforcement_officer_import": Address("S", "S", once=False),
    "admin:enforcement_officer_access": Address("S", "S", of="officer", once=False),
    **admin_pages("enforcement_auditentry", view="A", of="entry"),
    **admin_pages("auth_group", view="A", of="group"),
    **admin_pages("venues_venue", view="EA", add="E", change="E", of="admin_venue"),
    "admin:venues_venue_simple_history": Address("EA", of="venue_history"),
    **admin_pages("venues_division", view="EAS", add="ES", change="ES", of="division"),
    **admin_pages("refunds_refundevent", view="S", add="S", change="S", of="refund_event"),
    **admin_pages("refunds_deposit", view="S", add="S", change="S", of="deposit"),
    **admin_pages("complaints_channel", view="S", add="S", change="S", of="channel"),
    **admin_pages("complaints_topic", view="S", add="S", change="S", of="topic"),
    **admin_pages("complaints_servicelevel", view="S", add="S", change="S", of="level"),
    **admin_pages("venues_category", view="EAS", add="ES", change="ES", of="category"),
    **duty_addresses.rows(Address, admin_pages),
}


def addresses(resolver=None, namespace="", route="/"):
    """{name: (namespaced name or None, route)} of every pattern of the house; one without a name goes by its route."""
    found = {}
    for pattern in (resolver or get_resolver()).url_patterns:
        here = route + str(pattern.pattern).lstrip("^")
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found |= addresses(pattern, inner, here)
        else:
            found[f"{namespace}{pattern.name}" if pattern.name else here] = here
    return found


def path_of(name, words):
    """The path of an address with these words in the places of its parameters."""
    route = addresses()[name]
    given = list(words.values()) if isinstance(words, dict) else list(words)
    route = re.sub(r"\(\?P<(\w+)>[^)]*\)|\(\[\^/\]\+\)|<(?:\w+:)?(\w+)>", lambda _found: str(given.pop(0)), route)
    return route.rstrip("$")

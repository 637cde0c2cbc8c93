"""The roles: sets of permissions, all in this file. Code asks permissions, never the names of roles.

Separation of duties (reliability.md): a duty officer drafts an order and a leader activates it (alone at night a leader may do
both; both names stay on the record); the administrator sees no callers and cannot raise himself; who enters a refund never
confirms it (the clerk enters, the leader confirms); the auditor changes nothing; the viewer sees figures and signed reports
only. Denied is the default.
"""

from django.utils.translation import gettext_lazy as _

_READ_REGISTRY = {"venues.view_venue", "venues.view_category", "venues.view_division"}
_READ_ORDERS = {
    "venues.view_closureorder", "venues.view_target", "venues.view_notice", "venues.view_board",
    "venues.view_inspection", "venues.view_patrol", "venues.view_violation", "venues.view_alert",
}  # fmt: skip
_FIGURES = {"enforcement.view_figures", "venues.view_board"}
_FIELD = {
    "venues.record_inspection", "venues.record_patrol", "venues.move_violation", "venues.register_unlicensed_venue",
    "venues.add_alert",
}  # fmt: skip

_HOTLINE_ROWS = {
    f"complaints.{verb}_{model}" for verb in ("view", "add", "change") for model in ("channel", "topic", "servicelevel")
}
_READ_HOTLINE = {"complaints.view_complaint", "complaints.view_call"}
_HOTLINE = _READ_HOTLINE | {
    "complaints.log_call", "complaints.handle_complaint", "complaints.dispatch_complaint", "complaints.answer_complaint",
    "complaints.export_complaint", "complaints.import_sheet", "complaints.reveal_caller",
}  # fmt: skip
_READ_REFUNDS = {"refunds.view_board", "refunds.view_tourgroup", "refunds.view_agencyreport"}
_REFUND_ROWS = {
    f"refunds.{verb}_{model}" for verb in ("view", "add", "change") for model in ("refundevent", "cutoff", "deposit")
}

_READ_DUTY = {"enforcement.view_roster", "enforcement.view_dutylogentry", "enforcement.view_handover"}
_ON_DUTY = _READ_DUTY | {
    "enforcement.take_duty",
    "enforcement.add_dutylogentry",
    "enforcement.add_absence",
    "enforcement.view_supplyitem",
}
_DUTY_ROWS = {
    f"enforcement.{verb}_{model}"
    for verb in ("view", "add", "change")
    for model in ("dutygroup", "shiftpattern", "rotation", "coveragerule", "calendarday")
}
_SUPPLIES = {
    "enforcement.view_supplyitem",
    "enforcement.move_supplies",
    "enforcement.add_supplyitem",
    "enforcement.change_supplyitem",
}
_REPORTS = {"enforcement.view_dailyreport", "enforcement.view_signed_report", "enforcement.draft_report"}
_PLANNING = _DUTY_ROWS | {"enforcement.plan_roster", "enforcement.view_certificate", "enforcement.view_leave"}

ROLES = {
    # slug: (name, permissions)
    "duty_officer": (
        _("duty officer"),
        _ON_DUTY | _SUPPLIES | _REPORTS
        | _READ_REGISTRY | _READ_ORDERS | _HOTLINE | _READ_REFUNDS | _FIGURES
        | {
            "venues.add_notice", "venues.add_alert", "venues.register_unlicensed_venue", "venues.export_venue",
            "venues.add_closureorder", "venues.change_closureorder",
        },
    ),
    "inspector": (
        _("inspector"),
        _ON_DUTY | _READ_REGISTRY | _READ_ORDERS | _READ_HOTLINE | {"complaints.work_complaint"} | _FIGURES | _FIELD | {"venues.add_notice"},
    ),
    "shift_leader": (
        _("shift leader"),
        _ON_DUTY | _PLANNING | {"enforcement.publish_roster", "enforcement.approve_change"}
        | _SUPPLIES | _REPORTS | {"enforcement.sign_report", "enforcement.see_health", "enforcement.record_health"}
        | _READ_REGISTRY | _READ_ORDERS | _HOTLINE | {"complaints.work_complaint", "complaints.view_callerview"} | _FIGURES | _FIELD
        | _READ_REFUNDS
        | {
            "refunds.confirm_refund", "refunds.decide_deduction", "refunds.call_travellers", "refunds.reveal_traveller",
            "refunds.view_travellerview", "refunds.export_refunds",
            "venues.add_closureorder", "venues.change_closureorder", "venues.activate_closureorder",
            "venues.change_targets", "venues.add_notice", "venues.export_venue",
        },
    ),
    "registry_editor": (
        _("registry editor"),
        _READ_REGISTRY | _READ_ORDERS | _FIGURES
        | {
            "enforcement.use_admin", "venues.add_venue", "venues.change_venue", "venues.import_venue", "venues.export_venue",
            "venues.merge_venue", "venues.view_historicalvenue", "venues.add_division", "venues.change_division",
            "venues.change_category", "venues.add_category", "venues.view_venueimport",
        },
    ),
    "refund_clerk": (
        _("refund clerk"),
        _READ_REGISTRY | _READ_REFUNDS
        | {
            "enforcement.view_figures", "enforcement.view_roster", "refunds.view_board", "refunds.enter_return",
            "refunds.enter_group", "refunds.enter_refund", "refunds.call_travellers", "refunds.reveal_traveller",
            "refunds.export_refunds",
        },
    ),
    "auditor": (
        _("auditor"),
        _READ_DUTY | {"enforcement.view_certificate", "enforcement.view_leave"}
        | {"enforcement.view_supplyitem", "enforcement.view_dailyreport", "enforcement.view_signed_report"}
        | _READ_REGISTRY | _READ_ORDERS | _READ_HOTLINE | {"complaints.view_callerview"} | _READ_REFUNDS | _FIGURES
        | {
            "refunds.view_travellerview",
            "enforcement.use_admin", "enforcement.view_officer", "enforcement.view_auditentry", "venues.view_historicalvenue",
            "venues.view_venueimport", "auth.view_group",
        },
    ),
    "bureau_viewer": (_("bureau viewer"), _FIGURES | {"enforcement.view_signed_report", "refunds.view_board"}),
    "administrator": (
        _("system administrator"),
        _HOTLINE_ROWS | _REFUND_ROWS | _DUTY_ROWS | {"enforcement.view_roster", "enforcement.use_admin"}
        | {
            "enforcement.use_admin", "enforcement.view_officer", "enforcement.add_officer", "enforcement.change_officer",
            "enforcement.set_roles", "enforcement.unlock_officer", "enforcement.import_officer",
            "venues.view_category", "venues.change_category", "venues.add_category", "venues.view_division",
            "venues.add_division", "venues.change_division",
        },
    ),
}  # fmt: skip


def seed():
    """Make the groups of the roles and give each exactly the permissions named here; idempotent. Permissions of apps that are
    not installed yet are an error: a role must not promise what does not exist."""
    from django.contrib.auth.models import Group, Permission

    known = {f"{p.content_type.app_label}.{p.codename}": p for p in Permission.objects.select_related("content_type")}
    for slug, (_name, permissions) in ROLES.items():
        group, _created = Group.objects.get_or_create(name=slug)
        wanted = {known[name] for name in permissions}
        if set(group.permissions.all()) != wanted:
            group.permissions.set(wanted)


def role_name(slug):
    """The name of a role for people; unknown groups keep their own."""
    return ROLES[slug][0] if slug in ROLES else slug

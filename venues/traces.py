"""What this app itself tells the timeline of a venue (`venues.timeline` says what a source is): orders, notices, looks,
violations, alerts. The registry's own changes stand in `venues.changes`."""

from django.utils.translation import gettext as _

from venues.models import Alert, Inspection, Notice, OrderMove, Target, TargetMove, ViolationMove
from venues.timeline import DEEPEST, Entry, register

_TONES = {
    Inspection.Result.CLOSED: "good", Inspection.Result.OPERATING: "bad", Inspection.Result.CONCEALED: "bad",
    Inspection.Result.LIMITED: "warn", Inspection.Result.NOT_FOUND: "warn", Inspection.Result.UNVERIFIABLE: "warn",
}  # fmt: skip


def _name(officer):
    return str(officer) if officer is not None else ""


@register
def listings(venue, user, at):
    """When it came on the list of an order."""
    if not user.has_perm("venues.view_target"):
        return
    targets = Target.objects.known(at).filter(venue__in=venue.family).select_related("order", "added_by")
    for target in targets.order_by("-added_at", "-pk")[:DEEPEST]:
        title = _("Added late to the list of an order") if target.late else _("Ordered shut")
        yield Entry(
            at=target.added_at, kind="order", title=title, text=_lines(target.order.title, target.added_reason),
            url=target.get_absolute_url(), officer=_name(target.added_by), tone="warn",
        )  # fmt: skip


@register
def scope_changes(venue, user, at):
    """When it was excluded, reinstated or lifted."""
    if not user.has_perm("venues.view_target"):
        return
    titles = {
        TargetMove.Kind.EXCLUDED: _("Excluded from the order"),
        TargetMove.Kind.REINSTATED: _("Back on the list of the order"),
        TargetMove.Kind.LIFTED: _("Order lifted for this venue"),
    }
    moves = TargetMove.objects.until(at).filter(target__venue__in=venue.family).select_related("target__order", "by")
    for move in moves.order_by("-at", "-pk")[:DEEPEST]:
        yield Entry(
            at=move.at, kind="order", title=titles[move.kind], text=_lines(move.target.order.title, move.reason),
            url=move.target.get_absolute_url(), officer=_name(move.by), tone="quiet",
        )  # fmt: skip


@register
def cancelled_orders(venue, user, at):
    """When an order that had named it was cancelled."""
    if not user.has_perm("venues.view_closureorder"):
        return
    named = Target.objects.filter(venue__in=venue.family).values("order")
    moves = OrderMove.objects.filter(order__in=named, to_status="cancelled", at__lte=at).select_related("order", "by")
    for move in moves.order_by("-at", "-pk")[:DEEPEST]:
        yield Entry(
            at=move.at, kind="order", title=_("Order cancelled"), text=_lines(move.order.title, move.reason),
            url=move.order.get_absolute_url(), officer=_name(move.by), tone="quiet",
        )  # fmt: skip


@register
def notices(venue, user, at):
    """The attempts to tell its owner."""
    if not user.has_perm("venues.view_notice"):
        return
    rows = Notice.objects.until(at).filter(target__venue__in=venue.family).select_related("target", "by")
    for notice in rows.order_by("-at", "-pk")[:DEEPEST]:
        heard = notice.outcome in Notice.TOLD
        number, name = notice.number_used, notice.acknowledged_by_name
        words = [
            _("Number used: %(number)s") % {"number": number} if number else "",
            _("Acknowledged by %(name)s") % {"name": name} if name else "",
            _("Says that it is closed") if notice.says_closed else "",
            notice.remark,
        ]
        yield Entry(
            at=notice.at, kind="notice", title=_("Notice: %(channel)s") % {"channel": notice.get_channel_display()},
            text=_lines(*words), url=notice.target.get_absolute_url(), officer=_name(notice.by),
            state=Notice.Outcome(notice.outcome), tone="info" if heard else "quiet",
        )  # fmt: skip


@register
def looks(venue, user, at):
    """The inspections. One that a later row corrects says so and has no colour."""
    if not user.has_perm("venues.view_inspection"):
        return
    rows = Inspection.objects.until(at).filter(venue__in=venue.family).select_related("patrol", "superseded_by")
    for look in rows.prefetch_related("officers", "violations_stopped").order_by("-observed_at", "-pk")[:DEEPEST]:
        corrected = getattr(look, "superseded_by", None) is not None
        no_proof = look.shut_by_law and look.result == Inspection.Result.CLOSED and not look.is_closing
        words = [
            _("Corrected by a later record") if corrected else "",
            _("Corrects an earlier record") if look.supersedes_id else "",
            _("In hours shut by law: no proof of the closing") if no_proof else "",
            _("Patrol %(number)s") % {"number": look.patrol.number} if look.patrol else "",
            _("People inside: %(number)s") % {"number": look.people_inside} if look.people_inside else "",
            look.remark,
        ]
        yield Entry(
            at=look.observed_at, kind="inspection", url=look.get_absolute_url(), text=_lines(*words),
            title=_("Inspection: %(method)s") % {"method": look.get_method_display()},
            officer="、".join(str(officer) for officer in look.officers.all()), state=Inspection.Result(look.result),
            tone="quiet" if corrected or no_proof else _TONES[look.result],
        )  # fmt: skip


@register
def violations(venue, user, at):
    """The moves of its violations, the finding first."""
    if not user.has_perm("venues.view_violation"):
        return
    rows = ViolationMove.objects.filter(violation__venue__in=venue.family, at__lte=at).select_related("violation", "by")
    for move in rows.order_by("-at", "-pk")[:DEEPEST]:
        state = move.violation.State(move.to_state)
        found = not move.from_state
        same = move.from_state == move.to_state
        yield Entry(
            at=move.at, kind="violation", url=move.violation.get_absolute_url(),
            title=_("Violation found") if found else _("Violation: other times") if same else _("Violation"),
            text=_lines(move.text, move.violation.measures if state == "stopped" and not move.text else ""),
            officer=_name(move.by), state=None if same else state, tone="bad" if state == "open" else "quiet",
        )  # fmt: skip


@register
def alerts(venue, user, at):
    """The alerts that sent somebody there, and their answers."""
    if not user.has_perm("venues.view_alert"):
        return
    rows = Alert.objects.until(at).filter(venue__in=venue.family).select_related("raised_by", "answered_by")
    for alert in rows.order_by("-raised_at", "-pk")[:DEEPEST]:
        source = {"source": alert.get_source_display()}
        yield Entry(
            at=alert.raised_at, kind="alert", title=_("Alert: %(source)s") % source, text=alert.words,
            url=alert.get_absolute_url(), officer=_name(alert.raised_by), tone="warn",
        )  # fmt: skip
        if alert.answered_at and alert.answered_at <= at:
            yield Entry(
                at=alert.answered_at, kind="alert", title=_("Alert answered: %(source)s") % source,
                text=alert.answer_text, url=alert.get_absolute_url(), officer=_name(alert.answered_by), tone="quiet",
            )  # fmt: skip


def _lines(*parts):
    return "\n".join(part for part in parts if part)

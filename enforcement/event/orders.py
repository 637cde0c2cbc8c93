"""The closure order of an event and the attempts to tell each owner."""

import json

from django.contrib.auth import get_user_model

from venues.models import Category, ClosureOrder, Notice, Target

ORDER_NUMBER = "TS-2020-01"  # order.json gives none


def order(event):
    if ClosureOrder.objects.filter(number=ORDER_NUMBER).exists():
        return 0
    given = json.loads((event.folder / "order.json").read_text(encoding="utf-8"))
    issued_at = event.moment(given["issued_at"])
    if not event.happened(issued_at):
        return 0
    leader = _leader_at(event, issued_at)
    order = ClosureOrder.objects.create(
        number=ORDER_NUMBER, title=given["title"], issued_at=issued_at, effective_at=issued_at,
        deadline_at=event.moment(given["deadline_at"]), created_by=leader, created_at=issued_at,
    )  # fmt: skip
    order.categories.set(Category.objects.filter(slug__in=given["kinds"]))
    order.activate(by=leader, typed_total=order.preview().total, at=issued_at)
    return 1


def _leader_at(event, moment):
    """The leader of the shift at this moment, else any who may lead."""
    shift = event.shift_row_at(moment)
    badge = {"badge_no": shift["leader"]} if shift else {}
    return get_user_model().objects.filter(can_lead=True, **badge).first()


def notices(event):
    officers = event.officers()
    order = ClosureOrder.objects.filter(number=ORDER_NUMBER).first()
    targets = {t.venue.licence_no: t for t in Target.objects.filter(order=order).select_related("venue", "order")}
    known = set(Notice.objects.filter(target__order=order).values_list("target_id", "at", "channel", "outcome"))
    added = 0
    for row in event.rows("notices.csv"):
        target, at = targets.get(row["licence_no"]), event.moment(row["at"])
        if target is None or not event.happened(at) or (target.pk, at, row["channel"], row["outcome"]) in known:
            continue
        target.notify(
            by=officers[row["by"]], channel=row["channel"], outcome=row["outcome"], at=at, recorded_at=at,
            number_used=target.phone if row["channel"] == Notice.Channel.PHONE else "",
        )  # fmt: skip
        added += 1
    return added

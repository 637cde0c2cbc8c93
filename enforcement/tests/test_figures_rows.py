"""Every figure of the catalogue leads to its rows: as many as it says, at a past moment, whatever was recorded afterwards."""

import dataclasses
import uuid

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from complaints.models import Complaint, Topic
from enforcement.catalogue import described
from enforcement.event import load_event
from enforcement.figures import figures
from refunds.models import Refund
from venues.models import Inspection, Patrol, Target

FOLDER = settings.BASE_DIR / "data" / "tianshui"
MOMENT = parse_datetime("2020-01-29T00:00:00+08:00")
TABLES = {
    "orders",
    "complaints.gaps",
    "complaints.heat",
    "duty.gaps",
    "as_of",
}  # no scalars: a list, a chart, the question


def leaves(value, path=""):
    """The keys of the scalars of the figures, and their values."""
    if not isinstance(value, dict):
        return {path: value}
    return {
        key: leaf
        for name, inner in value.items()
        for key, leaf in leaves(inner, f"{path}.{name}" if path else name).items()
    }


def scalars(found):
    parts = {name: getattr(found, name) for name in found.__dataclass_fields__}
    return {key: value for key, value in leaves(parts).items() if key not in TABLES}


def shown(answer, one):
    """What the page behind a figure says: how many rows, or the sum of its rows where the figure is one."""
    page, path = answer.context, one.url.partition("?")[0]
    name = one.key.rpartition(".")[2]
    if path == "/patrols/" and name == "person_times":
        return page["effort"]["person_times"]
    if name in ("median", "p90"):
        return page["minutes"][name]
    if path == "/refunds/groups/":
        return groups_shown(page, one)
    if path == "/duty/certificate/":
        cover = page["certificate"].coverage
        return {"gaps": len({gap.post for gap in cover.gaps})}.get(name, getattr(cover, name, None))
    if path == "/duty/custody/":
        return "、".join(officer.name for _post, officers in page["held"] for officer in officers) or None
    if path == "/supplies/":
        return sum(row.on_hand for row in page["rows"])
    if path == "/supplies/movements/":
        return abs(page["total"])
    if path == "/health/day/":
        return len(page["people"])
    if path == "/orders/":
        return len(page["active"])
    if path == "/complaints/figures/":
        return len(page["figures"]["gaps"])
    if path.startswith("/orders/") and not path.endswith("/targets/"):
        board = page["board"]
        return {
            "order": board.order.number, "issued_at": board.order.issued_at, "deadline_at": board.order.deadline_at,
            "minutes_to_all_closed": board.first_all_closed,
        }[name]  # fmt: skip
    return page["page"].paginator.count


def groups_shown(page, one):
    rows = page["page"].rows
    assert len(rows) == page["total"], "one page holds them all"
    if one.key.endswith("people_refunded"):
        return sum(group.paid_heads for group in rows)
    if one.key.startswith("refunds.outstanding_by_reason") and one.key.endswith("people"):
        return sum(group.heads - max(group.paid_heads, 0) for group in rows)
    return page["total"] if one.key.endswith("groups") else page["people"] or 0


def check(client, book):
    """The differences between figures and what their pages show; each address is asked once."""
    answers = {url: client.get(url) for url in {one.url for one in book.values()}}
    wrong = [f"{url} answers {answer.status_code}" for url, answer in answers.items() if answer.status_code != 200]
    for one in book.values():
        answer = answers[one.url]
        if answer.status_code == 200 and one.value is not None and (there := shown(answer, one)) != one.value:
            wrong.append(f"{one.key}: {there} instead of {one.value} at {one.url}")
    return wrong


@pytest.fixture
def event(db):
    load_event(FOLDER)


def later_facts(leader, clerk):
    """What happens after the moment to what the figures count: the event goes on, and today this."""
    look = Inspection.objects.filter(patrol__isnull=False).latest("observed_at")
    pair = list(look.officers.all())
    said = {"by": leader, "venue": look.venue, "officers": pair, "observed_at": timezone.now(), "result": "operating"}
    Inspection.objects.record(client_uuid=uuid.uuid4(), **said)
    Patrol.objects.depart(by=leader, led_by=pair[0], members=pair, left_at=timezone.now(), led_by_bureau=True)
    shut = Target.objects.exclude(venue=look.venue).order_by("pk").first()
    shut.exclude(by=leader, reason="已拆除")
    first, second, *_rest = Complaint.objects.filter(status="closed").order_by("pk")
    first.recategorise(by=leader, reason="重新归类", topic=Topic.objects.exclude(pk=first.topic_id).first())
    second.reopen(by=leader, reason="又开门")
    Refund.objects.live().order_by("pk").first().reverse(by=clerk, reason="记错")


@pytest.mark.slow
def test_every_figure_leads_to_its_rows(event, leader, clerk, signed_in, subtests):
    found = figures(MOMENT)
    book = described(found)
    with subtests.test("every scalar is described, under its key and with its value"):
        values = scalars(found)
        assert set(values) == set(book) - TABLES
        assert {key: one.value for key, one in book.items() if key not in TABLES} == values
        assert [one.key for one in book.values() if not (one.url and one.label and one.permission)] == []
        assert [one.key for one in book.values() if isinstance(one.value, int) and not one.word] == []
    later_facts(leader, clerk)
    with subtests.test("later facts change none of them"):
        assert figures(MOMENT) == found
    with subtests.test("every address shows as many rows as the figure says, also after later facts"):
        assert check(signed_in(leader), book) == []
    with subtests.test("a figure that is wrong by one is noticed"):
        wrong = dataclasses.replace(book["complaints.accepted"], value=found.complaints["accepted"] + 1)
        assert len(check(signed_in(leader), {wrong.key: wrong})) == 1

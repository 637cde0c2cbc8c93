"""Every address of the house, who may read it and who may send a form to it: decided here, row by row, or this fails.

One letter for each role. A role that is not named gets 403, somebody who is not signed in is led to the sign-in, a method that
is not named is 405. A new address fails `test_every_address_is_decided` until its row stands here.
"""

import datetime
import io
import re
import uuid
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

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
STOP_ASKING = 286  # htmx: the part that asks again and again shall stop
CATCH_ALL = "/admin/(?P<url>.*)$"  # every other address under /admin/: nothing is there


# --- the addresses that there are -----------------------------------------------------------------------------------------
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


def test_every_address_is_decided():
    there = set(addresses()) - {CATCH_ALL}
    assert there - set(ADDRESSES) == set(), "decide who may read them and who may send"
    assert set(ADDRESSES) - there == set(), "these rows stand for nothing"


def test_no_two_addresses_have_one_name():
    names = []

    def collect(resolver, namespace=""):
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                collect(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
            elif pattern.name:
                names.append(namespace + pattern.name)

    collect(get_resolver())
    assert len(names) == len(set(names))


# --- one of everything ----------------------------------------------------------------------------------------------------
class World(dict):
    """The rows of the apps above are made when one of them is asked for: most addresses are about none."""

    def __init__(self, parts, rows):
        super().__init__(rows)
        self.parts = list(parts)

    def __missing__(self, what):
        while self.parts:
            self.update(self.parts.pop(0)())
            if what in self:
                return self[what]
        raise KeyError(what)


@pytest.fixture
def world(order, leader, inspector, second_inspector, netbar, qinzhou, city, agency):
    """{what: its words in a path}: one of everything that an address may be about."""
    from django.contrib.auth.models import Group
    from django.contrib.contenttypes.models import ContentType

    from venues.importing import applying
    from venues.models import Alert, ClosureOrder, Inspection, Patrol, Violation

    now = timezone.now().replace(microsecond=0)
    minute = datetime.timedelta(minutes=1)
    draft = ClosureOrder.objects.create(
        number="draft", title="x", issued_at=now, effective_at=now, deadline_at=now + 4 * 60 * minute, created_by=leader
    )
    patrol = Patrol.objects.depart(
        by=leader, led_by=inspector, members=[inspector, second_inspector], left_at=now - 9 * minute
    )
    look = Inspection.objects.record(
        by=inspector, client_uuid=uuid.uuid4(), venue=netbar, officers=[inspector, second_inspector], patrol=patrol,
        observed_at=now - 5 * minute, result="operating",
    )  # fmt: skip
    run = applying.receive(
        io.BytesIO("名称,类别,许可证号,区县\n蓝天网吧,网吧,1,秦州区\n".encode()), "list.csv", by=leader
    )
    applying.read(run)
    alert = Alert.objects.raise_alert(by=leader, source="other", words="x", venue=netbar)
    entry = leader.leave_trail("export")
    target = order.targets.get(venue=netbar)
    return World([lambda: duty_addresses.world(leader, inspector, second_inspector)], {
        "": {}, "order": {"pk": order.pk}, "draft": {"pk": draft.pk}, "target": {"pk": order.pk, "target_pk": target.pk},
        "venue": {"pk": netbar.pk}, "inspection": {"pk": look.pk}, "patrol": {"number": patrol.number}, "alert": {"pk": alert.pk},
        "violation": {"pk": Violation.objects.get(opened_by=look).pk}, "officer": {"object_id": inspector.pk},
        "entry": {"object_id": entry.pk}, "group": {"object_id": Group.objects.get(name="inspector").pk},
        "admin_venue": {"object_id": netbar.pk}, "division": {"object_id": qinzhou.pk},
        "category": {"object_id": netbar.category_id}, "venue_history": (netbar.pk, netbar.history.first().pk),
        "content": {"content_type_id": ContentType.objects.get_for_model(netbar).pk, "object_id": netbar.pk},
        "app": {"app_label": "venues"}, "import": {"pk": run.pk}, **hotline(leader, netbar), **refunding(leader, agency),
    })  # fmt: skip


def hotline(officer, venue):
    """The same of the hotline."""
    from complaints.models import Call, Channel, Complaint, ServiceLevel, Sheet, StagedSheets, Topic

    channel, topic = Channel.objects.get(slug="unit_phone"), Topic.objects.get(slug="internet_cafe")
    complaint = Complaint.objects.register(
        by=officer, client_id=uuid.uuid4(), channel=channel, topic=topic, content="x", venue=venue, number="13900001111"
    )
    missed = Call.objects.log(
        by=officer, client_id=uuid.uuid4(), channel=channel, number="13900002222", result="missed"
    )
    staged = StagedSheets.objects.keep(by=officer, channel=channel, name="x.csv", content="编号,内容\n1,x\n".encode())
    sheet = Sheet.objects.create(channel=channel, external_no="GD1", content_hash="x", complaint=complaint)
    return {
        "sheet": {"pk": sheet.pk}, "complaint": {"number": complaint.number}, "complaint_act": {"number": complaint.number, "act": "dispatch"},
        "call": {"pk": missed.pk}, "staged": {"key": staged.pk}, "channel": {"object_id": channel.pk},
        "topic": {"object_id": topic.pk}, "level": {"object_id": ServiceLevel.objects.first().pk},
    }  # fmt: skip


def refunding(officer, agency):
    """The same of refunds."""
    from django.core.files.base import ContentFile

    from refunds.models import AgencyReport, CallBackSample, Deposit, RefundEvent, ReturnUpload

    day = timezone.localdate() - datetime.timedelta(days=1)
    report = AgencyReport.objects.receive(by=officer, agency=agency, as_of=day, content=b"x", file_name="x.xlsx")
    group = report.state_group(number="A-01", heads=9, disposition="cancelled", refunded_heads=2)
    refund = group.refunds.get()
    paper = {"file": ContentFile(b"%PDF", "x.pdf")}
    evidence = refund.attach(by=officer, kind="slip", **paper)
    claim = group.claim_deduction(by=officer, amount=5, kind="visa", **paper)
    traveller = group.add_traveller(by=officer, name="x", number="13900003333")
    (sample,) = CallBackSample.objects.draw(by=officer, size=1)
    upload = ReturnUpload.objects.keep(by=officer, content=b"x", file_name="x.xlsx")
    deposit = Deposit.objects.create(agency=agency, amount=5, valid_from=day)
    return {
        "agency": {"pk": agency.pk}, "return": {"pk": report.pk}, "tour_group": {"pk": group.pk}, "refund": {"pk": refund.pk},
        "evidence": {"pk": evidence.pk}, "deduction": {"pk": claim.pk}, "proof": {"pk": claim.proofs.get().pk},
        "traveller": {"pk": traveller.pk}, "sample": {"pk": sample.pk}, "upload": {"key": upload.pk},
        "refund_event": {"object_id": RefundEvent.objects.get().pk}, "deposit": {"object_id": deposit.pk},
    }  # fmt: skip


FIXTURES = dict(
    zip(
        ROLES,
        ["duty_officer", "inspector", "leader", "editor", "clerk", "auditor", "viewer", "administrator"],
        strict=True,
    )
)


@pytest.fixture
def people(request):
    """people["L"]: a client in which an officer of this role is signed in; made when it is asked for."""

    class People(dict):
        def __missing__(self, letter):
            officer = request.getfixturevalue(FIXTURES[letter])
            assert [group.name for group in officer.groups.all()] == [ROLES[letter]]
            self[letter] = Client(raise_request_exception=False)
            self[letter].force_login(officer)
            return self[letter]

    return People()


def path_of(name, words):
    """The path of an address with these words in the places of its parameters."""
    route = addresses()[name]
    given = list(words.values()) if isinstance(words, dict) else list(words)
    route = re.sub(r"\(\?P<(\w+)>[^)]*\)|\(\[\^/\]\+\)|<(?:\w+:)?(\w+)>", lambda _found: str(given.pop(0)), route)
    return route.rstrip("$")


def missing(words):
    """The same, but of something that is not there."""
    if isinstance(words, dict):
        none_of = {
            "number": "no-such",
            "app_label": "no-such",
            "act": "dispatch",
            "key": uuid.uuid4(),
            "token": "no-such",
        }
        return {name: none_of.get(name, 99999999) for name in words}
    return [99999999 for _word in words]


def ask(client, method, path, data=None):
    """The answer to one request whose writes are taken back."""
    with transaction.atomic():
        answer = getattr(client, method)(path, data)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return answer


def outcome(answer):
    if answer.status_code == 302 and answer["Location"].startswith("/login/"):
        return "sign-in"
    return answer.status_code


def methods(address):
    return (("get", address.read), ("post", address.send))


def fits(got, *, method, letters, letter, address):
    """Whether what came is what the table says for this role and method (an empty form without its key)."""
    if letters is None:
        known_here = letter in (address.read or "") + (address.send or "")
        return got == 405 or (got == 403 and not known_here)
    if letter not in letters:
        return got == 403 or (address.own and got == 404 and letter in "DL")
    if method == "post" and address.once:
        return got == 422
    return got == "sign-in" or got < 400 or got in {400, 422}


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_answers_as_decided(name, world, people):
    """Each role with each method; somebody who is not signed in; and the same address of something that is not there."""
    address = ADDRESSES[name]
    path = path_of(name, world[address.of])
    wrong = [
        f"{method.upper()} {path} as {ROLES[letter]}: {got}"
        for method, letters in methods(address)
        for letter in ROLES
        for got in [outcome(ask(people[letter], method, path))]
        if not fits(got, method=method, letters=letters, letter=letter, address=address)
    ]
    assert wrong == []
    for method, letters in methods(address):
        got = outcome(ask(Client(raise_request_exception=False), method, path))
        if not address.public:
            assert got == "sign-in", f"{method} without sign-in"
        else:
            assert got == 405 if letters is None else got == "sign-in" or got < 400, f"{method} without sign-in"
    if address.of:
        check_what_is_missing(address, path, path_of(name, missing(world[address.of])), people)


def check_what_is_missing(address, path, nowhere, people):
    """Who may not see a thing does not learn whether it is there; who may gets a page that says that it is not."""
    for method, letters in methods(address):
        if letters is None:
            continue
        refused = [letter for letter in ROLES if letter not in letters]
        for letter in {*letters[:1], *refused[:1], *[letter for letter in refused if letter in STAFF][:1]}:
            got = outcome(ask(people[letter], method, nowhere, {"form_key": str(uuid.uuid4())}))
            if letter in refused:
                assert got == outcome(ask(people[letter], method, path)), f"{method} {nowhere} as {ROLES[letter]}"
            else:
                fitting = {302, 404} if path.startswith("/admin/") or address.own else {404, STOP_ASKING}
                assert got in fitting, f"{method} {nowhere} as {ROLES[letter]}"


@pytest.mark.parametrize("path", ["/nothing/", "/venues/x/", "/admin/nothing/", "/.env", "/static/../settings.py"])
def test_where_nothing_is_everybody_gets_404(path, people, db):
    letters = STAFF if path.startswith("/admin/") else ROLES
    assert {people[letter].get(path).status_code for letter in letters} == {404}


def test_an_account_without_a_role_sees_nothing_but_its_own(world, django_user_model):
    nobody = Client(raise_request_exception=False)
    nobody.force_login(django_user_model.objects.create_user("nobody", "x", name="x"))
    own = {
        "home",
        "login",
        "logout",
        "password_change",
        "set_language",
        "healthz",
        "readyz",
        "admin:login",
        "duty:head",
        "duty:feed",
    }
    opened = [
        name
        for name, address in ADDRESSES.items()
        if name not in own
        for method in ("get", "post")
        if outcome(ask(nobody, method, path_of(name, world[address.of]))) not in {403, 405}
    ]
    assert opened == []

"""Every address of the house, who may read it and who may send a form to it: decided here, row by row, or this fails.

One letter for each role. A role that is not named gets 403, somebody who is not signed in is led to the sign-in, a method that
is not named is 405. A new address fails `test_every_address_is_decided` until its row stands here.
"""

import copy
import datetime
import io
import uuid

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from enforcement.tests import duty_addresses, reporting, supplying
from enforcement.tests.addresses import ADDRESSES, ROLES, STAFF, addresses, path_of
from enforcement.tests.one_of_each import hotline, refunding, safety

STOP_ASKING = 286  # htmx: the part that asks again and again shall stop
CATCH_ALL = "/admin/(?P<url>.*)$"  # every other address under /admin/: nothing is there


# --- the addresses that there are -----------------------------------------------------------------------------------------
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
    parts = [
        lambda: duty_addresses.world(leader, inspector, second_inspector),
        lambda: reporting.one_of_each(leader, now),
        lambda: safety(leader, inspector),
    ]
    return World(parts, {
        "": {}, "order": {"pk": order.pk}, "draft": {"pk": draft.pk}, "target": {"pk": order.pk, "target_pk": target.pk},
        "venue": {"pk": netbar.pk}, "inspection": {"pk": look.pk}, "patrol": {"number": patrol.number}, "alert": {"pk": alert.pk},
        "violation": {"pk": Violation.objects.get(opened_by=look).pk}, "officer": {"object_id": inspector.pk},
        "entry": {"object_id": entry.pk}, "group": {"object_id": Group.objects.get(name="inspector").pk},
        "admin_venue": {"object_id": netbar.pk}, "division": {"object_id": qinzhou.pk},
        "category": {"object_id": netbar.category_id}, "venue_history": (netbar.pk, netbar.history.first().pk),
        "content": {"content_type_id": ContentType.objects.get_for_model(netbar).pk, "object_id": netbar.pk},
        "app": {"app_label": "venues"}, "import": {"pk": run.pk}, **hotline(leader, netbar), **refunding(leader, agency),
        **supplying.world(leader, inspector),
    })  # fmt: skip


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
    """The answer to one request whose writes and cookies are taken back: the next one meets the same world."""
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        answer = getattr(client, method)(path, data)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def few_by_few(names):
    """The names in lists of a dozen with those about one thing side by side: a world is dear, and one serves them all."""
    ordered = sorted(names, key=lambda name: ADDRESSES[name].of)
    lists = [ordered[first : first + 12] for first in range(0, len(ordered), 12)]
    return [pytest.param(few, id=f"{few[0]}-to-{few[-1]}") for few in lists]


def outcome(answer):
    if answer.status_code == 401:  # what is for programs leads nobody to a page
        return "sign-in"
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


@pytest.mark.parametrize("names", few_by_few(ADDRESSES))
def test_the_addresses_answer_as_decided(names, world, people):
    """Each role with each method; somebody who is not signed in; and the same address of something that is not there."""
    wrong = []
    for name in names:
        address = ADDRESSES[name]
        path = path_of(name, world[address.of])
        wrong += wrong_answers(address, path, people)
        if address.of:
            wrong += wrong_where_nothing_is(address, path, path_of(name, missing(world[address.of])), people)
    assert wrong == []


def wrong_answers(address, path, people):
    """["POST /path as role: what came" …] where that is not what the table says."""
    wrong = []
    for method, letters in methods(address):
        for letter in ROLES:
            got = outcome(ask(people[letter], method, path))
            if not fits(got, method=method, letters=letters, letter=letter, address=address):
                wrong.append(f"{method.upper()} {path} as {ROLES[letter]}: {got}")
        got = outcome(ask(Client(raise_request_exception=False), method, path))
        if not (fits_a_stranger(got, letters) if address.public else got == "sign-in"):
            wrong.append(f"{method.upper()} {path} without sign-in: {got}")
    return wrong


def fits_a_stranger(got, letters):
    return got == 405 if letters is None else got == "sign-in" or got < 400


def wrong_where_nothing_is(address, path, nowhere, people):
    """Who may not see a thing does not learn whether it is there; who may gets a page that says that it is not."""
    wrong = []
    for method, letters in methods(address):
        if letters is None:
            continue
        refused = [letter for letter in ROLES if letter not in letters]
        for letter in {*letters[:1], *refused[:1], *[letter for letter in refused if letter in STAFF][:1]}:
            got = outcome(ask(people[letter], method, nowhere, {"form_key": str(uuid.uuid4())}))
            fitting = {302, 404} if path.startswith("/admin/") or address.own else {404, STOP_ASKING}
            if letter in refused:
                fitting = {outcome(ask(people[letter], method, path))}
            if got not in fitting:
                wrong.append(f"{method.upper()} {nowhere} as {ROLES[letter]}: {got}")
    return wrong


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
        "help",
    }
    opened = [
        name
        for name, address in ADDRESSES.items()
        if name not in own
        for method in ("get", "post")
        if outcome(ask(nobody, method, path_of(name, world[address.of]))) not in {403, 405}
    ]
    assert opened == []

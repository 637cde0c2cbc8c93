"""The pages of changes, leave and my duty: what they offer to whom, what they keep when they refuse."""

import datetime
import uuid

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from enforcement.models.duty import Assignment, DutyChange, Leave
from enforcement.tests.duties import HOUR, published, serve
from venues.tests.forms import filled, queries, sent

State = DutyChange.State


@pytest.fixture
def tomorrow():
    return timezone.now().replace(minute=0, second=0, microsecond=0) + 24 * HOUR


@pytest.fixture
def version(leader, tomorrow):
    return published(leader, tomorrow)


@pytest.fixture
def duty(version, duty_officer, tomorrow):
    return serve(version, duty_officer, "phone", tomorrow)


def ask(duty, kind="cover", **more):
    return DutyChange.objects.ask(by=duty.officer, kind=kind, assignment=duty, reason="家长会", **more)


def typed(moment):
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def test_a_cover_from_asking_to_the_roster(duty, signed_in, duty_officer, inspector, leader):
    mine, his, hers = signed_in(duty_officer), signed_in(inspector), signed_in(leader)
    assert f"assignment={duty.pk}" in filled(mine.get("/duty/mine/"))
    span = {"start": typed(duty.start + 2 * HOUR), "end": typed(duty.end), "reason": "家长会"}
    answer = sent(mine, f"/duty/changes/new/?assignment={duty.pk}", span)
    change = DutyChange.objects.get()
    assert answer.url == f"/duty/changes/{change.pk}/"
    assert change.get_absolute_url() in filled(his.get("/duty/mine/"))
    assert sent(his, f"{answer.url}take/", {}).status_code == 302
    assert change.get_absolute_url() in filled(hers.get("/duty/changes/?show=leader"))
    assert sent(hers, f"{answer.url}decide/", {"decision": "approve", "note": "同意"}).status_code == 302
    rows = Assignment.objects.in_force().order_by("start")
    assert [row.officer for row in rows] == [duty_officer, inspector]
    page = filled(mine.get(answer.url))
    assert "同意" in page and page.count("毛敏梅") >= 3


def test_an_end_left_as_it_was_is_the_end_to_the_second(version, duty_officer, tomorrow, signed_in):
    seconds = datetime.timedelta(seconds=37)
    duty = serve(version, duty_officer, "phone", tomorrow + seconds)
    fields = {"start": typed(duty.start), "end": typed(duty.end), "reason": "x"}
    sent(signed_in(duty_officer), f"/duty/changes/new/?assignment={duty.pk}", fields)
    change = DutyChange.objects.get()
    assert (change.start, change.end) == (duty.start, duty.end)


def test_a_swap_is_asked_for_a_duty_of_another(duty, version, signed_in, inspector, tomorrow):
    other = serve(version, inspector, "officer", tomorrow + 48 * HOUR)
    client = signed_in(duty.officer)
    address = f"/duty/changes/new/?assignment={duty.pk}&kind=swap"
    assert f'value="{other.pk}"' in filled(client.get(address))
    assert sent(client, address, {"counter": other.pk, "reason": "x"}).status_code == 302
    change = DutyChange.objects.get()
    assert (change.asked_of, change.counter) == (inspector, other)


def test_an_open_swap_is_offered_for_and_agreed(duty, version, signed_in, inspector, tomorrow):
    own = serve(version, inspector, "officer", tomorrow + 48 * HOUR)
    change, his, mine = ask(duty, "swap"), signed_in(inspector), signed_in(duty.officer)
    address = change.get_absolute_url()
    assert f'value="{own.pk}"' in filled(his.get(address))
    assert sent(his, f"{address}take/", {}).status_code == 422
    assert sent(his, f"{address}take/", {"counter": own.pk}).status_code == 302
    assert 'value="agree"' in filled(mine.get(address)) and 'value="agree"' not in filled(his.get(address))
    assert sent(his, f"{address}answer/", {"answer": "agree"}).status_code == 422
    assert sent(mine, f"{address}answer/", {"answer": "agree"}).status_code == 302
    change.refresh_from_db()
    assert change.state == State.AGREED


def test_who_was_asked_says_no(duty, signed_in, inspector):
    change = ask(duty, asked_of=inspector)
    client = signed_in(inspector)
    assert 'value="no"' in filled(client.get(change.get_absolute_url()))
    assert sent(client, f"{change.get_absolute_url()}answer/", {"answer": "no"}).status_code == 302
    change.refresh_from_db()
    assert change.state == State.REFUSED


def test_what_was_typed_is_kept_when_it_is_refused(duty, signed_in):
    fields = {"start": typed(duty.start - HOUR), "end": typed(duty.end), "reason": "不能白写"}
    answer = sent(signed_in(duty.officer), f"/duty/changes/new/?assignment={duty.pk}", fields)
    assert answer.status_code == 422
    assert "不能白写" in answer.content.decode()
    assert not DutyChange.objects.exists()


def test_a_duty_of_another_is_given_away_only_by_a_leader(duty, signed_in, inspector, leader):
    address = f"/duty/changes/new/?assignment={duty.pk}"
    assert signed_in(inspector).get(address).status_code == 403
    assert signed_in(leader).get(address).status_code == 200


@pytest.mark.parametrize("asked", ["x", "0", "99999999", "9" * 400, "-1"])
def test_an_odd_assignment_in_the_address_is_not_found(asked, signed_in, inspector, duty):
    for page in ("changes/new", "takeover"):
        assert signed_in(inspector).get(f"/duty/{page}/?assignment={asked}").status_code == 404


@pytest.mark.parametrize("query", ["page=x", "page=99999", "show=nobody", "show=mine&page=-3", "page=" + "9" * 400])
def test_odd_addresses_of_lists_are_answered(query, signed_in, leader, duty):
    ask(duty)
    for page in ("changes", "leave"):
        filled(signed_in(leader).get(f"/duty/{page}/?{query}"))


def test_a_clash_is_shown_before_anybody_presses(duty, version, signed_in, inspector, tomorrow):
    serve(version, inspector, "officer", tomorrow + 3 * HOUR)
    page = filled(signed_in(inspector).get(ask(duty).get_absolute_url()))
    assert "tone-bad" in page and "/take/" not in page


def test_the_leader_is_told_that_he_decided_about_himself(version, signed_in, leader, django_user_model, tomorrow):
    other = django_user_model.objects.create_user("leader2", name="薛建平", can_lead=True)
    other.groups.add(Group.objects.get(name="duty_officer"))
    change = ask(serve(version, leader, "leader", tomorrow))
    change.take(by=other)
    client = signed_in(leader)
    answer = sent(client, f"{change.get_absolute_url()}decide/", {"decision": "approve"}, follow=True)
    assert "tone-warn" in answer.content.decode()
    change.refresh_from_db()
    assert change.decided_alone


@pytest.mark.parametrize("decision", ["", "perhaps"])
def test_no_decision_is_none(decision, duty, signed_in, inspector, leader):
    change = ask(duty)
    change.take(by=inspector)
    answer = sent(signed_in(leader), f"{change.get_absolute_url()}decide/", {"decision": decision, "note": "写了"})
    assert answer.status_code == 422 and "写了" in answer.content.decode()


def test_a_second_decision_is_told_who_was_first(duty, signed_in, inspector, leader):
    change = ask(duty)
    change.take(by=inspector)
    change.refuse(by=leader)
    answer = sent(signed_in(leader), f"{change.get_absolute_url()}decide/", {"decision": "approve"})
    assert answer.status_code == 409 and "武桂平" in answer.content.decode()


def test_a_take_over_is_one_form(version, signed_in, duty_officer, inspector):
    now = timezone.now()
    duty = serve(version, duty_officer, "phone", now - 2 * HOUR)
    client, fields = signed_in(inspector), {"assignment": duty.pk, "start": typed(now), "reason": "急病"}
    assert f'value="{duty.pk}"' in filled(client.get("/duty/takeover/"))
    assert sent(client, "/duty/takeover/", fields | {"reason": ""}).status_code == 422
    assert sent(client, "/duty/takeover/", fields).status_code == 302
    assert DutyChange.objects.get().state == State.HOLDS
    assert Assignment.objects.in_force().covering(now).get().officer == inspector


def test_leave_is_asked_for_and_decided(duty, signed_in, leader):
    mine, hers = signed_in(duty.officer), signed_in(leader)
    fields = {"kind": "annual", "start": typed(duty.start), "end": typed(duty.end), "reason": "年休"}
    answer = sent(mine, "/duty/leave/new/", fields)
    leave = Leave.objects.get()
    assert answer.url == leave.get_absolute_url()
    assert leave.get_absolute_url() in filled(hers.get("/duty/leave/?show=waiting"))
    assert f"assignment={duty.pk}" in filled(hers.get(leave.get_absolute_url()))
    assert sent(hers, f"{answer.url}decide/", {"decision": "approve"}).status_code == 302
    assert sent(hers, f"{answer.url}decide/", {"decision": "refuse"}).status_code == 409
    assert sent(mine, f"{answer.url}withdraw/", {}).status_code == 302
    leave.refresh_from_db()
    assert leave.state == Leave.State.WITHDRAWN


def test_only_a_leader_writes_down_leave_of_another(duty, signed_in, inspector):
    fields = {"kind": "annual", "start": typed(duty.start), "end": typed(duty.end), "officer": duty.officer_id}
    sent(signed_in(inspector), "/duty/leave/new/", fields)
    assert Leave.objects.get().officer == inspector


def test_leave_of_another_is_not_there(duty, signed_in, duty_officer, inspector):
    leave = Leave.objects.ask(by=duty_officer, kind="sick", start=duty.start, end=duty.end, reason="胃病")
    client = signed_in(inspector)
    assert client.get(leave.get_absolute_url()).status_code == 404
    assert sent(client, f"{leave.get_absolute_url()}withdraw/", {}).status_code == 404
    assert leave.get_absolute_url() not in filled(client.get("/duty/leave/"))


@pytest.mark.parametrize("path", ["changes/", "leave/", "mine/"])
def test_the_pages_cost_the_same_for_one_row_and_for_twenty(path, version, signed_in, leader, duty_officer, tomorrow):
    def more(first, last):
        for n in range(first, last):
            ask(serve(version, duty_officer, "phone", tomorrow + n * 24 * HOUR))
            day = tomorrow + n * 24 * HOUR
            Leave.objects.ask(by=leader, kind="annual", start=day, end=day + HOUR)

    client = signed_in(leader)
    more(0, 1)
    few = queries(client, f"/duty/{path}")
    more(1, 20)
    assert queries(client, f"/duty/{path}") == few


def test_a_page_of_a_change_costs_few_queries(duty, signed_in, inspector, leader):
    change = ask(duty)
    change.take(by=inspector)
    assert queries(signed_in(leader), change.get_absolute_url()) <= 25


def test_a_form_without_its_key_is_refused(duty, signed_in):
    address = f"/duty/changes/new/?assignment={duty.pk}"
    answer = signed_in(duty.officer).post(address, {"reason": "x", "form_key": "no key"})
    assert answer.status_code == 422 and not DutyChange.objects.exists()
    key = uuid.uuid4()
    fields = {"start": typed(duty.start), "end": typed(duty.end), "reason": "x"}
    first, again = (sent(signed_in(duty.officer), address, fields, key=key) for _press in range(2))
    assert (first.url, DutyChange.objects.count()) == (again.url, 1)

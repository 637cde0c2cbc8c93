"""The pages of patrols, violations and alerts: lists with filters, forms that keep what was typed, refusals."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from venues.models import Alert, Inspection, Patrol, RejectedInspection, Violation
from venues.tests.following import rows_behind
from venues.tests.forms import filled, queries, sent
from venues.tests.looking import MINUTE, T, look


@pytest.fixture
def pair(inspector, second_inspector):
    return [inspector, second_inspector]


@pytest.fixture
def desk(signed_in, inspector):
    return signed_in(inspector)


def at(minutes, **values):
    local = timezone.localtime(T + minutes * MINUTE)
    return {"on": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}", **values}


def depart(by, minutes=0, **values):
    values = {"led_by": by, "members": [by], **values}
    return Patrol.objects.depart(by=by, left_at=T + minutes * MINUTE, **values)


# --- patrols ---------------------------------------------------------------------------------------------------------
def leaving(by, members=(), **values):
    who = {"led_by": by.pk, "members": [officer.pk for officer in members], "kind": "car", "purpose": "check"}
    return at(0, **{**who, **values})


def test_a_departure_gets_its_number_and_its_members(desk, inspector, pair):
    response = sent(desk, reverse("venues:patrol_new"), leaving(inspector, pair, vehicle="甘E·0001警", area="城区"))
    patrol = Patrol.objects.get()
    assert (response.status_code, response["Location"]) == (302, "/patrols/XC202001-001/")
    assert (set(patrol.members.all()), patrol.left_at, patrol.vehicle) == (set(pair), T, "甘E·0001警")


def test_a_departure_pressed_twice_is_one(desk, inspector):
    key = uuid.uuid4()
    for _press in range(2):
        assert sent(desk, reverse("venues:patrol_new"), leaving(inspector), key=key).status_code == 302
    assert Patrol.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"led_by": ""}, {"on": ""}, {"on": "2999-01-01"}, {"purpose": "x"}])
def test_a_wrong_departure_is_said_and_what_was_typed_stays(desk, inspector, wrong):
    response = sent(desk, reverse("venues:patrol_new"), leaving(inspector, area="北道埠", **wrong))
    assert response.status_code == 422 and "北道埠" in response.content.decode() and not Patrol.objects.exists()


def test_a_patrol_comes_back_once(desk, inspector, leader):
    patrol = depart(inspector)
    address = reverse("venues:patrol_return", args=[patrol.number])
    assert sent(desk, address, at(240)).status_code == 302
    patrol.refresh_from_db()
    assert (patrol.returned_at, patrol.returned_by) == (T + 240 * MINUTE, inspector)
    response = sent(desk, address, at(250))
    assert response.status_code == 422 and inspector.name in response.content.decode()


def test_the_return_is_no_page_to_get_and_lies_after_the_departure(desk, inspector):
    address = reverse("venues:patrol_return", args=[depart(inspector).number])
    assert desk.get(address).status_code == 405
    assert sent(desk, address, at(-5)).status_code == 422


def test_the_patrol_filters(desk, inspector, leader):
    depart(inspector, 0, vehicle="甘E·0001警").come_back(by=inspector, at=T + 60 * MINUTE)
    depart(leader, 30, kind="foot", purpose="covert")
    depart(leader, 24 * 60, kind="online")
    expected = {
        "": 3, "effort=1": 2, "vehicle=1": 1, "out=1": 2, "out=1&as_of=2020-01-24T17:00": 2, "kind=foot": 1,
        "purpose=covert": 1, f"officer={leader.pk}": 2, "from=2020-01-25": 1, "until=2020-01-24": 2,
        "effort=1&as_of=2020-01-24T16:59": 1, "as_of=x": 0,
    }  # fmt: skip
    assert {query: rows_behind(desk, f"{reverse('venues:patrols')}?{query}") for query in expected} == expected


def test_the_patrol_pages_cost_the_same_however_much_there_is(desk, inspector, pair, netbar, ktv):
    patrol = depart(inspector, members=pair)
    look(netbar, 5, officers=pair, patrol=patrol)
    addresses = [reverse("venues:patrols"), patrol.get_absolute_url()]
    before = [queries(desk, address) for address in addresses]
    for minutes in range(10, 20):
        depart(inspector, minutes, members=pair)
        look(ktv, minutes, officers=pair, patrol=patrol)
    assert [queries(desk, address) for address in addresses] == before
    assert max(before) <= 18


def test_the_effort_of_one_patrol_and_the_looks_behind_it(desk, inspector, pair, netbar, ktv):
    patrol = depart(inspector, members=pair)
    for venue, minutes in [(netbar, 5), (netbar, 50), (ktv, 20)]:
        look(venue, minutes, officers=pair, patrol=patrol)
    response = desk.get(patrol.get_absolute_url())
    assert (response.context["visits"], response.context["venues"]) == (2, 2)
    assert rows_behind(desk, f"{reverse('venues:inspections')}?patrol={patrol.number}&effort=on") == 2


@pytest.mark.parametrize("role", ["duty_officer", "auditor", "editor"])
def test_who_reads_patrols_does_not_record_them(request, signed_in, role, inspector):
    client, patrol = signed_in(request.getfixturevalue(role)), depart(inspector)
    assert "patrol_new" not in filled(client.get(patrol.get_absolute_url()))
    assert client.get(reverse("venues:patrol_new")).status_code == 403
    assert sent(client, reverse("venues:patrol_return", args=[patrol.number]), at(10)).status_code == 403


# --- violations ------------------------------------------------------------------------------------------------------
@pytest.fixture
def violation(netbar, pair):
    look(netbar, 10, "operating", officers=pair)
    return netbar.violations.get()


def stopping(officers, minutes=28, **values):
    return at(minutes, officers=[officer.pk for officer in officers], measures="清退顾客", **values)


def test_the_stop_by_the_form(desk, violation, pair):
    address = reverse("venues:violation_stop", args=[violation.pk])
    assert desk.get(address).context["form"]["officers"].value() == [pair[0].pk]
    response = sent(desk, address, stopping(pair))
    violation.refresh_from_db()
    assert (response["Location"], violation.state, violation.lasted()) == (
        violation.get_absolute_url(), "stopped", 18 * MINUTE,
    )  # fmt: skip


def test_a_stop_pressed_fifty_times_is_one(desk, violation, pair):
    key = uuid.uuid4()
    address = reverse("venues:violation_stop", args=[violation.pk])
    assert {sent(desk, address, stopping(pair), key=key).status_code for _press in range(50)} == {302}
    assert Inspection.objects.filter(result="closed").count() == 1


def test_the_second_officer_is_told_on_the_page_and_keeps_his_text(signed_in, desk, violation, pair, leader):
    address = reverse("venues:violation_stop", args=[violation.pk])
    sent(desk, address, stopping(pair))
    response = sent(signed_in(leader), address, stopping([leader], 30))
    text = response.content.decode()
    assert response.status_code == 422 and pair[0].name in text and "清退顾客" in text
    assert Inspection.objects.count() == 2


def test_a_stop_with_a_known_key_and_other_content_shows_both(desk, violation, pair):
    key, address = uuid.uuid4(), reverse("venues:violation_stop", args=[violation.pk])
    sent(desk, address, stopping(pair), key=key)
    assert sent(desk, address, stopping(pair, 35), key=key).status_code == 409
    assert RejectedInspection.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"minutes": 10}, {"officers": []}, {"time": ""}])
def test_a_wrong_stop_is_said(desk, violation, pair, wrong):
    minutes = wrong.pop("minutes", 28)
    response = sent(desk, reverse("venues:violation_stop", args=[violation.pk]), {**stopping(pair, minutes), **wrong})
    assert response.status_code == 422 and "清退顾客" in response.content.decode()
    violation.refresh_from_db()
    assert violation.state == "open"


def test_the_page_offers_the_moves_of_the_table(desk, violation, pair):
    def offered():
        return [
            state for state, _label in desk.get(violation.get_absolute_url()).context["form"]["to_state"].field.choices
        ]

    assert offered() == ["withdrawn"]
    violation.stop(by=pair[0], officers=pair, at=T + 28 * MINUTE, client_uuid=uuid.uuid4())
    assert offered() == ["ordered", "resolved", "transferred", "withdrawn"]
    violation.order_rectification(by=pair[0], text="责令停业")
    assert offered() == ["resolved", "transferred"]
    violation.resolve(by=pair[0], text="已整改")
    assert offered() == []


@pytest.mark.parametrize(
    ("state", "more"),
    [
        ("ordered", {"case_no": "（2020）3号"}),
        ("resolved", {}),
        ("transferred", {"transferred_to": "公安"}),
        ("withdrawn", {}),
    ],
)
def test_a_move_by_the_form(desk, violation, pair, state, more):
    look(violation.venue, 28, officers=pair)
    response = sent(
        desk, reverse("venues:violation_move", args=[violation.pk]), at(60, to_state=state, text="处理", **more)
    )
    violation.refresh_from_db()
    assert (response.status_code, violation.state) == (302, state)
    assert violation.moves.last().text == "处理"


@pytest.mark.parametrize(
    "wrong",
    [{"text": ""}, {"to_state": "stopped"}, {"to_state": "transferred"}, {"to_state": ""}, {"on": "2020-01-23"}],
)
def test_a_wrong_move_is_said_and_what_was_typed_stays(desk, violation, pair, wrong):
    look(violation.venue, 28, officers=pair)
    address = reverse("venues:violation_move", args=[violation.pk])
    response = sent(desk, address, at(60, **{"to_state": "resolved", "text": "处理", "case_no": "第3号", **wrong}))
    assert response.status_code == 422 and "第3号" in response.content.decode()
    violation.refresh_from_db()
    assert violation.state == "stopped"


def test_a_stale_page_is_told_that_the_move_is_not_there_any_more(desk, violation, pair, leader):
    look(violation.venue, 28, officers=pair)
    violation.refresh_from_db()
    violation.resolve(by=leader, text="已整改")
    address = reverse("venues:violation_move", args=[violation.pk])
    response = sent(desk, address, at(60, to_state="ordered", text="处理"))
    assert response.status_code == 422 and Violation.objects.get().state == "resolved"


def test_the_violation_filters_and_the_state_of_a_past_moment(desk, violation, order, ktv, pair, category):
    look(violation.venue, 28, officers=pair)
    look(ktv, 40, "concealed", officers=pair)
    expected = {
        "": 2, "running=1": 1, "state=stopped": 1, f"order={order.pk}": 2, f"category={ktv.category.pk}": 1,
        f"venue={ktv.pk}": 1, "q=ltwb": 1, "as_of=2020-01-24T16:45": 1, "running=1&as_of=2020-01-24T16:45": 1,
        "running=1&as_of=2020-01-24T16:58": 0, "from=2020-01-25": 0, "as_of=x": 0,
    }  # fmt: skip
    address = reverse("venues:violations")
    assert {query: rows_behind(desk, f"{address}?{query}") for query in expected} == expected
    (row,) = desk.get(f"{address}?as_of=2020-01-24T16:45").context["page"]
    assert (row.then, row.lasted_then) == ("open", 5 * MINUTE)


def test_the_list_refreshes_itself_but_not_in_the_past(desk, violation):
    address = reverse("venues:violations")
    whole, past = filled(desk.get(address)), filled(desk.get(f"{address}?as_of=2020-01-24T17:00"))
    part = filled(desk.get(address, headers={"HX-Request": "true"}))
    assert "data-refresh" in whole and "data-refresh" not in past
    assert part.lstrip().startswith('<section id="violations"') and "<html" not in part


def test_the_violation_pages_cost_the_same_however_much_there_is(desk, violation, netbar, ktv, pair, leader):
    addresses = [reverse("venues:violations"), violation.get_absolute_url(),
                 reverse("venues:violation_stop", args=[violation.pk])]  # fmt: skip
    before = [queries(desk, address) for address in addresses]
    for minutes in range(40, 80, 2):
        look(ktv, minutes, "operating", officers=pair)
        look(ktv, minutes + 1, officers=pair)
        look(netbar, minutes, "operating", officers=[leader])
    assert [queries(desk, address) for address in addresses] == before
    assert max(before) <= 18


@pytest.mark.parametrize("role", ["duty_officer", "auditor", "editor"])
def test_who_reads_violations_does_not_move_them(request, signed_in, role, violation, pair):
    client = signed_in(request.getfixturevalue(role))
    assert "<form" not in filled(client.get(violation.get_absolute_url())).split('id="main"')[1]
    assert sent(client, reverse("venues:violation_stop", args=[violation.pk]), stopping(pair)).status_code == 403
    move = at(60, to_state="withdrawn", text="处理")
    assert sent(client, reverse("venues:violation_move", args=[violation.pk]), move).status_code == 403


# --- alerts ----------------------------------------------------------------------------------------------------------
def alerting(**values):
    return at(0, **{"source": "complaint", "words": "夜里还在开", **values})


def test_an_alert_is_raised_about_a_venue_or_a_place(desk, netbar, qinzhou, inspector):
    address = reverse("venues:alert_new")
    assert sent(desk, address, alerting(venue=netbar.pk)).status_code == 302
    assert sent(desk, address, alerting(place="桥头棋牌室", district=qinzhou.pk)).status_code == 302
    first, second = Alert.objects.order_by("pk")
    assert (first.venue, first.district, first.raised_by, first.raised_at) == (netbar, qinzhou, inspector, T)
    assert (second.venue, second.place, second.district) == (None, "桥头棋牌室", qinzhou)


def test_an_alert_about_nothing_is_refused_and_the_words_stay(desk, db):
    response = sent(desk, reverse("venues:alert_new"), alerting())
    assert response.status_code == 422 and "夜里还在开" in response.content.decode() and not Alert.objects.exists()


def test_searching_for_the_venue_without_javascript_saves_nothing(desk, netbar):
    response = sent(desk, reverse("venues:alert_new"), alerting(venue_q="ltwb", place="桥头", venue_find="1"))
    assert netbar.name in response.content.decode() and not Alert.objects.exists()


def test_an_alert_is_answered_without_a_look_once(desk, netbar, leader, signed_in):
    alert = Alert.objects.raise_alert(by=leader, source="complaint", words="还在开", venue=netbar, at=T)
    address = reverse("venues:alert_answer", args=[alert.pk])
    assert sent(desk, address, at(5, text="重复来电")).status_code == 302
    response = sent(signed_in(leader), address, at(6, text="看过了"))
    assert response.status_code == 422 and "毛敏梅" in response.content.decode()
    assert desk.get(address).status_code == 405


def test_the_open_alerts_stand_first(desk, netbar, ktv, leader):
    old = Alert.objects.raise_alert(by=leader, source="monitor", words="灯亮", venue=netbar, at=T)
    new = Alert.objects.raise_alert(by=leader, source="complaint", words="还在开", venue=ktv, at=T + 9 * MINUTE)
    new.answer(by=leader, at=T + 20 * MINUTE, text="看过了")
    address = reverse("venues:alerts")
    assert list(desk.get(address).context["page"]) == [old, new]
    expected = {
        "open=1": 1,
        "open=1&as_of=2020-01-24T16:40": 2,
        "source=monitor": 1,
        f"venue={ktv.pk}": 1,
        "as_of=x": 0,
    }
    assert {query: rows_behind(desk, f"{address}?{query}") for query in expected} == expected


def test_the_alert_pages_cost_the_same_however_much_there_is(desk, netbar, leader, pair):
    alert = Alert.objects.raise_alert(by=leader, source="monitor", words="灯亮", venue=netbar, at=T)
    look(netbar, 1, officers=pair, alert=alert)
    addresses = [reverse("venues:alerts"), alert.get_absolute_url()]
    before = [queries(desk, address) for address in addresses]
    for minutes in range(5, 15):
        Alert.objects.raise_alert(by=leader, source="monitor", words="灯亮", venue=netbar, at=T + minutes * MINUTE)
        look(netbar, minutes, officers=pair, alert=alert)
    assert [queries(desk, address) for address in addresses] == before
    assert max(before) <= 14


@pytest.mark.parametrize(
    "name", ["inspections", "patrols", "violations", "alerts", "patrol_new", "alert_new", "inspection_new"]
)
def test_empty_pages_say_what_to_do_next(desk, db, name):
    assert filled(desk.get(reverse(f"venues:{name}")))


def test_what_is_not_there_is_a_404(desk, db):
    for name in ("inspection", "violation", "alert"):
        assert desk.get(reverse(f"venues:{name}", args=[9])).status_code == 404
    assert desk.get(reverse("venues:patrol", args=["XC202001-009"])).status_code == 404


def test_the_lists_of_patrols_and_violations_go_out_as_files(signed_in, leader, violation):
    depart(leader)
    for name in ("patrols", "violations"):
        response = signed_in(leader).get(reverse(f"venues:{name}"), {"export": "csv"})
        assert len(b"".join(response.streaming_content).decode().splitlines()) == 2

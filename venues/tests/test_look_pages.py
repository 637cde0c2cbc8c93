"""The pages of looks: choosing the venue, the form, the list with its filters, the page, the correction, two versions."""

import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from venues.models import Alert, Inspection, Patrol, RejectedInspection, Venue
from venues.tests.following import rows_behind
from venues.tests.forms import filled, queries, sent
from venues.tests.looking import MINUTE, T, look


@pytest.fixture
def pair(inspector, second_inspector):
    return [inspector, second_inspector]


@pytest.fixture
def desk(signed_in, inspector):
    return signed_in(inspector)


@pytest.fixture
def out(inspector, pair):
    """A patrol of the two inspectors that is out now."""
    return Patrol.objects.depart(by=inspector, led_by=inspector, members=pair, left_at=timezone.now() - 60 * MINUTE)


def new(**query):
    return reverse("venues:inspection_new", query=query)


def said(officers, minutes=10, **values):
    local = timezone.localtime(T + minutes * MINUTE)
    return {
        "on": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}", "result": "closed", "method": "on_site",
        "officers": [officer.pk for officer in officers], **values,
    }  # fmt: skip


# --- choosing the venue ----------------------------------------------------------------------------------------------
def test_first_the_venue_is_chosen_by_its_initials(desk, netbar, ktv):
    text = filled(desk.get(new(q="ltwb")))
    assert f"venue={netbar.pk}" in text and f"venue={ktv.pk}" not in text


def test_what_is_urgent_is_offered_before_anything_is_typed(desk, netbar, ktv, pair, leader):
    look(netbar, 0, "operating", officers=pair)
    alert = Alert.objects.raise_alert(by=leader, source="complaint", words="还在开", place="桥头")
    text = filled(desk.get(new()))
    assert f"venue={netbar.pk}" in text and f"alert={alert.pk}" in text and f"venue={ktv.pk}" not in text


def test_the_choice_alone_comes_back_to_htmx_and_stands_in_the_page(desk, netbar):
    whole = filled(desk.get(new(q="ltwb")))
    part = desk.get(new(q="ltwb"), headers={"HX-Request": "true"})
    assert filled(part).strip() in whole and "HX-Request" in part["Vary"]


def test_no_venue_fits_says_what_to_do(desk, db):
    assert reverse("venues:venue_unlicensed") in filled(desk.get(new(q="没有")))


def test_a_venue_that_is_not_there_is_a_404(desk, db):
    for query in ({"venue": 99}, {"venue": "x"}, {"patrol": 9, "venue": 9}):
        assert desk.get(new(**query)).status_code == 404


# --- the form --------------------------------------------------------------------------------------------------------
def test_the_form_knows_me_my_patrol_and_the_time(desk, netbar, inspector, second_inspector, out):
    form = desk.get(new(venue=netbar.pk)).context["form"]
    assert form["officers"].value() == [inspector.pk] and form["patrol"].value() == out.pk
    likely, others = form.officer_boxes()
    assert {box.data["value"].value for box in likely} == {inspector.pk, second_inspector.pk} and not others
    now = timezone.localtime()
    assert form["on"].value() in (now.date(), (now - MINUTE).date()) and form["time"].value() is not None


def test_a_look_is_recorded(desk, netbar, pair, out):
    response = sent(desk, new(venue=netbar.pk), said(pair, patrol=out.pk, rear_door_checked="on", people_inside="0",
                                                     met="店主", remark="已贴通知"))  # fmt: skip
    kept = Inspection.objects.get()
    assert (response.status_code, response["Location"]) == (302, kept.get_absolute_url())
    assert (kept.venue, kept.observed_at, kept.result, kept.patrol) == (netbar, T + 10 * MINUTE, "closed", out)
    assert (kept.rear_door_checked, kept.premises_safe, kept.people_inside, kept.met) == (True, None, 0, "店主")
    assert (kept.recorded_by, kept.certified) == (pair[0], 2)


def test_a_visit_of_2350_typed_after_midnight_stays_on_its_day(desk, netbar, pair):
    sent(desk, new(venue=netbar.pk), said(pair, on="2020-01-24", time="23:50"))
    assert timezone.localtime(Inspection.objects.get().observed_at).isoformat() == "2020-01-24T23:50:00+08:00"


def test_pressed_fifty_times_it_is_one_look(desk, netbar, pair):
    key = uuid.uuid4()
    answers = {sent(desk, new(venue=netbar.pk), said(pair), key=key)["Location"] for _press in range(50)}
    assert answers == {Inspection.objects.get().get_absolute_url()}


def test_the_same_key_with_other_content_shows_both_versions_and_keeps_what_came(desk, netbar, pair):
    key = uuid.uuid4()
    sent(desk, new(venue=netbar.pk), said(pair), key=key)
    response = sent(desk, new(venue=netbar.pk), said(pair, result="limited", remark="第二次上传"), key=key)
    assert response.status_code == 409
    differing = {row["second"] for row in response.context["versions"] if row["differs"]}
    assert "第二次上传" in differing and Inspection.objects.get().result == "closed"
    assert RejectedInspection.objects.get().content["remark"] == "第二次上传"
    assert "第二次上传" in filled(desk.get(Inspection.objects.get().get_absolute_url()))


@pytest.mark.parametrize(
    "wrong",
    [{"on": ""}, {"time": ""}, {"result": ""}, {"officers": []}, {"on": "2999-01-01"}, {"people_inside": "x"},
     {"patrol": "99"}],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_stays(desk, netbar, pair, wrong):
    key = uuid.uuid4()
    response = sent(desk, new(venue=netbar.pk), {**said(pair, remark="灯亮着"), **wrong}, key=key)
    text = response.content.decode()
    assert response.status_code == 422 and not Inspection.objects.exists()
    assert "灯亮着" in text and "form-errors" in text and str(key) in text


def test_without_its_key_nothing_is_recorded(desk, netbar, pair):
    response = desk.post(new(venue=netbar.pk), said(pair))
    assert response.status_code == 422 and not Inspection.objects.exists()


def test_an_alert_is_answered_by_the_look(desk, netbar, pair, leader):
    alert = Alert.objects.raise_alert(by=leader, source="complaint", words="还在开", venue=netbar, at=T)
    address = new(alert=alert.pk)
    assert desk.get(address).context["form"]["alert"].value() == alert.pk
    sent(desk, address, said(pair, alert=alert.pk))
    alert.refresh_from_db()
    assert alert.answered_at == T + 10 * MINUTE


def test_an_alert_about_a_place_without_a_venue_can_be_answered_at_the_venue_it_meant(desk, netbar, pair, leader):
    alert = Alert.objects.raise_alert(by=leader, source="complaint", words="还在开", place="桥头", at=T)
    assert "桥头" in filled(desk.get(new(alert=alert.pk)))
    sent(desk, new(venue=netbar.pk), said(pair, alert=alert.pk))
    alert.refresh_from_db()
    assert alert.answered_at is not None


def test_an_alert_of_another_venue_cannot_be_chosen(desk, netbar, ktv, pair, leader):
    alert = Alert.objects.raise_alert(by=leader, source="complaint", words="还在开", venue=ktv, at=T)
    assert sent(desk, new(venue=netbar.pk), said(pair, alert=alert.pk)).status_code == 422


def test_a_merged_venue_leads_to_its_survivor(desk, netbar, make_venue):
    old = make_venue("旧")
    Venue.objects.filter(pk=old.pk).update(merged_into=netbar)
    assert desk.get(new(venue=old.pk)).context["venue"] == netbar


# --- the correction --------------------------------------------------------------------------------------------------
def test_the_correction_starts_from_what_was_recorded(desk, netbar, pair):
    first = look(netbar, 10.5, "limited", officers=pair, rear_door_checked=True, remark="窗帘")
    address = reverse("venues:inspection_correct", args=[first.pk])
    form = desk.get(address).context["form"]
    assert (form["result"].value(), form["remark"].value(), form["rear_door_checked"].value()) == (
        "limited",
        "窗帘",
        True,
    )
    sent(desk, address, said(pair, result="closed", rear_door_checked="on", remark="后来看到了"))
    kept = Inspection.objects.standing().get()
    assert (kept.supersedes, kept.result, kept.observed_at) == (first, "closed", first.observed_at)


def test_who_corrects_what_is_corrected_already_is_told(desk, netbar, pair, leader):
    first = look(netbar, 10, "limited", officers=pair)
    look(netbar, 10, officers=pair, supersedes=first, by=leader)
    address = reverse("venues:inspection_correct", args=[first.pk])
    assert leader.name in filled(desk.get(address))
    response = sent(desk, address, said(pair))
    assert response.status_code == 422 and leader.name in response.content.decode()


# --- the list and the page -------------------------------------------------------------------------------------------
@pytest.fixture
def many(order, netbar, ktv, pair, leader, inspector):
    patrol = Patrol.objects.depart(by=inspector, led_by=inspector, members=pair, left_at=T)
    look(netbar, -10, officers=[leader])
    look(netbar, 10, officers=pair, patrol=patrol)
    look(netbar, 20, "operating", officers=pair, patrol=patrol)
    look(ktv, 30, "concealed", officers=[leader])
    look(ktv, 40, "operating", officers=[leader], method="online")
    return patrol


def test_every_filter_shows_its_rows(desk, many, order, netbar, ktv, leader, category, qinzhou, maiji):
    as_of = (T + 20 * MINUTE).isoformat().replace("+", "%2B")
    expected = {
        "": 5, f"venue={netbar.pk}": 3, f"order={order.pk}": 4, f"category={ktv.category.pk}": 2, "q=ltwb": 3,
        f"district={qinzhou.pk}": 5, f"district={maiji.pk}": 0, "result=operating": 2, "result=found_open": 3,
        "method=online": 1, f"patrol={many.number}": 2, f"patrol={many.pk}": 2, f"officer={leader.pk}": 3,
        "from=2020-01-24&until=2020-01-24": 5, "from=2020-01-25": 0, "until=2020-01-23": 0, f"as_of={as_of}": 3,
        "effort=1": 3, f"effort=1&as_of={as_of}": 2, "effort=1&patrol=XC202001-001": 1,
    }  # fmt: skip
    address = reverse("venues:inspections")
    assert {query: rows_behind(desk, f"{address}?{query}") for query in expected} == expected


@pytest.mark.parametrize("query", ["as_of=gestern", "from=x", "venue=99", "patrol=99", "result=x", "officer=x"])
def test_a_filter_that_cannot_be_read_shows_nothing_rather_than_everything(desk, many, query):
    assert rows_behind(desk, f"{reverse('venues:inspections')}?{query}") == 0


def test_as_of_says_so(desk, many):
    assert "2020-01-24 16:50" in filled(desk.get(reverse("venues:inspections"), {"as_of": "2020-01-24T16:50"}))


def test_an_empty_list_says_what_to_do(desk, db):
    assert new() in filled(desk.get(reverse("venues:inspections")))


def test_the_list_costs_the_same_however_long_it_is(desk, many, netbar, pair):
    before = queries(desk, reverse("venues:inspections"))
    for minutes in range(60, 100):
        look(netbar, minutes, officers=pair)
    assert queries(desk, reverse("venues:inspections")) == before <= 16


def test_the_pages_of_one_look_cost_a_fixed_number_of_queries(desk, many, netbar, pair, leader):
    kept = look(netbar, 15, officers=[leader])
    addresses = [kept.get_absolute_url(), new(venue=netbar.pk), reverse("venues:inspection_correct", args=[kept.pk])]
    before = [queries(desk, address) for address in addresses]
    for minutes in range(12, 30):
        look(netbar, minutes, officers=pair, patrol=many)
    assert [queries(desk, address) for address in addresses] == before
    assert max(before) <= 24


def test_the_page_names_what_others_saw_and_the_violation(desk, many, netbar, leader):
    look(netbar, 22, "operating", officers=[leader])
    kept = Inspection.objects.get(venue=netbar, result="operating", patrol=many)
    response = desk.get(kept.get_absolute_url())
    assert [other.result for other in response.context["around"]] == ["closed", "operating"]
    assert netbar.violations.get().get_absolute_url() in filled(response)


def test_the_list_goes_out_as_a_file_for_those_who_may(signed_in, leader, desk, many, netbar):
    address = reverse("venues:inspections") + "?export=csv&result=operating"
    assert desk.get(address).status_code == 403
    response = signed_in(leader).get(address)
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0].startswith("\ufeff") and len(lines) == 3 and "蓝天网吧" in "".join(lines)


# --- who may ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["duty_officer", "editor", "auditor", "viewer", "clerk", "administrator"])
def test_only_inspectors_and_leaders_record_looks(request, signed_in, role, netbar, pair):
    client = signed_in(request.getfixturevalue(role))
    assert client.get(new(venue=netbar.pk)).status_code == 403
    assert sent(client, new(venue=netbar.pk), said(pair)).status_code == 403
    assert not Inspection.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "clerk", "administrator"])
def test_others_do_not_even_read_them(request, signed_in, role, netbar, pair):
    client, kept = signed_in(request.getfixturevalue(role)), look(netbar, 0, officers=pair)
    for address in (reverse("venues:inspections"), kept.get_absolute_url()):
        assert client.get(address).status_code == 403


def test_nothing_on_the_pages_is_inline(desk, netbar, many):
    for address in (new(venue=netbar.pk), reverse("venues:inspections"), new()):
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", filled(desk.get(address)))

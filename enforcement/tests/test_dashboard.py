"""The dashboard: alarms first, every number leads to its rows, the past stays, everybody sees what he may."""

import datetime
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.models import Channel, Complaint, Topic
from conftest import T
from enforcement.dashboard.alarms import Alarm
from enforcement.figures import figures
from enforcement.models import CoverageRule, DailyReport, SupplyItem
from enforcement.tests.watches import H, roster, watch
from venues.models import Category, ClosureOrder
from venues.standing import refresh_venues
from venues.tests.following import links, numbered, rows_behind
from venues.tests.forms import filled, queries
from venues.tests.histories import hours, issued, looked, many_venues

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PART = '<div id="dashboard"'


@pytest.fixture
def at_desk(signed_in):
    """A client whose pages are English."""

    def sign_in(officer):
        client = signed_in(officer)
        client.cookies["django_language"] = "en"
        return client

    return sign_in


def at(moment):
    return f"{reverse('dashboard')}?as_of={moment.isoformat().replace('+', '%2B')}"


def part(client, url):
    """The dashboard without the page around it."""
    page = filled(client.get(url, headers=HTMX))
    assert page.strip().startswith("<div")
    return page


def complaint(by, *, to=None, number="13900001111"):
    found = Complaint.objects.register(
        by=by, client_id=uuid.uuid4(), channel=Channel.objects.get(slug="unit_phone"), content="x", place="民主路",
        topic=Topic.objects.get(slug="internet_cafe"), number=number,
    )  # fmt: skip
    if to:
        found.dispatch(by=by, to=to)
    return found


@pytest.fixture
def eventful(order, netbar, ktv, leader, inspector, agency):
    """One venue closed, one running, one call waiting to be dispatched and one for a signature, one agency silent."""
    looked(ktv, T + hours(1))
    looked(netbar, T + hours(2), "operating")
    refresh_venues([netbar, ktv])
    complaint(leader)
    complaint(leader, to=[inspector], number="13900002222")
    return order


def test_an_order_that_did_not_hold_yet_is_named_and_has_no_numbers(at_desk, leader, order):
    client = at_desk(leader)
    early = f"{at(T - hours(1))}&order={order.number}"
    page = part(client, early)
    assert f"Order {order.number} was not in force yet" in page and "0 / 0" not in page and "n-closed" not in page
    assert "was not in force yet" not in part(client, f"{at(T)}&order={order.number}")
    wall = filled(client.get(early.replace(reverse("dashboard"), reverse("dashboard_wall")), headers=HTMX))
    assert "was not in force yet" in wall


# --- alarms -----------------------------------------------------------------------------------------------------------
def test_what_is_wrong_stands_first_and_leads_to_its_rows(at_desk, leader, eventful):
    client = at_desk(leader)
    alarms, rest = part(client, reverse("dashboard")).split("</section>", 1)
    for words in (
        "1 venue is running", "1 venue is overdue", "1 venue is due for another look",
        "1 complaint waits for a signature", "1 complaint waits to be dispatched",
    ):  # fmt: skip
        assert [rows_behind(client, href) for href, text in links(alarms) if text == words] == [1], words
    assert "1 travel agency has not reported" in alarms
    assert "figure-number" in rest
    assert alarms.index("tone-bad") < alarms.index("tone-warn")


def test_a_venue_that_was_never_seen_closed_is_overdue_after_the_deadline(at_desk, leader, order):
    client = at_desk(leader)
    assert "2 venues are overdue" in part(client, at(T + hours(5)))
    assert "venues are overdue" not in part(client, at(T + hours(3)))


def test_a_hole_in_the_coverage_is_an_alarm_at_the_moment_that_is_shown(at_desk, leader):
    CoverageRule.objects.create(post="leader", minimum=1, valid_from=T)
    client = at_desk(leader)
    assert "Not covered: Nobody leads." in part(client, at(T + hours(1)))
    assert "Not covered" not in part(client, at(T - hours(1)))


def test_what_is_low_in_the_store_is_an_alarm_from_that_moment_on(at_desk, leader):
    masks = SupplyItem.objects.create(category="mask", name="医用口罩", unit="只", low_level=100)
    masks.receive(by=leader, quantity=140, kind="purchase", at=T)
    masks.use(by=leader, quantity=100, at=T + hours(2))
    client = at_desk(leader)
    assert "1 supply is low" in part(client, at(T + hours(2)))
    assert "supply is low" not in part(client, at(T + hours(1)))


def test_the_alarm_of_the_store_leads_to_what_is_low_and_a_stock_to_its_supply(at_desk, leader):
    for name, there in (("医用口罩", 40), ("外科口罩", 400)):
        item = SupplyItem.objects.create(category="mask", name=name, unit="只", low_level=100)
        item.receive(by=leader, quantity=there, kind="purchase", at=T)
        item.receive(by=leader, quantity=500, kind="purchase", at=T + hours(3))
    client = at_desk(leader)
    followed = links(part(client, at(T + hours(2))))
    (alarm,) = [href for href, text in followed if text == "1 supply is low"]
    assert [(row.item.name, row.on_hand) for row in client.get(alarm).context["rows"]] == [("医用口罩", 40)]
    for shown in ("40", "400"):
        (href,) = [href for href, text in followed if text == shown and "/supplies/" in href]
        assert client.get(href).context["in_store"] == int(shown)


def test_an_alarm_of_the_duty_of_a_past_moment_leads_to_that_moment(at_desk, leader):
    CoverageRule.objects.create(post="leader", minimum=1, valid_from=T)
    client = at_desk(leader)

    def alarm(url):
        return next(href for href, text in links(part(client, url)) if text.startswith("Not covered"))

    assert alarm(reverse("dashboard")) == reverse("duty:now")
    then = alarm(at(T + hours(1)))
    assert then.startswith(reverse("duty:certificate")) and "until=" in then
    assert client.get(then).status_code == 200


def test_the_store_says_for_how_many_days_it_lasts_or_that_nobody_knows(at_desk, leader, inspector):
    masks = SupplyItem.objects.create(category="mask", name="医用口罩", unit="只", norm=4)
    masks.receive(by=leader, quantity=100, kind="purchase", at=H)
    client = at_desk(leader)
    assert "cover not recorded" in part(client, at(H + hours(1)))
    watch(roster(leader), leader=leader, phone=inspector)
    assert "12.5 days of cover" in part(client, at(H + hours(1)))


def test_figures_that_do_not_add_up_are_said_first(at_desk, leader, monkeypatch):
    monkeypatch.setattr("enforcement.figures.broken", lambda figures: ["1 + 1 = 3"])
    alarms = part(at_desk(leader), reverse("dashboard")).split("</section>")[0]
    assert "Figures that do not add up: 1 + 1 = 3" in alarms


def test_an_empty_house_is_shown_decently(at_desk, leader):
    CoverageRule.objects.all().delete()
    page = part(at_desk(leader), reverse("dashboard"))
    assert "No alarm." in page
    assert "no coverage rule holds" in page and "uncovered" not in page  # nobody says that the posts were covered
    assert "No closure order is in force." in page
    assert "No supplies are recorded yet." in page
    assert page.count("not recorded") >= 2
    assert not re.search(r"(?<!\d)0%(?!3A|2B)", page)  # no share of nothing; an address may hold 15%3A10%3A40
    assert "None" not in page


def test_a_look_recorded_while_the_page_is_made_is_no_error(at_desk, leader, eventful, netbar, monkeypatch):
    """The venue that ran when the figures were counted is closed before the alarm asks for how long it ran."""
    from enforcement.dashboard import page

    def counted(*args, **kwargs):
        found = figures(*args, **kwargs)
        looked(netbar, T + hours(2.5))
        refresh_venues([netbar])
        return found

    monkeypatch.setattr(page, "figures", counted)
    assert "1 venue is running" in part(at_desk(leader), reverse("dashboard"))


def test_with_a_rule_that_holds_it_is_said_that_nothing_is_uncovered(at_desk, leader):
    CoverageRule.objects.all().delete()
    CoverageRule.objects.create(post="leader", minimum=1, valid_from=H - hours(1))
    watch(roster(leader), leader=leader)
    assert "Nothing is overdue, unanswered or uncovered." in part(at_desk(leader), at(H + hours(1)))


def test_a_supply_that_is_low_says_below_which_level(at_desk, leader):
    masks = SupplyItem.objects.create(category="mask", name="医用口罩", unit="只", low_level=100)
    masks.receive(by=leader, quantity=40, kind="purchase", at=T)
    page = part(at_desk(leader), at(T + hours(1)))
    assert "医用口罩 40 &lt; 100" in page
    assert "low: under 100" in page


@pytest.mark.parametrize(("alarms", "shown", "more"), [(6, 6, 0), (7, 5, 2), (9, 5, 4)])
def test_the_wall_says_how_many_alarms_it_leaves_out(at_desk, leader, monkeypatch, alarms, shown, more):
    found = [Alarm("broken", "bad", f"alarm no. {number}") for number in range(alarms)]
    monkeypatch.setattr("enforcement.dashboard.page.alarms_of", lambda page: found)
    wall = at_desk(leader).get(reverse("dashboard_wall")).content.decode()
    assert wall.count("alarm no. ") == shown
    assert (f"and {more} more alarms" in wall) == bool(more)


def test_the_oldest_unsigned_complaint_is_named_and_opens_for_who_may_read_it(at_desk, leader, viewer, inspector):
    first = complaint(leader, to=[inspector])
    complaint(leader, to=[inspector], number="13900002222")
    own = reverse("complaints:complaint", args=[first.number])
    for moment in (reverse("dashboard"), at(timezone.now())):
        page = part(at_desk(leader), moment)
        assert [href for href, text in links(page) if "oldest since" in text] == [own]
        page = part(at_desk(viewer), moment)
        assert "oldest since" in page and first.number not in page


# --- numbers ----------------------------------------------------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.parametrize("moment", [None, T + hours(1.5), T + hours(5)], ids=["now", "two hours", "five hours"])
def test_every_number_is_the_length_of_the_list_behind_it(at_desk, leader, eventful, moment):
    client = at_desk(leader)
    page = part(client, reverse("dashboard") if moment is None else at(moment))
    counted = ("/targets/", "/complaints/figures/rows/", "/patrols/", "/violations/")
    followed = [(href, n) for href, n in numbered(page) if any(place in href for place in counted)]
    followed = [(href, n) for href, n in followed if "what=minutes" not in href]  # a duration
    assert len(followed) > 15
    wrong = {href: (n, behind) for href, n in followed if (behind := rows_behind(client, href)) != n}
    assert not wrong


@pytest.mark.parametrize("who", ["leader", "duty_officer", "inspector", "editor", "clerk", "auditor", "viewer"])
def test_no_link_leads_where_its_reader_is_refused(request, at_desk, eventful, who):
    client = at_desk(request.getfixturevalue(who))
    asked = {href for href, _text in links(part(client, reverse("dashboard"))) if href.startswith("/")}
    kinds = {re.sub(r"=[^&]*", "", href): href for href in asked}  # one of each kind is enough
    refused = {href: answer.status_code for href in kinds.values() if (answer := client.get(href)).status_code >= 400}
    assert not refused


def test_the_viewer_sees_numbers_and_no_venue_and_no_complaint(at_desk, viewer, eventful):
    page = part(at_desk(viewer), reverse("dashboard"))
    assert "1 / " in page
    assert "蓝天网吧" not in page
    assert Complaint.objects.first().number not in page


@pytest.mark.parametrize("who", ["administrator"])
def test_who_may_not_see_figures_is_refused(request, signed_in, who):
    client = signed_in(request.getfixturevalue(who))
    assert client.get(reverse("dashboard")).status_code == 403
    assert client.get(reverse("dashboard_wall")).status_code == 403


def test_the_latest_report_that_was_signed_by_the_moment_is_named(at_desk, leader, duty_officer):
    DailyReport.objects.create(
        number=7, state="signed", as_of=T, drafted_by=duty_officer, signed_by=leader, signed_at=T + hours(1), figures={},
        content_hash="x",
    )  # fmt: skip
    client = at_desk(leader)
    assert "no. 7" in part(client, at(T + hours(1)))
    assert "none is signed yet" in part(client, at(T))


@pytest.mark.parametrize("who", ["leader", "viewer"])
def test_from_the_dashboard_a_leader_signs_the_waiting_report_in_three_clicks(
    request, at_desk, who, leader, duty_officer, order
):
    report = DailyReport.objects.draft(by=duty_officer, as_of=T + hours(5))
    client = at_desk(request.getfixturevalue(who))
    page, past = part(client, reverse("dashboard")), part(client, at(T + hours(6)))
    assert "waits for a" not in past
    if who == "viewer":
        assert "waits for a review" not in page
        return
    href = next(href for href, text in links(page) if "waits for a review" in text)
    for press in ("report_review", "report_sign"):
        shown = client.get(href).content.decode()
        assert reverse(press, args=[report.pk]) in shown
        client.post(reverse(press, args=[report.pk]), {"edits": 0, "form_key": uuid.uuid4()})
    report.refresh_from_db()
    assert report.state == "signed" and report.signed_by == leader
    assert "waits for a" not in part(client, reverse("dashboard"))


# --- time -------------------------------------------------------------------------------------------------------------
def test_a_past_moment_answers_the_same_when_more_is_known_later(at_desk, leader, eventful, inspector, netbar):
    client, moment = at_desk(leader), timezone.now()
    before = part(client, at(moment))
    complaint(leader, to=[inspector], number="13900003333")
    looked(netbar, timezone.now())
    refresh_venues([netbar])
    assert part(client, at(moment)) == before
    assert part(client, reverse("dashboard")) != before


def test_how_long_a_signature_is_waited_for_is_that_of_the_moment(at_desk, leader, inspector):
    one = complaint(leader, to=[inspector])
    moment = timezone.now()
    one.refresh_from_db()
    one.sign(by=inspector)
    client = at_desk(leader)
    assert "1 complaint waits for a signature" in part(client, at(moment))
    assert "oldest since" in part(client, at(moment))
    assert "waits for a signature" not in part(client, reverse("dashboard"))


def test_it_asks_again_by_itself_now_and_never_in_the_past(at_desk, leader, order):
    client = at_desk(leader)
    for name in ("dashboard", "dashboard_wall"):
        live, past = filled(client.get(reverse(name))), filled(client.get(f"{reverse(name)}?as_of=2020-01-25"))
        assert f'hx-get="{reverse(name)}"' in live
        assert f'hx-get="{reverse(name)}' not in past
        assert "This is the past: as it was at" in past


def test_the_part_stands_in_the_page(at_desk, leader, order):
    client, url = at_desk(leader), at(T + hours(1))
    page = client.get(url)
    assert part(client, url).strip() in page.content.decode()
    assert "HX-Request" in page.headers["Vary"]


def test_a_moment_that_is_none_is_told_and_kept(at_desk, leader):
    answer = at_desk(leader).get(f"{reverse('dashboard')}?as_of=yesterday")
    assert answer.status_code == 400
    assert 'value="yesterday"' in answer.content.decode()
    assert "This is no moment" in answer.content.decode()


# --- orders -----------------------------------------------------------------------------------------------------------
def test_of_several_orders_the_latest_is_shown_and_another_may_be_asked_for(at_desk, leader, order):
    other = issued(many_venues(3), number="TS-2", at=T + hours(24))
    client = at_desk(leader)
    assert "/ 3" in re.sub(r"<[^>]+>", "", part(client, reverse("dashboard")))
    page = filled(client.get(reverse("dashboard"), {"order": order.number}))
    assert f"/orders/{order.pk}/targets/" in page
    assert f"/orders/{other.pk}/targets/" not in page
    assert 'aria-current="true"' in page
    assert f'name="order" value="{order.number}"' in page


def test_an_order_that_was_never_in_force_is_not_there(signed_in, leader, order):
    ClosureOrder.objects.filter(pk=order.pk).update(status="draft", activated_at=None)
    for number in (order.number, "no such", "x" * 500):
        assert signed_in(leader).get(reverse("dashboard"), {"order": number}).status_code == 404


# --- the wall ---------------------------------------------------------------------------------------------------------
def test_on_the_wall_there_is_nothing_to_press_and_no_name_of_a_venue(at_desk, leader, eventful):
    page = filled(at_desk(leader).get(reverse("dashboard_wall")))
    shown = page.split('<div id="dashboard-wall"')[1].split("<footer")[0]
    assert links(shown) == []
    assert "<button" not in shown
    assert "1 venue is running" in shown
    assert "蓝天网吧" not in shown


# --- speed ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("when", "most"), [("now", 80), ("past", 82)])
def test_the_number_of_queries_does_not_grow(at_desk, leader, inspector, eventful, when, most):
    client = at_desk(leader)
    url = reverse("dashboard") if when == "now" else at(timezone.now())
    few = queries(client, url)
    for venue in many_venues(6, districts=3):
        looked(venue, T + hours(1))
    for n in range(3):
        complaint(leader, to=[inspector], number=f"1390000444{n}")
        SupplyItem.objects.create(category="mask", name=f"口罩{n}", unit="只")
    if when == "past":
        url = at(timezone.now() - datetime.timedelta(microseconds=1))
    assert queries(client, url) <= few
    assert few == most


def test_an_order_that_is_in_force_before_its_moment_takes_nothing_from_the_page(at_desk, leader, eventful):
    later = timezone.now() + datetime.timedelta(minutes=4)
    ahead = ClosureOrder.objects.draft(
        by=leader, categories=[Category.objects.get(slug="song_dance")], number="TS-AHEAD", title="x", issued_at=later,
        effective_at=later, deadline_at=later + hours(4),
    )  # fmt: skip
    ahead.activate(by=leader, typed_total=ahead.preview().total)
    assert figures(timezone.now()).closures["order"] == eventful.number
    for name in ("dashboard", "dashboard_wall"):
        answer = at_desk(leader).get(reverse(name))
        assert answer.status_code == 200 and "TS-AHEAD" not in answer.content.decode()

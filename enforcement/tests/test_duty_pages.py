"""Duty today, the wall, the head of every page, the pages of the chain and of a handover: what they say, and to whom."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enforcement.models.duty import Absence, CoverageRule, Custody, Handover
from enforcement.tests.watches import HOURS, put, roster, watch
from venues.models import Alert
from venues.tests.forms import queries, sent

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def version(leader, now):
    today, day = timezone.localdate(now), datetime.timedelta(days=1)
    CoverageRule.objects.update(valid_from=now - 24 * HOURS)
    version = roster(leader, starts_on=today - day, ends_on=today + day)
    version.published_at = now - 20 * HOURS
    return version


@pytest.fixture
def day(version, leader, duty_officer, inspector, now):
    """A watch that began an hour ago: 武桂平 leads, 钟子磊 has the telephone, 毛敏梅 is the second officer."""
    return watch(version, now - HOURS, leader=leader, phone=duty_officer, officer=inspector)


@pytest.fixture
def held(day, duty_officer, now):
    return Custody.objects.take_first(by=duty_officer, post="phone", officer=duty_officer, at=now - HOURS)


def text(client, url, **headers):
    answer = client.get(url, **headers)
    assert answer.status_code == 200
    return answer.content.decode()


def head(client, url="/password/"):
    page = text(client, url)
    return page[page.index('id="duty-head"') : page.index("</aside>")]


@pytest.mark.parametrize("url", ["/duty/", "/duty/wall/"])
def test_duty_today_names_them_in_full_and_in_part(url, day, signed_in, leader):
    client = signed_in(leader)
    whole, part = text(client, url), text(client, url, **HTMX)
    for name in ("武桂平", "钟子磊", "毛敏梅"):
        assert name in whole and name in part
    assert "<html" in whole and "<html" not in part
    answer = client.get(url)
    assert (
        "HX-Request" in answer["Vary"]
        and "no-cache" in answer["Cache-Control"]
        and "no-store" in answer["Cache-Control"]
    )


def test_without_a_roster_duty_today_says_so(signed_in, leader):
    page = text(signed_in(leader), "/duty/")
    assert "nobody" in page or "无人" in page


def test_the_wall_shows_no_telephone_number_and_is_there_for_its_screen(day, signed_in, duty_officer, viewer):
    duty_officer.phone = "13000000230"
    duty_officer.save()
    assert "13000000230" not in text(signed_in(viewer), "/duty/wall/")
    assert signed_in(viewer).get("/duty/").status_code == 403


def test_a_rule_that_is_broken_now_is_said_in_red(day, signed_in, leader, inspector, now):
    client = signed_in(leader)
    assert "notice tone-bad" not in text(client, "/duty/") and "duty-wall-broken" not in text(client, "/duty/wall/")
    Absence.objects.create(officer=inspector, left_at=now, reason="送水", recorded_by=inspector)
    assert "notice tone-bad" in text(client, "/duty/") and "duty-wall-broken" in text(client, "/duty/wall/")


def test_the_head_of_every_page_says_who(day, signed_in, editor):
    assert "武桂平" in head(signed_in(editor)) and "钟子磊" in head(signed_in(editor))
    assert 'href="/duty/"' not in head(signed_in(editor))  # an editor does not see the roster


def test_the_head_is_computed_and_never_names_the_last_shift(held, signed_in, leader, second_duty_officer, now):
    client = signed_in(leader)
    assert "钟子磊" in head(client)
    held.pass_on(second_duty_officer, at=now, kind="takeover", reason="急病")
    assert "徐玉" in head(client) and "钟子磊" not in head(client)
    assert "徐玉" in text(client, "/duty/head/")
    assert "no-store" in client.get("/duty/head/")["Cache-Control"]


def test_a_page_costs_one_query_for_its_head(day, signed_in, leader):
    client = signed_in(leader)
    client.get("/password/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/password/")
    assert sum("enforcement_custody" in query["sql"] for query in captured) == 1


def test_duty_today_costs_the_same_however_many_there_are(day, signed_in, leader, second_inspector, trainee):
    client = signed_in(leader)
    few = queries(client, "/duty/")
    for officer in (second_inspector, trainee):
        put(day["leader"].shift, officer, "officer")
    assert queries(client, "/duty/") == few


def test_who_was_not_relieved_stays_and_it_shows(
    version, signed_in, duty_officer, leader, second_duty_officer, inspector, now
):
    watch(version, now - 13 * HOURS, leader=leader, phone=duty_officer, officer=inspector)
    watch(version, now - HOURS, leader=leader, phone=second_duty_officer, officer=inspector)
    Custody.objects.take_first(by=duty_officer, post="phone", officer=duty_officer, at=now - 13 * HOURS)
    client = signed_in(leader)
    page, ended = text(client, "/duty/"), timezone.localtime(now - HOURS)
    notice = page[page.index("notice tone-warn") : page.index("</div>", page.index("notice tone-warn"))]
    assert "钟子磊" in notice and f"{ended:%H:%M}" in notice and "徐玉" in notice
    assert "duty-bad" in head(client)
    wall = text(client, "/duty/wall/")
    assert "duty-wall-post tone-warn" in wall and "徐玉" in wall[wall.index("tone-warn") :]


def test_going_on_duty_is_an_act_of_two(held, signed_in, duty_officer, second_duty_officer, leader, now):
    Alert.objects.raise_alert(by=leader, source="other", words="", place="民主路网吧", at=now - HOURS)
    outgoing, incoming = signed_in(duty_officer), signed_in(second_duty_officer)
    assert "民主路网吧" in text(outgoing, "/duty/handover/new/?post=phone")
    answer = sent(outgoing, "/duty/handover/new/?post=phone", {"incoming": second_duty_officer.pk, "remark": "钥匙"})
    handover = Handover.objects.get()
    url = handover.get_absolute_url()
    assert answer.url == url and "民主路网吧" in text(incoming, url)
    assert sent(incoming, f"{url}take/", {}).status_code == 422  # nothing accepted
    item = handover.items.get()
    assert sent(outgoing, f"{url}accept/{item.pk}/", {}).status_code == 422
    assert sent(incoming, f"{url}accept/{item.pk}/", {"remark": "已知"}).url == f"{url}#take"
    assert sent(incoming, f"{url}accept/{item.pk}/", {}).status_code == 409
    assert sent(incoming, f"{url}take/", {}).status_code == 302
    assert Custody.objects.open("phone").officer == second_duty_officer
    assert sent(incoming, f"{url}countersign/", {}).status_code == 403
    assert sent(signed_in(leader), f"{url}countersign/", {}).status_code == 302
    assert sent(incoming, f"{url}note/", {"text": "又一件"}).status_code == 422
    assert sent(incoming, f"{url}add/", {"text": "补充说明"}).status_code == 302
    assert "补充说明" in text(incoming, url)


def test_what_came_up_is_offered_on_the_page_and_what_was_typed_is_kept(
    held, signed_in, duty_officer, second_duty_officer, leader
):
    handover = Handover.objects.prepare(by=duty_officer, incoming=second_duty_officer)
    url, outgoing = handover.get_absolute_url(), signed_in(duty_officer)
    Alert.objects.raise_alert(by=leader, source="other", words="", place="滨河路酒吧")
    assert f"{url}refresh/" in text(outgoing, url)
    assert sent(outgoing, f"{url}refresh/", {}).status_code == 302 and handover.items.count() == 1
    assert sent(outgoing, f"{url}note/", {"text": " "}).status_code == 422
    assert sent(outgoing, f"{url}note/", {"text": "钥匙在抽屉"}).status_code == 302
    answer = sent(signed_in(second_duty_officer), f"{url}note/", {"text": "不是我的交接"})
    assert answer.status_code == 422
    assert sent(outgoing, f"{url}withdraw/", {"reason": "换人"}).status_code == 302
    answer = sent(outgoing, f"{url}note/", {"text": "太晚了的话"})
    assert answer.status_code == 409


def test_an_emergency_needs_a_reason_and_another_leader(held, signed_in, inspector, leader):
    street = signed_in(inspector)
    assert "钟子磊" in text(street, "/duty/custody/take/?post=phone")
    assert sent(street, "/duty/custody/take/?post=phone", {"reason": ""}).status_code == 422
    assert sent(street, "/duty/custody/take/?post=phone", {"reason": "值班员急病"}).status_code == 302
    taken = Custody.objects.open("phone")
    assert taken.officer == inspector and "值班员急病" in text(signed_in(leader), "/duty/custody/")
    assert "毛敏梅" in text(signed_in(leader), "/duty/")
    assert sent(street, f"/duty/custody/{taken.pk}/approve/", {}).status_code == 403
    sent(signed_in(leader), f"/duty/custody/{taken.pk}/approve/", {})
    taken.refresh_from_db()
    assert taken.approved_by == leader


def test_the_first_takes_the_post_by_one_press(day, signed_in, duty_officer, second_duty_officer):
    assert sent(signed_in(duty_officer), "/duty/custody/take/", {}).url == "/duty/"
    assert Custody.objects.open("phone").officer == duty_officer
    assert sent(signed_in(second_duty_officer), "/duty/custody/take/", {}).status_code == 422  # now it takes a reason
    assert Custody.objects.count() == 1


def test_the_officer_who_comes_next_is_proposed(
    day, version, held, signed_in, duty_officer, second_duty_officer, inspector, leader, now
):
    watch(version, now + 11 * HOURS, leader=leader, phone=second_duty_officer, officer=inspector)
    page = text(signed_in(duty_officer), "/duty/handover/new/")
    assert f'<option value="{second_duty_officer.pk}" selected>' in page


@pytest.mark.parametrize(
    "url",
    [
        "/duty/custody/?post=x&after=zz&before=9-9-9", "/duty/handovers/?state=x&after=-1", "/duty/custody/take/?post=x",
        "/duty/handover/new/?post=nothing", "/duty/log/?from=99999&until=x&kind=y&after=9&q=%25", "/duty/log/new/?corrects=",
    ],
)  # fmt: skip
def test_odd_addresses_are_answered(url, signed_in, leader):
    assert signed_in(leader).get(url).status_code == 200


@pytest.mark.parametrize("url", ["/duty/handover/99999/", "/duty/log/new/?corrects=99999", "/duty/log/new/?corrects=x"])
def test_what_is_not_there_is_404(url, signed_in, leader):
    assert signed_in(leader).get(url).status_code == 404


def test_an_item_of_another_handover_is_404(held, signed_in, duty_officer, second_duty_officer):
    handover = Handover.objects.prepare(by=duty_officer, incoming=second_duty_officer)
    answer = sent(signed_in(second_duty_officer), f"{handover.get_absolute_url()}accept/99999/", {})
    assert answer.status_code == 404


@pytest.mark.parametrize("post", ["phone", "leader"])
def test_only_who_serves_takes_over(post, signed_in, duty_officer, leader, auditor, inspector):
    auditor.can_lead = auditor.can_hold_phone = True
    auditor.save()
    form = signed_in(duty_officer).get(f"/duty/handover/new/?post={post}").context["form"]
    offered = set(form.fields["incoming"].queryset)
    assert leader in offered and auditor not in offered
    assert (inspector in offered) == (post == "phone")

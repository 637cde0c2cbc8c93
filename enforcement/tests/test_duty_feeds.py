"""Calendar feeds: secret addresses that show duties to calendar programs, and nothing else to nobody else."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from complaints.tests.secret_callers import Ears
from enforcement.duty.feeding import KEPT, feed_text
from enforcement.models.audit import AuditEntry
from enforcement.models.duty import Assignment, CalendarFeed, DutyChange, RosterVersion, Shift
from enforcement.tests import icalendar_reader
from enforcement.tests.duties import BEFORE, HOUR, T, published, serve
from venues.transitions import Refused, TooLate


@pytest.fixture
def version(leader):
    return published(leader)


@pytest.fixture
def duty(version, duty_officer):
    return serve(version, duty_officer, "phone")


def feed_of(officer):
    return CalendarFeed.objects.make(by=officer, officer=officer)[0]


def shown(feed, at=T):
    return icalendar_reader.events(feed_text(feed, at))


def covered(duty, taker, leader, at=BEFORE, **span):
    change = DutyChange.objects.ask(by=duty.officer, kind="cover", assignment=duty, reason="家中有事", at=at, **span)
    change.take(by=taker, at=at)
    change.approve(by=leader, at=at)


def publish_again(version, rows, at):
    """A new version that says the same of these rows, as publishing does."""
    RosterVersion.objects.filter(pk=version.pk).update(state="superseded")
    new = RosterVersion.objects.create(
        roster=version.roster, number=version.number + 1, state="published", published_at=at
    )
    Assignment.objects.in_force().update(lapsed_at=at)
    for row in rows:
        shift, _new = Shift.objects.get_or_create(version=new, start=row.shift.start, defaults={"end": row.shift.end})
        Assignment.objects.create(
            shift=shift, officer=row.officer, role=row.role, start=row.start, end=row.end, entered_at=at
        )
    return new


# --- what it says
def test_a_feed_says_when_somebody_serves(duty, duty_officer):
    (event,) = shown(feed_of(duty_officer))
    assert (event["start"], event["end"], event["zone"]) == (duty.start, duty.end, "Asia/Shanghai")
    assert (event["sequence"], event["status"]) == (0, "CONFIRMED")
    assert f"{event['start']:%H:%M}" == "08:00"


def test_a_feed_of_a_person_shows_nobody_else(duty, version, duty_officer, inspector):
    serve(version, inspector, "officer")
    assert len(shown(feed_of(duty_officer))) == 1


def test_a_feed_of_a_post_names_who_serves(duty, version, duty_officer, inspector, leader):
    serve(version, inspector, "phone", T + 12 * HOUR)
    serve(version, leader, "leader")
    feed, _secret = CalendarFeed.objects.make(by=leader, role="phone")
    assert [("钟子磊" in event["summary"], "毛敏梅" in event["summary"]) for event in shown(feed)] == [
        (True, False), (False, True),
    ]  # fmt: skip


def test_drafts_are_not_shown(version, duty_officer):
    serve(version, duty_officer, "phone", entered_at=None)
    assert shown(feed_of(duty_officer)) == []


def test_publishing_the_same_again_changes_nothing(duty, version, duty_officer):
    feed = feed_of(duty_officer)
    before = feed_text(feed, T)
    publish_again(version, [duty], BEFORE)
    assert feed_text(feed, T) == before


def test_a_duty_given_away_stays_as_cancelled_with_a_higher_sequence(duty, duty_officer, inspector, leader):
    feed, takers = feed_of(duty_officer), feed_of(inspector)
    (before,) = shown(feed)
    covered(duty, inspector, leader)
    (after,) = shown(feed)
    assert (after["uid"], after["status"], after["sequence"]) == (before["uid"], "CANCELLED", 1)
    assert after["stamp"] > before["stamp"]
    assert [event["status"] for event in shown(takers)] == ["CONFIRMED"]


def test_a_duty_cut_short_keeps_its_uid(duty, duty_officer, inspector, leader):
    feed = feed_of(duty_officer)
    (before,) = shown(feed)
    covered(duty, inspector, leader, start=T + 6 * HOUR)
    (after,) = shown(feed)
    assert (after["uid"], after["sequence"], after["end"]) == (before["uid"], 1, T + 6 * HOUR)


def test_what_comes_back_after_being_dropped_has_the_highest_sequence(duty, version, duty_officer):
    feed = feed_of(duty_officer)
    sequences = [shown(feed)[0]["sequence"]]
    second = publish_again(version, [], BEFORE)
    sequences.append(shown(feed)[0]["sequence"])
    publish_again(second, [duty], BEFORE + HOUR)
    (event,) = shown(feed)
    assert (event["status"], [*sequences, event["sequence"]]) == ("CONFIRMED", [0, 1, 2])


def test_old_duties_leave_the_feed(duty, duty_officer):
    assert shown(feed_of(duty_officer), T + KEPT + 30 * HOUR) == []


def test_a_feed_costs_one_query_however_many_duties(version, duty_officer, django_assert_num_queries):
    feed = feed_of(duty_officer)
    for n in range(20):
        serve(version, duty_officer, "phone", T + n * 24 * HOUR)
    with django_assert_num_queries(1):
        assert len(shown(feed)) == 20


def test_there_is_no_telephone_number_in_it(version, duty_officer, leader):
    duty_officer.phone, duty_officer.name = "13900000007", "钟子磊 139-0000-0008"
    duty_officer.save()
    serve(version, duty_officer, "phone")
    for feed in (feed_of(duty_officer), CalendarFeed.objects.make(by=leader, role="phone")[0]):
        text = feed_text(feed, T).decode().replace("\r\n ", "")
        assert "1390000" not in text and "0000-0008" not in text


def test_long_and_odd_names_are_folded_and_escaped(version, duty_officer, leader):
    duty_officer.name = "欧阳；甲,乙;丙\\丁" * 5
    duty_officer.save()
    serve(version, duty_officer, "phone")
    (event,) = shown(CalendarFeed.objects.make(by=leader, role="phone")[0])
    assert duty_officer.name in event["summary"]


def test_it_speaks_the_language_of_its_maker(duty, duty_officer):
    duty_officer.language = "en"
    feed = feed_of(duty_officer)
    assert shown(feed)[0]["summary"] == "Duty: telephone officer"


@pytest.mark.parametrize(
    "broken", [b"BEGIN:VCALENDAR\n", b"BEGIN:VCALENDAR\r\nX\r\n", b"SUMMARY:" + b"x" * 80 + b"\r\n"]
)
def test_the_reader_is_strict(broken):
    with pytest.raises(AssertionError):
        icalendar_reader.read(broken)


# --- its address
def make(client, of="mine", key=None):
    return client.post("/duty/feeds/new/", {"of": of, "form_key": str(key or uuid.uuid4())})


def address_in(response):
    text = response.content.decode()
    return text[text.index("http://testserver/duty/feed/") :].split("<")[0].removeprefix("http://testserver")


@pytest.fixture
def made(duty, signed_in, duty_officer):
    """(the client of its maker, the address of his feed)"""
    client = signed_in(duty_officer)
    return client, address_in(make(client))


def test_the_address_opens_the_feed_without_signing_in(made):
    answer = Client().get(made[1])
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert len(icalendar_reader.events(answer.content)) in (0, 1)
    assert "private" in answer["Cache-Control"]


def test_only_a_hash_of_the_secret_is_kept(made):
    secret = made[1].removeprefix("/duty/feed/").removesuffix(".ics")
    feed = CalendarFeed.objects.get()
    assert len(secret) >= 43 and secret not in str(CalendarFeed.objects.values().get(pk=feed.pk))
    assert secret not in made[0].get("/duty/mine/").content.decode()


def test_the_page_that_shows_it_is_not_kept_by_browsers(signed_in, duty_officer):
    assert "no-store" in make(signed_in(duty_officer))["Cache-Control"]


def test_the_form_sent_again_shows_the_same_address(signed_in, duty_officer):
    client, key = signed_in(duty_officer), uuid.uuid4()
    assert address_in(make(client, key=key)) == address_in(make(client, key=key))
    assert CalendarFeed.objects.count() == 1


def test_the_key_of_another_makes_another_address(signed_in, duty_officer, inspector):
    key = uuid.uuid4()
    mine, his = (address_in(make(signed_in(officer), key=key)) for officer in (duty_officer, inspector))
    assert mine != his


@pytest.mark.parametrize("fields", [{}, {"form_key": "x"}, {"form_key": str(uuid.UUID(int=5)), "of": "king"}])
def test_without_a_key_or_with_an_unknown_post_none_is_made(fields, signed_in, duty_officer):
    assert signed_in(duty_officer).post("/duty/feeds/new/", fields).status_code == 422
    assert not CalendarFeed.objects.exists()


def test_asked_again_an_unchanged_feed_is_not_sent_again(made):
    etag = Client().get(made[1])["ETag"]
    again = Client().get(made[1], headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)


def test_a_change_of_the_roster_changes_its_etag(made, version, duty_officer):
    etag = Client().get(made[1])["ETag"]
    serve(version, duty_officer, "phone", timezone.now())
    assert Client().get(made[1], headers={"If-None-Match": etag}).status_code == 200


def test_a_revoked_address_is_gone_and_stays_on_the_record(made, duty_officer):
    feed = CalendarFeed.objects.get()
    answer = made[0].post(f"/duty/feeds/{feed.pk}/revoke/", {"form_key": str(uuid.uuid4())})
    assert answer.status_code == 302
    assert Client().get(made[1]).status_code == 410
    feed.refresh_from_db()
    assert feed.revoked_by == duty_officer
    with pytest.raises(TooLate):
        feed.revoke(by=duty_officer)


def test_the_address_of_who_left_is_gone(made, duty_officer):
    duty_officer.is_active = False
    duty_officer.save()
    assert Client().get(made[1]).status_code == 410


def test_an_address_that_never_was_is_not_found(db):
    assert Client().get(f"/duty/feed/{'x' * 43}.ics").status_code == 404


def test_others_do_not_revoke_it_but_who_plans_does(made, signed_in, inspector, leader):
    feed = CalendarFeed.objects.get()
    path, key = f"/duty/feeds/{feed.pk}/revoke/", {"form_key": str(uuid.uuid4())}
    assert signed_in(inspector).post(path, key).status_code == 404
    with pytest.raises(Refused):
        feed.revoke(by=inspector)
    assert signed_in(leader).post(path, key).status_code == 302
    assert Client().get(made[1]).status_code == 410


@pytest.mark.parametrize("role", ["refund_clerk", "auditor"])
def test_who_does_not_serve_makes_none(role, signed_in, clerk, auditor):
    officer = {"refund_clerk": clerk, "auditor": auditor}[role]
    assert make(signed_in(officer)).status_code == 403


def test_a_feed_of_another_person_is_not_made(duty_officer, inspector):
    with pytest.raises(Refused):
        CalendarFeed.objects.make(by=inspector, officer=duty_officer)


# --- the secret in no log
@pytest.mark.parametrize("what", ["read", "revoked", "unknown", "unknown, signed in", "broken"])
def test_the_secret_is_in_no_log(what, made, monkeypatch, inspector, signed_in):
    path = made[1] if "unknown" not in what else f"/duty/feed/{'q7' * 21}.ics"
    secret = path.removeprefix("/duty/feed/").removesuffix(".ics")
    if what == "revoked":
        CalendarFeed.objects.get().revoke(by=made[0].get("/duty/mine/").wsgi_request.user)
    if what == "broken":
        monkeypatch.setattr("enforcement.views.duty.feeds.feed_text", _fail)
    client = signed_in(inspector) if "signed in" in what else Client(raise_request_exception=False)
    with Ears() as ears:
        client.get(path)
    assert secret not in "\n".join(ears.lines)
    assert "read" in what or ears.lines
    assert secret not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def _fail(*_args):
    raise RuntimeError("no feed")


def test_the_secret_is_not_in_the_access_log(made):
    """A line as gunicorn's log of requests writes it (gunicorn.conf.py)."""
    import logging

    with Ears() as ears:
        entry = {"method": "GET", "path": made[1], "status": 200}
        logging.getLogger("gunicorn.access").warning("%(method)s %(path)s %(status)s", entry)
    assert "GET /duty/feed/[" in ears.lines[0].encode().decode("unicode_escape")
    assert made[1] not in ears.lines[0] and made[1] in ears.raw[0], "the control: unmasked it would be there"

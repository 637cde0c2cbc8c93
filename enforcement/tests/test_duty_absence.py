"""离岗报备: somebody on duty leaves the post and says to whom; he counts again when he is back."""

import datetime
import uuid

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from enforcement.models.duty import Absence, Custody
from enforcement.tests.duties import HOUR, T, published, serve
from venues.tests.forms import sent
from venues.transitions import Refused, TooLate

NOW = T + 2 * HOUR


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def duty(leader, duty_officer):
    return serve(published(leader), duty_officer, "phone")


def leave_post(officer, told_to, **more):
    more.setdefault("at", NOW)
    return Absence.objects.leave_post(
        by=more.pop("by", officer), officer=officer, reason="取药", told_to=told_to, **more
    )


def test_he_counts_again_from_the_moment_of_coming_back(duty, duty_officer, leader):
    absence = leave_post(duty_officer, leader)
    assert list(Absence.objects.open_at(NOW)) == [absence]
    absence.come_back(by=leader, at=NOW + HOUR)
    assert (absence.back_at, absence.back_recorded_by) == (NOW + HOUR, leader)
    assert not Absence.objects.open_at(NOW + HOUR) and Absence.objects.open_at(NOW + HOUR / 2)


def test_who_is_not_on_duty_leaves_nothing(duty, inspector, leader):
    with pytest.raises(Refused, match="not on duty"):
        leave_post(inspector, leader)


def test_who_still_holds_the_telephone_is_on_duty(duty, inspector, leader):
    Custody.objects.take_first(by=leader, post="phone", officer=inspector, at=T)
    leave_post(inspector, leader)


def test_somebody_is_told_and_not_himself(duty, duty_officer):
    for nobody in (None, duty_officer):
        with pytest.raises(Refused, match="whom"):
            leave_post(duty_officer, nobody)


def test_nobody_leaves_twice_without_coming_back(duty, duty_officer, leader):
    leave_post(duty_officer, leader)
    with pytest.raises(TooLate, match=r"钟子磊.*2020-01-24 10:00"):
        leave_post(duty_officer, leader, at=NOW + HOUR)


def test_of_two_who_record_the_return_the_second_is_told(duty, duty_officer, leader):
    absence = leave_post(duty_officer, leader)
    absence.come_back(by=leader, at=NOW + HOUR)
    with pytest.raises(TooLate, match="武桂平"):
        absence.come_back(by=duty_officer, at=NOW + 2 * HOUR)


@pytest.mark.parametrize("left", [-25, 1], ids=["too long ago", "in the future"])
def test_it_is_recorded_when_it_is_so(left, duty, duty_officer, leader):
    with pytest.raises(Refused):
        leave_post(duty_officer, leader, left_at=NOW + left * HOUR)


@pytest.mark.parametrize("back", [0, 2], ids=["before leaving", "in the future"])
def test_the_return_lies_after_the_leaving_and_not_ahead(back, duty, duty_officer, leader):
    absence = leave_post(duty_officer, leader)
    with pytest.raises(Refused):
        absence.come_back(by=leader, back_at=NOW + back * HOUR, at=NOW + HOUR)


def test_the_database_knows_one_open_absence_of_an_officer(duty, duty_officer, leader):
    leave_post(duty_officer, leader)
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(officer=duty_officer, left_at=NOW, reason="x", recorded_by=leader)


# --- the page
@pytest.fixture
def on_duty_now(leader, duty_officer):
    now = timezone.now()
    return serve(published(leader, now), duty_officer, "phone", now - HOUR)


def fields(officer, told_to, **more):
    now = timezone.localtime()
    said = {
        "officer": officer.pk,
        "told_to": told_to.pk,
        "reason": "取药",
        "on": f"{now:%Y-%m-%d}",
        "time": f"{now:%H:%M}",
    }
    return said | more


def test_what_it_does_to_the_coverage_is_said_before_it_is_confirmed(on_duty_now, signed_in, duty_officer, leader):
    from enforcement.models.duty import CoverageRule

    CoverageRule.objects.update(valid_from=timezone.now() - 30 * HOUR)
    client, key = signed_in(duty_officer), uuid.uuid4()
    answer = sent(client, "/duty/absence/", fields(duty_officer, leader), key=key)
    assert answer.status_code == 200 and 'name="confirmed"' in answer.content.decode()
    assert not Absence.objects.exists()
    answer = sent(client, "/duty/absence/", fields(duty_officer, leader, confirmed="yes"), key=key)
    assert (answer.status_code, Absence.objects.count()) == (302, 1)


def test_without_a_rule_that_breaks_it_is_recorded_at_once(on_duty_now, signed_in, duty_officer, leader):
    from enforcement.models.duty import CoverageRule

    CoverageRule.objects.all().delete()
    client = signed_in(duty_officer)
    assert sent(client, "/duty/absence/", fields(duty_officer, leader)).status_code == 302
    absence = Absence.objects.get()
    page = client.get("/duty/absence/").content.decode()
    assert f"/duty/absence/{absence.pk}/back/" in page
    now = timezone.localtime() + datetime.timedelta(minutes=1)
    back = {f"a{absence.pk}-on": f"{now:%Y-%m-%d}", f"a{absence.pk}-time": f"{now:%H:%M}"}
    assert sent(client, f"/duty/absence/{absence.pk}/back/", back).status_code == 302
    assert sent(client, f"/duty/absence/{absence.pk}/back/", back).status_code == 409


def test_a_refusal_keeps_what_was_typed(on_duty_now, signed_in, duty_officer, inspector, leader):
    answer = sent(signed_in(duty_officer), "/duty/absence/", fields(inspector, leader))
    assert answer.status_code == 422 and "取药" in answer.content.decode()


def test_59_seconds_within_one_minute_are_59_seconds(signed_in, leader, duty_officer):
    """Pages that stay open do not say when he came back: an empty moment is that of pressing, to the second."""
    serve(published(leader, T), duty_officer, "phone")
    said, seconds = {"officer": duty_officer.pk, "told_to": leader.pk, "reason": "取药", "confirmed": "yes"}, []
    for at in (NOW, NOW + datetime.timedelta(seconds=59)):
        with time_machine.travel(at, tick=False):
            client, absence = signed_in(duty_officer), Absence.objects.first()
            place = f"/duty/absence/{absence.pk}/back/" if absence else "/duty/absence/"
            assert sent(client, place, {} if absence else said).status_code == 302
            seconds.append(at)
    absence = Absence.objects.get()
    assert [absence.left_at, absence.back_at] == seconds


def test_a_leader_who_leaves_the_post_is_warned_that_nobody_leads(on_duty_now, signed_in, leader, duty_officer):
    from enforcement.models.duty import CoverageRule

    CoverageRule.objects.update(valid_from=timezone.now() - 30 * HOUR)
    serve(on_duty_now.shift.version, leader, "leader", on_duty_now.start)
    answer = sent(signed_in(leader), "/duty/absence/", fields(leader, duty_officer))
    assert answer.status_code == 200 and 'name="confirmed"' in answer.content.decode()
    assert not Absence.objects.exists()


def test_who_has_left_the_post_still_has_his_duty_until_its_end(duty, duty_officer, leader):
    Custody.objects.take_first(by=leader, post="phone", officer=duty_officer, at=T)
    leave_post(duty_officer, leader)
    found = type(duty_officer).objects.on_duty(NOW).get(pk=duty_officer.pk)
    assert (found.duty_role, found.duty_until) == ("phone", duty.end)


def test_only_who_serves_leaves_the_post_or_is_told(signed_in, duty_officer, leader, administrator, auditor, viewer):
    form = signed_in(duty_officer).get("/duty/absence/").context["form"]
    for field in ("officer", "told_to"):
        offered = set(form.fields[field].queryset)
        assert {duty_officer, leader} <= offered and not offered & {administrator, auditor, viewer}
    leader.is_active = False
    leader.save()
    form = signed_in(duty_officer).get("/duty/absence/").context["form"]
    assert leader not in form.fields["told_to"].queryset

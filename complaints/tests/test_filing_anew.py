"""Filing a complaint anew: old and new are kept, no deadline starts again, and a past moment counts what was so then."""

import datetime
import uuid

import pytest
from django.utils import timezone

from complaints.figures import complaint_figures, select
from complaints.forms.changes import filed_as
from complaints.models import Complaint, Topic
from complaints.tests.calling import registered
from complaints.workflow import Act, Status
from venues.models import Alert, Inspection
from venues.tests.forms import filled, sent
from venues.transitions import Refused, TooLate

MINUTE = datetime.timedelta(minutes=1)
STEPS = ("dispatch", "sign", "arrive", "stop", "answer")


@pytest.fixture
def rang():
    return (timezone.now() - datetime.timedelta(hours=5)).replace(second=0, microsecond=0)


@pytest.fixture
def complaint(duty_officer, rang, qinzhou):
    return registered(duty_officer, received_at=rang, recorded_at=rang, district=qinzhou)


@pytest.fixture
def topic(db):
    return lambda slug: Topic.objects.get(slug=slug)


@pytest.fixture
def file_anew(leader, rang):
    def refile(complaint, *, at=60, reason="听错了", **filed):
        complaint.recategorise(by=leader, reason=reason, at=rang + at * MINUTE, **filed)

    return refile


def dues(complaint):
    return {step: getattr(complaint, f"{step}_due_at") for step in STEPS}


def test_the_row_keeps_old_and_new_and_district_and_kind_follow(
    complaint, file_anew, topic, leader, make_venue, maiji, qinzhou
):
    bar = make_venue("麦积网吧", district=maiji)
    file_anew(complaint, topic=topic("noise"), venue=bar, place="二楼")
    assert (complaint.topic.slug, complaint.kind, complaint.venue, complaint.district) == (
        "noise",
        "complaint",
        bar,
        maiji,
    )
    event = complaint.events.last()
    assert (event.act, event.by, event.text, event.to_status) == (Act.RECATEGORISE, leader, "听错了", "registered")
    assert event.data == {
        "changes": {
            "topic": ["outdoor", "noise"], "kind": ["report", "complaint"], "venue": [None, bar.pk],
            "place": ["体育场东门", "二楼"], "district": [qinzhou.code, maiji.code],
        }
    }  # fmt: skip


def test_no_deadline_is_reset_by_it(complaint, file_anew, topic, netbar, inspector, leader, rang):
    complaint.dispatch(by=leader, to=[inspector], at=rang + 3 * MINUTE)
    before = dues(complaint)
    for at, slug in ((60, "noise"), (61, "internet_cafe"), (62, "consult")):
        file_anew(complaint, at=at, topic=topic(slug), venue=netbar if slug == "internet_cafe" else None)
    complaint.refresh_from_db()
    assert dues(complaint) == before and complaint.urgency == "critical"


def test_only_another_urgency_changes_what_is_due_and_then_from_the_call(complaint, file_anew, topic, rang):
    file_anew(complaint, at=200, topic=topic("noise"), urgency="urgent")
    assert complaint.answer_due_at == rang + datetime.timedelta(hours=24)
    assert complaint.dispatch_due_at == rang + 15 * MINUTE
    assert complaint_figures(rang + 150 * MINUTE)["overdue"] == 1  # as it was then
    assert complaint_figures(rang + 201 * MINUTE)["overdue"] == 0


def test_figures_by_topic_and_district_of_a_past_moment_count_those_of_that_moment(
    complaint, file_anew, topic, rang, qinzhou, maiji
):
    file_anew(complaint, at=60, topic=topic("noise"))
    file_anew(complaint, at=90, topic=topic("minors"), district=maiji)
    for minute, slug, district in (
        (30, "outdoor", qinzhou),
        (60, "noise", qinzhou),
        (89, "noise", qinzhou),
        (90, "minors", maiji),
    ):
        moment = rang + minute * MINUTE
        found = complaint_figures(moment)
        assert (found["by_topic"], found["by_district"]) == ({slug: 1}, {district.code: 1}), minute
        assert select(moment, topic=slug, district=district.code) == [complaint.pk]
    assert select(rang + 90 * MINUTE, topic="outdoor") == []


def test_the_venue_that_a_look_gave_it_does_not_move_the_district_of_a_past_moment(
    duty_officer, inspector, second_inspector, rang, make_venue, maiji
):
    complaint = registered(duty_officer, received_at=rang, recorded_at=rang)
    complaint.dispatch(by=duty_officer, to=[inspector], at=rang + MINUTE)
    before = complaint_figures(rang + 20 * MINUTE)
    found = make_venue("麦积网吧", district=maiji)
    look = Inspection.objects.record(
        by=inspector, officers=[inspector, second_inspector], alert=complaint.alert, venue=found, result="closed",
        observed_at=rang + 25 * MINUTE, client_uuid=uuid.uuid4(),
    )  # fmt: skip
    complaint.refresh_from_db()
    assert (complaint.venue, complaint.district) == (found, maiji)
    event = complaint.events.get(act=Act.RECATEGORISE)
    assert event.data == {"look": look.pk, "changes": {"venue": [None, found.pk], "district": [None, maiji.code]}}
    assert complaint_figures(rang + 20 * MINUTE) == before
    assert complaint_figures(rang + 25 * MINUTE)["by_district"] == {maiji.code: 1}


def test_who_is_on_the_way_is_sent_to_the_right_place(complaint, file_anew, netbar, inspector, leader, rang):
    complaint.dispatch(by=leader, to=[inspector], at=rang + 3 * MINUTE)
    wrong = complaint.alert
    file_anew(complaint, venue=netbar)
    wrong.refresh_from_db()
    assert wrong.answered_at is not None and netbar.name in wrong.answer_text
    assert complaint.alert != wrong and complaint.alert.venue == netbar and complaint.alert.answered_at is None
    assert [alert.venue for alert in Alert.objects.open()] == [netbar]
    file_anew(complaint, at=70, topic=Topic.objects.get(slug="minors"))
    assert Alert.objects.count() == 2


def test_a_matter_that_turns_out_to_be_about_a_place_sends_somebody_there(
    file_anew, topic, duty_officer, inspector, rang
):
    complaint = registered(duty_officer, topic=topic("consult"), received_at=rang)
    complaint.dispatch(by=duty_officer, to=[inspector], at=rang + MINUTE)
    assert complaint.alert is None
    file_anew(complaint, topic=topic("outdoor"))
    assert complaint.alert.place == "体育场东门"


def test_of_two_officers_who_file_it_anew_at_once_one_does(complaint, file_anew, topic):
    stale = Complaint.objects.get(pk=complaint.pk)
    file_anew(complaint, topic=topic("noise"))
    with pytest.raises(TooLate):
        file_anew(stale, topic=topic("minors"))
    assert complaint.events.filter(act=Act.RECATEGORISE).count() == 1


@pytest.mark.parametrize(
    "filed",
    [{}, {"reason": " ", "people": 3}, {"place": ""}, {"reason": " ", "place": "西门"}, {"place": "体育场东门"}],
)
def test_nothing_different_no_place_or_no_reason_is_refused_and_leaves_nothing(complaint, file_anew, filed):
    with pytest.raises(Refused):
        file_anew(complaint, **filed)
    complaint.refresh_from_db()
    assert complaint.place == "体育场东门" and complaint.events.count() == 1


@pytest.mark.parametrize("status", [Status.VOID, Status.NOT_ACCEPTED])
def test_what_is_taken_out_is_not_filed_anew(status, complaint, file_anew, topic):
    Complaint.objects.filter(pk=complaint.pk).update(status=status)
    complaint.refresh_from_db()
    with pytest.raises(TooLate):
        file_anew(complaint, topic=topic("noise"))


def test_what_is_closed_may_get_its_right_topic_and_no_other_urgency(complaint, file_anew, topic):
    Complaint.objects.filter(pk=complaint.pk).update(status=Status.CLOSED)
    complaint.refresh_from_db()
    file_anew(complaint, topic=topic("noise"))
    with pytest.raises(Refused):
        file_anew(complaint, urgency="normal")


def test_no_caller_gets_into_the_row(complaint, file_anew):
    file_anew(complaint, place="打13977778888问路", reason="13977778888说的")
    event = complaint.events.last()
    assert "13977778888" not in f"{event.text}{event.data}{complaint.place}"


# --- the page -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def form(complaint, topic):
    return {
        "seen": filed_as(complaint), "topic": topic("noise").pk, "place": "体育场西门", "district": complaint.district_id,
        "urgency": complaint.urgency, "reason": "听错了",
    }  # fmt: skip


def test_the_page_shows_what_it_is_filed_under_and_the_story_tells_old_and_new(
    complaint, form, signed_in, leader, inspector, auditor, netbar
):
    url, client = f"/complaints/{complaint.number}/recategorise/", signed_in(leader)
    assert url in filled(client.get(complaint.get_absolute_url()))
    assert "体育场东门" in filled(client.get(url))
    for officer in (inspector, auditor):
        assert sent(signed_in(officer), url, form).status_code == 403
    assert sent(client, url, form).status_code == 302
    page = filled(client.get(complaint.get_absolute_url()))
    for words in ("体育场东门", "体育场西门", "户外私自经营", "噪声扰民", "听错了"):
        assert words in page
    complaint.refresh_from_db()
    assert sent(client, url, {**form, "seen": filed_as(complaint), "venue": netbar.pk}).status_code == 302
    complaint.refresh_from_db()
    assert complaint.venue == netbar
    assert netbar.name in filled(client.get(url))
    keep = {**form, "seen": filed_as(complaint), "venue": netbar.pk, "no_venue": "on"}
    assert sent(client, url, keep).status_code == 302
    complaint.refresh_from_db()
    assert complaint.venue is None and complaint.place == "体育场西门"


def test_a_page_that_is_out_of_date_files_nothing(complaint, form, file_anew, topic, signed_in, leader, duty_officer):
    file_anew(complaint, topic=topic("minors"))
    answer = sent(signed_in(duty_officer), f"/complaints/{complaint.number}/recategorise/", form)
    page = answer.content.decode()
    assert answer.status_code == 409 and leader.name in page and "体育场西门" in page
    complaint.refresh_from_db()
    assert complaint.topic.slug == "minors"


@pytest.mark.parametrize(
    "wrong",
    [{"topic": "x"}, {"place": ""}, {"reason": ""}, {"urgency": "huge"}, {"venue": "99999999"}, {"district": "x"}],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(wrong, complaint, form, signed_in, leader):
    answer = sent(signed_in(leader), f"/complaints/{complaint.number}/recategorise/", {**form, **wrong})
    assert answer.status_code == 422
    assert "听错了" in answer.content.decode() or "reason" in wrong
    assert complaint.events.count() == 1


def test_without_javascript_the_venue_is_searched_and_nothing_is_saved(complaint, form, signed_in, leader, netbar):
    asked = {**form, "venue_q": "ltwb", "venue_find": "1"}
    assert netbar.name in filled(sent(signed_in(leader), f"/complaints/{complaint.number}/recategorise/", asked))
    assert complaint.events.count() == 1

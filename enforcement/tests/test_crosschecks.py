"""Complaints held against groups and returns: each list fills and empties, both sides are linked, and who sees no complaints sees none here."""

import uuid

import pytest
from django.contrib.auth.models import Permission

from complaints.models import Channel, Complaint, Topic
from enforcement import crosschecks
from refunds.models import AgencyReport
from refunds.tests.making import date, group_of, on, reported
from refunds.tests.seeing import links
from refunds.worklists import Sight
from venues.tests.forms import queries

REFUNDED, UNKNOWN, NIL = "complaint_refunded", "complaint_unknown", "complaint_nil"
FIND = {
    REFUNDED: crosschecks.refunded_but_complaint, UNKNOWN: crosschecks.unknown_group, NIL: crosschecks.nil_but_complaint,
}  # fmt: skip


def complained(officer, content="团费迟迟不退", *, venue=None, day=29, topic="refund", **fields):
    fields = {"channel": Channel.objects.get(slug="unit_phone"), "place_unclear": venue is None} | fields
    return Complaint.objects.register(
        by=officer, client_id=uuid.uuid4(), topic=Topic.objects.get(slug=topic), content=content, venue=venue,
        received_at=on(day), number="13900008888", **fields,
    )  # fmt: skip


def found(slug, day, user, agency=None):
    """[(complaint no., what stands on the other side)] of a list at noon of this day."""
    sight = Sight(on(day), user, agency=agency, link=lambda name, *args, **asked: name)
    return [(case.complaint.number, other) for case, other in FIND[slug](sight)]


@pytest.fixture
def paid(agency, clerk):
    """A group of which the agency says that everything went back."""
    reported(agency, 28, ("A-01", 10, 10), by=clerk)
    return agency.tour_groups.get()


def void(complaint, by, day):
    complaint.void(by=by, reason="重复登记", at=on(day))


# --- refunded, but a complaint is open ------------------------------------------------------------------------------------


def test_refunded_but_a_complaint_names_the_group_until_it_is_settled(paid, agency, duty_officer):
    complaint = complained(duty_officer, "团号 A-01,钱没有退", venue=agency)
    assert found(REFUNDED, 30, duty_officer) == [(complaint.number, paid)]
    void(complaint, duty_officer, 31)
    assert [len(found(REFUNDED, day, duty_officer)) for day in (30, 32)] == [1, 0]


def test_or_until_the_entry_is_reversed(paid, agency, clerk, duty_officer):
    complained(duty_officer, "我们是A-01团的", venue=agency)
    assert len(found(REFUNDED, 30, duty_officer)) == 1
    paid.refunds.get().reverse(by=clerk, reason="并未退款", at=on(31))
    assert found(REFUNDED, 32, duty_officer) == []


def test_a_complaint_without_a_number_stands_against_an_agency_that_says_all_is_paid(paid, agency, clerk, duty_officer):
    complaint = complained(duty_officer, venue=agency)
    assert found(REFUNDED, 30, duty_officer) == [(complaint.number, None)]
    group_of(agency, "A-02", by=clerk, at=on(31))
    assert found(REFUNDED, 32, duty_officer) == []  # something is outstanding, as the agency says itself


def test_a_group_that_is_not_refunded_contradicts_nothing(agency, clerk, duty_officer):
    reported(agency, 28, ("A-01", 10, 4), by=clerk)
    complained(duty_officer, "团号A-01", venue=agency)
    assert found(REFUNDED, 30, duty_officer) == found(UNKNOWN, 30, duty_officer) == []


def test_a_merged_agency_is_the_same_agency(paid, agency, make_venue, leader, duty_officer):
    survivor = make_venue("天水云端国际旅行社", category_slug="travel_agency")
    complained(duty_officer, "团号A-01", venue=agency)
    type(agency).objects.filter(pk=agency.pk).update(merged_into=survivor)
    assert len(found(REFUNDED, 30, duty_officer)) == len(found(REFUNDED, 30, duty_officer, survivor)) == 1


# --- a group that nobody reported -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["团号 A-77,不退", "团号:a－77。", "我的团号是A-77", "Group no. A-77", "团号A-01和A-77"]
)
def test_a_complaint_names_an_unknown_group_until_the_agency_reports_it(paid, agency, clerk, duty_officer, words):
    complaint = complained(duty_officer, words, venue=agency)
    assert found(UNKNOWN, 30, duty_officer) == [(complaint.number, "A-77")]
    reported(agency, 30, ("A-01", 10, 10), ("A-77", 3, 0), by=clerk)
    assert [len(found(UNKNOWN, day, duty_officer)) for day in (30, 32)] == [1, 0]


@pytest.mark.parametrize("words", ["团号不清楚", "团号忘了,电话 13900001234", "2个人,交了3000元", "团号 A-01"])
def test_no_number_or_a_known_one_is_nothing(paid, agency, duty_officer, words):
    complained(duty_officer, words, venue=agency)
    assert found(UNKNOWN, 30, duty_officer) == []


def test_where_no_agency_is_known_the_number_finds_it(paid, agency, duty_officer):
    known, unknown = complained(duty_officer, "团号 A-01"), complained(duty_officer, "团号 Z-99")
    assert found(REFUNDED, 30, duty_officer, agency) == [(known.number, paid)]
    assert found(UNKNOWN, 30, duty_officer) == [(unknown.number, "Z-99")]


def test_a_group_of_another_agency_is_unknown_with_this_one(paid, make_venue, duty_officer):
    other = make_venue("另一旅行社", category_slug="travel_agency")
    complaint = complained(duty_officer, "团号 A-01", venue=other)
    assert found(UNKNOWN, 30, duty_officer) == [(complaint.number, "A-01")]


def test_a_long_number_that_was_masked_fits_the_group_of_its_shape(agency, clerk, duty_officer):
    reported(agency, 28, ("GN2020013001", 10, 10), by=clerk)
    complaint = complained(duty_officer, "团号GN2020013001", venue=agency)
    assert "2020013001" not in complaint.content
    assert len(found(REFUNDED, 30, duty_officer)) == 1 and found(UNKNOWN, 30, duty_officer) == []


# --- nil return, but a complaint ------------------------------------------------------------------------------------------


def nil(agency, by, day):
    return AgencyReport.objects.report_nothing(
        by=by, agency=agency, as_of=date(day), informant="王", phone="13000000001", at=on(day)
    )


def test_a_nil_return_and_a_complaint_until_the_agency_reports_its_groups(agency, clerk, duty_officer):
    report = nil(agency, clerk, 28)
    complaint = complained(duty_officer, venue=agency)
    assert found(NIL, 28, duty_officer) == []
    assert found(NIL, 30, duty_officer) == [(complaint.number, report)]
    reported(agency, 30, ("A-01", 10, 0), by=clerk)
    assert found(NIL, 32, duty_officer) == []


def test_or_until_it_is_void(agency, clerk, duty_officer):
    nil(agency, clerk, 28)
    void(complained(duty_officer, venue=agency), duty_officer, 30)
    assert found(NIL, 31, duty_officer) == []


def test_a_closed_complaint_stands_until_the_agency_has_said_it_anew(agency, clerk, duty_officer):
    nil(agency, clerk, 28)
    complained(duty_officer, venue=agency).transfer(by=duty_officer, to="省文旅厅", reason="跨省", at=on(30))
    assert len(found(NIL, 31, duty_officer)) == 1
    nil(agency, clerk, 32)
    assert found(NIL, 33, duty_officer) == []


def test_a_complaint_about_something_else_is_no_sign_of_groups(agency, clerk, duty_officer):
    nil(agency, clerk, 28)
    complained(duty_officer, venue=agency, topic="consult")
    assert found(NIL, 30, duty_officer) == []


# --- the page -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def contradictions(paid, agency, make_venue, clerk, duty_officer):
    told = make_venue("零报告旅行社", category_slug="travel_agency")
    nil(told, clerk, 28)
    return {
        REFUNDED: complained(duty_officer, "团号 A-01", venue=agency), UNKNOWN: complained(duty_officer, "团号 Z-99"),
        NIL: complained(duty_officer, venue=told),
    }  # fmt: skip


@pytest.mark.parametrize("slug", FIND)
def test_each_row_links_both_sides(contradictions, signed_in, leader, slug):
    page = signed_in(leader).get("/refunds/queue/", {"list": slug}).content.decode()
    assert links(page, contradictions[slug].get_absolute_url())
    other = {REFUNDED: "/refunds/groups/", UNKNOWN: "/refunds/groups/?q=Z-99", NIL: "/refunds/returns/"}[slug]
    assert links(page, other)
    assert "13900008888" not in page


@pytest.fixture
def onlooker(editor):
    """Sees groups; neither reads complaints nor enters refunds."""
    editor.user_permissions.add(Permission.objects.get(codename="view_tourgroup"))
    return editor


def test_who_neither_reads_complaints_nor_enters_refunds_has_none_in_the_queue(contradictions, signed_in, onlooker):
    answer = signed_in(onlooker).get("/refunds/queue/")
    assert not {one.slug for one, _page in answer.context["lists"]} & set(FIND)
    assert signed_in(onlooker).get("/refunds/queue/", {"list": NIL}).status_code == 400
    assert found(NIL, 30, onlooker) == []


@pytest.mark.parametrize("slug", FIND)
def test_the_clerk_sees_that_there_is_a_complaint_and_nothing_of_it(
    contradictions, signed_in, clerk, duty_officer, slug
):
    """The same rows as who reads complaints; number, agency and group, but no words, no place, no address, no caller."""
    complained(duty_officer, "团号 Y-55,老板骂人", place="小区门口", place_unclear=False)
    answers = [signed_in(officer).get("/refunds/queue/", {"list": slug}) for officer in (duty_officer, clerk)]
    rows = [answer.context["rows"] for answer in answers]
    assert len(rows[0]) == len(rows[1]) == (2 if slug == UNKNOWN else 1)
    full, bare = (answer.content.decode() for answer in answers)
    complaint = contradictions[slug]
    assert complaint.content in full and links(full, complaint.get_absolute_url())
    assert complaint.number in bare and not links(bare, "/complaints/")
    assert all(row.what for row in rows[1])
    words = complaint.content if slug != UNKNOWN else "骂人"  # “group no. Z-99” is what the row is about
    for secret in (words, "老板", "小区", "13900008888", "139****8888"):
        assert secret not in bare
    assert signed_in(clerk).get(complaint.get_absolute_url()).status_code in (403, 404)


@pytest.mark.parametrize("slug", FIND)
def test_it_costs_the_same_queries_for_many_as_for_few(
    contradictions, agency, make_venue, signed_in, clerk, leader, slug
):
    client, path = signed_in(leader), f"/refunds/queue/?list={slug}"
    few = queries(client, path)
    for n in range(4):
        other = make_venue(f"旅行社{n}号", category_slug="travel_agency")
        nil(other, clerk, 28)
        complained(leader, "团号 A-01", venue=agency)
        complained(leader, f"团号 Y-{n}", venue=other)
        complained(leader, "不退钱", venue=other)
    assert queries(client, path) == few

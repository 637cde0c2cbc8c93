"""The auditor's page: every trail in one list, filtered, paged without a hole, exported; and nothing of a caller in it."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from complaints.models import Callback, CallerView, Channel, Complaint, Topic
from enforcement import trails
from enforcement.models import (
    AuditEntry,
    DailyReport,
    FormerTerms,
    HandoverAddendum,
    ReportEdit,
    SupplyItem,
    SupplyMovement,
)
from enforcement.tests import duty_addresses
from enforcement.tests.one_of_each import refunding, safety
from enforcement.tests.watches import roster, watch
from enforcement.trail_kinds import BY_KEY, LEFT_OUT, TRAILS
from refunds.models import AgencyReport, CallBackSample, Renaming, TourGroup
from venues.append_only import fact_models
from venues.models import Inspection
from venues.models.inspections import SameKeyOtherContent

AUDIT = "/audit/"
NOW = datetime.datetime(2026, 3, 4, 9, 0, tzinfo=datetime.UTC)


@pytest.fixture
def desk(signed_in, auditor):
    return signed_in(auditor)


@pytest.fixture
def busy(order, leader, netbar, agency):
    """A row in every trail but custody and the log."""
    complaint = Complaint.objects.register(
        by=leader, client_id=uuid.uuid4(), channel=Channel.objects.get(slug="unit_phone"), venue=netbar,
        topic=Topic.objects.get(slug="internet_cafe"), content="x", number="13900001111",
    )  # fmt: skip
    CallerView.objects.create(caller=complaint.caller, by=leader, at=timezone.now(), reason="回访核实")
    things = refunding(leader, agency)
    item = SupplyItem.objects.create(category="mask", name="医用口罩")
    SupplyMovement.objects.create(item=item, kind="purchase", delta=5, by=leader)
    return {"complaint": complaint, **things}


def test_lines_of_all_trails_stand_in_one_list_newest_first(desk, busy):
    lines, _following = trails.page(trails.Asked(), size=500)
    assert {"callers", "registry", "orders", "complaints", "refunds", "supplies"} <= {line.trail.key for line in lines}
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)
    answer = desk.get(AUDIT)
    assert answer.status_code == 200
    assert "回访核实" in answer.content.decode()


def test_nothing_of_a_caller_is_in_it(desk, busy):
    for path in (AUDIT, "/audit/export/"):
        answer = desk.get(path)
        text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
        assert "13900001111" not in text
        assert "13900003333" not in text


def test_what_is_entered_late_stands_at_the_top_and_says_when_it_happened(desk, leader, db):
    item = SupplyItem.objects.create(category="mask", name="医用口罩")
    leader.leave_trail("export")
    SupplyMovement.objects.create(item=item, kind="purchase", delta=5, by=leader, at=NOW)
    line = trails.page(trails.Asked())[0][0]
    assert (line.trail.key, line.happened) == ("supplies", NOW)
    assert "2026-03-04 17:00" in desk.get(AUDIT).content.decode()


def test_the_acts_of_duty_and_of_the_street_are_in_it(
    desk, leader, duty_officer, inspector, second_inspector, netbar, order
):
    duty_addresses.world(leader, inspector, second_inspector)
    safety(leader, second_inspector)
    Inspection.objects.record(
        by=inspector, client_uuid=uuid.uuid4(), venue=netbar, officers=[inspector, second_inspector],
        observed_at=timezone.now(), result="closed",
    )  # fmt: skip
    lines, _following = trails.page(trails.Asked(), size=500)
    assert {"looks", "custody", "changes_asked", "leave_asked", "absences", "handovers_prepared", "disinfections"} <= {
        line.trail.key for line in lines
    }
    for line in lines:
        assert (str(line.what) and not line.url) or desk.get(line.url).status_code in (200, 403), line.trail.key
    assert desk.get(AUDIT).status_code == 200
    assert "36.5" not in desk.get(AUDIT).content.decode() and "密切接触者" not in desk.get(AUDIT).content.decode()


def test_every_fact_has_a_trail_or_a_reason_why_not():
    in_a_trail = {trail.rows().model for trail in TRAILS}
    assert not in_a_trail & set(LEFT_OUT)
    assert set(fact_models()) <= in_a_trail | set(LEFT_OUT)
    assert all(LEFT_OUT.values())


def test_what_is_left_out_stands_among_the_acts_of_officers(leader):
    item = SupplyItem.objects.create(category="mask", name="医用口罩", low_level=5)
    item.change(by=leader, low_level=9)
    assert (FormerTerms.objects.count(), AuditEntry.objects.filter(act="supply_change").count()) == (1, 1)
    report = DailyReport.objects.draft(by=leader, as_of=timezone.now())
    report.edit(sections={"zh-hans": {"force": "另写"}}, by=leader, edits=0)
    report.rewrite(by=leader, edits=1)
    acts = AuditEntry.objects.filter(act__in=["report_edited", "report_rewritten"])
    assert ReportEdit.objects.count() == acts.count() == 2


def test_the_papers_of_refunds_the_addenda_and_what_was_rejected_are_in_it(
    desk, busy, leader, clerk, inspector, second_inspector, netbar, agency, make_venue
):
    group = TourGroup.objects.get(pk=busy["tour_group"]["pk"])
    CallBackSample.objects.get().answer(by=leader, result="received", text="收到了")
    Renaming.objects.rename(group, "B-77", by=clerk)
    other = make_venue("四海旅行社", category_slug="travel_agency")
    report = AgencyReport.objects.receive(
        by=clerk,
        agency=other,
        as_of=timezone.localdate() - datetime.timedelta(days=1),
        content=b"y",
        file_name="y.xlsx",
    )
    report.state_group(number="C-01", heads=9, disposition="cancelled").link_to(group, by=clerk)
    world = duty_addresses.world(leader, inspector, second_inspector)
    HandoverAddendum.objects.create(handover_id=world["handover"]["pk"], text="x", by=leader)
    look = {"client_uuid": uuid.uuid4(), "venue": netbar, "officers": [inspector, second_inspector]}
    at = timezone.now()
    Inspection.objects.record(by=inspector, observed_at=at, result="closed", **look)
    with pytest.raises(SameKeyOtherContent) as refused:
        Inspection.objects.record(by=inspector, observed_at=at, result="operating", **look)
    refused.value.keep(by=inspector)
    Callback.objects.create(complaint=busy["complaint"], attempt=1, at=at, by=leader, result="no_answer")
    keys = ["group_lines", "group_links", "renamings", "evidence", "drawn", "answers", "claims", "proofs", "call_backs",
            "handover_addenda", "rejected"]  # fmt: skip
    for key in keys:
        lines = desk.get(AUDIT, {"trail": key}).context["lines"]
        assert lines, key
        assert {desk.get(line.url).status_code for line in lines} <= {200, 403}, key
        assert "收到了" not in "".join(f"{line.what}{line.about}{line.detail}" for line in lines)
    assert desk.get(AUDIT, {"trail": "rejected"}).context["lines"][0].about == netbar.name


# --- of one complaint -------------------------------------------------------------------------------------------------
def a_complaint(officer, number):
    return Complaint.objects.register(
        by=officer, client_id=uuid.uuid4(), channel=Channel.objects.get(slug="unit_phone"), place="民主路",
        topic=Topic.objects.get(slug="internet_cafe"), content="x", number=number,
    )  # fmt: skip


def seen(caller, officer, reason):
    return CallerView.objects.create(caller=caller, by=officer, at=timezone.now(), reason=reason)


def test_who_saw_the_callers_of_one_complaint_can_be_asked(desk, busy, leader, duty_officer):
    one = busy["complaint"]
    added = one.add_call(by=leader, client_id=uuid.uuid4(), channel=one.channel, number="13900005555")
    merged = a_complaint(leader, "13900006666")
    merged.merge(by=leader, parent=one)
    other = a_complaint(leader, "13900007777")
    seen(added.caller, duty_officer, "补充来电核实")
    seen(merged.caller, duty_officer, "并案核实")
    seen(other.caller, duty_officer, "别的事")

    def views(number):
        lines = desk.get(AUDIT, {"trail": "callers", "complaint": number}).context["lines"]
        return [(line.by, line.detail, line.url) for line in lines]

    assert views(one.number) == [
        (duty_officer, "并案核实", merged.get_absolute_url()), (duty_officer, "补充来电核实", one.get_absolute_url()),
        (leader, "回访核实", one.get_absolute_url()),
    ]  # fmt: skip
    assert views(f" {merged.number.lower()} ") == [(duty_officer, "并案核实", merged.get_absolute_url())]
    everything = desk.get(AUDIT, {"complaint": one.number})
    assert {line.trail.key for line in everything.context["lines"]} == {"callers", "complaints"}
    for path in (AUDIT, "/audit/export/"):
        answer = desk.get(path, {"complaint": one.number})
        text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
        assert "补充来电核实" in text and "别的事" not in text and "13900005555" not in text
    assert AuditEntry.objects.filter(act="export").last().detail["filters"] == {"complaint": one.number}


@pytest.mark.parametrize("number", ["TS20200101-001", "x", "1", "--", "9" * 400])
def test_a_number_that_no_complaint_has_is_said_and_shows_nothing(desk, busy, number):
    answer = desk.get(AUDIT, {"complaint": number})
    assert (answer.status_code, answer.context["lines"]) == (422, [])
    assert answer.context["form"].errors["complaint"]


@pytest.mark.parametrize("size", [1, 3, 7])
def test_paging_leaves_out_no_line_and_shows_none_twice(busy, leader, size):
    for number in range(9):  # many in one instant: the cursor decides by trail and row
        leader.leave_trail("export", at=NOW, detail={"rows": number})
    whole, _end = trails.page(trails.Asked(), size=10_000)
    read, after = [], ""
    while True:
        lines, after = trails.page(trails.Asked(), after=after, size=size)
        read += lines
        if not after:
            break
    assert [line.place for line in read] == [line.place for line in whole]
    assert len({line.place for line in whole}) == len(whole)
    assert [line.place for line in trails.everything(trails.Asked())] == [line.place for line in whole]


def test_who_what_and_when_can_be_asked(desk, leader, duty_officer, db):
    day = datetime.datetime(2026, 3, 1, 20, 0, tzinfo=datetime.UTC)  # 04:00 of the 2nd in the city
    leader.leave_trail("export", at=day)
    leader.leave_trail("merge", at=day)
    duty_officer.leave_trail("export", at=day)
    duty_officer.leave_trail("export", at=day + datetime.timedelta(days=1))

    def found(**asked):
        return [(line.by, line.row.act) for line in desk.get(AUDIT, {"trail": "acts", **asked}).context["lines"]]

    assert found(officer=leader.pk, **{"from": "2026-03-02", "until": "2026-03-02"}) == [
        (leader, "merge"), (leader, "export"),
    ]  # fmt: skip
    assert found(act="export", **{"from": "2026-03-02", "until": "2026-03-02"}) == [
        (duty_officer, "export"), (leader, "export"),
    ]  # fmt: skip
    assert found(**{"from": "2026-03-01", "until": "2026-03-01"}) == []


@pytest.mark.parametrize(
    "query", ["trail=no-such", "officer=x", "officer=99999", "act=no-such", "from=yesterday", "until=0001-99-01"]
)
def test_a_filter_that_cannot_be_read_shows_nothing_and_says_so(desk, busy, query):
    answer = desk.get(f"{AUDIT}?{query}")
    assert answer.status_code == 422
    assert answer.context["lines"] == []
    assert desk.get(f"/audit/export/?{query}").status_code == 422


@pytest.mark.parametrize("after", ["x", "1-1", "999999999999999999-999-1", "1-99-1", "-1-0-0", "0-0-0"])
def test_an_odd_cursor_is_no_error(desk, busy, after):
    assert desk.get(AUDIT, {"after": after}).status_code == 200


def test_the_export_is_what_the_list_shows_and_leaves_its_line(desk, auditor, leader, db):
    leader.leave_trail("merge", at=NOW, detail={"because": "=1+1"})
    leader.leave_trail("export", at=NOW)
    answer = desk.get("/audit/export/", {"act": "merge"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("\ufeff")
    entry = AuditEntry.objects.order_by("pk").last()
    assert (entry.act, entry.by, entry.detail["what"]) == ("export", auditor, "audit")


def test_the_list_asks_the_same_few_queries_however_long_it_is(desk, busy, leader):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            desk.get(AUDIT)
        return len(captured)

    asked()
    few = asked()
    for _number in range(30):
        leader.leave_trail("export")
    assert asked() == few <= len(trails.TRAILS) + 13  # three more for the complaints and calls of callers


def test_a_line_names_what_it_is_about_and_leads_there(desk, busy, leader):
    version = roster(leader)
    watch(version, leader=leader)
    leader.leave_trail_of("unlock", by=leader)
    leader.leave_trail("roster_published", about=version)
    leader.leave_trail("supply_entered", about=SupplyItem.objects.get())
    DailyReport.objects.draft(by=leader, as_of=NOW, at=NOW)
    text = desk.get(AUDIT).content.decode()
    assert f'href="{reverse("admin:enforcement_officer_change", args=[leader.pk])}"' in text
    assert f"{leader._meta.verbose_name} {leader}" in text
    assert f'href="{busy["complaint"].get_absolute_url()}"' in text
    lines, _following = trails.page(trails.Asked(), size=500)
    leading = {line.url for line in lines if line.url}
    assert version.get_absolute_url() in leading
    refused = {url: answer.status_code for url in leading if (answer := desk.get(url)).status_code >= 400}
    assert refused == {}


def test_the_view_of_a_caller_names_the_complaint_and_never_a_number(busy):
    with translation.override("en"):
        line = trails.page(trails.Asked(trail=BY_KEY["callers"]))[0][0]
        assert line.about == f"caller of {busy['complaint'].number}"
        assert line.url == busy["complaint"].get_absolute_url()


def test_the_detail_of_an_act_is_in_words(leader, db):
    item = SupplyItem.objects.create(category="mask", name="医用口罩")
    with translation.override("en"):
        entry = leader.leave_trail("export", detail={"what": "duty log", "format": "xlsx", "rows": 3})
        assert entry.detail_words == "what: duty log · format: xlsx · rows: 3"
        entry = leader.leave_trail("supply_change", about=item, detail={"fields": ["low_level"]})
        assert "low_level" not in entry.detail_words


def test_the_export_names_what_it_is_about_like_the_list(desk, leader, db):
    leader.leave_trail_of("unlock", by=leader)
    lines = b"".join(desk.get("/audit/export/", {"act": "unlock"}).streaming_content).decode().splitlines()
    assert f"{leader._meta.verbose_name} {leader}" in lines[1]


@pytest.mark.parametrize("who", ["leader", "duty_officer", "viewer", "administrator", "editor", "clerk", "inspector"])
def test_nobody_else_reads_it(request, signed_in, who):
    client = signed_in(request.getfixturevalue(who))
    assert client.get(reverse("audit")).status_code == 403
    assert client.get(reverse("audit_export")).status_code == 403

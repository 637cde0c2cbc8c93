"""The duty log: written once, corrected by another line, nil reports without words; its list, pages and workbook."""

import datetime
import io

import openpyxl
import pytest
from django.utils import timezone

from enforcement.models.duty import DutyLogEntry
from enforcement.tests.watches import HOURS, H
from venues.tests.forms import sent
from venues.transitions import Refused

pytestmark = pytest.mark.django_db


def write(by, text="巡查秦州区", kind="entry", **more):
    return DutyLogEntry.objects.write(by=by, text=text, kind=kind, **more)


def test_an_entry_is_written_with_when_it_happened_and_when_it_was_recorded(duty_officer):
    entry = write(duty_officer, at=H)
    assert entry.at == H and entry.recorded_at > H and entry.by == duty_officer


def test_a_nil_report_needs_no_words_and_everything_else_does(duty_officer):
    assert write(duty_officer, "", "nil").text == ""
    for kind in ("entry", "order", "report"):
        with pytest.raises(Refused):
            write(duty_officer, "  ", kind)


def test_a_correction_names_what_it_corrects_and_nothing_else_does(duty_officer):
    entry = write(duty_officer, at=H)
    assert write(duty_officer, "应为麦积区", "correction", corrects=entry).corrects == entry
    for wrong in ({"kind": "correction"}, {"kind": "entry", "corrects": entry}, {"kind": "nonsense"}):
        with pytest.raises(Refused):
            write(duty_officer, **wrong)


def test_it_is_neither_changed_nor_deleted_nor_of_the_future(duty_officer):
    entry = write(duty_officer)
    for act in (entry.save, entry.delete):
        with pytest.raises(Refused):
            act()
    with pytest.raises(Refused):
        write(duty_officer, at=timezone.now() + HOURS)


def test_it_is_written_on_its_page_and_corrected_beside_the_old_words(signed_in, duty_officer):
    desk = signed_in(duty_officer)
    assert sent(desk, "/duty/log/new/", {"kind": "order", "text": "省厅：全部关停"}).url == "/duty/log/"
    entry = DutyLogEntry.objects.get()
    url = f"/duty/log/new/?corrects={entry.pk}"
    assert "省厅：全部关停" in desk.get(url).content.decode()
    assert sent(desk, url, {"text": ""}).status_code == 422
    assert sent(desk, url, {"text": "市局，不是省厅"}).status_code == 302
    page = desk.get("/duty/log/").content.decode()
    assert page.count("市局，不是省厅") == 2 and page.count("省厅：全部关停") == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "entry", "text": ""}, {"kind": "correction", "text": "x"}, {"kind": "entry", "text": "留着", "on": "2020-01-24"},
        {"kind": "entry", "text": "留着", "time": "08:00"}, {"kind": "entry", "text": "留着", "on": "2199-01-01", "time": "08:00"},
    ],
    ids=["empty", "correction-of-nothing", "date-alone", "time-alone", "future"],
)  # fmt: skip
def test_what_cannot_be_written_keeps_the_words(fields, signed_in, duty_officer):
    answer = sent(signed_in(duty_officer), "/duty/log/new/", fields)
    assert answer.status_code == 422 and fields["text"] in answer.content.decode()
    assert not DutyLogEntry.objects.exists()


def test_it_is_read_in_pages_that_cost_the_same(signed_in, duty_officer):
    for n in range(120):
        write(duty_officer, f"第{n:03d}条", at=H + datetime.timedelta(minutes=n))
    desk, url, seen = signed_in(duty_officer), "/duty/log/", []
    while url:
        answer = desk.get(url)
        page = answer.context["page"]
        seen += [row.text for row in page.rows]
        url = f"/duty/log/?after={page.next}" if page.next else ""
    assert seen == [f"第{n:03d}条" for n in reversed(range(120))]


def test_filters_find_by_words_kind_and_day(signed_in, duty_officer):
    write(duty_officer, "秦州区", at=H)
    write(duty_officer, "麦积区", "report", at=H + 24 * HOURS)
    desk = signed_in(duty_officer)

    def found(query):
        return [row.text for row in desk.get(f"/duty/log/?{query}").context["page"].rows]

    assert found("q=秦州") == found("until=2020-01-24") == ["秦州区"]
    assert found("kind=report") == found("from=2020-01-25") == ["麦积区"]
    assert found("from=nonsense") == []


def test_the_workbook_holds_what_the_list_shows_as_text(signed_in, duty_officer):
    write(duty_officer, "=HYPERLINK(1)", at=H)
    write(duty_officer, "麦积区", "report", at=H + HOURS)
    answer = signed_in(duty_officer).get("/duty/log/?kind=entry&export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 2 and rows[1][2] == "=HYPERLINK(1)" and sheet["C2"].data_type == "s"


def test_who_may_not_write_reads(signed_in, auditor, duty_officer):
    write(duty_officer)
    reader = signed_in(auditor)
    assert "巡查秦州区" in reader.get("/duty/log/").content.decode()
    assert reader.get("/duty/log/new/").status_code == 403

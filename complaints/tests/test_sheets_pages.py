"""The pages of sheets, of figures and of files: who may, what they show, what they never show."""

import csv
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from complaints.models import Caller, Complaint, Sheet, StagedSheets
from complaints.tests.calling import registered
from complaints.tests.sheeting import as_csv, row
from venues.tests.forms import sent

SECRET = ("张三丰", "13900001111")


@pytest.fixture
def staged(signed_in, duty_officer, qinzhou):
    """`staged(*rows)` uploads a list as the duty officer; returns (client, StagedSheets)."""

    def upload(*rows, officer=duty_officer):
        client = signed_in(officer)
        file = SimpleUploadedFile("12345.csv", as_csv(*rows))
        response = sent(client, reverse("complaints:sheet_import"), {"channel": "12345", "file": file})
        assert response.status_code == 302, response.content.decode()
        return client, StagedSheets.objects.get(uploaded_by=officer)

    return upload


def post(client, name, one, key=None):
    return client.post(reverse(f"complaints:{name}", args=[one.pk]), {"form_key": str(key or uuid.uuid4())})


def test_an_upload_is_checked_first_and_shows_no_caller(staged):
    client, one = staged(row(content="张三丰说13900001111网吧营业"), row(no=""))
    page = client.get(reverse("complaints:sheet_preview", args=[one.pk])).content.decode()
    assert "GD2020012700001" in page and "139****1111" in page and not Complaint.objects.exists()
    assert not [word for word in SECRET if word in page]


def test_the_file_that_waits_is_encrypted_and_gone_when_it_is_applied(staged):
    client, one = staged(row())
    assert not [word for word in SECRET if word in one.cipher] and SECRET[0].encode() not in one.cipher.encode()
    key = uuid.uuid4()
    for _press in range(3):
        assert post(client, "sheet_apply", one, key).status_code == 302
    assert Complaint.objects.count() == 1 == Sheet.objects.count() and not StagedSheets.objects.exists()
    page = client.get(reverse("complaints:sheets")).content.decode()
    assert "GD2020012700001" in page and not [word for word in SECRET if word in page]


def test_a_list_applied_on_two_pages_counts_once(staged):
    client, one = staged(row())
    for _page in range(2):
        post(client, "sheet_apply", one)
    assert Complaint.objects.count() == 1


def test_a_list_that_is_put_away_leaves_nothing(staged):
    client, one = staged(row())
    post(client, "sheet_discard", one)
    assert not StagedSheets.objects.exists() and not Complaint.objects.exists() and not Caller.objects.exists()


def test_an_apply_that_fails_keeps_the_list(staged, monkeypatch):
    from complaints.views import sheets
    from venues.transitions import Refused

    def fail(*args, **kwargs):
        raise Refused("no")

    client, one = staged(row())
    monkeypatch.setattr(sheets, "import_sheets", fail)
    post(client, "sheet_apply", one)
    assert StagedSheets.objects.filter(pk=one.pk).exists()


def test_another_officer_does_not_see_the_list(staged, signed_in, second_duty_officer):
    _client, one = staged(row())
    other = signed_in(second_duty_officer)
    assert other.get(reverse("complaints:sheet_preview", args=[one.pk])).status_code == 404
    post(other, "sheet_apply", one)
    post(other, "sheet_discard", one)
    assert StagedSheets.objects.exists() and not Complaint.objects.exists()


def test_a_file_that_cannot_be_read_is_refused_on_the_page(signed_in, duty_officer):
    file = SimpleUploadedFile("a.csv", b"a,b\n1,2\n")
    response = sent(signed_in(duty_officer), reverse("complaints:sheet_import"), {"channel": "12345", "file": file})
    assert response.status_code == 422 and not StagedSheets.objects.exists()


@pytest.mark.parametrize(
    "name", ["sheets", "sheet_import", "sheets_export", "complaints_export", "complaint_figure_rows"]
)
def test_who_may_not_gets_nothing(name, signed_in, viewer, editor, administrator):
    for officer in (viewer, editor, administrator):
        assert signed_in(officer).get(reverse(f"complaints:{name}")).status_code == 403, officer


def cells(response):
    """The rows of an exported file."""
    content = b"".join(response.streaming_content)
    if response["Content-Type"].startswith("text/csv"):
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_list_is_exported_with_missing_dates_safe_cells_and_no_caller(kind, signed_in, duty_officer):
    registered(duty_officer, number=SECRET[1], name=SECRET[0], content="=cmd() 电话13900001111", place="-1+1")
    client = signed_in(duty_officer)
    rows = cells(client.get(reverse("complaints:complaints_export"), {"format": kind, "status": "open"}))
    assert len(rows) == 2 and "来电人" not in "".join(rows[0]) and "电话" not in "".join(rows[0])
    text = " ".join(map(str, rows[1]))
    assert not [word for word in SECRET if word in text]
    if kind == "csv":
        assert "'=cmd()" in text and "'-1+1" in text
    entry = duty_officer.trail.get(act="export")
    assert (entry.detail["rows"], entry.detail["what"], entry.detail["filters"]) == (1, "complaints", ["status"])


def test_a_filter_of_the_list_is_a_filter_of_the_file(signed_in, duty_officer):
    registered(duty_officer)
    client = signed_in(duty_officer)
    assert len(cells(client.get(reverse("complaints:complaints_export"), {"format": "csv", "status": "closed"}))) == 1
    assert client.get(reverse("complaints:complaints_export"), {"format": "exe"}).status_code == 400


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_answered_sheets_go_back_with_their_reply_and_without_the_caller(kind, staged, duty_officer, inspector):
    client, one = staged(row(), row(no="GD2", at="2020-02-01 10:00"))
    post(client, "sheet_apply", one)
    complaint = Complaint.objects.get(external_no="GD2020012700001")
    complaint.dispatch(by=duty_officer, to=[inspector])
    complaint.arrive(by=inspector)
    complaint.find(by=inspector, finding="running", text="3人上网,已责令停业")
    complaint.stop(by=inspector)
    complaint.call_back(by=duty_officer, result="reached", told="已告知13900001111处理结果")
    asked = {"channel": "12345", "from": "2020-01-27", "until": "2020-01-27", "format": kind}
    rows = cells(client.get(reverse("complaints:sheets_export"), asked))
    assert [cells[0] for cells in rows] == ["工单编号", "GD2020012700001"]
    assert "责令停业" in rows[1][-1] and "处理结果" in rows[1][-1] and SECRET[1] not in rows[1][-1]
    assert not [word for word in SECRET if word in str(rows)]
    assert len(cells(client.get(reverse("complaints:sheets_export"), {"channel": "12345", "format": kind}))) == 3


def test_the_export_page_asks_and_says_what_is_wrong(signed_in, duty_officer):
    client = signed_in(duty_officer)
    assert client.get(reverse("complaints:sheets_export")).status_code == 200
    assert client.get(reverse("complaints:sheets_export"), {"format": "csv", "channel": "none"}).status_code == 422


def test_the_figures_link_to_the_complaints_they_count_for_those_who_may_see_them(signed_in, duty_officer, viewer):
    from venues.tests.following import numbered

    registered(duty_officer)
    registered(duty_officer).void(by=duty_officer, reason="误登")
    client = signed_in(duty_officer)
    page = client.get(reverse("complaints:complaint_figures")).content.decode()
    links = {(href, n) for href, n in numbered(page) if "figures/rows" in href}
    assert links
    for href, n in links:
        assert client.get(href).context["page"].paginator.count == n, href
    page = signed_in(viewer).get(reverse("complaints:complaint_figures")).content.decode()
    assert "figures/rows" not in page


def test_views_of_callers_are_for_auditors_and_leaders(signed_in, duty_officer, auditor, leader):
    registered(duty_officer).caller.reveal(by=duty_officer, reason="回访")
    url = reverse("complaints:complaint_figures")
    for officer, sees in ((auditor, True), (leader, True), (duty_officer, False)):
        assert ("views-h" in signed_in(officer).get(url).content.decode()) is sees, officer


@pytest.mark.parametrize(
    "query", ["as_of=nonsense", "from=nonsense", "as_of=2099-01-01", "as_of=2020-01-01&from=2020-02-01"]
)
def test_a_moment_that_is_none_is_said_and_not_a_failure(query, signed_in, duty_officer):
    response = signed_in(duty_officer).get(f"{reverse('complaints:complaint_figures')}?{query}")
    assert response.status_code == 302


def test_a_figure_that_does_not_exist_is_not_found(signed_in, duty_officer):
    assert signed_in(duty_officer).get(reverse("complaints:complaint_figure_rows") + "?what=all").status_code == 404

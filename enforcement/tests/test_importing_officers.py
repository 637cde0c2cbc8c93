"""Lists of officers come in once, whole or row by row with a reason, by the command, by the administration, or in the event."""

import csv
import io
import json

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from enforcement.importing import COLUMNS, import_officers, read_officers
from enforcement.models import AuditEntry, Officer
from enforcement.roles import role_name
from venues.models import Division
from venues.transitions import Refused

EVENT = settings.BASE_DIR / "data" / "tianshui"
PAGE = "admin:enforcement_officer_import"


def row(
    badge_no="TS900", name="钟子磊", kind="officer", group_or_county="1", phone="13000000224", certificate_no="GS1"
):
    return dict(zip(COLUMNS, [badge_no, name, kind, group_or_county, phone, certificate_no], strict=True))


def codes(report):
    return [(found["row"], found["column"], found["level"], found["code"]) for found in report.findings]


@pytest.fixture
def counties(city):
    for code in range(620521, 620526):
        Division.objects.create(code=str(code), name=f"county {code}", level="district", parent=city)


@pytest.fixture
def event_rows():
    with open(EVENT / "officers.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_officers_of_the_event_come_in_as_they_are(counties, event_rows):
    report = import_officers(event_rows, by=None)
    assert report.counts == {"created": 38, "changed": 0, "same": 0, "errors": 0, "undecided": 0}
    assert report.findings == []
    leader, officer, county = (Officer.objects.get(badge_no=badge_no) for badge_no in ("TS001", "TS006", "TS024"))
    assert (leader.username, leader.can_lead, leader.role_names) == ("ts001", True, [role_name("shift_leader")])
    assert (officer.team, officer.phone) == ("1", "13000000224")
    assert officer.role_names == [role_name("duty_officer"), role_name("inspector")]
    assert (county.district.code, county.team) == ("620521", "")
    assert not any(one.has_usable_password() for one in Officer.objects.all())


def test_a_second_import_changes_nothing(counties, event_rows):
    import_officers(event_rows, by=None)
    entries = AuditEntry.objects.count()
    assert import_officers(event_rows, by=None).counts == {
        "created": 0,
        "changed": 0,
        "same": 38,
        "errors": 0,
        "undecided": 0,
    }
    assert AuditEntry.objects.count() == entries


def test_what_changed_is_changed_and_noted_without_saying_what_it_was(db):
    import_officers([row()], by=None)
    report = import_officers([row(phone="13000000999", name="钟磊")], by=None)
    assert report.counts["changed"] == 1
    officer = Officer.objects.get(badge_no="TS900")
    assert (officer.phone, officer.name) == ("13000000999", "钟磊")
    assert AuditEntry.objects.get(act="account_change").detail == {"fields": ["name", "phone"]}


def test_an_import_leaves_the_roles_of_an_account_alone(db, administrator):
    import_officers([row()], by=None)
    officer = Officer.objects.get(badge_no="TS900")
    officer.set_roles(["auditor"], by=administrator)
    import_officers([row(kind="leader", group_or_county="")], by=administrator)
    assert list(officer.groups.values_list("name", flat=True)) == ["auditor"]


def test_a_rehearsal_writes_nothing(db, administrator):
    entries = AuditEntry.objects.count()
    report = import_officers([row()], by=administrator, dry_run=True)
    assert report.counts["created"] == 1
    assert not Officer.objects.filter(badge_no="TS900").exists()
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"badge_no": ""}, "badge_no", "no_badge"),
        ({"name": " "}, "name", "no_name"),
        ({"kind": "chef"}, "kind", "unknown_kind"),
        ({"kind": "county", "group_or_county": "999999"}, "group_or_county", "unknown_county"),
        ({"badge_no": "leader"}, "badge_no", "name_taken"),
        ({"name": "x" * 61}, "name", "does_not_fit"),
        ({"badge_no": "T 1/2"}, "username", "does_not_fit"),
    ],
)
def test_a_row_with_an_error_is_left_out_with_its_reason_and_the_others_go_in(leader, change, column, code):
    report = import_officers([row(**change), row(badge_no="TS901")], by=None)
    assert report.counts == {"created": 1, "changed": 0, "same": 0, "errors": 1, "undecided": 0}
    assert (2, column, "error", code) in codes(report)
    assert Officer.objects.filter(badge_no="TS901").exists()


def test_a_badge_number_twice_counts_once(db):
    report = import_officers([row(), row(name="somebody else")], by=None)
    assert codes(report) == [(3, "badge_no", "error", "double")]
    assert Officer.objects.get(badge_no="TS900").name == "钟子磊"


def test_a_missing_group_is_a_warning_and_no_error(db):
    report = import_officers([row(group_or_county="")], by=None)
    assert (codes(report), report.counts["created"]) == ([(2, "group_or_county", "warning", "no_group")], 1)


def test_chinese_kinds_and_full_width_digits_are_understood(counties):
    report = import_officers(
        [row(kind="带班领导"), row(badge_no="ＴＳ９０１", kind="区县", group_or_county="county 620521")], by=None
    )
    assert report.counts["created"] == 2
    assert Officer.objects.get(badge_no="TS901").district.code == "620521"


def test_a_superuser_is_not_changed_by_an_administrator(db, administrator):
    import_officers([row()], by=None)
    Officer.objects.filter(badge_no="TS900").update(is_superuser=True)
    report = import_officers([row(name="other")], by=administrator)
    assert codes(report) == [(2, "badge_no", "error", "refused")]


# --- files
def workbook(path, rows, title="人员名单", header=("警号", "姓名", "类别", "组别或区县", "联系电话", "执法证号")):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append(["2020年执法人员名单"])
    sheet.append(list(header))
    for one in rows:
        sheet.append(list(one.values()))
    book.save(path)
    return path


def test_a_workbook_with_a_title_and_chinese_columns_is_read(db, tmp_path):
    path = workbook(tmp_path / "officers.xlsx", [row(group_or_county=1, phone=13000000224), row(badge_no="TS901")])
    rows = read_officers(path, path.name)
    assert [(one["badge_no"], one["phone"], one["_sheet"], one["_row"]) for one in rows] == [
        ("TS900", "13000000224", "人员名单", 3),
        ("TS901", "13000000224", "人员名单", 4),
    ]
    assert import_officers(rows, by=None).counts["created"] == 2


@pytest.mark.parametrize(
    "content", [b"", b"a,b,c\n1,2,3\n", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"]
)
def test_what_is_no_list_of_officers_is_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(Refused):
        read_officers(path, path.name)


# --- the command
def test_the_command_prints_one_object_and_nothing_else(counties, capsys):
    call_command("import_officers", str(EVENT / "officers.csv"), json=True)
    printed = json.loads(capsys.readouterr().out)
    assert printed == {"counts": {"created": 38, "changed": 0, "same": 0, "errors": 0, "undecided": 0}, "findings": []}


def test_the_command_rehearses(counties):
    call_command("import_officers", str(EVENT / "officers.csv"), dry_run=True, stdout=io.StringIO())
    assert Officer.objects.count() == 0


def test_the_command_names_the_row_of_an_error(db, capsys):
    call_command("import_officers", str(EVENT / "officers.csv"), json=True)
    printed = json.loads(capsys.readouterr().out)
    assert printed["counts"]["errors"] == 15
    assert {name: printed["findings"][0][name] for name in ("row", "column", "level", "code")} == {
        "row": 25, "column": "group_or_county", "level": "error", "code": "unknown_county",
    }  # fmt: skip


def test_the_command_says_that_there_is_no_file(db):
    with pytest.raises(CommandError):
        call_command("import_officers", "nowhere.csv")


def test_the_command_prints_its_object_for_an_unreadable_file_too(db, tmp_path, capsys):
    (tmp_path / "list.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CommandError):
        call_command("import_officers", str(tmp_path / "list.csv"), json=True)
    assert json.loads(capsys.readouterr().out)["findings"][0]["code"] == "unreadable"


# --- the administration
def upload(client, content, name="officers.csv"):
    return client.post(reverse(PAGE), {"file": SimpleUploadedFile(name, content)})


CSV = "badge_no,name,kind,group_or_county,phone\nTS900,钟子磊,officer,1,13000000224\nTS901,,officer,1,\n".encode()


def test_in_the_administration_a_list_is_checked_first_and_then_imported(administrator, signed_in):
    client = signed_in(administrator)
    answer = upload(client, CSV)
    assert answer.context["report"].counts["created"] == 1
    assert not Officer.objects.filter(badge_no="TS900").exists()
    client.post(reverse(PAGE), {"rows": answer.context["rows"]})
    assert Officer.objects.get(badge_no="TS900").name == "钟子磊"
    entry = AuditEntry.objects.get(act="import")
    assert (entry.by, entry.detail["counts"]["created"], entry.detail["counts"]["errors"]) == (administrator, 1, 1)


def test_rows_that_were_not_checked_here_are_not_imported(administrator, signed_in):
    client = signed_in(administrator)
    client.post(reverse(PAGE), {"rows": "W3siYmFkZ2Vfbm8iOiJUUzkwMCJ9XQ:forged:forged"})
    assert Officer.objects.count() == 1


def test_a_file_that_is_no_list_is_refused_on_the_page(administrator, signed_in):
    answer = upload(signed_in(administrator), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "officers.xls")
    assert answer.context["form"].errors["file"]


def test_only_who_may_import_officers_comes_in(editor, auditor, signed_in):
    for officer in (editor, auditor):
        assert signed_in(officer).get(reverse(PAGE)).status_code == 403

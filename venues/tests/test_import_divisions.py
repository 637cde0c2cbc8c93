"""Divisions from a list: levels from their codes, zones marked, nothing deleted, twice is once."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from venues.importing.divisions import import_divisions
from venues.models import Division
from venues.tests.forms import filled, sent
from venues.tests.lists import DIVISIONS
from venues.transitions import Refused

pytestmark = pytest.mark.django_db


def listed(tmp_path, text, name="a.csv"):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_the_city_its_districts_and_their_streets():
    counts, findings = import_divisions(DIVISIONS)
    assert counts == {"created": 138, "changed": 0, "same": 0, "errors": 0, "undecided": 0}
    assert (Division.objects.districts().count(), Division.objects.streets().count()) == (7, 130)
    street = Division.objects.get(code="620502100")
    assert (street.level, street.parent.name, street.parent.parent.name) == ("street", "秦州区", "天水市")
    zones = Division.objects.filter(nonstandard=True)
    assert zones.count() == 7 and all("区" in zone.name or "园" in zone.name for zone in zones)
    assert {f["code"] for f in findings} == {"nonstandard_code"}


def test_a_second_import_changes_nothing():
    import_divisions(DIVISIONS)
    counts, _findings = import_divisions(DIVISIONS)
    assert (counts["created"], counts["changed"], counts["same"]) == (0, 0, 138)


def test_a_dry_run_writes_nothing():
    assert import_divisions(DIVISIONS, dry_run=True)[0]["created"] == 138
    assert not Division.objects.exists()


def test_a_new_name_is_a_change_and_what_the_list_leaves_out_stays(qinzhou, maiji, tmp_path):
    counts, _findings = import_divisions(listed(tmp_path, "代码,名称,上级\n620502,秦城区,620500\n"))
    assert (counts["changed"], counts["created"]) == (1, 0)
    qinzhou.refresh_from_db()
    assert qinzhou.name == "秦城区" and Division.objects.count() == 3


def test_a_zone_without_a_code_of_the_standard_takes_its_level_from_its_parent(city, tmp_path):
    import_divisions(listed(tmp_path, "代码,名称,上级代码\nKFQ-01,天水经济技术开发区,620500\n"))
    zone = Division.objects.get(code="KFQ-01")
    assert (zone.level, zone.parent, zone.nonstandard) == ("district", city, True)


def test_parents_may_stand_below_and_be_named_instead_of_coded(tmp_path):
    text = "代码,名称,上级\n620502100,玉泉镇,秦州区\n620502,秦州区,天水市\n620500,天水市,620000\n"
    assert import_divisions(listed(tmp_path, text))[0]["created"] == 3
    assert Division.objects.get(code="620502100").parent.name == "秦州区"


def test_without_a_parent_column_the_code_says_it(tmp_path):
    import_divisions(listed(tmp_path, "代码,名称\n620500,天水市\n620502,秦州区\n620502100,玉泉镇\n"))
    assert Division.objects.get(code="620502100").parent.parent.code == "620500"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",无码区,620500", "empty_code"), ("620504,,620500", "empty_name"), ("620504,新区,629999", "unknown_parent"),
        ("ABC,无处区,", "level_unknown"), ("1234567890123,长码区,620500", "code_too_long"), ("620500,天水市,", "code_repeated"),
    ],
)  # fmt: skip
def test_a_faulty_line_is_left_out_and_named(tmp_path, line, code):
    counts, findings = import_divisions(listed(tmp_path, f"代码,名称,上级\n620500,天水市,\n{line}\n"))
    assert (counts["created"], counts["errors"]) == (1, 1)
    assert [(f["row"], f["code"]) for f in findings if f["level"] == "error"] == [(3, code)]


def test_a_list_without_codes_is_refused(tmp_path):
    with pytest.raises(Refused):
        import_divisions(listed(tmp_path, "甲,乙\n1,2\n"))


def test_the_command_prints_one_object(tmp_path):
    out = io.StringIO()
    call_command("import_divisions", str(DIVISIONS), "--json", stdout=out)
    assert json.loads(out.getvalue())["counts"]["created"] == 138
    with pytest.raises(CommandError):
        call_command("import_divisions", str(listed(tmp_path, "x\n")), stdout=out)


def upload():
    return SimpleUploadedFile("divisions.csv", DIVISIONS.read_bytes())


def test_in_the_browser_a_list_is_checked_without_a_trace(signed_in, editor):
    client = signed_in(editor)
    page = sent(client, reverse("venues:divisions_import"), {"file": upload(), "act": "check"})
    assert "138" in filled(page)
    assert not Division.objects.exists() and not editor.trail.filter(act="import").exists()


def test_in_the_browser_a_list_is_imported_with_a_trail(signed_in, editor):
    client = signed_in(editor)
    answer = sent(client, reverse("venues:divisions_import"), {"file": upload(), "act": "import"})
    assert answer.status_code == 302
    assert Division.objects.count() == 138
    assert editor.trail.get(act="import").detail["what"] == "divisions"


def test_the_administration_leads_there(signed_in, editor):
    page = filled(signed_in(editor).get(reverse("admin:venues_division_changelist")))
    assert reverse("venues:divisions_import") in page


@pytest.mark.parametrize("who", ["leader", "duty_officer", "inspector", "clerk", "auditor", "viewer"])
def test_others_may_not(request, signed_in, who):
    client = signed_in(request.getfixturevalue(who))
    assert client.get(reverse("venues:divisions_import")).status_code == 403
    assert sent(client, reverse("venues:divisions_import"), {"file": upload()}).status_code == 403

"""The registry in the administration: search, filters, rules of the forms, history, merging, export, who may what."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from venues.models import Category, Division, Venue
from venues.tests.forms import filled
from venues.tests.looking import look

pytestmark = pytest.mark.django_db
VENUES, CATEGORIES, DIVISIONS = "/admin/venues/venue/", "/admin/venues/category/", "/admin/venues/division/"


@pytest.fixture
def desk(signed_in, editor):
    return signed_in(editor)


@pytest.fixture
def street(qinzhou):
    return Division.objects.create(code="620502001", name="大城街道", level="street", parent=qinzhou)


def card(venue, **changes):
    """The fields of the venue's form as they stand, with changes."""
    names = (
        "name", "sign_name", "grade", "operating_status", "remark", "licence_no", "licence_until", "uscc", "size",
        "legal_rep", "manager", "phone", "phone_2", "address", "latitude", "longitude", "coordinate_system",
    )  # fmt: skip
    fields = {name: getattr(venue, name) or "" for name in names}
    places = {"category": venue.category_id, "district": venue.district_id, "street": venue.street_id or ""}
    return {**fields, **places, **changes}


def change(client, venue, **changes):
    return client.post(f"{VENUES}{venue.pk}/change/", card(venue, **changes))


def errors(response):
    return response.context["adminform"].form.errors


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- the list -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["ltwb", "蓝天", "13000000001"])
def test_the_list_searches_as_the_registry_does(netbar, ktv, desk, text):
    ktv.phone = "13000000002"
    ktv.save()
    found = desk.get(VENUES, {"q": text}).context["cl"].result_list
    assert list(found) == [netbar]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"category": "song_dance"}, {"皇冠KTV"}),
        ({"district": "620503"}, {"红星网吧"}),
        ({"operating_status__exact": "ceased"}, {"红星网吧"}),
        ({"phone": "without"}, {"红星网吧"}),
        ({"licence": "unknown"}, {"蓝天网吧", "皇冠KTV"}),
        ({"licence": "ended"}, {"红星网吧"}),
        ({"merged": "yes"}, {"兰天网吧"}),
    ],
)
def test_each_filter_narrows_the_list(netbar, ktv, make_venue, maiji, editor, desk, query, expected):
    make_venue("红星网吧", district=maiji, operating_status="ceased", phone="", licence_until="2020-01-01")
    make_venue("兰天网吧").merge_into(netbar, by=editor)
    assert {venue.name for venue in desk.get(VENUES, query).context["cl"].result_list} == expected


def test_the_list_asks_no_distinct_and_the_same_few_queries(make_venue, desk):
    def asked(query=""):
        desk.get(VENUES + query)
        with CaptureQueriesContext(connection) as captured:
            filled(desk.get(VENUES + query))
        return [row["sql"] for row in captured]

    make_venue()
    few = asked()
    for _number in range(40):
        make_venue()
    assert len(asked()) == len(few) <= 9  # one of them for the head of the page
    assert len(asked("?category=internet_cafe&operating_status__exact=active")) == len(few) + 1  # the category chosen
    assert not any("DISTINCT" in sql for sql in few)


# --- the form -----------------------------------------------------------------------------------------------------
def test_a_change_is_cleaned_saved_and_kept_in_the_history(netbar, editor, desk):
    response = change(
        desk,
        netbar,
        name=" 蓝天（新）网吧 ",
        licence_no="６２ 050220003",
        uscc="91620502gtp21ea5nq",
        phone="+86 130 0000 0105",
    )
    assert response.status_code == 302
    netbar.refresh_from_db()
    assert (netbar.name, netbar.licence_no, netbar.uscc, netbar.phone) == (
        "蓝天(新)网吧", "62050220003", "91620502GTP21EA5NQ", "13000000105",
    )  # fmt: skip
    assert netbar.history.first().history_user == editor
    assert list(Venue.objects.matching("ltxwb")) == [netbar]


def test_a_wrong_check_digit_is_saved_with_a_warning(netbar, desk):
    response = change(desk, netbar, uscc="91620502GTP21EA5NA", phone="无", licence_until="2020-01-01")
    assert response.status_code == 302
    assert len(said(response)) == 4  # the three doubts, and that it was saved


def test_an_entry_of_the_same_name_is_pointed_out(netbar, make_venue, desk):
    other = make_venue("蓝天网吧二店")
    assert len(said(change(desk, other, name="蓝天网吧"))) == 2


def test_the_street_lies_in_the_district(netbar, street, maiji, desk):
    assert change(desk, netbar, street=street.pk).status_code == 302
    refused = change(desk, netbar, street=street.pk, district=maiji.pk)
    assert list(errors(refused)) == ["street"]
    assert "秦州区" in errors(refused)["street"][0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "　"}, "name"),
        ({"latitude": "34.5"}, "longitude"),
        ({"latitude": "34.5", "longitude": "105.7"}, "__all__"),
        ({"licence_until": "2022-01-01", "licence_long_term": "on"}, "licence_long_term"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(netbar, desk, changes, field):
    assert list(errors(change(desk, netbar, **changes))) == [field]


def test_a_licence_no_belongs_to_one_venue_of_the_category(netbar, make_venue, desk):
    other = make_venue("红星网吧")
    response = change(desk, other, licence_no=f" {netbar.licence_no} ")
    assert response.status_code == 200
    assert "__all__" in errors(response)


def test_a_district_is_no_street_and_a_street_no_district(netbar, street, qinzhou, desk):
    assert "street" in errors(change(desk, netbar, street=qinzhou.pk))
    assert "district" in errors(change(desk, netbar, district=street.pk))


def test_streets_are_grouped_by_their_district(netbar, street, maiji, desk):
    Division.objects.create(code="620503001", name="大城街道", level="street", parent=maiji)
    page = filled(desk.get(f"{VENUES}{netbar.pk}/change/"))
    assert '<optgroup label="秦州区">' in page
    assert '<optgroup label="麦积区">' in page


def test_a_merged_entry_is_only_read(netbar, make_venue, editor, desk):
    old = make_venue("兰天网吧")
    old.merge_into(netbar, by=editor)
    assert f"{VENUES}{netbar.pk}/change/" in filled(desk.get(f"{VENUES}{old.pk}/change/"))
    assert change(desk, old, name="另一家").status_code == 403
    old.refresh_from_db()
    assert old.name == "兰天网吧"


def test_nobody_deletes_a_venue(netbar, desk, auditor, signed_in):
    for client in (desk, signed_in(auditor)):
        assert client.post(f"{VENUES}{netbar.pk}/delete/", {"post": "yes"}).status_code == 403
        client.post(VENUES, {"action": "delete_selected", "_selected_action": [netbar.pk], "post": "yes"})
    assert Venue.objects.filter(pk=netbar.pk).exists()


def test_nobody_deletes_many_venues_at_once(netbar, signed_in, leader):
    leader.is_superuser = True
    leader.save()
    assert "delete_selected" not in filled(signed_in(leader).get(VENUES))


def test_what_is_referenced_is_not_deleted_and_the_page_says_why(netbar, inspector, signed_in, leader):
    look(netbar, 60, "closed", [inspector])
    leader.is_superuser = True
    leader.save()
    page = filled(signed_in(leader).post(f"{VENUES}{netbar.pk}/delete/", {"post": "yes"}))
    assert "01-24" in page
    assert Venue.objects.filter(pk=netbar.pk).exists()


# --- the history --------------------------------------------------------------------------------------------------
@pytest.fixture
def renamed(netbar, editor):
    netbar.name, netbar.operating_status = "红星网吧", "unlocatable"
    netbar.save_by(editor)
    return netbar


def test_the_history_says_who_changed_what(renamed, signed_in, auditor, editor):
    page = filled(signed_in(auditor).get(f"{VENUES}{renamed.pk}/history/"))
    assert "<del>蓝天网吧</del> → <ins>红星网吧</ins>" in page
    assert editor.name in page
    assert "style=" not in page
    assert "<ins>" in page
    assert "<ins>unlocatable</ins>" not in page  # the words of the choices, not their codes


def test_a_past_version_is_only_read(renamed, signed_in, editor, auditor, leader):
    first = renamed.history.earliest("history_id")
    url = f"{VENUES}{renamed.pk}/history/{first.pk}/"
    for officer in (editor, auditor):
        client = signed_in(officer)
        page = filled(client.get(url))
        assert "蓝天网吧" in page
        assert '<input type="text"' not in page
        assert client.post(url, card(renamed, name="偷换")).status_code == 405
    renamed.refresh_from_db()
    assert renamed.name == "红星网吧"


def test_the_history_has_a_permission_of_its_own(renamed, signed_in, trainee):
    for codename in ("use_admin", "view_venue"):
        trainee.user_permissions.add(Permission.objects.get(codename=codename))
    client = signed_in(trainee)
    assert client.get(f"{VENUES}{renamed.pk}/change/").status_code == 200
    assert client.get(f"{VENUES}{renamed.pk}/history/").status_code == 403
    first = renamed.history.earliest("history_id")
    assert client.get(f"{VENUES}{renamed.pk}/history/{first.pk}/").status_code == 403


# --- merging ------------------------------------------------------------------------------------------------------
@pytest.fixture
def double(make_venue):
    return make_venue("兰天网吧", licence_no="", phone="13000000009", operating_status="ceased")


def select(client, *venues, **fields):
    return client.post(VENUES, {"action": "merge", "_selected_action": [venue.pk for venue in venues], **fields})


def test_first_the_entries_stand_side_by_side_and_nothing_is_done(netbar, double, desk):
    page = filled(select(desk, netbar, double))
    assert "兰天网吧" in page
    assert "13000000009" in page
    assert f'value="{netbar.pk}" checked' in page  # the one with a licence most likely goes on
    assert Venue.objects.standing().count() == 2


def test_then_the_chosen_entry_goes_on(netbar, double, editor, desk):
    response = select(desk, netbar, double, survivor=netbar.pk)
    assert response.status_code == 302
    double.refresh_from_db()
    assert double.merged_into == netbar
    assert editor.trail.get(act="merge").about_id == str(double.pk)


def test_of_several_all_or_none_are_merged(double, order, netbar, ktv, desk):
    page = filled(select(desk, netbar, double, ktv, survivor=netbar.pk))
    assert order.title in page
    assert Venue.objects.standing().count() == 3


@pytest.mark.parametrize("count", [1, 7])
def test_one_entry_or_very_many_are_not_compared(make_venue, desk, count):
    venues = [make_venue() for _number in range(count)]
    assert len(said(select(desk, *venues))) == 1


def test_a_survivor_that_was_not_selected_changes_nothing(netbar, double, ktv, desk):
    select(desk, netbar, double, survivor=ktv.pk)
    assert Venue.objects.standing().count() == 3


def test_doubts_are_named_before_merging(netbar, ktv, desk):
    assert filled(select(desk, netbar, ktv)).count("errornote") == 2


def test_who_may_not_merge_cannot(netbar, double, signed_in, auditor):
    select(signed_in(auditor), netbar, double, survivor=netbar.pk)
    assert Venue.objects.standing().count() == 2


# --- export -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("action", "kind"), [("export_xlsx", "xlsx"), ("export_csv", "csv")])
def test_the_selected_venues_as_a_file(netbar, ktv, desk, editor, action, kind):
    response = desk.post(VENUES, {"action": action, "_selected_action": [netbar.pk]})
    assert f".{kind}" in response["Content-Disposition"]
    assert b"".join(response.streaming_content)
    assert editor.trail.get(act="export").detail == {"what": "venues", "format": kind, "rows": 1, "selected": True}


# --- categories and divisions -------------------------------------------------------------------------------------
def category_card(category, **changes):
    names = ("name_zh", "name_en", "licence_type", "grade_kind", "recheck_hours", "position")
    fields = {name: getattr(category, name) for name in names}
    hours = {"shut_from": category.shut_from or "", "shut_until": category.shut_until or ""}
    return {**fields, **hours, "aliases": "\n".join(category.aliases), **changes}


def test_other_names_of_a_category_are_lines(category, desk, editor):
    cafe = category("internet_cafe")
    url = f"{CATEGORIES}{cafe.pk}/change/"
    assert "网咖\n" in filled(desk.get(url))
    response = desk.post(url, category_card(cafe, aliases=" 网吧 \n\n网吧\r\n电竞酒店"))
    assert response.status_code == 302
    cafe.refresh_from_db()
    assert cafe.aliases == ["网吧", "电竞酒店"]
    entry = editor.trail.get(act="registry_change")
    assert (entry.about_type, entry.about_id, entry.detail) == (
        "venues.category",
        str(cafe.pk),
        {"fields": ["aliases"]},
    )


def test_a_name_belongs_to_one_category(category, desk):
    cafe = category("internet_cafe")
    response = desk.post(f"{CATEGORIES}{cafe.pk}/change/", category_card(cafe, aliases="网吧\n影城"))
    assert "影城" in errors(response)["aliases"][0]


def test_the_code_name_is_chosen_once(category, desk):
    cafe = category("internet_cafe")
    desk.post(f"{CATEGORIES}{cafe.pk}/change/", category_card(cafe, slug="other", name_en="cybercafe"))
    cafe.refresh_from_db()
    assert (cafe.slug, cafe.name_en) == ("internet_cafe", "cybercafe")
    fields = {"slug": "escape_room", "name_zh": "密室", "name_en": "escape room", "recheck_hours": 24, "position": 200}
    assert desk.post(f"{CATEGORIES}add/", fields).status_code == 302
    assert Category.objects.get(slug="escape_room").aliases == []


def test_hours_shut_by_law_have_both_ends(category, desk):
    cafe = category("internet_cafe")
    response = desk.post(f"{CATEGORIES}{cafe.pk}/change/", category_card(cafe, shut_until=""))
    assert errors(response)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"code": "62050"}, "code"),
        ({"code": "620502001"}, "code"),
        ({"code": "KFQ1", "nonstandard": "on"}, None),
        ({"parent": ""}, "parent"),
        ({"level": "street", "code": "620502009"}, "parent"),
        ({"valid_from": "2020-01-02", "valid_until": "2020-01-02"}, "valid_until"),
        ({}, None),
    ],
)
def test_a_division_has_the_code_and_the_place_of_its_level(city, desk, fields, field):
    whole = {"code": "620599", "name": "新区", "level": "district", "parent": city.pk, **fields}
    response = desk.post(f"{DIVISIONS}add/", whole)
    if field is None:
        assert response.status_code == 302
        assert Division.objects.get(name="新区").nonstandard == ("nonstandard" in fields)
    else:
        assert list(errors(response)) == [field]


# --- who may what -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "venues", "places"),
    [("editor", 200, 200), ("auditor", 200, 200), ("administrator", 403, 200)],
)
def test_who_sees_what(role, venues, places, netbar, request, signed_in):
    client = signed_in(request.getfixturevalue(role))
    assert client.get(VENUES).status_code == venues
    assert client.get(CATEGORIES).status_code == client.get(DIVISIONS).status_code == places


@pytest.mark.parametrize("role", ["leader", "duty_officer", "inspector", "clerk", "viewer"])
def test_the_others_do_not_enter_the_administration(role, netbar, request, signed_in):
    client = signed_in(request.getfixturevalue(role))
    assert client.get(VENUES).status_code in (302, 403)
    assert change(client, netbar, name="偷换").status_code in (302, 403)
    netbar.refresh_from_db()
    assert netbar.name == "蓝天网吧"


def test_the_auditor_changes_nothing(netbar, qinzhou, category, signed_in, auditor):
    client = signed_in(auditor)
    cafe = category("internet_cafe")
    assert change(client, netbar, name="偷换").status_code == 403
    assert client.post(f"{CATEGORIES}{cafe.pk}/change/", category_card(cafe)).status_code == 403
    assert client.post(f"{DIVISIONS}{qinzhou.pk}/change/", {"name": "偷换"}).status_code == 403
    assert client.get(f"{VENUES}add/").status_code == 403


def test_the_administrator_edits_categories_and_divisions_but_no_venue(netbar, category, signed_in, administrator):
    client = signed_in(administrator)
    cafe = category("internet_cafe")
    assert client.post(f"{CATEGORIES}{cafe.pk}/change/", category_card(cafe, recheck_hours=12)).status_code == 302
    assert change(client, netbar, name="偷换").status_code == 403

"""The way in and out, one's own password, one's own language."""

import pytest
from django.test import Client
from django.urls import reverse

from enforcement.models import AuditEntry, Officer

PASSWORD = "right-horse-battery"
NEW = "green-kettle-mountain"


def sign_in(client, username="leader", password=PASSWORD, **more):
    return client.post(reverse("login"), {"username": username, "password": password, **more})


def signed_in_as(client):
    return client.get(reverse("password_change")).status_code == 200


def acts():
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def test_the_right_password_opens(client, leader):
    answer = sign_in(client)
    assert answer.status_code == 302
    assert signed_in_as(client)
    assert acts() == ["sign_in"]


def test_a_wrong_password_does_not_and_the_name_stays_typed(client, leader):
    answer = sign_in(client, password="wrong")
    assert answer.status_code == 200
    assert 'value="leader"' in answer.content.decode()
    assert "wrong" not in answer.content.decode().replace("tone-wrong", "")
    assert not signed_in_as(client)


def test_a_failed_sign_in_names_the_account_only_when_there_is_one(client, leader):
    sign_in(client, password="wrong")
    sign_in(client, username="my-secret-password", password="x")
    known, unknown = AuditEntry.objects.order_by("pk")
    assert (known.about_type, known.about_id) == ("enforcement.officer", str(leader.pk))
    assert (unknown.about_id, unknown.detail) == ("", {"account": "unknown"})
    assert "my-secret-password" not in str(list(AuditEntry.objects.values()))


def test_an_inactive_account_gets_the_same_sentence_as_a_wrong_password(client, leader):
    wrong = sign_in(client, password="wrong").content
    leader.is_active = False
    leader.save(update_fields=["is_active"])
    assert _sentence(sign_in(client).content) == _sentence(wrong)


def _sentence(content):
    return content.decode().split('class="form-errors"')[1].split("</div>")[0]


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_only_places_of_this_house_come_next(client, leader, place):
    answer = sign_in(client, next=place)
    assert answer["Location"] == reverse("home")


def test_the_place_one_wanted_comes_next(client, leader):
    answer = client.get("/password/?x=1")
    assert answer["Location"] == "/login/?next=/password/%3Fx%3D1"
    assert sign_in(client, next="/password/?x=1")["Location"] == "/password/?x=1"


def test_who_is_signed_in_is_not_asked_again(client, leader):
    client.force_login(leader)
    assert client.get(reverse("login"))["Location"] == reverse("home")


def test_signing_out_ends_the_session_and_leaves_a_row(client, leader):
    sign_in(client)
    assert client.post(reverse("logout"))["Location"] == reverse("login")
    assert not signed_in_as(client)
    assert acts() == ["sign_in", "sign_out"]


def test_signing_out_is_not_done_by_a_link(client, leader):
    client.force_login(leader)
    assert client.get(reverse("logout")).status_code == 405


def test_the_session_key_changes_with_the_sign_in(client, leader):
    client.get(reverse("login"))
    client.cookies["sessionid"] = "chosen-by-somebody-else"
    sign_in(client)
    assert client.cookies["sessionid"].value != "chosen-by-somebody-else"


# --- language
def test_the_stored_language_fills_an_empty_cookie(client, leader):
    leader.choose_language("en")
    sign_in(client)
    assert client.cookies["django_language"].value == "en"
    assert '<html lang="en"' in client.get(reverse("password_change")).content.decode()


def test_the_cookie_wins_over_the_stored_language(client, leader):
    leader.choose_language("en")
    client.cookies["django_language"] = "zh-hans"
    sign_in(client)
    assert '<html lang="zh-hans"' in client.get(reverse("password_change")).content.decode()


def test_switching_the_language_is_kept_with_the_officer(client, leader):
    client.force_login(leader)
    client.post(reverse("set_language"), {"language": "en", "next": "/password/"})
    leader.refresh_from_db()
    assert leader.language == "en"


def test_somebody_signed_out_may_switch_the_language(client, db):
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/login/"})
    assert (answer.status_code, client.cookies["django_language"].value) == (302, "en")


def test_an_unknown_language_is_not_kept(client, leader):
    client.force_login(leader)
    client.post(reverse("set_language"), {"language": "fr", "next": "/"})
    leader.refresh_from_db()
    assert leader.language == ""


# --- own password
def change(client, old=PASSWORD, new=NEW, again=None, path=None):
    data = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post(path or reverse("password_change"), data)


def test_an_own_password_is_changed_and_the_session_goes_on(client, leader):
    client.force_login(leader)
    assert change(client).status_code == 302
    assert signed_in_as(client)
    leader.refresh_from_db()
    assert leader.check_password(NEW)
    assert "password_change" in acts()


def test_a_changed_password_ends_the_other_sessions(client, leader):
    other = Client()
    sign_in(other)
    client.force_login(leader)
    change(client)
    assert not signed_in_as(other)


@pytest.mark.parametrize(
    "new",
    [
        "short",
        "1234567890123",
        "password1234",
        "leader2031",
        "zhishou-at-night",
        "tianshui-2031-x",
        "天水市的夜班很安静",
        PASSWORD,
    ],
)
def test_a_password_that_others_would_try_is_refused(client, leader, new):
    client.force_login(leader)
    answer = change(client, new=new)
    assert answer.status_code == 200
    leader.refresh_from_db()
    assert leader.check_password(PASSWORD)


def test_the_old_password_is_needed(client, leader):
    client.force_login(leader)
    assert change(client, old="wrong").status_code == 200
    leader.refresh_from_db()
    assert leader.check_password(PASSWORD)


# --- a password given by somebody else
@pytest.fixture
def newcomer(leader):
    leader.must_change_password = True
    leader.save(update_fields=["must_change_password"])
    return leader


@pytest.mark.parametrize("path", ["/", "/admin/", "/admin/jsi18n/"])
def test_every_page_leads_to_the_change_until_it_is_done(signed_in, newcomer, path):
    client = signed_in(newcomer)
    assert client.get(path)["Location"].startswith("/password/?next=")


def test_after_the_change_one_goes_on_where_one_wanted(signed_in, newcomer):
    client = signed_in(newcomer)
    place = client.get("/?x=1")["Location"]
    assert change(client, path=place)["Location"] == "/?x=1"
    newcomer.refresh_from_db()
    assert not newcomer.must_change_password
    assert "/password/" not in client.get("/").get("Location", "")


def test_the_given_password_cannot_be_chosen_again(signed_in, newcomer):
    client = signed_in(newcomer)
    change(client, new=PASSWORD)
    newcomer.refresh_from_db()
    assert newcomer.must_change_password


def test_parts_and_data_lead_there_too(signed_in, newcomer):
    client = signed_in(newcomer)
    part = client.get("/", headers={"HX-Request": "true"})
    data = client.get("/", headers={"Accept": "application/json"})
    assert (part.status_code, part["HX-Redirect"]) == (403, "/password/")
    assert data.status_code == 403
    assert data.json()["error"]


def test_one_may_sign_out_instead(signed_in, newcomer):
    assert signed_in(newcomer).post(reverse("logout"))["Location"] == "/login/"


# --- production
def test_in_production_a_demonstration_account_opens_nothing(client, leader, settings):
    settings.PRODUCTION = True
    Officer.objects.filter(pk=leader.pk).update(is_demo=True)
    assert sign_in(client).status_code == 200
    client.force_login(leader)
    assert not signed_in_as(client)


def test_in_production_the_demonstration_password_opens_nothing(client, leader, settings):
    settings.PRODUCTION = True
    settings.DEMO_PASSWORD = PASSWORD
    assert sign_in(client).status_code == 200
    settings.PRODUCTION = False
    assert sign_in(client).status_code == 302

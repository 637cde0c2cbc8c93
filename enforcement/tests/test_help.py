"""The help page: each work's first steps on top, none of which leads where its officer is refused."""

import re

import pytest
from django.urls import reverse

from enforcement.help import FIRST, KEYS
from enforcement.places import WORKS, work_of

PEOPLE = {
    "administrator": "administrator", "leader": "leader", "desk": "duty_officer", "field": "inspector", "refunds": "clerk",
    "registry": "editor", "audit": "auditor", "figures": "viewer",
}  # fmt: skip


def test_each_role_has_its_work_and_each_work_its_steps():
    assert set(PEOPLE) == {work.key for work in WORKS} == set(FIRST)
    assert all(3 <= len(steps) <= 5 for steps in FIRST.values())


@pytest.mark.parametrize("key", PEOPLE)
def test_ones_own_steps_come_first_and_every_link_opens(request, signed_in, key):
    officer = request.getfixturevalue(PEOPLE[key])
    client = signed_in(officer)
    assert work_of(officer).key == key
    answer = client.get(reverse("help"))
    assert answer.context["asked"].key == key
    text = answer.content.decode()
    for step in FIRST[key]:
        assert f'href="{reverse(step.name)}{step.query}"' in text
        assert client.get(reverse(step.name) + step.query).status_code == 200, step.name


@pytest.mark.parametrize("key", PEOPLE)
def test_the_help_of_another_role_is_read_without_links(signed_in, viewer, key):
    answer = signed_in(viewer).get(reverse("help"), {"work": key})
    assert answer.status_code == 200
    assert ("Go there" in answer.content.decode() or "前往" in answer.content.decode()) == (key == "figures")


def test_an_unknown_work_is_ones_own(signed_in, clerk):
    assert signed_in(clerk).get(reverse("help"), {"work": "no-such"}).context["asked"].key == "refunds"


def test_an_account_without_a_role_can_read_it(client, django_user_model, db):
    client.force_login(django_user_model.objects.create_user("nobody", "x", name="x"))
    assert client.get(reverse("help")).status_code == 200


def test_the_keys_of_a_page_are_shown_to_who_works_there(signed_in, viewer, auditor, duty_officer):
    def groups(officer):
        return len(signed_in(officer).get(reverse("help")).context["keys"])

    assert groups(viewer) == groups(auditor) == 1  # those of every form
    assert groups(duty_officer) == len(KEYS)


def test_the_keys_are_those_of_the_pages(settings):
    pages = "".join(path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html"))
    moves = (settings.BASE_DIR / "complaints" / "buttons.py").read_text()
    there = set(re.findall(r'data-key="([^"{]+)"', pages))
    there |= set(re.findall(r'"([a-z])", (?:forms|telling|changes)\.', moves))
    told = {"+".join(key.lower().split()) for group in KEYS for key, _does in group.keys} - {"1+…+9"}
    assert told <= there

"""The interface of the figures: the same object as the command, for who may see it; moments that cannot be read are refused."""

import datetime
import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from enforcement.catalogue import Kind, described
from enforcement.catalogue.entries import Book
from enforcement.figures import figures
from venues.models import ClosureOrder

URL = "/api/figures"


@pytest.fixture
def ask(signed_in, viewer):
    return lambda query="", client=None: (client or signed_in(viewer)).get(URL + query)


@pytest.mark.parametrize("query", ["?order=%00", "?as_of=2020-01-24%00", "?%00=1"])
def test_an_address_that_nothing_can_hold_is_refused_in_json_too(query, ask):
    answer = ask(query)
    assert (
        answer.status_code == 400 and answer["Content-Type"].startswith("application/json") and answer.json()["error"]
    )


def test_the_interface_says_what_the_command_says(order, ask):
    moment = timezone.localtime(order.issued_at).isoformat()
    answer = ask(f"?as_of={moment.replace('+', '%2B')}")
    out = StringIO()
    call_command("figures", "--as-of", moment, "--json", stdout=out)
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer.json() == json.loads(out.getvalue())
    assert answer.json()["as_of"] == moment and answer.json()["closures"]["order"] == order.number
    assert "no-store" in answer["Cache-Control"]


def test_it_says_nothing_that_is_no_figure(order, ask):
    assert set(ask().json()) == set(figures(timezone.now()).__dataclass_fields__)


@pytest.mark.parametrize("plus", ["%2B", "+", " ", "%20"], ids=["quoted", "plus", "blank", "quoted-blank"])
def test_a_space_is_a_plus(order, ask, plus):
    assert ask(f"?as_of=2020-01-24T20:30:00{plus}08:00").json()["as_of"] == "2020-01-24T20:30:00+08:00"


def test_a_moment_without_zone_is_local_and_a_date_is_its_end(db, ask):
    assert ask("?as_of=2020-01-24T20:30").json()["as_of"] == "2020-01-24T20:30:00+08:00"
    assert ask("?as_of=2020-01-24").json()["as_of"] == "2020-01-25T00:00:00+08:00"


@pytest.mark.parametrize("text", ["yesterday", "2020-13-01", "9999-12-31", "2199-01-01", "x" * 5000], ids=str.__len__)
def test_a_moment_that_cannot_be_meant_is_refused_in_the_readers_language(signed_in, viewer, text):
    client, said = signed_in(viewer), {}
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        answer = client.get(URL, {"as_of": text})
        assert answer.status_code == 400 and answer.json()["field"] == "as_of"
        said[language] = answer.json()["error"]
    assert said["en"].isascii() and not said["zh-hans"].isascii()


def test_an_order_is_asked_for_by_its_number(order, leader, ask):
    draft = ClosureOrder.objects.create(
        number="draft-1", title="x", issued_at=order.issued_at, effective_at=order.issued_at, deadline_at=order.deadline_at,
        created_by=leader,
    )  # fmt: skip
    assert ask(f"?order={order.number}").json()["closures"]["order"] == order.number
    for number in ("none", draft.number):
        answer = ask(f"?order={number}")
        assert answer.status_code == 404 and answer.json()["field"] == "order"


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
def test_only_who_may_see_figures_gets_them_and_a_program_is_led_to_no_page(administrator, signed_in, client, accept):
    said = {}
    for who, status in ((client, 401), (signed_in(administrator), 403)):
        for language in ("zh-hans", "en"):
            who.cookies["django_language"] = language
            answer = who.get(URL, headers={"accept": accept})
            assert answer.status_code == status and answer["Content-Type"].startswith("application/json")
            said[status, language] = answer.json()["error"]
    assert said[401, "en"].isascii() and said[403, "en"].isascii() and not said[403, "zh-hans"].isascii()
    assert client.post(URL).status_code in (401, 403, 405)


def test_who_must_choose_a_password_gets_no_figures(viewer, signed_in):
    viewer.must_change_password = True
    viewer.save()
    answer = signed_in(viewer).get(URL, headers={"accept": "text/html"})
    assert answer.status_code == 403 and answer.json()["error"]


def test_an_order_has_no_figures_before_it_is_in_force(order, ask, capsys):
    """Nothing to count is not nought."""
    early = (order.issued_at - datetime.timedelta(minutes=1)).isoformat()
    answer = ask(f"?order={order.number}&as_of={early.replace('+', '%2B')}")
    assert answer.status_code == 200 and answer.json()["closures"] is None
    call_command("figures", "--as-of", early, "--order", order.number, "--json")
    out, err = capsys.readouterr()
    assert json.loads(out) == answer.json() and "not in force yet" in err
    call_command("figures", "--as-of", early, "--order", order.number)
    assert "closures." not in capsys.readouterr().out


def test_an_order_that_was_cancelled_as_a_draft_is_none(order, leader, ask):
    moments = {name: getattr(order, name) for name in ("issued_at", "effective_at", "deadline_at")}
    draft = ClosureOrder.objects.create(number="draft-2", title="x", created_by=leader, **moments)
    draft.cancel(by=leader, reason="不发")
    assert ask("?order=draft-2").status_code == 404
    with pytest.raises(CommandError):
        call_command("figures", "--order", "draft-2")


def test_the_command_in_words_names_every_figure(order, capsys):
    call_command("figures")
    printed = capsys.readouterr().out
    assert "closures.targets: " in printed and "duty.required_seconds: " in printed
    with pytest.raises(CommandError):
        call_command("figures", "--as-of", "yesterday")


def test_the_queries_of_the_help_do_not_follow_the_figures(
    order, ktv, signed_in, viewer, django_assert_max_num_queries
):
    client = signed_in(viewer)
    with django_assert_max_num_queries(60):
        answer = client.get(reverse("figures_help"))
    assert answer.context["described"]["closures.targets"].value == figures(timezone.now()).closures["targets"]


# --- the tag
def drawn(user, key, book):
    request = RequestFactory().get("/")
    request.user = user
    template = Template("{% load figures %}{% figure described key %}")
    return template.render(Context({"request": request, "described": book, "key": key}))


def test_a_number_is_a_link_to_its_rows_for_who_may_see_them(order, leader, viewer):
    book = described(figures(timezone.now()))
    assert f'href="/orders/{order.pk}/targets/?scope=in_scope' in drawn(leader, "closures.targets", book)
    shown = drawn(viewer, "closures.targets", book)
    assert "href" not in shown and f"<b>{book['closures.targets'].value}</b>" in shown


def test_what_is_not_recorded_is_never_nought(db, leader):
    with translation.override("en"):
        book = described(figures(parse_datetime("2000-01-01T00:00:00+08:00")))
        for key in ("duty.required_seconds", "closures.targets"):
            assert "not recorded" in drawn(leader, key, book) and "0" not in drawn(leader, key, book)
        assert book["duty.required_seconds"].text == "not recorded"
        assert book["complaints.accepted"].text == "0 complaints"


@pytest.mark.parametrize(
    ("word", "value", "text"),
    [("seconds", 260_100, "72 h 15 min"), ("minutes", 238, "3 h 58 min"), ("people", 1, "1 person")],
)
def test_a_duration_is_written_in_hours_and_minutes(leader, word, value, text):
    book = Book()
    with translation.override("en"):
        book.add("one", "One", value, word)
        assert book.entries["one"].text == text
        assert re.sub("<[^>]+>", "", drawn(leader, "one", book.entries)) == text


def test_a_flow_says_since_when(order):
    book = described(figures(timezone.now()), order)
    one = book["closures.minutes_to_all_closed"]
    assert one.kind == Kind.FLOW and one.since == order.issued_at
    assert f"{timezone.localtime(order.issued_at):%Y-%m-%d %H:%M}" in one.kind_text
    assert book["closures.targets"].kind_text == str(Kind.STOCK.label)
    assert parse_datetime("2020-01-01T00:00:00+08:00") < one.since

"""The pages of an outage: drawn without database, session or user, with what was typed and a way to send it again."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

TYPED = [
    ("name", "蓝天网吧"),
    ("remark", "卷帘门半开 <&>"),
    ("form_key", "0f0e0d0c-0b0a-4908-8706-050403020100"),
    ("password", "right-horse"),
    ("csrfmiddlewaretoken", "old"),
]


@pytest.fixture
def sent(monkeypatch):
    """A request that no middleware has touched: no user, no session. Without the db mark no query is allowed."""
    return RequestFactory().post("/orders/1/", dict(TYPED))


@pytest.mark.parametrize(
    "page",
    [
        "400.html",
        "500.html",
        "503.html",
        "422.html",
        "enforcement/too_old.html",
        "enforcement/signed_out.html",
        "enforcement/locked.html",
    ],
)
def test_a_page_of_trouble_needs_nothing_at_all(page):
    html = render_to_string(page, {})
    assert '<main id="main"' in html and "<script" not in html


def test_an_outage_keeps_what_was_typed_and_sends_it_again_under_the_same_key(sent):
    html = render_to_string("503.html", {"fields": TYPED, "action": "/orders/1/"}, sent)
    assert 'action="/orders/1/"' in html and 'value="蓝天网吧"' in html
    assert "卷帘门半开 &lt;&amp;&gt;" in html
    assert f'name="form_key" value="{TYPED[2][1]}"' in html


@pytest.mark.parametrize("page", ["503.html", "422.html", "enforcement/too_old.html", "enforcement/signed_out.html"])
def test_neither_a_password_nor_an_old_token_is_repeated(page, sent):
    html = render_to_string(page, {"fields": TYPED, "action": "/x/"}, sent)
    assert "right-horse" not in html and 'value="old"' not in html


def test_another_text_under_a_used_key_can_only_be_sent_as_something_new(sent):
    html = render_to_string("422.html", {"fields": TYPED, "action": "/orders/1/"}, sent)
    assert TYPED[2][1] not in html and html.count('name="form_key"') == 1 and 'value="蓝天网吧"' in html


def test_an_outage_while_reading_offers_the_same_page_again():
    html = render_to_string("503.html", {"action": "/orders/1/"})
    assert 'href="/orders/1/"' in html and "<form" not in html

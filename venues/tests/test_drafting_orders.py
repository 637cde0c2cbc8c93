"""Drafting an order: what a draft says, who may write it, and its preview."""

import datetime

import pytest
from django.urls import reverse

from conftest import T
from venues.models import ClosureOrder, OrderMove, Submission
from venues.tests.forms import filled, queries, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(leader, category, netbar, ktv):
    """A draft over internet cafes in the whole city; one venue is in its scope."""
    return ClosureOrder.objects.draft(
        by=leader, categories=[category("internet_cafe")], number="天文旅令〔2020〕7号", title="关于网吧暂停营业的通知",
        issued_at=T, effective_at=T, deadline_at=T + datetime.timedelta(hours=4),
    )  # fmt: skip


def _fields(category, **changes):
    return {
        "number": "天文旅令〔2020〕9号", "title": "通知", "issued_at": "2020-01-24T16:30",
        "categories": [category("internet_cafe").pk], **changes,
    }  # fmt: skip


def test_the_form_suggests_number_issuer_and_moment(signed_in, leader, settings):
    form = signed_in(leader).get(reverse("venues:order_new")).context["form"]
    assert form["issuer"].value() == settings.UNIT_NAME
    assert settings.NUMBER_PREFIX in form["number"].value()
    assert form["issued_at"].value()


@pytest.mark.parametrize(
    ("last", "following"),
    [
        ("天文旅令〔2020〕7号", "天文旅令〔2020〕8号"),
        ("天文旅令〔2020〕009号", "天文旅令〔2020〕010号"),
        ("TS-2020-99", "TS-2020-100"),
        ("2019年9号", "TS〔2020〕1号"),
    ],
)
def test_the_next_number_counts_the_last_one_up(draft, last, following, settings):
    settings.NUMBER_PREFIX = "TS"
    ClosureOrder.objects.filter(pk=draft.pk).update(number=last)
    assert ClosureOrder.objects.next_number(T) == following


def test_empty_times_mean_at_once_and_four_hours(signed_in, leader, category):
    response = sent(signed_in(leader), reverse("venues:order_new"), _fields(category))
    order = ClosureOrder.objects.get()
    assert response.url == order.get_absolute_url()
    assert (order.issued_at, order.effective_at) == (T, T)
    assert order.deadline_at == T + datetime.timedelta(hours=4)
    assert order.created_by == leader
    assert order.is_draft
    assert OrderMove.objects.get().to_status == "draft"


def test_a_draft_touches_no_venue(draft):
    assert draft.targets.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("deadline_at", "2020-01-24T16:30"),
        ("effective_at", "2020-01-24T16:00"),
        ("categories", []),
        ("number", ""),
        ("issued_at", "not a time"),
    ],
)
def test_what_is_wrong_is_said_and_the_text_is_kept(signed_in, leader, category, field, value):
    response = sent(signed_in(leader), reverse("venues:order_new"), _fields(category, title="留住我", **{field: value}))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "留住我" in response.content.decode()
    assert not ClosureOrder.objects.exists()
    assert not Submission.objects.exists()


def test_a_number_is_given_once(signed_in, leader, category, draft):
    fields = _fields(category, number=draft.number)
    response = sent(signed_in(leader), reverse("venues:order_new"), fields)
    assert "number" in response.context["form"].errors


def test_a_draft_can_be_changed(signed_in, leader, category, qinzhou, draft):
    fields = _fields(category, title="改过", districts=[qinzhou.pk], revision=draft.revision)
    sent(signed_in(leader), reverse("venues:order_edit", args=[draft.pk]), fields)
    draft.refresh_from_db()
    assert draft.title == "改过"
    assert list(draft.districts.all()) == [qinzhou]


def test_a_stale_page_does_not_overwrite_a_colleagues_draft(signed_in, leader, duty_officer, category, draft):
    seen = draft.revision
    draft.revise(by=duty_officer, revision=seen, categories=draft.categories.all(), title="同事改的")
    fields = _fields(category, title="我改的", revision=seen)
    response = sent(signed_in(leader), reverse("venues:order_edit", args=[draft.pk]), fields)
    assert response.status_code == 409
    assert "钟子磊" in response.content.decode()
    assert "我改的" in response.content.decode()
    assert ClosureOrder.objects.get(pk=draft.pk).title == "同事改的"


def test_an_order_in_force_is_never_edited(signed_in, leader, category, order):
    client, url = signed_in(leader), reverse("venues:order_edit", args=[order.pk])
    assert client.get(url).status_code == 302
    response = sent(client, url, _fields(category, title="改", revision=order.revision))
    assert response.status_code == 409
    assert ClosureOrder.objects.get(pk=order.pk).title == order.title


def test_a_duty_officer_drafts_and_does_not_activate(signed_in, duty_officer, draft):
    client = signed_in(duty_officer)
    assert client.get(reverse("venues:order_new")).status_code == 200
    assert sent(client, reverse("venues:order_activate", args=[draft.pk]), {"typed_total": 2}).status_code == 403


def test_only_who_may_drafts(signed_in, editor, viewer, inspector):
    for officer in (editor, viewer, inspector):
        client = signed_in(officer)
        assert client.get(reverse("venues:order_new")).status_code == 403
        assert sent(client, reverse("venues:order_new"), {}).status_code == 403


def test_the_bureau_does_not_see_drafts(signed_in, viewer, draft):
    client = signed_in(viewer)
    assert draft.title not in client.get(reverse("venues:orders")).content.decode()
    assert client.get(draft.get_absolute_url()).status_code == 403


# --- the preview ------------------------------------------------------------------------------------------------------
def test_the_preview_counts_by_category_and_district(draft, category, make_venue, maiji):
    draft.categories.add(category("song_dance"))
    make_venue("麦积网吧", district=maiji)
    make_venue("长歇网吧", district=maiji, operating_status="dormant")
    make_venue("难找网吧", district=maiji, operating_status="unlocatable", phone="")
    matrix = draft.preview().matrix
    assert [str(district.name) for district in matrix.districts] == ["秦州区", "麦积区"]
    assert [[cell.count for cell in row.cells] for row in matrix.rows] == [[1, 3], [1, 0]]
    assert [row.total for row in matrix.rows] == [4, 1]
    assert [cell.count for cell in matrix.columns] == [2, 3]
    assert draft.preview().total == 5
    assert draft.preview().without_phone.get().name == "难找网吧"
    assert draft.preview().unlocatable.get().name == "难找网吧"
    assert draft.preview().dormant.get().name == "长歇网吧"


@pytest.mark.parametrize("status", ["ceased", "revoked", "moved", "unlicensed"])
def test_what_trades_no_more_or_has_no_licence_is_not_in_scope(draft, make_venue, status):
    make_venue("某网吧", operating_status=status)
    assert draft.preview().total == 1


def test_a_merged_venue_is_not_in_scope(draft, make_venue, netbar):
    make_venue("蓝天网吧(旧)", merged_into=netbar)
    assert draft.preview().total == 1


def test_a_chosen_district_leaves_the_others_out(draft, make_venue, maiji):
    make_venue("麦积网吧", district=maiji)
    draft.districts.set([maiji])
    assert [venue.name for venue in draft.candidates()] == ["麦积网吧"]


def test_every_number_of_the_preview_opens_its_venues(signed_in, leader, draft, make_venue, maiji):
    make_venue("麦积网吧", district=maiji, phone="")
    client = signed_in(leader)
    page = client.get(draft.get_absolute_url())
    url = reverse("venues:order_scope", args=[draft.pk])
    for query, count in [("", 2), ("category=internet_cafe", 2), ("district=620503", 1), ("phone=none", 1),
                         ("category=internet_cafe&amp;district=620502", 1), ("status=unlocatable", 0)]:  # fmt: skip
        if count:
            assert f'href="{url}?{query}"' in page.content.decode()
        listed = client.get(f"{url}?{query.replace('&amp;', '&')}")
        assert listed.context["page"].paginator.count == count


def test_the_preview_says_when_nothing_is_in_scope(signed_in, leader, draft, netbar):
    type(netbar).objects.filter(pk=netbar.pk).update(operating_status="ceased")
    page = filled(signed_in(leader).get(draft.get_absolute_url()))
    assert "order_activate" not in page
    assert reverse("venues:order_activate", args=[draft.pk]) not in page


def test_the_queries_of_the_preview_do_not_grow_with_the_venues(signed_in, leader, draft, make_venue):
    client = signed_in(leader)
    few = queries(client, draft.get_absolute_url())
    for n in range(30):
        make_venue(f"网吧{n}")
    assert queries(client, draft.get_absolute_url()) == few

"""The administration of the hotline: rows that are edited, rows that stay, and no caller."""

import datetime

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from complaints import models
from complaints.models import Channel, ServiceLevel, Topic
from complaints.tests.calling import registered


@pytest.fixture
def office(signed_in, administrator):
    return signed_in(administrator)


def test_only_channels_topics_and_levels_are_in_the_administration():
    here = {model.__name__ for model in admin.site._registry if model._meta.app_label == "complaints"}
    assert here == {"Channel", "Topic", "ServiceLevel"}


@pytest.mark.parametrize("model", [Channel, Topic, ServiceLevel])
def test_the_administrator_sees_adds_and_changes_the_rows_and_deletes_none(model, office):
    name = model._meta.model_name
    row = model.objects.first()
    assert office.get(reverse(f"admin:complaints_{name}_changelist")).status_code == 200
    assert office.get(reverse(f"admin:complaints_{name}_add")).status_code == 200
    assert office.get(reverse(f"admin:complaints_{name}_change", args=[row.pk])).status_code == 200
    assert office.post(reverse(f"admin:complaints_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_a_duty_officer_edits_none_of_them(signed_in, duty_officer):
    assert signed_in(duty_officer).get(reverse("admin:complaints_topic_changelist")).status_code in (302, 403)


def test_the_administrator_sees_no_complaint_and_no_caller(office):
    for name in ("complaints:complaints", "complaints:desk", "complaints:calls"):
        assert office.get(reverse(name)).status_code == 403
    assert not hasattr(models.Caller, "admin")


def _topic(**changes):
    fields = {
        "name_zh": "测试", "name_en": "test", "kind": "report", "key": "", "urgency": "normal", "urgency_ongoing": "urgent",
        "about_a_place": "on", "checklist_zh": "在哪里?\r\n\r\n 几个人? ", "checklist_en": "", "position": "5",
    }  # fmt: skip
    return fields | changes


def test_a_checklist_is_typed_one_question_a_line(office):
    office.post(reverse("admin:complaints_topic_add"), _topic(slug="test"))
    topic = Topic.objects.get(slug="test")
    assert topic.checklist_zh == ["在哪里?", "几个人?"]
    page = office.get(reverse("admin:complaints_topic_change", args=[topic.pk])).content.decode()
    assert "在哪里?\n几个人?" in page


@pytest.mark.parametrize("key", ["1", "x"])
def test_a_key_is_a_digit_and_used_once(key, office):
    response = office.post(reverse("admin:complaints_topic_add"), _topic(slug="test", key=key))
    assert response.status_code == 200 and not Topic.objects.filter(slug="test").exists()


def test_a_changed_limit_is_a_new_row_from_today_and_no_complaint_moves(office, duty_officer):
    complaint = registered(duty_officer, received_at=timezone.now() - datetime.timedelta(days=2))
    due, level = complaint.dispatch_due_at, ServiceLevel.objects.get(step="dispatch", urgency=complaint.urgency)
    url = reverse("admin:complaints_servicelevel_change", args=[level.pk])
    for minutes in (77, 78):
        assert office.post(url, {"minutes": minutes, "working_days": "", "basis": "新规"}).status_code == 302
    complaint.refresh_from_db()
    level.refresh_from_db()
    assert complaint.dispatch_due_at == due and level.minutes != 78
    new = ServiceLevel.objects.get(step="dispatch", urgency=complaint.urgency, valid_from=timezone.localdate())
    assert new.minutes == 78
    assert registered(duty_officer).dispatch_due_at - timezone.now() > datetime.timedelta(minutes=76)


def test_a_limit_is_not_dated_back(office):
    fields = {
        "step": "stop",
        "urgency": "normal",
        "minutes": 9,
        "working_days": "",
        "valid_from": "2019-01-01",
        "basis": "",
    }
    assert office.post(reverse("admin:complaints_servicelevel_add"), fields).status_code == 200
    assert not ServiceLevel.objects.filter(minutes=9).exists()

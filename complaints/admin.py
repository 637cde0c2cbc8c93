"""The rows that the administrator edits: channels, topics with their checklists, service levels. No caller is anywhere here."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.models import Channel, ServiceLevel, Topic


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    def __init__(self, **kwargs):
        super().__init__(
            widget=forms.Textarea(attrs={"rows": 6}), required=False, help_text=_("One question a line."), **kwargs
        )

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def has_changed(self, initial, data):
        return self.to_python(data) != (initial or [])


class TopicForm(forms.ModelForm):
    checklist_zh = LinesField(label=_("what to ask (Chinese)"))
    checklist_en = LinesField(label=_("what to ask (English)"))

    class Meta:
        model = Topic
        fields = [
            "slug", "name_zh", "name_en", "kind", "key", "urgency", "urgency_ongoing", "about_a_place", "checklist_zh",
            "checklist_en", "retired", "position",
        ]  # fmt: skip

    def clean_key(self):
        key = self.cleaned_data["key"].strip()
        if key and key not in "123456789":
            raise ValidationError(gettext("A key is one of the digits 1 to 9."))
        return key


class RowAdmin(admin.ModelAdmin):
    """Rows that calls refer to: never deleted, their code name never changed."""

    actions = None

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj is not None else []


@admin.register(Channel)
class ChannelAdmin(RowAdmin):
    list_display = ["name_zh", "name_en", "slug", "by_telephone", "external", "valid_from", "valid_until", "position"]
    fields = ["slug", "name_zh", "name_en", "by_telephone", "external", "valid_from", "valid_until", "position"]


@admin.register(Topic)
class TopicAdmin(RowAdmin):
    form = TopicForm
    list_display = [
        "name_zh",
        "name_en",
        "key",
        "kind",
        "urgency",
        "urgency_ongoing",
        "about_a_place",
        "retired",
        "position",
    ]
    list_filter = ["retired", "kind"]


class ServiceLevelForm(forms.ModelForm):
    class Meta:
        model = ServiceLevel
        fields = ["step", "urgency", "minutes", "working_days", "valid_from", "basis"]

    def clean_valid_from(self):
        valid_from = self.cleaned_data["valid_from"]
        if valid_from < timezone.localdate():
            raise ValidationError(gettext("A limit is valid from today at the earliest: earlier calls keep theirs."))
        return valid_from


@admin.register(ServiceLevel)
class ServiceLevelAdmin(RowAdmin):
    """A change is for later calls: a row that is in force already stays, and what was changed becomes a new row from today."""

    form = ServiceLevelForm
    list_display = ["step", "urgency", "minutes", "working_days", "valid_from", "basis"]
    list_display_links = ["step", "urgency"]
    list_filter = ["step", "urgency"]

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        return ["step", "urgency", "valid_from"] if obj.valid_from < timezone.localdate() else ["step", "urgency"]

    def save_model(self, request, obj, form, change):
        today = timezone.localdate()
        limit_changed = {"minutes", "working_days"} & set(form.changed_data)
        if change and limit_changed and form.initial_valid_from < today:
            same = ServiceLevel.objects.filter(step=obj.step, urgency=obj.urgency, valid_from=today).first()
            obj.pk, obj.valid_from = (same.pk if same else None), today
            messages.info(request, gettext("The change is valid from today; earlier calls keep the limit they had."))
        obj.save()

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.initial_valid_from = obj.valid_from if obj is not None else None
        return form

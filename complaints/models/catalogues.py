"""Rows that the unit edits: channels, topics with their checklists, service levels."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class _Named(models.Model):
    """A row with a code name that never changes and a name in both languages."""

    slug = models.SlugField(_("code name"), max_length=30, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        abstract = True
        ordering = ["position", "slug"]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en


class ChannelQuerySet(models.QuerySet):
    def valid(self, on):
        """Channels in use on the date `on`; half-open."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_until=None) | Q(valid_until__gt=on))


class Channel(_Named):
    """A way in which a complaint reaches the unit. Numbers get merged: a channel ends, its complaints keep it."""

    by_telephone = models.BooleanField(_("a telephone line"), default=False)
    external = models.BooleanField(_("sends sheets with their own numbers"), default=False)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = ChannelQuerySet.as_manager()

    class Meta(_Named.Meta):
        verbose_name = pgettext_lazy("complaint", "channel")
        verbose_name_plural = _("channels")


class Urgency(models.TextChoices):
    CRITICAL = "critical", _("critical")
    URGENT = "urgent", _("urgent")
    NORMAL = "normal", _("normal")


class Kind(models.TextChoices):
    REPORT = "report", _("report")
    COMPLAINT = "complaint", _("complaint")
    INQUIRY = "inquiry", _("inquiry")
    HELP = "help", _("call for help")
    SUGGESTION = "suggestion", _("suggestion")


class Topic(_Named):
    """What a complaint is about, with what to ask, its key in the call form, and the urgency that it proposes."""

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.REPORT)
    key = models.CharField(_("key in the call form"), max_length=1, blank=True)
    urgency = models.CharField(_("proposed urgency"), max_length=8, choices=Urgency.choices, default=Urgency.NORMAL)
    urgency_ongoing = models.CharField(
        _("proposed urgency while it is going on"), max_length=8, choices=Urgency.choices, default=Urgency.NORMAL
    )
    about_a_place = models.BooleanField(_("somebody has to look at a place"), default=True)
    checklist_zh = models.JSONField(_("what to ask (Chinese)"), default=list, blank=True)
    checklist_en = models.JSONField(_("what to ask (English)"), default=list, blank=True)
    retired = models.BooleanField(_("retired"), default=False)

    class Meta(_Named.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=~Q(key="") & Q(retired=False),
                name="topic_key_is_used_once",
                violation_error_message=_("Another topic has this key."),
            )
        ]

    @property
    def checklist(self):
        return self.checklist_zh if (get_language() or "zh").startswith("zh") else self.checklist_en

    def propose(self, ongoing):
        """The urgency proposed by rule: that of the topic, raised while the thing goes on."""
        return self.urgency_ongoing if ongoing else self.urgency


class ServiceLevelQuerySet(models.QuerySet):
    def in_force(self, at):
        """{(step, urgency): ServiceLevel} of the rows in force at the moment `at`: the latest valid_from not after it."""
        on = timezone.localdate(at)
        return {(s.step, s.urgency): s for s in self.filter(valid_from__lte=on).order_by("valid_from", "pk")}


class ServiceLevel(models.Model):
    """How long a step may take: minutes, or working days. Sign counts from the dispatch, all others from the call."""

    class Step(models.TextChoices):
        DISPATCH = "dispatch", _("dispatch")
        SIGN = "sign", _("sign for")
        ARRIVE = "arrive", _("arrive")
        STOP = "stop", _("stop")
        ANSWER = "answer", _("answer")

    step = models.CharField(_("step"), max_length=8, choices=Step.choices)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency.choices)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    working_days = models.PositiveSmallIntegerField(_("working days"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    basis = models.CharField(_("basis"), max_length=200, blank=True)

    objects = ServiceLevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("service level")
        verbose_name_plural = _("service levels")
        ordering = ["step", "urgency", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["step", "urgency", "valid_from"],
                name="service_level_is_given_once",
                violation_error_message=_("There is already a level for this step, urgency and date."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__gt=0, working_days=None) | Q(minutes=None, working_days__gt=0),
                name="service_level_is_in_minutes_or_in_working_days",
                violation_error_message=_("Give either minutes or working days."),
            ),
        ]

    def __str__(self):
        return f"{self.get_step_display()} · {self.get_urgency_display()}"

"""What happened to a complaint, and the attempts to tell its caller; appended and never changed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.calls import Call
from complaints.models.complaints import Complaint
from complaints.workflow import Act
from venues.append_only import Fact


class ComplaintEventQuerySet(models.QuerySet):
    def until(self, at):
        """Events that occurred at or before `at`, in the order in which they took effect."""
        return self.filter(occurred_at__lte=at).order_by("pk")


class ComplaintEvent(Fact):
    """One act on a complaint: what, when, by whom, from which state to which. `data` holds no caller data."""

    complaint = models.ForeignKey(
        Complaint, verbose_name=_("complaint"), on_delete=models.PROTECT, related_name="events"
    )
    act = models.CharField(_("what"), max_length=16, choices=Act.choices)
    occurred_at = models.DateTimeField(_("occurred at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    from_status = models.CharField(_("from"), max_length=16, blank=True)
    to_status = models.CharField(_("to"), max_length=16, blank=True)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    text = models.TextField(_("text"), blank=True)
    data = models.JSONField(_("data"), default=dict)

    objects = ComplaintEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of a complaint")
        verbose_name_plural = _("events of complaints")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["recorded_at"], name="event_by_record"),  # the auditor's page
            models.Index(fields=["complaint", "occurred_at"], name="event_by_complaint"),
            models.Index(fields=["occurred_at"], name="event_by_time"),
            models.Index(fields=["act", "occurred_at"], name="event_by_act"),
        ]


class Callback(Fact):
    """One attempt to tell a caller: what was told, and what the caller says of it. `call` is the added call whose caller it was;
    without one it was the complaint's own caller."""

    class Way(models.TextChoices):
        PHONE = "phone", _("telephone")
        SMS = "sms", _("text message")
        IN_PERSON = "in_person", _("in person")
        LETTER = "letter", _("letter")
        SHEET = "sheet", _("reply on the sheet")

    class Result(models.TextChoices):
        REACHED = "reached", _("reached")
        NO_ANSWER = "no_answer", _("no answer")
        OFF = "off", _("switched off")
        REFUSED = "refused", _("refused")

    class Solved(models.TextChoices):
        YES = "yes", _("yes")
        PARTLY = "partly", _("partly")
        NO = "no", _("no")

    class Satisfied(models.TextChoices):
        VERY = "very", _("very satisfied")
        FAIRLY = "fairly", _("fairly satisfied")
        NO = "no", _("not satisfied")
        NOT_ASKED = "not_asked", _("not asked")

    complaint = models.ForeignKey(
        Complaint, verbose_name=_("complaint"), on_delete=models.PROTECT, related_name="callbacks"
    )
    call = models.ForeignKey(
        Call, verbose_name=_("added call"), null=True, blank=True, on_delete=models.PROTECT, related_name="callbacks"
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    way = models.CharField(_("way"), max_length=9, choices=Way.choices, default=Way.PHONE)
    result = models.CharField(_("result"), max_length=9, choices=Result.choices)
    told = models.CharField(_("what was told"), max_length=300, blank=True)
    solved = models.CharField(_("solved"), max_length=6, choices=Solved.choices, blank=True)
    satisfied = models.CharField(_("satisfied"), max_length=9, choices=Satisfied.choices, default=Satisfied.NOT_ASKED)

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "attempt"], name="callback_attempt_is_counted_once")
        ]

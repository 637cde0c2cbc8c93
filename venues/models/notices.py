"""The notices to the owners of ordered-shut venues: one row for each attempt, never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from venues.append_only import Fact


class NoticeQuerySet(models.QuerySet):
    def until(self, at):
        return self.filter(at__lte=at)

    def of(self, order):
        return self.filter(target__order=order)

    def told(self):
        """Notices that the owner heard: reached, or refused."""
        return self.filter(outcome__in=Notice.TOLD)


class Notice(Fact):
    """One attempt to tell the owner of a target. A post in a group chat is an attempt and never an acknowledgement.

    A wrong notice is corrected by another: what an attempt was taken for at its time stays readable. A venue that
    was noted as reached by mistake is called again and gets the notice of that call; the remark says which row it
    corrects."""

    class Channel(models.TextChoices):
        PHONE = "phone", _("telephone")
        WECHAT = "wechat", _("WeChat")
        QQ = "qq", "QQ"
        SMS = "sms", _("text message")
        ON_SITE = "on_site", _("on site")
        NOTICE_BOARD = "notice_board", _("notice board")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("reached")
        NO_ANSWER = "no_answer", _("no answer")
        BAD_NUMBER = "bad_number", _("bad number")
        REFUSED = "refused", _("refused")
        POSTED_TO_GROUP = "posted_to_group", _("posted to a group")
        LEFT_ON_DOOR = "left_on_door", _("left on the door")

    TOLD = (Outcome.REACHED, Outcome.REFUSED)  # he heard it
    GROUP_CHANNELS = (Channel.WECHAT, Channel.QQ, Channel.SMS, Channel.NOTICE_BOARD)  # one post for many
    DOOR_CHANNELS = (Channel.ON_SITE, Channel.NOTICE_BOARD)

    target = models.ForeignKey(
        "venues.Target", verbose_name=_("target"), on_delete=models.PROTECT, related_name="notices"
    )
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    number_used = models.CharField(_("number used"), max_length=60, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices)
    acknowledged_by_name = models.CharField(_("acknowledged by"), max_length=60, blank=True)
    says_closed = models.BooleanField(_("says it is closed"), default=False)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["recorded_at"], name="notice_by_record"),  # the auditor's page
            models.Index(fields=["target", "at"], name="notice_by_target"),
            models.Index(fields=["at"], name="notice_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(says_closed=False) | Q(outcome__in=["reached", "refused"]),
                name="only_an_owner_who_was_told_says_closed",
                violation_error_message=_("Only an owner who was reached can say that the venue is closed."),
            )
        ]

    def __str__(self):
        return f"{self.get_channel_display()} {self.get_outcome_display()}"

    @property
    def told(self):
        """Whether the owner heard it."""
        return self.outcome in Notice.TOLD

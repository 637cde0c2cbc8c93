"""Calls as they come in, the missed ones too: that is how "every call accepted" is proved and not claimed."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from complaints.models.callers import Caller
from complaints.models.catalogues import Channel
from complaints.workflow import AT_WORK, Status
from venues.masking import without_people
from venues.models.inspections import CLOCK_TOLERANCE
from venues.transitions import Refused, move


class CallQuerySet(models.QuerySet):
    def to_return(self):
        """Missed and silent calls whose number is known and that nobody called back yet."""
        return self.filter(result__in=Call.TO_RETURN, called_back_at=None).exclude(caller=None)

    def still_owed(self):
        """Calls that were added to a complaint and whose callers want an answer that nobody gave them, the given-up ones too."""
        return self.filter(wants_reply=True, told_at=None, caller__anonymised_at=None).exclude(complaint=None)

    def to_be_told(self):
        """Those of them whose handling is over, or that of the complaint into which theirs was merged."""
        handled = self.still_owed().exclude(complaint__status__in=AT_WORK)
        return handled.exclude(complaint__status=Status.MERGED, complaint__parent__status__in=AT_WORK)

    def from_number(self, hashed):
        return self.filter(caller__number_hash=hashed) if hashed else self.none()

    @transaction.atomic
    def log(self, *, by, client_id, channel, result, number="", remark="", at=None, recorded_at=None):
        """A ring without a complaint: missed, silent, nuisance, wrong number. The same `client_id` again gives the stored call.

        Nobody answered a missed call; `by` is who noted it, and stays in the audit of the form."""
        known = self.filter(client_id=client_id).first()
        if known is not None:
            return known
        at = at or timezone.now()
        if result == Call.Result.VALID:
            raise Refused(gettext("A valid call makes a complaint: fill in the form."))
        if at > timezone.now() + CLOCK_TOLERANCE:
            raise Refused(gettext("This moment lies in the future."))
        plain = without_people(remark.strip(), number=number)
        caller = Caller.objects.note(
            number=number, words={"remark": remark.strip()} if plain != remark.strip() else None
        )
        return self.create(
            client_id=client_id, channel=channel, caller=caller, started_at=at, result=result,
            answered_by=None if result == Call.Result.MISSED else by, remark=plain,
            recorded_at=recorded_at or timezone.now(),
        )  # fmt: skip


class Call(models.Model):
    """One ring. Several calls may belong to one complaint; nothing of an earlier one is overwritten.

    `wants_reply`, `told_at` and `unreachable` are of a call that was added to a complaint: its caller is owed an answer of his
    own. They stay empty on the first call of a complaint, whose caller has these columns there."""

    class Result(models.TextChoices):
        VALID = "valid", _("valid")
        MISSED = "missed", _("missed")
        SILENT = "silent", _("silent")
        NUISANCE = "nuisance", _("nuisance")
        WRONG_NUMBER = "wrong_number", _("wrong number")

    TO_RETURN = (Result.MISSED, Result.SILENT)

    client_id = models.UUIDField(_("key of the form"), unique=True)
    channel = models.ForeignKey(
        Channel, verbose_name=pgettext_lazy("complaint", "channel"), on_delete=models.PROTECT, related_name="calls"
    )
    caller = models.ForeignKey(
        Caller, verbose_name=_("caller"), null=True, blank=True, on_delete=models.PROTECT, related_name="calls"
    )
    started_at = models.DateTimeField(_("rang at"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    result = models.CharField(_("result"), max_length=12, choices=Result.choices, default=Result.VALID)
    complaint = models.ForeignKey(
        "complaints.Complaint",
        verbose_name=_("complaint"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="calls",
    )
    remark = models.TextField(_("remark"), blank=True)
    called_back_at = models.DateTimeField(_("called back at"), null=True, blank=True)
    called_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("called back by"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    wants_reply = models.BooleanField(_("wants an answer"), default=False)
    answer_due_at = models.DateTimeField(_("answer due"), null=True, editable=False)
    told_at = models.DateTimeField(_("told at"), null=True, editable=False)
    unreachable = models.BooleanField(_("caller unreachable"), default=False)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-started_at", "-pk"]
        permissions = [("log_call", _("Can log calls"))]
        indexes = [
            models.Index(fields=["started_at"], name="call_by_time"),
            models.Index(fields=["result", "called_back_at"], name="call_to_return"),
            models.Index(
                fields=["answer_due_at", "id"], condition=Q(wants_reply=True, told_at=None), name="call_still_owed"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(complaint=None) | Q(result="valid"),
                name="only_a_valid_call_makes_a_complaint",
                violation_error_message=_("Only a valid call belongs to a complaint."),
            ),
            models.CheckConstraint(
                condition=Q(wants_reply=False) | Q(complaint__isnull=False, caller__isnull=False),
                name="answer_is_owed_to_a_caller_of_a_complaint",
                violation_error_message=_("An answer is owed to a known caller of a complaint."),
            ),
            models.CheckConstraint(
                condition=Q(told_at=None, unreachable=False)
                | Q(wants_reply=True, told_at=None)
                | Q(wants_reply=True, unreachable=False),
                name="told_is_who_wants_an_answer_and_nobody_unreachable",
                violation_error_message=_("A caller is told or unreachable, and only when an answer is owed to him."),
            ),
        ]

    def __str__(self):
        return f"{timezone.localtime(self.started_at):%Y-%m-%d %H:%M}"

    @property
    def is_to_return(self):
        """Whether somebody waits to be called back."""
        return self.result in self.TO_RETURN and self.called_back_at is None and self.caller_id is not None

    def call_back(self, *, by, at=None):
        """Note that a missed call was returned; refused when somebody did so before."""
        at = at or timezone.now()
        move(
            type(self).objects.to_return().filter(pk=self.pk),
            otherwise=self._returned_already,
            called_back_at=at,
            called_back_by=by,
        )
        self.refresh_from_db()

    def _returned_already(self):
        now = type(self).objects.select_related("called_back_by").get(pk=self.pk)
        if now.called_back_at is None:
            return gettext("This call needs no call-back.")
        return gettext("%(officer)s already called back at %(time)s.") % {
            "officer": now.called_back_by,
            "time": timezone.localtime(now.called_back_at).strftime("%H:%M"),
        }

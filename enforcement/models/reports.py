"""日报: the daily report, written from figures, signed by another person than its drafter, frozen with a hash."""

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from enforcement.models.report_edits import ReportEdit
from venues.transitions import Refused, TooLate, move
from venues.words import when

_ATTEMPTS = 20  # how often a number is tried that another signature took at the same moment


def _officer(label, **more):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=label, on_delete=models.PROTECT, related_name="+", **more
    )


class DailyReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All of them for who works on reports, the signed ones for who reads them, none for others."""
        if user.has_perm("enforcement.view_dailyreport"):
            return self
        return self.issued() if user.has_perm("enforcement.view_signed_report") else self.none()

    def issued(self):
        """What has left the drafting: signed or sent, numbered, frozen."""
        return self.filter(state__in=DailyReport.ISSUED)

    def open(self):
        return self.filter(state__in=DailyReport.OPEN)

    @transaction.atomic
    def draft(self, *, by, as_of, since=None, approximate=False, corrects=None, at=None):
        """A new draft, its text written from the figures as of `as_of`. `corrects`: the issue that it will correct."""
        from enforcement.daily_report.writing import day_from, written_from

        at = at or timezone.now()
        if as_of > at:
            raise Refused({"as_of": gettext("This moment has not come yet: ask for an earlier one.")})
        if since is not None and since >= as_of:
            raise Refused({"since": gettext("The figures are counted from a moment before the report's own.")})
        self._check_moment(as_of, corrects)
        found = written_from(as_of, since, day_from=day_from(as_of), approximate=approximate, corrects=corrects)
        try:
            with transaction.atomic():
                report = self.create(
                    as_of=as_of, since=since, approximate=approximate, corrects=corrects, drafted_by=by, drafted_at=at,
                    sections=found["written"], **found,
                )  # fmt: skip
        except IntegrityError:
            raise TooLate(gettext("A report of this moment is being drafted already.")) from None
        by.leave_trail("report_drafted", about=report, at=at)
        return report

    def _check_moment(self, as_of, corrects):
        """One open draft of a moment, one first issue of it, one correction of an issue."""
        if self.open().filter(as_of=as_of).exists():
            raise Refused({"as_of": gettext("A report of this moment is being drafted already.")})
        if corrects is not None:
            later = self.issued().filter(corrects=corrects).first()
            if later is not None:
                raise Refused(gettext("No. %(number)s corrects it already: correct that one.") % {"number": later})
            return
        first = self.issued().filter(as_of=as_of, corrects=None).first()
        if first is not None:
            raise Refused({"as_of": gettext("No. %(number)s is of this moment: correct it.") % {"number": first}})


class DailyReport(models.Model):
    """第N期. draft → reviewed → signed → sent. `sections` {language: {section key: text}} is what will be printed, editable
    until it is signed; `written` is the text as it was written from `figures` (the JSON of figures(as_of)) and `basis` (the flows and
    names beside them). Signing takes the next number, compares the figures with those of now, writes `row_ids` (which rows each count
    counted) and `content_hash` (SHA-256 over all of it), and nothing changes afterwards: a mistake is corrected by a later issue that
    names it in `corrects`. `edits` counts the versions of the text: an act names the one that its page showed."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        REVIEWED = "reviewed", _("reviewed")
        SIGNED = "signed", _("signed")
        SENT = "sent", _("sent")
        DISCARDED = "discarded", _("discarded")

    OPEN = (State.DRAFT, State.REVIEWED)
    ISSUED = (State.SIGNED, State.SENT)

    number = models.PositiveIntegerField(_("issue no."), null=True, blank=True, unique=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    as_of = models.DateTimeField(_("as of"))
    since = models.DateTimeField(_("cumulative since"), null=True, blank=True)
    approximate = models.BooleanField(_("round figures (余)"), default=False)
    sections = models.JSONField(_("text"), default=dict)
    written = models.JSONField(_("text as written from the figures"), default=dict, editable=False)
    edits = models.PositiveIntegerField(_("number of edits"), default=0, editable=False)
    figures = models.JSONField(_("figures"), null=True, blank=True, editable=False)
    basis = models.JSONField(_("flows"), default=dict, editable=False)
    row_ids = models.JSONField(_("rows counted"), null=True, blank=True, editable=False)
    content_hash = models.CharField(_("hash"), max_length=64, blank=True, editable=False)
    corrects = models.ForeignKey(
        "self", verbose_name=_("corrects"), null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    drafted_by = _officer(_("drafted by"))
    drafted_at = models.DateTimeField(_("drafted at"), default=timezone.now)
    reviewed_by = _officer(_("reviewed by"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    signed_by = _officer(_("signed by"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    sent_by = _officer(_("sent by"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    sent_to = models.CharField(pgettext_lazy("report", "sent to"), max_length=120, blank=True)
    discarded_by = _officer(_("discarded by"), null=True, blank=True)
    discarded_at = models.DateTimeField(_("discarded at"), null=True, blank=True)

    objects = DailyReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("daily report")
        verbose_name_plural = _("daily reports")
        ordering = ["-as_of", "-pk"]
        permissions = [
            ("draft_report", _("Can draft daily reports")),
            ("sign_report", _("Can review and sign daily reports")),
            ("view_signed_report", _("Can see signed daily reports")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "sent"])
                | (Q(signed_by__isnull=False, number__isnull=False, figures__isnull=False) & ~Q(content_hash="")),
                name="a_signed_report_is_frozen",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("drafted_by")), name="who_drafted_does_not_sign",
                violation_error_message=_("Who drafted a report does not sign it."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["signed", "sent"]) | Q(number=None), name="a_number_comes_with_the_signature",
            ),
            models.UniqueConstraint(
                fields=["as_of"], condition=Q(state__in=["draft", "reviewed"]), name="one_open_report_of_a_moment",
                violation_error_message=_("A report of this moment is being drafted already."),
            ),
            models.UniqueConstraint(
                fields=["as_of"], condition=Q(state__in=["signed", "sent"], corrects=None),
                name="one_first_issue_of_a_moment",
                violation_error_message=_("A report of this moment is signed already: correct it."),
            ),
            models.UniqueConstraint(
                fields=["corrects"], condition=Q(state__in=["signed", "sent"]), name="an_issue_is_corrected_once",
                violation_error_message=_("Another issue corrects it already: correct that one."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "as_of"], name="report_by_state")]

    def __str__(self):
        return f"{self.number}" if self.number else f"{timezone.localtime(self.as_of):%Y-%m-%d %H:%M}"

    def save(self, *args, **kwargs):
        """Its fields change by the acts alone."""
        if not self._state.adding:
            raise Refused(gettext("A report changes by its acts alone."))
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("report", args=[self.pk])

    def delete(self, *args, **kwargs):
        raise Refused(gettext("A report is never deleted: discard the draft, or correct the issue by another one."))

    @property
    def moment(self):
        """The moment of its figures as its paper writes it, in the reader's language: midnight is 24:00 of the day that has ended."""
        from enforcement.daily_report.plain import moment

        return moment(self.as_of, "zh-hans" if (get_language() or "zh").startswith("zh") else "en")

    @property
    def short_moment(self):
        """The same without the year."""
        from enforcement.daily_report.spans import when_en, when_zh

        return (when_zh if (get_language() or "zh").startswith("zh") else when_en)(timezone.localtime(self.as_of))

    @property
    def is_open(self):
        return self.state in self.OPEN

    @property
    def is_issued(self):
        return self.state in self.ISSUED

    @property
    def is_nil(self):
        """零报告: nothing happened in its period, and all of that is known."""
        return bool(self.basis.get("nil"))

    @property
    def names(self):
        """What categories, districts, channels and topics were called in it; {} where somebody took that away (the hash tells)."""
        return self.basis.get("names", {})

    # --- the text
    @transaction.atomic
    def edit(self, *, by, sections, edits, at=None):
        """Put these texts {language: {section: text}} in the place of the present ones. A text that was reviewed must be reviewed
        again. Returns whether anything was different."""
        new = {
            language: {key: _tidy(sections.get(language, {}).get(key, text)) for key, text in texts.items()}
            for language, texts in self.sections.items()
        }
        if any(not any(texts.values()) for texts in new.values()):
            raise Refused(gettext("A report without text cannot be kept: write it, or discard the draft."))
        changed = [
            f"{language} {key}"
            for language, texts in new.items()
            for key in texts
            if texts[key] != self.sections[language][key]
        ]
        if not changed and edits == self.edits:
            return False
        self._change(by, edits, ReportEdit.Act.EDITED, at, sections=new)
        by.leave_trail("report_edited", about=self, detail={"fields": changed}, at=at)
        return True

    @transaction.atomic
    def rewrite(self, *, by, edits, keep=True, at=None):
        """Write the text anew from the figures of now; sections that somebody edited stay as they are unless `keep` is False."""
        from enforcement.daily_report.writing import rewritten

        found = rewritten(self)
        texts = found["written"]
        if keep:
            edited = {
                language: {key: text for key, text in present.items() if text != self.written[language].get(key)}
                for language, present in self.sections.items()
            }
            texts = {
                language: {key: edited[language].get(key, text) for key, text in sections.items()}
                for language, sections in texts.items()
            }
        act = ReportEdit.Act.REWRITTEN if texts != found["written"] else ReportEdit.Act.AFRESH
        self._change(by, edits, act, at, sections=texts, **found)
        by.leave_trail("report_rewritten", about=self, at=at)

    def _change(self, by, edits, act, at, **values):
        """The next version of the text, with the row of who made it; a review falls."""
        changed = {
            language: {key: text for key, text in texts.items() if text != self.sections[language].get(key)}
            for language, texts in values["sections"].items()
        }
        names = [f"{language} {key}" for language, texts in changed.items() for key in texts]
        try:
            with transaction.atomic():
                said = {"act": act, "by": by, "at": at or timezone.now(), "sections": names, "texts": changed}
                ReportEdit.objects.create(report=self, version=edits + 1, **said)
        except IntegrityError:  # this is not the next version any more
            raise TooLate(self._who_was_first()) from None
        values |= {"edits": edits + 1, "state": self.State.DRAFT, "reviewed_by": None, "reviewed_at": None}
        self._move(self.OPEN, edits, **values)

    def is_written_by(self, officer):
        """Whether words of its text are this officer's: the drafter's, and those of everybody whose edits stand in it."""
        return officer.pk == self.drafted_by_id or ReportEdit.objects.is_by(officer, self)

    def author_names(self):
        """Of those beside the drafter; of an issue as they were signed."""
        return self.basis.get("authors", []) if self.is_issued else [officer.name for officer in self.authors()]

    def authors(self):
        """The officers whose edits stand in the text beside the drafter, in the order of their first edit."""
        edits = ReportEdit.objects.standing(self).exclude(by=self.drafted_by_id).select_related("by").order_by("pk")
        return list({edit.by_id: edit.by for edit in edits}.values())

    # --- the way to the paper
    @transaction.atomic
    def review(self, *, by, edits, at=None):
        """审核: somebody who wrote nothing of it has read this version of the text. At night the same leader may sign it as well."""
        if by.pk == self.drafted_by_id:
            raise Refused(gettext("Who drafted a report does not review it: ask another leader."))
        self._check_wrote_nothing(by)
        at = at or timezone.now()
        self._move([self.State.DRAFT], edits, state=self.State.REVIEWED, reviewed_by=by, reviewed_at=at)
        by.leave_trail("report_reviewed", about=self, at=at)

    @transaction.atomic
    def sign(self, *, by, edits, at=None):
        """签发: takes the next number and freezes figures, rows and text. Refused when the figures of that moment are others by now:
        then the text says what is not so."""
        from enforcement.daily_report.freezing import content_hash
        from enforcement.daily_report.rows import counted_rows
        from enforcement.daily_report.writing import check_up_to_date

        if by.pk == self.drafted_by_id:
            raise Refused(gettext("Who drafted a report does not sign it."))
        self._check_wrote_nothing(by)
        if self.state == self.State.DRAFT:
            raise Refused(gettext("Review the report first, then sign it."))
        at = at or timezone.now()
        if not DailyReport.objects.filter(pk=self.pk, state=self.State.REVIEWED, edits=edits).exists():
            raise TooLate(
                self._who_was_first()
            )  # before the figures are counted: who is late does not hold up the others
        check_up_to_date(self)
        self.row_ids = counted_rows(self)
        self.basis = {**self.basis, "authors": [officer.name for officer in self.authors()]}
        self.signed_by, self.signed_at = by, at
        for attempt in range(_ATTEMPTS):
            self.number = (DailyReport.objects.aggregate(last=Max("number"))["last"] or 0) + 1
            self.content_hash = content_hash(self)
            try:
                with transaction.atomic():
                    self._move(
                        [self.State.REVIEWED], edits, state=self.State.SIGNED, number=self.number, row_ids=self.row_ids,
                        basis=self.basis, content_hash=self.content_hash, signed_by=by, signed_at=at,
                    )  # fmt: skip
                break
            except IntegrityError:  # another signature took the number, or another issue the moment
                self._check_free()
                if attempt + 1 == _ATTEMPTS:
                    raise
        by.leave_trail("report_signed", about=self, detail={"number": self.number}, at=at)

    def _check_wrote_nothing(self, officer):
        if ReportEdit.objects.is_by(officer, self):
            raise Refused(
                gettext(
                    "You edited this text, so another leader reviews and signs it. If there is none, throw the edits away, have the "
                    "drafter make them, and review it then."
                )
            )

    def _check_free(self):
        others = DailyReport.objects.issued().exclude(pk=self.pk)
        same = (
            others.filter(corrects=self.corrects_id)
            if self.corrects_id
            else others.filter(as_of=self.as_of, corrects=None)
        )
        other = same.first()
        if other is not None:
            raise TooLate(gettext("No. %(number)s was signed for the same a moment ago.") % {"number": other})

    @transaction.atomic
    def send(self, *, by, to, at=None):
        """It went to the bureau: kept with who, when and to whom."""
        if not to.strip():
            raise Refused({"to": gettext("Say to whom it was sent.")})
        if not self.is_issued:
            raise Refused(gettext("Only a signed report is sent."))
        at = at or timezone.now()
        sent = {"state": self.State.SENT, "sent_by": by, "sent_at": at, "sent_to": to.strip()}
        move(DailyReport.objects.filter(pk=self.pk, state=self.State.SIGNED), otherwise=self._who_was_first, **sent)
        self.refresh_from_db()
        by.leave_trail("report_sent", about=self, at=at)

    @transaction.atomic
    def discard(self, *, by, edits, at=None):
        at = at or timezone.now()
        values = {"state": self.State.DISCARDED, "discarded_by": by, "discarded_at": at}
        self._move(self.OPEN, edits, reviewed_by=None, reviewed_at=None, **values)
        by.leave_trail("report_discarded", about=self, at=at)

    def correct(self, *, by, at=None):
        """A draft of the later issue that corrects this one; its text names each figure that is another now, old and new."""
        if not self.is_issued:
            raise Refused(gettext("Only a signed report is corrected by another issue; edit the draft."))
        return DailyReport.objects.draft(
            by=by, as_of=self.as_of, since=self.since, approximate=self.approximate, corrects=self, at=at
        )

    # --- one conditional UPDATE
    def _move(self, states, version, **values):
        rows = DailyReport.objects.filter(pk=self.pk, state__in=states, edits=version)
        move(rows, otherwise=self._who_was_first, **values)
        for name, value in values.items():
            setattr(self, name, value)

    def _who_was_first(self):
        now = DailyReport.objects.select_related("reviewed_by", "signed_by", "sent_by", "discarded_by").get(pk=self.pk)
        facts = {
            self.State.SENT: (now.sent_by, now.sent_at), self.State.SIGNED: (now.signed_by, now.signed_at),
            self.State.DISCARDED: (now.discarded_by, now.discarded_at), self.State.REVIEWED: (now.reviewed_by, now.reviewed_at),
        }  # fmt: skip
        if now.state in facts:
            name, moment = facts[now.state]
            words = {"state": now.get_state_display(), "name": name, "when": when(moment)}
            return gettext("The report is %(state)s already (%(name)s, %(when)s).") % words
        return gettext("Somebody changed the report meanwhile. Look at the present text, then decide anew.")


def _tidy(text):
    """What was typed, with one kind of line ends and no blanks at the ends."""
    return "\n".join(line.rstrip() for line in str(text).replace("\r\n", "\n").replace("\r", "\n").strip().split("\n"))

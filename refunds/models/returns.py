"""Returns of agencies: what they sent in or telephoned, and files that wait to be looked through."""

import uuid

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from refunds.files import put, sha256_of
from refunds.money import MoneyField
from refunds.status import moment_of
from venues.cleaning import clean_phone, clean_text
from venues.models import Venue
from venues.transitions import Refused, TooLate, move
from venues.words import when, who

AGENCY = "travel_agency"  # the category of venues.categories


def locked_agency(agency, seen=None):
    """Lock the row of the agency, so that its returns are applied one after the other, and compare what the form saw (`mark_of`;
    None: it saw nothing). Raises TooLate, naming who was faster. Must run in a transaction."""
    if agency.category.slug != AGENCY:
        raise Refused(gettext("%(venue)s is no travel agency.") % {"venue": agency})
    locked = Venue.objects.select_for_update(no_key=True, of=("self",)).get(pk=agency.survivor.pk)
    if seen is not None and seen != mark_of(locked):
        raise TooLate(who_was_faster(Q(group__agency__in=locked.family), reports=AgencyReport.objects.of(locked)))
    return locked


def mark_of(agency):
    """What a form about this agency carries: the last line, the last ledger row and the last return that it saw."""
    from refunds.models import GroupLine, Refund

    of = Q(group__agency__in=agency.family)
    seen = [GroupLine.objects.filter(of), Refund.objects.filter(of), AgencyReport.objects.of(agency)]
    return "-".join(str(rows.aggregate(last=models.Max("pk"))["last"] or 0) for rows in seen)


def who_was_faster(of, *, reports=None):
    """The sentence for a stale form: who changed one of these rows (`of`: a Q over lines and ledger) last, and when."""
    from refunds.models import GroupLine, Refund

    found = []
    for model in (GroupLine, Refund):
        row = model.objects.filter(of).select_related("recorded_by").order_by("-pk").first()
        found += [(row.recorded_at, row.recorded_by)] if row else []
    report = reports and reports.select_related("received_by").order_by("-pk").first()
    found += [(report.received_at, report.received_by)] if report else []
    if not found:
        return gettext("The page is out of date. Open it again.")
    at, by = max(found, key=lambda change: change[0])
    return gettext("%(who)s changed this at %(when)s. Open the page again, then decide anew.") % {
        "who": who(by), "when": when(at),
    }  # fmt: skip


class AgencyReportQuerySet(models.QuerySet):
    def of(self, agency):
        """The returns of this agency and of all that were merged into it."""
        return self.filter(agency__in=agency.family)

    def known(self, at):
        """Returns that count at the moment `at`: dated by then, and not taken back by then."""
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at), occurred_at__lte=at)

    def later_than(self, agency, as_of):
        """Returns with groups of a later date than `as_of`: an older one must not come after them unasked."""
        return self.of(agency).filter(kind=AgencyReport.Kind.DETAIL, as_of__gt=as_of, withdrawn_at=None)

    def same_file(self, agency, sha256):
        """The return that this very file became, or None."""
        return self.of(agency).filter(sha256=sha256).first() if sha256 else None

    @transaction.atomic
    def receive(
        self, *, by, agency, as_of, content, file_name="", channel="", at=None, seen=None, late=False, informant="", phone="",
        declared=None,
    ):  # fmt: skip
        """Keep a return with groups: its file (`content` bytes) and what it declares in all (`declared`: groups, people,
        refunded_heads, amount_due, refunded_amount). Its rows follow by `state_group`, in the same transaction. `as_of`: the
        date to which it counts; `seen`: the `mark_of` the agency that the preview showed; `late=True`: somebody said that a
        return older than another one is meant. Raises Refused for the same file twice, TooLate when the page was stale."""
        at = at or timezone.now()
        agency = locked_agency(agency, seen)
        sha256 = sha256_of(content)
        if first := self.same_file(agency, sha256):
            raise Refused(first._already())
        if not late and (later := self.later_than(agency, as_of).order_by("-as_of").first()):
            raise Refused(
                gettext("There is a later return of this agency, of %(day)s. Say that the older one is meant.")
                % {"day": later.as_of}
            )
        report = AgencyReport(
            kind=AgencyReport.Kind.DETAIL, agency=agency, as_of=as_of, occurred_at=_moment(as_of, at), sha256=sha256,
            channel=channel, received_at=at, received_by=by, informant=clean_text(informant)[:60],
            informant_phone=clean_phone(phone)[:60],
            **{f"declared_{key}": value for key, value in (declared or {}).items()},
        )  # fmt: skip
        put(report, content, file_name)
        report._keep()
        return report

    @transaction.atomic
    def report_nothing(self, *, by, agency, as_of, informant, phone, channel="phone", at=None):
        """Enter a nil return (零报告): somebody of the agency said that it has no group. Needs his name and telephone no.
        Refused when the agency has groups by then, or has said so already for this day."""
        at = at or timezone.now()
        agency = locked_agency(agency)
        informant, phone = clean_text(informant), clean_phone(phone)
        if not informant or not phone:
            raise Refused(gettext("Give the name and the telephone no. of the person who reported it."))
        moment = _moment(as_of, at)
        from refunds.models import GroupLine

        groups = GroupLine.objects.filter(group__agency__in=agency.family, occurred_at__lte=moment)
        if number := groups.values_list("group__number", flat=True).first():
            sentence = gettext("%(agency)s has groups, for example %(number)s: it cannot report none. Enter a return.")
            raise Refused(sentence % {"agency": agency, "number": number})
        report = AgencyReport(
            kind=AgencyReport.Kind.NIL, agency=agency, as_of=as_of, occurred_at=moment, channel=channel, received_at=at,
            received_by=by, informant=informant[:60],
            informant_phone=phone[:60],
        )  # fmt: skip
        report._keep()
        return report


def _moment(as_of, at):
    moment = moment_of(as_of, at)
    if as_of > timezone.localdate(at):
        raise Refused(gettext("The date of this return has not come yet: %(day)s.") % {"day": as_of})
    return moment


class AgencyReport(models.Model):
    """One return of one agency: its groups as of a day (detail), or that it has none (nil). The file stays as it came."""

    class Kind(models.TextChoices):
        DETAIL = "detail", _("with groups")
        NIL = "nil", _("nil return")

    class Channel(models.TextChoices):
        MAIL = "mail", _("e-mail")
        CHAT = "chat", _("chat group")
        PHONE = "phone", _("telephone")
        FAX = "fax", _("fax")
        HAND = "hand", _("handed in")

    class State(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    agency = models.ForeignKey(
        Venue, verbose_name=_("travel agency"), on_delete=models.PROTECT, related_name="refund_reports"
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    as_of = models.DateField(pgettext_lazy("return", "as of"))
    occurred_at = models.DateTimeField(_("counts from"), editable=False)
    channel = models.CharField(_("how it came"), max_length=5, choices=Channel.choices, blank=True)
    file = models.FileField(_("file"), upload_to="returns/%Y/%m/", blank=True)
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    declared_groups = models.PositiveIntegerField(_("groups in all, as declared"), null=True, blank=True)
    declared_people = models.PositiveIntegerField(_("people in all, as declared"), null=True, blank=True)
    declared_refunded_heads = models.PositiveIntegerField(
        _("refunded people in all, as declared"), null=True, blank=True
    )
    declared_amount_due = MoneyField(_("amount due in all, as declared"), null=True, blank=True)
    declared_refunded_amount = MoneyField(_("amount refunded in all, as declared"), null=True, blank=True)
    informant = models.CharField(_("reported by (agency)"), max_length=60, blank=True)
    informant_phone = models.CharField(_("telephone"), max_length=60, blank=True)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("received by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.ACCEPTED)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("withdrawn by"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    withdrawn_why = models.CharField(_("why withdrawn"), max_length=200, blank=True)

    objects = AgencyReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("return of an agency")
        verbose_name_plural = _("returns of agencies")
        ordering = ["-occurred_at", "-pk"]
        default_permissions = ("view",)
        permissions = [
            ("enter_return", _("Can enter returns of agencies, and nil returns")),
            ("view_board", _("Can see the refund board")),
        ]
        indexes = [
            models.Index(fields=["agency", "occurred_at", "id"], name="return_by_agency"),
            models.Index(fields=["occurred_at", "id"], name="return_by_moment"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "sha256"],
                condition=~Q(sha256=""),
                name="return_file_counts_once",
                violation_error_message=_("This file of the agency was imported before."),
            ),
            models.UniqueConstraint(
                fields=["agency", "as_of"],
                condition=Q(kind="nil", withdrawn_at=None),
                name="nil_return_is_given_once_a_day",
                violation_error_message=_("This agency has reported nothing for this day already."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="nil") | (Q(sha256="") & ~Q(informant="") & ~Q(informant_phone="")),
                name="nil_return_names_who_gave_it",
                violation_error_message=_("Give the name and the telephone no. of the person who reported it."),
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", withdrawn_at=None) | Q(state="withdrawn", withdrawn_at__isnull=False),
                name="return_is_withdrawn_at_a_moment",
                violation_error_message=_("A withdrawn return says when it was withdrawn."),
            ),
        ]

    def __str__(self):
        return f"{self.agency} {self.as_of}"

    def get_absolute_url(self):
        return reverse("refunds:return", args=[self.pk])

    @transaction.atomic
    def withdraw(self, *, by, why, at=None):
        """Take a nil return back that was entered by mistake; until now it counted. Once; one with groups stays."""
        if self.kind != self.Kind.NIL:
            raise Refused(gettext("A return with groups stays: correct its groups instead."))
        if len(why.strip()) < 2:
            raise Refused(gettext("Give the reason."))
        values = {"withdrawn_at": at or timezone.now(), "withdrawn_by": by, "withdrawn_why": why.strip()[:200]}
        standing = type(self).objects.filter(pk=self.pk, withdrawn_at=None)
        move(standing, otherwise=self._withdrawn_before, state=self.State.WITHDRAWN, **values)
        self.refresh_from_db()

    def state_group(self, *, number, cell="", falling=False, late=False, **said):
        """One row of this return: `number` "" when the sheet gives none. `said` as in `TourGroup.note_line`, with
        `refunded_heads` and `refunded_amount` the totals to date; the difference to the ledger becomes a dated entry.
        `falling`/`late`: as in `TourGroup.declare_refunded`. Returns the group. Same transaction as `receive`."""
        from refunds.models import TourGroup

        group = TourGroup.objects.of_sheet(self.agency, number, said)
        group.note_line(by=self.received_by, at=self.received_at, report=self, cell=cell, **said)
        if said.get("refunded_heads") is not None or said.get("refunded_amount") is not None:
            group.declare_refunded(
                by=self.received_by, report=self, heads=said.get("refunded_heads"), amount=said.get("refunded_amount"),
                cell=cell, falling=falling, late=late,
            )  # fmt: skip
        return group

    def _keep(self):
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError:  # somebody was faster
            raise TooLate(self._already()) from None

    def _already(self):
        if self.kind == self.Kind.NIL:
            return gettext("This agency has reported nothing for this day already.")
        first = (
            type(self).objects.filter(agency=self.agency_id, sha256=self.sha256).select_related("received_by").first()
        )
        if first is None:
            return gettext("This file of the agency was imported before.")
        return gettext("This very file was imported at %(when)s by %(who)s, as the return of %(day)s.") % {
            "when": when(first.received_at), "who": who(first.received_by), "day": first.as_of,
        }  # fmt: skip

    def _withdrawn_before(self):
        now = type(self).objects.select_related("withdrawn_by").get(pk=self.pk)
        return gettext("%(who)s withdrew this return at %(when)s.") % {
            "who": who(now.withdrawn_by), "when": when(now.withdrawn_at),
        }  # fmt: skip


class ReturnUploadQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=ReturnUpload.State.WAITING)

    def keep(self, *, by, content, file_name, channel="", at=None):
        """Keep an uploaded file until somebody has looked through its preview."""
        upload = ReturnUpload(
            sha256=sha256_of(content), channel=channel, uploaded_by=by, uploaded_at=at or timezone.now()
        )
        put(upload, content, file_name)
        upload.save()
        return upload


class ReturnUpload(models.Model):
    """A file that came and is looked through: the answers to its questions, and what became of it. Its preview is made anew from
    the file each time it is shown; `seen` of the form says on what it was decided."""

    class State(models.TextChoices):
        WAITING = "waiting", _("to be checked")
        APPLIED = "applied", _("applied")
        DISCARDED = "discarded", _("discarded")

    key = models.UUIDField(_("key"), primary_key=True, default=uuid.uuid4)
    file = models.FileField(_("file"), upload_to="returns/%Y/%m/")
    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    channel = models.CharField(_("how it came"), max_length=5, choices=AgencyReport.Channel.choices, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    answers = models.JSONField(_("answers to its questions"), default=dict, blank=True)
    report = models.OneToOneField(
        AgencyReport, verbose_name=_("the return that it became"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="upload",
    )  # fmt: skip
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("uploaded by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("applied or discarded by"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    closed_at = models.DateTimeField(_("applied or discarded at"), null=True, blank=True)

    objects = ReturnUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("uploaded return")
        verbose_name_plural = _("uploaded returns")
        ordering = ["-uploaded_at"]
        default_permissions = ()

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("refunds:import", args=[self.key])

    @transaction.atomic
    def answer(self, *, by, answers):
        """Keep answers: {problem key: what was said}; those of a colleague stay. Raises TooLate when it is decided."""
        kept = type(self).objects.select_for_update(no_key=True).get(pk=self.pk)
        if kept.state != self.State.WAITING:
            raise TooLate(kept._who_was_first())
        kept.answers = {**kept.answers, **answers}
        kept.save(update_fields=["answers"])
        self.answers = kept.answers

    def discard(self, *, by, at=None):
        """Put the file away. Raises TooLate when it was applied meanwhile."""
        self._close(self.State.DISCARDED, by, at)

    def applied(self, report, *, by, at=None):
        """Say that it became `report`; in the transaction that applies it. Of two presses one gets it."""
        self._close(self.State.APPLIED, by, at, report=report)

    def _close(self, state, by, at, **values):
        waiting = type(self).objects.filter(pk=self.pk, state=self.State.WAITING)
        values |= {"state": state, "closed_by": by, "closed_at": at or timezone.now()}
        move(waiting, otherwise=self._who_was_first, **values)
        self.refresh_from_db()

    def _who_was_first(self):
        now = type(self).objects.select_related("closed_by").get(pk=self.pk)
        if now.state == self.State.APPLIED:
            said = gettext("%(who)s applied this import at %(when)s.")
        else:
            said = gettext("%(who)s discarded this import at %(when)s.")
        return said % {"who": who(now.closed_by), "when": when(now.closed_at)}

"""Complaints: what was said, where it stands, and the acts that move it. The table of moves is in workflow.py."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from complaints.models.acts import ComplaintActs
from complaints.models.callers import Caller
from complaints.models.catalogues import Channel, Kind, Topic, Urgency
from complaints.models.registering import Registering
from complaints.workflow import AT_WORK, OPEN, Status
from venues.cleaning import comparable
from venues.masking import without_numbers
from venues.models import Alert, Division, Patrol, Venue

ALIKE_WITHIN = datetime.timedelta(hours=12)
MOST_ALIKE = 300  # that are looked through
FEWEST_ALIKE = 3  # characters that two places in words must share


class DayCounter(models.Model):
    """The last number of a local day; allotted inside the transaction that uses it, so that no number is skipped."""

    day = models.DateField(_("day"), primary_key=True)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("counter of a day")
        verbose_name_plural = _("counters of days")

    def __str__(self):
        return f"{self.day} {self.last}"

    @classmethod
    def next_number(cls, at):
        """`TS20200127-001`: prefix, local date of the call, sequence of that day. Call inside the transaction that stores it."""
        day = timezone.localdate(at)
        cls.objects.bulk_create([cls(day=day)], ignore_conflicts=True)
        cls.objects.filter(day=day).update(last=F("last") + 1)  # the row stays locked until the transaction ends
        return f"{settings.NUMBER_PREFIX}{day:%Y%m%d}-{cls.objects.get(day=day).last:03d}"


class ComplaintQuerySet(models.QuerySet):
    def visible_to(self, officer):
        """All complaints to those who may see any; nobody else sees one."""
        return self if officer.has_perm("complaints.view_complaint") else self.none()

    def open(self):
        return self.filter(status__in=OPEN)

    def alike(self, *, topic, venue=None, place="", district=None, at=None):
        """Open complaints of the last ALIKE_WITHIN about the same topic and the same venue, or a place in nearly the same words (the
        name of the venue is such words, too) in the same district, or one of them unknown. A list: what is going on first, then
        the latest."""
        at = at or timezone.now()
        going_on = Case(When(ongoing="yes", then=Value(0)), When(ongoing="unknown", then=Value(1)), default=Value(2))
        near = self.open().filter(topic=topic, received_at__range=(at - ALIKE_WITHIN, at))
        near = near.select_related("venue", "district", "topic").order_by(going_on, "-received_at")
        district = district or (venue and venue.district)
        if district is not None:
            near = near.filter(Q(district=district) | Q(district=None) | Q(venue=venue, venue__isnull=False))
        words = comparable(venue.name if venue is not None else place)
        return [c for c in near[:MOST_ALIKE] if _same_matter(c, venue, words)][:5]

    def handled_not_told(self):
        """Its own caller waits to be told: it awaits its answer, was closed as unreachable, handed over or not accepted, or merged into
        one that is handled. `caller_owed` looks at every caller."""
        ended = Q(status__in=(Status.AWAITING_ANSWER, Status.CLOSED, Status.TRANSFERRED, Status.NOT_ACCEPTED))
        merged = Q(status=Status.MERGED) & ~Q(parent__status__in=AT_WORK)
        return self.filter(ended | merged, answered_at=None, wants_reply=True).exclude(caller=None)

    def caller_owed(self):
        """Somebody waits to be told: its own caller, or one whose call was added to it and whose handling is over."""
        from complaints.models import Call

        further = Call.objects.to_be_told().values("complaint")
        return self.filter(Q(pk__in=self.handled_not_told().order_by().values("pk")) | Q(pk__in=further))


class ComplaintManager(Registering, models.Manager.from_queryset(ComplaintQuerySet)):
    """Reads of the queryset, and `register`."""


class Complaint(ComplaintActs, models.Model):
    """One matter, from the ring to the answer. Caller data is not here but in `Caller`."""

    class Ongoing(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")
        UNKNOWN = "unknown", _("not known")

    class Finding(models.TextChoices):
        RUNNING = "running", _("found running")
        NOT_RUNNING = "not_running", _("nothing was running")
        NOT_FOUND = "not_found", _("place not found")
        OTHER = "other", _("other")

    client_id = models.UUIDField(_("key of the form"), unique=True)
    number = models.CharField(_("complaint no."), max_length=30, unique=True)
    channel = models.ForeignKey(
        Channel, verbose_name=pgettext_lazy("complaint", "channel"), on_delete=models.PROTECT, related_name="complaints"
    )
    external_no = models.CharField(_("external no."), max_length=60, blank=True)
    external_deadline = models.DateTimeField(_("external deadline"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    topic = models.ForeignKey(Topic, verbose_name=_("topic"), on_delete=models.PROTECT, related_name="complaints")
    venue = models.ForeignKey(
        Venue, verbose_name=_("venue"), null=True, blank=True, on_delete=models.PROTECT, related_name="complaints"
    )
    place = models.CharField(_("place in words"), max_length=200, blank=True)
    place_unclear = models.BooleanField(_("place unclear"), default=False)
    district = models.ForeignKey(
        Division,
        verbose_name=_("district or county"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    street = models.ForeignKey(
        Division, verbose_name=_("street or town"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField(_("received at"))
    occurred_at = models.DateTimeField(_("happened at"), null=True, blank=True)
    ongoing = models.CharField(_("going on now"), max_length=7, choices=Ongoing.choices, default=Ongoing.UNKNOWN)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)
    content = models.TextField(_("what was said"))
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency.choices)
    wants_reply = models.BooleanField(_("wants an answer"), default=True)
    reply_when = models.CharField(_("when to call"), max_length=60, blank=True)
    confidential = models.BooleanField(_("confidential"), default=True)
    read_back_ok = models.BooleanField(_("read back and confirmed"), default=False)
    backfilled = models.BooleanField(_("entered later"), default=False)
    caller = models.ForeignKey(
        Caller, verbose_name=_("caller"), null=True, blank=True, on_delete=models.PROTECT, related_name="complaints"
    )
    # who was there at that minute, asked of the roster once
    taken_by = models.ForeignKey(  # nobody: a sheet that a command imported
        settings.AUTH_USER_MODEL,
        verbose_name=_("taken by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("leader on duty"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    phone_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("telephone officer"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    # where it stands
    status = models.CharField(_("status"), max_length=16, choices=Status.choices, default=Status.REGISTERED)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    assignees = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("sent to"), blank=True, related_name="complaints"
    )
    team_label = models.CharField(_("team"), max_length=60, blank=True)
    patrol = models.ForeignKey(
        Patrol, verbose_name=_("patrol"), null=True, blank=True, on_delete=models.PROTECT, related_name="complaints"
    )
    alert = models.OneToOneField(
        Alert, verbose_name=_("alert"), null=True, blank=True, on_delete=models.PROTECT, related_name="complaint"
    )
    alerts = models.ManyToManyField(Alert, verbose_name=_("alerts so far"), blank=True, related_name="complaints")
    parent = models.ForeignKey(
        "self", verbose_name=_("merged into"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    finding = models.CharField(
        pgettext_lazy("complaint", "finding"), max_length=12, choices=Finding.choices, blank=True
    )
    outcome = models.CharField(_("outcome in words"), max_length=300, blank=True)
    transferred_to = models.CharField(_("transferred to"), max_length=60, blank=True)
    unreachable = models.BooleanField(_("caller unreachable"), default=False)
    # the steps of the current round
    dispatched_at = models.DateTimeField(_("dispatched at"), null=True, editable=False)
    signed_at = models.DateTimeField(_("signed for at"), null=True, editable=False)
    arrived_at = models.DateTimeField(_("arrived at"), null=True, editable=False)
    found_at = models.DateTimeField(_("finding at"), null=True, editable=False)
    stopped_at = models.DateTimeField(_("stopped at"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    # when they are late; from the call (sign: from the dispatch), never from a later change
    dispatch_due_at = models.DateTimeField(_("dispatch due"), null=True, editable=False)
    sign_due_at = models.DateTimeField(_("signature due"), null=True, editable=False)
    arrive_due_at = models.DateTimeField(_("arrival due"), null=True, editable=False)
    stop_due_at = models.DateTimeField(_("stop due"), null=True, editable=False)
    answer_due_at = models.DateTimeField(_("answer due"), null=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)

    objects = ComplaintManager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ["-received_at", "-pk"]
        permissions = [
            ("handle_complaint", _("Can transfer, merge, refuse, void and reopen complaints")),
            ("dispatch_complaint", _("Can dispatch complaints")),
            ("work_complaint", _("Can sign for, arrive at and stop what is complained of")),
            ("answer_complaint", _("Can answer callers and close complaints")),
            ("export_complaint", _("Can export complaints")),
            ("import_sheet", _("Can import sheets of other hotlines")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(venue__isnull=False) | ~Q(place="") | Q(place_unclear=True),
                name="complaint_names_a_venue_a_place_or_says_unclear",
                violation_error_message=_("Name the venue or the place, or say that it is unclear."),
            ),
            models.CheckConstraint(
                condition=Q(status="merged", parent__isnull=False) | (~Q(status="merged") & Q(parent=None)),
                name="merged_complaint_has_its_parent",
            ),
            models.UniqueConstraint(
                fields=["channel", "external_no"],
                condition=~Q(external_no=""),
                name="complaint_external_no_is_unique_in_its_channel",
                violation_error_message=_("There is already a complaint with this external no."),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "received_at"], name="complaint_by_status"),
            models.Index(fields=["received_at"], name="complaint_by_time"),
            models.Index(fields=["topic", "received_at"], name="complaint_by_topic"),
            models.Index(fields=["district", "received_at"], name="complaint_by_district"),
            models.Index(fields=["channel", "received_at"], name="complaint_by_channel"),
            models.Index(fields=["venue", "received_at"], name="complaint_by_venue"),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("complaints:complaint", args=[self.number])

    @property
    def where(self):
        """The place in words, whatever is known of it."""
        return (self.venue.name if self.venue_id else "") or self.place or gettext("place unclear")

    def dispatch_text(self):
        """What may be sent by chat to those who go: built from a whitelist, without the caller, long digit runs masked."""
        lines = [
            f"{self.number} [{self.get_urgency_display()}] {self.topic}",
            f"{self.where} {self.district or ''}".strip(),
            self.venue.address if self.venue_id else "",
            without_numbers(self.content),
        ]
        return "\n".join(line for line in lines if line)


def _same_matter(complaint, venue, words):
    """Whether a complaint is about this venue, or about a place in words of which one (comparable) holds the other."""
    if venue is not None and complaint.venue_id is not None:
        return complaint.venue_id == venue.pk
    others = comparable(complaint.venue.name if complaint.venue_id else complaint.place)
    return min(len(words), len(others)) >= FEWEST_ALIKE and (words in others or others in words)

"""The looks that inspectors take at venues: kept as they were reported, corrected only by a further row."""

import datetime
import hashlib
import itertools
import json

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from venues import answering
from venues.append_only import Fact
from venues.episodes import episodes
from venues.models.alerts import Alert
from venues.models.patrols import CLOCK_TOLERANCE, Patrol
from venues.models.registry import Venue
from venues.models.targets import Target
from venues.models.violations import Violation, hold
from venues.states import FOUND_OPEN, OFFICERS_TO_VERIFY
from venues.transitions import Refused, TooLate
from venues.words import when, who

CONFIRMATION_WITHIN = datetime.timedelta(minutes=30)
_DETAILS = (
    "premises_safe", "people_inside", "notice_posted", "rear_door_checked", "met", "remark", "latitude", "longitude",
    "accuracy_m",
)  # fmt: skip


class SameKeyOtherContent(Refused):
    """A record came with a known key and other content. `first` is the kept look, `content` what came now."""

    def __init__(self, first, content):
        super().__init__(
            gettext("A record with this key is kept already and says something else. The first one stands; "
                 "record a correction if it is wrong.")
        )  # fmt: skip
        self.first, self.content = first, content

    def keep(self, *, by):
        """Keep the rejected body for a person to read, once; call it outside the transaction that failed."""
        known = RejectedInspection.objects.filter(client_uuid=self.first.client_uuid)
        if not any(rejected.content == self.content for rejected in known):
            RejectedInspection.objects.create(client_uuid=self.first.client_uuid, content=self.content, by=by)


class InspectionQuerySet(models.QuerySet):
    # --- reads -------------------------------------------------------------------------------------------------------
    def until(self, at):
        return self.filter(observed_at__lte=at)

    def on_site(self):
        """Looks at the place itself, openly or covertly."""
        return self.filter(method__in=Inspection.ON_SITE_METHODS)

    def standing(self):
        """Looks that no correction has replaced."""
        return self.filter(superseded_by=None)

    def found_open(self):
        return self.filter(result__in=FOUND_OPEN)

    def on_the_spot(self, venue):
        """The looks at the place that count for `venue` and what was merged into it."""
        return self.filter(venue__in=venue.family).on_site().standing()

    def effort_rows(self, until):
        """家次: one row for each visit by the moment `until`. A visit is one venue on one patrol; without a patrol, one
        venue by the same officers on one local day. The first record of a visit stands for it."""
        seen = self.until(until).on_site().standing().order_by()
        seen = seen.annotate(place=Coalesce("venue__merged_into_id", "venue_id"))
        on_patrol = seen.exclude(patrol=None).values("patrol", "place").annotate(first=Min("pk")).values("first")
        day = TruncDate("observed_at", tzinfo=timezone.get_default_timezone())
        alone = seen.filter(patrol=None).annotate(day=day)
        alone = alone.values("officers_key", "day", "place").annotate(first=Min("pk")).values("first")
        return self.filter(Q(pk__in=on_patrol) | Q(pk__in=alone))

    def one_of_each_venue(self):
        """家: of these rows the first of each venue (the one it was merged into, if any)."""
        each = self.annotate(home=Coalesce("venue__merged_into_id", "venue_id")).order_by().values("home")
        return self.filter(pk__in=each.annotate(first=Min("pk")).values("first"))

    def visits(self, until):
        """(家次 visits, 家 distinct venues reached) by the moment `until`; one query."""
        counts = self.effort_rows(until).aggregate(
            visits=Count("pk"), venues=Count(Coalesce("venue__merged_into_id", "venue_id"), distinct=True)
        )
        return counts["visits"], counts["venues"]

    # --- the act -----------------------------------------------------------------------------------------------------
    def record(self, *, by, client_uuid, venue, officers, observed_at, result, method="on_site", patrol=None,
               alert=None, supersedes=None, recorded_at=None, **details):  # fmt: skip
        """Keep a look, whatever order or patrol it fits, and draw what follows from it: the violation, the alerts, the
        target's facts. The same `client_uuid` with the same content gets the look that is kept already; with other
        content SameKeyOtherContent, and the rejected body is kept (so call this outside a transaction).

        `officers` are those who looked; `details`: premises_safe, people_inside, notice_posted, rear_door_checked, met,
        remark, latitude, longitude, accuracy_m. A correction names the row that it `supersedes`."""
        look = {
            "by": by, "client_uuid": client_uuid, "venue": venue, "officers": officers, "observed_at": observed_at,
            "result": result, "method": method, "patrol": patrol, "alert": alert, "supersedes": supersedes,
            "recorded_at": recorded_at, **details,
        }  # fmt: skip
        try:
            with transaction.atomic():
                return self.keep(**look)
        except SameKeyOtherContent as conflict:
            conflict.keep(by=by)
            raise

    def keep(self, *, by, client_uuid, venue, officers, observed_at, result, method="on_site", patrol=None, alert=None,
             supersedes=None, recorded_at=None, **details):  # fmt: skip
        """`record` inside the caller's transaction, without keeping a rejected body."""
        from venues import standing  # it reads the models of this module

        recorded_at = recorded_at or timezone.now()
        officers = sorted(set(officers), key=lambda officer: officer.pk)
        content = _content(
            venue=venue, officers=officers, observed_at=observed_at, result=result, method=method, patrol=patrol,
            alert=alert, supersedes=supersedes, details=details,
        )  # fmt: skip
        hashed = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        given, venue = venue, hold(venue)
        first = self._already(client_uuid, hashed, content)
        if first is not None:
            return first
        _check(venue, officers, observed_at, recorded_at, supersedes)
        try:
            with transaction.atomic():
                look = self.create(
                    client_uuid=client_uuid, content_hash=hashed, venue=venue, target=_target(venue, observed_at),
                    patrol=patrol, alert=alert, method=method, observed_at=observed_at, result=result,
                    officers_key=_officers_key(officers), certified=sum(1 for o in officers if o.certificate_no),
                    shut_by_law=venue.category.shut_by_law(observed_at), supersedes=supersedes, recorded_by=by,
                    recorded_at=recorded_at, **{name: value for name, value in details.items() if value is not None},
                )  # fmt: skip
                look.officers.add(*officers)
        except IntegrityError:  # the key came at the same moment with another venue
            first = self._already(client_uuid, hashed, content)
            if first is None:
                raise
            return first
        look._draw_consequences(by=by)
        standing.refresh_venues({venue, given})
        if look.alert_id is not None:
            answering.looked(look)
        return look

    def _already(self, client_uuid, hashed, content):
        """The look kept under this key, if its content is the same; None when there is none."""
        first = Inspection.objects.filter(client_uuid=client_uuid).first()
        if first is not None and first.content_hash != hashed:
            raise SameKeyOtherContent(first, content)
        return first


def _content(*, details, officers, observed_at, **values):
    """What a look says, as plain JSON: the base of its hash, the body of a rejected one. Blank details stay out."""
    unknown = set(details) - set(_DETAILS)
    if unknown:
        raise TypeError(f"unknown details of a look: {', '.join(sorted(unknown))}")
    content = {name: getattr(value, "pk", value) for name, value in values.items()}
    content["officers"] = [officer.pk for officer in officers]
    content["observed_at"] = observed_at.astimezone(datetime.UTC).isoformat()
    for name, value in details.items():
        if value not in (None, ""):
            content[name] = value if isinstance(value, (bool, int, str)) else f"{value:.6f}"
    return {name: str(value) if isinstance(value, str) else value for name, value in content.items()}


def _officers_key(officers):
    key = " ".join(sorted(officer.badge_no or f"#{officer.pk}" for officer in officers))
    return key if len(key) <= 120 else hashlib.sha256(key.encode()).hexdigest()


def _target(venue, at):
    """The place of this venue in the order in force at the moment of the look, the latest issued one first."""
    targets = Target.objects.filter(venue__in=venue.family, order__issued_at__lte=at)
    targets = targets.exclude(order__activated_at=None).exclude(order__lifted_at__lte=at)
    targets = targets.exclude(order__cancelled_at__lte=at)
    return targets.order_by("-order__issued_at", "-order_id", "-pk").first()


def _check(venue, officers, observed_at, recorded_at, supersedes):
    if not officers:
        raise Refused(gettext("Name at least one officer who looked."))
    if observed_at > recorded_at + CLOCK_TOLERANCE:
        raise Refused(gettext("The look lies in the future: correct its date and time."))
    if supersedes is not None:
        if supersedes.venue_id not in venue.family:
            raise Refused(gettext("A correction is about the same venue. Record a look at the other venue separately."))
        _check_not_corrected(supersedes)


def _check_not_corrected(look):
    later = Inspection.objects.select_related("recorded_by").filter(supersedes=look).first()
    if later is not None:
        raise TooLate(
            gettext("%(name)s already corrected this look at %(time)s. Correct that correction instead.")
            % {"name": who(later.recorded_by), "time": when(later.recorded_at)}
        )


class Inspection(Fact):
    """One look at a venue. A record from the field is always kept, even when it fits no order and no patrol."""

    class Method(models.TextChoices):
        ON_SITE = "on_site", _("on site")
        COVERT = "covert", _("covert visit")
        PHONE = "phone", _("telephone")
        PHOTO = "photo", _("photograph")
        ONLINE = "online", _("online patrol")

    class Result(models.TextChoices):
        CLOSED = "closed", _("closed")
        OPERATING = "operating", _("operating")
        CONCEALED = "concealed", _("concealed operation")
        LIMITED = "limited", _("limited view")
        NOT_FOUND = "not_found", _("not found")
        UNVERIFIABLE = "unverifiable", _("cannot be verified")

    ON_SITE_METHODS = (Method.ON_SITE, Method.COVERT)

    client_uuid = models.UUIDField(_("key of the record"), unique=True)
    content_hash = models.CharField(_("hash of the content"), max_length=64, editable=False)
    venue = models.ForeignKey(Venue, verbose_name=_("venue"), on_delete=models.PROTECT, related_name="inspections")
    target = models.ForeignKey(
        Target, verbose_name=_("target"), null=True, blank=True, on_delete=models.PROTECT, related_name="inspections"
    )
    patrol = models.ForeignKey(
        Patrol, verbose_name=_("patrol"), null=True, blank=True, on_delete=models.PROTECT, related_name="inspections"
    )
    alert = models.ForeignKey(
        Alert, verbose_name=_("alert"), null=True, blank=True, on_delete=models.PROTECT, related_name="inspections"
    )
    method = models.CharField(_("method"), max_length=8, choices=Method.choices, default=Method.ON_SITE)
    observed_at = models.DateTimeField(_("observed at"))
    result = models.CharField(_("result"), max_length=12, choices=Result.choices)
    premises_safe = models.BooleanField(_("fire and theft safety of the shut premises checked"), null=True, blank=True)
    people_inside = models.PositiveIntegerField(_("people inside"), null=True, blank=True)
    notice_posted = models.BooleanField(_("notice posted on the door"), null=True, blank=True)
    rear_door_checked = models.BooleanField(_("rear door checked"), null=True, blank=True)
    met = models.CharField(_("who was met"), max_length=60, blank=True)
    officers = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name=_("officers"), related_name="inspections")
    officers_key = models.CharField(_("officers as one key"), max_length=120, editable=False)
    certified = models.PositiveSmallIntegerField(_("certified officers"), editable=False)
    shut_by_law = models.BooleanField(_("in hours shut by law"), default=False, editable=False)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    supersedes = models.OneToOneField(
        "self", verbose_name=_("corrects"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="superseded_by",
    )  # fmt: skip
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField(_("accuracy (metres)"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("recorded by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ["-observed_at", "-pk"]
        permissions = [("record_inspection", _("Can record inspections"))]
        indexes = [
            models.Index(fields=["recorded_at"], name="inspection_by_record"),  # the auditor's page
            models.Index(fields=["venue", "observed_at"], name="inspection_by_venue"),
            models.Index(fields=["observed_at"], name="inspection_by_time"),
            models.Index(fields=["patrol", "observed_at"], name="inspection_by_patrol"),
            models.Index(fields=["result", "observed_at"], name="inspection_by_result"),
        ]

    def __str__(self):
        return f"{self.venue} {timezone.localtime(self.observed_at):%Y-%m-%d %H:%M}"

    def get_absolute_url(self):
        return reverse("venues:inspection", args=[self.pk])

    @property
    def is_on_site(self):
        return self.method in self.ON_SITE_METHODS

    @property
    def is_corrected(self):
        return getattr(self, "superseded_by", None) is not None

    @property
    def is_verified(self):
        """Whether it proves the venue closed: two certified officers on the spot, and in hours when it might be open
        or as the closing look of a violation."""
        by_two = self.is_on_site and self.result == self.Result.CLOSED and self.certified >= OFFICERS_TO_VERIFY
        return by_two and (not self.shut_by_law or self.is_closing)

    @property
    def is_closing(self):
        """Whether it is the closing look of a violation (lists prefetch `violations_stopped`)."""
        return any(row.state != Violation.State.WITHDRAWN for row in self.violations_stopped.all())

    # --- what follows from a look ------------------------------------------------------------------------------------
    def _draw_consequences(self, *, by):
        """The violation, the alerts and the answered alert; in the transaction that keeps the look, its venue held."""
        replaced = {self.supersedes_id: self.pk} if self.supersedes_id else {}
        if self.is_on_site or (self.supersedes and self.supersedes.is_on_site):
            looks = follow(self.venue, by=by, replaced=replaced)
            self._raise_contradictions(looks, by=by)
        if self.result in FOUND_OPEN and not self.is_on_site:
            self._raise_remote_alert(by=by)
        unanswered = Alert.objects.open(self.observed_at).filter(pk=self.alert_id, answered_at=None)
        unanswered.update(answered_at=self.observed_at, answered_by=by)

    def _raise_remote_alert(self, *, by):
        words = gettext("%(method)s: %(result)s, %(time)s. Nobody was there yet.") % self._words()
        Alert.objects.raise_unless_open(
            by=by, source=Alert.Source.REMOTE, words=words, venue=self.venue, at=self.observed_at
        )

    def _raise_contradictions(self, looks, *, by):
        """An alert when this look and its neighbour in time contradict each other."""
        for before, after in itertools.pairwise(looks):
            if self in (before, after) and contradict(before, after):
                words = gettext("%(first)s, but %(second)s. Look again.") % {
                    "first": _saw(before), "second": _saw(after),
                }  # fmt: skip
                Alert.objects.raise_unless_open(
                    by=by, source=Alert.Source.CONTRADICTION, words=words, venue=self.venue, at=after.observed_at
                )

    def _words(self):
        return {
            "method": self.get_method_display(),
            "result": self.get_result_display(),
            "time": when(self.observed_at),
        }


def follow(venue, *, by, replaced=None):
    """Make the violations of `venue` (held) say what its looks say. Returns those looks, in order of time."""
    looks = list(Inspection.objects.on_the_spot(venue).order_by("observed_at", "pk"))
    found = episodes(looks, Violation.objects.discounted(venue))
    Violation.objects.follow(venue, found, by=by, replaced=replaced)
    return looks


def contradict(before, after):
    """Whether two neighbouring looks on the spot contradict each other: other officers, other result, within half an
    hour. A "closed" after an "operating" is the closing look of a violation and contradicts nothing."""
    if before.officers_key == after.officers_key or after.observed_at - before.observed_at > CONFIRMATION_WITHIN:
        return False
    was_open, is_open = before.result in FOUND_OPEN, after.result in FOUND_OPEN
    if was_open and is_open:
        return False
    if was_open and after.result == Inspection.Result.CLOSED and after.observed_at > before.observed_at:
        return False
    return before.result != after.result


def _saw(look):
    names = "、".join(str(officer) for officer in look.officers.all())
    words = {"names": names, "result": look.get_result_display(), "time": when(look.observed_at)}
    return gettext("%(names)s saw it “%(result)s” at %(time)s") % words


class RejectedInspection(Fact):
    """A record that came with a known key and other content: refused, but kept for a person to read."""

    client_uuid = models.UUIDField(_("key of the record"), db_index=True)
    content = models.JSONField(_("content"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("rejected inspection")
        verbose_name_plural = _("rejected inspections")
        ordering = ["-pk"]

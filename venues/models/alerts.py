"""Alerts: places to look at, handed down to the visit list by a complaint, a monitor or a look in doubt."""

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from venues.models.registry import Category, Division, Venue
from venues.transitions import Refused, move
from venues.words import when, who


class AlertQuerySet(models.QuerySet):
    def until(self, at):
        return self.filter(raised_at__lte=at)

    def open(self, at=None):
        """Alerts that nobody had answered at the moment `at`; without it, that nobody has answered."""
        if at is None:
            return self.filter(answered_at=None)
        return self.until(at).filter(Q(answered_at=None) | Q(answered_at__gt=at))

    def open_first(self):
        return self.order_by(Case(When(answered_at=None, then=Value(0)), default=Value(1)), "-raised_at", "-pk")

    def raise_alert(self, *, by, source, words, venue=None, place="", district=None, category=None, at=None):
        """Put a place on the visit list; `words` are those of the source, `at` the moment when it was said or seen."""
        if venue is None and not place.strip():
            raise Refused(gettext("Name the venue, or the place in words."))
        return self.create(
            venue=venue, place=place.strip(), district=district or (venue and venue.district),
            category=category or (venue and venue.category), source=source, words=words, raised_at=at or timezone.now(),
            raised_by=by,
        )  # fmt: skip

    def raise_unless_open(self, *, venue, source, **values):
        """The same, unless an unanswered alert of this source already sends somebody there; the alert or None."""
        if self.open().filter(venue=venue, source=source).exists():
            return None
        return self.raise_alert(venue=venue, source=source, **values)


class Alert(models.Model):
    """A place to look at and why, in the words of its source: what a complaint or a monitor hands down to the visit
    list."""

    class Source(models.TextChoices):
        COMPLAINT = "complaint", _("complaint")
        REMOTE = "remote", _("seen from afar")
        CONTRADICTION = "contradiction", _("looks that contradict each other")
        MONITOR = "monitor", _("monitor")
        OTHER = "other", _("other")

    venue = models.ForeignKey(
        Venue, verbose_name=_("venue"), null=True, blank=True, on_delete=models.PROTECT, related_name="alerts"
    )
    place = models.CharField(_("place in words"), max_length=200, blank=True)
    district = models.ForeignKey(
        Division, verbose_name=_("district or county"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    category = models.ForeignKey(
        Category, verbose_name=_("category"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    source = models.CharField(_("source"), max_length=13, choices=Source.choices)
    words = models.TextField(_("words of the source"), blank=True)
    raised_at = models.DateTimeField(_("raised at"))
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("raised by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("answered by"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    answer_text = models.CharField(_("answer"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(venue__isnull=False) | ~Q(place=""),
                name="alert_names_a_venue_or_a_place",
                violation_error_message=_("Name the venue, or the place in words."),
            )
        ]
        indexes = [models.Index(fields=["answered_at", "raised_at"], name="alert_open_first")]

    def __str__(self):
        return self.place or str(self.venue)

    def get_absolute_url(self):
        return reverse("venues:alert", args=[self.pk])

    def answer(self, *, by, at=None, text=""):
        """Take the alert off the visit list; raises TooLate when another officer answered it first."""
        at = at or timezone.now()
        if at < self.raised_at:
            raise Refused(gettext("An alert is answered after it was raised."))
        unanswered = Alert.objects.open().filter(pk=self.pk)
        move(unanswered, otherwise=self._answered_already, answered_at=at, answered_by=by, answer_text=text)
        self.refresh_from_db()

    def _answered_already(self):
        first = Alert.objects.select_related("answered_by").get(pk=self.pk)
        return gettext("%(name)s already answered this alert at %(time)s.") % {
            "name": who(first.answered_by),
            "time": when(first.answered_at),
        }

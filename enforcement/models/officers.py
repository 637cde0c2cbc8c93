"""The people of the team, who are also the users of the system."""

import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enforcement.passwords import lock_key, temporary_password
from enforcement.roles import ROLES, role_name
from venues.transitions import Refused


class OfficerQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def certified(self):
        """Officers with a certificate of enforcement: two of them make a look a proof."""
        return self.exclude(certificate_no="")


class OfficerManager(BaseUserManager.from_queryset(OfficerQuerySet)):
    """Also the way in which the lower floors ask who is on duty, without importing this app."""

    def create_user(self, username, password=None, **fields):
        """An officer; without a password the account cannot sign in."""
        officer = self.model(username=self.model.normalize_username(username), **fields)
        officer.set_password(password)
        officer.save(using=self._db)
        return officer

    def create_superuser(self, username, password=None, **fields):
        fields.setdefault("name", username)
        return self.create_user(username, password, is_superuser=True, **fields)

    def enter(self, *, by, username, name, roles=(), at=None, **fields):
        """A new account with its roles, without a password that opens it. Raises ValidationError when a field does not fit."""
        officer = self.model(username=self.model.normalize_username(username), name=name, **fields)
        officer.full_clean(exclude=["password"])
        officer.enter(by=by, roles=roles, at=at)
        return officer

    def leave_trail(self, act, *, detail=None, at=None):
        """Append to the audit trail what nobody who is signed in did: a command. `detail` holds no personal data."""
        from enforcement.models.audit import AuditEntry

        return AuditEntry.objects.write(act, detail=detail, at=at)

    def on_duty(self, at):
        """The officers on duty at the moment `at`, each once and the leader first: a queryset with `.duty_role` (leader, phone or
        officer) and `.duty_until`. One query; never cached."""
        from enforcement.duty.serving import on_duty

        return on_duty(self.all(), at)

    def coverage_without(self, officers, at):
        """What sending these officers out at `at` would do to the coverage: the rules that it breaks, as translated sentences."""
        from enforcement.duty.serving import coverage_without

        return coverage_without(officers, at)

    def add_working_days(self, start, days):
        """The moment `days` working days after `start` (same clock time), by the calendar of holidays and make-up workdays."""
        from enforcement.models.duty import CalendarDay

        return CalendarDay.objects.add_working_days(start, days)


class Officer(AbstractBaseUser, PermissionsMixin):
    """A member of the team; the account and the person are one. Who leaves is made inactive and keeps the history."""

    class Language(models.TextChoices):
        CHINESE = "zh-hans", _("Chinese")
        ENGLISH = "en", _("English")

    username = models.CharField(
        _("user name"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("There is already an account with this user name.")},
    )  # fmt: skip
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    badge_no = models.CharField(_("badge no."), max_length=20, unique=True, null=True, blank=True)
    certificate_no = models.CharField(_("enforcement certificate no."), max_length=30, blank=True)
    rank = models.CharField(_("rank"), max_length=40, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    team = models.CharField(_("team"), max_length=40, blank=True)
    district = models.ForeignKey(
        "venues.Division", verbose_name=_("district of the county brigade"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="officers",
    )  # fmt: skip
    can_lead = models.BooleanField(_("may lead a shift"), default=False)
    can_hold_phone = models.BooleanField(_("may hold the telephone"), default=True)
    exemptions = models.CharField(_("exemptions"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=7, choices=Language.choices, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    must_change_password = models.BooleanField(_("must change the password at the next sign-in"), default=False)
    is_demo = models.BooleanField(_("demo account"), default=False, editable=False)
    is_wall_screen = models.BooleanField(
        _("wall screen"),
        default=False,
        help_text=_("A view-only account for a screen on the wall: it has no idle limit."),
    )
    date_joined = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)

    objects = OfficerManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("officer")
        verbose_name_plural = _("officers")
        ordering = ["badge_no", "username"]
        permissions = [
            ("use_admin", _("Can use the administration")),
            ("set_roles", _("Can give and take roles")),
            ("unlock_officer", _("Can unlock accounts and reset passwords")),
            ("import_officer", _("Can import officers")),
            ("view_figures", _("Can see the figures")),
        ]

    def __str__(self):
        return self.name or self.username

    @property
    def is_staff(self):
        """What the admin site asks: whether this officer may enter it at all."""
        return self.is_active and self.has_perm("enforcement.use_admin")

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name

    def leave_trail(self, act, *, about=None, detail=None, at=None):
        """Append a row to the audit trail: `act` a lower-case word ("export", "import", "role_change", …), `about` the object,
        `detail` a dict without personal data. Lower floors call this on their `by=` officer."""
        from enforcement.models.audit import AuditEntry

        return AuditEntry.objects.write(act, by=self, about=about, detail=detail, at=at)

    def leave_trail_of(self, act, *, by, detail=None, at=None):
        """Append what `by` (or nobody: a command) did to this account."""
        from enforcement.models.audit import AuditEntry

        return AuditEntry.objects.write(act, by=by, about=self, detail=detail, at=at)

    @property
    def role_names(self):
        """The names of the roles for people, in the order of roles.py."""
        held = {group.name for group in self.groups.all()}
        return [role_name(slug) for slug in [*(r for r in ROLES if r in held), *sorted(held - set(ROLES))]]

    # --- acts on one's own account
    @transaction.atomic
    def choose_password(self, password, *, at=None):
        """Set one's own password; all other sessions of this account end, because their hash no longer fits."""
        self.set_password(password)
        self.must_change_password = False
        self.save(update_fields=["password", "must_change_password"])
        self.leave_trail("password_change", about=self, at=at)

    def choose_language(self, language):
        """Keep the language of this officer for browsers that have none yet."""
        self.language = language
        self.save(update_fields=["language"])

    # --- acts of the administrator
    @transaction.atomic
    def enter(self, *, by, roles=(), at=None):
        """Save this new account with its roles, without a password that opens it."""
        self.date_joined = at or timezone.now()
        self.set_unusable_password()
        self.save()
        self.leave_trail_of("account_entered", by=by, at=at)
        self.set_roles(roles, by=by, at=at)

    @transaction.atomic
    def give_temporary_password(self, *, by, at=None):
        """Set a random password that must be changed at the next sign-in, end all sessions, take the lock away. Returns the
        password: it is nowhere else, show it once."""
        self._refuse_to(by)
        password = temporary_password()
        self.set_password(password)
        self.must_change_password = True
        self.save(update_fields=["password", "must_change_password"])
        self._forget_failures()
        self.end_sessions()
        self.leave_trail_of("password_reset", by=by, at=at)
        return password

    @transaction.atomic
    def unlock(self, *, by, at=None):
        """Forget the failed sign-ins of this account, from every address; returns how many addresses were forgotten."""
        self._refuse_to(by, himself_too=True)
        count = self._forget_failures()
        self.leave_trail_of("unlock", by=by, at=at)
        return count

    @transaction.atomic
    def set_roles(self, roles, *, by, at=None):
        """Give exactly these roles (slugs of roles.py). Nobody changes his own, and a wall screen only looks."""
        wanted, held = set(roles), set(self.groups.values_list("name", flat=True))
        if wanted == held:
            return
        self._refuse_to(by, permission="enforcement.set_roles")
        if unknown := wanted - set(ROLES):
            raise Refused(_("There is no role %(role)s."), params={"role": ", ".join(sorted(unknown))})
        self.refuse_more_than_looking(wanted)
        self.groups.set(Group.objects.filter(name__in=wanted))
        detail = {"given": sorted(wanted - held), "taken": sorted(held - wanted)}
        self.leave_trail_of("role_change", by=by, detail=detail, at=at)

    @transaction.atomic
    def change_account(self, changed, *, by, at=None):
        """Save the fields named in `changed` (already set on this object) and note which they were, not what they say. Who
        is made inactive is signed out at once."""
        if not changed:
            return
        self._refuse_to(by, himself_too="is_active" not in changed)
        self.refuse_more_than_looking(self.groups.values_list("name", flat=True))
        self.save(update_fields=[*changed])
        if "is_active" in changed and not self.is_active:
            self.end_sessions()
        self.leave_trail_of("account_change", by=by, detail={"fields": sorted(changed)}, at=at)

    def refuse_more_than_looking(self, roles):
        """Raise Refused when this is a wall screen and the roles let it do more than look."""
        if self.is_wall_screen and set(roles) - {"bureau_viewer"}:
            raise Refused(_("A wall screen only looks: it can have the role of a bureau viewer and no other."))

    def end_sessions(self):
        """Delete every session of this account, so that none comes back to life when the account does."""
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
            if session.get_decoded().get("_auth_user_id") == str(self.pk):
                session.delete()

    def locks(self, at=None):
        """The addresses from which this account is locked at the moment `at`, each with the end of its lock."""
        from axes.models import AccessAttempt

        lasts = datetime.timedelta(hours=settings.AXES_COOLOFF_TIME)
        since = (at or timezone.now()) - lasts
        failures = AccessAttempt.objects.filter(username=lock_key(self.username), attempt_time__gt=since)
        found = failures.values("ip_address").annotate(failures=Sum("failures_since_start"), latest=Max("attempt_time"))
        found = found.filter(failures__gte=settings.AXES_FAILURE_LIMIT).order_by("ip_address")
        return [{"address": row["ip_address"], "until": row["latest"] + lasts} for row in found]

    def _forget_failures(self):
        from axes.handlers.proxy import AxesProxyHandler

        return AxesProxyHandler.reset_attempts(username=lock_key(self.username))

    def _refuse_to(self, by, *, permission=None, himself_too=False):
        """Raise Refused when `by` may not do this to this account: his own (unless `himself_too`), or one above him."""
        if by is None:
            return
        if by.pk == self.pk and not himself_too:
            raise Refused(_("Nobody does this to his own account: another administrator can."))
        if self.is_superuser and not by.is_superuser:
            raise Refused(_("This account stands above yours: it is managed on the server's command line."))
        if permission and not by.has_perm(permission):
            raise Refused(_("Your role may not do this."))

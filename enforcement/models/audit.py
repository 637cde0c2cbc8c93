"""The audit trail: sign-ins, refusals, reveals, exports, imports, role changes; appended and never changed."""

from contextvars import ContextVar

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enforcement.roles import role_name
from venues.append_only import Fact

ADDRESS = ContextVar("address", default="")  # of the request being answered; empty in commands

ACTS = {
    "sign_in": _("sign-in"),
    "sign_in_failed": _("failed sign-in"),
    "sign_out": _("sign-out"),
    "lockout": _("lock-out"),
    "unlock": _("unlocking"),
    "password_change": _("own password change"),
    "password_reset": _("password reset"),
    "role_change": _("change of roles"),
    "account_entered": _("new account"),
    "account_change": _("change of an account"),
    "refused": _("refusal"),
    "import": _("import"),
    "import_undone": _("undoing of an import"),
    "export": _("export"),
    "caller_search": _("search by a caller's number"),
    "anonymise": _("anonymising of callers"),
    "registry_change": _("change of the registry"),
    "merge": _("merging of venues"),
    "calendar_change": _("change of the calendar"),
    "coverage_rule": _("change of the coverage rules"),
    "roster_opened": _("new draft of a roster"),
    "roster_discarded": _("discarding of a draft of a roster"),
    "roster_published": _("publication of a roster"),
    "supply_entered": _("new supply"),
    "supply_change": _("change of a supply"),
    "group_link": _("linking of tour groups"),
    "backup": _("backup"),
    "restore": _("restoring of a backup"),
    "report_drafted": _("new draft of a report"),
    "report_edited": _("edit of a report"),
    "report_rewritten": _("new text of a report from the figures"),
    "report_reviewed": _("review of a report"),
    "report_signed": _("signature of a report"),
    "report_sent": _("sending of a report"),
    "report_discarded": _("discarding of a draft of a report"),
    "isolation": _("isolation of an officer"),
    "isolation_end": _("end of an isolation"),
}
DETAILS = {
    "given": _("given"),
    "taken": _("taken"),
    "fields": _("fields"),
    "path": _("address"),
    "method": _("method"),
    "status": _("status"),
    "because": _("because"),
    "account": _("account"),
    "what": pgettext_lazy("audit", "what"),
    "counts": _("rows"),
    "rows": _("rows"),
    "format": _("format"),
    "filters": _("filters"),
    "into": _("into"),
    "number": _("no."),
    "of": pgettext_lazy("audit", "what"),
    "found": pgettext_lazy("audit", "found"),
    "agencies": _("agencies"),
    "nil_returns": _("nil returns"),
    "channel": pgettext_lazy("complaint", "channel"),
    "days": _("days"),
    "entered": _("entered"),
    "before": pgettext_lazy("audit", "before"),
    "after": pgettext_lazy("audit", "after"),
    "officer": _("officer"),
    "complaint": _("complaint"),
    "trail": _("trail"),
    "act": _("act"),
    "from": pgettext_lazy("audit", "from"),
    "until": pgettext_lazy("audit", "until"),
    "instead_of": _("instead of no."),
}
THINGS = {  # what was taken away, brought in or done: the codes of the detail "what"
    "audit": _("audit trail"),
    "annotated list": _("list of venues with its problems"),
    "complaints": _("complaints"),
    "divisions": _("districts and streets"),
    "duty log": _("duty log"),
    "inspections": _("inspections"),
    "load": _("load of the officers"),
    "officers": _("officers"),
    "patrols": _("patrols"),
    "return": _("return of an agency"),
    "return template": _("form for the return of an agency"),
    "return templates": _("forms for the returns of the agencies"),
    "roster": _("roster"),
    "sheets": _("answered sheets"),
    "supplies": _("supplies"),
    "tour_groups": _("tour groups"),
    "venues": _("venues"),
    "violations": _("violations"),
    "entered": _("entered"),
    "changed": _("changed"),
    "ended": _("ended"),
}


def act_name(act):
    """The name of an act for people; an act that is not in the list keeps its word."""
    return ACTS.get(act, act)


def _in_words(name, value, model):
    """A value of the detail; of fields the names that their `model` gives them."""
    if isinstance(value, dict):
        return ", ".join(f"{_field(model, key)} {_value(model, key, part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(str(role_name(part)) if name in {"given", "taken"} else _field(model, part) for part in value)
    if value is True:
        return "✓"
    return str(THINGS.get(value, value) if name in {"what", "of"} else value)


def _field(model, name):
    """The name of a field for people: that of its model, or of the filters and counts that are known here."""
    try:
        return str(model._meta.get_field(name).verbose_name) if model else str(DETAILS.get(name, name))
    except FieldDoesNotExist:
        return str(DETAILS.get(name, name))


def _value(model, name, value):
    """A value of that field for people: the label of a choice, a moment of ours, yes and no; anything else as it is."""
    if value in {"True", "False"}:
        return "✓" if value == "True" else "✗"
    try:
        labels = dict(model._meta.get_field(name).flatchoices) if model else {}
    except FieldDoesNotExist:
        labels = {}
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:  # it only looks like one
        moment = None
    if moment is not None and timezone.is_aware(moment):
        return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
    return labels.get(value, value)


class AuditManager(models.Manager):
    def write(self, act, *, by=None, about=None, detail=None, at=None, address=None):
        """Append one entry. `about` is a model instance or None; `detail` a JSON-able dict that holds no personal data; the
        address is that of the request being answered."""
        return self.create(
            act=act,
            by=by,
            about_type=about._meta.label_lower if about is not None else "",
            about_id=str(about.pk) if about is not None else "",
            detail=detail or {},
            at=at or timezone.now(),
            address=ADDRESS.get() if address is None else address,
        )


class AuditEntry(Fact):
    """One act of one officer (or of nobody: a failed sign-in)."""

    at = models.DateTimeField(_("at"), db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="trail"
    )
    act = models.CharField(_("act"), max_length=30, db_index=True)
    about_type = models.CharField(_("kind of object"), max_length=60, blank=True)
    about_id = models.CharField(_("object"), max_length=60, blank=True)
    detail = models.JSONField(_("detail"), default=dict)
    address = models.CharField(_("address"), max_length=45, blank=True)

    objects = AuditManager()

    class Meta:
        verbose_name = _("entry of the audit trail")
        verbose_name_plural = _("audit trail")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["about_type", "about_id"], name="audit_by_object")]

    about_object = None  # the object itself, once somebody read it along

    @property
    def about_model(self):
        """The model of the object; None when it is about none, or of an app that is gone."""
        try:
            return apps.get_model(self.about_type) if self.about_type else None
        except LookupError:
            return None

    @property
    def about_words(self):
        """Which object it is about: its kind, and its name where it was read along, else its number; empty when about none."""
        model = self.about_model
        kind = model._meta.verbose_name if model else self.about_type
        return f"{kind} {self.about_object or self.about_id}".strip()

    @property
    def detail_words(self):
        """The detail as people read it; a word that is not known here stands as it is."""
        model = self.about_model
        return " · ".join(
            f"{DETAILS.get(name, name)}: {_in_words(name, value, model)}"
            for name, value in self.detail.items()
            if value
        )

    def __str__(self):
        return f"{act_name(self.act)} {self.about_type} {self.about_id}".strip()

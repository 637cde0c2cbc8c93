"""The audit trail: sign-ins, refusals, reveals, exports, imports, role changes; appended and never changed."""

from contextvars import ContextVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
    "export": _("export"),
}


def act_name(act):
    """The name of an act for people; an act that is not in the list keeps its word."""
    return ACTS.get(act, act)


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

    def __str__(self):
        return f"{self.act} {self.about_type} {self.about_id}".strip()

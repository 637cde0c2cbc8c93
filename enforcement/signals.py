"""What the frameworks tell us about sign-ins, written to the audit trail."""

import time

from axes.signals import user_locked_out
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from enforcement.middleware import SINCE
from enforcement.models import AuditEntry


@receiver(user_logged_in)
def signed_in(sender, request, user, **kwargs):
    """The session begins now; its absolute limit counts from here."""
    request.session[SINCE] = int(time.time())
    user.leave_trail("sign_in", about=user)


@receiver(user_logged_out)
def signed_out(sender, request, user, **kwargs):
    if user is not None:
        because = getattr(request, "signed_out_because", "")
        user.leave_trail("sign_out", about=user, detail={"because": because} if because else {})


@receiver(user_login_failed)
def sign_in_failed(sender, credentials, request=None, **kwargs):
    """The account is named when there is one; what else was typed may be anything, a password too, and is not kept. Attempts
    while the lock holds leave no row each: nobody fills the trail by trying."""
    if getattr(request, "axes_locked_out", False) and request.axes_failures_since_start is None:
        return
    account = _account(credentials)
    AuditEntry.objects.write("sign_in_failed", about=account, detail={} if account else {"account": "unknown"})


@receiver(user_locked_out)
def locked_out(sender, request, username, **kwargs):
    """The failure that locks is noted, not the attempts after it."""
    if request.axes_failures_since_start is not None:
        account = _account(request.axes_credentials or {})
        AuditEntry.objects.write("lockout", about=account, detail={} if account else {"account": "unknown"})


def _account(credentials):
    return get_user_model().objects.filter(username=credentials.get("username") or "").first()

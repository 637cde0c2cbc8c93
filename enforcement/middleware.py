"""What happens around every request: the real address, outages, the limits of a session, forced password changes, refusals."""

import ipaddress
import logging
import re
import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.db import Error as DatabaseProblem
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from enforcement.logs import without_people
from enforcement.models.audit import ADDRESS
from enforcement.outages import if_possible, is_outage
from enforcement.views import errors

logger = logging.getLogger(__name__)

SINCE = "signed_in_at"  # in the session: seconds since 1970
SEEN = "seen"  # the cookie of the last activity
SEEN_EVERY = 120  # seconds between two writings of it
_ASKED_BY_BROWSERS = re.compile(
    r"/(favicon\.ico|apple-touch-icon|robots\.txt|\.well-known/|static/)"
)  # not by their people


class ClientAddressMiddleware:
    """Puts the address of the person into REMOTE_ADDR when the request came through a proxy of ours (`TRUSTED_PROXIES`:
    addresses, networks, or `unix` for a socket). Whatever others say about themselves is not believed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        address = client_address(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))
        request.META["REMOTE_ADDR"] = address
        token = ADDRESS.set(address)
        try:
            return self.get_response(request)
        finally:
            ADDRESS.reset(token)


def client_address(peer, forwarded_for):
    """The rightmost address that is not a proxy of ours, beginning with the peer of the connection."""
    address = peer
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    while hops and _is_ours(address):
        hop = _parsed(hops.pop())
        if hop is None:
            break
        address = str(hop)
    return address or "127.0.0.1"


def _is_ours(address):
    if not address:
        return "unix" in settings.TRUSTED_PROXIES
    parsed = _parsed(address)
    if parsed is None:
        return False
    return any(
        parsed in ipaddress.ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES if proxy != "unix"
    )


def _parsed(text):
    if text.count(":") == 1:  # IPv4 with a port
        text = text.split(":")[0]
    try:
        parsed = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


class OutageMiddleware:
    """A view that finds the database away answers 503 with the form as typed. What fails outside of views (session, sign-in,
    other middleware) comes to the same page by `errors.server_error`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not is_outage(exception):
            return None
        logger.error("The database is away: %s", exception, exc_info=exception)
        response = errors.unavailable(request)
        response._has_been_logged = True  # or Django would log it once more
        return response


class SessionLimitsMiddleware:
    """Ends sessions that nobody used for `SESSION_IDLE_SECONDS`, and every session `SESSION_ABSOLUTE_SECONDS` after its sign-in.

    The last activity is a signed cookie, bound to the session and renewed every two minutes: a page can be read when nothing
    can be written, and no session is written for having been looked at. Requests of a page that refreshes itself
    (`X-Refresh: 1`) are no activity. Without the cookie the sign-in counts as the last activity."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if getattr(request, "is_of_an_officer", False) and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        if getattr(request, "renew_seen", False):
            response.set_cookie(
                SEEN, _signer(request).sign(str(int(time.time()))), max_age=settings.SESSION_ABSOLUTE_SECONDS, httponly=True,
                secure=settings.SESSION_COOKIE_SECURE, samesite=settings.SESSION_COOKIE_SAMESITE,
            )  # fmt: skip
        elif SEEN in request.COOKIES and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            response.delete_cookie(SEEN, samesite=settings.SESSION_COOKIE_SAMESITE)
        return response

    def process_view(self, request, view_func, view_args, view_kwargs):
        if getattr(view_func, "needs_no_database", False) or not request.user.is_authenticated:
            return None
        request.is_of_an_officer = True
        reason = self._reason_to_end(request)
        if reason:
            self._end(request, reason)
        elif request.headers.get("X-Refresh") != "1":
            request.renew_seen = _seconds_since_seen(request) > SEEN_EVERY
        return None

    def _reason_to_end(self, request):
        if settings.PRODUCTION and request.user.is_demo:
            return "demo"
        since = request.session.get(SINCE)
        age = time.time() - since if since is not None else float("inf")
        if age > settings.SESSION_ABSOLUTE_SECONDS:
            return "absolute"
        if not request.user.is_wall_screen and min(age, _seconds_since_seen(request)) > settings.SESSION_IDLE_SECONDS:
            return "idle"
        return None

    def _end(self, request, reason):
        request.signed_out_because = reason
        try:
            logout(request)
        except DatabaseProblem:  # it cannot be deleted now; it is over all the same
            request.user = AnonymousUser()
        messages.info(
            request, _("You were signed out because the session had lasted long enough. Please sign in again.")
        )


def _signer(request):
    return signing.Signer(salt=f"enforcement.seen.{request.session.session_key}")


def _seconds_since_seen(request):
    """Seconds since the last activity as the cookie tells it; infinite without a cookie of this session."""
    try:
        return time.time() - int(_signer(request).unsign(request.COOKIES.get(SEEN, "")))
    except signing.BadSignature:
        return float("inf")


class SignInMiddleware(LoginRequiredMiddleware):
    """Everything is closed by default: who is not signed in is led to the sign-in. What was typed into a form by somebody
    whose session has ended meanwhile is shown again, to be sent after signing in."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        if getattr(view_func, "needs_no_database", False):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def get_login_url(self, view_func):
        """The one door: the administration has none of its own."""
        return settings.LOGIN_URL

    def handle_no_permission(self, request, view_func):
        if errors.wants(request) != "page" or (request.method == "POST" and errors.typed(request)):
            return errors.signed_out(request)
        return super().handle_no_permission(request, view_func)


class PasswordChangeMiddleware:
    """While an officer has a password that somebody else gave him, every page leads to the change of it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if getattr(view_func, "needs_no_database", False) or not request.user.is_authenticated:
            return None
        if not request.user.must_change_password or not getattr(view_func, "login_required", True):
            return None
        if request.resolver_match.url_name in {"password_change", "logout"} and not request.resolver_match.namespaces:
            return None
        if errors.wants(request) != "page":
            return errors.password_first(request)
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/", "password_change")


class ReadableMiddleware:
    """An address or a form that holds what no database and no calendar can hold (a NUL, a year of eight digits) is a bad request,
    not a failure: PostgreSQL refuses NUL characters that SQLite stores."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info or _holds_nul(request.GET):
            return errors.bad_request(request, None)
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        """The body is read here and not before: the token was looked at, and a body that is too large is refused by then."""
        if request.method != "POST":
            return None
        return errors.bad_request(request, None) if _holds_nul(request.POST) else None

    def process_exception(self, request, exception):
        no_such_date = isinstance(exception, ValueError) and "is out of range" in str(exception)
        if (no_such_date or isinstance(exception, OverflowError)) and request.method in ("GET", "HEAD"):
            return errors.bad_request(request, exception)
        return None


def _holds_nul(fields):
    return any("\0" in text for key, values in fields.lists() for text in (key, *values))


class RefusalMiddleware:
    """Writes every 403 and 404 that a signed-in officer meets to the audit trail, without what stood in the address after `?`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code in (403, 404) and not _ASKED_BY_BROWSERS.match(request.path):
            if_possible("A refusal", lambda: _note_refusal(request, response.status_code))
        return response


def _note_refusal(request, status):
    if request.user.is_authenticated:
        detail = {"path": without_people(request.path)[:200], "method": request.method, "status": status}
        request.user.leave_trail("refused", detail=detail)

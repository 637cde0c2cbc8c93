"""The pages of refusal and failure: translated, in the form that was asked for, and never without what was typed.

A page asks for HTML, htmx for a part, the rest for JSON. What must appear when nothing else works (400, 500, 503, a page that
is too old) is rendered without session, user and database.
"""

import contextlib
import logging
import sys

from django.contrib import messages
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from enforcement.outages import is_outage
from venues.models.submissions import typed_fields

logger = logging.getLogger(__name__)
RETRY_AFTER = 10  # seconds


def wants(request):
    """What an answer to this request should be: "page", "part" (htmx) or "json". A view that is for programs says so
    (`answers_json`): then nobody is led to a page, whatever he accepts."""
    if _for_programs(request):
        return "json"
    headers = request.headers
    if (
        headers.get("HX-Request") == "true"
        and not headers.get("HX-Boosted")
        and not headers.get("HX-History-Restore-Request")
    ):
        return "part"
    accept = headers.get("Accept", "")
    if "text/html" not in accept and ("json" in accept or "json" in headers.get("Content-Type", "")):
        return "json"
    return "page"


def _for_programs(request):
    """Whether the view of this address answers programs; asked of the address itself while no middleware has resolved it yet."""
    match = request.resolver_match
    if match is None:
        with contextlib.suppress(Resolver404):
            match = resolve(request.path_info)
    return match is not None and getattr(match.func, "answers_json", False)


def typed(request):
    """The fields of the form that was sent, as pairs, without passwords and the token; nothing when it cannot be read."""
    if request.method != "POST":
        return []
    try:
        return typed_fields(request, with_key=True)
    except (UnreadablePostError, MultiPartParserError, SuspiciousOperation, BadRequest):
        return []


def bad_request(request, exception=None):
    """400. A session that could not be saved comes here too (Django takes the outage for a deleted session)."""
    if exception is not None and is_outage(exception):
        return unavailable(request)
    return _bare(request, 400, "400.html", _("The address or the form is damaged. Go back and try again."))


def permission_denied(request, exception=None):
    return _full(request, 403, "403.html", _("Your role may not do this."))


def not_found(request, exception=None):
    """404: the same for what does not exist and for what is not this officer's to see."""
    return _full(request, 404, "404.html", _("There is nothing at this address, or it is not yours to see."))


def server_error(request):
    """500, or 503 when the error says that the database is away. If even the page fails, a sentence without any template."""
    if is_outage(sys.exc_info()[1]):
        return unavailable(request)
    try:
        return _bare(
            request, 500, "500.html", _("Something went wrong here. It is written down for the administrator.")
        )
    except Exception:
        logger.exception("The page of an internal error could not be shown")
        return HttpResponse(
            "<!doctype html><title>500</title><p>系统出错，已记录，请联系管理员。 "
            "Something went wrong here. It is written down for the administrator.",
            status=500,
        )


def unavailable(request):
    """503: the database is away. The form comes back as typed, with its key, so that it counts once however often it is sent."""
    reason = _("The database does not answer. Nothing was saved. Wait a moment, then send it again.")
    response = _bare(request, 503, "503.html", reason, fields=typed(request), action=request.get_full_path())
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def csrf_failure(request, reason=""):
    """403 for a form whose page is too old (usually another sign-in in between); at the sign-in itself simply a new page."""
    match = request.resolver_match
    if match is not None and match.view_name == "login":
        messages.info(request, _("The page was too old. Please sign in again."))
        return HttpResponseRedirect(request.get_full_path())
    sentence = _("This page is too old. Nothing was saved.")
    return _bare(
        request, 403, "enforcement/too_old.html", sentence, fields=typed(request), action=request.get_full_path()
    )


def signed_out(request):
    """401 for a form, a part or data asked for by somebody who is not signed in (any more)."""
    asks = request.method == "GET" and wants(request) == "json"
    sentence = _("You are not signed in. Sign in first.") if asks else _("You are signed out. Nothing was saved.")
    return _bare(
        request, 401, "enforcement/signed_out.html", sentence, fields=typed(request), action=request.get_full_path()
    )


def password_first(request):
    """403 for a part or data asked for by an officer who must change the password first."""
    response = _plain(request, 403, _("Choose your own password first."))
    response["HX-Redirect"] = resolve_url("password_change")
    return response


def locked_out(request, response=None, credentials=None):
    """429 after too many failures; the same for accounts that exist and names that do not."""
    return _bare(request, 429, "enforcement/locked.html", _("Too many wrong passwords. Wait and try again."))


def _full(request, status, template, sentence):
    if wants(request) != "page":
        return _plain(request, status, sentence)
    return render(request, template, status=status)


def _bare(request, status, template, sentence, **context):
    with translation.override(_language(request)):
        if wants(request) != "page":
            response = _plain(request, status, sentence)
        else:
            context.update(reason=sentence, csrf_token=get_token(request))
            response = HttpResponse(render_to_string(template, context), status=status)
    add_never_cache_headers(response)
    return response


def _plain(request, status, sentence):
    if wants(request) == "part":
        response = HttpResponse(format_html('<p class="notice tone-warn" role="alert">{}</p>', sentence), status=status)
    else:
        response = JsonResponse({"error": str(sentence)}, status=status)
    patch_vary_headers(response, ("HX-Request", "Accept"))
    return response


def _language(request):
    """The language of the page; before the locale middleware has run, that of the cookie or the browser."""
    return getattr(request, "LANGUAGE_CODE", None) or translation.get_language_from_request(request)

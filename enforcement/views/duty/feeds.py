"""Calendar feeds: made (the secret address is shown once), revoked, and read by calendar programs without signing in."""

import hashlib
import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import Http404, HttpResponse, HttpResponseGone
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from enforcement.duty.feeding import feed_text
from enforcement.forms.duty.changes import FeedForm
from enforcement.models.duty import CalendarFeed
from venues.models.submissions import once
from venues.transitions import Refused


@require_POST
@permission_required("enforcement.take_duty", raise_exception=True)
def feed_new(request):
    """Make a feed and show its address. The key of the form makes the secret, so that a second press shows the same one; no
    redirect, because the secret is kept nowhere."""
    form = FeedForm(request.POST)
    try:
        key = uuid.UUID(request.POST.get("form_key", ""))
    except ValueError:
        key = None
    if key is None or not form.is_valid():
        messages.error(request, _("No feed was made. Choose of what it is and press again."))
        return render(request, "enforcement/duty/feed_made.html", {"form": form}, status=422)
    of = form.cleaned_data["of"]
    role = "" if of == "mine" else of
    feed, secret = CalendarFeed.objects.make(
        by=request.user, officer=None if role else request.user, role=role, key=key
    )
    address = request.build_absolute_uri(reverse("duty:feed", args=[secret])) if feed.is_readable else ""
    response = render(request, "enforcement/duty/feed_made.html", {"feed": feed, "address": address})
    patch_cache_control(response, no_store=True, private=True)
    return response


@require_POST
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def feed_revoke(request, pk):
    feeds = CalendarFeed.objects.all()
    if not request.user.has_perm("enforcement.plan_roster"):
        feeds = feeds.filter(created_by=request.user)
    try:
        get_object_or_404(feeds, pk=pk).revoke(by=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence())
    else:
        messages.success(request, _("Revoked: this address shows nothing any more."))
    return redirect("duty:mine")


@require_safe
@login_not_required
def feed(request, token):
    """The calendar itself. 404 for an address that never was, 410 for one that was revoked."""
    found = CalendarFeed.objects.of_secret(token)
    if found is None:
        raise Http404
    if not found.is_readable:
        return HttpResponseGone(_("This calendar address was revoked."), content_type="text/plain; charset=utf-8")
    body = feed_text(found, timezone.now())
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="duty.ics"'
    response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response

"""Double submits: each form carries a key that is stored once, in the transaction of what the form does.

Fifty presses of one button make one row: the same key with the same content gets the first answer again, the same key with
other content is refused with 422 and the text kept.
"""

import functools
import hashlib
import hmac
import logging
import uuid

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)
_NOT_CONTENT = {"csrfmiddlewaretoken", "form_key"}
NO_KEY = _("This form was sent without its key. Open the page again and send it once more.")


class Submission(models.Model):
    """One accepted form: its key, what it said (as a hash), and where its sender was sent."""

    key = models.UUIDField(_("form key"), primary_key=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+")
    path = models.CharField(_("path"), max_length=200)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("submitted form")
        verbose_name_plural = _("submitted forms")

    def __str__(self):
        return str(self.key)


def fingerprint(request):
    """Keyed SHA-256 over who sent what where, so that nobody who reads the table can try out what was typed; the CSRF token and the
    form key are no content. Files count by name, size and bytes."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{request.user.pk} {request.path}".encode(), hashlib.sha256)
    for name in sorted(request.POST):
        if name not in _NOT_CONTENT:
            digest.update(repr((name, request.POST.getlist(name))).encode())
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            digest.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()


def typed_fields(request, *, with_key=False):
    """What was typed, as (name, value) pairs in the order of the form, to be shown again: no token, no password; the form key
    only when the same sending is to be repeated."""
    return [
        (name, value)
        for name in request.POST
        for value in request.POST.getlist(name)
        if name != "csrfmiddlewaretoken" and "password" not in name and (with_key or name != "form_key")
    ]


def once(view):
    """Decorator: a POST with a `form_key` counts once; the whole view runs in one transaction with the key.

    A view that answers anything but a redirect (also htmx's `HX-Redirect`) is rolled back and its key stays free: its form had
    errors. A POST without a key is refused like an invalid form: the page that sent it was not ours. What the database refuses
    because somebody else was faster is told as such, and the text kept.
    """

    @functools.wraps(view)
    def wrapper(request, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        try:
            key = uuid.UUID(request.POST.get("form_key", ""))
        except ValueError:
            return _refuse(request, NO_KEY)
        print_ = fingerprint(request)
        try:
            with transaction.atomic():
                submission = Submission.objects.create(
                    key=key, by=request.user, path=request.path[:200], fingerprint=print_
                )
                response = view(request, *args, **kwargs)
                if place := _place(response):
                    submission.answer = place
                    submission.save(update_fields=["answer"])
                else:
                    transaction.set_rollback(True)
                return response
        except IntegrityError as error:
            first = Submission.objects.filter(key=key).first()
            if first is None:  # some other constraint failed, not the key's
                logger.error("A form broke a rule of the database: %s", error, exc_info=error)
                return _refuse(
                    request, _("Somebody else saved the same at the same moment. Look at it, then decide anew.")
                )
        return _again(request, first, print_)

    return wrapper


def once_in_parts(to):
    """Decorator for a view that commits part after part, so that a part which fails leaves the others done. Its key is taken before
    it begins; the same form sent again is led to the address named `to`, where what was done can be seen. Each part must guard
    itself against being done twice."""

    def decorate(view):
        @functools.wraps(view)
        def wrapper(request, *args, **kwargs):
            if request.method != "POST":
                return view(request, *args, **kwargs)
            try:
                key = uuid.UUID(request.POST.get("form_key", ""))
            except ValueError:
                return _refuse(request, NO_KEY)
            sent = {"by": request.user, "path": request.path[:200], "fingerprint": fingerprint(request)}
            first, created = Submission.objects.get_or_create(key=key, defaults={**sent, "answer": reverse(to)})
            return view(request, *args, **kwargs) if created else _again(request, first, sent["fingerprint"])

        return wrapper

    return decorate


def _again(request, first, print_):
    """The answer to a form whose key was taken by the Submission `first`."""
    if first.fingerprint == print_ and first.answer:
        return _to(first.answer, request)
    return _refuse(
        request, _("This form was already sent with other content. Nothing was changed; your text is below.")
    )


def _place(response):
    """Where an answer leads: the address of a redirect, plain or htmx's; empty for a page."""
    place = response.headers.get("HX-Redirect") or (response.url if isinstance(response, HttpResponseRedirect) else "")
    return place if len(place) <= 500 else place.partition("?")[0][:500]


def _to(place, request):
    """The first answer again, in the form in which this sending asks for it."""
    if request.headers.get("HX-Request") == "true" and not request.headers.get("HX-Boosted"):
        return HttpResponse(headers={"HX-Redirect": place})
    return HttpResponseRedirect(place)


def _refuse(request, reason):
    context = {"reason": reason, "fields": typed_fields(request), "action": request.get_full_path()}
    return render(request, "422.html", context, status=422)

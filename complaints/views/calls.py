"""The call form: from the ring to the saved complaint, and the parts that it asks for while somebody speaks."""

import uuid

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.forms.calls import FEWEST_DIGITS, CallForm, RingForm, draft_names
from complaints.models import Call, Complaint, Draft, Topic
from complaints.models.drafts import saved
from complaints.workflow import Act, may
from venues import concerns
from venues.cleaning import clean_phone
from venues.masking import masked
from venues.models import Division, Venue
from venues.models.submissions import once, typed_fields
from venues.secrets import number_hash
from venues.transitions import Refused

SHOWN = 6  # earlier calls of a number
LONGEST_DRAFT = 20_000  # characters
DISPATCH = ("dispatch", "dispatch_all_the_same")  # what a press means: at the second one the warning was read


class Uncovered(Exception):
    """Who would be sent is needed elsewhere: the sentences of the rules. Nothing is saved; one more press does it."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("complaints.log_call", raise_exception=True)
def call_new(request):
    """The form; `?draft=KEY` is the unfinished call of this key, under which the call is then saved, once."""
    if request.method != "POST":
        return _opened(request)
    if "venue_find" in request.POST:  # without JavaScript: the venues that match, nothing is saved
        key = _key(request.POST.get("form_key"))
        return _page(request, CallForm(officer=request.user, draft=_typed(request)), key or uuid.uuid4())
    response = _save(request)
    key = _key(request.POST.get("form_key"))
    if response.status_code == 422 and key and saved([key]):
        return _saved_before(request, key, status=422)
    return response


def _opened(request):
    key = _key(request.GET.get("draft"))
    if key and saved([key]):
        Draft.objects.done(key, by=request.user)
        return _saved_before(request, key, status=200)
    draft = key and Draft.objects.filter(client_id=key, by=request.user).first()
    try:
        fields = draft.fields() if draft else None
    except Refused as refused:
        messages.error(request, refused.sentence())
        fields = None
    form = CallForm(officer=request.user, draft=fields)
    return _page(request, form, key or uuid.uuid4(), draft_at=draft.updated_at if draft else None)


def _page(request, form, key, *, status=200, draft_at=None, warnings=()):
    unfinished = [
        {"key": draft.client_id, "started_at": draft.started_at, "what": draft.label()}
        for draft in Draft.objects.of(request.user)
        if draft.client_id != key
    ]
    context = {"form": form, "key": key, "unfinished": unfinished, "draft_at": draft_at, "warnings": warnings}
    return render(request, "complaints/call_new.html", context, status=status)


def _saved_before(request, key, *, status):
    """This key was saved: where it is, and what was typed since, which was not."""
    call = Call.objects.select_related("complaint").get(client_id=key)
    typed = typed_fields(request) if request.method == "POST" else []
    fields = [(name, value) for name, value in typed if name not in ("opened", "began")]  # when the first call rang
    context = {
        "key": key, "call": call, "fields": fields, "action": reverse("complaints:call_new"),
        "content": request.POST.get("content", ""), "may_note": may(request.user, Act.NOTE),
    }  # fmt: skip
    return render(request, "complaints/call_saved.html", context, status=status)


@once
def _save(request):
    """Everything that one press of a button means, in one transaction with its key."""
    light = request.POST.get("result") or request.POST.get("add_to")
    form = (RingForm if light else CallForm)(request.POST, officer=request.user)
    key = uuid.UUID(request.POST["form_key"])
    if form.is_valid():
        try:
            place = _act(request, form, key)
        except Refused as refused:
            form.add_error(None, refused.sentence())
        except Uncovered as uncovered:
            return _page(request, form, key, status=422, warnings=uncovered.args[0])
        else:
            Draft.objects.done(key, by=request.user)
            if request.htmx:
                return HttpResponse(headers={"HX-Redirect": place})
            return redirect(place)
    return _page(request, form, key, status=422)


def _act(request, form, key):
    """Do what was asked for; returns the address to go on to."""
    if request.POST.get("result"):
        return _log(request, form, key)
    if request.POST.get("add_to"):
        return _add(request, form, key)
    return _register(request, form, key)


def _log(request, form, key):
    result = request.POST["result"]
    if result not in Call.Result.values:
        raise Refused(_("Say what kind of call it was."))
    remark = form.cleaned_data.get("content") or ""
    call = Call.objects.log(by=request.user, client_id=key, result=result, remark=remark, **form.call())
    messages.success(request, _("Noted: %(result)s, %(time)s.") % {"result": call.get_result_display(), "time": call})
    return reverse("complaints:call_new")


def _add(request, form, key):
    complaint = get_object_or_404(Complaint.objects.visible_to(request.user), number=request.POST["add_to"])
    said = form.cleaned_data
    complaint.add_call(
        by=request.user, client_id=key, name=said.get("name", ""), text=said.get("content", ""),
        wants_reply=said.get("wants_reply", True), **form.call(),
    )  # fmt: skip
    messages.success(request, _("The call was added to %(number)s.") % {"number": complaint})
    return complaint.get_absolute_url()


def _register(request, form, key):
    answer, then = form.cleaned_data.get("answer", ""), request.POST.get("then")
    dispatch = then in DISPATCH and request.user.has_perm("complaints.dispatch_complaint")
    if answer and dispatch:
        raise Refused(_("It was answered at once: save it, or empty the answer and dispatch."))
    team = _team() if dispatch else []
    warnings = get_user_model().objects.coverage_without(team, timezone.now()) if team else []
    if warnings and then != "dispatch_all_the_same":
        raise Uncovered(warnings)
    complaint = Complaint.objects.register(by=request.user, client_id=key, **form.complaint())
    messages.success(request, _("%(number)s is saved.") % {"number": complaint})
    if answer:
        complaint.answer_at_once(by=request.user, text=answer)
    if not dispatch:
        return complaint.get_absolute_url()
    if not team:  # the form asks whom
        return reverse("complaints:complaint_act", args=[complaint.number, "dispatch"])
    complaint.dispatch(by=request.user, to=team)
    messages.success(request, _("Sent to %(to)s.") % {"to": ", ".join(map(str, team))})
    return complaint.get_absolute_url()


def _team():
    """The officers on duty who may be sent; nobody while there is no roster."""
    on_duty = get_user_model().objects.on_duty(timezone.now())
    return [officer for officer in on_duty if getattr(officer, "duty_role", "officer") == "officer"]


# --- the parts beside the form ------------------------------------------------------------------------------------


@never_cache
@require_POST
@permission_required("complaints.log_call", raise_exception=True)
def call_history(request):
    """What is known of a number: its calls, its open complaints, whether somebody owes it a call. No names."""
    number = clean_phone(request.POST.get("number", "")[:30])
    digits = sum(character.isdigit() for character in number)
    context = {"number": masked(number), "enough": digits >= FEWEST_DIGITS}
    if context["enough"]:
        hashed = number_hash(number)
        calls = Call.objects.from_number(hashed)
        shown = calls.select_related("channel", "complaint__topic", "complaint__venue", "complaint__district")
        visible = Complaint.objects.visible_to(request.user)
        context |= {
            "count": calls.count(), "calls": shown.order_by("-started_at", "-pk")[:SHOWN],
            "to_return": calls.to_return().order_by("started_at"),
            "open": visible.open().filter(pk__in=calls.order_by().values("complaint")).select_related(
                "topic", "venue", "district"),
            "not_told": visible.filter(
                Q(pk__in=visible.handled_not_told().filter(caller__number_hash=hashed).order_by().values("pk"))
                | Q(pk__in=calls.to_be_told().order_by().values("complaint"))
            ),
        }  # fmt: skip
    return render(request, "complaints/_call_history.html", context)


@require_safe
@permission_required("complaints.log_call", raise_exception=True)
def call_venue(request):
    """What is known of a venue, the moment it is chosen: ordered shut, last seen, open violation, open complaints."""
    text = request.GET.get("venue", "")
    if not text:
        return HttpResponse("")
    venues = Venue.objects.select_related("category", "district", "street", "merged_into")
    venue = get_object_or_404(venues, pk=text) if text.isdecimal() else get_object_or_404(venues.none())
    venue = venue.survivor
    complaints = Complaint.objects.visible_to(request.user).open().filter(venue=venue).select_related("topic")
    context = {
        "venue": venue,
        "concern": concerns.of([venue], request.user)[venue.pk],
        "complaints": complaints[:SHOWN],
    }
    return render(request, "complaints/_call_venue.html", context)


@never_cache
@require_POST
@permission_required("complaints.log_call", raise_exception=True)
def call_duplicates(request):
    """Open complaints that this call may be about, each with a button that adds the call to it."""
    topic = _one(Topic.objects.all(), request.POST.get("topic"))
    found = []
    if topic is not None:
        venue = _one(Venue.objects.select_related("merged_into"), request.POST.get("venue"))
        found = Complaint.objects.visible_to(request.user).alike(
            topic=topic, venue=venue and venue.survivor, place=request.POST.get("place", "")[:200],
            district=_one(Division.objects.all(), request.POST.get("district")),
        )  # fmt: skip
    return render(request, "complaints/_call_duplicates.html", {"found": found})


# --- drafts -------------------------------------------------------------------------------------------------------


@never_cache
@require_POST
@permission_required("complaints.log_call", raise_exception=True)
def call_draft(request):
    """Keep what is typed (204), or say that this key is finished (409). With `keys`: which of them are saved (JSON)."""
    if "keys" in request.POST:
        keys = [key for key in map(_key, request.POST["keys"].split(",")[:100]) if key]
        return JsonResponse({"saved": [str(key) for key in saved(keys)]})
    key = _key(request.POST.get("form_key"))
    fields = _typed(request)
    if key is None or sum(map(len, fields.values())) > LONGEST_DRAFT:
        return HttpResponse(status=400)
    try:
        kept = Draft.objects.keep(by=request.user, client_id=key, fields=fields)
    except Refused as refused:  # there is no key to encrypt it with; the browser keeps its copy
        return HttpResponse(refused.sentence(), status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204 if kept else 409)


@require_POST
@permission_required("complaints.log_call", raise_exception=True)
def call_draft_discard(request):
    """Throw an unfinished call away; nothing of it stays."""
    key = _key(request.POST.get("draft"))
    if key is not None:
        Draft.objects.done(key, by=request.user)
        messages.info(request, _("The unfinished call was discarded."))
    return redirect("complaints:call_new")


def _typed(request):
    """The fields of the call form as they were typed, boxes only when ticked: what a draft keeps."""
    return {name: request.POST[name] for name in draft_names() if name in request.POST}


def _key(text):
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def _one(queryset, pk):
    return queryset.filter(pk=pk).first() if pk and pk.isdecimal() and len(pk) < 19 else None

"""Imports of returns: a morning's mail dropped at once, each file's preview with its questions, and its one application."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from refunds.forms.imports import MailForm, Questions, check
from refunds.importing import desk, display
from refunds.models import AgencyReport, ReturnUpload
from venues.models.submissions import once, once_in_parts
from venues.transitions import Refused, TooLate

PAGE = 50
MOST_LYING = 60  # files looked through for the list; each is read anew
MAY_ENTER, MAY_SEE = "refunds.enter_return", "refunds.view_tourgroup"
State = ReturnUpload.State
WAITING, RETURNS, DISCARDED = "waiting", "returns", "discarded"


@require_safe
@permission_required(MAY_SEE, raise_exception=True)
def imports(request):
    """What waits to be checked, what was entered, what was put away."""
    show = request.GET.get("show", "")
    waiting = ReturnUpload.objects.waiting()
    context = {
        "show": show if show in (RETURNS, DISCARDED) else WAITING,
        "counts": {
            WAITING: waiting.count(), RETURNS: AgencyReport.objects.count(),
            DISCARDED: ReturnUpload.objects.filter(state=State.DISCARDED).count(),
        },
    }  # fmt: skip
    if show in (RETURNS, DISCARDED):
        found = _returns() if show == RETURNS else _discarded()
        context["page"] = Paginator(found, PAGE).get_page(request.GET.get("page"))
    else:
        lying = [
            desk.look(upload) for upload in waiting.select_related("uploaded_by").order_by("uploaded_at")[:MOST_LYING]
        ]
        lying.sort(key=lambda one: (one.ready, one.name, str(one.as_of or ""), one.upload.file_name))
        context |= {"lying": lying, "ready": [one for one in lying if one.ready], "form": MailForm()}
    return render(request, "refunds/imports.html", context)


def _returns():
    people = ("agency", "received_by", "withdrawn_by")
    return AgencyReport.objects.select_related(*people).annotate(groups=Count("lines")).order_by("-received_at", "-pk")


def _discarded():
    found = ReturnUpload.objects.filter(state=State.DISCARDED).select_related("uploaded_by", "closed_by")
    return found.order_by("-closed_at", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY_ENTER, raise_exception=True)
@once
def import_new(request):
    """Many files at once; what can be read is kept, and of the rest is said why not."""
    form = MailForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        came = [_receive(file, form.cleaned_data["channel"], request.user) for file in form.cleaned_data["files"]]
        if any(one.state in (desk.KEPT, desk.HERE) for one in came):
            _tell(request, came)
            kept = {one.upload.pk: one.upload for one in came if one.upload}
            return redirect(next(iter(kept.values())) if len(came) == 1 else "refunds:imports")
        for one in came:
            form.add_error("files", f"{one.name}: {one.why}")
    return render(request, "refunds/import_new.html", {"form": form}, status=422 if form.errors else 200)


def _receive(file, channel, by):
    try:
        check(file)
        return desk.receive(file.name, file.read(), by=by, channel=channel)
    except Refused as refused:
        return desk.Came(file.name, desk.UNREADABLE, why=refused.sentence())


def _tell(request, came):
    kept = sum(one.state == desk.KEPT for one in came)
    if kept:
        said = ngettext("%(n)s file is here, to be checked.", "%(n)s files are here, to be checked.", kept)
        messages.success(request, said % {"n": kept})
    for one in came:
        if one.state == desk.HERE:
            messages.info(request, _("%(name)s: exactly this file waits here already.") % {"name": one.name})
        elif one.state != desk.KEPT:
            messages.warning(request, f"{one.name}: {one.why}")


@require_POST
@permission_required(MAY_ENTER, raise_exception=True)
@once_in_parts("refunds:imports")
def imports_apply(request):
    """One press for all that ask nothing, of those that the page showed; each file by itself."""
    entered, left, gone = desk.enter_ready(_keys(request.POST.getlist("upload")), by=request.user)
    said = ngettext("%(n)s return is entered.", "%(n)s returns are entered.", entered) % {"n": entered}
    (messages.success if entered else messages.warning)(request, said)
    for upload, why in left:
        messages.warning(request, f"{upload.file_name}: {why}")
    if gone:
        said = ngettext(
            "%(n)s file was decided by a colleague meanwhile.",
            "%(n)s files were decided by a colleague meanwhile.",
            gone,
        )
        messages.info(request, said % {"n": gone})
    return redirect("refunds:imports")


def _keys(texts):
    found = set()
    for text in texts[:MOST_LYING]:
        try:
            found.add(ReturnUpload._meta.pk.to_python(text))
        except ValidationError:
            continue
    return found


# --- one file ---------------------------------------------------------------------------------------------------------------
@require_safe
@permission_required(MAY_ENTER, raise_exception=True)
def import_preview(request, key):
    return _page(request, _upload(key))


def _upload(key):
    people = ("uploaded_by", "closed_by", "report__agency")
    return get_object_or_404(ReturnUpload.objects.select_related(*people), pk=key)


def _page(request, upload, refused=None):
    """The preview of a file that waits, else what became of it. `refused`: an act that was refused just now."""
    context = {"upload": upload, "refused": refused and refused.sentence()}
    if upload.state == State.WAITING:
        context |= _preview(request, upload)
    status = 200 if refused is None else 409 if isinstance(refused, TooLate) else 422
    return render(request, "refunds/import.html", context, status=status)


def _preview(request, upload):
    lying = desk.look(upload)
    questions = Questions(lying)
    action = request.GET.get("action", "")
    action = action if action in display.ACTIONS else ""
    groups = display.rows_of(lying, questions)
    rows = [row for row in lying.nil or groups if not action or row.action == action]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    display.place_questions(questions, groups, page)
    context = {
        "lying": lying, "questions": questions, "action": action, "chips": display.chips_of(lying.counts),
        "total": len(lying.nil) or sum(lying.counts.values()), "answered": desk.mark_of_answers(upload.answers),
        "page": page, "nil_words": display.ACTIONS,
    }  # fmt: skip
    if lying.preview:
        more_heads, more_amount = display.more_of(lying.preview)
        same = next((one for one in lying.preview.problems if one.code == "same_file"), None)
        context |= {"more_heads": more_heads, "more_amount": more_amount, "notes": display.notes_of(lying.preview)}
        if same:
            context["report"] = AgencyReport.objects.same_file(lying.agency, upload.sha256)
    return context


@require_POST
@permission_required(MAY_ENTER, raise_exception=True)
@once
def import_answer(request, key):
    upload = _upload(key)
    answers = Questions(desk.look(upload)).answers(request.POST)
    try:
        upload.answer(by=request.user, answers=answers)
    except Refused as refused:
        return _page(request, _upload(key), refused)
    left = desk.look(upload).open
    if left:
        said = ngettext(
            "The answers are kept. %(n)s question is open.", "The answers are kept. %(n)s questions are open.", left
        )
        messages.info(request, said % {"n": left})
    else:
        messages.success(request, _("Nothing is open any more: look at the rows, then apply the sheet."))
    return redirect(upload)


@require_POST
@permission_required(MAY_ENTER, raise_exception=True)
@once
def import_apply(request, key):
    upload = _upload(key)
    seen = {"seen": request.POST.get("seen", ""), "answered": request.POST.get("answered", "")}
    try:
        report, entered = desk.enter_seen(upload, by=request.user, **seen)
    except Refused as refused:
        return _page(request, _upload(key), refused)
    if report is not None:
        said = _("The return of %(agency)s as of %(day)s is entered.") % {"agency": report.agency, "day": report.as_of}
    else:
        said = ngettext("%(n)s return is entered.", "%(n)s returns are entered.", entered) % {"n": entered}
    messages.success(request, said)
    return redirect("refunds:imports")


@require_POST
@permission_required(MAY_ENTER, raise_exception=True)
@once
def import_discard(request, key):
    upload = _upload(key)
    try:
        upload.discard(by=request.user)
    except Refused as refused:
        return _page(request, _upload(key), refused)
    messages.success(request, _("%(name)s was put away; nothing was entered.") % {"name": upload.file_name})
    return redirect("refunds:imports")

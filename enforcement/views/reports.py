"""日报: the list, a new draft, the report with its acts, its text to edit, and the plain text to paste."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enforcement.daily_report.authorship import who_wrote
from enforcement.daily_report.differences import labelled, leaves, text_difference
from enforcement.daily_report.freezing import is_unchanged
from enforcement.daily_report.labels import in_words, label
from enforcement.daily_report.numbers import leaf
from enforcement.daily_report.plain import HEADINGS, document, plain_text
from enforcement.daily_report.terms import LABELS
from enforcement.daily_report.tracing import addresses, linked
from enforcement.daily_report.writing import SECTIONS, WRITERS, news
from enforcement.forms.reports import DraftForm, SendForm, TextForm
from enforcement.models import DailyReport
from enforcement.views.duty.custody import newest_first
from enforcement.views.report_rows import kept_under, kind_of
from venues.asked import as_id
from venues.models.submissions import once
from venues.transitions import Refused, TooLate

LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
_PEOPLE = ("drafted_by", "reviewed_by", "signed_by", "sent_by", "discarded_by", "corrects")
_reads = permission_required("enforcement.view_signed_report", raise_exception=True)
_drafts = permission_required("enforcement.draft_report", raise_exception=True)
_signs = permission_required("enforcement.sign_report", raise_exception=True)


def _language(request):
    """The language of the text that is shown: what the address asks for, else the reader's."""
    asked = request.GET.get("text", "")
    return asked if asked in WRITERS else ("zh-hans" if (get_language() or "zh").startswith("zh") else "en")


def _one(request, pk):
    return get_object_or_404(DailyReport.objects.visible_to(request.user).select_related(*_PEOPLE), pk=pk)


def _version(request):
    """The version of the text that the page of this form showed; none that there is, when it does not say."""
    found = as_id(request.POST.get("edits", ""))
    return -1 if found is None or found >= 2**31 - 1 else found


def _status(refused):
    return 409 if isinstance(refused, TooLate) else 422


# --- the list and a new one ---------------------------------------------------------------------------------------------------
@never_cache
@require_safe
@_reads
def report_list(request):
    rows = DailyReport.objects.visible_to(request.user).select_related("drafted_by", "signed_by", "corrects")
    rows = rows.prefetch_related("corrections").defer("sections", "written", "figures", "row_ids")
    state = request.GET.get("state", "")
    if state in DailyReport.State.values:
        rows = rows.filter(state=state)
    works = request.user.has_perm("enforcement.view_dailyreport")
    context = {
        "page": newest_first(rows, "as_of", request), "state": state,
        "states": [choice for choice in DailyReport.State.choices if works or choice[0] in DailyReport.ISSUED],
    }  # fmt: skip
    return render(request, "enforcement/reports/reports.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_drafts
@once
def report_new(request):
    form = DraftForm(request.POST or None)
    status, there = (422 if form.is_bound else 200), []
    if request.method == "POST" and form.is_valid():
        there = DailyReport.objects.filter(as_of=form.cleaned_data["as_of"]).exclude(state=DailyReport.State.DISCARDED)
        try:
            made = DailyReport.objects.draft(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused)
            status = _status(refused)
        else:
            messages.success(
                request,
                _("The text is written from the figures. Read it, edit it, then a leader reviews and signs it."),
            )
            return redirect(made)
    return render(request, "enforcement/reports/report_new.html", {"form": form, "there": there}, status=status)


# --- the report -----------------------------------------------------------------------------------------------------------------
@never_cache
@require_safe
@_reads
def report(request, pk):
    return _page(request, _one(request, pk))


def _page(request, found, *, problem="", status=200, send=None):
    language, user = _language(request), request.user
    stale = news(found) if found.is_open else []
    doc, whither = document(found, language), addresses(found, user)
    texts = linked(found, language, whither)
    doc["linked"] = [(key, heading, texts[key]) for key, heading, _text in doc["sections"]]
    context = {
        "report": found, "doc": doc, "language": language, "languages": LANGUAGES, "problem": problem,
        "edited": _edited(found, language), "stale": labelled(stale, found.names, most=8), "unchanged": found.is_issued and is_unchanged(found),
        "corrections": found.corrections.filter(state__in=DailyReport.ISSUED),
        "drafted_corrections": found.corrections.filter(state__in=DailyReport.OPEN) if user.has_perm("enforcement.view_dailyreport") else [],
        "is_drafter": found.drafted_by_id == user.pk, "is_author": found.is_open and found.is_written_by(user), "wrote": _wrote(found, language),
        "send": send or SendForm(), "numbers": _numbers(found, user, whither),
        "corrected": _corrected(found),
        "works": user.has_perm("enforcement.view_dailyreport"),
    }  # fmt: skip
    return render(request, "enforcement/reports/report.html", context, status=status)


def _corrected(found):
    """What the issue that it corrects said otherwise; "" where it corrects none."""
    told = found.basis.get("corrects") or {}
    return labelled(told["changes"], told.get("names")) if told else ""


def _edited(found, language):
    """[(heading, difference)] of the sections that are no longer as they were written."""
    texts, written = found.sections.get(language, {}), found.written.get(language, {})
    return [
        (HEADINGS[language][key], text_difference(written.get(key, ""), texts[key]))
        for key in SECTIONS
        if key in texts and texts[key] != written.get(key, "")
    ]


def _wrote(found, language):
    """[(heading, [(officer, at)])]: who had the text written from the figures, then who edited which section, the latest first."""
    people = who_wrote(found, language)
    sections = [(HEADINGS[language][key], people[key]) for key in SECTIONS if key in people]
    return [(_("from the figures"), people[""]), *sections]


def _numbers(found, user, whither):
    """[{label, text, url, kept, rows_url}] of the frozen figures, in the language of the reader; `url`: the rows as they are
    known now, `kept`: how many rows were kept, `rows_url`: those. Of the many that only split another one those that are not 0."""
    chinese = (get_language() or "").startswith("zh")
    told = []
    split = [path for path, value in leaves(found.figures).items() if value and path not in LABELS]
    for path in [*LABELS, *split]:
        known = label(path, found.names)
        if known is None or leaf({"": found.figures}, f".{path}".rpartition(".")[0]) is None:
            continue
        zh, word, en = known
        under = kept_under(found, path)
        may = under is not None and user.has_perm(kind_of(under)[1])
        told.append(
            {
                "label": zh if chinese else en, "text": in_words(leaf(found.figures, path), word, chinese),
                "url": whither.of(path) if whither else "", "kept": None if under is None else len(found.row_ids[under]),
                "rows_url": reverse("report_rows", args=[found.pk, under]) if may else "",
            }
        )  # fmt: skip
    return told


@never_cache
@require_safe
@_reads
def report_text(request, pk):
    """The report as plain text: no menu, nothing to press, ready to be pasted."""
    found = _one(request, pk)
    return HttpResponse(plain_text(found, _language(request)), content_type="text/plain; charset=utf-8")


# --- the text -------------------------------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_drafts
@once
def report_edit(request, pk):
    found, language = _one(request, pk), _language(request)
    sections = found.sections.get(language, {})
    if not found.is_open:
        return _page(
            request, found, problem=_("What is signed is never edited: correct it by another issue."), status=409
        )
    form = TextForm(request.POST or None, sections=sections, language=language)
    status, problem, present = (422 if form.is_bound else 200), "", []
    if request.method == "POST" and form.is_valid():
        try:
            found.edit(by=request.user, sections={language: form.cleaned_data}, edits=_version(request))
        except Refused as refused:
            problem, status = refused.sentence(), _status(refused)
            found = _one(request, pk)
            present = _present(found, language, form.cleaned_data)
        else:
            messages.success(request, _("The text is saved."))
            return redirect(f"{found.get_absolute_url()}?text={language}")
    context = {
        "report": found, "form": form, "language": language, "languages": LANGUAGES, "problem": problem, "present": present,
    }  # fmt: skip
    return render(request, "enforcement/reports/report_edit.html", context, status=status)


def _present(found, language, typed):
    """[(heading, difference)] from the text that is there now to what was typed."""
    texts = found.sections.get(language, {})
    return [
        (HEADINGS[language][key], text_difference(texts[key], typed[key].replace("\r\n", "\n").strip()))
        for key in SECTIONS
        if key in texts and key in typed and texts[key] != typed[key].replace("\r\n", "\n").strip()
    ]


# --- the acts -------------------------------------------------------------------------------------------------------------------
def _act(request, pk, act, done, *, send=None):
    """Carry the act out and lead back to the page; what is refused is said on it."""
    found = _one(request, pk)
    try:
        act(found)
    except Refused as refused:
        return _page(request, _one(request, pk), problem=refused.sentence(), status=_status(refused), send=send)
    messages.success(request, done)
    return redirect(f"{found.get_absolute_url()}?text={_language(request)}")


@require_POST
@_drafts
@once
def report_rewrite(request, pk):
    keep = request.POST.get("keep", "1") == "1"
    done = _("The text is written from the figures of now.")
    return _act(request, pk, lambda found: found.rewrite(by=request.user, edits=_version(request), keep=keep), done)


@require_POST
@_signs
@once
def report_review(request, pk):
    done = _("Reviewed. It can be signed now.")
    return _act(request, pk, lambda found: found.review(by=request.user, edits=_version(request)), done)


@require_POST
@_signs
@once
def report_sign(request, pk):
    done = _("Signed. From now on nothing in it changes.")
    return _act(request, pk, lambda found: found.sign(by=request.user, edits=_version(request)), done)


@require_POST
@_drafts
@once
def report_send(request, pk):
    form = SendForm(request.POST)
    to = form.cleaned_data["to"] if form.is_valid() else ""
    return _act(
        request, pk, lambda found: found.send(by=request.user, to=to), _("It is kept that it was sent."), send=form
    )


@require_POST
@_drafts
@once
def report_discard(request, pk):
    done = _("The draft is discarded.")
    return _act(request, pk, lambda found: found.discard(by=request.user, edits=_version(request)), done)


@require_POST
@_drafts
@once
def report_correct(request, pk):
    found = _one(request, pk)
    there = DailyReport.objects.open().filter(corrects=found).first()
    if there is not None:
        return redirect(there)
    try:
        made = found.correct(by=request.user)
    except Refused as refused:
        return _page(request, found, problem=refused.sentence(), status=_status(refused))
    messages.success(request, _("This draft will correct it. What is another now is named at its head."))
    return redirect(made)

"""The work queue, and call-backs by lot."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from refunds.asking import Asked
from refunds.callbacks import ANSWERED, OPEN, Desk
from refunds.forms.work import AnswerForm, DrawForm, WorkFilter
from refunds.models import CallBackSample
from refunds.shown import leave_out, people_of
from refunds.worklists import Sight, lists_for
from venues.models.submissions import once
from venues.transitions import Refused, TooLate

PAGE = 50


@require_safe
@permission_required("refunds.view_tourgroup", raise_exception=True)
def work(request):
    """Every list with its count, and the rows of one of them: the one asked for, else the first that has any."""
    asked, form = Asked(request), WorkFilter(request.GET)
    context, status = {"asked": asked, "form": form}, asked.status
    if not asked.problem:
        fits = form.is_valid()
        context |= _lists(request, asked, form.cleaned_data["agency"]) if fits else {}
        status = 200 if fits and context["current"] else 400
    partial = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    response = render(request, "refunds/_work.html" if partial else "refunds/work.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _lists(request, asked, agency):
    sight = Sight(asked.at, request.user, agency=agency, link=asked.link)
    lists = [(one, Paginator(one.find(sight), PAGE)) for one in lists_for(request.user)]
    wanted = request.GET.get("list", "")
    if wanted:
        chosen = next((pair for pair in lists if pair[0].slug == wanted), None)
    else:
        chosen = next((pair for pair in lists if pair[1].count), lists[0])
    empty = [one for one, paginator in lists if not paginator.count and (chosen is None or one is not chosen[0])]
    context = {"lists": lists, "empty": empty, "agency": agency, "current": None}
    if chosen is None:
        return context
    current, paginator = chosen
    page = paginator.get_page(request.GET.get("page"))
    rows = list(current.rows(page.object_list, sight))
    return context | {"current": current, "page": page, "rows": rows}


# --- call-backs -----------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
@permission_required("refunds.call_travellers", raise_exception=True)
def callbacks(request):
    """Travellers drawn by lot: those to be called, or those who have answered."""
    return _callbacks(request)


def _callbacks(request, *, status=200, **more):
    show = ANSWERED if request.GET.get("show") == ANSWERED else OPEN
    desk = Desk(timezone.now())
    page = Paginator(desk.rows(show), PAGE).get_page(request.GET.get("page"))
    sent = more.get("sent")
    people = people_of({sample.group_id for sample in page.object_list})
    for sample in page.object_list:
        for answer in sample.given:
            leave_out(answer, people.get(sample.group_id, ()))
        again = sent is not None and sent.sample.pk == sample.pk
        sample.form = sent if again else AnswerForm(sample=sample)
    context = {"desk": desk, "show": show, "page": page, "draw": DrawForm(size=desk.size), **more}
    return render(request, "refunds/callbacks.html", context, status=status)


@require_POST
@permission_required("refunds.call_travellers", raise_exception=True)
@once
def callback_draw(request):
    form = DrawForm(request.POST, size=1)
    if not form.is_valid():
        return _callbacks(request, status=422, draw=form)
    try:
        drawn = CallBackSample.objects.draw(by=request.user, size=form.cleaned_data["size"])
    except TooLate as refused:
        form.add_error(None, refused.sentence())
        return _callbacks(request, status=409, draw=form)
    if drawn:
        said = ngettext("%(n)s traveller was drawn.", "%(n)s travellers were drawn.", len(drawn)) % {"n": len(drawn)}
        messages.success(request, said)
    else:
        messages.warning(
            request, _("Nobody is left to be drawn: enter travellers of groups whose refunds nobody confirmed.")
        )
    return redirect("refunds:callbacks")


@never_cache
@require_POST
@permission_required("refunds.call_travellers", raise_exception=True)
@once
def callback_answer(request, pk):
    """What a traveller said. Money received raises the evidence of his group's refunds; no answer leaves him to be called again."""
    sample = get_object_or_404(CallBackSample.objects.select_related("group", "traveller"), pk=pk)
    form = AnswerForm(request.POST, sample=sample)
    form.sample = sample
    if not form.is_valid():
        return _callbacks(request, status=422, sent=form)
    try:
        answer = sample.answer(by=request.user, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, refused.sentence())
        return _callbacks(request, status=409 if isinstance(refused, TooLate) else 422, sent=form)
    said = {"who": sample.traveller, "result": answer.get_result_display()}
    messages.success(request, _("%(who)s: %(result)s. Noted.") % said)
    return redirect("refunds:callbacks")

"""The figures for other programs, `/api/figures`, and the page that says what each of them means."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enforcement.catalogue import Kind, described
from enforcement.figures import figures
from enforcement.figures_json import as_json
from venues import moments
from venues.models import ClosureOrder
from venues.transitions import Refused


@never_cache
@require_safe
@permission_required("enforcement.view_figures", raise_exception=True)
def figures_json(request):
    """`?as_of=` (ISO 8601; now when left out) and `?order=` (the number of a closure order; the latest in force when left out).
    What it says is the object that `manage.py figures --json` prints; of an order that did not hold yet at the moment `closures` is
    null, as where there was none. A refusal, also of who is not signed in or may not see figures, is an object with `error`."""
    try:
        at, _asked = moments.as_of(request)
    except Refused as refused:
        return _refusal("as_of", refused.sentence(), 400)
    order, number = None, request.GET.get("order", "").strip()
    if number:
        order = _order(number)
        if order is None:
            return _refusal("order", _("There is no closure order %(number)s.") % {"number": number}, 404)
    return HttpResponse(as_json(figures(at, order=order)), content_type="application/json; charset=utf-8")


figures_json.answers_json = True


def _order(number):
    """Drafts, and those that were cancelled as drafts, are nobody's figures."""
    return ClosureOrder.objects.filter(number=number, activated_at__isnull=False).first()


def _refusal(field, sentence, status):
    return JsonResponse({"error": sentence, "field": field}, status=status, json_dumps_params={"ensure_ascii": False})


@never_cache
@require_safe
@permission_required("enforcement.view_figures", raise_exception=True)
def figures_help(request):
    """Every figure as it stands at the moment, with what it is called, counted in, of which kind it is, and its rows."""
    try:
        at, asked = moments.as_of(request)
    except Refused as refused:
        context = {"problem": refused.sentence(), "text": request.GET.get("as_of", "")}
        return render(request, "enforcement/figures_help.html", context, status=400)
    found = figures(at)
    book = described(found)
    parts = {}
    for one in book.values():
        parts.setdefault(one.key.partition(".")[0], []).append(one)
    context = {
        "at": at, "asked": asked, "as_of": moments.in_address(at), "described": book, "broken": found.broken,
        "parts": [(PARTS[name](), name, rows) for name, rows in parts.items()],
        "kinds": [(kind.label, words()) for kind, words in KINDS.items()],
    }  # fmt: skip
    return render(request, "enforcement/figures_help.html", context)


PARTS = {
    "orders": lambda: _("Closure orders"),
    "closures": lambda: _("Closures"),
    "patrols": lambda: _("Patrols"),
    "duty": lambda: pgettext("part of the figures", "Duty"),
    "complaints": lambda: _("Complaints"),
    "refunds": lambda: _("Refunds"),
    "supplies": lambda: _("Supplies"),
    "staff": lambda: _("Staff"),
}
KINDS = {
    Kind.STOCK: lambda: _("what stands at the moment: it rises and falls"),
    Kind.FLOW: lambda: _("what happened between the beginning that is named and the moment"),
    Kind.CUMULATIVE: lambda: _("what happened at all until the moment"),
}

"""The figures of the hotline at a moment, and the complaints that a figure counts."""

import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from complaints import figures
from complaints.figure_names import BEHIND, NAMES
from complaints.models import Call, Callback, Channel, Complaint, Topic
from complaints.workflow import Status
from venues import moments
from venues.models import Division
from venues.transitions import Refused

PAGE = 50
TEMPLATES = {
    "complaints": "complaints/figures_rows.html", "callbacks": "complaints/figures_callbacks.html",
    "calls": "complaints/figures_calls.html",
}  # fmt: skip
TONES = {"answered": "good", "overdue": "bad", "handled_not_told": "warn", "unreachable": "warn"}
STEPS = {
    "dispatch": (gettext_lazy("dispatch"), gettext_lazy("from the call")),
    "sign": (gettext_lazy("sign for"), gettext_lazy("from the dispatch")),
    "arrive": (gettext_lazy("arrive"), gettext_lazy("from the call")),
    "stop": (gettext_lazy("stop"), gettext_lazy("from the call")),
    "answer": (gettext_lazy("answer"), gettext_lazy("from the call")),
}


class Span:
    """What `?as_of=` and `?from=` ask for: until when, since when (None: from the beginning), and the query for links."""

    def __init__(self, request):
        self.as_of, self.asked = moments.as_of(request)
        self.since, text = None, request.GET.get("from", "").strip()
        if text:
            try:
                self.since = moments.local_day(datetime.date.fromisoformat(text))[0]
            except ValueError:
                raise Refused(_("This is no date: write it like 2020-01-24.")) from None
            if self.since >= self.as_of:
                raise Refused(_("The first day lies after the moment asked for."))
        self.query = {"as_of": moments.in_address(self.as_of)} | ({"from": text} if text else {})

    def rows(self, **counted):
        """The address of the complaints behind a figure."""
        return f"{reverse('complaints:complaint_figure_rows')}?{urlencode({**self.query, **counted})}"


@require_safe
@permission_required("enforcement.view_figures", raise_exception=True)
def complaint_figures(request):
    try:
        span = Span(request)
    except Refused as refused:
        messages.error(request, refused.sentence())
        return redirect("complaints:complaint_figures")
    found = figures.complaint_figures(span.as_of, span.since)
    return render(request, "complaints/figures.html", {"span": span, "figures": found, **_tables(request, span, found)})


def _tables(request, span, found):
    """The figures as rows for the page: (label, number, address)."""
    opens = request.user.has_perm("complaints.view_complaint")

    def link(**counted):
        return span.rows(**counted) if opens else ""

    def dimension(name, names):
        counts = found[f"by_{name}"].items()
        rows = [
            (names.get(key) or (key or _("not known")), n, link(what="accepted", **{name: key})) for key, n in counts
        ]
        return sorted(rows, key=lambda row: -row[1])

    views = request.user.has_perm("complaints.view_callerview")
    heat = found["heat"]
    return {
        "opens": opens,
        "tiles": [(NAMES[what], found[what], link(what=what), TONES.get(what, "")) for what in list(NAMES)[1:8]],
        "statuses": [(s, found["by_status"][s.value], link(status=s.value)) for s in Status],
        "dimensions": [
            (_("By channel"), "channel", dimension("channel", {c.slug: c.name for c in Channel.objects.all()})),
            (_("By topic"), "topic", dimension("topic", {t.slug: t.name for t in Topic.objects.all()})),
            (_("By district"), "district", dimension("district", dict(Division.objects.districts().values_list("code", "name")))),
        ],
        "steps": [(*STEPS[step], minutes) for step, minutes in found["minutes"].items()],
        "heat_hours": range(24), "heat_rows": [(WEEKDAYS[day], row, sum(row)) for day, row in enumerate(heat)],
        "heat_most": max(max(row) for row in heat), "heat_sums": [sum(column) for column in zip(*heat, strict=True)],
        "later": link(what="entered_later"), "disorder": link(what="out_of_order"),
        "caller_views": figures.caller_views(span.as_of, span.since) if views else None,
    }  # fmt: skip


@require_safe
@permission_required("complaints.view_complaint", raise_exception=True)
def complaint_figure_rows(request):
    """The rows that one figure counts, at the moment of the figure: complaints, call-backs or added calls."""
    asked = request.GET
    what, status = asked.get("what", "accepted"), asked.get("status", "")
    if (what not in NAMES and what not in BEHIND) or (status and status not in Status.values):
        raise Http404
    try:
        span = Span(request)
    except Refused as refused:
        messages.error(request, refused.sentence())
        return redirect("complaints:complaint_figures")
    kind, keys = _keys(span, what, status, {name: asked[name] for name in figures.DIMENSIONS if name in asked})
    context = {
        "span": span, "name": _name_of(what, status), "page": _page(kind, keys, asked.get("page")),
        "back": f"{reverse('complaints:complaint_figures')}?{urlencode(span.query)}", "minutes": None,
    }  # fmt: skip
    if isinstance(keys, dict):
        context["minutes"] = figures.minutes_of(keys.values())
        for row in context["page"]:
            row.minutes_then = round(keys[row.pk])
    return render(request, TEMPLATES[kind], context)


def _keys(span, what, status, dimensions):
    if what in BEHIND and not status:
        return figures.behind(span.as_of, span.since, what=what)
    return "complaints", figures.select(span.as_of, span.since, what=what, status=status, **dimensions)


def _name_of(what, status):
    return Status(status).label if status else NAMES.get(what) or BEHIND[what]


def _page(kind, keys, number):
    if kind == "complaints":
        rows = Complaint.objects.filter(pk__in=keys).select_related("topic", "venue", "district", "channel")
        rows = rows.order_by("-received_at", "-pk")
    elif kind == "callbacks":
        rows = Callback.objects.filter(pk__in=keys).select_related("complaint", "by").order_by("-at", "-pk")
    else:
        rows = Call.objects.filter(pk__in=keys).select_related("complaint", "channel").order_by("-started_at", "-pk")
    return Paginator(rows, PAGE).get_page(number)

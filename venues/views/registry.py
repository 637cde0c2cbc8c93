"""The registry for people: the list and its search, a venue's page, the place without a licence, the list as a file."""

import tempfile
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest
from django.db.models import Exists, OuterRef
from django.http import FileResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import replace_url

from venues import changes, concerns, exporting, moments, timeline, traces  # noqa: F401 (sources of the timeline)
from venues.cleaning import dialled, uscc_problem
from venues.forms import picker
from venues.forms.registry import UnlicensedForm, VenueFilterForm
from venues.models import Alert, Venue, Violation
from venues.models.submissions import once
from venues.paging import stretch
from venues.transitions import Refused
from venues.views.inspections import asked_for

COUNT_UP_TO = 100_000  # a list says "more than" instead of counting further
COUNT_FOUND_UP_TO = 1_000  # the same for words that were searched: nobody reads so many, and counting reads every row


def _page_or_part(request, page, part, context):
    """The page, or for htmx the part of it that changes; the same address gives both."""
    htmx = request.htmx
    wants_part = htmx and not htmx.boosted and not htmx.history_restore_request
    response = render(request, part if wants_part else page, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@permission_required("venues.view_venue", raise_exception=True)
def venues(request):
    form = VenueFilterForm(request.GET)
    found = form.venues()
    rows = found.defer("search_key")
    if request.user.has_perm("venues.view_violation"):
        rows = rows.annotate(operating_now=Exists(Violation.objects.running().filter(venue=OuterRef("pk"))))
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = stretch(rows.select_related("street"), ("category_id", "district_id", "pk"), after=after, before=before)
    _name_places(page.rows, form)
    context = {"form": form, "page": page, "today": timezone.localdate(), **_count(found, page, form)}
    response = _page_or_part(request, "venues/venue_list.html", "venues/_venue_list.html", context)
    if request.htmx.target == "venue_list":
        _follow_the_filters(request, response, form)
    return response


def _follow_the_filters(request, response, form):
    """What the live search changes besides the list: the address, and the streets when another district was chosen."""
    filters = request.GET.copy()
    for name in [name for name, value in filters.items() if not value]:
        del filters[name]
    replace_url(response, f"{request.path}{'?' if filters else ''}{filters.urlencode()}")
    before = QueryDict(urlsplit(request.htmx.current_url or "").query)
    if before.get("district", "") != filters.get("district", ""):
        response.write(render_to_string("venues/_venue_streets.html", {"form": form, "swap": True}, request))


def _name_places(rows, form):
    """Give the rows the categories and districts that the filters have read already."""
    categories = {category.pk: category for category in form.categories}
    districts = {district.pk: district for district in form.districts}
    for row in rows:
        row.category = categories[row.category_id]
        if row.district_id in districts:
            row.district = districts[row.district_id]


def _count(found, page, form):
    """{total, total_is_more}: how many rows the filters leave, counted no further than is useful."""
    if page.first == 1 and not page.next:
        return {"total": len(page.rows), "more_than": False}
    limit = COUNT_FOUND_UP_TO if form.cleaned_data.get("q") else COUNT_UP_TO
    total = found.order_by()[: limit + 1].count()
    return {"total": min(total, limit), "more_than": total > limit}


@require_safe
@permission_required("venues.view_venue", raise_exception=True)
def venue_search(request):
    """The matches for what is typed: radio buttons for a form (`?name=venue&venue_q=…`), or links (`?q=…`)."""
    name = request.GET.get("name", "")
    if name and not name.isidentifier():
        raise BadRequest("name is no identifier")
    text = request.GET.get(f"{name}_q" if name else "q", "").strip()
    matches, more = picker.find(text, request.user)
    context = {"name": name, "text": text, "matches": matches, "more": more, "picked": ""}
    if name and len(matches) == 1:
        context["picked"] = str(matches[0].pk)
    return _page_or_part(request, "venues/venue_search.html", "venues/_venue_search.html", context)


@require_safe
@permission_required("venues.view_venue", raise_exception=True)
def venue(request, pk):
    place = get_object_or_404(Venue.objects.select_related("category", "district", "street", "merged_into"), pk=pk)
    if place.merged_into is not None:
        query = request.META.get("QUERY_STRING", "")
        messages.info(request, _("“%(venue)s” was merged into this entry.") % {"venue": place.name})
        return redirect(f"{place.merged_into.get_absolute_url()}{'?' if query else ''}{query}")
    try:
        at, asked = moments.as_of(request)
        before = moments.parse_as_of(request.GET["before"]) if request.GET.get("before") else at
    except Refused as refusal:
        messages.error(request, refusal.sentence())
        return redirect(place)
    page = timeline.page(place, request.user, min(at, before))
    context = {
        "venue": place, "concern": concerns.of([place], request.user, at)[place.pk], "page": page, "at": at,
        "asked": asked, "older": before < at, "next_before": page.before and moments.in_address(page.before),
        "uscc_problem": uscc_problem(place.uscc), "licence_ended": place.licence_ended(timezone.localdate()),
        "phones": [(number, dialled(number)) for number in (place.phone, place.phone_2) if number],
        "merged": place.merged.order_by("pk"),
    }  # fmt: skip
    return render(request, "venues/venue_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("venues.register_unlicensed_venue", raise_exception=True)
@once
def venue_unlicensed(request):
    alert = asked_for(request, Alert, "alert")  # the place of an alert: the look at it comes next
    known = {"place": alert.place, "district": alert.district} if alert else {"place": request.GET.get("place", "")}
    form = UnlicensedForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            place = Venue.objects.register_unlicensed(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("place", refusal)
        else:
            messages.success(request, _("“%(venue)s” is entered as an unlicensed place.") % {"venue": place.name})
            if alert and request.user.has_perm("venues.record_inspection"):
                return redirect(f"{reverse('venues:inspection_new')}?venue={place.pk}&alert={alert.pk}")
            return redirect(place)
    return render(request, "venues/venue_unlicensed.html", {"form": form})


@require_safe
@permission_required("venues.export_venue", raise_exception=True)
@permission_required("venues.view_venue", raise_exception=True)
def venues_export(request):
    """What the list shows, as a file: `?format=xlsx|csv` and the filters of the list."""
    form = VenueFilterForm(request.GET)
    kind = request.GET.get("format", "xlsx")
    if kind not in ("xlsx", "csv"):
        raise BadRequest("format is xlsx or csv")
    found = form.venues()
    return export(request, found, kind, {"filters": form.in_use})


def export(request, found, kind, detail):
    """The file of these venues, and the row of the audit trail that says who took them."""
    detail = {"what": "venues", "format": kind, "rows": found.count(), **detail}
    request.user.leave_trail("export", detail=detail)
    name = f"venues-{timezone.localtime():%Y%m%d-%H%M}.{kind}"
    if kind == "csv":
        response = StreamingHttpResponse(exporting.csv_lines(found), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    exporting.write_workbook(found, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name)

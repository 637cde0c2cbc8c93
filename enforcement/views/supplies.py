"""Supplies: what is in store at a moment, what moved, and the acts on it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from complaints.paging import stretch
from enforcement.forms.supplies import (
    CountForm,
    IssueForm,
    ItemForm,
    MoveForm,
    MovementFilter,
    ReverseForm,
    StockFilter,
)
from enforcement.models import FormerTerms, SupplyItem, SupplyMovement
from enforcement.supplies import crews, in_order, issued_lately, stock, supply_figures
from enforcement.supply_sheets import write_workbook
from refunds.asking import Asked
from venues.models.submissions import once
from venues.transitions import Refused, TooLate

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# --- reading ------------------------------------------------------------------------------------------------------
@never_cache
@require_safe
@permission_required("enforcement.view_supplyitem", raise_exception=True)
def supply_list(request):
    asked, form = Asked(request), StockFilter(request.GET)
    context = {"asked": asked, "form": form}
    if not asked.problem:
        rows = stock(asked.at)
        sums = [(SupplyItem.Category(slug), sums) for slug, sums in supply_figures(asked.at).items()]
        context |= {"rows": form.rows(rows), "all": rows, "low": sum(row.low for row in rows), "sums": sums}
        context["can_cover"] = any(row.days_of_cover is not None for row in rows)
    return render(request, "enforcement/supplies/list.html", context, status=asked.status)


@never_cache
@require_safe
@permission_required("enforcement.view_supplyitem", raise_exception=True)
def supply(request, pk):
    """One item: what is in store, and its movements with what was there after each."""
    asked, item = Asked(request), get_object_or_404(SupplyItem, pk=pk)
    early = not asked.problem and not SupplyItem.objects.known(asked.at).filter(pk=pk).exists()
    context = {"asked": asked, "item": item, "early": early}
    if not (asked.problem or early):
        moved = item.movements.until(asked.at)
        page = _page(request, moved, asked.at)
        _balances(item, page.rows)
        FormerTerms.objects.give([item], asked.at)
        context |= {"page": page, "row": next((row for row in stock(asked.at) if row.item == item), None)}
        context["in_store"] = item.in_store_at(asked.at)
    return render(request, "enforcement/supplies/supply.html", context, status=asked.status)


@never_cache
@require_safe
@permission_required("enforcement.view_supplyitem", raise_exception=True)
def movement_list(request):
    """The movements of all items: the rows behind every figure of supplies."""
    asked, form = Asked(request), MovementFilter(request.GET)
    context = {"asked": asked, "form": form}
    if not asked.problem:
        rows = form.rows(SupplyMovement.objects.until(asked.at))
        context |= {"page": _page(request, rows, asked.at), "count": rows.count(), "total": rows.total()}
        context["together"] = form.is_valid() and bool(form.cleaned_data["supply"] or form.cleaned_data["category"])
    return render(request, "enforcement/supplies/movements.html", context, status=asked.status)


@require_safe
@permission_required("enforcement.view_supplyitem", raise_exception=True)
def export(request):
    """The stock, and the movements under the filters of their list, as one workbook; now or at the moment of `?as_of=`."""
    asked, form, stocks = Asked(request), MovementFilter(request.GET), StockFilter(request.GET)
    if asked.problem or not (form.is_valid() and stocks.is_valid()):
        return HttpResponse(asked.problem or _("This filter does not exist."), status=400, content_type="text/plain")
    filters = sorted(name for name, value in request.GET.items() if value)
    request.user.leave_trail("export", detail={"what": "supplies", "format": "xlsx", "filters": filters})
    moved = form.rows(SupplyMovement.objects.until(asked.at)).with_reversals()
    response = HttpResponse(write_workbook(stocks.rows(stock(asked.at)), moved, asked.at), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="supplies-{timezone.localtime():%Y%m%d-%H%M}.xlsx"'
    return response


def _page(request, movements, at):
    """The page that the address asks for; `.taken_back` of a row is its reversal when that happened by the moment `at`."""
    asked = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = stretch(movements.with_reversals(), "at", **asked)
    for row in page.rows:
        row.taken_back = row.reversed_by if row.reversed_by and row.reversed_by.at <= at else None
    return page


def _balances(item, rows):
    """Give each row, the newest first, `.balance`: what was in store after it."""
    if not rows:
        return
    newest = rows[0]
    earlier = item.movements.filter(at__lt=newest.at).total()
    balance = earlier + item.movements.filter(at=newest.at, pk__lte=newest.pk).total()
    for row in rows:
        row.balance = balance
        balance -= row.delta


# --- the item -----------------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.add_supplyitem", raise_exception=True)
@once
def supply_new(request):
    form = ItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        item = _tried(form, lambda: SupplyItem.objects.enter(by=request.user, **form.cleaned_data))
        if item:
            messages.success(request, _("%(name)s is in the list. Now record what there is of it.") % {"name": item})
            return redirect("supply_move", item.pk)
    return _form_page(request, "item", form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.change_supplyitem", raise_exception=True)
@once
def supply_edit(request, pk):
    item = get_object_or_404(SupplyItem, pk=pk)
    form = ItemForm(
        request.POST or None, instance=SupplyItem.objects.get(pk=pk)
    )  # its own: checking a form sets its object
    if request.method == "POST" and form.is_valid():
        changed = _tried(form, lambda: item.change(by=request.user, **form.cleaned_data))
        if changed:
            messages.success(request, _("Saved."))
            return redirect(item)
    return _form_page(request, "item", form, item=SupplyItem.objects.get(pk=pk))


# --- movements ----------------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.move_supplies", raise_exception=True)
@once
def move(request, pk):
    """In or out, of one item: purchase, allocation, donation, return; issue to an officer, use, loss."""
    item = get_object_or_404(SupplyItem, pk=pk)
    form = MoveForm(request.POST or None, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid() and _tried(form, lambda: form.move(item, by=request.user)):
        _tell_stock(request, item)
        return redirect(item)
    return _form_page(request, "move", form, item=item)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.move_supplies", raise_exception=True)
@once
def count(request, pk):
    item = get_object_or_404(SupplyItem, pk=pk)
    form = CountForm(request.POST or None, initial={"known": item.on_hand})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        words = {name: said[name] for name in ("counted", "cause", "known")}
        if _tried(form, lambda: item.count(by=request.user, at=form.at, **words)):
            _tell_stock(request, item)
            return redirect(item)
    return _form_page(request, "count", form, item=item)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.move_supplies", raise_exception=True)
@once
def reverse(request, pk):
    movement = get_object_or_404(SupplyMovement.objects.with_reversals(), pk=pk)
    open_ = SupplyMovement.objects.filter(batch=movement.batch, reversal=None).exclude(kind="reversal")
    in_batch = open_.count() if movement.batch else 0
    form = ReverseForm(request.POST or None, in_batch=in_batch)
    if request.method == "POST" and form.is_valid():
        said = {"by": request.user, "cause": form.cleaned_data["cause"]}
        whole = form.cleaned_data.get("whole")
        act = (lambda: SupplyMovement.objects.reverse_batch(movement.batch, **said)) if whole else None
        if _tried(form, act or (lambda: movement.reverse(**said))):
            _tell_stock(request, SupplyItem.objects.get(pk=movement.item_id))
            return redirect(movement.item)
    return _form_page(request, "reverse", form, item=movement.item, movement=movement, in_batch=in_batch)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.move_supplies", raise_exception=True)
@once
def issue_shift(request):
    """So many of each supply to everybody of a shift, in one step."""
    known = crews(timezone.now())
    crew = next((one for one in known if one.key == request.GET.get("shift")), known[0])
    items = _to_issue(request.POST)
    form = IssueForm(request.POST or None, items=items, officers=crew.officers)
    if request.method == "POST" and form.is_valid():
        said = {"by": request.user, "cause": form.cleaned_data["cause"], "at": form.at}
        people = list(form.cleaned_data["officers"])
        rows = _tried(form, lambda: SupplyItem.objects.issue_to_all(form.amounts, people, **said))
        if rows:
            told = ngettext("Issued to %(count)s officer.", "Issued to %(count)s officers.", len(people))
            messages.success(request, told % {"count": len(people)})
            return redirect("supplies")
    lately = issued_lately(crew, timezone.now())
    return _form_page(request, "issue", form, crews=known, crew=crew, items=items, lately=lately)


def _to_issue(typed):
    """The items that can be issued, and those of which something was asked for: what ran out since the page was opened is refused
    by name, never left out."""
    asked = [name.removeprefix("each_") for name, text in typed.items() if name.startswith("each_") and text.strip()]
    still_there = Q(is_active=True, on_hand__gt=0) | Q(pk__in=[pk for pk in asked if pk.isdecimal() and len(pk) < 10])
    return in_order(SupplyItem.objects.filter(still_there))


def _tried(form, act):
    """What the act gives; None when the rules refuse it, with the reason in the form."""
    try:
        return act()
    except Refused as refused:
        form.too_late = isinstance(refused, TooLate)
        form.add_error(None, refused)
        return None


def _form_page(request, name, form, **context):
    status = 409 if getattr(form, "too_late", False) else 422 if form.errors else 200
    return render(request, f"enforcement/supplies/{name}.html", {"form": form, **context}, status=status)


def _tell_stock(request, item):
    told = _("%(name)s: %(count)s in store now.")
    messages.success(request, told % {"name": item, "count": f"{item.on_hand} {item.unit}".strip()})

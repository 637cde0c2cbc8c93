"""The closure orders: their list, the draft, its preview and its activation."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from venues.forms.orders import ActivationForm, OrderForm, ReasonForm
from venues.models import ClosureOrder, Target
from venues.models.submissions import once
from venues.moments import as_of
from venues.overview import closed_of
from venues.standing import Standing
from venues.transitions import Refused, TooLate

PER_PAGE = 30
SCOPE_FILTERS = {"category": "category__slug", "district": "district__code", "status": "operating_status"}


def refused(form, error):
    """Put the error of an act on the form, and return the HTTP status of the page that shows it."""
    form.add_error(None, error)
    return 409 if isinstance(error, TooLate) else 422


@require_GET
@permission_required("venues.view_board", raise_exception=True)
def orders(request):
    """Drafts, orders in force with n / N closed, and those that ended; the number of queries does not grow with
    them. For a past moment only what was in force then."""
    try:
        now, asked = as_of(request)
    except Refused as refused:
        messages.error(request, refused.sentence())
        return redirect("venues:orders")
    in_scope = Count("targets", filter=Q(targets__scope=Target.Scope.IN_SCOPE))
    found = ClosureOrder.objects.select_related("created_by").prefetch_related("categories", "districts")
    found = found.annotate(in_scope=in_scope, listed=Count("targets")).order_by("-issued_at", "-pk")
    drafts = found.filter(status=ClosureOrder.Status.DRAFT).order_by("-created_at")
    active = list(found.filter(status=ClosureOrder.Status.ACTIVE))
    ended = found.filter(status__in=[ClosureOrder.Status.LIFTED, ClosureOrder.Status.CANCELLED])
    if not request.user.has_perm("venues.view_closureorder"):  # the bureau sees what was in force
        drafts, ended = drafts.none(), ended.exclude(activated_at=None)
    if asked:
        active, drafts, ended = list(found.active(now)), drafts.none(), ended.none()
    closed = {} if asked else closed_of(active, now)
    for order in active:
        if asked:
            then = Standing(order, now)
            order.closed, order.in_scope = then.closed, len(then.in_scope)
        else:
            order.closed = closed[order.pk]
        order.age = now - order.issued_at
    page = Paginator(ended, PER_PAGE).get_page(request.GET.get("page"))
    context = {"drafts": drafts, "active": active, "page": page, "now": now, "moment": now if asked else None}
    return render(request, "venues/orders.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("venues.add_closureorder", raise_exception=True)
@once
def order_new(request):
    form = OrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        order = ClosureOrder.objects.draft(by=request.user, **form.details())
        messages.success(request, _("The draft is saved. Check the preview, then activate it."))
        return redirect(order)
    return _order_form(request, form, None)


@require_http_methods(["GET", "POST"])
@permission_required("venues.change_closureorder", raise_exception=True)
@once
def order_edit(request, pk):
    """Change a draft. After activation its times and scope never change: the page says so instead."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    if not order.is_draft and request.method == "GET":
        messages.error(request, _("The times and the scope of an order do not change after its activation."))
        return redirect(order)
    form = OrderForm(request.POST or None, instance=order)
    status = None
    if request.method == "POST" and form.is_valid():
        try:
            order.revise(by=request.user, revision=form.cleaned_data["revision"], **form.details())
        except Refused as error:
            status = refused(form, error)
        else:
            messages.success(request, _("The draft is saved. Check the preview, then activate it."))
            return redirect(order)
    return _order_form(request, form, order, status)


def _order_form(request, form, order, status=None):
    status = status or (422 if form.is_bound else 200)
    return render(request, "venues/order_form.html", {"form": form, "order": order}, status=status)


@require_GET
@permission_required("venues.view_board", raise_exception=True)
def order(request, pk):
    """A draft shows its preview, every other order its board."""
    order = get_object_or_404(ClosureOrder.objects.select_related("created_by"), pk=pk)
    if order.activated_at is not None:
        from venues.views import board

        return board.board(request, order)
    if not request.user.has_perm("venues.view_closureorder"):
        raise PermissionDenied
    return draft_page(request, order)


def draft_page(request, order, *, form=None, cancel_form=None, status=200):
    """The preview of a draft with the form that activates it; also a cancelled draft, without forms."""
    preview = order.preview()
    form = form or ActivationForm(initial={"revision": order.revision})
    moves = order.moves.select_related("by").order_by("pk")
    context = {
        "order": order, "preview": preview, "form": form, "cancel_form": cancel_form or ReasonForm(prefix="cancel"),
        "moves": moves, "drafted_by_me": order.created_by_id == request.user.pk,
    }  # fmt: skip
    return render(request, "venues/order_draft.html", context, status=status)


@require_POST
@permission_required("venues.activate_closureorder", raise_exception=True)
@once
def order_activate(request, pk):
    """Freeze the targets and put the order in force, when the typed total is right at this moment."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    form = ActivationForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            order.activate(
                by=request.user, typed_total=form.cleaned_data["total"], revision=form.cleaned_data["revision"]
            )
        except Refused as error:
            status = refused(form, error)
            order = get_object_or_404(ClosureOrder, pk=pk)
        else:
            total = form.cleaned_data["total"]
            messages.success(request, _("The order is in force. %(total)s venues are on its list.") % {"total": total})
            return redirect(order)
    if not order.is_draft:
        form.fields.clear()
    return draft_page(request, order, form=form, status=status)


@require_GET
@permission_required("venues.view_closureorder", raise_exception=True)
def order_scope(request, pk):
    """The venues behind a number of the preview: those that the draft would name now, filtered in the URL."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    found = order.candidates().select_related("category", "district", "street")
    for name, field in SCOPE_FILTERS.items():
        if value := request.GET.get(name):
            found = found.filter(**{field: value})
    if request.GET.get("phone") == "none":
        found = found.filter(phone="", phone_2="")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "venues/order_scope.html", {"order": order, "page": page})

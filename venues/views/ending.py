"""The end of a closure order: lifting by category × district, and cancelling."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from venues.forms.orders import LiftForm, ReasonForm, ScopeForm
from venues.models import ClosureOrder, Target
from venues.models.submissions import once
from venues.scope import Matrix
from venues.transitions import Refused
from venues.views.orders import refused


@require_http_methods(["GET", "POST"])
@permission_required("venues.activate_closureorder", raise_exception=True)
@once
def order_cancel(request, pk):
    """End a draft, or an order in force that should not have been issued, with the reason."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    form = ReasonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                order.cancel(by=request.user, reason=form.cleaned_data["reason"])
            except Refused as error:
                status = refused(form, error)
            else:
                messages.success(request, _("The order is cancelled."))
                return redirect(order)
    elif not (order.is_draft or order.is_active):
        messages.error(request, _("This order has already ended."))
        return redirect(order)
    in_scope = Target.objects.of(order).in_scope().count()
    context = {"order": order, "form": form, "in_scope": in_scope}
    return render(request, "venues/order_cancel.html", context, status=status)


@require_http_methods(["GET", "POST"])
@permission_required("venues.activate_closureorder", raise_exception=True)
@once
def order_lift(request, pk):
    """First the choice in the URL and what it would lift and what stays, then one confirmation with the reason."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    if not order.is_active and request.method == "GET":
        messages.error(request, _("Only an order in force can be lifted."))
        return redirect(order)
    scope = ScopeForm(request.POST or request.GET, order=order)
    form = LiftForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if scope.is_valid() and form.is_valid():
            categories, districts = scope.chosen()
            try:
                lifted, blocked = order.lift(
                    by=request.user, categories=categories, districts=districts, **form.cleaned_data
                )
            except Refused as error:
                status = refused(form, error)
            else:
                _say_lifted(request, lifted, blocked)
                return redirect(order)
    return render(request, "venues/order_lift.html", _lift_context(order, scope, form), status=status)


def _say_lifted(request, lifted, blocked):
    messages.success(request, _("Lifted for %(count)s venues.") % {"count": len(lifted)})
    if blocked:
        said = {"count": len(blocked), "venues": ", ".join(target.name for target in blocked[:5])}
        messages.warning(request, _("%(count)s stay ordered shut because of open violations: %(venues)s") % said)


def _lift_context(order, scope, form):
    members = scope.members().with_open_violation()
    blocked = members.filter(violation_open=True).select_related("category", "district")
    matrix, stays = Matrix.of(scope.members()), len(blocked)
    others = Target.objects.of(order).in_scope().count() - matrix.total
    return {
        "order": order, "scope": scope, "form": form, "matrix": matrix, "blocked": blocked, "others": others,
        "lifted": matrix.total - stays, "stays": stays, "ends": not others and not stays,
    }  # fmt: skip

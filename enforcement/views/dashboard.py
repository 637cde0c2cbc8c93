"""The dashboard, and the same for a screen on the wall."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enforcement.dashboard.page import Dashboard
from refunds.asking import Asked
from venues.models import ClosureOrder


@never_cache
@require_safe
@permission_required("enforcement.view_figures", raise_exception=True)
def dashboard(request):
    """What is wrong first, then everything at a glance, now or at the moment of `?as_of=`; `?order=` names the closure order."""
    return _shown(request, "dashboard")


@never_cache
@require_safe
@permission_required("enforcement.view_figures", raise_exception=True)
def dashboard_wall(request):
    """Readable from four metres, refreshing itself, nothing to press."""
    return _shown(request, "wall")


def _shown(request, name):
    asked = Asked(request)
    context = {"asked": asked, "order": _order_asked_for(request)}
    if not asked.problem:
        linked = name == "dashboard"
        context["page"] = Dashboard(asked, may=request.user.has_perm, order=context["order"], linked=linked)
    partial = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    part = "_" if partial and not asked.problem else ""
    response = render(request, f"enforcement/dashboard/{part}{name}.html", context, status=asked.status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _order_asked_for(request):
    """The order whose number the address names, None when it names none; 404 when no such order was ever in force."""
    number = request.GET.get("order", "").strip()
    if not number:
        return None
    order = ClosureOrder.objects.filter(number=number, activated_at__isnull=False).first()
    if order is None:
        raise Http404
    return order

"""The notices of an order: their list with its filters, and one post to a group entered once for all its venues."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from venues.forms.notices import GroupPostForm, NoticeFilterForm
from venues.forms.orders import ScopeForm
from venues.models import ClosureOrder, Notice
from venues.models.submissions import once
from venues.moments import as_of
from venues.scope import Matrix
from venues.transitions import Refused
from venues.views.orders import refused

PER_PAGE = 50


@require_GET
@permission_required("venues.view_notice", raise_exception=True)
def notices(request, pk):
    """Every attempt to tell an owner, latest first, until `?as_of=`."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    try:
        at, asked = as_of(request)
    except Refused as error:
        messages.error(request, error.sentence())
        return redirect("venues:notices", pk=pk)
    form = NoticeFilterForm(request.GET, order=order)
    found = Notice.objects.of(order).until(at).filter(**form.filters())
    found = found.select_related("target__category", "target__district", "by").order_by("-at", "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"order": order, "form": form, "page": page, "at": at, "asked": asked}
    return render(request, "venues/notices.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("venues.add_notice", raise_exception=True)
@once
def notices_group(request, pk):
    """First the choice of venues in the URL and how many they are, then the post. It is never an acknowledgement."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    if not order.is_active and request.method == "GET":
        messages.error(request, _("This order is not in force: nobody is told."))
        return redirect(order)
    scope = ScopeForm(request.POST or request.GET, order=order)
    members = scope.members()
    form = GroupPostForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                posted = order.post_to_group(by=request.user, targets=members, **form.cleaned_data)
            except Refused as error:
                status = refused(form, error)
            else:
                messages.success(request, _("Entered for %(count)s venues.") % {"count": len(posted)})
                return redirect("venues:notices", pk=pk)
    context = {"order": order, "scope": scope, "form": form, "matrix": Matrix.of(members)}
    return render(request, "venues/notices_group.html", context, status=status)

"""The desk: the duty officer's home. It refreshes itself; the part and the page have the same address."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from complaints.desk import desk_of
from complaints.models import Draft


@never_cache
@require_safe
@permission_required("complaints.view_complaint", raise_exception=True)
def desk(request):
    drafts = Draft.objects.of(request.user) if request.user.has_perm("complaints.log_call") else []
    context = {"desk": desk_of(request.user, timezone.now()), "drafts": drafts}
    wants_part = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    response = render(request, "complaints/_desk.html" if wants_part else "complaints/desk.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response

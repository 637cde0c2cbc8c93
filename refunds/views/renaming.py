"""Giving a group its former number back."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_POST

from refunds.forms.renaming import TakeBackForm
from refunds.views.group_page import act, group_or_404
from venues.models.submissions import once


@require_POST
@permission_required("refunds.enter_group", raise_exception=True)
@once
def group_unrename(request, pk):
    return act(request, TakeBackForm(request.POST, group=group_or_404(pk)))

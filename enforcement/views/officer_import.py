"""The upload of a list of officers in the administration: checked first, imported on a second press.

Between the two presses the rows travel signed in the page, so that nothing of them stays on the disk.
"""

import tempfile

from django.contrib import messages
from django.core import signing
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from enforcement.forms.officers import OfficerFileForm
from enforcement.importing import import_officers, read_officers
from enforcement.models import Officer
from venues.transitions import Refused

_SALT = "enforcement.officers"
_VALID = 3600  # seconds between the check and the import


def import_page(request, context):
    """The form; after an upload what it would do; after the second press the list of officers."""
    if request.method == "POST" and "rows" in request.POST:
        try:
            rows = signing.loads(request.POST["rows"], salt=_SALT, max_age=_VALID)
        except signing.BadSignature:
            messages.error(request, _("The check is too old: choose the file again."))
            return redirect("admin:enforcement_officer_import")
        counts = import_officers(rows, by=request.user).counts
        messages.success(
            request, _("%(created)s accounts are new, %(changed)s changed, %(same)s were as they are.") % counts
        )
        return redirect("admin:enforcement_officer_changelist")
    form = OfficerFileForm(request.POST or None, request.FILES or None)
    context = {**context, "title": _("Import a list of officers"), "opts": Officer._meta, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            rows = _rows(form.cleaned_data["file"])
            report = import_officers(rows, by=request.user, dry_run=True)
            context.update(report=report, rows=signing.dumps(rows, salt=_SALT, compress=True))
        except Refused as refusal:
            form.add_error("file", refusal)
    return TemplateResponse(request, "admin/enforcement/officer/import.html", context)


def _rows(upload):
    with tempfile.NamedTemporaryFile(suffix=".upload") as file:
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        return read_officers(file.name, upload.name)

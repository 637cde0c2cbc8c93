"""The help page: what to do first for each work, the officer's own on top, and the keys of the pages he works with."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from enforcement.help import FIRST, KEYS
from enforcement.places import WORKS, work_of


@require_safe
def help_page(request):
    """`?work=` one of places.WORKS: the help of another role, which everybody may read; else one's own."""
    own = work_of(request.user)
    asked = next((work for work in WORKS if work.key == request.GET.get("work")), own)
    context = {
        "own": own, "asked": asked, "works": WORKS, "steps": FIRST[asked.key] if asked else (),
        "keys": [keys for keys in KEYS if not keys.permissions or any(map(request.user.has_perm, keys.permissions))],
    }  # fmt: skip
    return render(request, "enforcement/help.html", context)

"""Signs of life for the machine in front: alive (`/healthz`) and able to work (`/readyz`)."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseProblem
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enforcement.checks import demo_account_is_open
from venues.models import FactGuard


@login_not_required
@never_cache
@require_safe
def healthz(request):
    """The process answers. Asks nobody else: not the database, not the session."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@login_not_required
@never_cache
@require_safe
def readyz(request):
    """200 when the database answers, its tables are those of this version, and the guard of the facts is armed; otherwise 503
    with the reasons as words. Names, addresses and messages of the database stay out."""
    reasons = _reasons()
    return JsonResponse({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)


healthz.needs_no_database = readyz.needs_no_database = True


def _reasons():
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return ["migrations"]
        reasons = [] if FactGuard.objects.exists() else ["guard"]
        if settings.PRODUCTION and demo_account_is_open():
            reasons.append("demo")
        return reasons
    except DatabaseProblem:
        return ["database"]

"""Whether pages can be served, for a supervisor or a load balancer."""

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

PLAIN = "text/plain; charset=utf-8"


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 "ok" when the database answers and knows every migration, else 503 and why."""
    try:
        missing = _wanted() - set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return HttpResponse("The database does not answer.\n", PLAIN, 503)
    if missing:
        words = f"{len(missing)} migrations are not applied: run manage.py migrate.\n"
        return HttpResponse(words, PLAIN, 503)
    return HttpResponse("ok\n", PLAIN)


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    """Every migration of the installed applications, as they are on disk."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)

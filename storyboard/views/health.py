"""Whether all is well: for owners in words, for machines at /healthz (pages can be served) and
/readyz (everything they need is there)."""

from collections.abc import Callable
from functools import cache

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storyboard.access import fetch, verbs_of
from storyboard.models import Lease, Team
from storyboard.models.files import files
from storyboard.models.installation import SILENCE
from storyboard.tasks import broker_answers
from storyboard.views.health_lines import health_of

PLAIN = "text/plain; charset=utf-8"


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    """What an owner needs to know of workers, broker, disk and accounts."""
    return _page(request, key, "storyboard/health/show.html")


@require_safe
@login_required
def pulse(request: HttpRequest, key: str) -> HttpResponse:
    """The lines as they are now: their seconds count on, so there is always news."""
    return _page(request, key, "storyboard/health/pulse.html")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 "ok" when the database answers and knows every migration, else 503 and why."""
    trouble = _database()
    if trouble:
        return HttpResponse(f"{trouble}\n", PLAIN, 503)
    return HttpResponse("ok\n", PLAIN)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """One line for each thing needed, `name: ok` or what is wrong; 200 when all are well, else 503.

    The lines name no address and no version: anybody may ask.
    """
    found = {name: look() for name, look in _LOOKS.items()}
    lines = [f"{name}: {trouble or 'ok'}\n" for name, trouble in found.items()]
    return HttpResponse("".join(lines), PLAIN, 503 if any(found.values()) else 200)


def _page(request: HttpRequest, key: str, template: str) -> HttpResponse:
    team = fetch(request, Team, key, "see_health")
    context = {"team": team, "health": health_of(team), "may": verbs_of(request.user, team)}
    return render(request, template, context)


def _database() -> str:
    try:
        missing = _wanted() - set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return "The database does not answer."
    if missing:
        return f"{len(missing)} migrations are not applied: run manage.py migrate."
    return ""


def _broker() -> str:
    return "" if broker_answers() else "It does not answer. Workers find work by themselves, later."


def _storage() -> str:
    try:
        files().check()
    except OSError:
        return "Nothing can be written: the disk is full, or the storage is not ours or away."
    return ""


def _worker() -> str:
    try:
        seen = Lease.is_looked_after("sweep")
    except DatabaseError:
        return "Not known while the database does not answer."
    return "" if seen else f"None has looked for work in {SILENCE.seconds} s."


_LOOKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "broker": _broker,
    "storage": _storage,
    "worker": _worker,
}


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    """Every migration of the installed applications, as they are on disk."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)

"""Whether pages can be served (/healthz), and whether everything they need is there (/readyz)."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile

from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from storyboard.models import Lease
from storyboard.models.installation import SILENCE
from storyboard.tasks import broker_answers

PLAIN = "text/plain; charset=utf-8"
PROBE = bytes(4096)


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
    folder = Path(default_storage.path(""))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder, buffering=0) as file:
            file.write(PROBE)
    except OSError:
        return "Nothing can be written: the disk is full or the folder is not ours."
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

"""What every start of an installation does: migrate, collect, and name the processes to run."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from storyboard.management.machine import LOOPBACK, accepts, answers, host_to_ask
from storyboard.management.supervisor import Child

LOCK_NAME = "greenlight.lock"
LOG_NAME = "greenlight.log"
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104  (compared with, not bound)


def prepare() -> None:
    """Bring database and static files up to date; quick when they are.

    Raises SystemCheckError, in words, for an installation that must not start.
    """
    call_command("migrate", interactive=False, verbosity=0, skip_checks=False)
    collect_static()


def release_connections() -> None:
    """The supervisor outlives its preparations and must hold no database open."""
    connections.close_all()


def collect_static() -> None:
    """Run collectstatic when its sources changed since the last time in this VAR_DIR."""
    noted = settings.VAR_DIR / "static.sha256"
    current = digest_of_sources()
    if noted.exists() and noted.read_text() == current and Path(settings.STATIC_ROOT).is_dir():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    noted.write_text(current)


def digest_of_sources() -> str:
    """Over name, size and moment of change of our own files, and the lock for everybody else's."""
    found = hashlib.sha256()
    ours = [path for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*")]
    ours += (settings.BASE_DIR / "kling_web").glob("*.py")
    ours.append(settings.BASE_DIR / "requirements.txt")
    for path in sorted(path for path in ours if path.is_file()):
        facts = path.stat()
        found.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return found.hexdigest()


def web(port: int) -> Child:
    command = [sys.executable, "-m", "kling_web.serve", "--port", str(port)]
    host = host_to_ask(settings.ALLOWED_HOSTS)
    ready = answers(f"http://{bound_host()}:{port}/healthz", host=host)
    return Child("web", command, is_ready=ready, vital=True)


def bound_host() -> str:
    """Where the web process can be asked: HOST, unless that stands for every address."""
    host = os.environ.get("HOST") or LOOPBACK
    return LOOPBACK if host in EVERY_ADDRESS else host


def worker() -> Child:
    """Threads, because the steps wait for the network and share one SQLite."""
    # Its five-line warning about root says nothing the person at the demo can act on.
    quiet = ["-W", "ignore:You're running the worker with superuser privileges"]
    celery = [sys.executable, *quiet, "-m", "celery", "--quiet", "-A", "kling_web", "worker"]
    pool = ["-P", "threads", "--concurrency", "2", "--without-mingle", "--without-gossip"]
    return Child("worker", [*celery, *pool, "-l", "INFO", "-n", "greenlight@%h"])


def simulator(port: int, *, state: Path, seconds_per_task: float) -> Child:
    """The same server as `manage.py simulate_kling`, without loading Django for it."""
    command = [sys.executable, "-m", "storyboard.kling.simulator", "--port", str(port)]
    command += ["--state", str(state), "--seconds-per-task", f"{seconds_per_task:g}"]
    return Child("simulator", command, is_ready=accepts(port))

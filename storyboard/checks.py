"""What must be true before the product starts: refused in words, not found out at night."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

from storyboard.models.statuses import POST_TOTAL, SEND_WITHIN, SETTLE

THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
# Versions whose write-ahead log several processes can corrupt end here.
SAFE_SQLITE = (3, 51, 3)


@register()
def several_processes_may_share_the_file(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Web and worker share one SQLite file; older versions may corrupt it."""
    if connection.vendor != "sqlite" or sqlite3.sqlite_version_info >= SAFE_SQLITE:
        return []
    return [
        Error(
            f"SQLite {sqlite3.sqlite_version} can corrupt a file that web and worker share.",
            hint="Install pysqlite3 0.6.1 or newer, or set DATABASE_URL to another database.",
            id="greenlight.E001",
        )
    ]


@register()
def absence_means_something(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """An order is sent again only when the first one cannot be under way any more."""
    if SETTLE >= 2 * (SEND_WITHIN + POST_TOTAL):
        return []
    return [
        Error(
            "The settling time is shorter than two POSTs can take; an order could be paid twice.",
            id="greenlight.E002",
        )
    ]


@register()
def time_is_scaled_by_something(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    if settings.TIME_SCALE > 0:
        return []
    return [Error("TIME_SCALE must be above 0; 1 is real time.", id="greenlight.E003")]


@register(Tags.security, deploy=True)
def nothing_of_the_simulator_is_left(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Settings that only a local simulator needs are refused in production."""
    problems: list[CheckMessage] = []
    if settings.TIME_SCALE != 1:
        problems.append(Error("TIME_SCALE is not 1 in production.", id="greenlight.E004"))
    if settings.CRASH_AT:
        problems.append(Error("CRASH_AT makes workers kill themselves.", id="greenlight.E007"))
    if settings.ALLOW_PRIVATE_HOSTS:
        problems.append(
            Error("ALLOW_PRIVATE_HOSTS lets requests reach this network.", id="greenlight.E005")
        )
    if not settings.PUBLIC_URL:
        problems.append(
            Warning(
                "PUBLIC_URL is not set: Kling cannot call back, takes arrive by polling alone, and "
                "Kling cannot fetch recordings and videos for the library.",
                id="greenlight.W001",
            )
        )
    elif not settings.PUBLIC_URL.startswith("https://"):
        problems.append(Error("PUBLIC_URL must begin with https://.", id="greenlight.E006"))
    return problems


@register(Tags.security, deploy=True)
def several_processes_share_their_limits(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Limits on signing in are counted in the cache, and without one each process counts alone."""
    if connection.vendor == "sqlite" or settings.CACHE_URL:
        return []
    return [
        Warning(
            "CACHE_URL is not set: each web process counts attempts to sign in by itself.",
            hint="Name a Redis that every web process reaches: CACHE_URL=redis://…/1",
            id="greenlight.W002",
        )
    ]


@register(Tags.security, deploy=True)
def the_doorbell_reaches_every_worker(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """A broker of files belongs to one machine; a database elsewhere says there are several."""
    if not settings.CELERY_BROKER_URL.startswith("filesystem://") or _database_is_here():
        return []
    return [
        Error(
            "BROKER_URL is not set, so workers are woken by files of this machine alone, "
            "but the database is on another one.",
            hint="Name a broker that every machine reaches: BROKER_URL=redis://…/0 or amqp://…",
            id="greenlight.E008",
        )
    ]


def _database_is_here() -> bool:
    """SQLite, the loopback address, or a socket in a folder of this machine."""
    host = str(connection.settings_dict["HOST"])
    return connection.vendor == "sqlite" or not host or host in THIS_MACHINE or host[0] == "/"

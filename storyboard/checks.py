"""What must be true before the product starts: refused in words, not found out at night."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

from storyboard.models.generations import POST_TOTAL, SEND_WITHIN, SETTLE

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
                "PUBLIC_URL is not set: Kling cannot call back, takes arrive by polling alone.",
                id="greenlight.W001",
            )
        )
    elif not settings.PUBLIC_URL.startswith("https://"):
        problems.append(Error("PUBLIC_URL must begin with https://.", id="greenlight.E006"))
    return problems

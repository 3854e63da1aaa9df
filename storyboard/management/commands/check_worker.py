"""`manage.py check_worker`: does any worker look for work? For the health check of a container."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from storyboard.models import Lease
from storyboard.models.installation import SILENCE


class Command(BaseCommand):
    """Ends with 0, or with 1 and words."""

    help = "End with 0 when a worker has looked for work just now, else with 1."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        trouble = _trouble()
        if trouble:
            self.stderr.write(trouble)
            sys.exit(1)


def _trouble() -> str:
    try:
        if Lease.is_looked_after("sweep"):
            return ""
    except DatabaseError:
        return "The database does not answer."
    return f"No worker has looked for work in {SILENCE.seconds} s."

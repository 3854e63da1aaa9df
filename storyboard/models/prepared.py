"""A query compiled once a process, where saying it costs more than asking it.

Django writes the SQL of a queryset anew each time. For the stage of one storyboard that is several
milliseconds of every page, and the database answers in a fraction of one (`make bench`, P1).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet

_HERE = -7_000_000_007  # stands where the primary key goes; no row has it, no query says it


class Prepared:
    """`build(pk)` gives a queryset of values whose SQL is the same for every primary key."""

    def __init__(self, build: Callable[[int], QuerySet[Any, Any]]) -> None:
        self._build = build

    def ask(self, pk: int) -> list[tuple[Any, ...]]:
        """The rows as the database gives them: no conversion, so ask for text and numbers only."""
        sql, values = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [pk if value == _HERE else value for value in values])
            return list(cursor.fetchall())

    @cached_property
    def _compiled(self) -> tuple[str, tuple[Any, ...]]:
        sql, values = self._build(_HERE).query.sql_with_params()
        return sql, tuple(values)

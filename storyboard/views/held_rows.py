"""Rows of a list that a page shows already: they are named in its answer, and not drawn again.

A page says in the header `Held-Rows` which it holds, by their digests (static/js/held-rows.js). A
digest is of all that a row is drawn from, so that whatever changes there draws it again.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone, translation

HEADER = "Held-Rows"
MOST = 500  # digests that are read of a request
_BYTES = 8


def held(request: HttpRequest) -> frozenset[str]:
    """The digests of the rows the page that asks shows already."""
    return frozenset(request.headers.get(HEADER, "").split()[:MOST])


def digest(*drawn_from: Any) -> str:
    """Of plain values, rows of the database with what was fetched along, and tuples of these.

    The day, the zone and the language are part of it.
    """
    around = timezone.localdate(), timezone.get_current_timezone_name(), translation.get_language()
    words = repr((around, _plain(drawn_from)))
    return blake2b(words.encode(), digest_size=_BYTES).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return _columns(value), [_columns(each) for each in _fetched_along(value)]
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return [(name, _plain(each)) for name, each in value.items()]
    return value


def _fetched_along(row: Model) -> list[Model]:
    """The rows it points at, and those that were prefetched for it."""
    pointed = [each for each in row._state.fields_cache.values() if isinstance(each, Model)]
    lists: dict[str, Any] = getattr(row, "_prefetched_objects_cache", {})
    return [*pointed, *(each for rows in lists.values() for each in rows)]


def _columns(row: Model) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}

"""What `manage.py reconcile` prints: orders and lists in lines for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from storyboard.kling.client import MOST_PAGES
from storyboard.kling.pricing import show_units
from storyboard.models import Generation, Status
from storyboard.steps.listing import PER_PAGE, Foreign, Listing
from storyboard.steps.reconcile import Settled

MOST_SHOWN = 120  # characters of a cell

# What a status means where the order itself has no words.
_MEANS: dict[str, str] = {
    Status.QUEUED: "Nothing is at Kling; a worker sends it.",
    Status.SUBMITTING: "It is being sent.",
    Status.UNCERTAIN: "Kling has not said whether it has it.",
    Status.RUNNING: "Kling has it and is at it.",
    Status.FETCHING: "The film is made and on its way here.",
    Status.STORED: "The film is here.",
    Status.FAILED: "Kling could not make it.",
    Status.REJECTED: "Kling refused it; nothing is charged.",
    Status.CANCELLED: "Nothing was sent.",
    Status.HELD: "It waits for a person.",
    Status.LOST: "The film is gone at Kling.",
}


def waits(row: Generation) -> str:
    """One order that would be asked about, and until when somebody else has it."""
    held = row.lease_until > timezone.now()
    return f"{_head(row)}: {row.get_status_display()}{', a worker is at it now' if held else ''}"


def would_be_asked(count: int) -> str:
    if not count:
        return "Nothing waits for Kling."
    return f"{_orders(count)} would be asked about. Nothing was asked."


def begins(count: int, patience: float) -> str:
    """What is about to happen, and how long it may take."""
    if not count:
        return "Nothing waits for Kling."
    follow = (
        f"; what is not clear at once is followed for up to {patience:.0f} s" if patience else ""
    )
    return f"Asking Kling about {_orders(count)}{follow}."


def lines(one: Settled) -> Iterator[str]:
    """What became of one order: two lines, and a third where it could not be asked."""
    before, after = Status(one.before).label, Status(one.after).label
    came = f"{before} → {after}" if one.before != one.after else f"still {after}"
    yield f"{_head(one.generation)}: {came}"
    yield f"    {_plain(one.generation.words) or _MEANS[one.after]}"
    if one.trouble:
        yield f"    Could not be asked: {one.trouble}"


def summary(settled: Sequence[Settled]) -> str:
    """How many there were, how many are over, and what the others are; settled is at least one."""
    ended = sum(one.has_ended for one in settled)
    parts = [f"{_orders(len(settled))} asked about: {ended} settled"]
    still = Counter(str(Status(one.after).label).lower() for one in settled if not one.has_ended)
    parts += [f"{number} {word}" for word, number in sorted(still.items())]
    silent = sum(bool(one.trouble) for one in settled)
    parts += [f"{silent} could not be asked"] if silent else []
    return f"{', '.join(parts)}."


def table(found: Listing) -> Iterator[str]:
    """The comparison for a person, section by section."""
    account = found.account
    yield f"{account.name} ({account.dialect.title}) at {account.address}, last {found.days} days."
    if not found.is_promised:
        yield "No document of this profile promises a list of tasks; it was asked all the same."
    yield from _readings(found)
    yield ""
    yield f"Tasks that are not ours: {len(found.foreign) or 'none'}"
    yield from _rows(
        ("task", "made", "status", "units", "named", "whose"),
        [
            (
                one.task.task_id,
                _at(one.created_at),
                one.task.status,
                _units(one),
                one.task.external_task_id or "–",
                one.whose,
            )
            for one in found.foreign
        ],
    )
    yield ""
    yield f"Orders of ours that are not in the list: {len(found.unlisted) or 'none'}"
    yield from _rows(("order", "sent", "status", "named", "task"), map(_order, found.unlisted))
    if found.found:
        yield ""
        yield f"Orders of ours that wait and are in the list: {len(found.found)}"
        yield from _rows(("order", "sent", "status", "named", "task"), map(_order, found.found))
        yield "manage.py reconcile settles them."


def as_data(found: Listing) -> dict[str, Any]:
    """The comparison for a program. Moments are ISO 8601 in UTC, units are thousandths."""
    return {
        "account": {"key": found.account.key, "name": found.account.name},
        "days": found.days,
        "list_promised": found.is_promised,
        "lists": [
            {
                "endpoint": reading.endpoint,
                "pages": reading.pages,
                "tasks": len(reading.tasks),
                "trouble": reading.trouble,
            }
            for reading in found.readings
        ],
        "not_ours": [
            {
                "endpoint": one.endpoint,
                "task_id": one.task.task_id,
                "external_task_id": one.task.external_task_id,
                "created_at": one.created_at.isoformat() if one.created_at else None,
                "status": one.task.status,
                "units_milli": one.task.final_units_milli,
                "whose": one.whose,
            }
            for one in found.foreign
        ],
        "not_listed": [_order_data(row) for row in found.unlisted],
        "waiting_and_listed": [_order_data(row) for row in found.found],
    }


def _readings(found: Listing) -> Iterator[str]:
    for reading in found.readings:
        read = f"{reading.endpoint}: {len(reading.tasks)} tasks read on {reading.pages} pages"
        limit = f"at most {MOST_PAGES} of {PER_PAGE}"
        if reading.trouble:
            yield f"{read}, not to the end: {reading.trouble}"
            yield "    Nothing is said of this endpoint's orders. Look into Kling's own console."
        else:
            yield f"{read}, to the end ({limit})."


def _head(row: Generation) -> str:
    revision = row.order.revision
    name = _plain(str(revision.storyboard))
    return f"{row.key}  {name}, revision {revision.number}, take {row.take_slot}"


def _order(row: Generation) -> tuple[str, ...]:
    return (
        _head(row),
        _at(row.last_post_at),
        str(row.get_status_display()),
        row.external_task_id,
        row.kling_task_id or "–",
    )


def _order_data(row: Generation) -> dict[str, Any]:
    return {
        "key": row.key,
        "storyboard": str(row.order.revision.storyboard),
        "revision": row.order.revision.number,
        "take": row.take_slot,
        "status": row.status,
        "external_task_id": row.external_task_id,
        "task_id": row.kling_task_id or None,
        "sent_at": row.last_post_at.isoformat() if row.last_post_at else None,
    }


def _rows(heads: Sequence[str], rows: Any) -> Iterator[str]:
    """A table of columns as wide as their widest cell; nothing without rows."""
    cells = [tuple(heads), *(tuple(_plain(cell)[:MOST_SHOWN] for cell in row) for row in rows)]
    if len(cells) == 1:
        return
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    for row in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {line}".rstrip()


def _plain(words: str) -> str:
    """Without what would steer a terminal: names come from Kling, and from whoever ordered."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in words
    )


def _units(one: Foreign) -> str:
    units = one.task.final_units_milli
    return show_units(units) if units is not None else "–"


def _at(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "–"


def _orders(count: int) -> str:
    return "1 order" if count == 1 else f"{count} orders"

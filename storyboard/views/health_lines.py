"""The lines of the health page, in an owner's words: what is so, what is kept, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storyboard.models import Account, Doorbell, Heartbeat, Take, Team
from storyboard.models.health import Due, accounts_of, due_of, swept_at
from storyboard.models.installation import SILENCE, VERSION
from storyboard.models.room import RESERVED_BYTES, room
from storyboard.models.takes import TakeSet
from storyboard.views.spans import clock, day, seconds_since, since, span

GOOD, WAIT, BAD, OFF = "good", "wait", "bad", "off"
LONG_DUE = 60.0  # seconds an order may wait for a worker
UNHEARD = 180.0  # seconds in which a worker hears the bell several times
SOON_FULL = 3 * RESERVED_BYTES
LAST_DAYS = timedelta(days=7)
MOST_FILMS = 20  # named one by one
GIB = 1024**3


class Fact(NamedTuple):
    """One thing more; `path` leads to where it is looked at."""

    words: str
    path: str = ""


class Line(NamedTuple):
    """One thing that must be well; `state` is good, wait (it goes on), bad (somebody acts), off."""

    name: str
    state: str
    words: str
    kept: str = ""
    todo: str = ""
    facts: tuple[Fact, ...] = ()
    path: str = ""


class Health(NamedTuple):
    """What the page draws."""

    lines: list[Line]
    accounts: list[Line]

    @property
    def bad(self) -> int:
        return sum(line.state == BAD for line in (*self.lines, *self.accounts))

    @property
    def waiting(self) -> int:
        return sum(line.state == WAIT for line in (*self.lines, *self.accounts))


def health_of(team: Team) -> Health:
    """Read anew each time; what it costs does not grow with orders, films or accounts."""
    workers = list(Heartbeat.objects.order_by("-seen_at")[:20])
    living = [each for each in workers if seconds_since(each.seen_at) < SILENCE.total_seconds()]
    lines = [
        _worker(living, workers),
        _sweep(bool(living)),
        _orders(due_of(team)),
        _broker(Doorbell.now(), living),
        _films(Take.objects.films_waiting().filter(storyboard__project__team=team)),
        _disk(),
        _database(),
    ]
    return Health(lines, [_account(each) for each in accounts_of(team)])


def _worker(living: list[Heartbeat], all_of_a_day: list[Heartbeat]) -> Line:
    name = _("Worker")
    if not living:
        last = all_of_a_day[0].seen_at if all_of_a_day else None
        return Line(
            name,
            BAD,
            _("No worker has been heard for %(span)s.") % {"span": since(last)}
            if last
            else _("No worker has been heard for a day."),
            _("Approved orders wait, nothing is lost."),
            _("Start it: make run, or the worker service. It goes on where the last one stopped."),
        )
    heard = since(living[0].seen_at)
    words = ngettext(
        "A worker is at work, last heard %(span)s ago.",
        "%(n)s workers are at work, the last heard %(span)s ago.",
        len(living),
    ) % {"n": len(living), "span": heard}
    facts = tuple(
        Fact(
            _("%(host)s, process %(pid)s, version %(version)s, since %(when)s")
            % {
                "host": each.host,
                "pid": each.pid,
                "version": each.version,
                "when": clock(each.started_at),
            }
        )
        for each in sorted(living, key=lambda each: each.started_at)
    )
    if all(each.version == VERSION for each in living):
        return Line(name, GOOD, words, facts=facts)
    return Line(
        name,
        WAIT,
        words,
        _("Not all of them are of the pages' version, %(version)s.") % {"version": VERSION},
        _("Start the workers anew."),
        facts,
    )


def _sweep(is_worker_heard: bool) -> Line:
    name = _("Looking for work")
    at = swept_at()
    if at is not None and seconds_since(at) < SILENCE.total_seconds():
        return Line(name, GOOD, _("A worker last looked %(span)s ago.") % {"span": since(at)})
    words = (
        _("Nobody has looked for work for %(span)s.") % {"span": since(at)}
        if at
        else _("Nobody has looked for work yet.")
    )
    todo = (
        _("A worker is heard but does not look: start it anew.")
        if is_worker_heard
        else _("Start a worker; it looks at once.")
    )
    return Line(name, BAD, words, _("Orders stand still, nothing is lost."), todo)


def _orders(due: Due) -> Line:
    name = _("Orders")
    moving = ngettext("%(n)s order is under way.", "%(n)s orders are under way.", due.under_way)
    moving = moving % {"n": due.under_way} if due.under_way else _("No order is under way.")
    if due.oldest_at is None:
        return Line(name, GOOD, f"{moving} " + _("None waits for a worker."))
    waited = seconds_since(due.oldest_at)
    words = f"{moving} " + ngettext(
        "%(n)s waits for a worker, for %(span)s.",
        "%(n)s wait for a worker, the longest for %(span)s.",
        due.due,
    ) % {"n": due.due, "span": span(waited)}
    if waited <= LONG_DUE:
        return Line(name, GOOD, words)
    return Line(
        name,
        BAD,
        words,
        _("They are kept and go on by themselves."),
        _("See that a worker runs. If one does, it has too much to do: start another beside it."),
    )


def _broker(bell: Doorbell, living: list[Heartbeat]) -> Line:
    name = _("Broker")
    kept = _("Orders move all the same, a second or two later: workers find them by themselves.")
    if bell.failing_since is not None:
        tried = since(bell.failed_at or bell.failing_since)
        return Line(
            name,
            WAIT,
            _("It cannot be reached since %(when)s, last tried %(span)s ago.")
            % {"when": clock(bell.failing_since), "span": tried},
            kept,
            _("Start it again, or correct BROKER_URL and start web and worker anew."),
        )
    if bell.rung_at is None:
        words = _("Nothing has gone through it yet. A worker tries it twice a minute.")
        return Line(name, WAIT, words)
    rung = seconds_since(bell.rung_at)
    if rung > UNHEARD:
        words = _("A message last went through it %(span)s ago. Without a worker nobody tries it.")
        return Line(name, WAIT, words % {"span": span(rung)})
    listening = max((seconds_since(each.started_at) for each in living), default=0.0)
    if listening > UNHEARD and (bell.heard_at is None or seconds_since(bell.heard_at) > UNHEARD):
        words = (
            _("Messages leave, but no worker has heard one for %(span)s.")
            % {"span": since(bell.heard_at)}
            if bell.heard_at
            else _("Messages leave, but no worker has heard one yet.")
        )
        return Line(name, WAIT, words, kept, _("If this stays, start the workers anew."))
    return Line(
        name, GOOD, _("A message last went through it %(span)s ago.") % {"span": span(rung)}
    )


def _films(waiting: TakeSet) -> Line:
    name = _("Films")
    late = list(waiting.select_related("storyboard", "generation")[:MOST_FILMS])
    if not late:
        return Line(name, GOOD, _("No film waits at Kling for longer than a day."))
    count = len(late) if len(late) < MOST_FILMS else waiting.count()
    dies_at = late[0].link_dies_at
    words = ngettext(
        "%(n)s film has waited at Kling for longer than a day.",
        "%(n)s films have waited at Kling for longer than a day.",
        count,
    ) % {"n": count}
    if dies_at:
        words += " " + _("The first link dies on %(day)s.") % {"day": day(dies_at)}
    is_urgent = dies_at is not None and dies_at - timezone.now() < LAST_DAYS
    facts = tuple(
        Fact(
            _("Take %(n)s of %(name)s, until %(day)s")
            % {
                "n": take.number,
                "name": take.storyboard.name,
                "day": day(take.link_dies_at) if take.link_dies_at else "–",
            },
            reverse("take", args=[take.key]),
        )
        for take in late
    )
    return Line(
        name,
        BAD if is_urgent else WAIT,
        words,
        _("They are paid for and kept there until then; fetching is tried again at least hourly."),
        _("Each take's order says what is in the way."),
        facts,
    )


def _disk() -> Line:
    name = _("Disk")
    try:
        free, total = room()
    except OSError:
        words = _("The disk for films cannot be asked how much room it has.")
        todo = _("See that the folder of the films is there and can be written.")
        return Line(name, BAD, words, _("Ordering pauses, nothing is lost."), todo)
    sizes = {
        "free": f"{free / GIB:.1f}", "total": f"{total / GIB:.0f}", "least": RESERVED_BYTES // GIB,
    }  # fmt: skip
    if free < RESERVED_BYTES:
        return Line(
            name,
            BAD,
            _("Only %(free)s of %(total)s GB are free, so ordering pauses.") % sizes,
            _("Orders wait, and films that are made stay at Kling for 30 days: nothing is lost."),
            _("Make room for films. From %(least)s GB on, ordering goes on by itself.") % sizes,
        )
    words = _("%(free)s of %(total)s GB are free.") % sizes
    if free >= SOON_FULL:
        return Line(name, GOOD, words)
    todo = _("Make room for films soon. Below %(least)s GB ordering pauses.") % sizes
    return Line(name, WAIT, words, todo=todo)


def _database() -> Line:
    kinds = {
        "sqlite": _("SQLite, one file on this machine's own disk."),
        "postgresql": _("PostgreSQL."),
    }
    return Line(_("Database"), GOOD, kinds.get(connection.vendor, connection.vendor))


def _account(row: Account) -> Line:
    state, words, kept, todo = _state_of(row)
    return Line(
        row.name,
        state,
        words,
        kept,
        todo,
        tuple(_facts_of(row)),
        reverse("account", args=[row.key]),
    )


def _state_of(row: Account) -> tuple[str, str, str, str]:
    """State, what is so, what is kept, what to do."""
    if row.closed_at is not None:
        words = _("Switched off since %(when)s. Nothing is ordered with it.")
        return OFF, words % {"when": clock(row.closed_at)}, "", ""
    if row.tripped_at is not None:
        return (
            BAD,
            _("Stopped since %(when)s. %(words)s")
            % {"when": clock(row.tripped_at), "words": row.tripped_words},
            _("Its orders are held, nothing is lost."),
            _("On its page, order with it again when that is mended; then release the orders."),
        )
    if row.unreachable_since is not None:
        return (
            WAIT,
            _("Out of reach since %(when)s.") % {"when": clock(row.unreachable_since)},
            _("Orders wait, nothing is lost."),
            _("Nothing to do: it is asked twice a minute and goes on by itself."),
        )
    if row.tested_ok is False:
        words = _("It may order, but its last test failed: %(words)s")
        return WAIT, words % {"words": row.tested_words}, "", ""
    return GOOD, _("It may order."), "", ""


def _facts_of(row: Account) -> Iterable[Fact]:
    """Places and callbacks; `row` as `accounts_of` gives it."""
    in_flight, knocked_at = row.in_flight, row.knocked_at  # type: ignore[attr-defined]
    limit = row.free_slots_limit()
    yield Fact(_("%(n)s of %(slots)s places in use") % {"n": in_flight, "slots": row.slots})
    if limit < row.slots:
        yield Fact(_("Kling allows %(n)s at the moment") % {"n": limit})
    if knocked_at is not None:
        yield Fact(_("A callback last came %(span)s ago") % {"span": since(knocked_at)})
    else:
        yield Fact(_("No callback has come yet"))

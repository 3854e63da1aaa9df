"""Kling's own list of an account's tasks beside our orders: what is not ours, what is not there.

Reads only: nothing is written, neither to orders nor to the account.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.kling.client import MOST_PAGES, KlingClient
from storyboard.kling.errors import KlingError
from storyboard.kling.guard import AddressRefused
from storyboard.kling.profiles import Endpoint
from storyboard.kling.reports import Report
from storyboard.models import Account, Generation, Installation, Status
from storyboard.models.statuses import SETTLE
from storyboard.steps import account as accounts

PER_PAGE = 100  # 500 are allowed; an answer of ours is 1 MiB at most
AT_ONCE = 500  # ids looked up in one query
# `<8 characters of an installation>-<32 hexadecimal characters>`
_OURS = re.compile(r"(?P<head>[A-Za-z0-9]{8})-[0-9a-f]{32}")
_NEVER_MADE = (Status.QUEUED, Status.SUBMITTING, Status.REJECTED, Status.CANCELLED)
_WAITS = (Status.SUBMITTING, Status.UNCERTAIN, Status.HELD)


@dataclass
class Reading:
    """How far one endpoint's list was read. `trouble`: why not to its end; "" where it was."""

    endpoint: Endpoint
    pages: int = 0
    trouble: str = ""
    tasks: dict[str, Report] = field(default_factory=dict)


@dataclass(frozen=True)
class Foreign:
    """A task that no order here has made; `whose` says by its name who may have."""

    endpoint: str
    task: Report
    whose: str

    @property
    def created_at(self) -> datetime | None:
        return _moment(self.task.created_ms)


@dataclass(frozen=True)
class Listing:
    """What the comparison found. `unlisted` are orders that were sent and are not in the list,
    `found` those that wait and are: asking about them settles them."""

    account: Account
    days: int
    readings: tuple[Reading, ...]
    foreign: tuple[Foreign, ...]
    unlisted: tuple[Generation, ...]
    found: tuple[Generation, ...]

    @property
    def is_promised(self) -> bool:
        """Whether the account's documents promise such a list."""
        return self.account.dialect.lists_tasks


def compare(account: Account, *, days: int) -> Listing:
    """Read the account's lists to their ends and hold our orders of the last `days` against them.

    A list that cannot be read leaves out its endpoint's orders: nothing is said of them.
    """
    began = timezone.now()
    since = began - timedelta(days=days)
    readings = tuple(_read_all(account))
    listed = {task_id: one for reading in readings for task_id, one in reading.tasks.items()}
    known = _known_of(account, listed)
    names = set(listed) | {task.external_task_id for task in listed.values()}
    whole = [reading.endpoint for reading in readings if not reading.trouble]
    sent = _sent(account, since=since, until=began - account.scaled(SETTLE), endpoints=whole)
    return Listing(
        account=account,
        days=days,
        readings=readings,
        foreign=tuple(_foreign(readings, known, since)),
        unlisted=tuple(row for row in sent if not _names(row) & names),
        found=tuple(row for row in _unanswered(account) if row.external_task_id in names),
    )


def _read_all(account: Account) -> Iterator[Reading]:
    for endpoint in account.dialect.endpoints:
        reading = Reading(endpoint)
        try:
            with accounts.client_for(account) as client:
                _read(client, reading)
        except (KlingError, AddressRefused) as error:
            reading.trouble = _trouble(error)
        yield reading


def _read(client: KlingClient, reading: Reading) -> None:
    """To the first page that brings nothing new: no total is told, nor that pages are full.

    Tasks made meanwhile move others to the next page, where they are seen twice and count once.
    """
    for page in range(1, MOST_PAGES + 1):
        tasks = client.list_tasks(reading.endpoint, page, PER_PAGE)
        reading.pages = page
        new = {task.task_id: task for task in tasks if task.task_id not in reading.tasks}
        if not new:
            return
        reading.tasks |= new
    reading.trouble = _("Kling shows %(n)s pages at most, and these were all full.") % {
        "n": MOST_PAGES
    }


def _trouble(error: KlingError | AddressRefused) -> str:
    if isinstance(error, AddressRefused):
        return error.words
    facts = [f"HTTP {error.http}"] if error.http else []
    facts += [_("code %(code)s") % {"code": error.code}] if error.code else []
    facts += [_("request %(id)s") % {"id": error.request_id[:80]}] if error.request_id else []
    return f"{error.words} ({', '.join(facts)})" if facts else error.words


def _orders(account: Account) -> QuerySet[Generation]:
    return Generation.objects.filter(account=account).select_related("order__revision__storyboard")


def _sent(
    account: Account, *, since: datetime, until: datetime, endpoints: list[Endpoint]
) -> QuerySet[Generation]:
    """Orders Kling took, or may have taken, so long before the list was read that it has them."""
    sent = Q(post_count__gt=0) | ~Q(kling_task_id="")
    rows = _orders(account).filter(
        sent, last_post_at__gte=since, last_post_at__lt=until, endpoint__in=endpoints
    )
    return rows.exclude(status__in=_NEVER_MADE).order_by("-last_post_at")


def _unanswered(account: Account) -> QuerySet[Generation]:
    """Orders of which nobody knows yet whether Kling has them."""
    return _orders(account).filter(status__in=_WAITS, kling_task_id="").order_by("pk")


@dataclass(frozen=True)
class _Known:
    """What of a list this installation has ordered: task ids, and by our own name for an order
    the task id it has ("" where nobody knows yet)."""

    tasks: set[str]
    names: dict[str, str]

    def whose(self, task: Report) -> str:
        """Whose it may be; "" for one of ours."""
        name = task.external_task_id
        if task.task_id in self.tasks:
            return ""
        if not name:
            return _("without a name")
        if name in self.names:
            return _("an order of ours, a second time") if self.names[name] else ""
        found = _OURS.fullmatch(name)
        if found is None:
            return _("another program")
        if found["head"] == Installation.head():
            return _("this installation, and no order here has it")
        return _("another Greenlight, %(head)s") % {"head": found["head"]}


def _known_of(account: Account, listed: dict[str, Report]) -> _Known:
    """By our own name for it an order of any account counts: two may share one contract."""
    known = _Known(set(), {})
    told = [task.external_task_id for task in listed.values() if task.external_task_id]
    for some in _some(told):
        named = Generation.objects.filter(external_task_id__in=some)
        known.names.update(named.values_list("external_task_id", "kling_task_id"))
    known.tasks.update(known.names.values())
    for some in _some(list(listed)):
        rows = Generation.objects.filter(account=account, kling_task_id__in=some)
        known.tasks.update(rows.values_list("kling_task_id", flat=True))
    return known


def _foreign(readings: tuple[Reading, ...], known: _Known, since: datetime) -> Iterator[Foreign]:
    """Newest first within each endpoint; one that does not say when it was made is shown."""
    for reading in readings:
        tasks = reading.tasks.values()
        for task in sorted(tasks, key=lambda task: task.created_ms or 0, reverse=True):
            found = Foreign(reading.endpoint, task, known.whose(task))
            if found.whose and (found.created_at is None or found.created_at >= since):
                yield found


def _names(row: Generation) -> set[str]:
    return {row.external_task_id, row.kling_task_id} - {""}


def _some(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), AT_ONCE):
        yield names[start : start + AT_ONCE]


def _moment(at_ms: int | None) -> datetime | None:
    """None where it is not told, or is a moment no calendar has."""
    try:
        return datetime.fromtimestamp(at_ms / 1000, tz=UTC) if at_ms is not None else None
    except (ValueError, OverflowError, OSError):
        return None

"""The health page and the banners in states that a whole installation is in, one after the other.

Each is brought about, the page is drawn by its own view and kept, and the next one follows: a
picture is taken of what was kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from django.db import transaction
from django.test import Client
from django.utils import timezone

from storyboard.models import (
    Account,
    Doorbell,
    Generation,
    Heartbeat,
    Lease,
    Revision,
    Status,
    Take,
    Team,
    User,
    health,
)
from storyboard.models.installation import LEASE, VERSION
from storyboard.models.room import Room

# Brings it about; what it gives is left when the page is drawn.
State = Callable[[Team], AbstractContextManager[object] | None]
GIB = 1024**3
USED_UP = "The account's resource pack is used up or has expired. Buy a pack in Kling's console."


def keep_well() -> None:
    """A worker seems to look for work for the next ten years: no other page misses one."""
    Lease.hold("sweep", owner="the screens", seconds=10 * 365 * 86400)


class Kept:
    """`pages`: the name of a screen → its path, and with `: page` its HTML as an owner saw it."""

    def __init__(self, owner: User, team: Team, wide: Team, revision: Revision) -> None:
        self.team, self.wide, self.revision = team, wide, revision
        self.browser = Client(headers={"host": "127.0.0.1"})
        self.browser.force_login(owner)
        self.pages: dict[str, str] = {}

    def make(self) -> dict[str, str]:
        self.keep("health", self.health, well)
        self.keep("health without a worker", self.health, well, no_worker, waiting_order)
        self.keep("health without a broker", self.health, well, no_broker)
        self.keep("health out of reach", self.health, well, out_of_reach)
        self.keep("health of a full disk", self.health, well, disk(1.2))
        self.keep("health full", f"/teams/{self.wide.key}/health/", well, crowd(self.wide))
        for name, path in self.places().items():
            self.keep(f"alarms on a {name}", path, no_worker, out_of_reach, disk(1.2), late_film)
        self.keep("alarm on a draft", self.places()["draft"], well, out_of_reach)
        late = f"/revisions/{on_its_way(self.team).revision.key}/"
        self.keep("fetching late", late, well, late_film)
        return self.pages

    @property
    def health(self) -> str:
        return f"/teams/{self.team.key}/health/"

    def places(self) -> dict[str, str]:
        board = self.revision.storyboard
        return {
            "project": f"/projects/{board.project.key}/",
            "draft": f"/storyboards/{board.key}/",
            "revision": f"/revisions/{self.revision.key}/",
        }

    def keep(self, name: str, path: str, *states: State) -> None:
        with ExitStack() as stack:
            stack.enter_context(undone())
            for state in states:
                if patched := state(self.team):
                    stack.enter_context(patched)
            answer = self.browser.get(path)
            assert answer.status_code == 200, (name, answer.status_code)
        page = answer.content.decode()
        # An open page would ask how it is now.
        page = re.sub(r'<live-pulse src="[^"]*"', "<live-pulse", page)
        page = re.sub(r"<here-now.*?</here-now>", "", page, flags=re.DOTALL)
        self.pages |= {name: path, f"{name}: page": page}


@contextmanager
def undone() -> Iterator[None]:
    """What is written meanwhile was never written."""
    with transaction.atomic(), patch.object(health, "REMEMBERED", 0.0):
        yield
        transaction.set_rollback(True)


def well(_team: Team) -> AbstractContextManager[object] | None:
    """A worker looks for work, the bell is heard, nothing waits for long."""
    Heartbeat.beat("here:boot:1:2", host="studio-1", pid=4711, version=VERSION)
    Heartbeat.objects.update(started_at=ago(hours=3))
    now = timezone.now()
    Lease.objects.update(until=now + timedelta(seconds=LEASE))
    Doorbell.objects.update_or_create(pk=1, defaults={"rung_at": now, "heard_at": now})
    Take.objects.update(told_late_days=0)
    Generation.objects.filter(next_at__lte=now).update(next_at=now + timedelta(hours=1))
    return disk(212.0)(_team)


def no_worker(_team: Team) -> AbstractContextManager[object] | None:
    Heartbeat.objects.update(seen_at=ago(minutes=4, seconds=10))
    Lease.objects.update(until=ago(minutes=4))
    Doorbell.objects.update(rung_at=ago(minutes=4), heard_at=ago(minutes=4))
    return None


def waiting_order(team: Team) -> AbstractContextManager[object] | None:
    """The longest has been due for as long as nobody looks."""
    mine = Generation.objects.filter(order__revision__storyboard__project__team=team)
    due = mine.filter(status=Status.QUEUED).values("pk")
    Generation.objects.filter(pk__in=due).update(next_at=ago(minutes=4), lease_until=ago(minutes=9))
    return None


def no_broker(_team: Team) -> AbstractContextManager[object] | None:
    Doorbell.objects.update(failing_since=ago(minutes=52), failed_at=ago(seconds=12))
    return None


def out_of_reach(team: Team) -> AbstractContextManager[object] | None:
    team.accounts.update(unreachable_since=ago(minutes=38), failures=9)
    return None


def late_film(team: Team) -> AbstractContextManager[object] | None:
    """Made two days ago and not here yet; Kling clears it in 28 days."""
    film, made_at = on_its_way(team), ago(days=2)
    Take.objects.filter(pk=film.pk).update(told_late_days=1, created_at=made_at)
    Generation.objects.filter(pk=film.generation_id).update(
        result_expires_at=ago(days=-28), status_at=made_at, last_post_at=made_at,
        words="The disk is full.",
    )  # fmt: skip
    return None


def on_its_way(team: Team) -> Take:
    return Take.objects.filter(storyboard__project__team=team, stored_at=None)[0]


def disk(free: float) -> State:
    def nearly(_team: Team) -> AbstractContextManager[object] | None:
        stack = ExitStack()
        now = Room(int(free * GIB), 500 * GIB)
        stack.enter_context(patch("storyboard.views.health_lines.room", lambda: now))
        nearly_full = patch("storyboard.views.alarms.storage_is_nearly_full", lambda: free < 2)
        stack.enter_context(nearly_full)
        return stack

    return nearly


def crowd(wide: Team) -> State:
    """Thirty accounts in every state and a dozen workers of two versions."""

    def many(_team: Team) -> AbstractContextManager[object] | None:
        for number in range(12):
            version = VERSION if number % 4 else "0.0.9"
            name = f"studio-{number + 1}.render.example"
            Heartbeat.beat(f"{name}:1", host=name, pid=4000 + number, version=version)
        accounts = list(wide.accounts.order_by("pk"))
        for row in accounts[5:9]:
            Account.objects.filter(pk=row.pk).update(tripped_at=ago(days=2), tripped_words=USED_UP)
        return None

    return many


def ago(**length: float) -> datetime:
    return timezone.now() - timedelta(**length)

"""An approved order at a Kling that runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from pytest_django import Settings

from storyboard.models import (
    Account,
    Element,
    Generation,
    Project,
    Revision,
    Status,
    Storyboard,
    Team,
    User,
)
from storyboard.steps.machine import step
from tests import builders
from tests.media.odd import plain_film
from tests.steps import film_host, kling
from tests.steps.film_host import FilmHost
from tests.steps.homes import Made, ready
from tests.steps.making import at

REMEMBERED = (
    *("status_at", "waits_since", "last_post_at", "absent_first_at", "hinted_at", "answered_at"),
)


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with kling.simulator(tmp_path_factory.mktemp("simulator")) as address:
        yield address


@pytest.fixture
def scripted() -> Iterator[kling.ScriptedKling]:
    with kling.scripted() as server:
        yield server


@pytest.fixture
def real(simulator: str, account: Account, settings: Settings) -> Account:
    """The team's account, at a simulator that runs."""
    return at(simulator, account, settings)


@pytest.fixture
def keeper(team: Team, account: Account, alice: User) -> Element:
    return builders.make_element("Keeper", team=team, by=alice)


@pytest.fixture(autouse=True)
def _a_disk_of_ones_own(settings: Settings) -> None:
    settings.TIME_SCALE = 10.0
    settings.PUBLIC_URL = ""
    Path(settings.MEDIA_ROOT).mkdir(parents=True)


class Orders:
    """Makes queued orders at an address and steps them."""

    def __init__(self, project: Project, account: Account, alice: User, bob: User) -> None:
        self.project, self.account, self.alice, self.bob = project, account, alice, bob

    def at(
        self,
        address: str,
        settings: Settings,
        shots: tuple[tuple[str, int], ...] = builders.TWO_SHOTS,
        model: str = "",
    ) -> Generation:
        settings.ALLOW_PRIVATE_HOSTS = frozenset({urlsplit(address).netloc})
        long_ago = timezone.now() - timedelta(days=400)
        Account.objects.filter(pk=self.account.pk).update(address=address, key_set_at=long_ago)
        self.project.refresh_from_db()
        self.project.team.refresh_from_db()
        board: Storyboard = builders.make_storyboard(self.project, by=self.alice, shots=shots)
        if model:
            board.rewrite({"model": model, "mode": "std", "sound": False}, by=self.alice)
        revision: Revision = builders.make_revision(board, by=self.alice)
        builders.approve(revision, by=self.bob)
        return builders.order(Revision.objects.get(pk=revision.pk), by=self.alice)


@pytest.fixture
def orders(project: Project, account: Account, alice: User, bob: User) -> Orders:
    return Orders(project, account, alice, bob)


def go(row: Generation, times: int = 1) -> Generation:
    """Take steps as if each wait were over; returns the row as it stands."""
    for _ in range(times):
        Generation.objects.filter(pk=row.pk, next_at__isnull=False).update(
            next_at=timezone.now(), lease_until=timezone.now()
        )
        step(row.pk)
    return Generation.objects.get(pk=row.pk)


def age(row: Generation, **delta: float) -> None:
    """Let time pass for a row: everything it remembers happened earlier by this much."""
    past = timedelta(**delta)
    row.refresh_from_db()
    for name in REMEMBERED:
        if getattr(row, name) is not None:
            setattr(row, name, getattr(row, name) - past)
    row.save()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return plain_film(tmp_path_factory.mktemp("film") / "film.mp4").read_bytes()


@pytest.fixture
def host() -> Iterator[FilmHost]:
    with film_host.film_host() as running:
        yield running


@pytest.fixture
def made(orders: Orders, scripted: kling.ScriptedKling, host: FilmHost, settings: Settings) -> Made:
    """An order whose film Kling has made, and which nobody has fetched."""

    def make() -> Generation:
        row = orders.at(scripted.address, settings)
        settings.ALLOW_PRIVATE_HOSTS |= {urlsplit(host.address).netloc}
        scripted.script.append(lambda _path, body: kling.task(body))
        scripted.script.append(ready(row, host))
        row = go(row, times=2)
        assert row.status == Status.FETCHING
        return row

    return make

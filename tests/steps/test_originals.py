"""The original of a film is kept first, and from there on Kling is not needed."""

from __future__ import annotations

import errno
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from storyboard.media.films import FilmRefused
from storyboard.models import Generation, Status, Take, Zombie
from storyboard.models.files import DiskFiles
from storyboard.steps import store
from tests.steps import kling
from tests.steps.conftest import go
from tests.steps.film_host import FilmHost, whole
from tests.steps.homes import Made, all_stored, stored

pytestmark = pytest.mark.django_db


def test_the_original_is_kept_before_anything_made_from_it(
    made: Made, host: FilmHost, film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    real = DiskFiles.keep

    def keep(self: DiskFiles, path: Path, name: str, **more: Any) -> None:
        kept.append(name)
        real(self, path, name, **more)

    monkeypatch.setattr(DiskFiles, "keep", keep)
    host.last = whole(film)
    take = Take.objects.get(generation=go(made()))
    assert kept == [take.video, take.poster, take.filmstrip, *take.stills]


@pytest.mark.parametrize("is_cleared", [False, True])
def test_an_original_that_is_kept_is_never_fetched_again(
    is_cleared: bool,
    storage: str,
    made: Made,
    host: FilmHost,
    film: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The pictures fail first; then Kling may have cleared the film, and it comes home all the
    same."""
    host.script = [whole(film)]
    row = made()
    if is_cleared:
        Generation.objects.filter(pk=row.pk).update(
            result_expires_at=timezone.now() - timedelta(days=1)
        )
    with monkeypatch.context() as failing:
        failing.setattr(store, "inspect", _no_room)
        row = go(row)
    take = Take.objects.get(generation=row)
    assert (row.status, take.stored_at) == (Status.FETCHING, None)
    assert stored(take.video) == film
    assert go(row).status == Status.STORED
    assert host.asked == 1
    take.refresh_from_db()
    assert stored(take.video) == film
    assert (len(take.stills), stored(take.poster)[:2]) == (2, b"\xff\xd8")


def _no_room(*_given: object, **_more: object) -> None:
    raise OSError(errno.ENOSPC, "no room")


@pytest.mark.parametrize("is_cleared", [False, True])
def test_the_last_copy_of_a_film_is_not_thrown_away(
    is_cleared: bool, made: Made, host: FilmHost, film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever cannot look into it now may be wrong, and Kling has it no more."""
    host.last = whole(film)
    row = made()
    with monkeypatch.context() as failing:
        failing.setattr(store, "inspect", _no_film)
        if is_cleared:
            Generation.objects.filter(pk=row.pk).update(result_expires_at=timezone.now())
        row = go(row)
    assert (row.status, bool(all_stored())) == (Status.FETCHING, is_cleared)
    assert go(row).status == Status.STORED
    assert host.asked == (1 if is_cleared else 2)


def test_a_held_order_whose_film_is_kept_needs_kling_no_more(
    made: Made,
    host: FilmHost,
    film: bytes,
    scripted: kling.ScriptedKling,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Workers died at its pictures until it was held, and Kling has forgotten it since."""
    host.last = whole(film)
    row = made()
    with monkeypatch.context() as failing:
        failing.setattr(store, "inspect", _no_room)
        row = go(row)
    a_month_ago = timezone.now() - timedelta(days=31)
    Generation.objects.filter(pk=row.pk).update(
        status=Status.HELD, hold_reason="crashes", last_post_at=a_month_ago
    )
    asked = len(scripted.asked)
    assert go(row).status == Status.FETCHING
    assert go(row).status == Status.STORED
    assert (len(scripted.asked), host.asked) == (asked, 1)


def _no_film(*_given: object, **_more: object) -> None:
    raise FilmRefused("limits", "The film takes too much time or memory to read.")


def test_the_poster_is_there_before_the_rest(
    storage: str, made: Made, host: FilmHost, film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a worker that ends then leaves nothing to fetch."""
    monkeypatch.setattr(store, "_keep_pictures", _no_room)
    host.script = [whole(film)]
    row = go(made())
    take = Take.objects.get(generation=row)
    assert (row.status, take.stored_at) == (Status.FETCHING, None)
    assert stored(take.poster)[:2] == b"\xff\xd8"


def test_a_worker_that_lost_its_lease_drops_nothing(
    made: Made, host: FilmHost, film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it takes for no film may be another worker's by now."""
    monkeypatch.setattr(store, "inspect", _no_room)
    host.script = [whole(film)]
    row = go(made())
    take = Take.objects.get(generation=row)
    late = Generation.objects.get(pk=row.pk)
    Generation.objects.filter(pk=row.pk).update(fence=row.fence + 1)
    with pytest.raises(Zombie):
        store.drop_original(late, take)
    assert stored(Take.objects.get(pk=take.pk).video) == film


def test_a_film_without_pictures_is_kept_when_it_stays_so(
    made: Made, host: FilmHost, film: bytes
) -> None:
    start = film.index(b"mdat") + 4
    end = start + int.from_bytes(film[start - 8 : start - 4]) - 8
    dark = film[:start] + os.urandom(end - start) + film[end:]
    host.last = whole(dark)
    row = go(made(), times=5)
    assert (row.status, row.words) == (Status.FETCHING, "The film cannot be decoded.")
    assert all_stored() == [], "another try may bring a better one"
    row = go(row)
    take = Take.objects.get(generation=row)
    assert row.status == Status.STORED
    assert stored(take.video) == dark
    assert (take.poster, take.filmstrip, take.stills) == ("", "", [])

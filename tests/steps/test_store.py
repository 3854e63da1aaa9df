"""A film comes home whole or not at all, to the disk and to a bucket alike."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from storyboard.media.pictures import clean_picture
from storyboard.models import Activity, Generation, Picture, Status, Take
from storyboard.models import files as storages
from storyboard.models.files import parts_folder
from storyboard.steps import fetch as fetching
from storyboard.steps import store
from storyboard.steps.submit import wire_body
from tests import builders
from tests.media.odd import odd_film, plain_film
from tests.steps import film_host, kling
from tests.steps.conftest import Orders, go
from tests.steps.film_host import FilmHost, elsewhere, endless, page, status, whole
from tests.steps.homes import Made, all_stored, ready, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("odd")
    plain = plain_film(folder / "plain.mp4")
    return odd_film(plain, folder / "odd.mp4", video="libx265", audio="aac").read_bytes()


# Home


def test_what_is_stored_is_what_kling_served_byte_for_byte(
    storage: str, made: Made, host: FilmHost, film: bytes
) -> None:
    host.last = whole(film)
    row = go(made())
    take = Take.objects.get(generation=row)
    assert row.status == Status.STORED
    assert stored(take.video) == film
    assert take.sha256 == hashlib.sha256(film).hexdigest()
    assert (take.size_bytes, take.playable) == (len(film), "")
    assert take.plays == take.video == f"takes/{take.sha256[:2]}/{take.sha256}.mp4"
    for picture in (take.poster, take.filmstrip, *take.stills):
        assert stored(picture)[:2] == b"\xff\xd8"
    assert (len(take.stills), len(take.peaks)) == (2, 240)
    assert list(parts_folder().iterdir()) == []


def test_a_film_few_browsers_play_gets_a_copy_and_stays_as_it_was(
    storage: str, made: Made, host: FilmHost, odd: bytes, tmp_path: Path
) -> None:
    host.last = whole(odd)
    row = go(made())
    take = Take.objects.get(generation=row)
    assert row.status == Status.STORED
    assert stored(take.video) == odd
    assert take.sha256 == hashlib.sha256(odd).hexdigest()
    assert (take.video_codec, take.audio_codec) == ("hevc", "aac")
    assert take.plays == take.playable == f"takes/{take.sha256[:2]}/{take.sha256}-plays.mp4"
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(stored(take.playable))
    assert store.inspect(copy, tmp_path, []).facts.plays_everywhere


def test_a_film_of_which_no_copy_can_be_made_is_stored_without(
    made: Made, host: FilmHost, odd: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object, **_more: object) -> None:
        raise store.FilmRefused("limits", "It takes too long.")

    monkeypatch.setattr(store, "make_playable", refuse)
    host.last = whole(odd)
    row = go(made())
    take = Take.objects.get(generation=row)
    assert (row.status, take.playable) == (Status.STORED, "")
    assert stored(take.plays) == odd


def test_doing_it_twice_leaves_one_of_each(
    storage: str, made: Made, host: FilmHost, film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a death between the last file and the row."""
    host.last = whole(film)
    row = made()
    with monkeypatch.context() as dying:
        dying.setattr(store, "_commit", _no_database)
        assert go(row).status == Status.FETCHING
    once = sorted(all_stored())
    row = go(row)
    assert row.status == Status.STORED
    assert sorted(all_stored()) == once
    assert len([name for name in once if name.endswith(".mp4")]) == 1


def _no_database(*_given: object, **_more: object) -> None:
    raise LookupError("the database went away")


def test_the_first_frame_is_sent_from_where_it_is_kept(
    storage: str, orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    clean = clean_picture(builders.png())
    picture = Picture.keep(clean, team=orders.project.team)
    revision = row.order.revision
    revision.first_frame, row.body = picture, {**row.body, "image": f"sha256:{picture.sha256}"}
    sent = wire_body(row)["image"]
    assert hashlib.sha256(base64.b64decode(sent)).hexdigest() == picture.sha256


# Not this time


def redirected(_film: bytes) -> film_host.Serving:
    return elsewhere("http://127.0.0.1:9/metadata")


BAD = {
    "cut in the middle": lambda film: whole(film[: len(film) // 2], says=len(film)),
    "shorter than it says": lambda film: whole(film, says=len(film) + 9),
    "half a film, told as a whole one": lambda film: whole(film[: len(film) // 2]),
    "nothing": lambda _film: whole(b""),
    "a page": lambda _film: page(),
    "a failing server": lambda _film: status(503),
    "forbidden": lambda _film: status(403),
    "not found": lambda _film: status(404),
    "gone": lambda _film: status(410),
    "led to the loopback address": redirected,
    "2 GiB, told": lambda _film: endless([], says=2 * 1024**3),
}


@pytest.mark.parametrize("name", BAD)
def test_what_comes_wrong_once_comes_home_the_next_time(
    name: str,
    made: Made,
    host: FilmHost,
    film: bytes,
    scripted: kling.ScriptedKling,
) -> None:
    row = made()
    host.script, host.last = [BAD[name](film)], whole(film)
    scripted.script.append(ready(row, host))  # asked for only where the link died
    row = go(row)
    assert (row.status, row.hold_reason) == (Status.FETCHING, "")
    assert row.words
    assert all_stored() == []
    assert list(parts_folder().iterdir()) == []
    row = go(row)
    assert row.status == Status.STORED
    assert stored(Take.objects.get(generation=row).video) == film


@pytest.mark.parametrize("gone", [403, 404, 410])
def test_a_dead_link_is_asked_for_anew(
    gone: int, made: Made, host: FilmHost, scripted: kling.ScriptedKling
) -> None:
    row = made()
    host.script = [status(gone)]
    scripted.script.append(ready(row, host))
    row = go(row)
    assert row.words == "Kling's link had died; a fresh one is here."
    assert scripted.script == []


def test_what_never_ends_is_cut_off_at_the_limit(
    made: Made, host: FilmHost, settings: Settings
) -> None:
    settings.MAX_FILM_BYTES = 100_000
    sent: list[int] = []
    host.last = endless(sent)
    row = go(made())
    assert row.status == Status.FETCHING
    assert "larger than this server takes" in row.words
    assert sum(sent) < 20_000_000
    row = go(row, times=5)
    assert (row.status, row.hold_reason) == (Status.HELD, "too_large")
    assert row.next_at is not None, "it is looked for again"


def test_a_film_as_large_as_may_be_is_taken(
    made: Made, host: FilmHost, film: bytes, settings: Settings
) -> None:
    settings.MAX_FILM_BYTES = len(film)
    host.last = whole(film)
    assert go(made()).status == Status.STORED


def test_a_trouble_of_the_network_does_not_count_as_a_refusal(
    made: Made, host: FilmHost, film: bytes
) -> None:
    row = made()
    host.script = [status(503)] * 8 + [page()]
    host.last = whole(film)
    row = go(row, times=9)
    assert (row.status, row.hold_reason) == (Status.FETCHING, "")
    assert go(row).status == Status.STORED


# No room


FULL_AT = {
    "the part": (fetching, "download"),
    "its fsync": (os, "fsync"),
    "the pictures": (store, "inspect"),
    "the rename": (Path, "replace"),
    "the storage": (storages.DiskFiles, "keep"),
}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("place", FULL_AT)
def test_a_full_disk_keeps_the_order_and_says_so(
    place: str,
    number: int,
    made: Made,
    host: FilmHost,
    film: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_given: object, **_more: object) -> None:
        raise OSError(number, os.strerror(number))

    host.last = whole(film)
    row = made()
    with monkeypatch.context() as filled:
        filled.setattr(*FULL_AT[place], full)
        row = go(row)
    assert (row.status, row.hold_reason, row.crash_count) == (Status.FETCHING, "", 0)
    assert row.words == (
        "The film is kept. Its pictures are made when our storage takes them."
        if place == "the pictures"
        else "The disk is full; the film waits at Kling."
    )
    assert row.next_at is not None
    assert list(parts_folder().iterdir()) == []
    row = go(row)
    assert row.status == Status.STORED
    assert stored(Take.objects.get(generation=row).video) == film


def test_a_bucket_that_is_away_keeps_the_order_and_says_so(
    made: Made, host: FilmHost, film: bytes, request: pytest.FixtureRequest
) -> None:
    host.last = whole(film)
    row = made()
    request.getfixturevalue("no_bucket")
    row = go(row)
    assert row.status == Status.FETCHING
    assert row.words == "The film could not be written to our storage. It waits at Kling."
    assert list(parts_folder().iterdir()) == []


def test_nothing_new_is_ordered_while_the_disk_takes_nothing(
    orders: Orders,
    scripted: kling.ScriptedKling,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = orders.at(scripted.address, settings)

    def full(*_given: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as filled:
        filled.setattr(storages, "TemporaryFile", full)
        row = go(row)
    assert (row.status, row.post_count) == (Status.QUEUED, 0)
    assert row.words == "Our storage is full or does not answer, so nothing is sent."
    scripted.script.append(lambda _path, body: kling.task(body))
    assert go(row).status == Status.RUNNING


def test_nothing_new_is_ordered_while_the_bucket_is_away(
    no_bucket: None, orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = go(orders.at(scripted.address, settings))
    assert (row.status, row.post_count, row.crash_count) == (Status.QUEUED, 0, 0)
    assert row.words == "Our storage is full or does not answer, so nothing is sent."
    assert scripted.posts == []


def test_nothing_new_is_ordered_while_the_storage_of_a_first_frame_is_away(
    orders: Orders,
    scripted: kling.ScriptedKling,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = orders.at(scripted.address, settings)

    def away(*_given: object) -> None:
        raise OSError("the storage is away")

    monkeypatch.setattr("storyboard.steps.submit.wire_body", away)
    row = go(row)
    assert (row.status, row.post_count, row.crash_count) == (Status.QUEUED, 0, 0)
    assert row.words == "Our storage is full or does not answer, so nothing is sent."
    assert scripted.posts == []


# Late


def wait_since(row: Generation, **ago: float) -> None:
    """The film was made that long ago; the account runs at ten times the speed."""
    Take.objects.filter(generation=row).update(created_at=timezone.now() - timedelta(**ago))


def told(row: Generation) -> list[tuple[int, str]]:
    rows = Activity.objects.filter(verb="generation.film_waits").order_by("pk")
    return [(each.data["days"], each.sentence) for each in rows]


def test_a_film_that_is_late_is_told_after_a_day_and_after_a_week(
    made: Made, host: FilmHost, film: bytes
) -> None:
    host.script, host.last = [status(503)] * 5, whole(film)
    row = go(made())
    assert (told(row), list(Take.objects.films_waiting())) == ([], [])
    wait_since(row, hours=2.5)
    row = go(row)
    row = go(row)
    [(days, words)] = told(row)
    assert row.result_expires_at is not None
    assert days == 1
    assert words == (
        "is still fetching the film of revision 1 after 1 d; "
        f"Kling keeps it until {row.result_expires_at.date().isoformat()}"
    )
    [take] = Take.objects.films_waiting()
    assert (take.generation_id, take.link_dies_at) == (row.pk, row.result_expires_at)
    wait_since(row, hours=17)
    row = go(row)
    row = go(row)
    assert [days for days, _words in told(row)] == [1, 7]
    assert go(row).status == Status.STORED
    assert list(Take.objects.films_waiting()) == []


def test_after_the_thirty_days_a_film_that_is_still_there_comes_home(
    made: Made, host: FilmHost, film: bytes
) -> None:
    row = made()
    Generation.objects.filter(pk=row.pk).update(
        result_expires_at=timezone.now() - timedelta(days=1)
    )
    host.last = whole(film)
    assert go(row).status == Status.STORED


@pytest.mark.parametrize("name", ["not found", "a page", "a failing server", "2 GiB, told"])
def test_after_the_thirty_days_what_does_not_come_is_lost(
    name: str,
    made: Made,
    host: FilmHost,
    film: bytes,
    scripted: kling.ScriptedKling,
) -> None:
    row = made()
    Generation.objects.filter(pk=row.pk).update(
        result_expires_at=timezone.now() - timedelta(days=1)
    )
    host.last = BAD[name](film)
    scripted.script.append(ready(row, host))
    row = go(row)
    assert row.status == Status.LOST
    assert row.words == (
        "The film could not be fetched within Kling's 30 days, and Kling has cleared it."
    )
    assert list(Take.objects.films_waiting()) == []

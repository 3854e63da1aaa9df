"""Drawing previews: kept before the row says so, once, and beside everything else."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from storyboard import tasks
from storyboard.media.films import probe
from storyboard.models import Animatic, Storyboard, User
from storyboard.models.animatics import KEPT
from storyboard.models.files import DiskFiles, files, parts_folder
from storyboard.steps import animatic
from storyboard.steps.animatic import NICENESS, Easel, discard_left_over, draw
from storyboard.steps.owner import me, take_over_from_the_dead
from storyboard.steps.sweep import Sweeper
from tests import builders


@pytest.fixture
def asked(storyboard: Storyboard, alice: User) -> Animatic:
    builders.give_first_frame(storyboard, by=alice)
    return Animatic.ask(storyboard, by=alice)


def film_of(row: Animatic) -> Path:
    return Path(files().path(row.file))


def wait_for(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end and not is_so():
        time.sleep(0.05)
    return is_so()


def test_it_is_drawn_kept_and_ready(asked: Animatic) -> None:
    assert draw(asked.pk)
    asked.refresh_from_db()
    assert (asked.status, asked.done_seconds, asked.lease_owner) == ("ready", 5, "")
    assert asked.size_bytes == film_of(asked).stat().st_size
    assert probe(film_of(asked)).duration_ms == 5000
    assert list(parts_folder().iterdir()) == []
    assert not draw(asked.pk)


def test_what_was_deleted_meanwhile_is_nobodys(asked: Animatic) -> None:
    Animatic.objects.all().delete()
    assert not draw(asked.pk)


def test_the_file_is_kept_before_the_row_says_so(
    asked: Animatic, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    finish = Animatic.finish

    def watched(row: Animatic, size_bytes: int) -> bool:
        seen.append(film_of(row).is_file())
        return finish(row, size_bytes)

    monkeypatch.setattr(Animatic, "finish", watched)
    draw(asked.pk)
    assert seen == [True]


def test_killed_between_file_and_row_it_is_drawn_again_and_there_is_one_file(
    asked: Animatic, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(_row: Animatic, _size: int) -> bool:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Animatic, "finish", die)
        with pytest.raises(Killed):
            draw(asked.pk)
    assert not draw(asked.pk)  # its lease stands
    Animatic.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert draw(asked.pk)
    asked.refresh_from_db()
    assert (asked.status, asked.tries) == ("ready", 2)
    assert [path.name for path in film_of(asked).parent.iterdir()] == [film_of(asked).name]


def test_what_a_dead_process_of_this_machine_was_drawing_is_free_at_once(asked: Animatic) -> None:
    host, boot, _pid, _started, thread = me().rsplit(":", 4)
    asked.claim(f"{host}:{boot}:999999:1:{thread}")
    assert not Animatic.objects.due().exists()
    take_over_from_the_dead()
    assert list(Animatic.objects.due()) == [asked]


def test_one_that_another_worker_has_taken_is_left_to_it(
    asked: Animatic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(row: Animatic, _done: int) -> bool:
        Animatic.objects.filter(pk=row.pk).update(lease_owner="other", tries=2)
        return False

    monkeypatch.setattr(Animatic, "tell", lose)
    assert draw(asked.pk)
    asked.refresh_from_db()
    assert (asked.status, asked.lease_owner) == ("rendering", "other")
    assert not film_of(asked).exists()


def test_a_storage_that_refuses_is_said_in_words(
    asked: Animatic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(DiskFiles, "keep", full)
    assert draw(asked.pk)
    asked.refresh_from_db()
    assert asked.status == "failed"
    assert "storage" in asked.words


def test_a_mistake_of_ours_is_said_in_words(
    asked: Animatic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(animatic, "render_animatic", lambda *_given, **_named: 1 / 0)
    assert draw(asked.pk)
    asked.refresh_from_db()
    assert asked.status == "failed"
    assert "Draw it again" in asked.words


def test_a_picture_that_is_gone_gives_way_to_the_words(asked: Animatic) -> None:
    files().delete(asked.showing.shots[0].picture)
    draw(asked.pk)
    asked.refresh_from_db()
    assert asked.is_ready


# The easel


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_told_to_stop_puts_it_back_at_once(
    storyboard: Storyboard, alice: User
) -> None:
    storyboard.shots.get(position=1).rewrite({"seconds": 55}, by=alice)
    row = Animatic.ask(storyboard, by=alice)
    easel = Easel()
    easel.start()
    easel.draw_soon(row.pk)
    assert wait_for(lambda: Animatic.objects.get(pk=row.pk).done_seconds > 0)
    started = time.monotonic()
    easel.stop()
    assert wait_for(lambda: Animatic.objects.get(pk=row.pk).status == "waiting")
    assert time.monotonic() - started < 2.5
    row.refresh_from_db()
    assert (row.tries, list(parts_folder().iterdir())) == (0, [])
    easel.draw_soon(row.pk)  # nobody is there any more
    assert Animatic.objects.get(pk=row.pk).status == "waiting"


def test_the_easel_draws_one_at_a_time_with_low_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once: list[int] = []
    under_way: list[int] = []
    nice: list[int] = []

    def watched(pk: int, **_named: object) -> bool:
        under_way.append(pk)
        at_once.append(len(under_way))
        nice.append(os.getpriority(os.PRIO_PROCESS, 0))
        time.sleep(0.05)
        under_way.remove(pk)
        return True

    before = os.getpriority(os.PRIO_PROCESS, 0)
    monkeypatch.setattr(animatic, "draw", watched)
    easel = Easel()
    easel.start()
    for pk in (1, 2, 3, 1):
        easel.draw_soon(pk)
    assert wait_for(lambda: len(at_once) == 3)
    assert wait_for(lambda: not under_way)
    easel.stop()
    assert at_once == [1, 1, 1]
    assert nice == [max(before, NICENESS)] * 3
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


@pytest.mark.django_db(transaction=True)
def test_the_sweep_finds_one_whose_bell_nobody_heard(asked: Animatic, settings: Settings) -> None:
    sweeper = Sweeper()
    sweeper.start()
    try:
        assert wait_for(lambda: Animatic.objects.get(pk=asked.pk).is_ready)
    finally:
        sweeper.stop()
        sweeper.join(10)
        sweeper.hands.shutdown(wait=True)


def test_the_bell_brings_it_to_the_easel(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    monkeypatch.setattr(tasks.EASEL, "draw_soon", heard.append)
    tasks.draw_animatic(7)
    assert heard == [7]


# What goes


def test_the_files_of_old_previews_go_with_their_rows(storyboard: Storyboard, alice: User) -> None:
    rows = []
    for n in range(KEPT + 1):
        storyboard.shots.get(position=1).rewrite({"prompt": f"Boat {n}.", "seconds": 1}, by=alice)
        rows.append(Animatic.ask(storyboard, by=alice))
        draw(rows[-1].pk)
    assert [film_of(row).exists() for row in rows] == [False] + [True] * KEPT
    assert not Animatic.objects.filter(pk=rows[0].pk).exists()


def test_a_file_that_cannot_be_deleted_keeps_its_row_for_the_next_time(
    asked: Animatic, storyboard: Storyboard, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(asked.pk)
    storyboard.delete_draft(by=alice)

    def away(*_given: object) -> None:
        raise OSError("away")

    with monkeypatch.context() as patch:
        patch.setattr(DiskFiles, "delete", away)
        discard_left_over()
    assert Animatic.objects.filter(pk=asked.pk).exists()
    discard_left_over()
    assert not Animatic.objects.exists()
    assert not film_of(asked).exists()

"""P6, P8 and P9: the film, its host, the hands, what is counted of a kill and beside notes.

Nothing is timed.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import transaction
from django.utils import timezone

from storyboard.media.films import probe
from storyboard.models import Generation, Status, Take
from tests.bench import clip, films, hands, notes, recovery, seed
from tests.bench.protocol import Timing
from tests.services.process import free_port

ADDRESS = "http://127.0.0.1:9"


class Answers:
    """A desk that gives the prepared answers of each verb one after the other."""

    def __init__(self, **answers: list[Any]) -> None:
        self.answers, self.asked = answers, [""]

    def ask(self, verb: str, **about: Any) -> Any:
        self.tell(verb, **about)
        return self.hear()

    def tell(self, verb: str, **_about: Any) -> None:
        self.asked.append(verb)

    def hear(self) -> Any:
        return self.answers[self.asked[-1]].pop(0)


# The film and its host


def test_the_clip_is_a_film_of_the_agreed_size(tmp_path: Path) -> None:
    clip.render_clip(tmp_path / "clip.mp4")
    facts = probe(tmp_path / "clip.mp4")
    assert facts.size_bytes == clip.SIZE_BYTES
    assert (facts.width, facts.height, facts.duration_ms) == (1920, 1080, 10_000)
    assert facts.plays_everywhere


def test_no_two_films_of_the_host_are_alike(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"a film")
    with clip.film_host(tmp_path / "clip.mp4", free_port()) as address:
        came = [httpx.get(f"{address}/{name}.mp4").content for name in ("1", "2", "1")]
    assert [each[:6] for each in came] == [b"a film"] * 3
    assert len({hashlib.sha256(each).hexdigest() for each in came}) == 2


# The hands


@pytest.mark.django_db
def test_hands_order_and_finish_by_the_products_own_verbs() -> None:
    told = hands.settle(ADDRESS)
    assert hands.settle(ADDRESS)["page"] == told["page"], "a figure may be measured twice"
    assert told["patience_s"] > 1
    queued = hands.order(5)
    assert hands.standing(queued) == {str(pk): "queued" for pk in queued}
    assert len(queued) == 5
    [made] = hands.finish(1, ADDRESS)
    assert hands.standing([made]) == {str(made): "fetching"}
    assert Take.objects.get(generation=made).url == f"{ADDRESS}/{made}.mp4"


@pytest.mark.django_db(transaction=True)
def test_hands_see_each_thing_at_the_commit_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def home(row: Generation) -> None:
        take = Take.objects.filter(generation=row)
        with transaction.atomic():
            take.update(video="a.mp4")
            time.sleep(0.05)  # nobody sees it yet
        take.update(poster="a.jpg")
        if row.pk == whole:
            take.update(stored_at=timezone.now())

    monkeypatch.setattr(hands, "fetch", home)
    hands.settle(ADDRESS)
    [whole, other] = hands.finish(2, ADDRESS)
    came = hands.bring_home([whole])
    assert 50 <= came["kept"] <= came["poster"] <= came["stored"]
    assert set(hands.bring_home([other])) == {"kept", "poster"}


@pytest.mark.django_db
def test_hands_see_progress_in_another_status_alone() -> None:
    hands.settle(ADDRESS)
    pks = hands.order(2)
    before = hands.standing(pks)
    assert hands.progress(before, 0.05) == {}
    Generation.objects.filter(pk=pks[0]).update(status=Status.RUNNING)
    assert set(hands.progress(before, 0.05)) == {"first"}
    Generation.objects.filter(pk=pks[1]).update(status=Status.RUNNING)
    assert set(hands.progress(before, 0.05)) == {"first", "last"}
    assert set(hands.drain(pks, 0.05).values()) == {"running"}


# The figures


def a_host(tmp_path: Path, came: dict[str, float]) -> films.Films:
    told: Any = Answers(finish=[[1]], bring_home=[came], forget=[1])
    return films.Films(told, tmp_path / "clip", tmp_path, ADDRESS)


def test_a_film_that_does_not_come_home_is_no_figure(tmp_path: Path) -> None:
    came = {"kept": 20.0, "poster": 300.0, "stored": 1000.0}
    assert a_host(tmp_path, came).bring() == came
    with pytest.raises(AssertionError, match="did not come home"):
        a_host(tmp_path, {"kept": 20.0}).bring()


def test_the_floor_copies_and_leaves_nothing(tmp_path: Path) -> None:
    one = a_host(tmp_path, {})
    one.clip.write_bytes(b"x" * 1000)
    assert one.copy() > 0
    assert [path.name for path in tmp_path.iterdir()] == ["clip"]


@pytest.mark.parametrize(("count", "place"), [(1, 0), (19, 18), (20, 19), (100, 95)])
def test_p95_is_what_one_in_twenty_exceeds(count: int, place: int) -> None:
    assert films.p95([float(n) for n in reversed(range(count))]) == place


class Falling(recovery.House):
    """Nothing is started and nothing killed."""

    def begin(self) -> None:
        return

    def kill(self) -> None:
        return

    def until_pages(self) -> None:
        return


@pytest.mark.parametrize(
    ("ended", "charged", "stuck", "miscounted"),
    [
        ({"a": "stored", "b": "stored"}, ["a", "b"], 0, 0),
        ({"a": "stored", "b": "uncertain"}, ["a", "b"], 1, 0),
        ({"a": "stored", "b": "stored"}, ["a", "b", "b"], 0, 1),
        ({"a": "stored", "b": "stored"}, ["a"], 0, 1),
        ({"a": "stored", "b": "stored"}, ["a", "b", "somebody else's"], 0, 0),
    ],
)
def test_what_is_stuck_or_charged_otherwise_than_once_is_counted(
    ended: dict[str, str], charged: list[str], stuck: int, miscounted: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    class Ledger:
        ledger = [{"external_task_id": name} for name in charged]

    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    told: Any = Answers(
        order=[[1], [2]],
        standing=[{"1": "queued"}, {"1": "running", "2": "stored"}],
        progress=[{"first": 1.0}, {"first": 1e9, "last": 2e9}],
        drain=[ended],
    )
    stack: Any = Ledger()
    fall = recovery._fall(Falling("sqlite", stack, told, "session", "/", 10.0))
    assert (fall.stuck, fall.miscounted, fall.in_flight) == (stuck, miscounted, ["running"])
    assert 0 < fall.first < fall.last


def test_a_kill_with_nothing_in_flight_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    told: Any = Answers(
        order=[[1], [2]],
        standing=[{"1": "queued"}, {"1": "stored", "2": "stored"}],
        progress=[{"first": 1.0}],
    )
    stack: Any = None
    with pytest.raises(AssertionError, match="come home before the kill"):
        recovery._fall(Falling("sqlite", stack, told, "session", "/", 10.0))


@pytest.mark.django_db
def test_hands_gather_two_hundred_at_takes_that_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed, "VIEWERS", 3)
    hands.settle(ADDRESS)
    told = hands.gather()
    assert len(told["viewers"]) == 3
    assert len(told["takes"]) == seed.TAKES
    assert hands.notes() == seed.NOTES
    assert told["here"]["stream"] != told["elsewhere"]["stream"]
    assert told["here"]["pulse"].startswith("/takes/")
    assert len(hands.order(2)) == 2, "orders go on where there are two projects"


class Heard:
    """Notes that took so long each, in milliseconds."""

    answers = 5
    statuses = {200: 5}

    def __init__(self, took: float) -> None:
        self.took = took

    def percentile(self, _part: float) -> float:
        return self.took


@pytest.mark.parametrize(
    ("kept", "ended", "holds"),
    [(25, "running", True), (24, "running", False), (25, "stored", False)],
    ids=["all is well", "a note is gone", "the orders were done too soon"],
)
def test_notes_count_only_beside_orders_in_flight_and_when_kept(
    kept: int, ended: str, holds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rounds of two slots, and one slot all of them watch: 25 notes with the warm-up's."""

    class Watching:
        opened = 2

        def __init__(self, *_told: object, **_more: object) -> None:
            return

        def close(self) -> None:
            return

    took = iter([Heard(1.0), Heard(10.0), Heard(15.0), Heard(10.0), Heard(18.0), Heard(90.0)])
    rows = {"1": "running", "2": "running"}
    told: Any = Answers(
        notes=[0, kept + 5],
        serial=[7] * 3,
        order=[[1, 2]] * 3,
        standing=[rows, {"1": "running", "2": ended}] * 3,
        drain=[{"a": "failed", "b": "failed"}] * 3,
    )
    load: Any = type("Load", (), {"ask": lambda *_asked, **_more: next(took)})()
    monkeypatch.setattr(notes, "Audience", Watching)
    monkeypatch.setattr(notes.Room, "_let_kling_finish", lambda _room: None)
    monkeypatch.setattr(notes.Room, "post", lambda _room, _place: ("", ""))
    monkeypatch.setattr(notes, "AT_KLING", 2)
    page = {"stream": "/live/", "pulse": "/pulse/"}
    gathered = {
        "viewers": ["a", "b"],
        "takes": ["/takes/k/notes/"],
        "here": page,
        "elsewhere": page,
    }
    stack: Any = type("Web", (), {"port": 1})()
    figure = notes.measure(notes.Room("sqlite", stack, told, gathered), load, Timing(rounds=2))
    assert figure.median == pytest.approx(1.65)
    assert figure.details["one_noting_while_all_watch_ms"]["p95"] == 90.0
    assert figure.holds is holds

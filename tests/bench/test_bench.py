"""The bench's own arithmetic and the shape of what it writes; nothing here is timed."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import pytest

from storyboard.kling.payloads.lines import answer
from tests.bench import briefs, run, saves, visits, watchers
from tests.bench.figures import Condition, Figure, Round, steady, table
from tests.bench.load import TOKEN, Heard, form, get, keep_asking, post
from tests.bench.machine import State, noise
from tests.bench.protocol import Timing
from tests.bench.run import FIGURES, read, write


def figure(
    ratios: list[float], *, goal: float | None = 6.0, better: str = "lower", limit: float = 12
) -> Figure:
    return Figure(
        "P1", "sqlite", "Opening a storyboard", "CPU ms a page",
        [Round(2 * ratio, 2.0) for ratio in ratios], goal,
        better=better,  # type: ignore[arg-type]
        conditions=[Condition("queries", 12, limit)],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ratios", "holds"),
    [
        ([4.0, 5.0, 5.5, 5.9, 6.0], True),
        ([4.0, 5.0, 5.5, 5.9, 60.0], True),  # one bad round in five
        ([4.0, 5.0, 5.5, 6.1, 6.1], False),  # two, although the median passes
        ([4.0, 5.0, 6.1, 6.1, 6.1], False),
        ([6.1], False),
        ([5.9], True),
    ],
)
def test_the_median_and_four_of_five_rounds_must_pass(ratios: list[float], holds: bool) -> None:
    assert figure(ratios).holds is holds


def test_a_rate_passes_when_it_is_high_enough() -> None:
    assert figure([0.5, 0.6, 0.7, 0.8, 0.4], goal=0.5, better="higher").holds
    assert not figure([0.4, 0.4, 0.4, 0.8, 0.9], goal=0.5, better="higher").holds


def test_a_condition_that_fails_fails_the_figure() -> None:
    assert not figure([1.0], limit=11).holds
    assert "queries: 12, at most 11  DOES NOT HOLD" in table([figure([1.0], limit=11)])


def test_a_condition_may_be_the_least() -> None:
    least = Condition("judged a second", 3000, 3000, better="higher")
    assert least.holds
    assert not replace(least, value=2999).holds
    enough = figure([1.0], goal=None)
    enough.conditions = [replace(least, value=2999)]
    assert not enough.holds
    assert "judged a second: 2999, at least 3000  DOES NOT HOLD" in table([enough])


def test_the_bodies_of_c1_differ_and_every_third_is_refused() -> None:
    lines = briefs.bodies(60)
    assert len(set(lines)) == 60
    refused = [bool(answer(line).errors) for line in lines]
    assert refused == [briefs.is_spoilt(number) for number in range(60)]
    assert {refused.count(True), refused.count(False)} == {20, 40}


def test_c1_asks_the_real_process() -> None:
    told = briefs.measure(Timing(rounds=1, slot=0.01, warm=0.0))
    assert told.rounds[0].ours > 0
    assert [each.name for each in told.conditions] == ["judged a second"]


def test_c1_alone_starts_no_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "RESULT", tmp_path / "latest.json")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "serving", None)
    monkeypatch.setattr(run.briefs, "measure", lambda _timing: figure([1.0]))
    monkeypatch.setattr(run, "versions", lambda _root: {})
    assert run.main(["--figure", "C1", "--patience", "0"]) == 0
    assert len(json.loads((tmp_path / "latest.json").read_text())["figures"]) == 1


def test_p9_has_an_installation_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    houses = []

    @contextmanager
    def house(stack: str, folder: Path) -> Iterator[str]:
        houses.append((stack, folder.name))
        yield stack

    monkeypatch.setattr(run, "RESULT", tmp_path / "latest.json")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "serving", None)
    monkeypatch.setattr(run.recovery, "house", house)
    monkeypatch.setattr(run.recovery, "measure", lambda _house, _timing: figure([1.0]))
    monkeypatch.setattr(run, "versions", lambda _root: {})
    assert run.main(["--figure", "P9", "--patience", "0"]) == 0
    assert houses == [("sqlite", "sqlite-P9"), ("postgres", "postgres-P9")]
    assert len(json.loads((tmp_path / "latest.json").read_text())["figures"]) == 2


def test_p8_has_one_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = []

    @contextmanager
    def room(stack: str, folder: Path) -> Iterator[str]:
        rooms.append((stack, folder.name))
        yield stack

    monkeypatch.setattr(run.notes, "room", room)
    monkeypatch.setattr(run.notes, "measure", lambda _room, _load, _timing: figure([1.0]))
    with run.own_task("P8", "sqlite", tmp_path / "sqlite-P8", Timing()) as measure:
        assert measure().holds
    assert rooms == [("sqlite", "sqlite-P8")]


def test_a_figure_without_a_goal_is_for_information() -> None:
    assert figure([100.0], goal=None).holds
    assert "for information" in table([figure([100.0], goal=None)])


def test_what_is_noisy_and_does_not_hold_is_measured_once_more() -> None:
    noisy, good = figure([9.0]), figure([3.0])
    noisy.noisy = ["others were at work before"]
    waiting = iter([noisy, good])
    assert steady(lambda: next(waiting)) is good
    assert good.repeated


def test_what_does_not_hold_on_a_calm_machine_stays_so() -> None:
    bad = figure([9.0])
    waiting = iter([bad, figure([3.0])])
    assert steady(lambda: next(waiting)) is bad


def test_a_drift_of_the_processor_is_noise() -> None:
    before, same, slower = (State(0.5, 1.0, 2.0, spin) for spin in (10.0, 11.0, 12.0))
    assert noise(before, same, calm=True) == []
    assert "20%" in noise(before, slower, calm=True)[0]
    assert noise(before, same, calm=False) == ["others were at work before"]


def test_percentiles_and_rates() -> None:
    heard = Heard(2.0, {200: 100}, [float(number) for number in range(100, 0, -1)])
    assert heard.rate == 50
    assert (heard.percentile(0.5), heard.percentile(0.95), heard.percentile(1)) == (51, 96, 100)


def test_a_stream_that_ends_behind_nginx_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """nginx ends the answer of a process that stops, and keeps the connection unless told."""
    monkeypatch.setattr(watchers, "RETRY", 0.01)
    opened: list[bytes] = []

    async def nginx(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        if b"\r\nConnection: close\r\n" in opened[-1]:
            writer.close()

    async def watch() -> None:
        server = await asyncio.start_server(nginx, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        viewer = watchers.Viewer(port, "key", "/live/", "/pulse/", may_break=True)
        listening = asyncio.create_task(viewer._listen())
        async with asyncio.timeout(5):
            while len(opened) < 3:
                await asyncio.sleep(0.01)
        listening.cancel()
        server.close()

    asyncio.run(watch())


@pytest.mark.parametrize(("slow", "answers"), [(0.0, 9), (0.06, 9)])
def test_people_ask_at_their_pace_however_slow_the_answers(slow: float, answers: int) -> None:
    """Two of them, each tenth of a second, for 0.43 s: five questions and four."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_answer, args=(server, slow), daemon=True).start()
        order = {"port": server.getsockname()[1], "requests": [get("/", "key")]}
        told = keep_asking(order | {"seconds": 0.43, "count": 2, "every": 0.1})
    assert told["statuses"] == {200: answers}
    assert min(told["times_ms"]) >= slow * 1000


def _answer(server: socket.socket, slow: float) -> None:
    def talk(line: socket.socket) -> None:
        with line:
            while line.recv(65536):
                time.sleep(slow)
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    for _ in range(2):
        line, _address = server.accept()
        threading.Thread(target=talk, args=(line,), daemon=True).start()


def test_requests_are_whole() -> None:
    head, body = post("/callbacks/kling/token/", "{}")
    assert head.startswith("POST /callbacks/kling/token/ HTTP/1.1\r\n")
    assert "Content-Length: 2\r\n\r\n" in head
    assert body == "{}"
    assert get("/", "key")[0].endswith("Cookie: session=key\r\n\r\n")


def test_a_form_is_sent_as_our_modules_send_it() -> None:
    head, body = form("/shots/key/", "mine", {"prompt": "a b"})
    assert body == "prompt=a+b"
    assert "Content-Length: 10\r\n" in head
    assert f"Cookie: session=mine; csrf={TOKEN}\r\nX-CSRFToken: {TOKEN}\r\n" in head


def test_each_save_changes_the_prompt() -> None:
    posts = saves.saves("/shots/key/", "mine")
    sent = [dict(parse_qsl(body))["prompt"] for _head, body in posts]
    assert len(set(sent)) == len(sent) > 1


def test_what_measures_needs_no_settings_of_the_product() -> None:
    """The bench itself runs beside the installations it measures."""
    done = subprocess.run(
        [sys.executable, "-c", "import tests.bench.run"], cwd=run.ROOT, env=_without_django()
    )
    assert done.returncode == 0


def _without_django() -> dict[str, str]:
    return {name: said for name, said in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}


PAGE = """<link rel="icon" href="/static/icon.1.svg">
<link rel="stylesheet" href="/static/app.1.css">
<link rel="preload" href="/static/font.1.woff2"><script src="/static/htmx.1.js" defer></script>
<script src="/static/old.1.js"></script><script type="module" src="/static/app.1.js"></script>
<svg><use href="/static/icons.1.svg#mark"></use><use href="/static/icons.1.svg#dot"></use></svg>
<live-pulse src="/pulse/"></live-pulse>"""


def test_a_visit_counts_what_a_browser_asks_for() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        kept = {"Cache-Control": "max-age=315360000, immutable"}
        if request.url.path == "/":
            return httpx.Response(200, headers={"X": "y"}, text=PAGE)
        return httpx.Response(200, headers=kept, stream=httpx.ByteStream(b"x" * 1000))

    found = visits.visit("http://here.example", "/", "mine", httpx.MockTransport(answer))
    assert sorted(found.bytes) == [
        "/", "/static/app.1.css", "/static/app.1.js", "/static/htmx.1.js", "/static/icon.1.svg",
        "/static/icons.1.svg", "/static/old.1.js",
    ]  # fmt: skip
    assert found.requests == 8
    assert found.blocking == ["/static/app.1.css", "/static/old.1.js"]
    assert 6 < found.kb < 9
    assert found.repeated_kb < 1.5


def test_the_result_has_the_agreed_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "bench" / "latest.json"
    monkeypatch.setattr("tests.bench.run.RESULT", target)
    monkeypatch.setattr("tests.bench.run.ROOT", tmp_path)
    write([figure([4.0, 5.0, 6.0])], read([]))
    told = json.loads(target.read_text())
    row = told["figures"][0]
    assert (row["id"], row["stack"], row["goal"], row["holds"]) == ("P1", "sqlite", 6.0, True)
    assert row["ratio"] == {"min": 4.0, "median": 5.0, "max": 6.0}
    assert {"at", "seed", "versions", "rounds"} <= set(told)


def test_everything_is_measured_unless_less_is_asked_for() -> None:
    assert read([]).figure == list(FIGURES)
    assert read([]).stack == ["sqlite", "postgres"]
    assert read(["--figure", "P3", "--stack", "sqlite"]).figure == ["P3"]
    assert {"P1s", "P3", "P6", "P7", "P8", "P9"} <= set(FIGURES)

"""The hands of a campaign: the storage that is full, callers nobody asked for, a patient reader."""

from __future__ import annotations

import errno
import json
import random
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from tests.faults import strangers
from tests.faults.browser import Browser
from tests.faults.fullness import VARIABLE, tally
from tests.faults.storage import MayBeFull
from tests.services.process import free_port

ADDRESSEES = [
    {"token": "a" * 43, "external_id": "ours-1", "task_id": "1", "account": "a", "has_ended": True},
    {
        "token": "b" * 43,
        "external_id": "ours-2",
        "task_id": "2",
        "account": "b",
        "has_ended": False,
    },
]
PAUSE = 0.01


class Door(BaseHTTPRequestHandler):
    """Notes what is posted; the page /broken is."""

    heard: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        self.heard.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self._answer(200)

    def do_GET(self) -> None:
        self._answer(500 if self.path == "/broken" else 200)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Says nothing."""


@pytest.fixture
def door() -> Iterator[ThreadingHTTPServer]:
    Door.heard = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_storage_is_full_while_the_flag_is_there_and_says_how_often(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    flag = tmp_path / "full"
    monkeypatch.setenv(VARIABLE, str(flag))
    storage, film = MayBeFull(), tmp_path / "film.part"
    film.write_bytes(b"film")
    flag.touch()
    for _ in range(2):
        with pytest.raises(OSError, match="space") as refused:
            storage.keep(film, "takes/film.mp4")
        assert refused.value.errno == errno.ENOSPC
    assert tally(flag).stat().st_size == 2
    assert film.exists()
    flag.unlink()
    storage.keep(film, "takes/film.mp4")
    assert (tmp_path / "media" / "takes" / "film.mp4").read_bytes() == b"film"


def knock(how: str, port: int) -> tuple[str, Any]:
    """Whom a forged callback went to, and what it said."""
    Door.heard.clear()
    assert strangers.forge(how, f"http://127.0.0.1:{port}", ADDRESSEES, random.Random(1))
    [(path, body)] = Door.heard
    return path, body if how == "junk" else json.loads(body)


def test_a_late_forgery_says_failed_of_what_has_ended(door: ThreadingHTTPServer) -> None:
    path, told = knock("late", door.server_port)
    assert path == f"/callbacks/kling/{'a' * 43}/"
    assert (told["task_id"], told["task_status"]) == ("1", "failed")


def test_anothers_success_comes_under_ones_own_name(door: ThreadingHTTPServer) -> None:
    path, told = knock("other", door.server_port)
    assert path == f"/callbacks/kling/{'b' * 43}/"
    assert (told["task_id"], told["task_info"]["external_task_id"]) == ("1", "ours-2")
    assert told["task_status"] == "succeed"


def test_junk_is_no_report(door: ThreadingHTTPServer) -> None:
    _path, body = knock("junk", door.server_port)
    assert body in strangers.JUNK


def test_a_forgery_that_does_not_arrive_is_not_counted() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    assert not strangers.forge("late", address, ADDRESSEES, random.Random(1))


def test_slow_lines_are_counted_as_they_are_let_in(door: ThreadingHTTPServer) -> None:
    assert strangers.press_slowly(door.server_port, 5, 0.1) == 5
    assert strangers.press_slowly(free_port(), 5, 0.1) == 0


def test_a_browser_notes_errors_and_silence(
    door: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.faults.browser.EVERY", 0.01)
    browser = Browser(f"http://127.0.0.1:{door.server_port}", "session", ["/fine/"])
    browser.start()
    browser.visit("/broken")
    while len(browser._answers) < 3:
        time.sleep(PAUSE)
    assert {(one.path, one.status) for one in browser.stop()} == {("/fine/", 200), ("/broken", 500)}
    nobody = Browser(f"http://127.0.0.1:{free_port()}", "session", ["/"])
    nobody.start()
    while not nobody._answers:
        time.sleep(PAUSE)
    assert nobody.stop()[0].status == 0

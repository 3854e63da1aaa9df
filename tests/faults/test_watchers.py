"""A follower hears what a stream says, over its breaks, and notices what it never said."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.faults.evidence import Evidence, Feed, Happened
from tests.faults.invariants import LATE_SECONDS, count
from tests.faults.watchers import Follower, serials


@dataclass
class Teller:
    """Streams that say what a test puts in, a list of events for each opening; then they break."""

    openings: list[list[str]]
    asked: list[dict[str, str]] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def teller() -> Iterator[Teller]:
    told = Teller([])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append({**self.headers, "path": self.path})
            if not told.openings:
                self.send_error(503)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for event in told.openings.pop(0):
                self.wfile.write(f"{event}\n\n".encode())

        def log_message(self, *words: object) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    told.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield told
    server.shutdown()
    server.server_close()


def followed(teller: Teller, *, asked: int) -> Feed:
    """What a follower heard until it had opened the stream so often."""
    follower = Follower(teller.address, "cookie", "project", retry=0.01)
    follower.start()
    until = time.monotonic() + 10
    while len(teller.asked) < asked and time.monotonic() < until:
        time.sleep(0.01)
    feed = follower.stop()
    follower.join(5)
    assert not follower.is_alive()
    return feed


def told(*events: int) -> list[str]:
    return [f"id: {serial}\ndata: {serial}" for serial in events]


def test_a_follower_hears_over_a_break_and_says_where_it_was(teller: Teller) -> None:
    teller.openings = [["retry: 2000", *told(3, 4)], [*told(6), "event: beat\ndata: 6"]]
    feed = followed(teller, asked=3)
    assert [heard.serial for heard in feed.heard] == [3, 4, 6, 6]
    assert len({heard.opened_at for heard in feed.heard}) == 2
    first, second, *_later = teller.asked
    assert first["path"] == "/live/projects/project/"
    assert first["Cookie"] == "session=cookie"
    assert "Last-Event-ID" not in first
    assert second["Last-Event-ID"] == "4"


def test_a_stream_that_ends_for_this_viewer_says_nothing_more() -> None:
    assert list(serials(["id: 1", "data: 1", "", "event: gone", "data: gone", "", "data: 2"])) == [
        1
    ]


def test_a_serial_that_is_never_told_is_a_gap(teller: Teller) -> None:
    teller.openings = [told(3), told(4)]
    feed = followed(teller, asked=3)
    ended = Feed(feed.project, feed.heard, feed.ended_at + LATE_SECONDS + 1)
    happened = tuple(Happened("project", serial, feed.ended_at - 1) for serial in (1, 2, 3, 4))
    assert count(Evidence(feeds=(ended,), happened=happened))["gaps"] == 0
    silent = Happened("project", 5, feed.ended_at - 1)
    assert count(Evidence(feeds=(ended,), happened=(*happened, silent)))["gaps"] == 1

"""Streams of a real web process, on either database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from storyboard.views.live import MOST_STREAMS
from tests.live.hand import PEOPLE
from tests.live.installation import Installation
from tests.live.reader import Ended, Reader

STREAMS = 200
SOON = 2.0  # seconds; the second process' own work is in it


async def open_streams(web: Installation, number: int) -> list[Reader]:
    """Streams of everybody in turn, each past its first event."""
    people = [f"person{1 + n % PEOPLE}" for n in range(number)]
    readers = await asyncio.gather(*(Reader.open(web, person) for person in people))
    assert {reader.status for reader in readers} == {200}
    await asyncio.gather(*(reader.serial(30) for reader in readers))
    return readers


async def eventually(what: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


def test_it_says_where_the_stream_is_and_then_each_change(web: Installation) -> None:
    async def scenario() -> None:
        before = (await asyncio.to_thread(web.do, "change"))["serial"]
        reader = await Reader.open(web, "person1")
        assert reader.status == 200
        assert reader.headers["content-type"] == "text/event-stream"
        assert "no-cache" in reader.headers["cache-control"]
        assert reader.headers["x-accel-buffering"] == "no"
        first = await reader.event()
        assert first == {"retry": "2000", "id": str(before), "data": str(before)}
        for _ in range(3):
            began = time.monotonic()
            serial = (await asyncio.to_thread(web.do, "change"))["serial"]
            assert await reader.event() == {"id": str(serial), "data": str(serial)}
            assert time.monotonic() - began < SOON

    asyncio.run(scenario())


def test_a_team_has_a_stream_too(web: Installation) -> None:
    async def scenario() -> None:
        reader = await Reader.open(web, "person1", f"/live/teams/{web.told['team']}/")
        before = await reader.serial()
        await asyncio.to_thread(web.do, "remove", "person2")
        await asyncio.to_thread(web.do, "invite", "person2")
        await reader.until(before + 2)

    asyncio.run(scenario())


def test_who_may_not_follow_gets_a_plain_refusal(web: Installation) -> None:
    assert web.get(web.stream) == 401
    assert web.get(web.stream, "stranger") == 404
    assert web.get(f"/live/projects/{'A' * 22}/", "person1") == 404
    assert web.get(f"/live/teams/{web.told['project']}/", "person1") == 404


def test_two_hundred_streams_hold_few_threads_and_few_handles(web: Installation) -> None:
    async def scenario() -> None:
        readers = await open_streams(web, STREAMS)
        assert web.count_threads() <= 15
        # The tail's own, and what the four threads used: SQLite puts closed ones aside for the
        # next connection while another has the file open, PostgreSQL's pool does the like.
        assert web.count_database_handles() <= 8
        began = time.monotonic()
        assert await asyncio.to_thread(web.get, web.pulse, "person1") == 204
        assert time.monotonic() - began < 5, "an open page must not wait for the streams"
        serial = (await asyncio.to_thread(web.do, "change"))["serial"]
        await asyncio.gather(*(reader.until(serial) for reader in readers))
        for reader in readers:
            reader.leave()
        # Nobody follows any more: the tail and its handle go.
        await eventually(lambda: web.count_database_handles() <= (0 if web.is_sqlite else 5))

    asyncio.run(scenario())


def test_a_person_has_twelve_streams_and_gets_back_those_they_leave(web: Installation) -> None:
    async def scenario() -> None:
        readers = [await Reader.open(web, "person1") for _ in range(MOST_STREAMS)]
        await asyncio.gather(*(reader.serial() for reader in readers))
        assert await asyncio.to_thread(web.get, web.stream, "person1") == 429
        other = await Reader.open(web, "person2")
        assert other.status == 200
        readers[0].leave()
        status = 429
        for _ in range(50):
            again = await Reader.open(web, "person1")
            status = again.status
            if status == 200:
                break
            await asyncio.sleep(0.1)
        assert status == 200, "a client that left must be noticed"

    asyncio.run(scenario())


def test_the_stream_of_a_removed_member_ends_and_no_other(web: Installation) -> None:
    async def scenario() -> None:
        removed, stays = await Reader.open(web, "person3"), await Reader.open(web, "person4")
        await asyncio.gather(removed.serial(), stays.serial())
        await asyncio.to_thread(web.do, "remove", "person3")
        try:
            assert await removed.event() == {"event": "gone", "data": "gone"}
            with pytest.raises(Ended):
                await removed.event()
            serial = (await asyncio.to_thread(web.do, "change"))["serial"]
            await stays.until(serial)
            assert await asyncio.to_thread(web.get, web.stream, "person3") == 404
        finally:
            await asyncio.to_thread(web.do, "invite", "person3")

    asyncio.run(scenario())


def test_sigterm_ends_twenty_streams_at_once_and_a_new_process_misses_nothing(
    web: Installation,
) -> None:
    async def scenario() -> None:
        readers = await open_streams(web, 20)
        seconds = await asyncio.to_thread(web.stop)
        assert seconds < 1.5
        for reader in readers:
            with pytest.raises(Ended):
                await reader.event()
        web.do("change")
        serial = web.do("change")["serial"]
        await asyncio.to_thread(web.start)
        readers = [await Reader.open(web, "person1") for _ in range(3)]
        assert [await reader.serial() for reader in readers] == [serial] * 3

    asyncio.run(scenario())

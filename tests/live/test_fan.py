"""From one tail to many readers, on one event loop."""

from __future__ import annotations

import asyncio
import threading

from storyboard.live.fan import Fan
from storyboard.live.streams import Stream, read_signal
from tests.live.scripted import ScriptedTail

HERE, THERE = Stream("project", 1), Stream("project", 2)


def make_fan() -> tuple[Fan, type[ScriptedTail], threading.Event]:
    tail, ending = ScriptedTail.recorded(), threading.Event()
    return Fan(tail, ending=ending), tail, ending


def test_every_reader_of_a_stream_hears_and_nobody_else() -> None:
    async def scenario() -> None:
        fan, tail, _ending = make_fan()
        with (
            fan.listen(HERE, who=1) as one,
            fan.listen(HERE, who=2) as two,
            fan.listen(THERE, who=3) as other,
        ):
            assert set(fan.watched) == {HERE, THERE}
            await asyncio.to_thread(tail.made[0].say, {HERE: 7})
            assert await one.news(5) == {HERE: 7}
            assert await two.news(5) == {HERE: 7}
            assert await other.news(0.05) == {}

    asyncio.run(scenario())


def test_a_slow_reader_holds_the_newest_serial_alone() -> None:
    async def scenario() -> None:
        fan, tail, _ending = make_fan()
        with fan.listen(HERE, who=1) as ear:
            for serial in range(1, 2000):
                tail.made[0].say({HERE: serial})
            await asyncio.sleep(0)
            assert await ear.news(5) == {HERE: 1999}
            tail.made[0].say({HERE: 1998})  # an old word that comes late
            assert await ear.news(0.05) == {}

    asyncio.run(scenario())


def test_one_tail_runs_while_anybody_listens() -> None:
    async def scenario() -> None:
        fan, tail, _ending = make_fan()
        with fan.listen(HERE, who=1), fan.listen(THERE, who=1):
            assert [each.is_running for each in tail.made] == [True]
            assert fan.count(1) == 2
        assert [each.is_running for each in tail.made] == [False]
        assert (fan.count(1), fan.watched) == (0, ())
        with fan.listen(HERE, who=1):
            assert [each.is_running for each in tail.made] == [False, True]

    asyncio.run(scenario())


def test_a_new_tail_may_tell_what_the_one_before_has_told() -> None:
    async def scenario() -> None:
        fan, tail, _ending = make_fan()
        for _ in range(2):
            with fan.listen(HERE, who=1) as ear:
                tail.made[-1].say({HERE: 7})
                assert await ear.news(5) == {HERE: 7}

    asyncio.run(scenario())


def test_the_end_of_the_process_wakes_everybody() -> None:
    async def scenario() -> None:
        fan, _tail, ending = make_fan()
        with fan.listen(HERE, who=1) as one, fan.listen(THERE, who=2) as two:
            asyncio.get_running_loop().call_later(0.05, ending.set)
            async with asyncio.timeout(2):
                await asyncio.gather(one.news(60), two.news(60))
            assert (one.is_over, two.is_over) == (True, True)
        with fan.listen(HERE, who=1) as late:
            assert late.is_over, "who comes during the end is not kept"

    asyncio.run(scenario())


def test_a_signal_is_read_as_it_is_sent() -> None:
    assert read_signal("project:12:418") == {Stream("project", 12): 418}
    for nonsense in ("", "project", "project:12", "project:x:1", "project:1:", "::"):
        assert read_signal(nonsense) == {}

"""One stream and its viewer: what is said, and when it ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, aclosing
from dataclasses import dataclass

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client

from storyboard.live.fan import Fan
from storyboard.live.streams import Stream
from storyboard.models import Project, Team, User
from storyboard.views.live import MOST_STREAMS, Place, Rhythm, serials
from tests.conftest import SignedIn
from tests.live.scripted import ScriptedTail

_USUAL = Rhythm()


@dataclass
class Viewer:
    """Bob, who follows Alice's project at a scripted fan."""

    request: HttpRequest
    browser: Client
    place: Place
    tail: type[ScriptedTail]
    ending: threading.Event
    fan: Fan

    def follow(self, rhythm: Rhythm = _USUAL) -> Stream_:
        events = serials(self.request, self.place, fan=self.fan, rhythm=rhythm)
        return Stream_(events.__anext__, events.aclose)


@dataclass
class Stream_:
    """Events without the words about retrying."""

    read: Callable[[], Awaitable[str]]
    aclose: Callable[[], Awaitable[None]]

    async def next(self) -> str:
        async with asyncio.timeout(10):
            said = await self.read()
            return said if not said.startswith("retry") else await self.read()


@pytest.fixture
def viewer(signed_in: SignedIn, bob: User, project: Project, team: Team) -> Viewer:
    browser = signed_in(bob)
    project.refresh_from_db()
    request = HttpRequest()
    request.session = SessionStore(browser.session.session_key)
    request.user = bob
    tail, ending = ScriptedTail.recorded(), threading.Event()
    place = Place(Project, project.key, Stream("project", project.pk), Stream("team", team.pk), 0)
    return Viewer(request, browser, place, tail, ending, Fan(tail, ending=ending))


def says(serial: int) -> str:
    return f"id: {serial}\ndata: {serial}\n\n"


def test_it_begins_with_the_serial_of_now_and_says_the_newest_alone(
    viewer: Viewer, project: Project
) -> None:
    @async_to_sync
    async def scenario() -> None:
        async with aclosing(viewer.follow()) as stream:
            assert await stream.next() == says(project.serial)
            tail = viewer.tail.made[0]
            for serial in range(project.serial + 1, 9):
                tail.say({viewer.place.stream: serial})
            tail.say({Stream("project", 0): 99})
            assert await stream.next() == says(8)

    scenario()


def test_a_quiet_stream_beats_with_its_serial(viewer: Viewer, project: Project) -> None:
    @async_to_sync
    async def scenario() -> None:
        async with aclosing(viewer.follow(Rhythm(beat=0.05))) as stream:
            await stream.next()
            for _ in range(3):
                assert await stream.next() == f"event: beat\ndata: {project.serial}\n\n"

    scenario()


def test_a_change_in_the_team_asks_whether_the_viewer_still_may(
    viewer: Viewer, team: Team, bob: User, alice: User
) -> None:
    def remove() -> None:
        team.memberships.get(user=bob).remove(by=alice)

    @async_to_sync
    async def scenario() -> None:
        async with aclosing(viewer.follow(Rhythm(beat=0.05, ask_again=60))) as stream:
            await stream.next()
            await sync_to_async(remove)()
            assert "beat" in await stream.next(), "only the team's serial says it at once"
            viewer.tail.made[0].say({viewer.place.team: 99})
            assert "gone" in await stream.next()
            with pytest.raises(StopAsyncIteration):
                await stream.next()
        assert viewer.fan.count(bob.pk) == 0

    scenario()


@pytest.mark.parametrize("end", ["sign out", "removal", "rest"])
def test_rights_are_asked_again_now_and_then(
    viewer: Viewer, team: Team, bob: User, end: str
) -> None:
    def act() -> None:
        if end == "sign out":
            viewer.browser.logout()
        elif end == "removal":
            team.memberships.filter(user=bob).delete()
        else:
            User.objects.filter(pk=bob.pk).update(is_active=False)

    @async_to_sync
    async def scenario() -> None:
        async with aclosing(viewer.follow(Rhythm(beat=0.02, ask_again=0.2))) as stream:
            await stream.next()
            await sync_to_async(act)()
            said = ""
            while "beat" in (said := await stream.next()):
                pass
            assert said == "event: gone\ndata: gone\n\n"

    scenario()


def test_what_no_signal_told_is_found_when_rights_are_asked(
    viewer: Viewer, project: Project
) -> None:
    @async_to_sync
    async def scenario() -> None:
        async with aclosing(viewer.follow(Rhythm(ask_again=0.2))) as stream:
            await stream.next()
            await sync_to_async(Project.objects.filter(pk=project.pk).update)(serial=77)
            assert await stream.next() == says(77)

    scenario()


def test_of_streams_that_come_at_once_no_more_than_twelve_run(viewer: Viewer, bob: User) -> None:
    @async_to_sync
    async def scenario() -> None:
        with ExitStack() as others:
            for _ in range(MOST_STREAMS - 1):
                others.enter_context(viewer.fan.listen(viewer.place.stream, who=bob.pk))
            async with aclosing(viewer.follow()) as twelfth, aclosing(viewer.follow()) as next_one:
                assert "data" in await twelfth.next()
                with pytest.raises(StopAsyncIteration):
                    await next_one.next()
                assert viewer.fan.count(bob.pk) == MOST_STREAMS

    scenario()


def test_the_end_of_the_process_ends_the_stream(viewer: Viewer) -> None:
    @async_to_sync
    async def scenario() -> None:
        async with aclosing(viewer.follow()) as stream:
            await stream.next()
            asyncio.get_running_loop().call_later(0.05, viewer.ending.set)
            with pytest.raises(StopAsyncIteration):
                await stream.next()

    scenario()


def test_a_client_that_leaves_is_listened_for_no_more(viewer: Viewer, bob: User) -> None:
    @async_to_sync
    async def scenario() -> None:
        async def read() -> None:
            async with aclosing(viewer.follow()) as stream:
                while True:
                    await stream.next()

        reading = asyncio.create_task(read())
        while not viewer.fan.count(bob.pk):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        reading.cancel()
        await asyncio.wait([reading])
        assert viewer.fan.count(bob.pk) == 0
        assert not viewer.tail.made[0].is_running

    scenario()


def test_a_server_without_an_event_loop_says_so_at_once(
    signed_in: SignedIn, bob: User, charlie: User, project: Project, team: Team
) -> None:
    for address in (f"/live/projects/{project.key}/", f"/live/teams/{team.key}/"):
        assert Client().get(address).status_code == 401
        assert signed_in(charlie).get(address).status_code == 404
        assert signed_in(bob).get(address).status_code == 501
        assert signed_in(bob).post(address).status_code == 405

"""Streams of serials for open pages (text/event-stream, https://html.spec.whatwg.org/#sse).

    id: 418          an activity with this serial is there: ask the page's pulse
    data: 418
    event: beat      every 15 s, so that a silent death is noticed; says the serial again
    event: gone      the viewer may not see this any more

Nothing is replayed: the first event says where the stream is, and the page asks for the rest.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from storyboard.access import as_key, visible_to
from storyboard.live.fan import Fan
from storyboard.live.streams import Stream
from storyboard.models import Project, Team, User

BEAT_SECONDS = 15.0
# A member who was removed, a session that ended: the stream ends after this at the latest.
ASK_AGAIN_SECONDS = 30.0
RETRY_MS = 2000
MOST_STREAMS = 12  # a person has open in one process
PLAIN = "text/plain; charset=utf-8"

Followed = type[Project] | type[Team]

fan = Fan()


@dataclass(frozen=True)
class Rhythm:
    """Seconds between two beats, and between two questions whether the viewer may still see."""

    beat: float = BEAT_SECONDS
    ask_again: float = ASK_AGAIN_SECONDS


@dataclass(frozen=True)
class Place:
    """What a viewer follows: its own stream, the team's, and the serial it is at."""

    model: Followed
    key: str
    stream: Stream
    team: Stream
    serial: int


@require_GET
async def project(request: HttpRequest, key: str) -> HttpResponseBase:
    """The project's serials: the editor, revision, take, project and history pages follow it."""
    return await _answer(request, Project, key)


@require_GET
async def team(request: HttpRequest, key: str) -> HttpResponseBase:
    """The team's serials: the members and library pages follow it."""
    return await _answer(request, Team, key)


async def serials(
    request: HttpRequest,
    place: Place,
    *,
    fan: Fan = fan,
    rhythm: Rhythm = Rhythm(),
) -> AsyncIterator[str]:
    """Events until the process is about to end, the client leaves or the viewer may not see.

    The place is read again while the ear already listens, so that nothing falls in between.
    """
    said, asked_at, said_at = -1, -rhythm.ask_again, 0.0
    news: dict[Stream, int] = {}
    with fan.listen(*{place.stream, place.team}, who=request.user.pk) as ear:
        if fan.count(request.user.pk) > MOST_STREAMS:
            return  # several were let in at once; this one asks again and hears 429
        yield f"retry: {RETRY_MS}\n\n"
        while not ear.is_over:
            now = time.monotonic()
            if place.team in news or now - asked_at >= rhythm.ask_again:
                seen = await sync_to_async(_still_sees)(request, place)
                if seen is None:
                    yield "event: gone\ndata: gone\n\n"
                    return
                place, asked_at = seen, now
            serial = max(place.serial, news.get(place.stream, 0))
            if serial > said:
                yield f"id: {serial}\ndata: {serial}\n\n"
                said, said_at = serial, now
            elif now - said_at >= rhythm.beat:
                yield f"event: beat\ndata: {said}\n\n"
                said_at = now
            due = min(said_at + rhythm.beat, asked_at + rhythm.ask_again)
            news = await ear.news(due - time.monotonic())


async def _answer(request: HttpRequest, model: Followed, key: str) -> HttpResponseBase:
    """The stream; 401 signed out, 404 unseen, 501 without an event loop, 429 too many."""
    person = await sync_to_async(_person)(request)
    if person is None:
        return HttpResponse("Sign in to follow this.\n", PLAIN, 401)
    place = await sync_to_async(_place)(request.user, model, as_key(key))
    if place is None:
        return HttpResponse("There is nothing to follow here.\n", PLAIN, 404)
    if not isinstance(request, ASGIRequest):
        # A server with a thread for each answer would lose one for as long as a page is open.
        return HttpResponse("This process serves no streams; the page asks instead.\n", PLAIN, 501)
    if fan.count(person) >= MOST_STREAMS:
        return HttpResponse("Enough streams are open; the page asks instead.\n", PLAIN, 429)
    response = StreamingHttpResponse(serials(request, place), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _person(request: HttpRequest) -> int | None:
    pk: int | None = request.user.pk
    return pk


def _still_sees(request: HttpRequest, place: Place) -> Place | None:
    """Ask again from the session on: signed out, no longer active, no longer a member."""
    fresh = HttpRequest()
    fresh.session = type(request.session)(request.session.session_key)
    user = get_user(fresh)
    return _place(user, place.model, place.key) if isinstance(user, User) else None


def _place(user: User | AnonymousUser, model: Followed, key: str) -> Place | None:
    """Where the stream is, as far as this person may see it; leaves no connection open."""
    team = "pk" if model is Team else "team_id"
    try:
        row = visible_to(user, model).filter(key=key).values_list("pk", team, "serial").first()
    finally:
        # A stream lasts for hours; the test client's own transaction stays open.
        if not connection.in_atomic_block:
            connection.close()
    if row is None:
        return None
    pk, team_pk, serial = row
    name = str(model._meta.model_name)
    return Place(model, key, Stream(name, pk), Stream("team", team_pk), serial)

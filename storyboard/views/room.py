"""The review room: a take with its notes, the other takes, and the choice, as its page draws it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from storyboard.access import verbs_on
from storyboard.forms.notes import NoteForm
from storyboard.models import Note, Stage, Storyboard, Take, User
from storyboard.models.carrying import placed_notes
from storyboard.views import room_carried, room_verdicts
from storyboard.views.editor import is_script
from storyboard.views.gate import members_of
from storyboard.views.held_rows import held
from storyboard.views.progress import Progress, progress_of
from storyboard.views.room_pins import pins_of
from storyboard.views.room_thread import Ask, Thread, asked, rows_of, thread_of
from storyboard.views.shell import frame

# What a take, or the take of a note, is fetched with where this page is the answer.
OF_TAKE = (
    "storyboard__project__team",
    "revision__review",
    "revision__sent_by",
    "generation__account",
)
OF_NOTE = tuple(f"take__{path}" for path in OF_TAKE)
PLAYER_SHAPES = {"9:16": "r9-16", "1:1": "r1-1"}


class Typed(NamedTuple):
    """What was refused: of the composer, or of the form `what` of the note with this key."""

    what: str = "note"
    key: str = ""
    words: str = ""
    errors: Sequence[str] = ()


def page(request: HttpRequest, take: Take, *, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page, or with htmx the parts that can change, to be placed by their ids."""
    drawn = context(request, take, **more)
    if is_script(request):
        drawn["oob"] = True
        return render(request, "storyboard/takes/parts.html", drawn, status=status)
    return render(request, "storyboard/takes/show.html", drawn, status=status)


def answer(
    request: HttpRequest,
    take: Take,
    note: Note | None = None,
    *,
    new_note: Note | None = None,
    is_sent: bool = False,
) -> HttpResponse:
    """What a verb of a note is answered with: the take's page at that note, with htmx its parts.

    `new_note` is one that was just written; `is_sent` draws an empty composer.
    """
    if not is_script(request):
        return redirect(address(take, new_note or note, asked(request)))
    return page(request, take, new_note=new_note, is_sent=is_sent)


def address(take: Take, note: Note | None = None, ask: Ask | None = None) -> str:
    """Of a take's page, where it is read at one of its notes; a reply stands with its note."""
    here, ask = reverse("take", args=[take.key]), ask or Ask()
    root = (note.parent or note) if note else None
    if root:
        ask = ask._replace(note=root.key, start=None)
    query = ask.query()
    at = f"#note-{root.key}" if root else "#notes"
    return here + (f"?{query}" if query else "") + at


def context(
    request: HttpRequest, take: Take, *, new_note: Note | None = None, **more: Any
) -> dict[str, Any]:
    """All the page draws; what it costs does not grow with notes or takes."""
    board, revision, viewer = take.storyboard, take.revision, person(request)
    bounds = take.bounds()
    placed = placed_notes(take)
    thread = thread_of(asked(request), placed, viewer, new_note)
    carried = room_carried.context(take, placed, thread.shown)
    can = verbs_on(viewer, board)
    members = members_of(board)
    judged = room_verdicts.context(take, viewer, can, members)
    return {
        **frame(board.project, board),
        **carried,
        **judged,
        "take": take,
        "on": take.key,
        "revision": revision,
        "brief": revision.brief,
        "shape": PLAYER_SHAPES.get(revision.brief.aspect_ratio, ""),
        "bounds": bounds,
        "prompts": list(zip(bounds, revision.shots.all(), strict=True)),
        "shots_json": json.dumps([_bound(each) for each in bounds]),
        "start_ms": _start_of(thread),
        "placed": placed,
        "pins": pins_of(take, placed.here),
        "thread": thread,
        "rows": rows_of(
            thread,
            take,
            carried["answers"],
            viewer=viewer,
            can=can,
            new_note=new_note,
            held=held(request),
        ),
        "tab": thread.ask.tab,
        "new_note": new_note,
        "note_form": NoteForm(take=take),
        "people": [member.user for member in members],
        "decisions": revision.review.last_decisions(),
        "is_picked": board.picked_take_id == take.pk,
        "progress": _progress(take),
        "stage": _stage(board, judged["strip"]),
        "can": can,
        "cursor": cursor(take),
        "today": timezone.localdate().strftime("%Y%m%d"),
        **more,
    }


def cursor(take: Take) -> str:
    """The serial, and what the worker says and shows while the film is on its way."""
    now = take.generation.status + take.generation.words + take.poster
    words = "" if take.stored_at else now
    mark = str(sum(words.encode()) % 997) if words else ""
    return f"{take.storyboard.project.serial}-{mark}"


def _start_of(thread: Thread) -> int | None:
    """Where the film stands first, in milliseconds: at the moment asked for, else at the note."""
    at_ms = thread.ask.at_ms
    if at_ms is None and thread.wished and not thread.wished.is_elsewhere:
        return thread.wished.at_ms
    return at_ms


def _bound(each: Any) -> dict[str, int]:
    return {"position": each.position, "start_ms": each.start_ms, "end_ms": each.end_ms}


def _progress(take: Take) -> Progress | None:
    """How far the order is, while the film is not here."""
    if take.stored_at is not None:
        return None
    order = take.generation.order
    shown = progress_of(take.revision, order, next_number=take.revision.number + 1)
    return next((one for one in shown if one.generation.pk == take.generation_id), None)


def _stage(board: Storyboard, strip: list[room_verdicts.StripTake]) -> Stage:
    if board.picked_take_id:
        return Stage.PICKED
    return Stage.TAKES if any(one.take.stored_at for one in strip) else Stage.GENERATING


def person(request: HttpRequest) -> User:
    user: User | AnonymousUser = request.user
    assert isinstance(user, User)  # noqa: S101  (login_required)
    return user

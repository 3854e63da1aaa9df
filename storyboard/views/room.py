"""The review room: a take with its notes, the other takes, and the choice, as its page draws it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storyboard.access import verbs_of
from storyboard.forms.notes import NoteForm
from storyboard.models import Note, Stage, Status, Storyboard, Take, User
from storyboard.models.statuses import LIVE
from storyboard.views.editor import is_script
from storyboard.views.progress import Progress, progress_of
from storyboard.views.shell import frame

TABS = ("open", "resolved")
PLAYER_SHAPES = {"9:16": "r9-16", "1:1": "r1-1"}


class StripTake(NamedTuple):
    """One take of the strip: `level` colours its words, `icon` stands before them."""

    take: Take
    words: str
    level: str
    icon: str
    is_current: bool


def page(request: HttpRequest, take: Take, *, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page, or with htmx the parts that can change, to be placed by their ids."""
    drawn = context(request, take) | more
    if is_script(request):
        drawn["oob"] = True
        return render(request, "storyboard/takes/parts.html", drawn, status=status)
    return render(request, "storyboard/takes/show.html", drawn, status=status)


def context(request: HttpRequest, take: Take) -> dict[str, Any]:
    """All the page draws; what it costs does not grow with notes or takes."""
    board, revision = take.storyboard, take.revision
    notes = _notes(take)
    tab = tab_of(request)
    bounds = take.bounds()
    strip = _strip(board, take)
    return {
        **frame(board.project, board),
        "take": take,
        "revision": revision,
        "brief": revision.brief,
        "element_pins": revision.element_pins.select_related("version__element"),
        "voice_pins": revision.voice_pins.select_related("voice"),
        "shape": PLAYER_SHAPES.get(revision.brief.aspect_ratio, ""),
        "bounds": bounds,
        "prompts": list(zip(bounds, revision.shots.all(), strict=True)),
        "shots_json": json.dumps([_bound(each) for each in bounds]),
        "start_ms": moment_of(request),
        "notes": [note for note in notes if (note.resolved_at is None) == (tab == "open")],
        "pins": notes,
        "open_count": sum(note.resolved_at is None for note in notes),
        "resolved_count": sum(note.resolved_at is not None for note in notes),
        "tab": tab,
        "note_form": NoteForm(take=take),
        "strip": strip,
        "decisions": revision.review.last_decisions(),
        "is_picked": board.picked_take_id == take.pk,
        "picked": next((one.take for one in strip if one.take.pk == board.picked_take_id), None),
        "progress": _progress(take),
        "stage": _stage(board, strip),
        "can": verbs_of(request.user, board.project.team),
        "cursor": cursor(take),
        "today": timezone.localdate().strftime("%Y%m%d"),
    }


def tab_of(request: HttpRequest) -> str:
    tab = request.GET.get("notes", "")
    return tab if tab in TABS else "open"


def moment_of(request: HttpRequest) -> int | None:
    """Where the film should stand, in milliseconds; None without a wish."""
    at = request.GET.get("at", "")
    return int(at) if at.isdecimal() and len(at) < 10 else None


def cursor(take: Take) -> str:
    """The serial, and what the worker says and shows while the film is on its way."""
    now = take.generation.status + take.generation.words + take.poster
    words = "" if take.stored_at else now
    mark = str(sum(words.encode()) % 997) if words else ""
    return f"{take.storyboard.project.serial}-{mark}"


def _notes(take: Take) -> list[Note]:
    return list(take.notes.select_related("by", "resolved_by"))


def _bound(each: Any) -> dict[str, int]:
    return {"position": each.position, "start_ms": each.start_ms, "end_ms": each.end_ms}


def _progress(take: Take) -> Progress | None:
    """How far the order is, while the film is not here."""
    if take.stored_at is not None:
        return None
    order = take.generation.order
    shown = progress_of(take.revision, order, next_number=take.revision.number + 1)
    return next((one for one in shown if one.generation.pk == take.generation_id), None)


def _strip(board: Storyboard, current: Take) -> list[StripTake]:
    waiting = Count("notes", filter=Q(notes__resolved_at__isnull=True))
    takes: QuerySet[Take] = board.takes.select_related("generation", "revision")
    return [
        StripTake(take, *_standing(take, board), take.pk == current.pk)
        for take in takes.annotate(open_notes=waiting).order_by("number")
    ]


def _standing(take: Any, board: Storyboard) -> tuple[str, str, str]:
    """Words, colour and icon of a take in the strip."""
    status = take.generation.status
    if take.stored_at is None:
        is_moving = status in LIVE
        words = Status(status).label if status != Status.STORED else _("On its way")
        return str(words), "gen" if is_moving else "bad", "spark" if is_moving else "badc"
    if take.pk == board.picked_take_id:
        return _("Picked take"), "vio", "star"
    if take.open_notes:
        words = ngettext("%(n)s open note", "%(n)s open notes", take.open_notes)
        return words % {"n": take.open_notes}, "info", "chat"
    return _("Revision %(n)s") % {"n": take.revision.number}, "", "film"


def _stage(board: Storyboard, strip: list[StripTake]) -> Stage:
    if board.picked_take_id:
        return Stage.PICKED
    return Stage.TAKES if any(one.take.stored_at for one in strip) else Stage.GENERATING


def person(request: HttpRequest) -> User:
    user: User | AnonymousUser = request.user
    assert isinstance(user, User)  # noqa: S101  (login_required)
    return user

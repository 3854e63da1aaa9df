"""Notes that become changes: those to make in the draft, and the changes that answer notes."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from storyboard.access import fetch, verbs_on
from storyboard.forms.answers import AnswerForm
from storyboard.forms.refused import complaints_of
from storyboard.models import NotAllowedNow, Note, NoteAnswer, Storyboard
from storyboard.models.answers import answers_of, change_counts, next_number, waiting_changes
from storyboard.models.changes import Change, changes_between
from storyboard.views import room
from storyboard.views.change_words import Told, told
from storyboard.views.editor import is_script
from storyboard.views.notes import take_of
from storyboard.views.room_carried import Answered, answered
from storyboard.views.shell import frame

MOST_LISTED = 100
_OF_DRAFT = ("project__team", "first_frame", "end_frame")


class Choice(NamedTuple):
    """A change to choose; `is_own` is of the note's own shot."""

    change: Change
    told: Told
    is_own: bool
    is_chosen: bool


class Wanted(NamedTuple):
    """A change to make: its note, where its shot stands in the draft, and what answers it."""

    note: Note
    position: int | None
    answered: Answered | None


@require_http_methods(["GET", "POST"])
@login_required
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """The changes since the note's take, those of its shot first; one of them answers it."""
    note = fetch(request, Note, key, "edit", related=room.OF_NOTE)
    changes = _changes(note)
    if request.method == "GET":
        return _drawn(request, note, changes)
    form = AnswerForm(request.POST, changes=changes)
    if not form.is_valid():
        return _drawn(request, note, changes, complaints_of(form))
    try:
        NoteAnswer.give(note, form.cleaned_data["change"], by=room.person(request))
    except NotAllowedNow as refused:
        return _drawn(request, note, changes, [refused.words])
    return _back(request, note)


@require_POST
@login_required
def take_back(request: HttpRequest, key: str) -> HttpResponse:
    """The note waits for an answer again."""
    note = fetch(request, Note, key, "edit", related=room.OF_NOTE)
    given = NoteAnswer.objects.filter(note=note).first()
    try:
        if given is not None:
            given.take_back(by=room.person(request))
    except NotAllowedNow as refused:
        return _refused(request, note, refused)
    return _back(request, note)


@require_POST
@login_required
def want(request: HttpRequest, key: str) -> HttpResponse:
    """Among the changes to make in the draft."""
    note = fetch(request, Note, key, "edit", related=room.OF_NOTE)
    try:
        note.want(by=room.person(request))
    except NotAllowedNow as refused:
        return _refused(request, note, refused)
    return _back(request, note)


@require_POST
@login_required
def unwant(request: HttpRequest, key: str) -> HttpResponse:
    """No change to make any more."""
    note = fetch(request, Note, key, "edit", related=room.OF_NOTE)
    try:
        note.unwant(by=room.person(request))
    except NotAllowedNow as refused:
        return _refused(request, note, refused)
    return _back(request, note)


@require_GET
@login_required
def to_make(request: HttpRequest, key: str) -> HttpResponse:
    """The changes to make in a draft: a page, or with htmx the list the editor unfolds."""
    return _listed(request, key)


def _changes(note: Note) -> list[Change]:
    """What differs between the revision the note is about and the draft, its own shot first."""
    found = changes_between(note.take.revision.brief, _draft(note).brief())
    return sorted(found, key=lambda change: change.shot_key != (note.shot_key or None))


def _draft(note: Note) -> Storyboard:
    boards = Storyboard.objects.select_related(*_OF_DRAFT)
    board: Storyboard = boards.get(pk=note.take.storyboard_id)
    return board


def _drawn(
    request: HttpRequest, note: Note, changes: list[Change], errors: list[str] | None = None
) -> HttpResponse:
    board = _draft(note)
    before, after = note.take.revision.brief, board.brief()
    chosen = _chosen(request, note)
    drawn = {
        "note": note,
        "take": note.take,
        "storyboard": board,
        "project": board.project,
        "number": next_number(board),
        "position": _positions(board).get(note.shot_key),
        "choices": [
            Choice(
                change,
                told(change, before, after),
                is_own=bool(note.shot_key) and change.shot_key == note.shot_key,
                is_chosen=change.value == chosen,
            )
            for change in changes
        ],
        "errors": errors or [],
        "query": request.GET.urlencode(),
        "back": _address(request, note),
    }
    name = "_answer_body" if is_script(request) else "answer"
    if name == "answer":
        drawn |= frame(board.project, board)
    status = 422 if errors else 200
    return render(request, f"storyboard/takes/{name}.html", drawn, status=status)


def _chosen(request: HttpRequest, note: Note) -> str:
    """As typed, else as it was answered before."""
    given = NoteAnswer.objects.filter(note=note).first()
    return str(request.POST.get("change", given.change.value if given else ""))


def _back(request: HttpRequest, note: Note) -> HttpResponse:
    """The page the person came from: the draft's, or a take's with the note on it."""
    if _came_from(request) != "draft":
        return room.answer(request, take_of(request, note), note)
    if is_script(request):
        return _listed(request, note.take.storyboard.key)
    return redirect(_address(request, note))


def _refused(request: HttpRequest, note: Note, refused: NotAllowedNow) -> HttpResponse:
    if _came_from(request) == "draft":
        return _listed(request, note.take.storyboard.key, refused=refused.words)
    return room.page(request, take_of(request, note), status=422, refused=refused.words)


def _address(request: HttpRequest, note: Note) -> str:
    if _came_from(request) == "draft":
        return f"{reverse('storyboard', args=[note.take.storyboard.key])}#to-make"
    return room.address(take_of(request, note), note)


def _came_from(request: HttpRequest) -> str:
    return request.GET.get("on", "")


def _listed(request: HttpRequest, key: str, *, refused: str = "") -> HttpResponse:
    seen = fetch(request, Storyboard, key)
    board = (
        Storyboard.objects.annotate(**change_counts()).select_related(*_OF_DRAFT).get(pk=seen.pk)
    )
    drawn: dict[str, Any] = {
        "storyboard": board,
        "project": board.project,
        "wanted": _wanted(board),
        "most": MOST_LISTED,
        "refused": refused,
        "can": verbs_on(request.user, board),
    }
    name = "_to_make_list" if is_script(request) else "to_make"
    if name == "to_make":
        drawn |= frame(board.project, board)
    status = 422 if refused else 200
    return render(request, f"storyboard/storyboards/{name}.html", drawn, status=status)


def _wanted(board: Storyboard) -> list[Wanted]:
    """In the order of the draft's shots; notes without a shot there come last."""
    notes = waiting_changes(board.pk).select_related("take").order_by("wanted_at", "pk")
    listed = list(notes[:MOST_LISTED])
    answers = answers_of(note.pk for note in listed)
    origins = {note.pk: note.take.revision_id for note in listed if note.pk in answers}
    found = answered(board, answers, origins)
    positions = _positions(board)
    lines = [Wanted(note, positions.get(note.shot_key), found.get(note.pk)) for note in listed]
    return sorted(lines, key=lambda line: (line.position or 99, line.note.take_id, line.note.at_ms))


def _positions(board: Storyboard) -> dict[str, int]:
    return dict(board.shots.values_list("key", "position"))

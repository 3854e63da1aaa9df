"""Notes on a take: left, replied to, edited, resolved, reopened, removed."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from storyboard.access import fetch, may_remove, visible_to
from storyboard.forms.note_files import files_refused
from storyboard.forms.notes import EditForm, NoteForm, WordsForm
from storyboard.models import NotAllowedNow, Note, Take, User
from storyboard.views import room
from storyboard.views.editor import is_script
from storyboard.views.room import Typed
from storyboard.views.shell import frame


@csrf_exempt  # looked at after the declared size: the check itself reads the whole body
@require_POST
@login_required
def add(request: HttpRequest, key: str) -> HttpResponse:
    """Leave words on the take; refused words stay in the field."""
    take = fetch(request, Take, key, "note", related=room.OF_TAKE)
    if words := files_refused(request):
        return _refused(request, take, Typed(errors=[words]))
    return _add(request, take)


@csrf_protect
def _add(request: HttpRequest, take: Take) -> HttpResponse:
    form = NoteForm(request.POST, request.FILES, take=take)
    note = form.save(by=room.person(request)) if form.is_valid() else None
    if note is None:
        typed = Typed(words=request.POST.get("text", ""), errors=form.complaints())
        return _refused(request, take, typed, note_form=form)
    return room.answer(request, take, new_note=note, is_sent=True)


@csrf_exempt  # as above
@require_POST
@login_required
def reply(request: HttpRequest, key: str) -> HttpResponse:
    """Answer a note; refused words stay in the field."""
    note = fetch(request, Note, key, "note", related=room.OF_NOTE)
    if words := files_refused(request):
        return _refused(request, take_of(request, note), Typed("reply", note.key, errors=[words]))
    return _reply(request, note)


@csrf_protect
def _reply(request: HttpRequest, note: Note) -> HttpResponse:
    form = WordsForm(request.POST, request.FILES)
    if form.is_valid() and (made := form.reply_to(note, by=room.person(request))):
        return room.answer(request, take_of(request, note), new_note=made)
    typed = Typed("reply", note.key, request.POST.get("text", ""), form.complaints())
    return _refused(request, take_of(request, note), typed)


@require_POST
@login_required
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Other words for one's own; the former ones are kept."""
    note, by = fetch(request, Note, key, "note", related=room.OF_NOTE), room.person(request)
    if note.by_id != by.pk:
        raise PermissionDenied("edit")
    form = EditForm(request.POST)
    if form.is_valid() and form.edit(note, by=by):
        return room.answer(request, take_of(request, note), note)
    typed = Typed("edit", note.key, request.POST.get("text", ""), form.complaints())
    return _refused(request, take_of(request, note), typed)


@require_POST
@login_required
def resolve(request: HttpRequest, key: str) -> HttpResponse:
    def verb(note: Note, by: User) -> None:
        note.resolve(by=by, on=take_of(request, note))

    return _settle(request, key, verb)


@require_POST
@login_required
def reopen(request: HttpRequest, key: str) -> HttpResponse:
    return _settle(request, key, lambda note, by: note.reopen(by=by))


@require_POST
@login_required
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """The words go; who may: whose they are, owners and producers."""
    note = fetch(request, Note, key, "note", related=room.OF_NOTE)
    if not may_remove(request.user, note):
        raise PermissionDenied("remove_note")
    take = take_of(request, note)
    note.remove(by=room.person(request))
    return room.answer(request, take)


@require_GET
@login_required
def wordings(request: HttpRequest, key: str) -> HttpResponse:
    """What a note said before it was edited: a page, or what a dialog shows."""
    note = fetch(request, Note, key, related=room.OF_NOTE)
    board = note.take.storyboard
    drawn = {
        "note": note,
        "take": note.take,
        "storyboard": board,
        "wordings": note.wordings.all(),
        "back": room.address(take_of(request, note), note),
    }
    if is_script(request):
        return render(request, "storyboard/takes/_wordings.html", drawn)
    drawn |= frame(board.project, board)
    return render(request, "storyboard/takes/wordings.html", drawn)


def take_of(request: HttpRequest, note: Note) -> Take:
    """The take on whose page this is asked, where it is of the same storyboard; else the note's."""
    asked = request.GET.get("on", "").replace("\0", "")
    if asked in ("", note.take.key):
        return note.take
    takes = visible_to(request.user, Take).filter(storyboard=note.take.storyboard_id)
    return takes.select_related(*room.OF_TAKE).filter(key=asked).first() or note.take


def _settle(request: HttpRequest, key: str, verb: Callable[[Note, User], None]) -> HttpResponse:
    note = fetch(request, Note, key, "note", related=room.OF_NOTE)
    take = take_of(request, note)
    try:
        verb(note, room.person(request))
    except NotAllowedNow as refused:
        return _refused(request, take, Typed("settle", note.key, errors=[refused.words]))
    return room.answer(request, take)


def _refused(request: HttpRequest, take: Take, typed: Typed, **more: object) -> HttpResponse:
    """With htmx the words against it alone: what was typed and chosen still stands in the form."""
    if is_script(request):
        drawn = {"typed": typed, "take": take}
        return render(request, "storyboard/takes/_refused.html", drawn, status=422)
    return room.page(request, take, status=422, typed=typed, **more)

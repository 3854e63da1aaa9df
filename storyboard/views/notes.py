"""Notes on a take: left, replied to, edited, resolved, reopened, shown, hidden, removed."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from storyboard.access import fetch, may_tend, visible_to
from storyboard.forms.note_files import files_refused
from storyboard.forms.notes import EditForm, NoteForm, WordsForm
from storyboard.forms.refused import complaints_of
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
        typed = Typed(words=request.POST.get("text", ""), errors=complaints_of(form))
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
    typed = Typed("reply", note.key, request.POST.get("text", ""), complaints_of(form))
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
    typed = Typed("edit", note.key, request.POST.get("text", ""), complaints_of(form))
    return _refused(request, take_of(request, note), typed)


@require_POST
@login_required
def resolve(request: HttpRequest, key: str) -> HttpResponse:
    note = fetch(request, Note, key, "note", related=room.OF_NOTE)
    return _act(request, note, lambda by, on: note.resolve(by=by, on=on))


@require_POST
@login_required
def reopen(request: HttpRequest, key: str) -> HttpResponse:
    note = fetch(request, Note, key, "note", related=room.OF_NOTE)
    return _act(request, note, lambda by, _on: note.reopen(by=by))


@require_POST
@login_required
def show_to_client(request: HttpRequest, key: str) -> HttpResponse:
    """The client sees it and its replies; who may: whose it is, owners and producers."""
    note = _fetch_tended(request, key)
    return _act(request, note, lambda by, _on: note.show_to_client(by=by), stays=True)


@require_POST
@login_required
def hide_from_client(request: HttpRequest, key: str) -> HttpResponse:
    """For the team alone again; who may: as above."""
    note = _fetch_tended(request, key)
    return _act(request, note, lambda by, _on: note.hide_from_client(by=by), stays=True)


@require_POST
@login_required
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """The words go; who may: as above."""
    note = _fetch_tended(request, key)
    return _act(request, note, lambda by, _on: note.remove(by=by))


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


def _fetch_tended(request: HttpRequest, key: str) -> Note:
    note = fetch(request, Note, key, "note", related=room.OF_NOTE)
    if not may_tend(request.user, note):
        raise PermissionDenied("tend_notes")
    return note


def _act(
    request: HttpRequest, note: Note, verb: Callable[[User, Take], None], *, stays: bool = False
) -> HttpResponse:
    """Call a verb with the person and the take they are on; `stays`: the page stays at the note.

    A refusal is said at the bottom of the page, without scripts where the decision stands.
    """
    take = take_of(request, note)
    try:
        verb(room.person(request), take)
    except NotAllowedNow as refused:
        typed = Typed("settle", note.key, errors=[refused.words])
        return _refused(request, take, typed, refused=refused.words)
    return room.answer(request, take, note if stays else None)


def _refused(request: HttpRequest, take: Take, typed: Typed, **more: object) -> HttpResponse:
    """With htmx the words against it alone: what was typed and chosen still stands in the form."""
    if is_script(request):
        drawn = {"typed": typed, "take": take}
        return render(request, "storyboard/takes/_refused.html", drawn, status=422)
    return room.page(request, take, status=422, typed=typed, **more)

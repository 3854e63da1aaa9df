"""Notes on a take: left at a moment, resolved, reopened."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from storyboard.access import fetch
from storyboard.forms.notes import NoteForm
from storyboard.models import Note, Take
from storyboard.views import room
from storyboard.views.editor import is_script

_OF_TAKE = ("storyboard__project__team", "revision__review", "revision__sent_by", "generation")
_OF_NOTE = tuple(f"take__{path}" for path in _OF_TAKE)


@login_required
@require_POST
def add(request: HttpRequest, key: str) -> HttpResponse:
    """Leave words at the moment the player stands at; refused words stay in the field."""
    take = fetch(request, Take, key, "note", related=_OF_TAKE)
    form = NoteForm(request.POST, take=take)
    if not form.is_valid():
        return room.page(request, take, status=422, note_form=form)
    note = form.save(by=room.person(request))
    return _answer(request, note)


@login_required
@require_POST
def resolve(request: HttpRequest, key: str) -> HttpResponse:
    note = fetch(request, Note, key, "note", related=_OF_NOTE)
    note.resolve(by=room.person(request))
    return _answer(request, note)


@login_required
@require_POST
def reopen(request: HttpRequest, key: str) -> HttpResponse:
    note = fetch(request, Note, key, "note", related=_OF_NOTE)
    note.reopen(by=room.person(request))
    return _answer(request, note)


def _answer(request: HttpRequest, note: Note) -> HttpResponse:
    """The take's page at the note's moment; with htmx its notes, pins and counts."""
    take = fetch(request, Take, note.take.key, related=_OF_TAKE)
    if is_script(request):
        return room.page(request, take, new_note=note)
    at = f"?notes={room.tab_of(request)}&at={note.at_ms}#note-{note.key}"
    return redirect(reverse("take", args=[take.key]) + at)

"""The shots of a draft: writing, adding, moving, removing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from storyboard.forms.drafts import words_of
from storyboard.forms.shots import MoveForm, ShotForm
from storyboard.models import Shot, Storyboard, User
from storyboard.views import editor
from storyboard.views.drafts import answer, changes_draft, refuse


@changes_draft(Shot)
def rewrite(request: HttpRequest, shot: Shot) -> HttpResponse:
    """Store prompt and seconds as far as they can be; 422 or 409 with what was typed."""
    attempt = _save(request, shot)
    if editor.is_script(request):
        chosen = "keep" in request.POST or "take" in request.POST
        return editor.saved_shot(request, shot, attempt, whole=chosen)
    if attempt.status != 200:
        return editor.page(request, shot.storyboard.key, attempt)
    return _at(shot)


@changes_draft(Storyboard, place="shots")
def add(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """An empty shot at the end; a seventh is refused in words."""
    shot = storyboard.add_shot(by=_person(request))
    if editor.is_script(request):
        focus = f"shot-{shot.key}-prompt"
        return editor.parts(request, storyboard.key, editor.Attempt(), focus=focus)
    return _at(shot)


@changes_draft(Shot, place="shot")
def move(request: HttpRequest, shot: Shot) -> HttpResponse:
    """One place earlier or later; words typed into the card come along and are stored first."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        return refuse(request, shot, words_of(form.errors["where"]), "shot")
    attempt = _save(request, shot)
    shot.move(shot.position + form.step, by=_person(request))
    if editor.is_script(request) or attempt.status != 200:
        return answer(request, shot.storyboard, attempt)
    return _at(shot)


@changes_draft(Shot, place="shot")
def remove(request: HttpRequest, shot: Shot) -> HttpResponse:
    """Take the shot out; the history keeps its words, also those typed just now."""
    storyboard, place = shot.storyboard, shot.position
    _save(request, shot)
    shot.remove(by=_person(request))
    near = storyboard.shots.filter(position__lte=place).last()
    assert near is not None  # noqa: S101  (the last shot is not removed)
    if editor.is_script(request):
        focus = f"shot-{near.key}"
        return editor.parts(request, storyboard.key, editor.Attempt(), focus=focus)
    return _at(near)


def _save(request: HttpRequest, shot: Shot) -> editor.Attempt:
    return editor.save(shot, ShotForm(request.POST), by=_person(request))


def _at(shot: Shot) -> HttpResponse:
    return redirect(f"{reverse('storyboard', args=[shot.storyboard.key])}#shot-{shot.key}")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  (changes_draft asks for a sign-in)
    return request.user

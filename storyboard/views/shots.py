"""The shots of a draft: writing, adding, copying, moving, removing, and their pictures."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.forms.drafts import words_of
from storyboard.forms.shots import MoveForm, ShotForm
from storyboard.models import NotAllowedNow, Picture, Shot, Storyboard, User
from storyboard.views import editor
from storyboard.views.drafts import answer, changes_draft, refuse
from storyboard.views.uploads import takes_picture


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
    return _arrived(request, storyboard.add_shot(by=_person(request)))


@changes_draft(Shot, place="shots")
def duplicate(request: HttpRequest, shot: Shot) -> HttpResponse:
    """A copy right after it, with the words typed just now; a seventh is refused in words."""
    attempt = _save(request, shot)
    if attempt.status != 200:
        return answer(request, shot.storyboard, attempt)
    return _arrived(request, shot.duplicate(by=_person(request)))


@changes_draft(Shot, place="shot")
def move(request: HttpRequest, shot: Shot) -> HttpResponse:
    """Elsewhere in the order; words typed into the card come along and are stored first."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        words = " ".join(words_of(found) for found in form.errors.values())
        return refuse(request, shot, words, "shot")
    attempt = _save(request, shot)
    shot.move(form.position(shot.position), by=_person(request))
    return _done(request, shot, attempt)


@changes_draft(Shot, place="shot")
def remove(request: HttpRequest, shot: Shot) -> HttpResponse:
    """Take the shot out; the history keeps its words, also those typed just now."""
    storyboard = shot.storyboard
    _save(request, shot)
    shot.remove(by=_person(request))
    place = shot.position
    near = storyboard.shots.filter(position__lte=place).last()
    assert near is not None  # noqa: S101  (the last shot is not removed)
    words, undo = _("Shot %(n)s removed") % {"n": place}, reverse("undo", args=[storyboard.key])
    return _said(request, near, editor.Toast(words, undo=undo), focus=f"shot-{near.key}")


@takes_picture(
    Shot, field="picture", place="shot", kept=gettext_lazy("The shot's picture stays as it was.")
)
def set_picture(request: HttpRequest, shot: Shot, picture: Picture) -> HttpResponse:
    """What people draw the shot from; Kling gets it only as a first frame."""
    shot.set_picture(picture, by=_person(request))
    first_frame = shot.storyboard.first_frame_id
    if shot.position != 1 or first_frame in (None, picture.pk):
        return _done(request, shot, editor.Attempt())
    words = _("The picture is kept; the card goes on showing the first frame.")
    return _said(request, shot, editor.Toast(words, "info"), focus="")


@changes_draft(Shot, place="shot")
def remove_picture(request: HttpRequest, shot: Shot) -> HttpResponse:
    """The card shows the newest take again, or the prompt's first words."""
    attempt = _save(request, shot)
    shot.set_picture(None, by=_person(request))
    return _done(request, shot, attempt)


@changes_draft(Shot, place="shot")
def start_with_picture(request: HttpRequest, shot: Shot) -> HttpResponse:
    """The picture of shot 1 becomes the storyboard's first frame."""
    if shot.picture is None or shot.position != 1:
        raise NotAllowedNow(
            _("Only the picture of shot 1 can be the first frame. Nothing was changed."),
            "shot.no_picture",
        )
    attempt = _save(request, shot)
    shot.storyboard.set_first_frame(shot.picture, by=_person(request))
    return _done(request, shot, attempt)


def _save(request: HttpRequest, shot: Shot) -> editor.Attempt:
    return editor.save(shot, ShotForm(request.POST), by=_person(request))


def _arrived(request: HttpRequest, shot: Shot) -> HttpResponse:
    """A shot that is new here: the focus goes to its prompt."""
    if editor.is_script(request):
        focus = f"shot-{shot.key}-prompt"
        return editor.parts(request, shot.storyboard.key, editor.Attempt(), focus=focus)
    return _at(shot)


def _done(request: HttpRequest, shot: Shot, attempt: editor.Attempt) -> HttpResponse:
    if editor.is_script(request) or attempt.status != 200:
        return answer(request, shot.storyboard, attempt)
    return _at(shot)


def _said(request: HttpRequest, shot: Shot, toast: editor.Toast, *, focus: str) -> HttpResponse:
    """The parts with a toast; without a script the page says the words."""
    if editor.is_script(request):
        board = shot.storyboard.key
        return editor.parts(request, board, editor.Attempt(), focus=focus, toast=toast)
    messages.success(request, toast.words)
    return _at(shot)


def _at(shot: Shot) -> HttpResponse:
    return redirect(f"{reverse('storyboard', args=[shot.storyboard.key])}#shot-{shot.key}")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  (changes_draft asks for a sign-in)
    return request.user

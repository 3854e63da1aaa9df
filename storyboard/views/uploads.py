"""How a picture reaches its place: its size is judged before any of it is read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from storyboard.access import fetch
from storyboard.forms.drafts import words_of
from storyboard.forms.pictures import (
    KeptForm,
    PictureForm,
    TakenForm,
    body_refused,
    declared_bytes,
)
from storyboard.models import NotAllowedNow, Picture, Team
from storyboard.models.frames import picture_of_frame
from storyboard.views.drafts import RELATED, Row, board_of, changes_draft, refuse

Form = TypeVar("Form", bound=forms.Form)


def takes_picture(
    model: type[Row], *, field: str, place: str, kept: str | Promise
) -> Callable[[Callable[[HttpRequest, Row, Picture], HttpResponse]], Callable[..., HttpResponse]]:
    """The view gets the row of its key and the stored picture that came (see `picture_of`).

    Everything else is refused at `place` with status 422, and `kept`, a sentence, says what
    stays as it was.
    """

    def decorate(
        answer: Callable[[HttpRequest, Row, Picture], HttpResponse],
    ) -> Callable[..., HttpResponse]:
        @csrf_protect
        @changes_draft(model, place=place)
        def read(request: HttpRequest, row: Row) -> HttpResponse:
            try:
                picture = picture_of(request, board_of(row).project.team, field=field)
            except NotAllowedNow as refusal:
                return refuse(request, row, f"{refusal.words} {kept}", place)
            return answer(request, row, picture)

        @csrf_exempt  # looked at after the declared size: the check itself reads the whole body
        @require_POST
        @login_required
        @wraps(answer)
        def judged(request: HttpRequest, key: str) -> HttpResponse:
            row = fetch(request, model, key, "edit", related=RELATED[model])
            words = body_refused(request)
            return refuse(request, row, f"{words} {kept}", place) if words else read(request, key)

        return judged

    return decorate


def picture_of(request: HttpRequest, team: Team, *, field: str = "picture") -> Picture:
    """The picture a body brings, stored for the team.

    A file under `field` or "picture"; or `picture_key`, one the team has; or `take` with `frame`
    (from 0; without it the last), cut now. Raises NotAllowedNow in words for the person. Judge
    the declared size first (`body_refused`).
    """
    if "picture_key" in request.POST:
        found: Picture = _valid(KeptForm(request.POST, team=team)).cleaned_data["picture_key"]
        return found
    if "take" in request.POST:
        form = _valid(TakenForm(request.POST, team=team))
        take = form.cleaned_data["take"]
        return picture_of_frame(take, form.number(take))
    file = PictureForm(request.FILES, field=field, declared=declared_bytes(request))
    return Picture.keep(_valid(file).cleaned_data["picture"], team=team)


def _valid(form: Form) -> Form:
    if not form.is_valid():
        words = " ".join(words_of(found) for found in form.errors.values())
        raise NotAllowedNow(words, "picture")
    return form

"""How a picture reaches a draft: its size is judged before any of it is read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from storyboard.access import fetch
from storyboard.forms.drafts import words_of
from storyboard.forms.pictures import PictureForm, body_refused, declared_bytes
from storyboard.models import Picture
from storyboard.views.drafts import RELATED, Row, board_of, changes_draft, refuse


def takes_picture(
    model: type[Row], *, field: str, place: str, kept: str | Promise
) -> Callable[[Callable[[HttpRequest, Row, Picture], HttpResponse]], Callable[..., HttpResponse]]:
    """The view gets the row of its key and the stored picture that came as `field`.

    Everything else is refused at `place` with status 422, and `kept`, a sentence, says what
    stays as it was.
    """

    def decorate(
        answer: Callable[[HttpRequest, Row, Picture], HttpResponse],
    ) -> Callable[..., HttpResponse]:
        @csrf_protect
        @changes_draft(model, place=place)
        def read(request: HttpRequest, row: Row) -> HttpResponse:
            form = PictureForm(request.FILES, field=field, declared=declared_bytes(request))
            if not form.is_valid():
                return refuse(request, row, f"{words_of(form.errors['picture'])} {kept}", place)
            team = board_of(row).project.team
            return answer(request, row, Picture.keep(form.cleaned_data["picture"], team=team))

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

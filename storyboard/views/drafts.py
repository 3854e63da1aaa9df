"""How the editor's verbs are reached: a post, by somebody who may edit, on a draft that is open."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from storyboard.access import fetch
from storyboard.models import NotAllowedNow, Shot, Storyboard
from storyboard.views import editor

Row = TypeVar("Row", Shot, Storyboard)
Answer = Callable[[HttpRequest, Row], HttpResponse]

# What the checks of a draft need of its row.
RELATED: dict[type, tuple[str, ...]] = {
    Shot: ("storyboard__project__team",),
    Storyboard: ("project__team",),
}


def changes_draft(
    model: type[Row], *, place: str = "page", verb: str = "edit"
) -> Callable[[Answer[Row]], Callable[..., HttpResponse]]:
    """The view gets the row of its key; a refusal is drawn at `place`, with status 422."""

    def decorate(answer: Answer[Row]) -> Callable[..., HttpResponse]:
        @require_POST
        @login_required
        @wraps(answer)
        def checked(request: HttpRequest, key: str) -> HttpResponse:
            row = fetch(request, model, key, verb, related=RELATED[model])
            try:
                board_of(row).check_not_archived()
                return answer(request, row)
            except NotAllowedNow as refusal:
                where = "page" if refusal.code == "archived" else place
                return refuse(request, row, refusal.words, where)
            except ObjectDoesNotExist as gone:  # removed by somebody else while this one waited
                raise Http404 from gone

        return checked

    return decorate


def refuse(request: HttpRequest, row: Shot | Storyboard, words: str, place: str) -> HttpResponse:
    """The same page or parts with the words where the person pressed, and 422."""
    about = row.key if isinstance(row, Shot) else ""
    return answer(request, board_of(row), editor.Attempt(about=about, refused={place: words}))


def answer(request: HttpRequest, board: Storyboard, attempt: editor.Attempt) -> HttpResponse:
    """Parts for a script, else the whole page."""
    if editor.is_script(request):
        return editor.parts(request, board.key, attempt)
    return editor.page(request, board.key, attempt)


def board_of(row: Shot | Storyboard) -> Storyboard:
    return row.storyboard if isinstance(row, Shot) else row

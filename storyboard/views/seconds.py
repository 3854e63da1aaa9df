"""How a draft's total is divided: the seconds of several shots, changed together."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from storyboard.forms.seconds import SecondsForm, name_of
from storyboard.models import Conflict, NotAllowedNow, Shot, Storyboard, User, digest
from storyboard.models.seconds import fit, spread
from storyboard.views import editor
from storyboard.views.attempts import Attempt, Clash
from storyboard.views.drafts import changes_draft

_TOTAL = "total_seconds"


@changes_draft(Storyboard)
def retime(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """Store seconds as given, or divide the total anew; 422 or 409 with what was given."""
    assert isinstance(request.user, User)  # noqa: S101  (changes_draft asks for a sign-in)
    shots = list(storyboard.shots.all())
    form = SecondsForm(request.POST, shots=shots)
    changes = _divided(form, storyboard, shots) or form.changes()
    attempt = _stored(storyboard, shots, form, changes, by=request.user)
    if editor.is_script(request):
        return editor.retimed(request, storyboard, attempt)
    if attempt.status != 200:
        return editor.page(request, storyboard.key, attempt)
    return redirect(f"{reverse('storyboard', args=[storyboard.key])}#timeline")


def _divided(form: SecondsForm, board: Storyboard, shots: list[Shot]) -> dict[str, int]:
    """Every shot's share of the total and the total, where the form asks for that."""
    if not (form.spreads or form.fits) or _TOTAL in form.errors:
        return {}
    total = form.changes().get(_TOTAL, board.total_seconds)
    if total < len(shots):
        words = _(
            "%(shots)s shots need at least %(shots)s seconds, the total is %(total)s. "
            "Nothing was changed. Choose a larger total or remove a shot."
        )
        raise NotAllowedNow(words % {"shots": len(shots), "total": total})
    if form.spreads:
        shares = spread(len(shots), total)
    else:
        shares = fit([shot.seconds for shot in shots], total)
    return {_TOTAL: total} | dict(zip(map(name_of, shots), shares, strict=True))


def _stored(
    board: Storyboard, shots: list[Shot], form: SecondsForm, changes: dict[str, Any], *, by: User
) -> Attempt:
    """Write what does not clash; the attempt has a row for each shot the post was about."""
    attempt = _attempt(form, shots)
    fields = {name_of(shot): (attempt.of(shot.key), "seconds") for shot in shots}
    fields[_TOTAL] = (attempt, _TOTAL)
    was = form.was()
    while changes:
        try:
            _write(board, shots, changes, was, by=by)
            break
        except Conflict as conflict:
            for name, (theirs, _yours) in conflict.fields.items():
                row, field = fields[name]
                row.clashes[field] = Clash(str(theirs), conflict.who, conflict.at, digest(theirs))
            changes = {name: new for name, new in changes.items() if name not in conflict.fields}
    return attempt


def _write(
    board: Storyboard, shots: list[Shot], changes: dict[str, Any], was: dict[str, str], *, by: User
) -> None:
    seconds = {shot.key: changes[name_of(shot)] for shot in shots if name_of(shot) in changes}
    board.retime(seconds, total=changes.get(_TOTAL), was=was, by=by)


def _attempt(form: SecondsForm, shots: list[Shot]) -> Attempt:
    """What was typed and what is wrong with it, by row."""
    typed, wrong = form.typed(), form.complaints()
    attempt = Attempt(
        typed={name: words for name, words in typed.items() if name == _TOTAL},
        errors={name: words for name, words in wrong.items() if name == _TOTAL},
    )
    for shot in shots:
        if (name := name_of(shot)) in typed:
            errors = {"seconds": wrong[name]} if name in wrong else {}
            attempt.rows[shot.key] = Attempt(
                about=shot.key, typed={"seconds": typed[name]}, errors=errors
            )
    return attempt

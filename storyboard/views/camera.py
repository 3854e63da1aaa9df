"""The camera's own page, opened by the editor as a dialog: the move, and which models take it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from storyboard.access import fetch, verbs_of
from storyboard.forms.camera import ENDS, NAMES, ONE_MOVE, CameraForm, typed_of
from storyboard.kling.brief import Brief
from storyboard.kling.rules.camera import AXES
from storyboard.models import Account, NotAllowedNow, Picture, Storyboard, User
from storyboard.views import editor
from storyboard.views.attempts import Attempt, Entry, entry_of, words_about
from storyboard.views.controls import Controls
from storyboard.views.offers import documents_let_it, offers
from storyboard.views.shell import frame

_RELATED = ("project__team__account", "project__account", "first_frame", "end_frame")


class Kind(NamedTuple):
    """One of Kling's types of camera, or none, as a choice."""

    value: str
    words: str
    is_chosen: bool
    is_off: bool


class Amount(NamedTuple):
    """One of the six amounts, with what it does below and above 0."""

    axis: str
    name: str
    words: str
    value: str
    below: str
    above: str
    errors: list[str]


@require_http_methods(["GET", "POST"])
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The move as it stands; a post stores another. Without scripts it is a page of its own."""
    board = fetch(request, Storyboard, key, "edit", related=_RELATED)
    try:
        board.check_not_archived()
    except NotAllowedNow as refusal:
        status = 422 if request.method == "POST" else 200
        return _drawn(request, board, Attempt(refused={"page": refusal.words}), status)
    if request.method == "GET":
        return _drawn(request, board, Attempt(), 200)
    return _saved(request, board, CameraForm(request.POST))


def _saved(request: HttpRequest, board: Storyboard, form: CameraForm) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101  (the view asks for a sign-in)
    attempt = editor.save(board, form, by=request.user)
    if attempt.status != 200:
        return _drawn(request, board, attempt, attempt.status)
    if editor.is_script(request):
        return editor.parts(request, board.key, attempt)
    return redirect(f"{reverse('storyboard', args=[board.key])}#tile-camera")


def _drawn(request: HttpRequest, board: Storyboard, attempt: Attempt, status: int) -> HttpResponse:
    brief, account = board.brief(), board.project.ordering_account
    controls = Controls(brief, account)
    found = offers("camera_control", brief, account)
    entry = _entry(board, controls, attempt)
    drawn = {
        "storyboard": board,
        "project": board.project,
        "refused": attempt.refused.get("page", ""),
        "entry": entry,
        **_fields(entry, attempt, request.POST),
        "is_off": controls.is_off("camera"),
        "hint": controls.hint("camera"),
        "in_the_way": _in_the_way(brief, account) if controls.is_off("camera") else "",
        "offers": found,
        "here": f"{brief.model} {brief.mode}",
        "account": account,
        "by_documents": documents_let_it("camera_control", brief, account),
        "can_manage_accounts": verbs_of(request.user, board.project.team)["manage_accounts"],
        "picture": _picture(board),
    }
    name = "_camera_body" if editor.is_script(request) else "camera"
    if name == "camera":
        drawn |= frame(board.project, board)
    return render(request, f"storyboard/storyboards/{name}.html", drawn, status=status)


def _in_the_way(brief: Brief, account: Account | None) -> str:
    """`end_frame` or `brush`, where the camera is off for that alone."""
    without = {
        "end_frame": replace(brief, end_frame=None),
        "brush": replace(brief, brush=None),
    }
    held = (name for name in without if getattr(brief, name) is not None)
    return next((n for n in held if not Controls(without[n], account).is_off("camera")), "")


def _entry(board: Storyboard, controls: Controls, attempt: Attempt) -> Entry:
    fields = ("camera", "camera.kind", *(f"camera.{axis}" for axis in AXES))
    return entry_of(board, "camera", words_about(controls.problems(), *fields), attempt, controls)


def _fields(entry: Entry, attempt: Attempt, posted: QueryDict) -> dict[str, Any]:
    """As stored, or as typed where that could not be stored."""
    kept = entry.refused or entry.clash is not None
    typed = {name: str(posted.get(name, "")) for name in ("kind", *AXES)} if kept else {}
    values = typed_of(None if kept else entry.value) | typed
    return {
        "kind": values["kind"],
        "kinds": [
            Kind(each.value, each.words, each.value == values["kind"], each.is_off)
            for each in entry.choices
        ],
        "amounts": [
            Amount(
                axis=axis,
                name=str(NAMES[axis]),
                words=str(ONE_MOVE[axis]),
                value=values[axis],
                below=str(ENDS[axis][0]),
                above=str(ENDS[axis][1]),
                errors=attempt.errors.get(axis, []),
            )
            for axis in AXES
        ],
    }


def _picture(board: Storyboard) -> Picture | None:
    """What the preview moves over: the first frame, else the first shot's picture."""
    if board.first_frame is not None:
        return board.first_frame
    first = board.shots.select_related("picture").first()
    return first.picture if first else None

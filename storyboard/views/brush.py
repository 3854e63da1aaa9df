"""The motion brush's own page, opened by the editor as a dialog: masks painted on the first frame,
and the points along which they move."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from storyboard.access import fetch, verbs_of
from storyboard.forms.brush import Area, BrushForm, post_refused, rows_of
from storyboard.forms.pictures import declared_bytes
from storyboard.media.pictures import CleanPicture
from storyboard.models import Conflict, Mask, NotAllowedNow, Storyboard, Team, User, digest
from storyboard.models.painting import Stored, painted_on, stored_brush, stored_mask
from storyboard.views import editor, media
from storyboard.views.controls import Controls
from storyboard.views.drafts import changes_draft
from storyboard.views.offers import documents_let_it, offers
from storyboard.views.shell import frame

_RELATED = ("project__team__account", "project__account", "first_frame", "end_frame")


@csrf_exempt  # looked at after the declared size: the check itself reads the whole body
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The masks as they stand; a post stores others. Without scripts it is a page of its own."""
    board = fetch(request, Storyboard, key, "edit", related=_RELATED)
    if request.method != "POST":
        return _drawn(request, board, refused=_archived(board))
    words = post_refused(request)
    return _drawn(request, board, refused=words, status=422) if words else _posted(request, board)


@changes_draft(Storyboard)
def remove(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """No masks any more; undo brings them back."""
    assert isinstance(request.user, User)  # noqa: S101  (the decorator asks for a sign-in)
    storyboard.paint(None, by=request.user)
    return _saved(request, storyboard)


@require_GET
@login_required
async def mask(request: HttpRequest, key: str) -> HttpResponseBase:
    """A stored mask; its bytes never change under its key."""
    row = await sync_to_async(fetch)(request, Mask, key)
    return await media.send(request, media.Stored(row.file, row.sha256, row.content_type))


@csrf_protect
def _posted(request: HttpRequest, board: Storyboard) -> HttpResponse:
    words = _archived(board)
    if board.first_frame is None:
        words = _("There is no first frame to paint on any more. The masks stay as they were.")
    if words or board.first_frame is None:
        return _drawn(request, board, refused=words, status=422)
    form = BrushForm(
        request.POST, request.FILES, frame=board.first_frame, stored=board.brush,
        declared=declared_bytes(request),
    )  # fmt: skip
    if not form.is_valid():
        return _drawn(request, board, form=form, status=422)
    assert isinstance(request.user, User)  # noqa: S101  (the view asks for a sign-in)
    try:
        brush = _stored(form, board.project.team)
        board.paint(brush, by=request.user, was=form.cleaned_data["was"])
    except Conflict as conflict:
        board.refresh_from_db()
        return _drawn(request, board, form=form, clash=conflict, status=409)
    except NotAllowedNow as refusal:
        return _drawn(request, board, form=form, refused=refusal.words, status=422)
    return _saved(request, board)


def _saved(request: HttpRequest, board: Storyboard) -> HttpResponse:
    if editor.is_script(request):
        return editor.parts(request, board.key, editor.Attempt())
    return redirect(f"{reverse('storyboard', args=[board.key])}#tile-brush")


def _stored(form: BrushForm, team: Team) -> Stored | None:
    """What the form asks for, its new masks kept."""
    still, moving = form.areas()
    return stored_brush(
        _mask(still, team) if still else None,
        [(_mask(area, team), area.points) for area in moving],
    )


def _mask(area: Area, team: Team) -> Stored:
    if isinstance(area.mask, CleanPicture):
        return stored_mask(Mask.keep(area.mask, team=team))
    assert area.mask is not None  # noqa: S101  (the form leaves out areas without a mask)
    return area.mask


def _archived(board: Storyboard) -> str:
    try:
        board.check_not_archived()
    except NotAllowedNow as refusal:
        return refusal.words
    return ""


def _drawn(
    request: HttpRequest,
    board: Storyboard,
    *,
    form: BrushForm | None = None,
    refused: str = "",
    clash: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    brief, account = board.brief(), board.project.ordering_account
    controls = Controls(brief, account)
    drawn: dict[str, Any] = {
        "storyboard": board,
        "project": board.project,
        "picture": board.first_frame,
        "archived": _archived(board),
        "refused": refused,
        "clash": clash,
        "form_errors": form.non_field_errors() if form else [],
        "rows": rows_of(board.brush, form),
        "was": digest(board.brush),
        "fitted": _fitted(board),
        "is_off": controls.is_off("brush"),
        "hint": controls.hint("brush"),
        "has_end_frame": brief.end_frame is not None,
        "has_camera": brief.camera is not None,
        "offers": offers("motion_brush", brief, account),
        "here": f"{brief.model} {brief.mode}",
        "account": account,
        "by_documents": documents_let_it("motion_brush", brief, account),
        "can_manage_accounts": verbs_of(request.user, board.project.team)["manage_accounts"],
    }
    name = "_brush_body" if editor.is_script(request) else "brush"
    if name == "brush":
        drawn |= frame(board.project, board)
    return render(request, f"storyboard/storyboards/{name}.html", drawn, status=status)


def _fitted(board: Storyboard) -> tuple[int, int] | None:
    """The size the masks were painted on, where the first frame has another by now."""
    size, picture = painted_on(board.brush), board.first_frame
    if size is None or picture is None or size == (picture.width, picture.height):
        return None
    return size

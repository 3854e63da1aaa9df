"""Storyboards out of and into files, and copies of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from storyboard.access import fetch, signed_in
from storyboard.exports import shot_list
from storyboard.exports.names import file_name
from storyboard.forms.exchange import CopyForm, FileForm, Read, seal, unseal, upload_refused
from storyboard.forms.pictures import declared_bytes
from storyboard.forms.storyboards import NameForm
from storyboard.kling.brief import Brief
from storyboard.models import NotAllowedNow, Picture, Project, Revision, Storyboard
from storyboard.models.bringing_in import EMPTY, Incoming, bring_in, mark_of, start_from
from storyboard.views.differences import difference_of
from storyboard.views.frozen import parts_of, settings_of
from storyboard.views.shell import frame
from storyboard.views.wire import Frames, body_of, download_of, json_file, page_of_draft

_RELATED = ("project__team__account", "project__account", "first_frame", "end_frame")
_KINDS = ("json", "csv")
_CSV = "text/csv; charset=utf-8"


@require_safe
@login_required
def export(request: HttpRequest, key: str) -> HttpResponse:
    """The draft as a file: `?as=json`, its create body, or `?as=csv`, its shot list."""
    board = fetch(request, Storyboard, key, related=_RELATED)
    brief, kind = board.brief(), _kind(request)
    if kind == "csv":
        pictures = {shot.key: shot.picture for shot in board.shots.select_related("picture")}
        return _shot_list(brief, board.name, pictures)
    frames = Frames.of_draft(board)
    try:
        body, why = body_of(brief, frames.sent())
    except OSError:
        return page_of_draft(request, board, refused=_no_storage(), status=503)
    if why:
        return page_of_draft(request, board, refused=why, status=422)
    return json_file(body, file_name(board.name, "json"))


@require_safe
@login_required
def export_revision(request: HttpRequest, key: str) -> HttpResponse:
    """A frozen revision as the same files."""
    related = ("storyboard__project__team", "first_frame", "end_frame")
    row = fetch(request, Revision, key, related=related)
    title = f"{row.storyboard.name} {row.number}"
    if _kind(request) == "csv":
        return _shot_list(row.brief, title, {})
    try:
        body, _why = body_of(row.brief, Frames.of_revision(row).sent())
    except OSError:
        return HttpResponse(_no_storage(), status=503, content_type="text/plain; charset=utf-8")
    return json_file(body, file_name(title, "json"))


@csrf_exempt  # looked at after the declared size: the check itself reads the whole body
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def into_draft(request: HttpRequest, key: str) -> HttpResponse:
    """Show what a file would change in this draft; confirmed, change it as one edit."""
    board = fetch(request, Storyboard, key, "edit", related=_RELATED)
    return _judged(request, board.project, board)


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def into_project(request: HttpRequest, key: str) -> HttpResponse:
    """Show what a file holds; confirmed, start a storyboard with it."""
    project = fetch(request, Project, key, "edit", related=("team__account", "account"))
    return _judged(request, project, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def duplicate(request: HttpRequest, key: str) -> HttpResponse:
    """A copy of the draft under another name, perhaps in another project of the team."""
    board = fetch(request, Storyboard, key, "edit", related=_RELATED)
    form = CopyForm(request.POST if request.method == "POST" else None, board=board)
    if form.is_valid():
        said = form.cleaned_data
        try:
            copy = board.duplicate(said["name"], project=said["project"], by=signed_in(request))
            return redirect("storyboard", copy.key)
        except NotAllowedNow as refused:
            form.add_error(None, refused.words)
    drawn = {**frame(board.project, board), "form": form}
    status = 422 if form.errors else 200
    return render(request, "storyboard/exchange/duplicate.html", drawn, status=status)


def _kind(request: HttpRequest) -> str:
    kind = request.GET.get("as", "json")
    if kind not in _KINDS:
        raise Http404
    return kind


def _no_storage() -> str:
    return _("The pictures cannot be read: our storage does not answer. Nothing is lost. Try "
             "again in a minute.")  # fmt: skip


def _shot_list(brief: Brief, title: str, pictures: Mapping[str, Picture | None]) -> HttpResponse:
    lines = [
        shot_list.Line(
            position=shot.position,
            seconds=shot.seconds,
            prompt=shot.prompt,
            elements=_named(shot.prompt, brief, "element"),
            voices=_named(shot.prompt, brief, "voice"),
            picture=_picture_name(pictures.get(shot.key)),
        )
        for shot in brief.shots
    ]
    return download_of(shot_list.as_csv(lines), _CSV, file_name(title, "csv"))


def _named(prompt: str, brief: Brief, kind: str) -> str:
    """The names of the elements or voices a prompt names, in the order it does."""
    names = (part.words for part in parts_of(prompt, brief) if part.kind == kind)
    return ", ".join(dict.fromkeys(names))


def _picture_name(picture: Picture | None) -> str:
    return f"{picture.sha256[:12]}.{picture.file.rpartition('.')[2]}" if picture else ""


def _judged(request: HttpRequest, project: Project, board: Storyboard | None) -> HttpResponse:
    """Nothing of a body is read before its size, and none is taken where all is archived."""
    if request.method != "POST":
        return _page(request, project, board)
    words = upload_refused(request) or _archived(project, board)
    if words:
        return _page(request, project, board, errors=[words], status=422)
    return _posted(request, project, board)


@csrf_protect
def _posted(request: HttpRequest, project: Project, board: Storyboard | None) -> HttpResponse:
    if "sealed" in request.POST:
        return _confirmed(request, project, board)
    form = FileForm(request.POST, request.FILES, declared=declared_bytes(request))
    if not form.is_valid():
        return _page(request, project, board, form=form, status=422)
    read = form.read(project)
    if read.incoming is None:
        drawn = {"errors": read.errors, "left_out": read.left_out}
        return _page(request, project, board, status=422, **drawn)
    try:
        incoming = _with_pictures(read.incoming, read, project)
    except NotAllowedNow as refused:
        return _page(request, project, board, errors=[refused.words], status=422)
    return _preview(request, project, board, incoming, left_out=read.left_out, title=read.title)


def _with_pictures(incoming: Incoming, read: Read, project: Project) -> Incoming:
    kept = {name: Picture.keep(each, team=project.team) for name, each in read.pictures.items()}
    incoming = incoming.with_frames(kept)
    return incoming.with_brush(read.brush.kept(project.team)) if read.brush else incoming


def _confirmed(request: HttpRequest, project: Project, board: Storyboard | None) -> HttpResponse:
    salt = _salt(request, project, board)
    try:
        incoming, was = unseal(request.POST["sealed"], salt=salt, team=project.team)
    except NotAllowedNow as refused:
        return _page(request, project, board, errors=[refused.words], status=422)
    if board is None:
        return _started(request, project, incoming)
    try:
        bring_in(board, incoming, by=signed_in(request), was=was)
    except NotAllowedNow as refused:
        again = fetch(request, Storyboard, board.key, "edit", related=_RELATED)
        return _preview(request, project, again, incoming, refused=refused.words, status=409)
    return redirect(f"{reverse('storyboard', args=[board.key])}#board")


def _started(request: HttpRequest, project: Project, incoming: Incoming) -> HttpResponse:
    form = NameForm(request.POST)
    if not form.is_valid():
        return _preview(request, project, None, incoming, name_form=form, status=422)
    name = form.cleaned_data["name"]
    board = start_from(incoming, name, project=project, by=signed_in(request))
    return redirect("storyboard", board.key)


def _preview(
    request: HttpRequest, project: Project, board: Storyboard | None, incoming: Incoming,
    *, status: int = 200, title: str = "", **more: Any,
) -> HttpResponse:  # fmt: skip
    """What would change; nothing has."""
    salt = _salt(request, project, board)
    was = mark_of(board) if board else ""  # before what is shown: a change in between is noticed
    drawn: dict[str, Any] = {"is_preview": True, **more}
    if board is None:
        brief = incoming.brief(EMPTY, project.ordering_account)
        drawn["values"] = settings_of(brief)
        drawn["difference"] = difference_of(replace(brief, shots=(), negative_prompt=""), brief)
        drawn.setdefault("name_form", NameForm(initial={"name": title or project.name}))
    else:
        now = board.brief()
        drawn["difference"] = difference_of(now, incoming.brief(now, project.ordering_account))
    drawn["sealed"] = seal(incoming, was=was, salt=salt)
    return _page(request, project, board, status=status, **drawn)


def _page(
    request: HttpRequest, project: Project, board: Storyboard | None, *, status: int = 200,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    drawn = {**frame(project, board), "form": FileForm(), **more}
    return render(request, "storyboard/exchange/import.html", drawn, status=status)


def _archived(project: Project, board: Storyboard | None) -> str:
    """Why nothing is taken in here; empty where it is."""
    if project.archived_at is not None:
        return _("This project is archived. Nothing was brought in. Restore it to go on.")
    if board is not None and board.archived_at is not None:
        return _("This storyboard is archived. Nothing was brought in. Restore it to go on.")
    return ""


def _salt(request: HttpRequest, project: Project, board: Storyboard | None) -> str:
    """A preview is confirmed by who saw it, where it was shown."""
    return f"import:{signed_in(request).pk}:{project.key}:{board.key if board else 'new'}"

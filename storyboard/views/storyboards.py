"""The draft: its page, its settings, its first frame and library entries, and sending it."""

from __future__ import annotations

from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from storyboard.access import as_key, fetch, visible_to
from storyboard.forms.drafts import words_of
from storyboard.forms.storyboards import (
    AttachForm,
    KindForm,
    NameForm,
    SendForm,
    SettingsForm,
)
from storyboard.models import (
    Element,
    NotAllowedNow,
    NotReady,
    Picture,
    Project,
    Storyboard,
    User,
    Voice,
    send_for_review,
)
from storyboard.views import editor, media
from storyboard.views.controls import SWITCHES, left_out
from storyboard.views.drafts import answer, changes_draft, refuse
from storyboard.views.layouts import remembered
from storyboard.views.media import Stored
from storyboard.views.pulse import is_current
from storyboard.views.shell import frame
from storyboard.views.uploads import takes_picture


@require_GET
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The editor; for people who may not edit, the same page as plain text."""
    return remembered(request, editor.page(request, key))


@require_GET
@login_required
def pulse(request: HttpRequest, key: str) -> HttpResponse:
    """204 while nothing happened in the project since `after`, else all the page's parts."""
    board = fetch(request, Storyboard, key, related=("project__team",))
    if is_current(request, board.project.serial):
        return HttpResponse(status=204)
    drawn = editor.context(request, key, editor.Attempt()) | {"pulse": True}
    return render(request, "storyboard/storyboards/parts.html", drawn)


@require_http_methods(["GET", "POST"])
@login_required
def new(request: HttpRequest, key: str) -> HttpResponse:
    """Name and Create; a new draft opens with one empty shot."""
    project = fetch(request, Project, key, "edit", related=("team",))
    form = NameForm(request.POST if request.method == "POST" else None)
    if project.archived_at is not None:
        form = NameForm({"name": request.POST.get("name", "")})
        form.add_error(None, _("This project is archived. Restore it to add a storyboard."))
    elif form.is_valid():
        board = Storyboard.start(form.cleaned_data["name"], project=project, by=_person(request))
        return redirect("storyboard", board.key)
    drawn = {**frame(project), "form": form}
    status = 422 if form.errors else 200
    return render(request, "storyboard/storyboards/new.html", drawn, status=status)


@changes_draft(Storyboard)
def rewrite(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """Store settings as far as they can be; 422 or 409 with what was chosen."""
    is_switch = any(name in request.POST for name in SWITCHES)
    before = left_out(storyboard) if is_switch else []
    attempt = editor.save(storyboard, SettingsForm(request.POST), by=_person(request))
    left = [words for words in left_out(storyboard) if words not in before] if is_switch else []
    if left and editor.is_script(request) and attempt.status == 200:
        return editor.parts(request, storyboard.key, attempt, toast=_kept(storyboard, left))
    return _done(request, storyboard, attempt, "settings")


@changes_draft(Storyboard, place="gate")
def make_total(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """The total becomes what the shots add up to."""
    storyboard.make_total(by=_person(request))
    return _done(request, storyboard, editor.Attempt(), "gate")


@takes_picture(
    Storyboard,
    field="first_frame",
    place="first_frame",
    kept=gettext_lazy("The first frame stays as it was."),
)
def set_first_frame(request: HttpRequest, storyboard: Storyboard, picture: Picture) -> HttpResponse:
    """The video starts from it."""
    storyboard.set_first_frame(picture, by=_person(request))
    return _done(request, storyboard, editor.Attempt(), "first-frame")


@changes_draft(Storyboard, place="first_frame")
def remove_first_frame(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """Back to text to video."""
    storyboard.set_first_frame(None, by=_person(request))
    return _done(request, storyboard, editor.Attempt(), "first-frame")


@takes_picture(
    Storyboard,
    field="end_frame",
    place="end_frame",
    kept=gettext_lazy("The end frame stays as it was."),
)
def set_end_frame(request: HttpRequest, storyboard: Storyboard, picture: Picture) -> HttpResponse:
    """The video ends on it."""
    storyboard.set_end_frame(picture, by=_person(request))
    return _done(request, storyboard, editor.Attempt(), "frames")


@changes_draft(Storyboard, place="end_frame")
def remove_end_frame(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """The video ends as the prompts say."""
    storyboard.set_end_frame(None, by=_person(request))
    return _done(request, storyboard, editor.Attempt(), "frames")


@changes_draft(Storyboard, place="end_frame")
def swap_frames(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """First frame and end frame change places."""
    storyboard.swap_frames(by=_person(request))
    return _done(request, storyboard, editor.Attempt(), "frames")


@changes_draft(Storyboard)
def take_off(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """All elements, or all voices, off the storyboard; the library keeps them."""
    form = KindForm(request.POST)
    if not form.is_valid():
        raise NotAllowedNow(_("Elements or voices can be taken off. Nothing was changed."))
    verbs = {"element": storyboard.detach_elements, "voice": storyboard.detach_voices}
    verbs[form.cleaned_data["kind"]](by=_person(request))
    return _done(request, storyboard, editor.Attempt(), "library")


@changes_draft(Storyboard)
def attach(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """Put an element or a voice of the team's library on the storyboard, or take it off."""
    form = AttachForm(request.POST, team=storyboard.project.team)
    if not form.is_valid():
        raise NotAllowedNow(_("The library has no such entry any more. Nothing was changed."))
    _use(storyboard, form.cleaned_data["entry"], on=form.cleaned_data["on"], by=_person(request))
    return _done(request, storyboard, editor.Attempt(), "library")


@changes_draft(Storyboard)
def rename(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """Another name; the history keeps the former one."""
    form = NameForm(request.POST)
    if not form.is_valid():
        drawn = {"name": request.POST.get("name", "")}
        words = {name: [str(each) for each in found] for name, found in form.errors.items()}
        return answer(request, storyboard, editor.Attempt(typed=drawn, errors=words))
    storyboard.rename(form.cleaned_data["name"], by=_person(request))
    return redirect("storyboard", storyboard.key)


@changes_draft(Storyboard)
def archive(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """Out of the way; everything stays and can be restored."""
    storyboard.archive(by=_person(request))
    return redirect("storyboard", storyboard.key)


@require_POST
@login_required
def restore(request: HttpRequest, key: str) -> HttpResponse:
    """Back among the others."""
    board = fetch(request, Storyboard, key, "edit", related=("project__team",))
    board.restore(by=_person(request))
    return redirect("storyboard", board.key)


@changes_draft(Storyboard)
def delete(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """Gone for good, if it was never sent."""
    project = storyboard.project
    storyboard.delete_draft(by=_person(request))
    return redirect("project", project.key)


@changes_draft(Storyboard, place="gate", verb="send_for_review")
def send(request: HttpRequest, storyboard: Storyboard) -> HttpResponse:
    """Freeze the draft as the next revision; on a draft with problems, say them and freeze none."""
    form = SendForm(request.POST)
    if not form.is_valid():
        return refuse(request, storyboard, words_of(form.errors["takes"]), "gate")
    try:
        revision = send_for_review(storyboard, takes=form.most_takes(), by=_person(request))
    except NotReady as refusal:
        typed = {"takes": str(form.most_takes())}
        words = f"{refusal.words} {refusal.problems[0].words}"
        return answer(request, storyboard, editor.Attempt(typed=typed, refused={"gate": words}))
    return redirect("revision", revision.key)


@require_GET
@login_required
async def picture(request: HttpRequest, key: str) -> HttpResponseBase:
    """The stored picture; its bytes never change under its key."""
    row = await sync_to_async(_see_picture)(request, key)
    return await media.send(request, Stored(row.file, row.sha256, row.content_type))


def _see_picture(request: HttpRequest, key: str) -> Picture:
    row = visible_to(request.user, Picture).filter(key=as_key(key)).first()
    if row is None:
        raise Http404
    return row


def _kept(board: Storyboard, left: list[str]) -> editor.Toast:
    """What a switch leaves unsent, with the way back."""
    words = _("%(model)s %(mode)s leaves out %(what)s. All of it stays here, unsent.")
    told = words % {"model": board.model, "mode": board.mode, "what": ", ".join(left)}
    return editor.Toast(told, "info", reverse("undo", args=[board.key]))


def _use(board: Storyboard, entry: Element | Voice, *, on: str, by: User) -> None:
    verbs: dict[tuple[type, str], Callable[..., None]] = {
        (Element, "1"): board.attach_element,
        (Element, "0"): board.detach_element,
        (Voice, "1"): board.attach_voice,
        (Voice, "0"): board.detach_voice,
    }
    verbs[type(entry), on](entry, by=by)


def _done(
    request: HttpRequest, storyboard: Storyboard, attempt: editor.Attempt, anchor: str
) -> HttpResponse:
    if editor.is_script(request) or attempt.status != 200:
        return answer(request, storyboard, attempt)
    return redirect(f"{reverse('storyboard', args=[storyboard.key])}#{anchor}")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  (every view here asks for a sign-in)
    return request.user

"""Verdicts: on one shot of a take, and on the take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from storyboard.access import as_key, fetch
from storyboard.forms.refused import complaints_of
from storyboard.forms.verdicts import TakeChangesForm, VerdictForm
from storyboard.models import NotAllowedNow, Take
from storyboard.views import room
from storyboard.views.editor import is_script

_NAME = 80  # characters of a storyboard's name


@login_required
@require_POST
def judge(request: HttpRequest, key: str, shot: str) -> HttpResponse:
    """Keep or redo one shot; what is refused stands at the shot, with what was typed."""
    take, form = _fetch(request, key, "judge"), VerdictForm(request.POST)
    if not form.is_valid():
        words = " ".join(complaints_of(form))
        kept = {"refused_verdict": words, "verdict_form": form, "refused_shot": shot}
        return room.page(request, take, status=422, **kept)
    said, by = form.cleaned_data, room.person(request)
    return _try(request, take, f"#shot-verdict-{shot}", lambda: take.judge(
        as_key(shot), said["verdict"], reason=said["reason"], words=said["words"], by=by
    ), name="refused_verdict", refused_shot=shot)  # fmt: skip


@login_required
@require_POST
def unjudge(request: HttpRequest, key: str, shot: str) -> HttpResponse:
    """Nobody has said anything about this shot."""
    take, by = _fetch(request, key, "judge"), room.person(request)
    verb = lambda: take.unjudge(as_key(shot), by=by)  # noqa: E731
    where = f"#shot-verdict-{shot}"
    return _try(request, take, where, verb, name="refused_verdict", refused_shot=shot)


@login_required
@require_POST
def redo(request: HttpRequest, key: str) -> HttpResponse:
    """A new draft of the shots to redo."""
    take = _fetch(request, key, "edit")
    name = _("%(name)s, redo of take %(n)s") % {"name": take.storyboard.name, "n": take.number}
    try:
        board = take.draft_redo(name[:_NAME], by=room.person(request))
    except NotAllowedNow as refused:
        return room.page(request, take, status=422, refused=refused.words)
    messages.success(request, _("A draft of the shots to redo. Nothing is ordered yet."))
    return redirect("storyboard", board.key)


@login_required
@require_POST
def approve(request: HttpRequest, key: str) -> HttpResponse:
    """One person's yes; saying it twice is saying it once."""
    take, by = _fetch(request, key, "decide"), room.person(request)
    return _try(request, take, "#decide", lambda: take.approve(by=by))


@login_required
@require_POST
def request_changes(request: HttpRequest, key: str) -> HttpResponse:
    """One person's no, with words or an open note."""
    take, form = _fetch(request, key, "decide"), TakeChangesForm(request.POST)
    if not form.is_valid():
        words = " ".join(complaints_of(form))
        return room.page(request, take, status=422, refused=words, changes_form=form)
    said, by = form.cleaned_data["words"], room.person(request)
    verb = lambda: take.request_changes(by=by, words=said)  # noqa: E731
    return _try(request, take, "#decide", verb, changes_form=form)


@login_required
@require_POST
def take_back(request: HttpRequest, key: str) -> HttpResponse:
    """The person has not decided; until the take is picked."""
    take, by = _fetch(request, key, "decide"), room.person(request)
    return _try(request, take, "#decide", lambda: take.take_back(by=by))


def _try(
    request: HttpRequest, take: Take, at: str, verb: Callable[[], object], *,
    name: str = "refused", **kept: Any,
) -> HttpResponse:  # fmt: skip
    """Call one verb; what it refuses is said on the same page, with what was typed."""
    try:
        verb()
    except NotAllowedNow as refused:
        again = _fetch(request, take.key)
        return room.page(request, again, status=422, **kept, **{name: refused.words})
    if is_script(request):
        return room.page(request, _fetch(request, take.key))
    return redirect(reverse("take", args=[take.key]) + at)


def _fetch(request: HttpRequest, key: str, verb: str = "see") -> Take:
    return fetch(request, Take, key, verb, related=room.OF_TAKE)

"""One voice of the library: its page, its name and tags, and on which accounts it is.

How a voice comes into the library is `voices`.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from storyboard.access import fetch, signed_in, verbs_of
from storyboard.forms.library import VoiceSettingsForm
from storyboard.forms.refused import focus_first_error
from storyboard.models import NotAllowedNow, Voice
from storyboard.views.library_entries import ask_on, remove_page, use_page
from storyboard.views.library_makings import accounts_of
from storyboard.views.library_shown import voice_shown
from storyboard.views.pulse import is_current

_RELATED = ("team__account", "take__storyboard")


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    return _page(request, fetch(request, Voice, key, related=_RELATED))


@require_safe
@login_required
def pulse(request: HttpRequest, key: str) -> HttpResponse:
    """204 while nothing happened in the team since `after`, else what the page shows of it."""
    voice = fetch(request, Voice, key, related=_RELATED)
    if is_current(request, voice.team.serial):
        return HttpResponse(status=204)
    return render(request, "storyboard/library/voice_pulse.html", _drawn(request, voice))


@require_POST
@login_required
def rewrite(request: HttpRequest, key: str) -> HttpResponse:
    """Its name in prompts, and its tags."""
    voice = fetch(request, Voice, key, "edit", related=_RELATED)
    form = VoiceSettingsForm(request.POST, voice=voice)
    if not form.is_valid():
        return _page(request, voice, settings=form)
    by, said = signed_in(request), form.cleaned_data
    try:
        with transaction.atomic():
            voice.rename(said["name"], by=by)
            voice.retag(said["tags"], by=by)
    except NotAllowedNow as refusal:
        return _page(request, voice, refused=refusal.words)
    messages.success(request, _("The name and the tags are saved."))
    return redirect("voice", voice.key)


@require_POST
@login_required
def create(request: HttpRequest, key: str) -> HttpResponse:
    """Have it made on an account, or once more where that failed."""
    voice = fetch(request, Voice, key, "edit", related=_RELATED)
    if refused := ask_on(request, voice):
        return _page(request, voice, refused=refused)
    return redirect("voice", voice.key)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use(request: HttpRequest, key: str) -> HttpResponse:
    return use_page(request, fetch(request, Voice, key, "edit", related=("team",)))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def remove(request: HttpRequest, key: str) -> HttpResponse:
    return remove_page(request, fetch(request, Voice, key, "edit", related=("team",)))


def _page(
    request: HttpRequest,
    voice: Voice,
    *,
    settings: VoiceSettingsForm | None = None,
    refused: str = "",
) -> HttpResponse:
    form = settings or VoiceSettingsForm(voice=voice)
    focus_first_error(form)
    context = _drawn(request, voice) | {"settings": form, "refused": refused}
    status = 422 if settings or refused else 200
    return render(request, "storyboard/library/voice.html", context, status=status)


def _drawn(request: HttpRequest, voice: Voice) -> dict[str, Any]:
    return {
        "team": voice.team,
        "shown": voice_shown(voice, accounts_of(voice.team)),
        "may": verbs_of(request.user, voice.team),
    }

"""How a voice comes into the library: recorded, from a file, or from one of our takes.

What a voice is afterwards is `library_voices`; presets and known ids are `library_known`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from storyboard.access import fetch, signed_in, verbs_of
from storyboard.forms.pictures import declared_bytes
from storyboard.forms.refused import focus_first_error
from storyboard.forms.voices import RecordingForm, TakeVoiceForm, VoiceForm, recording_refused
from storyboard.media.sound import fewer
from storyboard.media.voices import LONGEST, MAX_BYTES, PARTS, SHORTEST
from storyboard.models import Account, NotAllowedNow, Take, Team, Voice
from storyboard.views.editor import is_script
from storyboard.views.library_cards import Sound
from storyboard.views.library_entries import make_on, ways_of
from storyboard.views.library_makings import library_accounts
from storyboard.views.shell import ALLOWED_NOTHING

MOST_TAKES = 60
_LIMITS = {"shortest": SHORTEST, "longest": LONGEST, "most_bytes": MAX_BYTES}
View = Callable[..., HttpResponse]


def hears(answer: View) -> View:
    """The page may ask the person for the microphone, which no other page may."""

    @wraps(answer)
    def heard(request: HttpRequest, key: str) -> HttpResponse:
        response = answer(request, key)
        response["Permissions-Policy"] = ALLOWED_NOTHING.replace(
            "microphone=()", "microphone=(self)"
        )
        return response

    return heard


@csrf_exempt  # looked at after the declared size: the check itself reads the whole body
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@hears
def new(request: HttpRequest, key: str) -> HttpResponse:
    """Recorded in the browser, or from a file."""
    team = fetch(request, Team, key, "edit", related=("account",))
    accounts = library_accounts(team)
    if request.method == "POST" and (words := recording_refused(request)):
        return _page(request, team, RecordingForm(accounts=accounts), refused=words, status=422)
    return _record(request, team, accounts)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def from_take(request: HttpRequest, key: str) -> HttpResponse:
    """From the sound of one of the team's takes."""
    team = fetch(request, Team, key, "edit", related=("account",))
    accounts = library_accounts(team)
    if request.method != "POST":
        form = TakeVoiceForm(team=team, accounts=accounts)
        form.initial["take"] = request.GET.get("take", "")
        return _take_page(request, team, form)
    form = TakeVoiceForm(request.POST, team=team, accounts=accounts)
    refused = ""
    try:
        if form.is_valid():
            make = partial(Voice.from_take, take=form.cleaned_data["take"])
            return redirect("voice", _add(request, team, form, make).key)
    except NotAllowedNow as refusal:
        refused = refusal.words
    return _take_page(request, team, form, refused=refused, status=422)


@csrf_protect
def _record(request: HttpRequest, team: Team, accounts: list[Account]) -> HttpResponse:
    if request.method != "POST":
        return _page(request, team, RecordingForm(accounts=accounts))
    form = RecordingForm(
        request.POST, request.FILES, accounts=accounts, declared=declared_bytes(request)
    )
    refused = ""
    try:
        if form.is_valid():
            # The file is stored outside any transaction; then the voice and its making, or neither.
            recording, peaks = form.keep()
            make = partial(Voice.record, recording=recording, peaks=peaks)
            return redirect("voice", _add(request, team, form, make).key)
    except NotAllowedNow as refusal:
        refused = refusal.words
    return _page(request, team, form, refused=refused, status=422)


def _add(request: HttpRequest, team: Team, form: VoiceForm, make: Callable[..., Voice]) -> Voice:
    by, said = signed_in(request), form.cleaned_data
    with transaction.atomic():
        voice = make(said["name"], team=team, by=by, tags=said["tags"])
        if account := said.get("account"):
            make_on(account, voice, by=by)
    messages.success(request, _("%(name)s is in the library.") % {"name": voice})
    return voice


def _page(
    request: HttpRequest, team: Team, form: RecordingForm, *, refused: str = "", status: int = 200
) -> HttpResponse:
    focus_first_error(form)
    own = Sound("", _("as you spoke it"), "own-recording", 0)
    context = _common(request, team, form, "new_voice", refused) | {"own": own, "limits": _LIMITS}
    name = "_recording_form" if is_script(request) else "new"
    return render(request, f"storyboard/voices/{name}.html", context, status=status)


def _take_page(
    request: HttpRequest, team: Team, form: TakeVoiceForm, *, refused: str = "", status: int = 200
) -> HttpResponse:
    focus_first_error(form)
    takes = Take.objects.that_speak().filter(storyboard__project__team=team)
    rows = list(takes.select_related("storyboard__project", "generation__account")[:MOST_TAKES])
    context = _common(request, team, form, "voice_from_take", refused) | {
        "choices": [_choice(take) for take in rows],
        "chosen": form["take"].value() or (rows[0].key if rows else ""),
        "most": MOST_TAKES,
        "is_cut": len(rows) == MOST_TAKES,
    }
    return render(request, "storyboard/voices/from_take.html", context, status=status)


def _choice(take: Take) -> dict[str, Any]:
    url = reverse("take_video", args=[take.key])
    name = _("Take %(n)s of %(storyboard)s") % {"n": take.number, "storyboard": take.storyboard}
    peaks = fewer(bytes(take.peaks), PARTS)
    sound = Sound(url, _("The take"), f"take-{take.key}", take.duration_ms / 1000, peaks)
    return {"take": take, "name": name, "sound": sound}


def _common(
    request: HttpRequest, team: Team, form: VoiceForm, way: str, refused: str
) -> dict[str, Any]:
    return {
        "team": team,
        "form": form,
        "title": _("New voice"),
        "ways": ways_of(team, "voice", way),
        "back": f"{reverse('library', args=[team.key])}?kind=voices",
        "refused": refused,
        "may": verbs_of(request.user, team),
    }

"""An element from a video: the film is judged in a process of its own, then kept as it came."""

from __future__ import annotations

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
from storyboard.forms.element_videos import ElementVideoForm, video_refused
from storyboard.forms.refused import focus_first_error
from storyboard.models import Account, Element, Look, NotAllowedNow, Team
from storyboard.views.library_entries import make_on, ways_of
from storyboard.views.library_makings import library_accounts


@csrf_exempt  # looked at after the declared size: the check itself reads the whole body
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest, key: str) -> HttpResponse:
    """From one film of 3 to 8 seconds."""
    team = fetch(request, Team, key, "edit", related=("account",))
    accounts = library_accounts(team)
    if request.method == "POST" and (words := video_refused(request)):
        form = ElementVideoForm(team=team, accounts=accounts)
        return _page(request, team, form, refused=words, status=422)
    return _write(request, team, accounts)


@csrf_protect
def _write(request: HttpRequest, team: Team, accounts: list[Account]) -> HttpResponse:
    if request.method != "POST":
        return _page(request, team, ElementVideoForm(team=team, accounts=accounts))
    form = ElementVideoForm(request.POST, files=request.FILES, team=team, accounts=accounts)
    refused = ""
    try:
        if form.is_valid():
            return redirect("element", _add(request, team, form).key)
    except NotAllowedNow as refusal:
        refused = refusal.words
    focus_first_error(form)
    return _page(request, team, form, refused=refused, status=422)


def _add(request: HttpRequest, team: Team, form: ElementVideoForm) -> Element:
    """The film is stored outside any transaction; then the element and its making, or neither."""
    by, said = signed_in(request), form.cleaned_data
    video, poster = form.keep(team)
    look = Look(
        said["name"], said["description"], video=video, poster=poster, voice=said.get("voice")
    )
    with transaction.atomic():
        element = Element.add(look, team=team, by=by, tags=said["tags"])
        if account := said.get("account"):
            make_on(account, element, by=by)
    messages.success(request, _("%(name)s is in the library.") % {"name": element})
    return element


def _page(
    request: HttpRequest,
    team: Team,
    form: ElementVideoForm,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "team": team,
        "form": form,
        "video": form["video"],
        "title": _("New element"),
        "ways": ways_of(team, "element", "new_element_video"),
        "button": _("Create element"),
        "back": reverse("library", args=[team.key]),
        "note": _("Kling fetches the film from here, so this installation has to be reachable from "
                  "outside. Only people look right from a film, and only models that take video "
                  "elements."),
        "refused": refused,
        "may": verbs_of(request.user, team),
    }  # fmt: skip
    return render(request, "storyboard/library/element_form.html", context, status=status)

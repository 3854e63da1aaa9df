"""A team's library: elements and voices, known by their Kling id."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from storyboard.access import fetch, signed_in, verbs_of
from storyboard.forms.library import ElementForm, VoiceForm
from storyboard.forms.refused import focus_first_error
from storyboard.models import Element, Team, Voice
from storyboard.views.pulse import is_current

Row = TypeVar("Row", Element, Voice)

_TWICE = gettext_lazy("The library has this id already. Nothing was added.")


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    team = fetch(request, Team, key)
    return _page(request, team, ElementForm(team=team), VoiceForm(team=team))


@require_safe
@login_required
def pulse(request: HttpRequest, key: str) -> HttpResponse:
    """204 while nothing happened in the team since `after`, else both lists."""
    team = fetch(request, Team, key)
    if is_current(request, team.serial):
        return HttpResponse(status=204)
    return render(request, "storyboard/library/pulse.html", _lists(request, team))


@require_POST
@login_required
def add_element(request: HttpRequest, key: str) -> HttpResponse:
    team = fetch(request, Team, key, "edit")
    form = ElementForm(request.POST, team=team)
    if not form.is_valid():
        return _page(request, team, form, VoiceForm(team=team), status=422)
    try:
        Element.add(**form.cleaned_data, team=team, by=signed_in(request))
    except IntegrityError:  # somebody else added the same id in this very moment
        form.add_error("kling_id", _TWICE)
        return _page(request, team, form, VoiceForm(team=team), status=422)
    return redirect("library", team.key)


@require_POST
@login_required
def add_voice(request: HttpRequest, key: str) -> HttpResponse:
    team = fetch(request, Team, key, "edit")
    form = VoiceForm(request.POST, team=team)
    if not form.is_valid():
        return _page(request, team, ElementForm(team=team), form, status=422)
    try:
        Voice.add(**form.cleaned_data, team=team, by=signed_in(request))
    except IntegrityError:  # somebody else added the same id in this very moment
        form.add_error("kling_id", _TWICE)
        return _page(request, team, ElementForm(team=team), form, status=422)
    return redirect(f"{reverse('library', args=[team.key])}#voices")


@require_POST
@login_required
def remove_element(request: HttpRequest, key: str) -> HttpResponse:
    element = fetch(request, Element, key, "edit", related=("team",))
    if element.removed_at is None:
        element.remove(by=signed_in(request))
    return redirect("library", element.team.key)


@require_POST
@login_required
def remove_voice(request: HttpRequest, key: str) -> HttpResponse:
    voice = fetch(request, Voice, key, "edit", related=("team",))
    if voice.removed_at is None:
        voice.remove(by=signed_in(request))
    return redirect(f"{reverse('library', args=[voice.team.key])}#voices")


def _page(
    request: HttpRequest, team: Team, element: ElementForm, voice: VoiceForm, *, status: int = 200
) -> HttpResponse:
    focus_first_error(element)
    focus_first_error(voice)
    context = _lists(request, team) | {"element_form": element, "voice_form": voice}
    return render(request, "storyboard/library/show.html", context, status=status)


def _lists(request: HttpRequest, team: Team) -> dict[str, Any]:
    """What the page and its pulse draw."""
    return {
        "team": team,
        "elements": _counted(team.elements.filter(removed_at=None)).select_related("picture"),
        "voices": _counted(team.voices.filter(removed_at=None)),
        "may": verbs_of(request.user, team),
    }


def _counted(rows: QuerySet[Row]) -> QuerySet[Row]:
    used = Count("uses", filter=Q(uses__storyboard__archived_at=None))
    return rows.annotate(used=used).order_by("name", "pk")

"""What the prompt of a draft's shot can take over from its neighbour."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from storyboard.access import signed_in
from storyboard.forms.shots import ShotForm
from storyboard.models import Shot
from storyboard.views import editor
from storyboard.views.drafts import answer, changes_draft


@changes_draft(Shot, place="shot")
def continue_from_previous(request: HttpRequest, shot: Shot) -> HttpResponse:
    """The prompt goes on from the shot before; words typed just now are stored first."""
    by = signed_in(request)
    attempt = editor.save(shot, ShotForm(request.POST), by=by)
    if attempt.status != 200:
        return answer(request, shot.storyboard, attempt)
    shot.continue_from_previous(by=by)
    storyboard = shot.storyboard
    if editor.is_script(request):
        return editor.parts(request, storyboard.key, attempt, focus=f"shot-{shot.key}-prompt")
    return redirect(f"{reverse('storyboard', args=[storyboard.key])}#shot-{shot.key}")

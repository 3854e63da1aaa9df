"""A frame of a take as a picture, on its way to the place it was asked for."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from storyboard.access import fetch
from storyboard.forms.pictures import FrameForm
from storyboard.models import NotAllowedNow, Take
from storyboard.models.frames import picture_of_frame
from storyboard.views import pictures
from storyboard.views.editor import is_script


@require_POST
@login_required
def cut(request: HttpRequest, key: str) -> HttpResponse:
    """Frame `frame` (from 0) becomes a picture; the answer goes on choosing with it, for `to`.

    Without a place in `to` nothing is cut.
    """
    take = fetch(request, Take, key, "edit", related=("storyboard__project__team",))
    team = take.storyboard.project.team
    if not (to := request.POST.get("to", "")):
        return redirect("take", take.key)
    place = pictures.place_of(request, to, team)
    form = FrameForm(request.POST)
    try:
        if not form.is_valid():
            raise NotAllowedNow(_("The take has no such frame. Choose another one."))
        picture = picture_of_frame(take, form.number(take))
    except NotAllowedNow as refused:
        return pictures.page(request, team, place, "take", take=take, refused=refused.words)
    if is_script(request):
        return pictures.page(request, team, place, "take", chosen=picture)
    asked = urlencode({"to": place.to, "chosen": picture.key})
    return redirect(f"{reverse('choose_picture', args=[team.key])}?{asked}")

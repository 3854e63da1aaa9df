"""One frame of a take as a picture to keep, with or without what was drawn on it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from storyboard.access import as_key, fetch
from storyboard.forms.pictures import FrameForm
from storyboard.media.drawings import Drawing
from storyboard.media.timecode import timecode
from storyboard.models import NotAllowedNow, Note, Take
from storyboard.models.frames import frame_to_keep
from storyboard.views.media import ASKED, PLAIN, file_name

MOST_NOTES = 20  # whose drawings stand on one picture
_TEAM = ("storyboard__project__team",)
_TYPES = {"png": "image/png", "jpeg": "image/jpeg"}


@require_GET
@login_required
def save(request: HttpRequest, key: str) -> HttpResponse:
    """Frame `frame` (from 0; the last without) at full size, as a download.

    With the drawing of each `note`, of this take or an earlier one of its storyboard.
    """
    take = fetch(request, Take, key, related=_TEAM)
    form = FrameForm(request.GET)
    if not form.is_valid():
        return _refused(_("The take has no such frame. Choose another one."))
    frame = min(form.number(take), take.last_frame)
    drawings = _drawings(request, take)
    try:
        file = frame_to_keep(take, frame, drawings)
    except NotAllowedNow as refused:
        return _refused(refused.words)
    response = HttpResponse(file.data, _TYPES[file.format])
    name = _name(take, frame, file.format)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = ASKED  # a note may be gone the next time
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _drawings(request: HttpRequest, take: Take) -> list[Drawing]:
    asked = request.GET.getlist("note")[:MOST_NOTES]
    keys = dict.fromkeys(as_key(key) for key in asked)
    notes = Note.objects.filter(
        key__in=keys,
        take__storyboard_id=take.storyboard_id,
        take__number__lte=take.number,
    )
    found = {note.key: note.drawing for note in notes}
    if len(found) < len(keys):
        raise Http404
    return [found[key] for key in keys]


def _refused(words: str) -> HttpResponse:
    return HttpResponse(words, PLAIN, 422)


def _name(take: Take, frame: int, kind: str) -> str:
    """`the-lamp-take-3-00-06-10.png`: the frame by its timecode."""
    film = file_name(take.storyboard.name, take.number).removesuffix(".mp4")
    code = timecode(take.start_of(frame), take.rate_num, take.rate_den).replace(":", "-")
    return f"{film}-{code}.{'jpg' if kind == 'jpeg' else kind}"

"""What is asked of Kling for an element or a voice: which request, and with what in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.kling.client import KlingClient
from storyboard.kling.library import LibraryTask
from storyboard.models import Account, Take
from storyboard.models.creations import Creation
from storyboard.models.elements import ElementVersion
from storyboard.models.voices import Voice
from storyboard.steps import library_words
from storyboard.steps.sending import as_address, picture

Asking = Callable[[KlingClient], LibraryTask[Any]]

# Of a video Kling itself makes a voice from (Kling API, voice customization).
SPEAKING_MODEL = "kling-v2-6"


class CannotAsk(Exception):
    """It cannot be asked for as it is; `words` tell people why. Nothing was sent."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class NotYet(Exception):
    """Something else has to be ready first; `words` tell what."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def asking(row: Creation) -> Asking:
    """The one request that makes it, under the row's own name.

    Raises CannotAsk, NotYet, and OSError where our storage does not give the files.
    """
    what = row.what
    if isinstance(what, ElementVersion):
        return _for_element(what, row)
    return _for_voice(what, row)


def _for_element(version: ElementVersion, row: Creation) -> Asking:
    # Kling wants a description; those from before this was known have none.
    name, about = version.name, version.description or version.name
    more = {"external_task_id": row.external_task_id}
    if version.bound_voice is not None:
        more["element_voice_id"] = _voice_id(version.bound_voice, row.account)
    if version.video:
        video_url = _address(version.video)
        return lambda client: client.elements.create_from_video(
            name, about, video_url=video_url, **more
        )
    front, *others = [picture(each.file, row.account) for each in version.pictures()]
    return lambda client: client.elements.create_from_pictures(
        name, about, front=front, others=others, **more
    )


def _for_voice(voice: Voice, row: Creation) -> Asking:
    name, more = voice.name, {"external_task_id": row.external_task_id}
    if voice.take is not None and (video_id := _video_id(voice.take, row.account)):
        return lambda client: client.voices.create_from_take(name, video_id=video_id, **more)
    file = voice.recording or (voice.take.video if voice.take is not None else "")
    if not file:
        raise CannotAsk(library_words.no_film())
    voice_url = _address(file)
    return lambda client: client.voices.create_from_recording(name, voice_url=voice_url, **more)


def _video_id(take: Take, account: Account) -> str:
    """Kling's id of the take's video, where Kling makes voices from it; else ""."""
    row = take.generation
    body = row.body
    speaks = body.get("model_name") == SPEAKING_MODEL and body.get("sound") == "on"
    until = row.result_expires_at
    is_there = until is not None and timezone.now() < until
    return take.kling_output_id if speaks and is_there and row.account_id == account.pk else ""


def _voice_id(voice: Voice, account: Account) -> str:
    """Of the voice the element is to speak with, on the same account."""
    made = voice.creation_on(account)
    told = {"voice": voice, "account": account}
    if made is not None and made.is_ready:
        return made.kling_id
    if made is not None and made.is_coming:
        raise NotYet(_("Its voice %(voice)s is being created on %(account)s first.") % told)
    raise CannotAsk(
        _(
            "Its voice %(voice)s is not on %(account)s. Nothing was sent and the entry is kept. "
            "Create the voice there, then try again."
        )
        % told
    )


def _address(file: str) -> str:
    address = as_address(file)
    if not address:
        raise CannotAsk(library_words.no_address())
    return address

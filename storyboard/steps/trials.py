"""What a voice sounds like: Kling's own sample, copied to our storage for good.

A voice is used without it as well, so what goes wrong with it is only noted and tried again.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from storyboard.kling.downloads import download
from storyboard.kling.errors import KlingError
from storyboard.media.films import FilmRefused
from storyboard.media.sandbox import plain_sound
from storyboard.models import Account
from storyboard.models.creations import Creation
from storyboard.models.files import files, parts_folder
from storyboard.models.making import CreationStatus
from storyboard.models.presets import PresetList
from storyboard.models.voices import Voice
from storyboard.steps import account as accounts

log = logging.getLogger(__name__)

MOST_BYTES = 5 * 1024**2
TRIED_FOR = timedelta(days=1)  # after the voice was ready


def keep_trial(voice: Voice, url: str, account: Account) -> bool:
    """Copy the sample at `url`, unless there is none, or it is here; whether the voice has one."""
    if voice.trial or not url:
        return bool(voice.trial)
    try:
        with TemporaryDirectory(dir=parts_folder()) as folder:
            voice.keep_trial(*_kept(url, account, Path(folder)))
    except (KlingError, FilmRefused, OSError) as trouble:
        log.warning("voice %s: its sample is not here yet: %s", voice.key, trouble)
        return False
    return True


def fetch_trial(pk: int) -> bool:
    """Ask once more where the sample of a ready voice is, and copy it; False without one."""
    row = Creation.objects.select_related("account", "voice").filter(pk=pk).first()
    if row is None or row.voice is None or not row.is_ready:
        return False
    try:
        return keep_trial(row.voice, _url(row), row.account)
    except KlingError as error:
        log.warning("voice %s: its sample cannot be asked for: %s", row.voice.key, error)
        return False


def without_trial() -> QuerySet[Creation]:
    """Voices that became ready within the last day, and of which nobody has heard anything."""
    return Creation.objects.filter(
        status=CreationStatus.READY,
        ended_at__gt=timezone.now() - TRIED_FOR,
        voice__trial="",
        voice__removed_at=None,
    ).order_by("ended_at")


def _url(row: Creation) -> str:
    """Kling's address of the sample; "" where it tells none."""
    if not row.kling_task_id:  # one of Kling's own, or known by its id: as it was listed
        preset = PresetList.of(row.account).get("voices", row.kling_id)
        return preset.trial_url if preset else ""
    if not accounts.may_ask(row.account):
        return ""
    with accounts.client_for(row.account) as client:
        made = client.voices.fetch(row.kling_task_id)
    return made.items[0].trial_url if made.items else ""


def _kept(url: str, account: Account, folder: Path) -> tuple[str, bytes]:
    """The name the sample is stored under, as one plain WAV, and how loud that is."""
    came, plain = folder / "came", folder / "plain.wav"
    with came.open("xb") as part:
        download(
            url,
            part,
            result_hosts=(*account.dialect.result_hosts, *settings.RESULT_HOSTS),
            allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS,
            max_bytes=MOST_BYTES,
            total_timeout=30.0,
        )
    sound = plain_sound(came, plain)
    name = f"voices/{sound.sha256[:2]}/{sound.sha256}.wav"
    files().keep(plain, name)
    return name, sound.peaks

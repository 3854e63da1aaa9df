"""Bringing the film home. RELIABILITY A4, F1-F4."""

from __future__ import annotations

import errno
import logging
import os
import time

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.kling.downloads import (
    DownloadFailed,
    LinkDead,
    TooLarge,
    UnknownHost,
    download,
)
from storyboard.kling.guard import AddressRefused
from storyboard.media.films import FilmRefused
from storyboard.models import Generation, Status, Take
from storyboard.models.crash import crash_point
from storyboard.models.generations import LEASE_SECONDS
from storyboard.steps.poll import Silence, ask
from storyboard.steps.store import keep_take, parts_folder

log = logging.getLogger(__name__)

LONGEST_WAIT = 3600.0
MOST_REFUSALS = 5


def fetch(row: Generation) -> None:
    """FETCHING: copy the film to our storage before Kling clears it."""
    if row.result_expires_at is not None and timezone.now() > row.result_expires_at:
        row.move(Status.LOST, words=_(
            "The film could not be fetched within Kling's 30 days, and Kling has cleared it."
        ))  # fmt: skip
        return
    try:
        _bring_home(row)
    except LinkDead:
        _fresh_link(row)
    except (UnknownHost, AddressRefused, TooLarge) as refused:
        row.move(Status.HELD, wait=86400.0, hold_reason="unknown_host", words=refused.words[:500])
    except FilmRefused as refused:
        _not_a_film(row, refused)
    except DownloadFailed as failed:
        log.info("generation %s: %s", row.key, failed)
        _later(row, failed.words)
    except OSError as failed:
        full = failed.errno in (errno.ENOSPC, errno.EDQUOT)
        words = (
            _("The disk is full; the film waits at Kling.")
            if full
            else _("The film could not be written to our storage. It waits at Kling.")
        )
        _later(row, words)


def _not_a_film(row: Generation, refused: FilmRefused) -> None:
    """The bytes came whole but are no film: a few more tries, then a person looks."""
    log.info("generation %s: not a film: %s", row.key, refused)
    if row.tries < MOST_REFUSALS:
        _later(row, refused.words)
    else:
        row.move(Status.HELD, wait=86400.0, hold_reason="no_film", words=refused.words[:500])


def _bring_home(row: Generation) -> None:
    take = Take.objects.select_related("revision", "storyboard").get(generation=row)
    path = parts_folder() / f"{take.key}-{row.fence}.part"
    with path.open("xb") as part:
        try:
            crash_point("download.before_first_byte")
            download(
                take.url,
                part,
                result_hosts=(*row.account.dialect.result_hosts, *settings.RESULT_HOSTS),
                allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS,
                each_chunk=_Renewal(row),
            )
            part.flush()
            crash_point("download.before_fsync")
            os.fsync(part.fileno())
            crash_point("download.after_fsync")
            row.renew()
            keep_take(row, take, path)
        finally:
            path.unlink(missing_ok=True)


def _fresh_link(row: Generation) -> None:
    """F2: the link died; Kling gives a new one on asking."""
    try:
        report = ask(row)
    except Silence as silence:
        _later(row, str(silence))
        return
    if report is None or not report.videos:
        _later(row, _("Kling no longer gives a link to the film. It is asked again."))
        return
    Take.expect(row, output_id=report.videos[0].id, url=report.videos[0].url)
    _later(row, _("Kling's link had died; a fresh one is here."), first=1.0)


def _later(row: Generation, words: str, *, first: float = 5.0) -> None:
    wait = min(LONGEST_WAIT, first * 2.0 ** min(row.tries, 10))
    level = logging.DEBUG if row.words == words[:500] else logging.WARNING
    log.log(level, "generation %s: film not fetched yet: %s", row.key, words)
    row.stay(wait=wait, tries=row.tries + 1, words=words[:500])


class _Renewal:
    """Renews the lease every third of it while bytes arrive."""

    def __init__(self, row: Generation) -> None:
        self.row = row
        self.every = row.account.scaled(LEASE_SECONDS).total_seconds() / 3
        self.last = time.monotonic()

    def __call__(self, _received: int) -> None:
        crash_point("download.between_bytes")
        if time.monotonic() - self.last >= self.every:
            self.last = time.monotonic()
            self.row.renew()

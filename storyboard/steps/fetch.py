"""Bringing the film home. RELIABILITY A4, F1-F4."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.utils.translation import gettext as _

from storyboard.kling.downloads import LinkDead, TooLarge, UnknownHost, download
from storyboard.kling.errors import KlingError
from storyboard.kling.guard import AddressRefused
from storyboard.media.films import DISK_FULL, FilmRefused
from storyboard.models import Generation, Take, events
from storyboard.models.crash import crash_point
from storyboard.models.files import parts_folder
from storyboard.models.statuses import LEASE_SECONDS
from storyboard.steps.poll import Silence, ask
from storyboard.steps.store import drop_original, finish_take, is_at_kling, keep_take
from storyboard.steps.words import told

log = logging.getLogger(__name__)


def fetch(row: Generation) -> None:
    """FETCHING: copy the film to our storage before Kling clears it."""
    take = Take.objects.select_related("revision", "storyboard__project").get(generation=row)
    take.generation = row
    try:
        _bring_home(row, take)
    except (KlingError, FilmRefused, OSError) as trouble:
        _did_not_come(row, take, trouble)
        if row.is_live and not take.video:
            take.say_late()


def _bring_home(row: Generation, take: Take) -> None:
    renewal = _Renewal(row)
    if take.video:  # kept before, and what was to be made from it was not
        finish_take(row, take, each_step=renewal)
        return
    path = parts_folder() / f"{take.key}-{row.fence}.part"
    try:
        with path.open("xb") as part:
            crash_point("download.before_first_byte")
            came = download(
                take.url,
                part,
                result_hosts=(*row.account.dialect.result_hosts, *settings.RESULT_HOSTS),
                allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS,
                max_bytes=settings.MAX_FILM_BYTES,
                each_chunk=renewal.received,
            )
        crash_point("download.after_last_byte")
        keep_take(row, take, path, sha256=came.sha256, each_step=renewal)
    finally:
        path.unlink(missing_ok=True)


def _did_not_come(row: Generation, take: Take, trouble: Exception) -> None:
    """Not this time: the film waits at Kling, and so do we, until Kling clears it."""
    match trouble:
        case LinkDead():
            _fresh_link(row)
        case UnknownHost():
            _later(row, events.HostRefused(), trouble.words)
        case AddressRefused():
            _refuse(row, take, "unknown_host", trouble.words)
        case TooLarge():
            _refuse(row, take, "too_large", trouble.words)
        case FilmRefused():
            _refuse(row, take, "no_film", trouble.words)
        case KlingError():
            _later(row, events.NotFetched("cut"), trouble.words, trouble)
        case _:
            _not_written(row, take, trouble)


def _not_written(row: Generation, take: Take, trouble: Exception) -> None:
    """Our own disk or storage: what is not kept yet waits at Kling, what is kept stays."""
    is_full, is_here = getattr(trouble, "errno", None) in DISK_FULL, bool(take.video)
    if is_here:
        words = _("The film is kept. Its pictures are made when our storage takes them.")
    elif is_full:
        words = _("The disk is full; the film waits at Kling.")
    else:
        words = _("The film could not be written to our storage. It waits at Kling.")
    _later(row, events.NotFetched("disk" if is_full else "storage", is_here), words, trouble)


def _refuse(row: Generation, take: Take, why: events.Refusals, words: str) -> None:
    """What came is not to be taken; it may have been a mishap, so it is counted."""
    if take.video and is_at_kling(row):
        drop_original(row, take)
    take.refusals += 1
    take.save(update_fields=["refusals"])
    _later(row, events.NoFilm(why, take.refusals), words)


def _fresh_link(row: Generation) -> None:
    """F2: the link died; Kling gives a new one on asking."""
    try:
        report = ask(row)
    except Silence as silence:
        _later(row, events.NotFetched("no_link"), str(silence))
        return
    if report is None or not report.videos:
        words = _("Kling no longer gives a link to the film. It is asked again.")
        _later(row, events.NotFetched("no_link"), words)
        return
    Take.expect(row, output_id=report.videos[0].id, url=report.videos[0].url)
    words = _("Kling's link had died; a fresh one is here.")
    _later(row, events.NotFetched("fresh_link"), words)


def _later(
    row: Generation, event: events.Event, words: str, trouble: Exception | None = None
) -> None:
    """What the machine makes of it, and one line in the log for each new trouble."""
    level = logging.DEBUG if row.words == words[:500] else logging.WARNING
    log.log(level, "generation %s: film not fetched yet: %s", row.key, trouble or words)
    move = row.next_move(event)
    row.apply(move, **{"words": words[:500], **told(move)})


class _Renewal:
    """Renews the lease every third of it, as often as it is called."""

    def __init__(self, row: Generation) -> None:
        self.row = row
        self.every = row.account.scaled(LEASE_SECONDS).total_seconds() / 3
        self.last = time.monotonic()

    def __call__(self) -> None:
        if time.monotonic() - self.last >= self.every:
            self.last = time.monotonic()
            self.row.renew()

    def received(self, _bytes: int) -> None:
        crash_point("download.between_bytes")
        self()

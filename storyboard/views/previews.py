"""The preview of a draft or a revision, as the dock of its page draws it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.models import Animatic, Revision, Storyboard
from storyboard.models.animatics import newest_of, showing_of
from storyboard.models.showing import Showing
from storyboard.views.frozen import Stills

PATIENCE = timedelta(seconds=15)  # by then a worker has begun, where one runs


@dataclass(frozen=True)
class Preview:
    """The newest preview and whether it still shows what the page shows.

    `address` is where it is asked for and asked about, `refused` why nothing is drawn.
    """

    address: str
    animatic: Animatic | None
    is_current: bool
    refused: str = ""

    @property
    def is_under_way(self) -> bool:
        return self.animatic is not None and self.animatic.is_under_way

    @property
    def is_ready(self) -> bool:
        return self.animatic is not None and self.animatic.is_ready

    @property
    def failure(self) -> str:
        """Why what stands here could not be drawn; what has changed since may well be."""
        if self.refused or self.animatic is None or not self.is_current:
            return self.refused
        return self.animatic.words if self.animatic.status == Animatic.Status.FAILED else ""

    @property
    def words(self) -> str:
        """How far it is, while it is under way."""
        row = self.animatic
        if row is None or not row.is_under_way:
            return ""
        if row.status == Animatic.Status.RENDERING:
            told = _("Drawing the preview: %(done)s of %(all)s s")
            return told % {"done": row.done_seconds, "all": row.seconds}
        if timezone.now() - row.asked_at > PATIENCE:
            return _("The preview waits for a worker. You can leave; it is drawn when one is free.")
        return _("The preview is drawn in a moment.")


def preview_of_draft(board: Storyboard, stills: Stills) -> Preview:
    """One query; `board` has its shots, pictures and library entries read already."""
    row = newest_of(board).first()
    is_current = row is not None and row.digest == Showing.of_draft(board, stills.files).digest
    return Preview(address_of(board), row, is_current)


def preview_of(what: Storyboard | Revision, *, refused: str = "") -> Preview:
    """The same where nothing is read yet."""
    row = newest_of(what).first()
    is_current = row is not None and row.digest == showing_of(what).digest
    return Preview(address_of(what), row, is_current, refused)


def address_of(what: Storyboard | Revision) -> str:
    name = "revision_preview" if isinstance(what, Revision) else "storyboard_preview"
    return reverse(name, args=[what.key])

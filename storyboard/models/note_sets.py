"""Notes as pages ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from storyboard.models.note_wordings import NoteWording

if TYPE_CHECKING:
    from storyboard.models.notes import Note  # noqa: F401  (named in words below)


def is_open(path: str = "") -> Q:
    """Notes that wait for something, no replies; `path` leads to them, as in `notes__`."""
    return Q(**{f"{path}parent": None, f"{path}resolved_at": None, f"{path}removed_at": None})


class NoteSet(models.QuerySet["Note"]):
    def roots(self) -> NoteSet:
        """Notes themselves, no replies."""
        return self.filter(parent=None)

    def open(self) -> NoteSet:
        return self.filter(is_open())

    def resolved(self) -> NoteSet:
        """Every note that is not open: also the place of a removed one that has replies."""
        return self.roots().exclude(is_open())

    def with_thread(self) -> NoteSet:
        """With their replies, and of both all that is drawn: six queries for any number."""
        replies = self.model.objects.with_parts()
        return self.with_parts().prefetch_related(Prefetch("replies", replies))

    def with_parts(self) -> NoteSet:
        """With people, files and mentions; `wording_count` says how often each was edited."""
        wordings = NoteWording.objects.filter(note=OuterRef("pk")).order_by().values("note")
        count = Subquery(wordings.annotate(n=Count("pk")).values("n"))
        rows = self.select_related("by", "resolved_by").prefetch_related("files", "mentions")
        return rows.annotate(wording_count=Coalesce(count, 0))

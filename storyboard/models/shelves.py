"""What the library's page shows: shelves searched by words and tags, most used first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import Lower

from storyboard.models.elements import Element
from storyboard.models.entries import EntrySet
from storyboard.models.search_words import fold
from storyboard.models.storyboards import Storyboard
from storyboard.models.teams import Team
from storyboard.models.voices import Voice

ELEMENTS, VOICES, PICTURES = "elements", "voices", "pictures"
KINDS = (ELEMENTS, VOICES, PICTURES)
MOST_BOARDS = 12  # storyboards named on an entry's page


@dataclass(frozen=True)
class ShelvesAsked:
    """Words of a name, tag or description, one tag, one kind; by name or by use."""

    words: str = ""
    tag: str = ""
    kind: str = ""
    by_name: bool = False

    @property
    def is_filtered(self) -> bool:
        return bool(self.words or self.tag)

    def shows(self, kind: str) -> bool:
        """Pictures are a kind of their own: the library as a whole is elements and voices."""
        return self.kind == kind or (not self.kind and kind != PICTURES)


@dataclass(frozen=True)
class BoardUse:
    """A storyboard with an entry in its draft, at these positions, or only in a revision."""

    storyboard: Storyboard
    shots: tuple[int, ...]
    in_draft: bool


def elements_of(team: Team, asked: ShelvesAsked) -> EntrySet:
    return _sorted(_found(Element, team, asked), asked).select_related("latest__frontal")


def voices_of(team: Team, asked: ShelvesAsked) -> EntrySet:
    return _sorted(_found(Voice, team, asked), asked)


def tags_of(noun: type[Element] | type[Voice], team: Team, words: str) -> list[tuple[str, int]]:
    """The tags of what the words find, with how many have each, most first: one query.

    A tag is written as its first row writes it.
    """
    rows = _found(noun, team, ShelvesAsked(words))
    lists = list(rows.order_by("pk").values_list("tags", flat=True))
    counts = Counter(fold(tag) for tags in lists for tag in tags)
    written = {fold(tag): tag for tags in reversed(lists) for tag in tags}
    return [
        (written[tag], count)
        for tag, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    ]


def boards_with(entry: Element | Voice) -> list[BoardUse]:
    """The last changed storyboards that use it, archived ones too: three queries."""
    drafts = {use.storyboard_id: f"<<<{entry.entry_kind}_{use.position}>>>" for use in _uses(entry)}
    pinned = "element_pins__version__element" if isinstance(entry, Element) else "voice_pins__voice"
    sent = Storyboard.objects.filter(**{f"revisions__{pinned}": entry}).values("pk")
    rows = (
        Storyboard.objects.filter(Q(pk__in=list(drafts)) | Q(pk__in=sent))
        .select_related("first_frame")
        .prefetch_related("shots")
        .order_by("-changed_at", "-pk")[:MOST_BOARDS]
    )
    return [BoardUse(row, _shots(row, drafts.get(row.pk)), row.pk in drafts) for row in rows]


def boards_to_use_in(team: Team, most: int) -> list[Storyboard]:
    """The team's last changed drafts: one query."""
    rows = Storyboard.objects.filter(
        project__team=team, archived_at=None, project__archived_at=None
    )
    return list(rows.select_related("project", "first_frame").order_by("-changed_at", "-pk")[:most])


def _found(noun: type[Element] | type[Voice], team: Team, asked: ShelvesAsked) -> EntrySet:
    rows: EntrySet = noun.objects.filter(team=team).in_library().found(asked.words)
    if asked.tag:
        rows = rows.tagged(asked.tag)
    return rows


def _sorted(rows: EntrySet, asked: ShelvesAsked) -> EntrySet:
    if asked.by_name:
        return rows.order_by(Lower("name"), "pk")
    used = Count("uses", filter=Q(uses__storyboard__archived_at=None))
    counted: EntrySet = rows.alias(used=used)
    return counted.order_by(F("used").desc(), Lower("name"), "pk")


def _uses(entry: Element | Voice) -> Any:
    """Without what the manager adds of accounts."""
    uses: Any = entry.uses
    return uses.model._base_manager.filter(**{entry.entry_kind: entry})


def _shots(board: Storyboard, token: str | None) -> tuple[int, ...]:
    if token is None:
        return ()
    return tuple(shot.position for shot in board.shots.all() if token in shot.prompt)

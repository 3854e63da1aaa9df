"""The shots of a draft as the board, the timeline and the count of shots draw them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from django.urls import reverse

from storyboard.kling.brief import Brief, Problem
from storyboard.kling.rules.text import utf16_units
from storyboard.models import MOST_SHOTS, Picture, Shot, Storyboard
from storyboard.views.attempts import Attempt, Entry, entry_of, refused, words_about
from storyboard.views.frozen import SHAPES, Part, Stills, parts_of

_MOST_RULED = 30  # seconds the timeline numbers one by one
_SAME_SHAPE = 0.05  # a picture this near to the video's shape fills its frame


class Place(NamedTuple):
    """Where a shot can go: to the position `to`, which is before shot `before`; 0 is the end."""

    to: int
    before: int


@dataclass(frozen=True)
class Card:
    """One shot as the board draws it; `start` and `end` are seconds from the beginning.

    `picture` is an address or "", of another shape than the video when `is_letterboxed`; `places`
    is where the shot can be moved to, `to_fix` the number of things that keep it from being sent,
    none of which is that nobody wrote in it yet (`is_unwritten`).
    """

    shot: Shot
    prompt: Entry
    seconds: Entry
    start: int
    end: int
    picture: str
    is_letterboxed: bool
    has_first_frame: bool
    is_first_frame: bool
    limit: int
    parts: list[Part]
    places: list[Place]
    refused: str
    to_fix: int
    is_unwritten: bool
    is_first: bool
    is_last: bool

    @property
    def units(self) -> int:
        return utf16_units(str(self.prompt.value))

    @property
    def over(self) -> int:
        return max(0, self.units - self.limit)

    @property
    def opening(self) -> str:
        """The prompt as a person says it, for a shot without a picture."""
        return "".join(part.words for part in self.parts)

    @property
    def width(self) -> int:
        """The class s1–s15 of its timeline block."""
        return max(1, min(15, self.shot.seconds))


def drawn_shots(
    board: Storyboard, brief: Brief, problems: tuple[Problem, ...], attempt: Attempt, stills: Stills
) -> dict[str, Any]:
    """What the templates of the board and the timeline ask for."""
    cards = _Deck(board, brief, problems, attempt, stills).cards()
    total = brief.shots_seconds
    return {
        "cards": cards,
        "shape": SHAPES.get(board.aspect_ratio, ""),
        "is_full": len(cards) >= MOST_SHOTS,
        "is_new": len(cards) == 1 and not cards[0].shot.prompt and not cards[0].picture,
        "most_shots": MOST_SHOTS,
        "ruled": range(total if total <= _MOST_RULED else 0),
        "sum_seconds": total,
        "shots_errors": words_about(problems, "shots") + refused(attempt, "shots"),
        "shots_refused": "shots" in attempt.refused,
    }


class _Deck:
    """All cards of a draft, each with what is wrong with its shot."""

    def __init__(
        self,
        board: Storyboard,
        brief: Brief,
        problems: tuple[Problem, ...],
        attempt: Attempt,
        stills: Stills,
    ) -> None:
        self.board, self.brief, self.problems = board, brief, problems
        self.attempt, self.stills = attempt, stills
        elements = [use.element for use in board.element_uses.all()]
        self.faces = {each.name: _address(each.picture) for each in elements if each.picture}
        account = board.project.ordering_account
        self.limit = brief.prompt_limit(account.dialect) if account else brief.prompt_limit()

    def cards(self) -> list[Card]:
        shots = list(self.board.shots.all())
        ends = accumulate(shot.seconds for shot in shots)
        return [
            self._card(shot, place, end, len(shots))
            for place, (shot, end) in enumerate(zip(shots, ends, strict=True))
        ]

    def _card(self, shot: Shot, place: int, end: int, count: int) -> Card:
        mine = self.attempt.of(shot.key)
        prompt, seconds = (
            entry_of(shot, name, words_about(self.problems, f"shots[{place}].{name}"), mine)
            for name in ("prompt", "seconds")
        )
        first_frame = self.board.first_frame if place == 0 else None
        bad_frame = words_about(self.problems, "first_frame") if first_frame else []
        refusal = refused(mine, "shot")
        is_unwritten = not shot.prompt.strip() and not prompt.refused
        to_fix = [*([] if is_unwritten else prompt.errors), *seconds.errors, *bad_frame, *refusal]
        own = first_frame or shot.picture
        return Card(
            shot=shot,
            prompt=prompt,
            seconds=seconds,
            start=end - shot.seconds,
            end=end,
            picture=_address(own) if own else self.stills.addresses.get(shot.key, ""),
            is_letterboxed=own is not None and not _fills(own, self.board.aspect_ratio),
            has_first_frame=first_frame is not None,
            is_first_frame=first_frame is not None and first_frame.pk == shot.picture_id,
            limit=self.limit,
            parts=[
                part._replace(picture=self.faces.get(part.words, "")) if part.kind else part
                for part in parts_of(shot.prompt, self.brief)
            ],
            places=_places(shot.position, count),
            refused="".join(refusal),
            to_fix=len(to_fix),
            is_unwritten=is_unwritten,
            is_first=place == 0,
            is_last=place == count - 1,
        )


def _address(picture: Picture) -> str:
    return reverse("small_picture", args=[picture.key])


def _fills(picture: Picture, aspect_ratio: str) -> bool:
    """Whether the picture has nearly the shape of the video."""
    wide, high = (int(side) for side in aspect_ratio.split(":"))
    return abs(picture.width * high / (picture.height * wide) - 1) <= _SAME_SHAPE


def _places(position: int, count: int) -> list[Place]:
    """Before every other shot but the next, where this one stands already, and at the end."""
    earlier = [Place(to=before, before=before) for before in range(1, position)]
    later = [Place(to=before - 1, before=before) for before in range(position + 2, count + 1)]
    return [*earlier, *later, *([Place(to=count, before=0)] if position < count else [])]

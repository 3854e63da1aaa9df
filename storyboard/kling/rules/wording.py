"""Advice on how the prompts of several shots are written; none of it blocks.

Kling reads every shot's prompt by itself, so each has to say who and where. That cameras that
move in most shots make cuts hard to follow is what people report of multi-shot films.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import sources
from ..problems import Problem
from .case import Case
from .tokens import attached_names

MOST_MOVING = 2
# Before the name in `action` of what asks for something that is not attached.
ATTACH = "attach:"

# A shot that begins like this leans on the one before it.
_LEANS = re.compile(r"\s*((?:and\s+)?then|next|after that|afterwards)\b", re.IGNORECASE)
_MOVES = re.compile(
    r"""\b(?:push(?:es|ing)?[ -]?in | pull(?:s|ing)?[ -]?(?:back|out) | zoom(?:s|ing)?
    | pan(?:s|ning)? | tilt(?:s|ing)? | doll(?:y|ies|ying) | crane(?:s)?[ -](?:up|down|shot)
    | orbit(?:s|ing)? | track(?:s|ing)\ (?:shot|in|along|after) | handheld | hand-held | steadicam
    | whip[ -]pan | (?:aerial|drone)\ (?:shot|move)
    | camera\ (?:\w+ly\ )?(?:moves|turns|follows|circles|rises|descends|drifts|glides|flies|
      travels|tracks|rotates|orbits|sweeps|spins|arcs|swings|pushes|pulls|climbs))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_NAME = re.compile(r"(?<![\w@.])@([^\W\d_](?:[\w'’-]*\w)?)")


def check(case: Case) -> Iterator[Problem]:
    """Each prompt stands alone, few cameras move, and names with @ are attached."""
    yield from _leaning(case)
    yield from _moving(case)
    yield from _unattached(case)


def names_at(prompt: str) -> list[str]:
    """The first words of the names written with @ in a prompt, in their order, each once."""
    return list(dict.fromkeys(_NAME.findall(prompt)))


def moves_camera(prompt: str) -> bool:
    """Whether a prompt asks for a move of the camera in words that are known here (English)."""
    return _MOVES.search(prompt) is not None


def _leaning(case: Case) -> Iterator[Problem]:
    if case.brief.shooting != "custom" or len(case.brief.shots) < 2:
        return
    for place, shot in enumerate(case.brief.shots):
        found = _LEANS.match(shot.prompt)
        if found is None:
            continue
        words = (
            f"Shot {place + 1} begins with “{' '.join(found[1].split())}”. Kling reads each prompt "
            "by itself: say who is in it and where."
        )
        field = f"shots[{place}].prompt"
        yield Problem("shot.prompt_leans", field, words, sources.GREENLIGHT, warning=True)


def _moving(case: Case) -> Iterator[Problem]:
    shots = case.brief.shots
    if case.brief.shooting != "custom":
        return
    moving = [place for place, shot in enumerate(shots) if moves_camera(shot.prompt)]
    if len(moving) > MOST_MOVING:
        words = (
            f"The camera moves in {len(moving)} of {len(shots)} shots. Cuts read better where it "
            f"moves in {MOST_MOVING} at most: let the others stand still."
        )
        field = f"shots[{moving[MOST_MOVING]}].prompt"
        yield Problem("shots.moving_cameras", field, words, sources.GREENLIGHT, warning=True)


def _unattached(case: Case) -> Iterator[Problem]:
    attached = [*attached_names(case.brief, "element"), *attached_names(case.brief, "voice")]
    known = {name.split()[0].casefold(): name for name in reversed(attached) if name.split()}
    for place, shot in enumerate(case.brief.shots):
        for name in names_at(shot.prompt):
            field, whole = f"shots[{place}].prompt", known.get(name.casefold())
            if whole is not None:
                words = (
                    f"Shot {place + 1} names {whole} in plain words. Kling does not read @: take "
                    "the name from the list that @ opens."
                )
            else:
                words = (
                    f"Shot {place + 1} names @{name}, and nothing attached is called so. Kling "
                    "does not read @: attach it from the library, or write it without @."
                )
            action = "" if whole else f"{ATTACH}{name}"
            yield Problem("name.unattached", field, words, sources.GREENLIGHT, True, action)

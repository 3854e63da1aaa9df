"""The small film the demo shows: its people, storyboards and what is said about them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STILLS = Path(__file__).parent / "demo_film"


@dataclass(frozen=True)
class Still:
    """One shot: what it says, how long it is, and the still its takes are rendered from."""

    prompt: str
    seconds: int
    still: str


@dataclass(frozen=True)
class Said:
    """One note: at a moment, or to `end_ms`; who answered what, and who resolved it."""

    at_ms: int
    who: str
    words: str
    end_ms: int | None = None
    drawing: tuple[dict[str, Any], ...] = ()
    replies: tuple[tuple[str, str], ...] = ()
    resolved_by: str = ""


@dataclass(frozen=True)
class Board:
    """One storyboard of the film."""

    name: str
    shots: tuple[Still, ...]
    first_frame: str = ""
    mode: str = "std"
    sound: bool = False
    shooting: str = "custom"
    elements: tuple[str, ...] = ()
    notes: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Known:
    """An element of the film: `still` is its face, "" for one that is drawn."""

    name: str
    description: str
    tags: tuple[str, ...]
    still: str = ""


CAST = (
    Known("Aldous", "The keeper: navy cap, grey beard, oilskin coat", ("character",), "e_keeper"),
    Known("Great lens", "The lamp's lens, brass and cut glass", ("prop",), "e_lens"),
    Known("Marit", "A small red fishing boat, one lamp", ("boat", "character"), "e_boat"),
)
PLACES = (
    Known("Harbour bay", "The bay below the light, seen from the rail", ("place",)),
    Known("North point", "The rocks north of the tower, at low water", ("place", "night one")),
)

_ARROW = {"tool": "arrow", "colour": "orange", "points": [[0.54, 0.846], [0.415, 0.68]]}


def _ring(x: float, y: float, wide: float, high: float) -> dict[str, Any]:
    """A ring by hand around a place of the picture; all are parts of its width and height."""
    turns = (math.tau * step / 32 for step in range(33))
    points = [[x + wide * math.cos(turn), y + high * math.sin(turn)] for turn in turns]
    return {"tool": "pen", "colour": "orange", "points": points}


LAMP = Board(
    "The Lamp, night one",
    (
        Still(
            "Dusk, wide from the water. The lighthouse on its rock, a last ember of light under "
            "the cloud. The beam wakes and sweeps left, slowly.",
            3,
            "f1",
        ),
        Still(
            "Looking down the stairwell. <<<element_1>>> climbs with a lantern, steps spiralling "
            "away into warm light. The camera turns with him.",
            2,
            "f2",
        ),
        Still(
            "Lamp room. <<<element_1>>> reaches out and steadies <<<element_2>>>; the whole room "
            "turns gold. Slow push in, dust hanging in the light.",
            3,
            "f3",
        ),
        Still(
            "Close on <<<element_1>>> at the rain-streaked window. The beam passes behind him. "
            "He has seen something out there.",
            2,
            "f4",
        ),
        Still(
            "<<<element_3>>> climbs a black wave, one lamp in the wheelhouse. The beam finds her, "
            "and holds.",
            2,
            "f5",
        ),
        Still(
            "Dawn. <<<element_1>>> on the gallery with a tin cup. Far below, <<<element_3>>> comes "
            "home across flat, bright water.",
            2,
            "f6",
        ),
    ),
    first_frame="f1",
    mode="pro",
    sound=True,
    elements=("Aldous", "Great lens", "Marit"),
    notes=(
        Said(1333, "owner", "The ember wants to be brighter than the beam here.",
             replies=(("author", "It is, in this take."),), resolved_by="owner"),
        Said(2500, "reviewer", "Is the beam too fast for a lamp of this size?",
             resolved_by="author"),
        Said(4250, "author", "The lantern light leads the eye down the whole spiral. Keep this."),
        Said(6417, "reviewer", "His hand should touch the glass, not stop short of it. It reads as "
                               "fear; it should read as care.",
             end_ms=7208, drawing=(_ring(0.369, 0.48, 0.066, 0.122), _ARROW),
             replies=(("owner", "What if he steadies the lens with his palm? @Mara Lindqvist, can "
                                "you put that in?"),)),
        Said(8750, "owner", "Cap badge flickers for three frames when the beam crosses."),
        Said(13000, "reviewer", "Dawn is lovely. Hold the last frame half a second longer?"),
    ),
)  # fmt: skip

GALLERY = Board(
    "Gallery at dawn",
    (
        Still("Flat, bright water before sunrise. Gulls leave the rail one by one.", 3, "f6"),
        Still("The keeper's hands around a tin cup, steam going up into cold air.", 3, "f4"),
        Still("The boat comes home, small, straight down the path of light.", 4, "f6"),
    ),
    sound=True,
    notes=(
        Said(
            5200,
            "reviewer",
            "The steam is what sells the cold. More of it, if anything.",
            resolved_by="author",
        ),
    ),
)

STORM = Board(
    "Storm over the point",
    (
        Still("Rain across the lens. The point is a black tooth in a white sea.", 3, "f5"),
        Still("The beam sweeps through the rain and finds nothing.", 2, "f1b"),
        Still("A wave stands up over the rock and falls. The light goes on turning.", 4, "f5b"),
        Still("Inside: the glass shakes in its frame, the flame does not.", 3, "f3"),
    ),
    first_frame="f5",
)

STEPS = Board(
    "Nine hundred steps",
    (
        Still("Straight down the stairwell, the camera turning slowly with the spiral.", 5, "f2"),
        Still("Boots on iron, each step a different note.", 3, "f2b"),
        Still("Halfway he stops, and listens to the wind in the tower.", 4, "f4"),
    ),
    first_frame="f2",
)

FOG = Board(
    "Marit in the fog",
    (
        Still("Fog so thick the tower is a shadow. One bell, far off.", 3, "x2"),
        Still("The beam arrives as a lighter grey, and leaves again.", 2, "x2"),
        Still("A hand on the tiller lets go of it, and waits.", 4, "x2"),
    ),
    first_frame="x2",
)

EMBER = Board(
    "First ember",
    (
        Still("A match in the dark, cupped. The wick takes.", 2, "x3"),
        Still(
            "The lens around it begins to turn, edge by edge. Beyond the glass, <<<element_1>>>.",
            3,
            "f3",
        ),
        Still("", 2, "f1"),
    ),
    first_frame="x3",
    elements=("Harbour bay",),
)

STARS = Board(
    "Cold open, stars",
    (Still("Stars over a black sea. Nothing moves but the beam, once around.", 5, "x1"),),
    first_frame="x1",
    shooting="single",
)

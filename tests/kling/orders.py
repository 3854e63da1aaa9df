"""Briefs for property tests: strategies per profile and reading."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from storyboard.kling import profiles
from storyboard.kling.brief import (
    Brief,
    Brush,
    Camera,
    PictureRef,
    Reading,
    ShotBrief,
    Stroke,
)
from storyboard.kling.references import PictureLink
from tests.kling.builders import element, voice
from tests.kling.documents.both import picture

READINGS: tuple[Reading, ...] = ("documents", "map")
NAMES = ("official", "powertokens", "gateway004")
MODELS = {
    "official": (
        *("kling-v3",) * 5,
        *("kling-v2-6",) * 3,
        "kling-v1",
        "kling-v1-5",
        "kling-v1-6",
        "kling-v2-master",
        "kling-v2-1",
        "kling-v2-1-master",
        "kling-v2-5-turbo",
    ),
    "powertokens": ("kling-v3",),
    "gateway004": ("kling-v1", "kling-v1-5", "kling-v1-6"),
}
AXES = ("horizontal", "vertical", "pan", "tilt", "roll", "zoom")
MOVES = ("down_back", "forward_up", "right_turn_forward", "left_turn_forward")
# Lengths in UTF-16 units, and what they are made of.
UNITS = {"x": 1, "海": 1, "e\u0301": 2, "🚢": 2}


@dataclass(frozen=True)
class Order:
    """A brief under one profile and one reading."""

    profile: str
    reading: Reading
    brief: Brief


def frame(width: int = 640, height: int = 360, kind: str = "jpeg", size: int = 0) -> PictureRef:
    """A picture as it would be stored; `size` is that of its file, in bytes, where it matters."""
    return PictureRef("a" * 64, width, height, size or 4000, kind)


def file_of(stored: PictureRef) -> str:
    """The picture that a stored one stands for, as bare Base64."""
    size = stored.size_bytes if stored.size_bytes > 10_000 else 0
    return picture(stored.width, stored.height, stored.format.upper(), size)


def text(limit: int) -> st.SearchStrategy[str]:
    """A text of at most so many UTF-16 units, often exactly so many, of one kind of letter."""
    lengths = st.sampled_from((1, 9, limit - 1, limit))
    letters = st.sampled_from(tuple(UNITS))
    return st.builds(filled, letters, lengths)


def filled(letter: str, units: int) -> str:
    """A text of exactly so many UTF-16 units."""
    most = units // UNITS[letter]
    return letter * most + "x" * (units - most * UNITS[letter])


@st.composite
def orders(draw: st.DrawFn, names: tuple[str, ...] = NAMES) -> Order:
    """An order that mostly keeps to the documents; what is let through the rules say."""
    name, reading = draw(st.sampled_from(names)), draw(st.sampled_from(READINGS))
    # The map lets few of these through; an order with all of them says little about it.
    plain = reading == "map" and draw(st.integers(0, 3)) > 0
    profile = profiles.PROFILES[name]
    model = draw(st.sampled_from(MODELS[name]))
    documented = profile.models[model]
    shooting = draw(shootings(model, name))
    total = draw(st.sampled_from(documented.seconds))
    first = name == "gateway004" or draw(st.booleans())
    end = first and shooting == "single" and draw(st.booleans())
    direction = draw(directions(total)) if not (end or plain) else {}
    sound = documented.sound and draw(st.booleans())
    library = draw(libraries(sound=sound)) if not plain else {}
    brief = Brief(
        shots=draw(shots(shooting, total, limit_of(name, shooting), marks(library))),
        shooting=shooting,
        total_seconds=total,
        model=model,
        mode=draw(st.sampled_from(documented.modes)),
        aspect_ratio=draw(st.sampled_from(("16:9", "9:16", "1:1"))),
        sound=sound,
        watermark=draw(st.booleans()),
        negative_prompt=draw(st.just("") | text(200 if name == "gateway004" else 2500)),
        first_frame=draw(frames()) if first else None,
        end_frame=draw(frames()) if end else None,
        cfg_scale=draw(st.none() | st.sampled_from((0, 0.5, 1))) if documented.cfg_scale else None,
        **library,
        **direction,
    )
    return Order(name, reading, brief)


def limit_of(name: str, shooting: str) -> int:
    """How long a prompt may be."""
    if shooting == "custom":
        return 512
    return 500 if name == "gateway004" else 2500


def shootings(model: str, name: str) -> st.SearchStrategy[Any]:
    """A way of shooting; several shots are kling-v3's alone in the map."""
    if model == "kling-v3":
        return st.sampled_from(("custom", "intelligent", "single"))
    return st.sampled_from(("single",) * 5 + (() if name == "gateway004" else ("custom",)))


@st.composite
def shots(draw: st.DrawFn, shooting: str, total: int, limit: int, marked: str) -> Any:
    """Shots whose seconds add up to the total; each mark stands in the first."""
    count = draw(st.integers(1, min(6, total))) if shooting == "custom" else 1
    cuts = sorted(draw(st.permutations(range(1, total)))[: count - 1])
    bounds = [0, *cuts, total]
    prompts = [draw(text(limit - len(marked))) + marked]
    prompts += [f"{number} {draw(text(limit - 2))}" for number in range(2, count + 1)]
    lengths = [later - earlier for earlier, later in pairwise(bounds)]
    return tuple(
        ShotBrief(f"shot-{position}", position, prompt, seconds)
        for position, (prompt, seconds) in enumerate(zip(prompts, lengths, strict=True), 1)
    )


def frames() -> st.SearchStrategy[Any]:
    """A picture within its bounds, or a link to one."""
    sizes = st.sampled_from(((300, 300), (750, 300), (300, 750), (640, 360)))
    stored = st.builds(
        lambda size, kind: frame(*size, kind), sizes, st.sampled_from(("jpeg", "png"))
    )
    return stored | st.just(PictureLink("https://example.com/frame.png"))


@st.composite
def libraries(draw: st.DrawFn, *, sound: bool) -> dict[str, Any]:
    """Elements, or with sound voices, or mostly neither."""
    kind = draw(st.sampled_from(("", "elements", "voices" if sound else "")))
    if kind == "elements":
        return {"elements": tuple(element(n) for n in range(1, draw(st.integers(2, 4))))}
    if kind == "voices":
        return {"voices": tuple(voice(n) for n in range(1, draw(st.integers(2, 3))))}
    return {}


def marks(library: dict[str, Any]) -> str:
    """A mark for everything attached."""
    return "".join(
        f" <<<{kind[:-1]}_{number}>>>"
        for kind, attached in library.items()
        for number in range(1, len(attached) + 1)
    )


@st.composite
def directions(draw: st.DrawFn, total: int) -> dict[str, Any]:
    """A camera move or a motion brush, mostly neither."""
    kind = draw(st.sampled_from(("", "", "", "camera", "brush")))
    if kind == "camera":
        simple = st.builds(
            lambda axis, amount: Camera("simple", **{axis: amount}),
            st.sampled_from(AXES),
            st.sampled_from((-10, -0.5, 3, 10)),
        )
        return {"camera": draw(simple | st.sampled_from(MOVES).map(Camera))}
    if kind == "brush":
        most = draw(st.sampled_from((2, 77 if total == 5 else 78)))
        path = tuple((at, 2 * at) for at in range(most))
        mask = PictureLink("https://example.com/mask.png")
        strokes = tuple(Stroke(mask, path) for _ in range(draw(st.integers(1, 6))))
        return {"brush": Brush(draw(st.none() | st.just(mask)), strokes)}
    return {}

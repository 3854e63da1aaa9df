"""The sentence of a no: what lacks the feature, what enables it, what to do without it.

It is made from the yes cells, so what it names is so. `models` and `endpoints` may be those of
one account alone; then nothing is named that the account does not have.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ..profiles import ENDPOINTS, Endpoint
from .terms import Cell, Feature, Model, seconds_words

Place = tuple[str, str, Feature, Endpoint]


@dataclass(frozen=True)
class _Phrases:
    """How a feature is spoken of after a model's name, and how to do without it."""

    has: str
    lacks: str
    without: str


_PHRASES: Mapping[Feature, _Phrases] = {
    "single_shot": _Phrases("makes videos", "makes no videos", "choose another model"),
    "multi_shot": _Phrases("makes several shots", "makes one shot only", "Single shot"),
    "first_frame": _Phrases("takes a first frame", "takes no first frame", "remove it"),
    "end_frame": _Phrases("takes an end frame", "takes no end frame", "remove the end frame"),
    "end_frame_only": _Phrases(
        "takes an end frame alone",
        "takes no end frame without a first frame",
        "add a first frame",
    ),
    "elements": _Phrases("takes elements", "takes no elements", "remove the elements"),
    "voices": _Phrases("takes voices", "takes no voices", "remove the voices"),
    "sound": _Phrases("makes sound", "makes no sound", "turn sound off"),
    "negative_prompt": _Phrases(
        "takes a negative prompt", "takes no negative prompt", "leave it empty"
    ),
    "cfg_scale": _Phrases("takes a prompt strength", "takes no prompt strength", "leave it empty"),
    "aspect_ratio": _Phrases(
        "takes an aspect ratio", "takes no aspect ratio", "leave the shape to Kling"
    ),
    "camera_control": _Phrases(
        "has camera control",
        "has no camera control",
        "write the camera's move in the prompt",
    ),
    "motion_brush": _Phrases(
        "has a motion brush", "has no motion brush", "write the motion in the prompt"
    ),
    "watermark": _Phrases("makes a watermark", "makes no watermark", "turn it off"),
}


def why_not(
    place: Place,
    allowed: Mapping[Place, Cell],
    models: Mapping[str, Model],
    endpoints: Collection[Endpoint] = ENDPOINTS,
) -> str:
    """Why this place is not allowed, naming the nearest place of `models` that is."""
    own = _of_its_own(place, allowed, endpoints)
    if own:
        return own
    name, mode, feature, _ = place
    phrases = _PHRASES[feature]
    for other in _nearest(place, allowed, models, endpoints):
        lacks = f"{name} {mode} {phrases.lacks}" if other[0] == name else f"{name} {phrases.lacks}"
        if other[:2] == (name, mode):
            lacks = f"{name} {phrases.has} only {_with_frame(other[3])} a first frame"
        change = _change(place, other, allowed, models)
        if other[0] != name and models[other[0]].retired and _has_current(models):
            shown = _named(other, allowed, models)
            return f"{lacks}; {shown} {phrases.has}, and is retired. {_capital(phrases.without)}."
        return f"{lacks}. {_capital(change)}, or {phrases.without}."
    return (
        f"{name} {phrases.lacks}, nor does any model of this account. {_capital(phrases.without)}."
    )


def _of_its_own(
    place: Place, allowed: Mapping[Place, Cell], endpoints: Collection[Endpoint]
) -> str:
    """What is not for the model to say: a frame itself decides which endpoint it is."""
    name, mode, feature, endpoint = place
    if feature == "first_frame":
        return "A first frame makes this image to video. Add a first frame to start from a picture."
    if feature == "end_frame_only" and (name, mode, feature, "image2video") in allowed:
        return "An end frame alone makes this image to video. Add an end frame to end on a picture."
    if feature == "aspect_ratio" and endpoint == "image2video":
        words = "With a first frame the video follows the picture's shape."
        if (name, mode, feature, "text2video") in allowed and "text2video" in endpoints:
            return f"{words} Remove the first frame to choose an aspect ratio."
        return f"{words} {name} needs a first frame; choose its picture in the shape you want."
    return ""


def _nearest(
    place: Place,
    allowed: Mapping[Place, Cell],
    models: Mapping[str, Model],
    endpoints: Collection[Endpoint],
) -> Iterator[Place]:
    """The places that have the feature, the one with the fewest changes first."""
    name, mode, feature, endpoint = place
    order = list(models)
    found = [
        each
        for each in allowed
        if each[2] == feature and each[0] in models and each[3] in endpoints
    ]

    def distance(each: Place) -> tuple[bool, bool, bool, bool, int]:
        return (
            each[0] != name,
            bool(models[each[0]].retired),
            each[3] != endpoint and feature != "end_frame_only",
            each[1] != mode,
            order.index(each[0]),
        )

    yield from sorted(found, key=distance)


def _change(
    place: Place, other: Place, allowed: Mapping[Place, Cell], models: Mapping[str, Model]
) -> str:
    """What to do to get from a place to another: `choose pro and add a first frame`."""
    steps = []
    if other[0] != place[0]:
        steps.append(f"choose {_named(other, allowed, models, framed=False)}")
    elif other[1] != place[1]:
        steps.append(f"choose {other[1]}{_terms(other, allowed, models)}")
    if other[3] != place[3] and place[2] != "end_frame_only":
        steps.append(f"{'add' if other[3] == 'image2video' else 'remove'} the first frame")
    return " and ".join(steps).replace("add the", "add a")


def _named(
    place: Place,
    allowed: Mapping[Place, Cell],
    models: Mapping[str, Model],
    *,
    framed: bool = True,
) -> str:
    """A place in words: `kling-v3`, `kling-v2-6 pro with sound on`."""
    name, mode, feature, endpoint = place
    every = all((name, each.name, feature, endpoint) in allowed for each in models[name].modes)
    words = name if every else f"{name} {mode}"
    frame = f" {_with_frame(endpoint)} a first frame" if framed and feature not in _FRAMES else ""
    return f"{words}{_terms(place, allowed, models)}{frame}"


_FRAMES = ("first_frame", "end_frame", "end_frame_only")


def _terms(place: Place, allowed: Mapping[Place, Cell], models: Mapping[str, Model]) -> str:
    """On what terms a place has its feature, with a leading space."""
    seconds = allowed[place].seconds
    if seconds is not None:
        return f" at {seconds_words(seconds)} s"
    if place[2] == "voices":
        return " with sound on"
    if place[2] == "end_frame" and models[place[0]].end_frame_is_silent:
        return " without sound"
    return ""


def _with_frame(endpoint: Endpoint) -> str:
    return "with" if endpoint == "image2video" else "without"


def _has_current(models: Mapping[str, Model]) -> bool:
    return not all(model.retired for model in models.values())


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]

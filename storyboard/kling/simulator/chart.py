"""What the public capability map refuses besides the documents; judged only with `--reading map`.

Current models: the map of 2026-05-19. Older ones: its copy of December 2025. Where the map and
other sources disagree, the stricter side counts, as for voices and cameras of kling-v3.
"""

from dataclasses import dataclass
from typing import Any

from .controls import CAMERA_TYPES
from .dialects import IMAGE, TEXT
from .fields import given
from .refusal import invalid

BRUSH_DURATION = CAMERA_DURATION = "5"
MAX_ELEMENTS = 3

_OLD = ("5", "10")
_FIVE = ("5",)
_V3 = tuple(str(seconds) for seconds in range(3, 16))


@dataclass(frozen=True)
class Cell:
    """One model in one mode: the durations each way of working has, () where it has none.

    `first` is a video from a first frame, `both` from first and end frame, `last` from an end
    frame alone. Camera types go with 5 s only.
    """

    words: tuple[str, ...] = _OLD
    first: tuple[str, ...] = _OLD
    both: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    brush: bool = False
    words_camera: tuple[str, ...] = ()
    first_camera: tuple[str, ...] = ()
    shots: bool = False
    elements: bool = False
    voices: bool = False
    sound: bool = False
    both_silent: bool = False


_NEWEST = Cell(words=_V3, first=_V3, both=_V3, shots=True, elements=True, sound=True)
CELLS: dict[tuple[str, str], Cell] = {
    ("kling-v1", "std"): Cell(both=_FIVE, brush=True, words_camera=CAMERA_TYPES),
    ("kling-v1", "pro"): Cell(both=_FIVE, brush=True),
    ("kling-v1-5", "std"): Cell(words=()),
    ("kling-v1-5", "pro"): Cell(
        words=(), both=_OLD, last=_OLD, brush=True, first_camera=("simple",)
    ),
    ("kling-v1-6", "std"): Cell(),
    ("kling-v1-6", "pro"): Cell(both=_OLD, last=_OLD),
    # The masters take no mode; one that is sent makes no difference.
    ("kling-v2-master", "std"): Cell(),
    ("kling-v2-master", "pro"): Cell(),
    ("kling-v2-1", "std"): Cell(words=()),
    ("kling-v2-1", "pro"): Cell(words=(), both=_OLD),
    ("kling-v2-1-master", "std"): Cell(),
    ("kling-v2-1-master", "pro"): Cell(),
    ("kling-v2-5-turbo", "std"): Cell(),
    ("kling-v2-5-turbo", "pro"): Cell(both=_OLD),
    ("kling-v2-6", "std"): Cell(),
    ("kling-v2-6", "pro"): Cell(both=_OLD, both_silent=True, sound=True, voices=True),
    ("kling-v3", "std"): _NEWEST,
    ("kling-v3", "pro"): _NEWEST,
    ("kling-v3", "4k"): _NEWEST,
}


def check_chart(kind: str, body: dict[str, Any], model: str, mode: str, duration: str) -> None:
    """Refuse what the model does not do in this mode. Raises Refusal."""
    cell = CELLS[model, mode]
    asked = f"model/mode/duration({model}/{mode}/{duration})"
    if kind == TEXT and duration not in cell.words:
        raise invalid(f"{asked} is not supported with text2video")
    if kind == IMAGE:
        if given(body, "image_tail") and not _ends_anywhere(model):
            raise invalid("Image tail is not supported by the current model")
        _check_frames(cell, body, asked, duration)
        _check_brush(cell, body, asked, duration)
    _check_camera(cell, kind, body, asked, duration)
    _check_words_and_sound(cell, kind, body)


def _ends_anywhere(model: str) -> bool:
    return any(cell.both for (name, _mode), cell in CELLS.items() if name == model)


def _check_frames(cell: Cell, body: dict[str, Any], asked: str, duration: str) -> None:
    first, last = given(body, "image"), given(body, "image_tail")
    if not last:
        if duration not in cell.first:
            raise invalid(f"{asked} is not supported with image")
    elif not first:
        if duration not in cell.last:
            raise invalid(f"only image_tail is not supported by {asked}")
    elif duration not in cell.both:
        raise invalid(f"{asked} is not supported with image_tail")
    elif cell.both_silent and body.get("sound") == "on":
        raise invalid("image_tail is not supported with sound on by the current model")


def _check_brush(cell: Cell, body: dict[str, Any], asked: str, duration: str) -> None:
    if not given(body, "static_mask") and not body.get("dynamic_masks"):
        return
    if not cell.brush or duration != BRUSH_DURATION:
        raise invalid(f"{asked} is not supported with static_mask/dynamic_masks")


def _check_camera(cell: Cell, kind: str, body: dict[str, Any], asked: str, duration: str) -> None:
    camera = body.get("camera_control")
    if camera is None:
        return
    types = cell.words_camera if kind == TEXT else cell.first_camera
    if kind == TEXT and not types:
        raise invalid("camera_control is only supported in std mode with 5s duration and kling-v1")
    move = camera.get("type") if isinstance(camera, dict) else None
    if duration != CAMERA_DURATION or move not in types:
        raise invalid(f"{asked} is not supported with camera_control")


def _check_words_and_sound(cell: Cell, kind: str, body: dict[str, Any]) -> None:
    if body.get("multi_shot") in (True, "true") and not cell.shots:
        raise invalid("multi_shot is not supported by the current model")
    if body.get("sound") == "on" and not cell.sound:
        raise invalid("sound is not supported by the current model and mode")
    elements, voices = body.get("element_list"), body.get("voice_list")
    if elements and (kind == TEXT or not cell.elements):
        raise invalid("element_list is not supported by the current model")
    if isinstance(elements, list) and len(elements) > MAX_ELEMENTS:
        raise invalid(f"element_list must be a list of at most {MAX_ELEMENTS}")
    if voices and (kind == TEXT or not cell.voices):
        raise invalid("voice_list is not supported by the current model and mode")

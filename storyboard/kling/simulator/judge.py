"""Which create requests Kling takes, as its documents say.

A dialect says which documents count (see dialects.py). In the reading `documents` a request is
refused only where one of them says so; in the reading `map` also where the public capability map
does. Messages follow those seen live where there are any.
"""

from dataclasses import dataclass
from typing import Any

from . import dialects, prices
from .chart import check_chart
from .controls import check_controls
from .dialects import DIALECTS, IMAGE, RETIRED, TEXT, Dialect, Model
from .fields import choice, external_id, given, length, listed, text
from .pictures import Picture, check_picture
from .refusal import Refusal, blocked, invalid, not_there
from .shots import Shot, read_shots

__all__ = ["KINDS", "READINGS", "Shot", "Verdict", "judge", "length"]

KINDS = dialects.KINDS
READINGS = ("documents", "map")
RATIOS = ("16:9", "9:16", "1:1")
MAX_VOICES = 2
LEAST_CFG_SCALE, MOST_CFG_SCALE = 0, 1
# Words in a prompt that make the simulator refuse it, or fail its task.
REFUSED_WORD, FAILING_WORD = "[refuse]", "[fail]"
FAILURE = f"The simulator fails every prompt that holds {FAILING_WORD}"


@dataclass(frozen=True)
class Verdict:
    """An accepted request: what to make and what it costs in thousandths of a unit.

    `fails` is why the task will fail, "" for one that succeeds.
    """

    model: str
    mode: str
    seconds: int
    sound: bool
    shots: tuple[Shot, ...]
    units_milli: int
    watermark: bool
    external_task_id: str | None
    callback_url: str | None
    fails: str


def judge(
    kind: str,
    body: dict[str, Any],
    dialect: Dialect | None = None,
    *,
    reading: str = "documents",
    end_frame_with_shots: bool = False,
    refuse_retired: bool = False,
) -> Verdict:
    """Judge the body of `POST …/v1/videos/<kind>`. Raises Refusal, as Kling would answer.

    Without a dialect the official one judges.
    """
    dialect = dialect or DIALECTS["official"]
    whole, body = body, _known(kind, body, dialect)
    name, model = _model(body, dialect, refuse_retired)
    mode, duration = _mode(body, model, dialect), choice(body, "duration", model.durations, "5")
    seconds = int(duration)
    if kind == TEXT:
        choice(body, "aspect_ratio", RATIOS, RATIOS[0])
    shots = read_shots(kind, body, seconds, dialect, end_frame_with_shots=end_frame_with_shots)
    text(body, "negative_prompt", dialect.max_negative_prompt)
    sound = _sound(body, name, model)
    _elements(body, dialect)
    voices = _voices(body, sound)
    _cfg_scale(body, model)
    # The map is the stricter reading: what one document leaves open, the official ones say.
    ratio_limited = dialect.ratio_limited or reading == "map"
    frame = _frames(body, duration, dialect, ratio_limited) if kind == IMAGE else None
    failure = check_controls(kind, body, seconds, dialect, frame)
    if reading == "map":
        check_chart(kind, whole, name, mode, duration)
    words = [shot.prompt for shot in shots] + [text(body, "prompt")]
    if any(REFUSED_WORD in prompt for prompt in words):
        raise blocked("The request contains content that the content security policy refuses")
    return Verdict(
        model=name,
        mode=mode,
        seconds=seconds,
        sound=sound,
        shots=shots,
        units_milli=prices.units_milli(
            name, mode, seconds, sound=sound, voice=voices and _names_voice(words)
        ),
        watermark=_watermark(body),
        external_task_id=_external_id(whole, body),
        callback_url=text(body, "callback_url") or None,
        fails=FAILURE if any(FAILING_WORD in prompt for prompt in words) else failure,
    )


def _known(kind: str, body: dict[str, Any], dialect: Dialect) -> dict[str, Any]:
    """What the dialect's document names; it ignores the rest.

    So does the old field `model`, which means the first model (source 001).
    """
    if kind not in dialect.fields:
        raise not_there("The requested resource does not exist")
    return {field: value for field, value in body.items() if field in dialect.fields[kind]}


def _model(body: dict[str, Any], dialect: Dialect, refuse_retired: bool) -> tuple[str, Model]:
    name = text(body, "model_name") or dialect.default_model
    if name is None:
        raise invalid("model_name is required")
    if name not in dialect.models:
        raise not_there(f"model_name value '{name}' is invalid")
    if refuse_retired and name in RETIRED:
        # The words were seen live. Status and code were not: those of a model that is not there.
        raise not_there(f"The model '{name}' has been discontinued and is no longer available.")
    return name, dialect.models[name]


def _mode(body: dict[str, Any], model: Model, dialect: Dialect) -> str:
    names = dialect.mode_names or {}
    mode = choice(body, "mode", (*model.modes, *names), "std")
    return names.get(mode, mode)


def _sound(body: dict[str, Any], name: str, model: Model) -> bool:
    sound = choice(body, "sound", ("on", "off"), "off") == "on"
    if sound and not model.sound:
        raise invalid(f"sound is not supported by {name}")
    return sound


def _elements(body: dict[str, Any], dialect: Dialect) -> None:
    elements = listed(body, "element_list", dialect.max_elements)
    for entry in elements:
        element = entry.get("element_id") if isinstance(entry, dict) else None
        number = isinstance(element, int) and not isinstance(element, bool)
        # Documents say long; the vendor's own tool sends a string of digits.
        if not number and not (isinstance(element, str) and element.isdigit()):
            raise invalid("element_list: element_id must be a long")
    if elements and body.get("voice_list"):
        raise invalid("element_list and voice_list cannot coexist")


def _voices(body: dict[str, Any], sound: bool) -> bool:
    voices = listed(body, "voice_list", MAX_VOICES)
    for entry in voices:
        voice = entry.get("voice_id") if isinstance(entry, dict) else None
        if not isinstance(voice, str) or not voice:
            raise invalid("voice_list: voice_id must be a string")
    if voices and not sound:
        raise invalid("sound must be on when voice_list is given")
    return bool(voices)


def _names_voice(words: list[str]) -> bool:
    return any("<<<voice_" in prompt for prompt in words)


def _cfg_scale(body: dict[str, Any], model: Model) -> None:
    value = body.get("cfg_scale")
    if value is None:
        return
    if not model.cfg_scale:
        raise invalid("cfg_scale is not supported by the current model")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not LEAST_CFG_SCALE <= value <= MOST_CFG_SCALE:
        raise invalid(f"cfg_scale must be between {LEAST_CFG_SCALE} and {MOST_CFG_SCALE}")


def _frames(
    body: dict[str, Any], duration: str, dialect: Dialect, ratio_limited: bool
) -> Picture | None:
    """The picture the video starts from, where it was sent as Base64."""
    if dialect.image_required and not given(body, "image"):
        raise invalid("image is required")
    if not given(body, "image") and not given(body, "image_tail"):
        raise invalid("image and image_tail cannot both be empty")
    frames = [
        check_picture(field, body[field], ratio_limited=ratio_limited)
        for field in ("image", "image_tail")
        if given(body, field)
    ]
    durations = dialect.end_frame_durations
    if durations is not None and given(body, "image_tail") and duration not in durations:
        raise invalid(f"duration value '{duration}' is not supported with image_tail")
    return frames[0]


def _watermark(body: dict[str, Any]) -> bool:
    info = body.get("watermark_info")
    if info is None:
        return False
    if not isinstance(info, dict) or not isinstance(info.get("enabled", False), bool):
        raise invalid("watermark_info must be an object with enabled true or false")
    return bool(info.get("enabled", False))


def _external_id(whole: dict[str, Any], body: dict[str, Any]) -> str | None:
    """The caller's id; a dialect that does not know the field still has it in the ledger."""
    if "external_task_id" in body or "external_task_id" not in whole:
        return external_id(body)
    try:
        return external_id(whole)
    except Refusal:
        return None

"""Which create requests Kling takes, as its documents say.

The reading is `documents` for the official host: a request is refused only where source 000
(image to video), 003 (text to video) or, for what those leave open, 001 says so; kling-v3's
enumerations are source 002's. What only the public capability map says is not judged here.
Messages follow those seen live where there are any.
"""

from dataclasses import dataclass
from typing import Any

from . import prices
from .controls import check_controls
from .pictures import check_picture
from .refusal import blocked, invalid, not_there

KINDS = ("text2video", "image2video")
MAX_PROMPT = 2500
MAX_SHOT_PROMPT = 512
MAX_SHOTS = 6
MAX_ELEMENTS = 3
MAX_VOICES = 2
DEFAULT_MODEL = "kling-v1"


@dataclass(frozen=True)
class Model:
    """What the documents let a model do; the defaults are the oldest models' (source 001)."""

    durations: tuple[str, ...] = ("5", "10")
    modes: tuple[str, ...] = ("std", "pro")
    cfg_scale: bool = True
    sound: bool = False


_SECOND = Model(cfg_scale=False)
MODELS = {
    "kling-v1": Model(),
    "kling-v1-5": Model(),
    "kling-v1-6": Model(),
    "kling-v2-master": _SECOND,
    "kling-v2-1": _SECOND,
    "kling-v2-1-master": _SECOND,
    "kling-v2-5-turbo": _SECOND,
    "kling-v2-6": Model(cfg_scale=False, sound=True),
    "kling-v3": Model(
        durations=tuple(str(seconds) for seconds in range(3, 16)),
        modes=("std", "pro", "4k"),
        sound=True,
    ),
}


@dataclass(frozen=True)
class Shot:
    """One shot of the film to be made."""

    seconds: int
    prompt: str


@dataclass(frozen=True)
class Verdict:
    """An accepted request: what to make and what it costs in thousandths of a unit."""

    model: str
    mode: str
    seconds: int
    sound: bool
    shots: tuple[Shot, ...]
    units_milli: int
    watermark: bool
    external_task_id: str | None
    callback_url: str | None
    fails: bool


def judge(kind: str, body: dict[str, Any]) -> Verdict:
    """Judge the body of `POST /v1/videos/<kind>`. Raises Refusal, as Kling would answer."""
    name, model = _model(body)
    mode = _choice(body, "mode", model.modes, "std")
    duration = _choice(body, "duration", model.durations, "5")
    if kind == "text2video":
        _choice(body, "aspect_ratio", ("16:9", "9:16", "1:1"), "16:9")
    shots = _shots(body, int(duration))
    _text(body, "negative_prompt", MAX_PROMPT)
    sound = _sound(body, name, model)
    _elements(body)
    voices = _voices(body, sound)
    _cfg_scale(body, model)
    if kind == "image2video":
        _frames(body)
    check_controls(kind, body, int(duration))
    words = [shot.prompt for shot in shots] + [_text(body, "prompt", MAX_PROMPT)]
    if any("[refuse]" in text for text in words):
        raise blocked("The request contains content that the content security policy refuses")
    return Verdict(
        model=name,
        mode=mode,
        seconds=int(duration),
        sound=sound,
        shots=shots,
        units_milli=prices.units_milli(
            name, mode, int(duration), sound=sound, voice=voices and _names_voice(words)
        ),
        watermark=_watermark(body),
        external_task_id=_external_task_id(body),
        callback_url=_text(body, "callback_url") or None,
        fails=any("[fail]" in text for text in words),
    )


def _model(body: dict[str, Any]) -> tuple[str, Model]:
    # The old field `model` is accepted and ignored: it means the first model (source 001).
    name = _text(body, "model_name") or DEFAULT_MODEL
    if name not in MODELS:
        raise not_there(f"model_name value '{name}' is invalid")
    return name, MODELS[name]


def _shots(body: dict[str, Any], seconds: int) -> tuple[Shot, ...]:
    prompt = _text(body, "prompt", MAX_PROMPT)
    multi_shot = _flag(body, "multi_shot")
    if not multi_shot:
        return (Shot(seconds, _required_prompt(prompt)),)
    shot_type = _choice(body, "shot_type", ("customize", "intelligence"), "")
    if not shot_type:
        raise invalid("shot_type is required when multi_shot is true")
    if _given(body, "image") and _given(body, "image_tail"):
        raise invalid("multi_shot does not support first and end frames together")
    if shot_type == "intelligence":
        return (Shot(seconds, _required_prompt(prompt)),)
    return _custom_shots(body.get("multi_prompt"), seconds)


def _required_prompt(prompt: str) -> str:
    if not prompt.strip():
        raise invalid("prompt must not be empty")
    return prompt


def _custom_shots(listed: Any, seconds: int) -> tuple[Shot, ...]:
    if not isinstance(listed, list) or not listed:
        raise invalid("multi_prompt is required when shot_type is customize")
    if len(listed) > MAX_SHOTS:
        raise invalid(f"multi_prompt: size must be between 1 and {MAX_SHOTS}")
    shots = tuple(_custom_shot(number, entry) for number, entry in enumerate(listed, 1))
    total = sum(shot.seconds for shot in shots)
    if total != seconds:
        raise invalid(f"multi_prompt: durations sum to {total}, but duration is {seconds}")
    return shots


def _custom_shot(number: int, entry: Any) -> Shot:
    where = f"multi_prompt[{number}]"
    if not isinstance(entry, dict):
        raise invalid(f"{where} must be an object")
    index = entry.get("index")
    if isinstance(index, bool) or not isinstance(index, int) or index != number:
        raise invalid(f"{where}: index must start at 1 and be consecutive")
    prompt = entry.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise invalid(f"{where}: prompt must not be empty")
    if length(prompt) > MAX_SHOT_PROMPT:
        raise invalid(f"{where}: prompt: size must be between 1 and {MAX_SHOT_PROMPT}")
    duration = entry.get("duration")
    if not isinstance(duration, str) or not (duration.isascii() and duration.isdigit()):
        raise invalid(f"{where}: duration must be a string of whole seconds")
    if len(duration) > 3 or int(duration) < 1:
        raise invalid(f"{where}: duration must be at least 1 and at most the total duration")
    return Shot(int(duration), prompt)


def _sound(body: dict[str, Any], name: str, model: Model) -> bool:
    sound = _choice(body, "sound", ("on", "off"), "off") == "on"
    if sound and not model.sound:
        raise invalid(f"sound is not supported by {name}")
    return sound


def _elements(body: dict[str, Any]) -> None:
    elements = _list(body, "element_list", MAX_ELEMENTS)
    for entry in elements:
        element = entry.get("element_id") if isinstance(entry, dict) else None
        number = isinstance(element, int) and not isinstance(element, bool)
        # Documents say long; the vendor's own tool sends a string of digits.
        if not number and not (isinstance(element, str) and element.isdigit()):
            raise invalid("element_list: element_id must be a long")
    if elements and body.get("voice_list"):
        raise invalid("element_list and voice_list cannot coexist")


def _voices(body: dict[str, Any], sound: bool) -> bool:
    voices = _list(body, "voice_list", MAX_VOICES)
    for entry in voices:
        voice = entry.get("voice_id") if isinstance(entry, dict) else None
        if not isinstance(voice, str) or not voice:
            raise invalid("voice_list: voice_id must be a string")
    if voices and not sound:
        raise invalid("sound must be on when voice_list is given")
    return bool(voices)


def _names_voice(words: list[str]) -> bool:
    return any("<<<voice_" in text for text in words)


def _cfg_scale(body: dict[str, Any], model: Model) -> None:
    value = body.get("cfg_scale")
    if value is None:
        return
    if not model.cfg_scale:
        raise invalid("cfg_scale is not supported by the current model")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise invalid("cfg_scale must be between 0 and 1")


def _frames(body: dict[str, Any]) -> None:
    if not _given(body, "image") and not _given(body, "image_tail"):
        raise invalid("image and image_tail cannot both be empty")
    for field in ("image", "image_tail"):
        if _given(body, field):
            check_picture(field, body[field])


def _watermark(body: dict[str, Any]) -> bool:
    info = body.get("watermark_info")
    if info is None:
        return False
    if not isinstance(info, dict) or not isinstance(info.get("enabled", False), bool):
        raise invalid("watermark_info must be an object with enabled true or false")
    return bool(info.get("enabled", False))


def _external_task_id(body: dict[str, Any]) -> str | None:
    value = _text(body, "external_task_id")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise invalid("external_task_id is not valid text") from None
    return value or None


def length(text: str) -> int:
    """Count as Kling's server does, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _given(body: dict[str, Any], field: str) -> bool:
    return body.get(field) not in (None, "")


def _text(body: dict[str, Any], field: str, most: int | None = None) -> str:
    value = body.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise invalid(f"{field} must be a string")
    if most is not None and length(value) > most:
        raise invalid(f"{field}: size must be between 0 and {most}")
    return value


def _choice(body: dict[str, Any], field: str, choices: tuple[str, ...], default: str) -> str:
    value = _text(body, field) or default
    if value not in choices and value != default:
        raise invalid(f"{field} value '{value}' is invalid")
    if value and value not in choices:
        raise invalid(f"{field} value '{value}' is not supported by the current model")
    return value


def _flag(body: dict[str, Any], field: str) -> bool:
    value = body.get(field)
    # One of the vendor's own examples sends the word instead of the boolean.
    if value in ("true", "false"):
        return bool(value == "true")
    if value is not None and not isinstance(value, bool):
        raise invalid(f"{field} must be a boolean")
    return bool(value)


def _list(body: dict[str, Any], field: str, most: int) -> list[Any]:
    value = body.get(field)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > most:
        raise invalid(f"{field} must be a list of at most {most}")
    return value

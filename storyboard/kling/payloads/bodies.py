"""A create body read into a brief.

Fields: Kling API, image to video and text to video; Kling-v3 schema; the gateway's own document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from ..brief import Brief
from ..profiles import Endpoint
from ..rules.text import is_sendable
from .frames import read_brush, read_camera, read_frames
from .library import read_elements, read_voices
from .reader import Reader, shorten, wrong_type
from .shooting import read_shots

_CORE = ("model_name", "prompt", "negative_prompt", "cfg_scale", "mode", "duration", "callback_url")
_NEWER = (
    "multi_shot",
    "shot_type",
    "multi_prompt",
    "voice_list",
    "sound",
    "camera_control",
    "watermark_info",
    "external_task_id",
)
_PICTURES = ("image", "image_tail", "static_mask", "dynamic_masks")
_IMAGE = (*_CORE, *_NEWER, *_PICTURES, "element_list")
# Text to video speaks of voice_list, and knows neither elements nor pictures.
_TEXT = (*_CORE, *_NEWER, "aspect_ratio")
ALL_FIELDS = frozenset((*_IMAGE, *_TEXT, "model"))


@dataclass(frozen=True)
class Fields:
    """The fields of one endpoint: `read` are judged, the other `known` ones are ignored there."""

    read: frozenset[str]
    known: frozenset[str]


def _fields(*read: str, known: tuple[str, ...] = ()) -> Fields:
    return Fields(frozenset(read), frozenset((*read, *known)))


_OFFICIAL: Mapping[Endpoint, Fields] = MappingProxyType(
    {
        "text2video": _fields(*_TEXT, "model", known=_PICTURES),
        "image2video": _fields(*_IMAGE, "model", known=("aspect_ratio",)),
    }
)
_V3_SCHEMA: Mapping[Endpoint, Fields] = MappingProxyType(
    {
        "text2video": _fields(*_TEXT, known=_PICTURES),
        "image2video": _fields(*_IMAGE, known=("aspect_ratio",)),
    }
)
_GATEWAY: Mapping[Endpoint, Fields] = MappingProxyType(
    {
        "text2video": _fields(*_CORE, known=("image", "image_tail")),
        "image2video": _fields(*_CORE, "image", "image_tail"),
    }
)
# Stands for a model or a mode that cannot be read: known to no document and to no map, so that
# nothing is concluded from it.
UNREADABLE = "?"
USUAL_RATIO = "16:9"  # what an absent aspect_ratio means
# By the first document of a profile.
_DOCUMENTED = {"000": _OFFICIAL, "002": _V3_SCHEMA, "004": _GATEWAY}

# Gateway document: its enumeration has the words in brackets.
_LITERAL_MODES = {"std (high performance)": "std", "pro (high quality)": "pro"}


def read_body(reader: Reader) -> Brief:
    """The brief the body of `reader` asks for; what cannot be read is kept in the reader."""
    fields = _DOCUMENTED[reader.profile.documents[0]][reader.endpoint]
    _check_endpoint(reader)
    _leave_unread(reader, fields)
    _check_addresses(reader)
    shots = read_shots(reader)
    is_image = reader.endpoint == "image2video"
    first_frame, end_frame = read_frames(reader) if is_image else (None, None)
    elements, voices = read_elements(reader), read_voices(reader)
    return Brief(
        shots=shots.shots,
        shooting=shots.shooting,
        total_seconds=shots.total_seconds,
        model=_model(reader),
        mode=_mode(reader),
        aspect_ratio="" if is_image else _aspect_ratio(reader),
        sound=_sound(reader, needed=bool(voices)),
        watermark=_watermark(reader),
        negative_prompt=reader.text("negative_prompt") or "",
        first_frame=first_frame,
        end_frame=end_frame,
        elements=elements,
        voices=voices,
        cfg_scale=_cfg_scale(reader),
        camera=read_camera(reader),
        brush=read_brush(reader) if is_image else None,
    )


def _check_endpoint(reader: Reader) -> None:
    profile = reader.profile
    if reader.endpoint in profile.endpoints and reader.endpoint not in _OWN[profile.documents[0]]:
        words = f"The document of {profile.title} does not describe {reader.endpoint}."
        reader.warn("endpoint.undocumented", "endpoint", words)
    if reader.endpoint not in profile.endpoints:
        reader.hidden.add("shot.prompt_empty")


# The endpoints the first documents of the profiles describe, with 003 beside 000.
_OWN: Mapping[str, tuple[Endpoint, ...]] = MappingProxyType(
    {"000": ("text2video", "image2video"), "002": ("image2video",), "004": ("image2video",)}
)


def _leave_unread(reader: Reader, fields: Fields) -> None:
    """Advice on what is not read, which then is as if it were not there."""
    body = reader.body
    if body.keys() <= fields.read:
        return
    for name in body:
        if name in fields.read or body[name] is None:
            continue
        if name in fields.known:
            if body[name] != "":
                words = f"{name} is ignored at {reader.endpoint}."
                reader.warn("field.ignored", name, words)
        else:
            reader.unknown_fields((name,), ())
    # In the map reading the map's word counts for a gateway, too, whatever its document has.
    read = fields.read | (ALL_FIELDS - fields.known if reader.is_map else frozenset())
    reader.body = {name: value for name, value in body.items() if name in read}


def _check_addresses(reader: Reader) -> None:
    address = reader.text("callback_url")
    if address and not _is_web_address(address):
        words = f"callback_url is “{shorten(address)}”. Give an http or https address with a host."
        reader.refuse("callback_url.address", "callback_url", words)
    own_id = reader.text("external_task_id")
    if own_id and not is_sendable(own_id):
        words = "external_task_id holds a character that cannot be sent. Choose another."
        reader.refuse("external_task_id.unreadable", "external_task_id", words)


def _is_web_address(value: str) -> bool:
    if not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _model(reader: Reader) -> str:
    name = reader.text("model_name")
    if "model" in reader.body and reader.body["model"] is not None:
        instead = f"model_name is missing, so it means {reader.profile.default_model}."
        words = f"model is the old name of this field. {'It is ignored.' if name else instead}"
        reader.warn("model.old_name", "model", words)
    return UNREADABLE if "model_name" in reader.weak else shorten(name or "")


def _mode(reader: Reader) -> str:
    mode = _choice(reader, "mode", "Leave it out, or choose std or pro.")
    if mode in _LITERAL_MODES and reader.profile.documents[0] == "004":
        plain = _LITERAL_MODES[mode]
        words = f"mode is “{mode}”, as the gateway's document spells it; it means {plain}."
        reader.warn("mode.literal", "mode", words)
        return plain
    return UNREADABLE if "mode" in reader.weak else shorten(mode)


def _aspect_ratio(reader: Reader) -> str:
    ratio = _choice(reader, "aspect_ratio", "Leave it out, or choose 16:9, 9:16 or 1:1.")
    return shorten(ratio or USUAL_RATIO)


def _sound(reader: Reader, *, needed: bool) -> bool:
    sound = _choice(reader, "sound", "Leave it out, or choose on or off.")
    if "sound" not in reader.weak and sound not in ("", "on", "off"):
        words = f"sound is “{shorten(sound)}”. Choose on or off."
        reader.refuse("sound.unknown", "sound", words)
        reader.weak.add("sound")
    return needed if "sound" in reader.weak else sound == "on"


def _choice(reader: Reader, name: str, advice: str) -> str:
    """One of some words, unjudged; "" where it is absent. An empty string is none of them."""
    value = reader.text(name)
    if value == "":
        reader.refuse(f"{name}.unknown", name, f"{name} is an empty string. {advice}")
        reader.weak.add(name)
    return value or ""


def _cfg_scale(reader: Reader) -> float | None:
    value = reader.body.get("cfg_scale")
    return None if value is None else reader.number_at("cfg_scale", value, "cfg_scale")


def _watermark(reader: Reader) -> bool:
    value = reader.body.get("watermark_info")
    if value is None:
        return False
    info = reader.object_at("watermark_info", value, "watermark")
    if info is None:
        return False
    reader.unknown_fields(info, ("enabled",), "watermark_info")
    enabled = info.get("enabled")
    if enabled is None or isinstance(enabled, bool):
        return bool(enabled)
    path = "watermark_info.enabled"
    reader.refuse("watermark.type", path, wrong_type(path, enabled, "true or false"))
    return False

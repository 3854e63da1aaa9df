"""A brief in Kling's own field names, and a brief as plain JSON and back.

Field names and types: Kling API, image to video and text to video; the shape of `multi_prompt`:
kling-v3 schema. Values Kling ignores are left out, except `prompt: ""` under `customize`, which
the vendor's own client sends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .capabilities import MODELS
from .references import (
    Brush,
    Camera,
    ElementRef,
    Picture,
    PictureLink,
    PictureRef,
    Stroke,
    VoiceRef,
)

if TYPE_CHECKING:
    from .brief import Brief

ToWire = Callable[[PictureRef], str]


def create_body(brief: Brief, picture: ToWire) -> dict[str, Any]:
    """The create body without `callback_url` and `external_task_id`.

    `picture` gives the wire form of a stored picture: bare base64, no `data:` prefix; a link is
    sent as it is. Raises ValueError when one prompt has to be sent and the brief has not exactly
    one shot.
    """
    return {
        **_named(model_name=brief.model),
        **_shooting(brief),
        **_negative_prompt(brief),
        **_frames(brief, picture),
        **_library(brief),
        **_direction(brief, picture),
        "sound": "on" if brief.sound else "off",
        **_named(mode=brief.mode if _takes_mode(brief.model) else ""),
        **_shape(brief),
        "duration": str(brief.total_seconds),
        "watermark_info": {"enabled": brief.watermark},
    }


def _named(**texts: str) -> dict[str, str]:
    """The fields that say something; an empty one means Kling's default."""
    return {name: text for name, text in texts.items() if text}


def _takes_mode(name: str) -> bool:
    model = MODELS.get(name)
    return model is None or model.takes_mode


def _sent(picture: Picture, to_wire: ToWire) -> str:
    return picture.url if isinstance(picture, PictureLink) else to_wire(picture)


def _shooting(brief: Brief) -> dict[str, Any]:
    if brief.shooting == "custom":
        return {
            "multi_shot": True,
            "shot_type": "customize",
            "prompt": "",
            "multi_prompt": [
                {"index": index, "prompt": shot.prompt, "duration": str(shot.seconds)}
                for index, shot in enumerate(brief.shots, start=1)
            ],
        }
    if len(brief.shots) != 1:
        raise ValueError("one prompt is sent, so the brief must have exactly one shot")
    prompt = brief.shots[0].prompt
    if brief.shooting == "intelligent":
        return {"multi_shot": True, "shot_type": "intelligence", "prompt": prompt}
    return {"multi_shot": False, "prompt": prompt}


def _negative_prompt(brief: Brief) -> dict[str, Any]:
    return {"negative_prompt": brief.negative_prompt} if brief.negative_prompt else {}


def _frames(brief: Brief, picture: ToWire) -> dict[str, Any]:
    frames = {"image": brief.first_frame, "image_tail": brief.end_frame}
    return {name: _sent(frame, picture) for name, frame in frames.items() if frame is not None}


def _library(brief: Brief) -> dict[str, Any]:
    lists: dict[str, Any] = {}
    if brief.elements:
        lists["element_list"] = [
            {"element_id": wire_element_id(element.kling_id)} for element in brief.elements
        ]
    if brief.voices:
        lists["voice_list"] = [{"voice_id": voice.kling_id} for voice in brief.voices]
    return lists


def wire_element_id(kling_id: str) -> int | str:
    """An element id as it is sent: a number when it is digits (`long` in the kling-v3 schema)."""
    is_number = kling_id.isascii() and kling_id.isdecimal() and not kling_id.startswith("0")
    return int(kling_id) if is_number else kling_id


def _direction(brief: Brief, picture: ToWire) -> dict[str, Any]:
    direction: dict[str, Any] = {}
    if brief.cfg_scale is not None:
        direction["cfg_scale"] = brief.cfg_scale
    if brief.camera is not None:
        direction["camera_control"] = _camera_control(brief.camera)
    if brief.brush is not None and brief.brush.still is not None:
        direction["static_mask"] = _sent(brief.brush.still, picture)
    if brief.brush is not None and brief.brush.strokes:
        direction["dynamic_masks"] = [_mask(stroke, picture) for stroke in brief.brush.strokes]
    return direction


def with_masks(body: Mapping[str, Any], of: Callable[[str], str]) -> dict[str, Any]:
    """A create body with the masks of its brush, each of which stands there, put through `of`."""
    found = dict(body)
    if "static_mask" in body:
        found["static_mask"] = of(body["static_mask"])
    if "dynamic_masks" in body:
        found["dynamic_masks"] = [
            {**group, "mask": of(group["mask"])} for group in body["dynamic_masks"]
        ]
    return found


def _camera_control(camera: Camera) -> dict[str, Any]:
    if camera.kind != "simple":
        return {"type": camera.kind}
    amounts = asdict(camera)
    del amounts["kind"]
    return {"type": "simple", "config": amounts}


def _mask(stroke: Stroke, picture: ToWire) -> dict[str, Any]:
    trajectories = [{"x": x, "y": y} for x, y in stroke.points]
    return {"mask": _sent(stroke.mask, picture), "trajectories": trajectories}


def _shape(brief: Brief) -> dict[str, Any]:
    # image2video has no aspect_ratio: the video follows the first frame.
    return _named(aspect_ratio=brief.aspect_ratio) if brief.endpoint == "text2video" else {}


def read_picture(data: Mapping[str, Any] | None) -> Picture | None:
    """The picture or link frozen as `data`, or None. Raises TypeError on other fields."""
    return None if data is None else _read_picture(data)


def _read_picture(data: Mapping[str, Any]) -> Picture:
    return PictureLink(**data) if "url" in data else PictureRef(**data)


def read_elements(data: list[Mapping[str, Any]]) -> tuple[ElementRef, ...]:
    """The elements frozen as `data`, in their order."""
    return tuple(ElementRef(**element) for element in data)


def read_voices(data: list[Mapping[str, Any]]) -> tuple[VoiceRef, ...]:
    """The voices frozen as `data`, in their order."""
    return tuple(VoiceRef(**voice) for voice in data)


def read_camera(data: Mapping[str, Any] | None) -> Camera | None:
    """The camera move frozen as `data`, or None."""
    return None if data is None else Camera(**data)


def read_brush(data: Mapping[str, Any] | None) -> Brush | None:
    """The brush frozen as `data`, or None."""
    if data is None:
        return None
    strokes = tuple(
        Stroke(_read_picture(stroke["mask"]), tuple((x, y) for x, y in stroke["points"]))
        for stroke in data["strokes"]
    )
    # Briefs frozen before this was noted do not say it.
    size = data.get("painted_on")
    return Brush(read_picture(data["still"]), strokes, (size[0], size[1]) if size else None)


def plain(value: Any) -> Any:
    """`value` with its tuples as lists, so that it equals itself after a trip through JSON."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value

"""The pictures of a payload and what directs the motion: camera and brush.

Shapes: Kling API, image to video. Where a gateway's document leaves the inside of an object open,
a fault there is advice only, as in the rules.
"""

from __future__ import annotations

from typing import Any

from ..references import Brush, Camera, Picture, PictureLink, Stroke
from ..rules.camera import AXES, KINDS
from .pictures import Fault, read_picture
from .reader import Reader, shorten, wrong_type

# A picture the rules have nothing against.
STAND_IN = PictureLink("https://picture.invalid/stand-in.png")
_CAMERA, _BRUSH = "camera_config", "trajectories"
_POINT = ("x", "y")
_FAR = 10**9  # pixels: outside every picture


def read_frames(reader: Reader) -> tuple[Picture | None, Picture | None]:
    """First and end frame. One that is missing where it is required is told here."""
    first = _picture(reader, "image", reader.body.get("image"), "first_frame", "The first frame")
    end = _picture(
        reader, "image_tail", reader.body.get("image_tail"), "end_frame", "The end frame"
    )
    if first is not None or (end is not None and not reader.profile.image_required):
        return first, end
    words = "image and image_tail are both missing. Send at least one of the two."
    if reader.profile.image_required:
        words = f"{reader.profile.title} needs image, and it is missing."
    reader.refuse("first_frame.required", "image", words)
    return STAND_IN, end


def _picture(reader: Reader, path: str, value: Any, code: str, name: str) -> Picture | None:
    """A picture, a stand-in for one that cannot be read, or None where there is none."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        words = wrong_type(path, value, "a string: an address or bare base64")
        reader.refuse(f"{code}.type", path, words)
        return STAND_IN
    picture = read_picture(value)
    if isinstance(picture, Fault):
        reader.refuse(f"{code}.{picture.code}", path, f"{name} {picture.words}")
        return STAND_IN
    return picture


def read_camera(reader: Reader) -> Camera | None:
    """The camera move; None where there is none or, once told, it cannot be read."""
    value = reader.body.get("camera_control")
    if value is None:
        return None
    control = reader.object_at("camera_control", value, "camera")
    if control is None:
        return None
    reader.unknown_fields(control, ("type", "config"), "camera_control")
    kind, config = control.get("type"), control.get("config")
    path = "camera_control.type"
    if not isinstance(kind, str):
        words = wrong_type(path, kind, "a string such as “simple”")
        reader.refuse("camera.kind_type", path, words, topic=_CAMERA)
        return Camera("simple", zoom=1.0)
    if kind == "simple":
        return _simple(reader, config)
    if kind in KINDS:
        _check_no_config(reader, kind, config)
    return Camera(shorten(kind))


def _check_no_config(reader: Reader, kind: str, config: Any) -> None:
    # Text to video: it must be None; an empty object says as little.
    path = "camera_control.config"
    if config is None or not reader.object_at(path, config, "camera.config", topic=_CAMERA):
        return
    words = f"{kind} takes no amounts. Leave config out, or choose simple."
    reader.refuse("camera.amounts_unasked", path, words, topic=_CAMERA)


def _simple(reader: Reader, config: Any) -> Camera:
    if config is None:
        words = "camera_control.config is missing; simple needs it, with one amount other than 0."
        reader.refuse("camera.config_required", "camera_control.config", words, topic=_CAMERA)
        return Camera("simple", zoom=1.0)
    faults = len(reader.found)
    amounts = _amounts(reader, config)
    if len(reader.found) > faults and not any(amounts.values()):
        # The amount that could not be read may be the one that counts.
        return Camera("simple", zoom=1.0)
    return Camera("simple", **amounts)


def _amounts(reader: Reader, value: Any) -> dict[str, float]:
    path = "camera_control.config"
    config = reader.object_at(path, value, "camera.config", topic=_CAMERA)
    if config is None:
        return {}
    reader.unknown_fields(config, AXES, path)
    amounts = {}
    for axis in AXES:
        amount = config.get(axis)
        if amount is None:
            continue
        code = "camera.amount"
        number = reader.number_at(f"{path}.{axis}", amount, code, topic=_CAMERA)
        if number is not None:
            amounts[axis] = number
    return amounts


def read_brush(reader: Reader) -> Brush | None:
    """The motion brush, or None where nothing of it is sent."""
    name = "The mask of what stands still"
    still = _picture(reader, "static_mask", reader.body.get("static_mask"), "brush.mask", name)
    groups = reader.listed("dynamic_masks", "brush") or []
    strokes = (_stroke(reader, f"dynamic_masks[{n}]", n, group) for n, group in enumerate(groups))
    brush = Brush(still, tuple(strokes))
    return brush if brush.still is not None or brush.strokes else None


def _stroke(reader: Reader, path: str, place: int, value: Any) -> Stroke:
    stand_in = Stroke(STAND_IN, ((0, 0), (1, 1)))
    group = reader.object_at(path, value, "brush.stroke")
    if group is None:
        return stand_in
    reader.unknown_fields(group, ("mask", "trajectories"), path)
    name = f"The mask of area {place + 1}"
    mask = _picture(reader, f"{path}.mask", group.get("mask"), "brush.mask", name)
    if mask is None:
        words = f"{path}.mask is missing. Send the picture of the area that moves."
        reader.refuse("brush.mask_required", f"{path}.mask", words, topic=_BRUSH)
    path = f"{path}.trajectories"
    points = reader.list_at(path, group.get("trajectories"), "brush.points", topic=_BRUSH)
    if points is None and path not in reader.weak:
        words = f"{path} is missing. Send at least 2 points."
        reader.refuse("brush.points_required", path, words, topic=_BRUSH)
    if points is None:
        return Stroke(mask or STAND_IN, stand_in.points)
    read = tuple(_point(reader, f"{path}[{n}]", point) for n, point in enumerate(points))
    return Stroke(mask or STAND_IN, read)


def _point(reader: Reader, path: str, value: Any) -> tuple[int, int]:
    point = reader.object_at(path, value, "brush.point", topic=_BRUSH)
    if point is None:
        return (0, 0)
    reader.unknown_fields(point, _POINT, path)
    return (_pixels(reader, path, point, "x"), _pixels(reader, path, point, "y"))


def _pixels(reader: Reader, path: str, point: dict[str, Any], axis: str) -> int:
    value = point.get(axis)
    if type(value) is int:
        return max(-_FAR, min(value, _FAR))
    path = f"{path}.{axis}"
    words = wrong_type(path, value, "a whole number of pixels")
    reader.refuse("brush.point_type", path, words, topic=_BRUSH)
    return 0

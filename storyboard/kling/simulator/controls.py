"""Camera control and motion brush: their shapes, and which of them exclude each other."""

from typing import Any

from .pictures import check_picture
from .refusal import invalid

CAMERA_TYPES = ("simple", "down_back", "forward_up", "right_turn_forward", "left_turn_forward")
CAMERA_AXES = ("horizontal", "vertical", "pan", "tilt", "roll", "zoom")
MAX_MASKS = 6
MOST_POINTS = 77  # in a trajectory of a 5 s video; no other length is documented


def check_controls(kind: str, body: dict[str, Any], seconds: int) -> None:
    """Check camera_control and, with a picture, the masks. Raises Refusal."""
    camera = body.get("camera_control")
    if camera is not None:
        _check_camera(camera)
    if kind != "image2video":
        return
    masked = bool(body.get("static_mask") or body.get("dynamic_masks"))
    if [bool(body.get("image_tail")), masked, camera is not None].count(True) > 1:
        raise invalid("image_tail, dynamic_masks/static_mask and camera_control are exclusive")
    if body.get("static_mask"):
        check_picture("static_mask", body["static_mask"])
    _check_masks(body.get("dynamic_masks"), seconds)


def _check_camera(camera: Any) -> None:
    if not isinstance(camera, dict) or camera.get("type") not in CAMERA_TYPES:
        raise invalid("camera_control: type is invalid")
    config = camera.get("config")
    if camera["type"] != "simple":
        if config:
            raise invalid("camera_control: config must be empty for this type")
        return
    if not isinstance(config, dict) or set(config) - set(CAMERA_AXES):
        raise invalid("camera_control: config is required for type simple")
    values = [0 if value is None else value for value in config.values()]
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid("camera_control: config values must be numbers")
        if not -10 <= value <= 10:
            raise invalid("camera_control: config values must be between -10 and 10")
    if sum(value != 0 for value in values) != 1:
        raise invalid("camera_control: exactly one config value must be non-zero")


def _check_masks(masks: Any, seconds: int) -> None:
    if masks is None:
        return
    if not isinstance(masks, list) or len(masks) > MAX_MASKS:
        raise invalid(f"dynamic_masks must be a list of at most {MAX_MASKS}")
    for entry in masks:
        if not isinstance(entry, dict):
            raise invalid("dynamic_masks: each entry must be an object")
        if entry.get("mask"):
            check_picture("dynamic_masks.mask", entry["mask"])
        _check_trajectory(entry.get("trajectories"), seconds)


def _check_trajectory(points: Any, seconds: int) -> None:
    if not isinstance(points, list) or len(points) < 2:
        raise invalid("dynamic_masks: trajectories need at least 2 points")
    if seconds == 5 and len(points) > MOST_POINTS:
        raise invalid(f"dynamic_masks: trajectories take at most {MOST_POINTS} points")
    for point in points:
        if not isinstance(point, dict) or not all(
            isinstance(point.get(axis), int) and not isinstance(point.get(axis), bool)
            for axis in ("x", "y")
        ):
            raise invalid("dynamic_masks: trajectory points need whole x and y")

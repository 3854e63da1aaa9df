"""Camera control and motion brush: their shapes, and which of them exclude each other."""

from typing import Any

from .dialects import IMAGE, Dialect
from .fields import given
from .pictures import Picture, check_picture
from .refusal import invalid

CAMERA_TYPES = ("simple", "down_back", "forward_up", "right_turn_forward", "left_turn_forward")
CAMERA_AXES = ("horizontal", "vertical", "pan", "tilt", "roll", "zoom")
LEAST_MOVE, MOST_MOVE = -10, 10
MAX_MASKS = 6
LEAST_POINTS = 2
MOST_POINTS = 77  # in a trajectory of a 5 s video; no other length is documented
# A mask may differ from its picture by what rounding to whole pixels makes of a scaled copy.
RATIO_SLACK = 0.01


def check_controls(
    kind: str, body: dict[str, Any], seconds: int, dialect: Dialect, frame: Picture | None
) -> str:
    """Check camera_control and, with a picture, the masks. Raises Refusal.

    Returns why the task will fail, or "": a mask of the wrong size is found out later.
    """
    camera = body.get("camera_control")
    if camera is not None:
        _check_camera(camera, dialect)
    if kind != IMAGE:
        return ""
    masked = given(body, "static_mask") or bool(body.get("dynamic_masks"))
    if [given(body, "image_tail"), masked, camera is not None].count(True) > 1:
        raise invalid("image_tail, dynamic_masks/static_mask and camera_control are exclusive")
    masks = []
    if given(body, "static_mask"):
        masks.append(check_picture("static_mask", body["static_mask"]))
    masks += _dynamic_masks(body.get("dynamic_masks"), seconds, dialect)
    return _failure([mask for mask in masks if mask is not None], frame)


def _check_camera(camera: Any, dialect: Dialect) -> None:
    if not isinstance(camera, dict):
        raise invalid("camera_control must be an object")
    if not dialect.details:
        return
    if camera.get("type") not in CAMERA_TYPES:
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
        if not LEAST_MOVE <= value <= MOST_MOVE:
            raise invalid(
                f"camera_control: config values must be between {LEAST_MOVE} and {MOST_MOVE}"
            )
    if sum(value != 0 for value in values) != 1:
        raise invalid("camera_control: exactly one config value must be non-zero")


def _dynamic_masks(masks: Any, seconds: int, dialect: Dialect) -> list[Picture | None]:
    if masks is None:
        return []
    if not isinstance(masks, list) or len(masks) > MAX_MASKS:
        raise invalid(f"dynamic_masks must be a list of at most {MAX_MASKS}")
    pictures = []
    for entry in masks:
        if not isinstance(entry, dict):
            raise invalid("dynamic_masks: each entry must be an object")
        if given(entry, "mask"):
            pictures.append(check_picture("dynamic_masks.mask", entry["mask"]))
        if dialect.details:
            _check_trajectory(entry.get("trajectories"), seconds)
    return pictures


def _check_trajectory(points: Any, seconds: int) -> None:
    if not isinstance(points, list) or len(points) < LEAST_POINTS:
        raise invalid(f"dynamic_masks: trajectories need at least {LEAST_POINTS} points")
    if seconds == 5 and len(points) > MOST_POINTS:
        raise invalid(f"dynamic_masks: trajectories take at most {MOST_POINTS} points")
    for point in points:
        if not isinstance(point, dict) or not all(
            isinstance(point.get(axis), int) and not isinstance(point.get(axis), bool)
            for axis in ("x", "y")
        ):
            raise invalid("dynamic_masks: trajectory points need whole x and y")


def _failure(masks: list[Picture], frame: Picture | None) -> str:
    """Sources 000, 001 and 002: such a task is taken, and fails."""
    if len({(mask.width, mask.height) for mask in masks}) > 1:
        return "The resolution of static_mask and dynamic_masks.mask must be identical"
    if not masks or frame is None:
        return ""
    ratio, wanted = masks[0].width / masks[0].height, frame.width / frame.height
    if abs(ratio / wanted - 1) > RATIO_SLACK:
        return "The aspect ratio of the mask must match the image"
    return ""

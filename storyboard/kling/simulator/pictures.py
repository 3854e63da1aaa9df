"""The pictures inside a request: checked by the documents, then taken out of the body.

Sources 000 and 001: URL or bare Base64, .jpg .jpeg .png, at most 10 MB, each side at least
300 px, ratio 1:2.5 to 2.5:1. A URL is believed and never fetched.
"""

import base64
import binascii
import hashlib
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from .fields import address
from .refusal import Refusal, invalid

MAX_BYTES = 10 * 1024 * 1024
MIN_SIDE = 300
MAX_RATIO = 2.5
MAX_PIXELS = 100_000_000  # the documents name no limit; this one guards the machine
NAMES = ("image", "image_tail", "static_mask", "mask", "frontal_image", "image_url")


@dataclass(frozen=True)
class Picture:
    """What was sent as Base64: its bytes and its size in pixels."""

    data: bytes
    width: int
    height: int


def check_picture(field: str, value: Any, *, ratio_limited: bool = True) -> Picture | None:
    """Return the picture, or None for a URL. Raises Refusal."""
    if not isinstance(value, str):
        raise invalid(f"{field} must be a string")
    if value[:5].lower() == "data:":
        raise invalid(f"{field}: Base64 must not carry a data: prefix")
    if value[:8].lower().startswith(("http://", "https://")):
        address(field, value)
        return None
    data = _decoded(field, value)
    if len(data) > MAX_BYTES:
        raise invalid(f"{field}: file size exceeds 10MB")
    width, height = _pixels(field, data, ratio_limited)
    return Picture(data, width, height)


def take_out(body: Any, pictures: dict[str, bytes]) -> Any:
    """Copy a body with each known Base64 picture replaced by its SHA-256 and size in bytes.

    `pictures` maps a SHA-256 to bytes and is filled.
    """
    if isinstance(body, dict):
        return {name: _taken(name, value, pictures) for name, value in body.items()}
    if isinstance(body, list):
        return [take_out(value, pictures) for value in body]
    return body


def _taken(name: str, value: Any, pictures: dict[str, bytes]) -> Any:
    if name not in NAMES or not isinstance(value, str):
        return take_out(value, pictures)
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return value
    if not data:
        return value
    sha256 = hashlib.sha256(data).hexdigest()
    pictures[sha256] = data
    return {"sha256": sha256, "size": len(data)}


def _decoded(field: str, value: str) -> bytes:
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise invalid(f"{field}: neither a URL nor valid Base64") from None
    if not data:
        raise invalid(f"{field}: the picture is empty")
    return data


def _pixels(field: str, data: bytes, ratio_limited: bool) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
            width, height = picture.size
            _check_shape(field, width, height, ratio_limited)
            picture.load()
            return width, height
    except Refusal:
        raise
    except Exception as error:  # Pillow raises many kinds for damaged files
        raise invalid(f"{field}: only readable .jpg, .jpeg and .png are supported") from error


def _check_shape(field: str, width: int, height: int, ratio_limited: bool) -> None:
    if width < MIN_SIDE or height < MIN_SIDE:
        raise invalid(
            f"{field}: width and height must be at least {MIN_SIDE}px, got {width}x{height}"
        )
    if ratio_limited and max(width, height) > min(width, height) * MAX_RATIO:
        raise invalid(
            f"{field}: aspect ratio must be between 1:2.5 and 2.5:1, got {width}x{height}"
        )
    if width * height > MAX_PIXELS:
        raise invalid(f"{field}: too many pixels, got {width}x{height}")

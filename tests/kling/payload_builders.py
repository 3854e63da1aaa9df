"""Create bodies in Kling's own names, ready to be spoilt."""

import base64
import io
import struct
import zlib
from typing import Any

from PIL import Image

from storyboard.kling.payloads import judge
from storyboard.kling.problems import Problem
from storyboard.kling.profiles import GATEWAY004, OFFICIAL, POWERTOKENS, Profile

LINK = "https://pictures.example/first.png"
GATEWAY_BODY: dict[str, Any] = {"model_name": "kling-v1-6", "image": LINK, "prompt": "Rain"}


def entries(*seconds: int) -> list[dict[str, Any]]:
    return [
        {"index": index, "prompt": f"Gulls over the pier, number {index}", "duration": str(length)}
        for index, length in enumerate(seconds, start=1)
    ]


def six_shots(**changes: Any) -> dict[str, Any]:
    """Image to video on kling-v3 pro, six shots of 15 s in all, ready to send."""
    return {
        "model_name": "kling-v3",
        "image": LINK,
        "multi_shot": True,
        "shot_type": "customize",
        "prompt": "",
        "multi_prompt": entries(3, 2, 3, 2, 3, 2),
        "sound": "on",
        "mode": "pro",
        "duration": "15",
        **changes,
    }


def one_shot(**changes: Any) -> dict[str, Any]:
    """Image to video on kling-v2-6 pro, one shot of 5 s, ready to send."""
    return {
        "model_name": "kling-v2-6",
        "image": LINK,
        "prompt": "A boat leaves the harbour",
        "mode": "pro",
        "duration": "5",
        **changes,
    }


def from_words(**changes: Any) -> dict[str, Any]:
    """Text to video on kling-v3, one shot of 5 s, ready to send."""
    return {"model_name": "kling-v3", "prompt": "A boat leaves the harbour", **changes}


def problems(
    body: Any,
    endpoint: str = "image2video",
    profile: Profile = OFFICIAL,
    reading: Any = "documents",
) -> tuple[Problem, ...]:
    return judge(endpoint, profile, body, reading)


def errors(body: Any, endpoint: str = "image2video", profile: Profile = OFFICIAL) -> list[Any]:
    """Code and field of what would be refused."""
    return [
        (each.code, each.field) for each in problems(body, endpoint, profile) if not each.warning
    ]


def advice(body: Any, endpoint: str = "image2video", profile: Profile = OFFICIAL) -> list[Any]:
    """Code and field of what is worth knowing."""
    return [(each.code, each.field) for each in problems(body, endpoint, profile) if each.warning]


def encoded(width: int, height: int, kind: str = "PNG") -> str:
    """A real picture in bare base64."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


def claimed(width: int, height: int, padding: int = 0) -> str:
    """A PNG whose head claims this size and which holds no pixels, in bare base64."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n\x00\x00\x00\r" + head + struct.pack(">I", zlib.crc32(head))
    data += b"\x00" * padding + b"\x00\x00\x00\x00IEND\xaeB`\x82"
    return base64.b64encode(data).decode()


__all__ = [
    "GATEWAY004",
    "GATEWAY_BODY",
    "LINK",
    "OFFICIAL",
    "POWERTOKENS",
    "advice",
    "claimed",
    "encoded",
    "entries",
    "errors",
    "from_words",
    "one_shot",
    "problems",
    "six_shots",
]

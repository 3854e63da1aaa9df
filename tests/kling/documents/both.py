"""One payload held against both: the product's rules and the simulator's own table.

Every profile and dialect is looked up at the moment of asking, so that a test that shifts one of
their limits is seen by both.
"""

import base64
import functools
import io
from typing import Any

from PIL import Image

from storyboard.kling import payloads, profiles
from storyboard.kling.problems import Problem
from storyboard.kling.simulator import dialects
from storyboard.kling.simulator.judge import Verdict, judge
from storyboard.kling.simulator.refusal import Refusal

Body = dict[str, Any]
TEXT, IMAGE = "text2video", "image2video"
LINK = "https://example.com/first-frame.png"
OTHER_LINK = "https://example.com/end-frame.jpg"
ABSENT = object()
MODELS = {"official": "kling-v3", "powertokens": "kling-v3", "gateway004": "kling-v1-6"}


def body(kind: str, profile: str = "official", **changes: Any) -> Body:
    """A payload that every document lets through, with changes; ABSENT takes a field away."""
    good: Body = {"model_name": MODELS[profile], "prompt": "A boat at dusk", "duration": "5"}
    if kind == IMAGE:
        good["image"] = LINK
    merged = {**good, **changes}
    return {name: value for name, value in merged.items() if value is not ABSENT}


def shots(*seconds: int, each: str = "The keeper looks up", **changes: Any) -> Body:
    """The fields of custom shots of these seconds, `each` with this prompt."""
    listed = [
        {"index": number, "prompt": each, "duration": str(length)}
        for number, length in enumerate(seconds, 1)
    ]
    return {
        "multi_shot": True,
        "shot_type": "customize",
        "multi_prompt": listed,
        "prompt": "",
        "duration": str(sum(seconds)),
        **changes,
    }


def errors(kind: str, payload: object, profile: str = "official") -> list[tuple[str, str]]:
    """Code and field of everything the product refuses in the reading of the documents."""
    return [(found.code, found.field) for found in _found(kind, payload, profile, warning=False)]


def warnings(kind: str, payload: object, profile: str = "official") -> list[str]:
    """The codes of the product's advice."""
    return [found.code for found in _found(kind, payload, profile, warning=True)]


def _found(kind: str, payload: object, profile: str, *, warning: bool) -> list[Problem]:
    problems = payloads.judge(kind, profiles.PROFILES[profile], payload, "documents")
    return [problem for problem in problems if problem.warning is warning]


def witness(kind: str, payload: Body, profile: str = "official") -> Verdict:
    """What the simulator makes of it. Raises Refusal."""
    return judge(kind, payload, dialects.DIALECTS[profile])


def taken(kind: str, profile: str = "official", **changes: Any) -> Verdict:
    """The payload is good for both; the simulator's verdict."""
    payload = body(kind, profile, **changes)
    found = errors(kind, payload, profile)
    assert found == [], found
    try:
        return witness(kind, payload, profile)
    except Refusal as refusal:
        raise AssertionError(f"the simulator refuses: {refusal.message}") from refusal


def refused(code: str, field: str, kind: str, profile: str = "official", **changes: Any) -> None:
    """The payload is good for neither; the product says this code at this field."""
    payload = body(kind, profile, **changes)
    found = errors(kind, payload, profile)
    assert (code, field) in found, found
    try:
        witness(kind, payload, profile)
    except Refusal:
        return
    raise AssertionError("the simulator takes it")


def warned(code: str, kind: str, profile: str = "official", **changes: Any) -> Verdict:
    """The payload is good for both, and the product has this advice."""
    verdict = taken(kind, profile, **changes)
    found = warnings(kind, body(kind, profile, **changes), profile)
    assert code in found, found
    return verdict


@functools.cache
def picture(width: int = 400, height: int = 300, kind: str = "JPEG", size: int = 0) -> str:
    """A picture as bare Base64; `size` fills its file up to so many bytes."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, kind)
    return base64.b64encode(out.getvalue().ljust(size, b"\0")).decode()

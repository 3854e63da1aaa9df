"""What the rules say about a brief, as short lists for the tests of the rules."""

from dataclasses import replace
from typing import Any

from storyboard.kling.brief import Brief, PictureLink, PictureRef, ShotBrief
from storyboard.kling.profiles import OFFICIAL, Profile
from storyboard.kling.rules import READINGS, Reading
from tests.kling.builders import PICTURE, one_shot

LINK = PictureLink("https://pictures.example.com/frame.jpg")
BOTH: tuple[Reading, ...] = READINGS


def errors(brief: Brief, profile: Profile = OFFICIAL, reading: Reading = "documents") -> list[str]:
    """The codes of what blocks."""
    return [each.code for each in brief.problems(profile, reading) if not each.warning]


def advice(brief: Brief, profile: Profile = OFFICIAL, reading: Reading = "documents") -> list[str]:
    """The codes of what does not block."""
    return [each.code for each in brief.problems(profile, reading) if each.warning]


def fields(
    brief: Brief, code: str, profile: Profile = OFFICIAL, reading: Reading = "documents"
) -> list[str]:
    """The fields of the problems of a code."""
    return [each.field for each in brief.problems(profile, reading) if each.code == code]


def v3(prompt: str = "A boat leaves the harbour", **changes: Any) -> Brief:
    """One silent shot of 5 s on kling-v3 std: nothing against it in any reading."""
    return one_shot(prompt, **{"model": "kling-v3", "mode": "std", "sound": False, **changes})


def v3_from_picture(prompt: str = "A boat leaves the harbour", **changes: Any) -> Brief:
    """The same from a first frame."""
    return v3(prompt, **{"first_frame": PICTURE, **changes})


def old(model: str = "kling-v1", mode: str = "std", **changes: Any) -> Brief:
    """One shot of 5 s from a first frame on a retired model."""
    return v3_from_picture(**{"model": model, "mode": mode, **changes})


def lasting(brief: Brief, seconds: int) -> Brief:
    """The brief with one shot of so many seconds."""
    shot = replace(brief.shots[0], seconds=seconds)
    return replace(brief, shots=(shot,), total_seconds=seconds)


def custom(*prompts: str, **changes: Any) -> Brief:
    """Shots of 3 s each on kling-v3, one after the other."""
    shots = tuple(
        ShotBrief(f"shot-{place}", place, prompt, 3) for place, prompt in enumerate(prompts, 1)
    )
    total = 3 * len(shots)
    return v3(**{"shooting": "custom", "shots": shots, "total_seconds": total, **changes})


def sized(width: int, height: int) -> PictureRef:
    return replace(PICTURE, width=width, height=height)

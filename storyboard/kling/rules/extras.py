"""Rules of the rest: negative prompt, prompt strength, camera, brush, watermark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import sources
from ..problems import Problem
from ..profiles import Profile
from .settings import capability
from .text import check_text

if TYPE_CHECKING:
    from ..brief import Brief


def check_negative_prompt(brief: Brief, profile: Profile) -> Iterator[Problem]:
    """A negative prompt within its limit, where the model reads one."""
    if not brief.negative_prompt:
        return
    yield from capability(brief, "negative_prompt", "negative_prompt")
    yield from check_text(
        brief.negative_prompt,
        name="The negative prompt",
        field="negative_prompt",
        code="negative_prompt",
        limit=profile.negative_prompt_limit,
    )


def check_extras(brief: Brief, _profile: Profile) -> Iterator[Problem]:
    """Prompt strength between 0 and 1; camera, brush and watermark where the model has them."""
    if brief.cfg_scale is not None:
        yield from capability(brief, "cfg_scale", "cfg_scale")
        if not 0 <= brief.cfg_scale <= 1:
            words = f"The prompt strength is {brief.cfg_scale:g}. Choose 0 to 1, or leave it empty."
            yield Problem("cfg_scale.out_of_range", "cfg_scale", words, sources.IMAGE_TO_VIDEO)
    if brief.camera is not None:
        yield from capability(brief, "camera_control", "camera")
    if brief.brush is not None:
        yield from capability(brief, "motion_brush", "brush")
    if brief.watermark:
        yield from capability(brief, "watermark", "watermark")


def in_use(brief: Brief) -> list[str]:
    """The names, for people, of what this row looks at and the brief asks for."""
    asked = {
        "prompt strength": brief.cfg_scale is not None,
        "camera control": brief.camera is not None,
        "a motion brush": brief.brush is not None,
        "a watermark": brief.watermark,
    }
    return [name for name, wanted in asked.items() if wanted]

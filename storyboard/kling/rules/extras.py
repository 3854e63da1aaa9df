"""Rules of the rest: negative prompt, prompt strength, watermark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..problems import Problem
from .case import Case
from .settings import capability
from .text import check_text

if TYPE_CHECKING:
    from ..brief import Brief

LEAST_STRENGTH, MOST_STRENGTH = 0, 1


def check_negative_prompt(case: Case) -> Iterator[Problem]:
    """A negative prompt within its limit, where the model reads one."""
    if not case.brief.negative_prompt:
        return
    yield from capability(case, "negative_prompt", "negative_prompt")
    yield from check_text(
        case,
        case.brief.negative_prompt,
        name="The negative prompt",
        field="negative_prompt",
        code="negative_prompt",
        limit=case.profile.negative_prompt_limit,
    )


def check_extras(case: Case) -> Iterator[Problem]:
    """Prompt strength between 0 and 1 where the model reads it; watermark."""
    strength = case.brief.cfg_scale
    if strength is not None:
        yield from capability(case, "cfg_scale", "cfg_scale")
        if not LEAST_STRENGTH <= strength <= MOST_STRENGTH:
            words = (
                f"The prompt strength is {strength:g}. Choose {LEAST_STRENGTH} to {MOST_STRENGTH}, "
                "or leave it empty."
            )
            yield case.rule("cfg_scale.out_of_range", "cfg_scale", words)
    if case.brief.watermark:
        yield from capability(case, "watermark", "watermark")


def in_use(brief: Brief) -> list[str]:
    """The names, for people, of what this row looks at and the brief asks for."""
    asked = {"prompt strength": brief.cfg_scale is not None, "a watermark": brief.watermark}
    return [name for name, wanted in asked.items() if wanted]

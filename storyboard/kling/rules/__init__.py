"""The rules a brief is held to, in rows: each row is one line of readiness.

A rule is a function from brief and profile to problems. Every problem comes from exactly one
row, so the rows of readiness and `Brief.problems()` cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..problems import Problem
from ..profiles import Profile
from . import extras, frames, library, settings, shots, tokens

if TYPE_CHECKING:
    from ..brief import Brief

__all__ = ["READINGS", "ROWS", "by_row", "problems", "prompt_limit"]

READINGS = ("map",)
Rule = Callable[["Brief", Profile], Iterator[Problem]]

ROWS: dict[str, Rule] = {
    "shots": shots.check_count,
    "prompts": shots.check_prompts,
    "seconds": shots.check_seconds,
    "model": settings.check_model,
    "shooting": settings.check_shooting,
    "shape": settings.check_shape,
    "first_frame": frames.check_first_frame,
    "end_frame": frames.check_end_frame,
    "sound": settings.check_sound,
    "elements": library.check_elements,
    "voices": library.check_voices,
    "library": library.check_together,
    "tokens": tokens.check,
    "negative_prompt": extras.check_negative_prompt,
    "extras": extras.check_extras,
}

prompt_limit = shots.prompt_limit


def by_row(brief: Brief, profile: Profile, reading: str) -> dict[str, tuple[Problem, ...]]:
    """The problems and advice of every row, row by row. Raises ValueError on another reading."""
    if reading not in READINGS:
        raise ValueError(f"unknown reading {reading!r}; known: {', '.join(READINGS)}")
    return {row: tuple(rule(brief, profile)) for row, rule in ROWS.items()}


def problems(brief: Brief, profile: Profile, reading: str) -> tuple[Problem, ...]:
    """All problems and advice in the order of the rows."""
    rows = by_row(brief, profile, reading)
    return tuple(problem for row in rows.values() for problem in row)

"""The rules a brief is held to, in rows: each row is one line of readiness.

A rule is a function from a case (brief, profile and reading) to problems. Every problem comes
from exactly one row, so the rows of readiness and `Brief.problems()` cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..problems import Problem
from ..profiles import Profile
from . import brush, camera, extras, frames, library, settings, shots, tokens, wording
from .case import READINGS, Case, Reading

if TYPE_CHECKING:
    from ..brief import Brief

__all__ = ["READINGS", "ROWS", "Case", "Reading", "by_row", "problems", "prompt_limit"]

Rule = Callable[[Case], Iterator[Problem]]

ROWS: dict[str, Rule] = {
    "shots": shots.check_count,
    "prompts": shots.check_prompts,
    "wording": wording.check,
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
    "camera": camera.check,
    "brush": brush.check,
    "direction": frames.check_one_direction,
}

prompt_limit = shots.prompt_limit


def by_row(case: Case) -> dict[str, tuple[Problem, ...]]:
    """The problems and advice of every row, row by row."""
    return {row: tuple(rule(case)) for row, rule in ROWS.items()}


def problems(brief: Brief, profile: Profile, reading: Reading) -> tuple[Problem, ...]:
    """All problems and advice in the order of the rows. Raises ValueError on another reading."""
    case = Case(brief, profile, reading)
    return tuple(problem for rule in ROWS.values() for problem in rule(case))

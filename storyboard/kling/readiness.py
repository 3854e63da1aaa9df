"""Whether a brief is ready to send, rule by rule, in words for people.

The rows are the rows of the rules: each problem of `Brief.problems()` stands in exactly one row.
"""

from collections.abc import Callable
from dataclasses import dataclass

from . import rules
from .brief import Brief, Reading
from .capabilities import MODELS
from .problems import Problem
from .profiles import OFFICIAL, Profile
from .references import PictureRef
from .rules import extras, frames, library, shots
from .rules.text import counted, utf16_units

_WAYS = {"custom": "Custom shots", "intelligent": "Let Kling cut it", "single": "Single shot"}


@dataclass(frozen=True)
class Row:
    """One line of readiness.

    `words` state the rule with the current number; on an unmet row they are the heading over its
    problems. `problems` are empty exactly when the row is met; advice stands apart, see `advice`.
    """

    code: str
    met: bool
    words: str
    problems: tuple[Problem, ...]


def rows(brief: Brief, profile: Profile = OFFICIAL, reading: Reading = "map") -> tuple[Row, ...]:
    """The rows that matter for this brief; a brief is ready when all of them are met."""
    found = []
    for code, problems in rules.by_row(brief, profile, reading).items():
        broken = tuple(problem for problem in problems if not problem.warning)
        words = _WORDS[code](brief, profile)
        if broken:
            words = _UNMET.get(code, words)
        if words or broken:
            found.append(Row(code, not broken, words, broken))
    return tuple(found)


def advice(
    brief: Brief, profile: Profile = OFFICIAL, reading: Reading = "map"
) -> tuple[Problem, ...]:
    """What does not block and is worth knowing."""
    problems = brief.problems(profile, reading)
    return tuple(problem for problem in problems if problem.warning)


def _shots(brief: Brief, _profile: Profile) -> str:
    allowed = f"1 to {shots.MOST_SHOTS}" if brief.shooting == "custom" else "exactly 1"
    return f"{counted(len(brief.shots), 'shot')}; {allowed} allowed"


def _prompts(brief: Brief, profile: Profile) -> str:
    limit = shots.prompt_limit(brief, profile)
    at_fault = {
        problem.field for problem in shots.check_prompts(brief, profile) if not problem.warning
    }
    if at_fault:
        return f"{counted(len(at_fault), 'prompt')} to fix; each is written and within {limit}"
    if brief.shooting == "custom":
        return f"Every prompt is written and within {limit}"
    return f"The prompt is written and within {limit}"


def _seconds(brief: Brief, _profile: Profile) -> str:
    what = "Shots add up to" if len(brief.shots) != 1 else "The shot is"
    words = f"{what} {brief.shots_seconds} s"
    if brief.shots_seconds != brief.total_seconds:
        words += f", the total is {brief.total_seconds}"
    allowed = _durations(brief)
    return f"{words}; {allowed} allowed" if allowed else words


def _model(brief: Brief, _profile: Profile) -> str:
    allowed = _durations(brief)
    if not allowed:
        return ""
    fits = brief.total_seconds in MODELS[brief.model].durations(brief.mode, brief.endpoint)
    seconds = str(brief.total_seconds) if fits else allowed
    return f"{brief.model} {brief.mode} takes {seconds} s"


def _shooting(brief: Brief, _profile: Profile) -> str:
    return f"{_WAYS[brief.shooting]}: works with {brief.model}" if _durations(brief) else ""


def _shape(brief: Brief, _profile: Profile) -> str:
    if brief.first_frame is not None:
        return "The video follows the first frame's shape"
    return f"Aspect ratio is {brief.aspect_ratio}"


def _first_frame(brief: Brief, _profile: Profile) -> str:
    return _frame("First frame", brief.first_frame)


def _end_frame(brief: Brief, _profile: Profile) -> str:
    return _frame("End frame", brief.end_frame)


def _frame(name: str, picture: PictureRef | None) -> str:
    if picture is None:
        return ""
    size = f"{picture.width} × {picture.height} px"
    return f"{name} is {size}; at least {frames.LEAST_PIXELS} needed"


def _sound(brief: Brief, _profile: Profile) -> str:
    if not brief.sound:
        return "Sound is off"
    return f"Sound works with {brief.model} {brief.mode}" if _durations(brief) else ""


def _elements(brief: Brief, _profile: Profile) -> str:
    count = len(brief.elements)
    return f"{counted(count, 'element')}; at most {library.MOST_ELEMENTS}" if count else ""


def _voices(brief: Brief, _profile: Profile) -> str:
    count = len(brief.voices)
    return f"{counted(count, 'voice')}; at most {library.MOST_VOICES}, with sound" if count else ""


def _library(_brief: Brief, _profile: Profile) -> str:
    return "No voices together with elements"


def _tokens(brief: Brief, _profile: Profile) -> str:
    if any("<<<" in shot.prompt for shot in brief.shots):
        return "Every element and voice a prompt names is attached"
    return ""


def _negative_prompt(brief: Brief, profile: Profile) -> str:
    if not brief.negative_prompt:
        return ""
    units = utf16_units(brief.negative_prompt)
    return f"Negative prompt is {units} long; at most {profile.negative_prompt_limit}"


def _extras(brief: Brief, _profile: Profile) -> str:
    names = extras.in_use(brief)
    return f"{brief.model} takes {' and '.join(names)}" if names and _durations(brief) else ""


def _durations(brief: Brief) -> str:
    """The totals this model and mode take, in words; empty where the two are not known."""
    model = MODELS.get(brief.model)
    return model.durations_words(brief.mode, brief.endpoint) if model else ""


_WORDS: dict[str, Callable[[Brief, Profile], str]] = {
    "shots": _shots,
    "prompts": _prompts,
    "seconds": _seconds,
    "model": _model,
    "shooting": _shooting,
    "shape": _shape,
    "first_frame": _first_frame,
    "end_frame": _end_frame,
    "sound": _sound,
    "elements": _elements,
    "voices": _voices,
    "library": _library,
    "tokens": _tokens,
    "negative_prompt": _negative_prompt,
    "extras": _extras,
}

# Headings of unmet rows whose words would otherwise claim what is not so.
_UNMET: dict[str, str] = {
    "model": "Model and mode",
    "shooting": "Way of shooting",
    "shape": "Aspect ratio",
    "sound": "Sound",
    "elements": "Elements",
    "voices": "Voices",
    "library": "Elements and voices",
    "tokens": "Names in prompts",
    "first_frame": "First frame",
    "end_frame": "End frame",
    "extras": "Other settings",
}

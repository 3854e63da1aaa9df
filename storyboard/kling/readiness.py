"""Whether a brief is ready to send, rule by rule, in words for people.

The rows are the rows of the rules: each problem of `Brief.problems()` stands in exactly one row.
People approve and pay for the prompts they read, so prompts that an account's dialect may never
read keep a brief from being ready, where for a payload that is advice.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from . import rules
from .brief import Brief, Reading
from .capabilities.terms import seconds_words
from .problems import Problem
from .profiles import OFFICIAL, Profile
from .references import Picture, PictureRef
from .rules import Case, brush, extras, library, pictures, shots
from .rules.text import counted, utf16_units

# What the rules say where a dialect knows no shots of their own; in the map reading it is one error
# more.
_LOST_PROMPTS = ("field.unknown", "shooting")
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
    case = Case(brief, profile, reading)
    found = []
    for code, said in rules.by_row(case).items():
        problems = tuple(_for_people(problem, case) for problem in said)
        broken = tuple(problem for problem in problems if not problem.warning)
        if broken:
            words = _UNMET.get(code) or _WORDS[code](case)
        elif code in _CLAIMS and _is_doubted(problems):
            continue
        else:
            words = _WORDS[code](case)
        if words:
            found.append(Row(code, not broken, words, broken))
    return tuple(found)


def problems(
    brief: Brief, profile: Profile = OFFICIAL, reading: Reading = "map"
) -> tuple[Problem, ...]:
    """`Brief.problems()`, with prompts that would be lost as an error: what blocks, and advice."""
    case = Case(brief, profile, reading)
    return tuple(_for_people(problem, case) for problem in brief.problems(profile, reading))


def _for_people(problem: Problem, case: Case) -> Problem:
    is_lossy = case.brief.shooting == "custom" and "multi_shot" in case.profile.unknown_fields
    if case.is_map or not is_lossy or (problem.code, problem.field) != _LOST_PROMPTS:
        return problem
    return replace(problem, words=f"{problem.words} Choose Single shot.", warning=False)


def _is_doubted(problems: tuple[Problem, ...]) -> bool:
    """Whether advice speaks against what the words of a met row would claim."""
    return any(problem.code.startswith(("capability.", "field.", "token.")) for problem in problems)


def advice(
    brief: Brief, profile: Profile = OFFICIAL, reading: Reading = "map"
) -> tuple[Problem, ...]:
    """What does not block and is worth knowing."""
    found = problems(brief, profile, reading)
    return tuple(problem for problem in found if problem.warning)


def _shots(case: Case) -> str:
    allowed = f"1 to {shots.MOST_SHOTS}" if case.brief.shooting == "custom" else "exactly 1"
    return f"{counted(len(case.brief.shots), 'shot')}; {allowed} allowed"


def _prompts(case: Case) -> str:
    limit = shots.prompt_limit(case.brief, case.profile)
    at_fault = {problem.field for problem in shots.check_prompts(case) if not problem.warning}
    if at_fault:
        return f"{counted(len(at_fault), 'prompt')} to fix; each is written and within {limit}"
    if case.brief.shooting == "custom":
        return f"Every prompt is written and within {limit}"
    return f"The prompt is written and within {limit}"


def _seconds(case: Case) -> str:
    what = "Shots add up to" if len(case.brief.shots) != 1 else "The shot is"
    words = f"{what} {case.brief.shots_seconds} s"
    if case.brief.shots_seconds != case.brief.total_seconds:
        words += f", the total is {case.brief.total_seconds}"
    allowed = _durations(case)
    return f"{words}; {allowed} allowed" if allowed else words


def _model(case: Case) -> str:
    allowed = _durations(case)
    if not allowed:
        return ""
    total = case.brief.total_seconds
    return f"{case.model} {case.mode} takes {total if total in case.seconds else allowed} s"


def _shooting(case: Case) -> str:
    way = _WAYS[case.brief.shooting]
    return f"{way}: works with {case.model}" if _durations(case) else ""


def _shape(case: Case) -> str:
    if case.brief.first_frame is not None:
        return "The video follows the first frame's shape"
    if case.brief.end_frame is not None:
        return "The video follows the end frame's shape"
    return f"Aspect ratio is {case.brief.aspect_ratio or 'left to Kling'}"


def _first_frame(case: Case) -> str:
    return _frame("First frame", case.brief.first_frame)


def _end_frame(case: Case) -> str:
    return _frame("End frame", case.brief.end_frame)


def _frame(name: str, picture: Picture | None) -> str:
    if picture is None:
        return ""
    if not isinstance(picture, PictureRef):
        return f"{name} is a link; Kling fetches it"
    size = f"{picture.width} × {picture.height} px"
    return f"{name} is {size}; at least {pictures.LEAST_PIXELS} needed"


def _sound(case: Case) -> str:
    if not case.brief.sound:
        return "Sound is off"
    return f"Sound works with {case.model} {case.mode}" if _durations(case) else ""


def _elements(case: Case) -> str:
    count = len(case.brief.elements)
    return f"{counted(count, 'element')}; at most {library.MOST_ELEMENTS}" if count else ""


def _voices(case: Case) -> str:
    count = len(case.brief.voices)
    return f"{counted(count, 'voice')}; at most {library.MOST_VOICES}, with sound" if count else ""


def _library(_case: Case) -> str:
    return "No voices together with elements"


def _tokens(case: Case) -> str:
    if any("<<<" in shot.prompt for shot in case.brief.shots):
        return "Every element and voice a prompt names is attached"
    return ""


def _negative_prompt(case: Case) -> str:
    if not case.brief.negative_prompt:
        return ""
    units = utf16_units(case.brief.negative_prompt)
    return f"Negative prompt is {units} long; at most {case.profile.negative_prompt_limit}"


def _extras(case: Case) -> str:
    names = extras.in_use(case.brief)
    return f"{case.model} takes {' and '.join(names)}" if names and _durations(case) else ""


def _camera(case: Case) -> str:
    return f"Camera move is {case.brief.camera.kind}" if case.brief.camera is not None else ""


def _brush(case: Case) -> str:
    if case.brief.brush is None:
        return ""
    moving = len(case.brief.brush.strokes)
    return f"{counted(moving, 'area')} in motion; at most {brush.MOST_STROKES}"


def _direction(_case: Case) -> str:
    return ""


def _wording(_case: Case) -> str:
    return ""


def _durations(case: Case) -> str:
    """The totals this model and mode take, in words; empty where the two are not known."""
    return seconds_words(case.seconds)


_WORDS: dict[str, Callable[[Case], str]] = {
    "shots": _shots,
    "prompts": _prompts,
    "wording": _wording,
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
    "camera": _camera,
    "brush": _brush,
    "direction": _direction,
}

# Rows whose words claim that the model takes something.
_CLAIMS = frozenset({"shooting", "sound", "tokens", "extras", "camera", "brush"})

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
    "camera": "Camera control",
    "brush": "Motion brush",
    "direction": "End frame, motion brush and camera control",
}

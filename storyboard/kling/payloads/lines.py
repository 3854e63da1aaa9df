"""One line of JSON that asks for a judgment, and the line that answers it.

{"endpoint": "image2video", "profile": "official", "payload": {…}}
{"ok": true, "errors": [], "warnings": [{"code": …, "field": …, "message": …}]}
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from .. import sources
from ..brief import Reading
from ..problems import Problem
from ..profiles import ENDPOINTS, PROFILES
from . import LIST, judge
from .reader import shorten, shown

KEYS = ("endpoint", "profile", "payload")
# Six pictures of 10 MB and their words, in base64.
MOST_BYTES = 100 * 1024 * 1024
_CONSTANTS = ("NaN", "Infinity", "-Infinity")
_BOM = b"\xef\xbb\xbf"
_CHOICES: Mapping[str, Sequence[str]] = {
    "endpoint": (*ENDPOINTS, LIST),
    "profile": tuple(PROFILES),
}


@dataclass(frozen=True)
class Answer:
    """What is said of one line. `endpoint` and `profile` are "" where the line names none."""

    problems: tuple[Problem, ...]
    endpoint: str = ""
    profile: str = ""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What would be refused."""
        return tuple(problem for problem in self.problems if not problem.warning)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is worth knowing."""
        return tuple(problem for problem in self.problems if problem.warning)

    def line(self) -> bytes:
        """The answer as one line of JSON in ASCII, with its line feed."""
        if not self.problems:
            return _NOTHING
        errors = [_plain(problem) for problem in self.problems if not problem.warning]
        warnings = [_plain(problem) for problem in self.problems if problem.warning]
        return _encode({"ok": not errors, "errors": errors, "warnings": warnings})


def answer(line: bytes, reading: Reading = "documents") -> Answer:
    """Judge one line, alone. Raises nothing, whatever the bytes are."""
    asked = _read(line)
    if isinstance(asked, Problem):
        return Answer((asked,))
    faults = tuple(_faults(asked))
    if faults:
        return Answer(faults)
    endpoint, profile = asked["endpoint"], asked["profile"]
    problems = judge(endpoint, PROFILES[profile], asked["payload"], reading)
    if len(asked) > len(KEYS):
        problems += tuple(_unknown(name) for name in asked if name not in KEYS)
    return Answer(problems, endpoint, profile)


def too_long() -> Answer:
    """What is said of a line of more than `MOST_BYTES`."""
    words = f"The line is longer than {MOST_BYTES // 1024 // 1024} MB. It is not read."
    return Answer((_fault("line.too_long", words),))


def _read(line: bytes) -> dict[str, Any] | Problem:
    try:
        text = line.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        words = f"The line is not UTF-8: byte {error.start + 1} makes no character."
        return _fault("line.encoding", words)
    if not text.strip():
        return _fault("line.empty", "The line is empty. Send one JSON object a line.")
    try:
        asked = _decode(text)
    except RecursionError:
        return _fault("line.deep", "The line is nested too deep to be read.")
    except ValueError as error:
        return _fault("line.json", f"The line is not JSON: {_reason(error)}.")
    if not isinstance(asked, dict):
        return _fault("line.object", f"The line is {shown(asked)}; it must be an object.")
    return asked


def _decode(text: str) -> Any:
    try:
        return _STRICT.decode(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        # A whole number of more digits than Python reads.
        return _LENIENT.decode(text)


def _reason(error: ValueError) -> str:
    if not isinstance(error, json.JSONDecodeError):
        return shorten(str(error))
    reason = (
        error.msg if error.msg.startswith(_CONSTANTS) else error.msg[:1].lower() + error.msg[1:]
    )
    return f"{reason} at character {error.pos + 1}"


def _faults(asked: dict[str, Any]) -> list[Problem]:
    found = []
    for name, choices in _CHOICES.items():
        value = asked.get(name)
        choose = f"Choose {', '.join(choices[:-1])} or {choices[-1]}."
        if value is None:
            words = f"The line has no {name}. {choose}"
            found.append(_fault(f"{name}.required", words, name))
        elif not isinstance(value, str) or value not in choices:
            words = f"{name} is {shown(value)}, which is not known. {choose}"
            found.append(_fault(f"{name}.unknown", words, name))
    if "payload" not in asked:
        words = "The line has no payload. Send the body as an object."
        found.append(_fault("payload.required", words, "payload"))
    return found


def _unknown(name: str) -> Problem:
    words = f"{shorten(name)} is no part of a line; it is ignored."
    return Problem("line.unknown", shorten(name), words, sources.GREENLIGHT, warning=True)


def _fault(code: str, words: str, field: str = "") -> Problem:
    return Problem(code, field, words, sources.GREENLIGHT)


def _plain(problem: Problem) -> dict[str, str]:
    return {"code": problem.code, "field": problem.field, "message": problem.words}


def _encode(value: dict[str, Any]) -> bytes:
    return _ENCODER.encode(value).encode("ascii") + b"\n"


def _no_constant(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"{name} is no JSON value", name, 0)


def _long_number(digits: str) -> int:
    # Beyond every range of Kling's, which is all that is asked of it.
    return int(digits) if len(digits) < 400 else int(digits[:400])


_ENCODER = json.JSONEncoder()
_STRICT = json.JSONDecoder(parse_constant=_no_constant)
_LENIENT = json.JSONDecoder(parse_constant=_no_constant, parse_int=_long_number)
_NOTHING = _encode({"ok": True, "errors": [], "warnings": []})

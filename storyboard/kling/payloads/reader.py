"""Reads one JSON object field by field and keeps what it has to say about it.

A value that cannot be used is told once, and a stand-in takes its place, so that the rest is
judged as if that one fault were mended.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..problems import Problem
from ..profiles import Endpoint, Profile

MOST_ENTRIES = 10_000  # of a list: far above every limit of Kling's, low enough to go through
MOST_PROBLEMS = 200  # errors, and as much advice, of one payload: enough to go on with
LONGEST_SHOWN = 60
_LONGEST_NUMBER = 2**63


@dataclass
class Reader:
    """`body` is the object; profile, endpoint and reading say what it is held to.

    `weak` are the fields whose stand-in the rules may complain about: what they say there is not
    the sender's fault. `hidden` are codes of what only follows from a fault told already.
    """

    body: dict[str, Any]
    profile: Profile
    endpoint: Endpoint
    is_map: bool
    found: list[Problem] = field(default_factory=list)
    weak: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    _count: list[int] = field(default_factory=lambda: [0, 0])

    @property
    def source(self) -> str:
        """The document the payload is held to."""
        return self.profile.source(self.endpoint)

    def refuse(self, code: str, path: str, words: str, *, topic: str = "") -> None:
        """Keep an error; advice where the documents leave the topic open, as the rules do."""
        is_open = bool(topic) and topic in self.profile.unstated
        self._keep(Problem(code, path, words, self.source, warning=is_open and not self.is_map))

    def warn(self, code: str, path: str, words: str) -> None:
        """Keep a piece of advice."""
        self._keep(Problem(code, path, words, self.source, warning=True))

    def _keep(self, problem: Problem) -> None:
        self._count[problem.warning] += 1
        if self._count[problem.warning] <= MOST_PROBLEMS:
            self.found.append(problem)

    def text(self, name: str) -> str | None:
        """A string; None when it is absent or, once told, of another type."""
        value = self.body.get(name)
        if value is None or isinstance(value, str):
            return value
        self.refuse(f"{name}.type", name, wrong_type(name, value, "a string"))
        self.weak.add(name)
        return None

    def listed(self, name: str, code: str = "") -> list[Any] | None:
        """A list; None when it is absent or, once told, something else or far too long."""
        return self.list_at(name, self.body.get(name), code or name)

    def list_at(self, path: str, value: Any, code: str, *, topic: str = "") -> list[Any] | None:
        """`value` as the list at `path`, as in `listed`."""
        if value is None:
            return None
        if not isinstance(value, list):
            self.refuse(f"{code}.type", path, wrong_type(path, value, "a list"), topic=topic)
            self.weak.add(path)
            return None
        if len(value) > MOST_ENTRIES:
            words = f"{path} holds {len(value)} entries. No list of Kling's is that long."
            self.refuse(f"{code}.too_many", path, words)
            self.weak.add(path)
            return None
        return value

    def object_at(
        self, path: str, value: Any, code: str, *, topic: str = ""
    ) -> dict[str, Any] | None:
        """`value` as the object at `path`; None, once told, when it is something else."""
        if isinstance(value, dict):
            return value
        self.refuse(f"{code}.type", path, wrong_type(path, value, "an object"), topic=topic)
        return None

    def number_at(self, path: str, value: Any, code: str, *, topic: str = "") -> float | None:
        """`value` as the number at `path`; None, once told, when it is something else."""
        if isinstance(value, float) and math.isfinite(value):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return _as_float(value)
        self.refuse(f"{code}.type", path, wrong_type(path, value, "a number"), topic=topic)
        return None

    def unknown_fields(self, given: Iterable[str], known: Iterable[str], path: str = "") -> None:
        """Advice on every field of an object that Kling's documents do not name."""
        for name in given:
            if name not in known:
                shown = f"{path}.{shorten(name)}" if path else shorten(name)
                words = f"{shown} is not a field of {self.source}; it is ignored, or refused."
                self.warn("field.unknown", shown, words)


def shorten(text: str) -> str:
    """`text`, cut where it would fill the page."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def wrong_type(path: str, value: Any, wanted: str) -> str:
    """The sentence on a value of another type than is wanted."""
    return f"{path} is {shown(value)}; it must be {wanted}."


def shown(value: Any) -> str:
    """A JSON value for people, short."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the string “{shorten(value)}”"
    if isinstance(value, int) and abs(value) >= _LONGEST_NUMBER:
        return "a very long number"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    return "a list" if isinstance(value, list) else "an object"


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.copysign(1e300, 1 if value > 0 else -1)

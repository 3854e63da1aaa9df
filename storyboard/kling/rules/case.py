"""What every rule asks about a brief, looked up once: profile, reading, model, endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ..capabilities import MODELS
from ..problems import Problem
from ..profiles import Profile

if TYPE_CHECKING:
    from ..brief import Brief

Reading = Literal["documents", "map"]
READINGS: tuple[Reading, ...] = ("documents", "map")
DEFAULT_MODE = "std"
# The document of text to video has no fields for these.
_OF_PICTURES = frozenset({"elements", "elements_limit", "motion_brush", "trajectories"})


class Case:
    """One brief under one profile and one reading.

    `model` and `mode` are the names that hold: an empty one means Kling's default.
    `documented` and `mapped` are what the profile's documents and the capability map know of the
    model; `mapped` is None where the map lacks the model or the mode. `documented_seconds` and
    `mapped_seconds` are the totals each allows, `seconds` those that raise no error; empty where
    model or mode is not known.
    """

    __slots__ = (
        "brief",
        "documented",
        "documented_seconds",
        "endpoint",
        "is_map",
        "mapped",
        "mapped_seconds",
        "mode",
        "model",
        "profile",
        "seconds",
    )

    def __init__(self, brief: Brief, profile: Profile, reading: Reading) -> None:
        """Raises ValueError on a reading that is none of `READINGS`."""
        if reading not in READINGS:
            raise ValueError(f"unknown reading {reading!r}; known: {', '.join(READINGS)}")
        self.brief = brief
        self.profile = profile
        self.is_map = reading == "map"
        self.endpoint = brief.endpoint
        self.model = brief.model or profile.default_model
        self.mode = brief.mode or DEFAULT_MODE
        self.documented = profile.models.get(self.model)
        known = MODELS.get(self.model)
        self.mapped = known if known is not None and known.mode(self.mode) else None
        self.documented_seconds = (
            self.documented.seconds
            if self.documented is not None and self.mode in self.documented.modes
            else ()
        )
        self.mapped_seconds = known.durations(self.mode, self.endpoint) if known else ()
        self.seconds = self._seconds()

    def _seconds(self) -> tuple[int, ...]:
        if not self.is_map or not self.mapped_seconds:
            return self.documented_seconds
        both = tuple(each for each in self.documented_seconds if each in self.mapped_seconds)
        return both or self.documented_seconds

    @property
    def source(self) -> str:
        """The document that rules this brief."""
        return self.profile.source(self.endpoint)

    def states(self, topic: str) -> bool:
        """Whether the profile's documents have anything to say about a feature or a rule."""
        if self.endpoint == "text2video" and topic in _OF_PICTURES:
            return False
        return topic not in self.profile.unknown_fields and topic not in self.profile.unstated

    def rule(
        self, code: str, field: str, words: str, *, topic: str = "", source: str = ""
    ) -> Problem:
        """A broken rule of the documents; advice where this profile's documents leave it open."""
        warning = not self.is_map and not self.states(topic)
        return Problem(code, field, words, source or self.source, warning)

    def caution(self, code: str, field: str, words: str, source: str) -> Problem:
        """What no document says: a broken rule in the map reading, else advice."""
        return Problem(code, field, words, source, warning=not self.is_map)

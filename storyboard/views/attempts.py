"""What a post brought that could not be stored, and the fields as they are drawn with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storyboard.kling.brief import Problem
from storyboard.models import Shot, Storyboard, digest
from storyboard.views.controls import Choice, Controls


@dataclass(frozen=True)
class Clash:
    """Somebody else's value of a field that was changed meanwhile; `now` is its digest."""

    theirs: str
    who: str
    at: datetime | None
    now: str


@dataclass
class Attempt:
    """What a post brought and could not store, drawn where the person typed it.

    `about` is the key of the shot it was about, empty for the settings. `refused` maps a place
    of the page (page, shots, shot, gate, first_frame) to the words of a refusal. `rows` holds
    the attempts of a post about several rows, by what each is about.
    """

    about: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    clashes: dict[str, Clash] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Attempt] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """200 when all of it was stored."""
        every = [self, *self.rows.values()]
        if any(each.clashes for each in every):
            return 409
        return 422 if any(each.errors or each.refused for each in every) else 200

    def of(self, key: str) -> Attempt:
        """What of it is about this shot, or about the settings for an empty key."""
        return self if self.about == key else self.rows.get(key, Attempt())


@dataclass(frozen=True)
class Entry:
    """One field as it is drawn: its value, what it started from, and what is wrong with it.

    `hint` says why it or some of its choices are off, or a caution.
    """

    name: str
    value: Any
    was: str
    errors: list[str]
    refused: bool = False
    clash: Clash | None = None
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    is_off: bool = False


def entry_of(
    row: Shot | Storyboard,
    name: str,
    errors: list[str],
    attempt: Attempt,
    controls: Controls | None = None,
) -> Entry:
    """The field with what was typed where that could not be stored, else with what is stored."""
    stored = getattr(row, name)
    kept = name in attempt.errors or name in attempt.clashes
    value = attempt.typed.get(name, stored) if kept else stored
    return Entry(
        name=name,
        value=value,
        was=digest(stored) if name not in attempt.clashes else "",
        errors=attempt.errors.get(name, []) or errors,
        refused=kept,
        clash=attempt.clashes.get(name),
        choices=controls.choices(name) if controls else (),
        hint=controls.hint(name) if controls else "",
        is_off=controls.is_off(name) if controls else False,
    )


def words_about(problems: tuple[Problem, ...], *fields: str) -> list[str]:
    """The words of every problem of these fields; advice stands in the gate."""
    return [each.words for each in problems if not each.warning and each.field in fields]


def words_about_list(problems: tuple[Problem, ...], name: str) -> list[str]:
    """The same for a list and its members: `elements` and `elements[0]`."""
    return words_about(problems, name, *(f"{name}[{place}]" for place in range(20)))


def refused(attempt: Attempt, place: str) -> list[str]:
    """The words of a refusal at this place of the page, if there are any."""
    return [attempt.refused[place]] if place in attempt.refused else []

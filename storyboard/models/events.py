"""What can happen to an order, as plain data: each is one cause of a move in RELIABILITY A4."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Waits = Literal["places", "unreachable", "disk", "storage"]
Refusals = Literal["no_film", "too_large", "unknown_host"]
Misses = Literal["fresh_link", "no_link", "cut", "storage", "disk"]


class Event:
    """Base of what a step has learned, or a person wants."""


# Before anything is sent


@dataclass(frozen=True)
class MustWait(Event):
    """It cannot be sent yet: no place at Kling, Kling out of reach, the disk nearly full, or our
    storage silent."""

    why: Waits


class AccountStopped(Event):
    """Kling refused the account before; nobody orders with it until a person looks."""


class NoLongerApproved(Event):
    """What would be sent is not what was approved."""


class Sends(Event):
    """T1: all is as it must be; the intent is written, and after its commit the order leaves."""


# What came of sending


@dataclass(frozen=True)
class Accepted(Event):
    """T2. `is_ours` is whether the answer names this order, or none."""

    is_ours: bool = True


@dataclass(frozen=True)
class IsBusy(Event):
    """T3: documented as not made. `jitter`, about 1, spreads those that wait alike."""

    jitter: float = 1.0


class AlreadyExists(Event):
    """T4: Kling has a task of this name."""


class Refused(Event):
    """T5: documented as not made, for good."""


class AccountRefused(Event):
    """T6: the account is at fault; nothing was made."""


class NeverLeft(Event):
    """We refused the address ourselves: not a byte went out."""


class Unclear(Event):
    """T7: anything else, silence too."""


class LeaseEnded(Event):
    """T8: whoever was sending did not come back."""


# What Kling says when asked


@dataclass(frozen=True)
class Found(Event):
    """U1, R1-R3: Kling has the task.

    `changed_ms`: when it last changed, by Kling's clock. `is_hinted`: Kling knocked while its
    older answer was on the way.
    """

    status: Literal["submitted", "processing", "succeed", "failed"]
    has_link: bool = False
    changed_ms: int | None = None
    is_hinted: bool = False


class Absent(Event):
    """U2-U5: Kling says precisely that it has no such task."""


class Unanswered(Event):
    """U6, R4: Kling could not be asked, or its answer says nothing about the task."""


# Bringing the film home


class FilmStored(Event):
    """F1: the original's bytes are durable."""


@dataclass(frozen=True)
class NotFetched(Event):
    """F2, F4: not this time; `fresh_link` when Kling has just given another link.

    `is_here`: the original is kept already, and only what is made from it is missing.
    """

    why: Misses
    is_here: bool = False


@dataclass(frozen=True)
class NoFilm(Event):
    """What came is not to be taken, for the `times`-th time: no film, too large, led astray.

    It may be a mishap of the moment; `why` is what the order is held for when it stays so.
    """

    why: Refusals = "no_film"
    times: int = 1


class HostRefused(Event):
    """The film lies where we do not fetch from."""


# Ourselves and people


class Mistake(Event):
    """A step of ours ended in an error nobody foresaw."""


class Withdrawn(Event):
    """X1: a person takes the order back before anything was sent."""


class Released(Event):
    """A person lets a held order go on."""


class GivenUp(Event):
    """A person no longer waits for a held order that Kling may have."""

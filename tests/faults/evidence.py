"""What is left after a campaign: plain data out of two books that know nothing of each other.

The provider's side is the simulator's ledger and what it noted of its own calls. Ours is the
tables, the media folder and what browsers saw. `collect` gathers it, `invariants` judges it.
Times are seconds of the Unix epoch unless they end in `_ms`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Charge:
    """One line of a simulator's ledger: a create it accepted, and charges when it succeeds.

    `status` is submitted, processing, succeed or failed. `sha256` is the film's, "" while nobody
    ever fetched it. `account` names the simulator and the key; `body` what was ordered, as
    `collect.body_of_ledger` reduces it. `is_gone`: its result was cleared. `start_ms` to `end_ms`
    it took a place, by the simulator's clock. `tells_units`: its answers name what it charges.
    """

    external_id: str
    task_id: str
    account: str
    status: str
    units_milli: int
    sha256: str
    body: str
    start_ms: int
    end_ms: int
    is_gone: bool = False
    tells_units: bool = True


@dataclass(frozen=True)
class Letter:
    """One callback a simulator sent. `forged` is how, "" for a true one.

    `answer` is our HTTP status, 0 where it did not arrive. `is_signed`: it carried a
    signature, right, wrong or old.
    """

    task_id: str
    forged: str
    answer: int
    is_signed: bool


@dataclass(frozen=True)
class Refused:
    """An order the simulator itself refused, by no fault: 1201 repeated, 1303 no place."""

    account: str
    external_id: str
    code: int


@dataclass(frozen=True)
class Ordered:
    """One of our generations. `body` is the frozen one, reduced as the ledger's is.

    `order` and `slot` are what was approved: one take. `is_signed`: its account has a webhook
    secret.
    """

    key: str
    external_id: str
    task_id: str
    status: str
    hold_reason: str
    final_units_milli: int | None
    body: str
    order: int
    slot: int
    is_signed: bool = False


@dataclass(frozen=True)
class Kept:
    """One of our takes. `path` is relative to the media folder, "" before the film is stored."""

    generation: str
    sha256: str
    size_bytes: int
    path: str


@dataclass(frozen=True)
class Move:
    """One transition as the history tells it, in the order of its serials."""

    generation: str
    before: str
    to: str
    at: float
    by_person: bool = False


@dataclass(frozen=True)
class Asked:
    """One line of our ledger of calls: POST or GET, and how it came out."""

    generation: str
    verb: str
    outcome: str
    code: str
    answered_at: float | None


@dataclass(frozen=True)
class FileFound:
    """One file under the media folder. `is_named`: some row of ours names it."""

    path: str
    sha256: str
    size_bytes: int
    age_seconds: float
    is_named: bool


@dataclass(frozen=True)
class Heard:
    """One serial a follower heard, and when the stream it came by was opened."""

    at: float
    serial: int
    opened_at: float


@dataclass(frozen=True)
class Feed:
    """What one follower of a project heard, over all its reconnects, until `ended_at`."""

    project: str
    heard: tuple[Heard, ...]
    ended_at: float


@dataclass(frozen=True)
class Happened:
    """One activity of a project."""

    project: str
    serial: int
    at: float


@dataclass(frozen=True)
class Answer:
    """What a browser that asked at a moment got: `status` 0 where the connection gave nothing."""

    at: float
    path: str
    status: int
    seconds: float = 0.0


@dataclass(frozen=True)
class Evidence:
    """Everything the invariants need. `places`: how many at once each ledger account may have.

    `database_down`, `web_down`: from when until when the driver had them down. `integrity`: what
    the database's own checker said is wrong.
    """

    charges: tuple[Charge, ...] = ()
    letters: tuple[Letter, ...] = ()
    refused: tuple[Refused, ...] = ()
    orders: tuple[Ordered, ...] = ()
    takes: tuple[Kept, ...] = ()
    moves: tuple[Move, ...] = ()
    calls: tuple[Asked, ...] = ()
    files: tuple[FileFound, ...] = ()
    happened: tuple[Happened, ...] = ()
    feeds: tuple[Feed, ...] = ()
    answers: tuple[Answer, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)
    database_down: tuple[tuple[float, float], ...] = ()
    web_down: tuple[tuple[float, float], ...] = ()
    integrity: tuple[str, ...] = ()

"""What a campaign does and when, by its seed alone: phases of timed acts.

An act is a verb of `driver.Campaign` and what it is about. The same seed and shape give the same
plan; what the machine makes of it differs, and is counted.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from storyboard.kling.simulator.faults import parse
from tests.faults.accounts import GATEWAY, PLAIN, SIGNED
from tests.faults.house import WORKERS

OFFICIAL = (PLAIN, SIGNED)
SOCKETS = 200
SLEEP_SECONDS = 5.0  # longer than a lease at this scale
DRAIN_SECONDS = 110.0
# What the driver itself does to the installation; everything else a simulator delivers.
OWN_KINDS = {
    "kill_worker": "worker-killed",
    "stop_worker": "worker-asleep",
    "kill_web": "web-killed",
    "press_slowly": "slow-loris",
    "fill_storage": "storage-full",
    "restart_database": "database-killed",
    "restart_broker": "broker-emptied",
    "end_kling": "provider-gone",
    "restart_all": "all-killed",
}
# What a simulator refuses by its own book: an order it has already.
EXISTS = "exists"


@dataclass(frozen=True)
class Act:
    """One thing done `at` so many seconds after its phase began."""

    at: float
    verb: str
    about: tuple[object, ...] = ()


@dataclass(frozen=True)
class Phase:
    """Over when its seconds are, or when its acts are done and every order has ended."""

    name: str
    seconds: float
    acts: tuple[Act, ...]

    @property
    def orders(self) -> int:
        return sum(int(str(act.about[1])) for act in self.acts if act.verb == "order")


def plan(seed: int, shape: str) -> tuple[Phase, ...]:
    """The eight phases of RELIABILITY B1, and one at a gateway before storage fails."""
    chance = random.Random(f"{seed} {shape}")
    return (
        _phase("baseline", 20, _orders((0, 18))),
        _phase("kills", 75, _kills(chance)),
        _phase("provider", 70, _provider(chance)),
        _phase("callbacks", 45, _callbacks(chance)),
        _phase("results", 45, _results(chance)),
        _phase("gateway", 40, _gateway(chance)),
        _phase("storage", 55, _storage(chance, shape)),
        _phase("outage", 55, _outage(chance)),
        _phase("drain", DRAIN_SECONDS, []),
    )


def kinds(phases: Iterable[Phase]) -> list[str]:
    """Each kind of fault that a run of these phases has to deliver at least once."""
    found = {EXISTS: None}
    for act in (act for phase in phases for act in phase.acts):
        if act.verb in OWN_KINDS:
            found[OWN_KINDS[act.verb]] = None
        elif act.verb == "forge":
            found[f"forged={act.about[0]}"] = None
        elif act.verb == "place":
            found |= dict.fromkeys(parse(str(spec)).label for spec in act.about[1:])
    return list(found)


def _phase(name: str, seconds: float, acts: Iterable[Act]) -> Phase:
    return Phase(name, seconds, tuple(sorted(acts, key=lambda act: act.at)))


def _orders(*batches: tuple[float, int], accounts: Sequence[str] = OFFICIAL) -> list[Act]:
    """At each moment so many orders with each of the accounts."""
    return [Act(at, "order", (account, number)) for at, number in batches for account in accounts]


def _faults(at: float, *specs: str, accounts: Sequence[str] = OFFICIAL) -> list[Act]:
    return [Act(at, "place", (account, *specs)) for account in accounts]


def _clear(at: float, accounts: Sequence[str] = OFFICIAL) -> list[Act]:
    return [Act(at, "clear", (account,)) for account in accounts]


def _shuffled(chance: random.Random, *specs: str) -> tuple[str, ...]:
    return tuple(chance.sample(specs, len(specs)))


def _some_kills(chance: random.Random, number: int, within: float) -> list[Act]:
    return [
        Act(chance.uniform(1, within), "kill_worker", (chance.choice(WORKERS),))
        for _ in range(number)
    ]


def _kills(chance: random.Random) -> Iterator[Act]:
    """A worker dies each second or so; four times one sleeps instead while the other goes on."""
    yield from _orders((0, 12), (12, 11), (24, 11), (38, 11))
    # Long enough under way for a death to fall between an order and its answer; some are taken only
    # when we no longer wait for it, though well before their absence would be believed.
    yield from _faults(
        0,
        *("delay-before=2.5@create:12%", "delay-before=0.8@create:15%"),
        "delay-after=0.5@create:30%",
    )
    yield from _clear(66)
    naps = [(at + chance.uniform(0, 4), chance.choice(WORKERS)) for at in (8, 23, 38, 53)]
    for began, worker in naps:
        yield Act(began, "stop_worker", (worker,))
        yield Act(began + SLEEP_SECONDS, "wake_worker", (worker,))
    for at in (5, 18, 31, 44, 57):
        yield Act(at + chance.uniform(0, 8), "kill_web")
    at = chance.uniform(0.5, 1.5)
    while at < 66:
        asleep = {worker for began, worker in naps if began <= at <= began + SLEEP_SECONDS}
        yield Act(at, "kill_worker", (chance.choice([w for w in WORKERS if w not in asleep]),))
        # Mostly no time to do much, now and then enough to store a film.
        at += chance.choice((chance.uniform(0.05, 0.5), chance.uniform(0.3, 1.4)))


def _provider(chance: random.Random) -> Iterator[Act]:
    """Errors, then refusals to wait, then answers that leave everything open, and late truths."""
    yield from _orders((0, 7), (10, 7), (20, 8), (32, 9))
    # What is counted comes first and so for certain; then the rest of the burst by chance.
    yield from _faults(
        0,
        *("error-before=5000@create:2", "error-before=502@create:2", "error-before=5002@query:2"),
        *("error-before=5000@create:20%", "error-before=502@query:15%"),
    )
    yield from _clear(10)
    yield from _faults(
        10,
        *("refuse=1302@create:2", "refuse=1303@create:1", "error-before=5001@create:2"),
        *("refuse=1302@create:20%", "refuse=1303@create:20%", "error-before=5001@create:15%"),
    )
    yield from _clear(20)
    unclear = _shuffled(
        chance,
        *("hang-after@create:2", "hang-before@create:1", "error-after=5000@create:1"),
        *("error-after=5002@create:1", "error-after=502@create:1", "malformed=text@create:1"),
        *("malformed=empty@create:1", "malformed=no-data@create:1", "malformed=types@create:1"),
        *("reset-before@create:1", "reset-after@create:1"),
    )
    queries = ("malformed=types@query:2", "reset-before@query:2")
    yield from _faults(20, *unclear, "refuse=1301@create:2", *queries, accounts=(PLAIN,))
    # Only where a second order is refused: against a provider that says it did nothing and did,
    # that denies what it has, or takes an order when we have long given up, time alone is no help.
    # It must then say so and not turn the second one down for its words.
    yield from _faults(
        20,
        *("error-after=5001@create:2", "delay-before=6@create:2", "hang-after@create:5", "deny"),
        accounts=(SIGNED,),
    )
    yield from _clear(32, (SIGNED,))
    yield from _faults(32, *unclear, *queries, accounts=(SIGNED,))
    yield from _clear(60)
    yield from _some_kills(chance, 4, 40)


def _callbacks(chance: random.Random) -> Iterator[Act]:
    """They get lost, come twice, late, in the wrong order, too early, too large, and forged."""
    yield from _orders((0, 10), (8, 10), (16, 10))
    forged = (f"callback-forge={how}:3" for how in ("token", "body", "signature", "old", "huge"))
    yield from _faults(
        0,
        *_shuffled(chance, *forged),
        *("callback-drop:30%", "callback-duplicate=4:30%", "callback-reorder:40%"),
        *("callback-delay=3:30%", "delay-after=0.8@create:30%"),
    )
    yield Act(4 + chance.uniform(0, 4), "press_slowly", (SOCKETS, 15.0))
    for number, how in zip(count(), ("late", "other", "junk", "late", "other", "junk", "other")):
        yield Act(9 + 3 * number + chance.uniform(0, 2), "forge", (how,))
    yield Act(20 + chance.uniform(0, 5), "kill_web")
    yield from _some_kills(chance, 3, 25)
    yield from _clear(36)


def _results(chance: random.Random) -> Iterator[Act]:
    """Films that are no films, links that lead nowhere or somewhere else; then a person helps."""
    yield from _orders((0, 9), (6, 9))
    broken = _shuffled(
        chance,
        *("result-truncated=stated:2", "result-truncated=unstated:2", "result-type=html:2"),
        *("result-type=png:2", "result-expired=403:1", "result-expired=404:2"),
        *("result-expired=410:1", "result-redirect=private:1", "result-redirect=loopback:1"),
        *("result-redirect=metadata:1", "result-oversized=stated:1", "reset-after@result:2"),
        *("result-oversized=unstated:1", "delay-after=2@result:1"),
    )
    yield from _faults(0, *broken)
    yield from _some_kills(chance, 6, 25)
    yield Act(22, "release")
    yield from _clear(32)
    yield Act(34, "release")


def _gateway(chance: random.Random) -> Iterator[Act]:
    """Where an order sent twice is paid twice, and nobody is found by the name we gave."""
    gateway = (GATEWAY,)
    yield from _orders((0, 12), (8, 12), accounts=gateway)
    unclear = _shuffled(
        chance,
        *("hang-after@create:3", "error-after=5000@create:2", "malformed=no-data@create:2"),
        *("reset-after@create:2", "reset-before@create:2", "error-before=5000@create:1"),
    )
    yield from _faults(0, *unclear, "callback-delay=7:60%", accounts=gateway)
    yield from _some_kills(chance, 6, 20)
    yield from _clear(24, gateway)
    # The last callbacks kept back have come by now: without them nobody could say anything.
    yield from _clear(34, gateway)


def _storage(chance: random.Random, shape: str) -> Iterator[Act]:
    """The disk is full, the broker forgets everything, the database loses its power."""
    yield from _orders((0, 9), (24, 9))
    yield Act(1.5, "fill_storage", (15.0,))
    for at in (10, 34):
        yield Act(at + chance.uniform(0, 4), "restart_broker")
    if shape == "postgres":
        for at in (18, 29, 41):
            yield Act(at + chance.uniform(0, 3), "restart_database")
    yield from _some_kills(chance, 6, 45)


def _outage(chance: random.Random) -> Iterator[Act]:
    """Nobody answers for forty seconds, half an hour at this scale; we are killed meanwhile."""
    yield from _orders((0, 9), (14, 9))
    yield Act(2.5, "end_kling")
    yield Act(18 + chance.uniform(0, 8), "restart_all")
    yield Act(42.5, "start_kling")

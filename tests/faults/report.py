"""What a run came to: one page, one JSON file, and whether it is good."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

# The order of the last line; every other count follows.
FIRST = ("double", "lost", "stuck", "wrong", "forged", "money", "unrequested")
MOST_SENTENCES = 8
PERCENTILE = 0.95


@dataclass
class Run:
    """One campaign on one shape. `delivered` has every kind that had to be, with 0 for none."""

    seed: int
    shape: str
    strategy: str = ""
    seconds: float = 0.0
    orders: int = 0
    kills: int = 0
    phases: list[str] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    delivered: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    sentences: dict[str, list[str]] = field(default_factory=dict)
    recoveries: list[float] = field(default_factory=list)
    own_deaths: int = 0

    @property
    def undelivered(self) -> list[str]:
        return [kind for kind, count in self.delivered.items() if not count]

    @property
    def recovery_p95(self) -> float:
        """Seconds from a kill to the next move of any order, in nineteen of twenty cases."""
        return percentile(self.recoveries, PERCENTILE)

    @property
    def is_good(self) -> bool:
        return not any(self.counts.values()) and not self.undelivered and bool(self.counts)


def page(run: Run) -> str:
    """Everything a person wants to know first; the counts last."""
    strategy = f", strategy {run.strategy}" if run.strategy else ""
    lines = [
        "",
        f"Seed {run.seed} on {run.shape}{strategy}: {run.orders} orders, {run.kills} kills in "
        f"{run.seconds:.0f} s; 95 of 100 kills were over after {run.recovery_p95:.1f} s",
        f"Ended: {_counted(run.statuses)}",
        f"Held: {_counted(run.held) or 'none'}",
        f"Delivered: {_counted(run.delivered)}",
    ]
    if run.own_deaths:
        lines.append(f"Workers that ended by themselves: {run.own_deaths}")
    if run.undelivered:
        lines.append(f"NEVER DELIVERED: {', '.join(run.undelivered)}")
    for name, told in run.sentences.items():
        lines += [f"{name}: {sentence}" for sentence in told[:MOST_SENTENCES]]
        if len(told) > MOST_SENTENCES:
            lines.append(f"{name}: and {len(told) - MOST_SENTENCES} more")
    return "\n".join([*lines, verdict(run.counts)])


def verdict(counts: Mapping[str, int]) -> str:
    """`double 0 lost 0 stuck 0 …`"""
    names = [*FIRST, *(name for name in counts if name not in FIRST)]
    return " ".join(f"{name} {counts.get(name, 0)}" for name in names)


def write(run: Run, folder: Path) -> Path:
    """Keep it as JSON; the newest run of a seed, shape and strategy."""
    folder.mkdir(parents=True, exist_ok=True)
    name = "-".join(part for part in (run.shape, str(run.seed), run.strategy) if part)
    told = {**asdict(run), "recovery_p95": run.recovery_p95, "is_good": run.is_good}
    target = folder / f"{name}.json"
    target.write_text(json.dumps(told, indent=1) + "\n")
    return target


def recoveries(kills: Iterable[float], moves: Mapping[str, Sequence[float]]) -> list[float]:
    """Seconds from each kill to the next move of any order; `moves` are each order's moments.

    A kill while no order was on its way tells nothing and is left out.
    """
    later = sorted(at for own in moves.values() for at in own)
    found = []
    for kill in kills:
        if any(min(own) <= kill <= max(own) for own in moves.values() if own):
            found.append(next(at for at in later if at >= kill) - kill)
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed; 0 for none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))

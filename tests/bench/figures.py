"""A figure: per-round ratios of ours to the floor, and whether it holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

MOST_OF_THEM = 0.8  # of the rounds have to pass, besides the median

Better = Literal["lower", "higher"]


@dataclass(frozen=True)
class Round:
    """One alternation: the measured number of ours and of the floor, in the same unit."""

    ours: float
    floor: float

    @property
    def ratio(self) -> float:
        return self.ours / self.floor


@dataclass(frozen=True)
class Condition:
    """Something besides the ratio that has to be so: `value` at most `limit`, or at least."""

    name: str
    value: float
    limit: float
    better: Better = "lower"

    @property
    def holds(self) -> bool:
        if self.better == "higher":
            return self.value >= self.limit
        return self.value <= self.limit


@dataclass
class Figure:
    """One row of the table. `goal` None is measured for information only."""

    id: str
    stack: str
    what: str
    unit: str
    rounds: Sequence[Round]
    goal: float | None
    better: Better = "lower"
    conditions: Sequence[Condition] = ()
    details: dict[str, Any] = field(default_factory=dict)
    noisy: list[str] = field(default_factory=list)
    repeated: bool = False

    @property
    def ratios(self) -> list[float]:
        return [each.ratio for each in self.rounds]

    @property
    def median(self) -> float:
        return median(self.ratios)

    def passes(self, ratio: float) -> bool:
        if self.goal is None:
            return True
        return ratio <= self.goal if self.better == "lower" else ratio >= self.goal

    @property
    def holds(self) -> bool:
        """The median passes, four of five rounds do, and so does every condition."""
        good = sum(self.passes(ratio) for ratio in self.ratios)
        enough = good >= math.ceil(MOST_OF_THEM * len(self.ratios))
        return self.passes(self.median) and enough and all(each.holds for each in self.conditions)

    def as_json(self) -> dict[str, Any]:
        ratios = self.ratios
        low, middle, high = (round(n, 3) for n in (min(ratios), self.median, max(ratios)))
        return {
            "id": self.id,
            "stack": self.stack,
            "what": self.what,
            "unit": self.unit,
            "ratio": {"min": low, "median": middle, "max": high},
            "goal": self.goal,
            "better": self.better,
            "holds": self.holds,
            "noisy": self.noisy,
            "repeated": self.repeated,
            "conditions": [
                {"name": each.name, "value": round(each.value, 3), "limit": each.limit,
                 "better": each.better, "holds": each.holds}
                for each in self.conditions
            ],
            "rounds": [{"ours": round(r.ours, 3), "floor": round(r.floor, 3)} for r in self.rounds],
            **self.details,
        }  # fmt: skip


def steady(measure: Callable[[], Figure]) -> Figure:
    """Measure; once more where the machine was not itself and the figure does not hold."""
    figure = measure()
    if figure.holds or not figure.noisy:
        return figure
    again = measure()
    again.repeated = True
    return again


def table(figures: Sequence[Figure]) -> str:
    """One page in words."""
    lines = []
    for each in figures:
        low, high = min(each.ratios), max(each.ratios)
        goal = "for information" if each.goal is None else f"goal {_sign(each)} {each.goal:g}"
        verdict = "holds" if each.holds else "DOES NOT HOLD"
        ours, floor = median(r.ours for r in each.rounds), median(r.floor for r in each.rounds)
        lines += [
            f"{each.id:<4} {each.stack:<9} {each.median:6.2f}x  ({low:.2f} to {high:.2f}, {goal})  "
            f"{verdict}",
            f"     {each.what}: {ours:.2f} {each.unit}, the floor {floor:.2f}",
        ]
        lines += [
            f"     {one.name}: {one.value:g}, {_sign(one)} {one.limit:g}"
            f"{'' if one.holds else '  DOES NOT HOLD'}"
            for one in each.conditions
        ]
        if each.noisy:
            lines.append(f"     noisy: {'; '.join(each.noisy)}")
    return "\n".join(lines)


def _sign(bound: Figure | Condition) -> str:
    return "at most" if bound.better == "lower" else "at least"

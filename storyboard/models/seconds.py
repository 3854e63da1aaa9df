"""Whole seconds shared out among shots."""

from __future__ import annotations

from collections.abc import Sequence


def fit(seconds: Sequence[int], total: int) -> list[int]:
    """The shots' seconds in the same proportions with this sum: whole, in order, none below 1.

    What does not divide goes to the largest remainders, the earlier first; seconds that already
    add up stay as they are. Raises ValueError when there is less than a second for each.
    """
    if total < len(seconds):
        raise ValueError(f"{len(seconds)} shots need {len(seconds)} seconds, not {total}")
    weights = [max(1, each) for each in seconds]
    short = _below_one(weights, total)
    left = total - len(short)
    among = sum(weight for place, weight in enumerate(weights) if place not in short)
    shares = {
        place: divmod(weight * left, among)
        for place, weight in enumerate(weights)
        if place not in short
    }
    spare = left - sum(whole for whole, _rest in shares.values())
    favoured = sorted(shares, key=lambda place: (-shares[place][1], place))[:spare]
    return [
        1 if place in short else shares[place][0] + (place in favoured)
        for place in range(len(weights))
    ]


def spread(count: int, total: int) -> list[int]:
    """The total shared out evenly among `count` shots, the earlier ones the longer."""
    return fit([1] * count, total)


def _below_one(weights: Sequence[int], total: int) -> set[int]:
    """The places whose fair share is under a second: they get one, and the others share the rest.

    Giving them a whole second leaves the others less, which can put one more under a second.
    """
    short: set[int] = set()
    while True:
        left = total - len(short)
        among = sum(weight for place, weight in enumerate(weights) if place not in short)
        more = {
            place
            for place, weight in enumerate(weights)
            if place not in short and weight * left < among
        }
        if not more:
            return short
        short |= more

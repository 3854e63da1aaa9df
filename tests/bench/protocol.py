"""How long and how often: the protocol of a figure."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Timing:
    """Seconds of warm-up and of each slot, and how many alternations."""

    rounds: int = 5
    slot: float = 5.0
    warm: float = 2.0

    def shorter(self) -> Timing:
        """For figures without a goal."""
        return replace(self, slot=min(self.slot, 1.5), warm=min(self.warm, 0.5))

"""The faults that are on, whom they hit and how often each was delivered.

Where several would hit the same thing, the one set first does.
"""

import random
import threading
from dataclasses import dataclass, field
from typing import Any

from .faults import Fault, Unknown, from_json


@dataclass
class Placed:
    """A fault that is on, and how it fared."""

    number: int
    fault: Fault
    chance: random.Random
    offered: int = 0
    taken: int = 0
    delivered: int = 0

    def take(self) -> bool:
        """Decide about one thing it could hit."""
        count, share = self.fault.count, self.fault.share
        if count is not None and self.taken >= count:
            return False
        self.offered += 1
        if share is not None and self.chance.random() >= share:
            return False
        self.taken += 1
        return True


@dataclass
class Faults:
    """The faults that are on. The same seed and the same requests in order give the same faults."""

    seed: int = 0
    _placed: list[Placed] = field(default_factory=list)
    _delivered: dict[str, int] = field(default_factory=dict)
    _number: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __bool__(self) -> bool:
        """Whether any is on."""
        return bool(self._placed)

    def place(self, fault: Fault) -> None:
        """Put one on, after those that are."""
        with self._lock:
            self._number += 1
            chance = random.Random(f"{self.seed}/{self._number}/{fault.label}")
            self._placed.append(Placed(self._number, fault, chance))
            self._delivered.setdefault(fault.label, 0)

    def clear(self, which: str = "") -> None:
        """Take all off, or those of a name or label. How often they were delivered stays."""
        with self._lock:
            self._placed = [
                one
                for one in self._placed
                if which not in ("", one.fault.name, one.fault.label, str(one.number))
            ]

    def take(self, moment: str, endpoint: str, named: str = "") -> Placed | None:
        """The fault that is to be delivered now, if any; the caller then says `deliver`."""
        with self._lock:
            for one in self._placed:
                if one.fault.hits(moment, endpoint, named) and one.take():
                    return one
        return None

    def deliver(self, one: Placed) -> None:
        """Count it: it has taken effect, or will with the next bytes sent."""
        with self._lock:
            one.delivered += 1
            self._delivered[one.fault.label] += 1

    def change(self, asked: dict[str, Any]) -> None:
        """Do what POST /_faults asks: `clear` (true, or names, labels and numbers), then `set`.

        Raises Unknown; then nothing is changed.
        """
        clear, new = asked.get("clear", []), asked.get("set", [])
        if not isinstance(new, list) or not isinstance(clear, list | bool):
            raise Unknown("set is a list, clear a list or true")
        if strange := set(asked) - {"clear", "set"}:
            raise Unknown(f"faults are set or cleared, not {min(strange)}")
        faults = [from_json(each) for each in new]
        for which in clear if isinstance(clear, list) else [""] * clear:
            self.clear(str(which))
        for fault in faults:
            self.place(fault)

    def report(self) -> dict[str, Any]:
        """What is on, and for each kind ever set how often it was delivered, zeros included."""
        with self._lock:
            return {
                "seed": self.seed,
                "faults": [_line(one) for one in self._placed],
                "delivered": dict(self._delivered),
            }


def _line(one: Placed) -> dict[str, Any]:
    fault = one.fault
    return {
        "number": one.number,
        "name": fault.name,
        "value": fault.value,
        "endpoint": fault.endpoint,
        "prefix": fault.prefix,
        "count": fault.count,
        "share": fault.share,
        "offered": one.offered,
        "delivered": one.delivered,
    }

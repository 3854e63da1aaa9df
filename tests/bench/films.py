"""P6: a film comes home, beside a raw copy of its bytes and a bare poster of it.

"Stored" is the commit that says the original lies in our storage for good, from where on Kling is
not needed; the time begins with the step that fetches it, its host waiting with the film. A bare
poster is cut in a process of its own, as ours is and has to be: the film comes from outside.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.clip import SIZE_BYTES, film_host, render_clip
from tests.bench.figures import Condition, Figure, Round
from tests.bench.protocol import Timing
from tests.bench.stacks import Desk, Place

GOAL = 4.0  # raw copies
MOST_POSTER = 2.0  # bare posters
AT_ONCE = 4
PATIENCE = 60.0  # seconds until a film that does not come ends the figure
_BARE_POSTER = """
import sys, av
with av.open(sys.argv[1]) as film:
    video = film.streams.video[0]
    video.thread_type = "AUTO"
    frame = next(each for each in film.decode(video) if each.time >= 0.4)
picture = frame.to_image()
picture.thumbnail((1280, 1280))
picture.save(sys.argv[2], "JPEG", quality=85)
"""


@dataclass
class Came:
    """Milliseconds from the beginning of a fetch to each thing people can see."""

    kept: list[float] = field(default_factory=list)
    poster: list[float] = field(default_factory=list)
    stored: list[float] = field(default_factory=list)


class Films:
    """The hands of one installation, and a host with films."""

    def __init__(self, hands: Desk, clip: Path, media: Path, address: str) -> None:
        self.hands, self.clip, self.media, self.address = hands, clip, media, address
        self.bare: list[float] = []
        self.came = Came()

    def copy(self) -> float:
        """The floor: the same bytes copied and synced on the same disk, milliseconds."""
        target = self.media / "floor.mp4"
        start = time.perf_counter()
        with self.clip.open("rb") as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 256 * 1024)
            copy.flush()
            os.fsync(copy.fileno())
        took = (time.perf_counter() - start) * 1000
        target.unlink()
        return took

    def bare_posters(self, count: int = 1) -> float:
        """Until the last of so many bare posters lies there, milliseconds."""
        start = time.perf_counter()
        cutting = [
            subprocess.Popen(
                [sys.executable, "-c", _BARE_POSTER, self.clip, self.media / f"floor-{number}.jpg"]
            )
            for number in range(count)
        ]
        assert [child.wait(PATIENCE) for child in cutting] == [0] * count
        return (time.perf_counter() - start) * 1000

    def bring(self, count: int = 1) -> dict[str, float]:
        """Until the last of so many films is kept, shows its poster, is stored; milliseconds."""
        rows = self.hands.ask("finish", count=count, address=self.address)
        came: dict[str, float] = self.hands.ask("bring_home", pks=rows)
        assert {*came} == {"kept", "poster", "stored"}, f"a film did not come home: {came}"
        self.hands.ask("forget", pks=rows)
        return came

    def round(self, timing: Timing) -> Round:
        """Floor and ours in alternation, at least twice, for as long as a slot."""
        copies, kept = [], []
        end = time.monotonic() + timing.slot
        while len(kept) < 2 or time.monotonic() < end:
            copies.append(self.copy())
            self.bare.append(self.bare_posters())
            came = self.bring()
            kept.append(came["kept"])
            self.came.kept.append(came["kept"])
            self.came.poster.append(came["poster"])
            self.came.stored.append(came["stored"])
        return Round(median(kept), median(copies))


def measure(place: Place, timing: Timing) -> Figure:
    """Milliseconds until a film of 7.5 MB is stored, and the copy's."""
    with _films(place) as films:
        films.copy()
        films.bare_posters()
        films.bring()  # warms all three
        rounds, crowd = [], []
        for _ in range(timing.rounds):
            rounds.append(films.round(timing))
            bare = films.bare_posters(AT_ONCE)
            crowd.append((films.bring(AT_ONCE)["poster"], bare))
    came, bare_p95 = films.came, p95(films.bare)
    at_once = [ours / bare for ours, bare in crowd]
    return Figure(
        "P6", place.name, f"A film of {SIZE_BYTES / 1e6:g} MB comes home and is stored for good",
        "ms", rounds, GOAL,
        conditions=[
            Condition("its poster, p95, times a bare one's",
                      round(p95(came.poster) / bare_p95, 2), MOST_POSTER),
            Condition(f"{AT_ONCE} at once, the last poster, times {AT_ONCE} bare ones'",
                      round(median(at_once), 2), MOST_POSTER),
        ],
        details={
            "films": len(came.kept),
            "bare_poster_p95_ms": round(bare_p95),
            "poster_p95_ms": round(p95(came.poster)),
            "playable_p95_ms": round(p95(came.stored)),
            "at_once_poster_ms": [round(ours) for ours, _bare in crowd],
            "at_once_bare_poster_ms": [round(bare) for _ours, bare in crowd],
        },
    )  # fmt: skip


def p95(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


@contextmanager
def _films(place: Place) -> Iterator[Films]:
    stack: Any = place.stack
    clip, media = stack.folder / "clip.mp4", stack.folder / "var" / "media"
    media.mkdir(parents=True, exist_ok=True)
    if not clip.exists():
        render_clip(clip)
    hands = Desk(stack, "tests.bench.hands")
    try:
        # Where the stack's environment lets films come from.
        with film_host(clip, stack.simulator_port) as address:
            hands.ask("settle", address=address)
            yield Films(hands, clip, media, address)
    finally:
        hands.close()

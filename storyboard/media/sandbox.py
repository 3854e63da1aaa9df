"""Look into a film from outside in a process of its own, with limits on time and memory.

A hostile file can at worst end that process. The parent reads its answer, one line of JSON, and
the pictures it wrote.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .films import (
    POSTER_WIDTH,
    FilmFacts,
    FilmRefused,
    fit_width,
    join_strip,
    pick_frames,
    poster_moment,
    probe,
    save_picture,
    strip_moments,
)

CPU_SECONDS = 60
WALL_SECONDS = 60
MEMORY_BYTES = 2 * 1024**3  # address space, which threads and libraries fill faster than memory
FILE_BYTES = 64 * 1024**2
STRIP_FRAMES = 30
STRIP_HEIGHT = 68
STILL_WIDTH = 640
REFUSED = 3
OVER_LIMITS = "The film takes too much time or memory to read."
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class FilmFiles:
    """A film's facts and the pictures cut from it; `stills` are in the order asked."""

    facts: FilmFacts
    poster: Path
    filmstrip: Path
    stills: list[Path]


def inspect(path: Path, folder: Path, still_at_ms: Sequence[int]) -> FilmFiles:
    """Probe a film and write poster.jpg, filmstrip.jpg and still-<n>.jpg into `folder`.

    `still_at_ms` are moments in milliseconds, for instance the middle of each shot. Raises
    FilmRefused for everything that goes wrong, with code `limits` where the file used up its time
    or memory.
    """
    folder.mkdir(parents=True, exist_ok=True)
    moments = [str(moment) for moment in still_at_ms]
    command = [sys.executable, "-m", __name__, str(path.resolve()), str(folder.resolve())]
    try:
        done = subprocess.run(
            [*command, *moments],
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _over_limits() from None
    return _files(_answer(done), folder, len(moments))


def _environment() -> dict[str, str]:
    """Nothing of the parent's secrets: only what the interpreter needs to start."""
    kept = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _answer(done: "subprocess.CompletedProcess[bytes]") -> dict[str, object]:
    if done.returncode < 0:
        raise _over_limits()
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise _over_limits() from None
    if done.returncode != 0:
        raise FilmRefused(answer["code"], answer["words"])
    facts: dict[str, object] = answer
    return facts


def _files(facts: dict[str, object], folder: Path, stills: int) -> FilmFiles:
    return FilmFiles(
        facts=FilmFacts(**facts),  # type: ignore[arg-type]  # our own child wrote it
        poster=folder / "poster.jpg",
        filmstrip=folder / "filmstrip.jpg",
        stills=[folder / f"still-{number}.jpg" for number in range(1, stills + 1)],
    )


def _over_limits() -> FilmRefused:
    return FilmRefused("limits", OVER_LIMITS)


def _main(arguments: Sequence[str]) -> int:
    """The child: limit itself before it touches the file, then answer on standard output."""
    _limit()
    path, folder = Path(arguments[0]), Path(arguments[1])
    moments = [int(moment) for moment in arguments[2:]]
    try:
        return _reply(0, asdict(_cut(path, folder, moments)))
    except FilmRefused as refused:
        return _reply(REFUSED, {"code": refused.code, "words": refused.words})
    except MemoryError:
        return _reply(REFUSED, {"code": "limits", "words": OVER_LIMITS})
    except OSError:
        return _reply(REFUSED, {"code": "unreadable", "words": "The film cannot be read."})


def _reply(code: int, answer: dict[str, object]) -> int:
    sys.stdout.write(json.dumps(answer))
    return code


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _cut(path: Path, folder: Path, still_at_ms: list[int]) -> FilmFacts:
    """Everything from one pass over the film: decoding is what costs."""
    facts = probe(path)
    strip_at = strip_moments(facts, STRIP_FRAMES)
    first, *rest = pick_frames(path, [poster_moment(facts), *strip_at, *still_at_ms])
    save_picture(fit_width(first, POSTER_WIDTH), folder / "poster.jpg")
    strip, stills = rest[:STRIP_FRAMES], rest[STRIP_FRAMES:]
    save_picture(join_strip(strip, STRIP_HEIGHT), folder / "filmstrip.jpg")
    for number, still in enumerate(stills, 1):
        save_picture(fit_width(still, STILL_WIDTH), folder / f"still-{number}.jpg")
    return facts


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))

"""Look into a film from outside in a process of its own, with limits on time and memory.

A hostile file can at worst end that process. The parent reads its answer, lines of JSON, and the
files it wrote.
"""

import errno
import json
import os
import resource
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .element_films import ElementFilm
from .element_films import check_element_film as judge_element_film
from .films import (
    DISK_FULL,
    POSTER_WIDTH,
    FilmFacts,
    FilmRefused,
    fit_width,
    join_strip,
    pick_frame,
    pick_frames,
    poster_moment,
    probe,
    save_picture,
    strip_moments,
)
from .pictures import write_whole
from .playing import write_playable
from .sound import peaks
from .voices import CleanRecording
from .voices import clean_recording as rewrite_recording
from .voices import plain_sound as rewrite_sound

CPU_SECONDS = 60
WALL_SECONDS = 180  # on a busy machine those 60 take long, and its films deserve their pictures
ASKED_SECONDS = 45  # of a person who waits for the answer to an upload
COPY_SECONDS = 300  # of time, and of each of two processors: encoding is what takes long
MEMORY_BYTES = 2 * 1024**3  # address space, which threads and libraries fill faster than memory
FILE_BYTES = 64 * 1024**2
COPY_BYTES = 512 * 1024**2
STRIP_FRAMES = 30
STRIP_HEIGHT = 68
STILL_WIDTH = 640
REFUSED = 3
FULL = 4
BEAT = 0.2  # seconds between two calls of `each_step`
OVER_LIMITS = "The file takes too much time or memory to read."
ROOT = Path(__file__).resolve().parents[2]

Beat = Callable[[], None]
Line = dict[str, object]


@dataclass(frozen=True)
class FilmFiles:
    """A film's facts, how loud it is, and the pictures cut from it, `stills` in the order asked.

    `trouble` says why there are no pictures; the film itself is whole all the same.
    """

    facts: FilmFacts
    peaks: bytes = b""
    poster: Path | None = None
    filmstrip: Path | None = None
    stills: list[Path] = field(default_factory=list)
    trouble: FilmRefused | None = None


def inspect(
    path: Path,
    folder: Path,
    still_at_ms: Sequence[int],
    *,
    each_step: Beat | None = None,
    with_poster: Callable[[FilmFacts, Path], None] | None = None,
) -> FilmFiles:
    """Probe a film and write poster.jpg, filmstrip.jpg and still-<n>.jpg into `folder`.

    `still_at_ms` are moments in milliseconds, for instance the middle of each shot; `each_step`
    is called five times a second; `with_poster` as soon as the poster lies there, which takes a
    fraction of the time of all, and may move it away. Raises FilmRefused for what is no film, and
    OSError when the disk is full. A film whose pictures cannot be decoded within the limits comes
    with `trouble`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    moments = [str(moment) for moment in still_at_ms]
    poster = folder / "poster.jpg"

    def heard(told: Sequence[Line]) -> None:
        if "poster" in told[-1] and with_poster is not None:
            with_poster(_facts(told), poster)

    command = ["look", _plain(path), _plain(folder), *moments]
    told, refused = _run(command, WALL_SECONDS, each_step, heard)
    if not told:
        raise refused or _over_limits()
    known = {name: value for line in told[1:] for name, value in line.items()}
    is_done = refused is None and "pictures" in known
    return FilmFiles(
        _facts(told),
        bytes.fromhex(str(known.get("peaks", ""))),
        poster=poster if "poster" in known else None,
        filmstrip=folder / "filmstrip.jpg" if is_done else None,
        stills=[folder / f"still-{n}.jpg" for n in range(1, len(moments) + 1)] if is_done else [],
        trouble=None if is_done else refused or _over_limits(),
    )


def make_playable(path: Path, target: Path, *, each_step: Beat | None = None) -> None:
    """Write a copy every browser plays (see playing), within limits of its own.

    Raises FilmRefused, with code `limits` where it takes too long, and OSError of a full disk.
    """
    _told, refused = _run(["copy", _plain(path), _plain(target)], COPY_SECONDS, each_step, _nothing)
    if refused:
        raise refused


def cut_frame(path: Path, target: Path, at_ms: int) -> None:
    """Write the frame shown at a moment, in full: a PNG, or a JPEG where that is over 10 MB.

    Raises FilmRefused and OSError.
    """
    command = ["frame", _plain(path), _plain(target), str(at_ms)]
    _told, refused = _run(command, WALL_SECONDS, None, _nothing)
    if refused:
        raise refused


def clean_recording(path: Path, target: Path) -> CleanRecording:
    """`voices.clean_recording` within limits. Raises FilmRefused, and OSError of a full disk."""
    return _recording("voice", path, target)


def plain_sound(path: Path, target: Path) -> CleanRecording:
    """`voices.plain_sound` within limits. Raises as `clean_recording` does."""
    return _recording("sound", path, target)


def check_element_film(path: Path, poster: Path) -> ElementFilm:
    """`element_films.check_element_film` within limits. Raises as `clean_recording` does."""
    return ElementFilm(**_judged("element", path, poster))  # type: ignore[arg-type]


def _recording(verb: str, path: Path, target: Path) -> CleanRecording:
    told = _judged(verb, path, target)
    heard = bytes.fromhex(str(told.pop("peaks")))
    return CleanRecording(path=target, peaks=heard, **told)  # type: ignore[arg-type]


def _judged(verb: str, path: Path, target: Path) -> Line:
    """What the child told in its one line."""
    told, refused = _run([verb, _plain(path), _plain(target)], ASKED_SECONDS, None, _nothing)
    if refused:
        raise refused
    return told[0]


def _plain(path: Path) -> str:
    return str(path.resolve())


def _facts(told: Sequence[Line]) -> FilmFacts:
    return FilmFacts(**told[0])  # type: ignore[arg-type]  # our own child wrote it


def _run(
    arguments: list[str],
    seconds: float,
    each_step: Beat | None,
    heard: Callable[[Sequence[Line]], None],
) -> tuple[list[Line], FilmRefused | None]:
    """What the child told, line by line, and why it stopped if it was not done.

    `heard` is called after each line with all so far.
    """
    command = [sys.executable, "-m", __name__, *arguments]
    told: list[Line] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        try:
            for line in _hear(child, seconds, each_step or _nothing):
                told.append(json.loads(line))
                heard(told)
        finally:
            child.kill()
    if child.returncode == 0:
        return told, None
    if child.returncode == FULL:
        raise OSError(told[-1]["errno"], "The disk is full.")
    if child.returncode == REFUSED:
        refused = told.pop()
        return told, FilmRefused(str(refused["code"]), str(refused["words"]))
    return told, _over_limits()


def _hear(child: "subprocess.Popen[bytes]", seconds: float, each_step: Beat) -> Iterator[bytes]:
    """Its lines as they come, until it ends; what is left unsaid after `seconds` is lost."""
    assert child.stdout is not None  # noqa: S101  (a pipe, as _run opened it)
    ends = time.monotonic() + seconds
    rest = b""
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        while (left := ends - time.monotonic()) > 0:
            if not ready.select(min(BEAT, left)):
                each_step()
                continue
            chunk = os.read(child.stdout.fileno(), 65536)
            if not chunk:
                with suppress(subprocess.TimeoutExpired):
                    child.wait(left)
                return
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines


def _environment() -> dict[str, str]:
    """Nothing of the parent's secrets: only what the interpreter needs to start."""
    kept = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _over_limits() -> FilmRefused:
    return FilmRefused("limits", OVER_LIMITS)


def _nothing(*_given: object) -> None:
    return


def _main(arguments: Sequence[str]) -> int:
    """The child: limit itself before it touches the file, then answer on standard output."""
    verb, path, target = arguments[0], Path(arguments[1]), Path(arguments[2])
    try:
        if verb == "copy":
            _limit(2 * COPY_SECONDS, COPY_BYTES)
            write_playable(path, target)
        elif verb == "frame":
            _limit(CPU_SECONDS, FILE_BYTES)
            target.write_bytes(write_whole(pick_frame(path, int(arguments[3]))).data)
        elif verb in ("voice", "sound"):
            _limit(CPU_SECONDS, FILE_BYTES)
            made = (rewrite_recording if verb == "voice" else rewrite_sound)(path, target)
            _tell({"seconds": made.seconds, "sha256": made.sha256, "peaks": made.peaks.hex()})
        elif verb == "element":
            _limit(CPU_SECONDS, FILE_BYTES)
            _tell(asdict(judge_element_film(path, target)))
        else:
            _limit(CPU_SECONDS, FILE_BYTES)
            _look(path, target, [int(moment) for moment in arguments[3:]])
    except FilmRefused as refused:
        return _tell({"code": refused.code, "words": refused.words}, REFUSED)
    except MemoryError:
        return _tell({"code": "limits", "words": OVER_LIMITS}, REFUSED)
    except OSError as failed:
        if failed.errno in DISK_FULL:
            return _tell({"errno": failed.errno}, FULL)
        is_too_large = failed.errno == errno.EFBIG
        words = OVER_LIMITS if is_too_large else "The file cannot be read."
        return _tell({"code": "limits" if is_too_large else "unreadable", "words": words}, REFUSED)
    return 0


def _tell(answer: dict[str, object], code: int = 0) -> int:
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()
    return code


def _limit(seconds: int, file_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _look(path: Path, folder: Path, still_at_ms: list[int]) -> None:
    """Told as soon as it is known: what people wait for first, what is hard to read last."""
    facts = probe(path)
    _tell(asdict(facts))
    try:
        (first,) = pick_frames(path, [poster_moment(facts)])
        save_picture(fit_width(first, POSTER_WIDTH), folder / "poster.jpg")
        _tell({"poster": True})
    finally:
        _tell({"peaks": _loudness(path, facts).hex()})
    _cut(path, folder, facts, still_at_ms)
    _tell({"pictures": True})


def _loudness(path: Path, facts: FilmFacts) -> bytes:
    """A film whose sound cannot be read has a picture all the same."""
    try:
        return peaks(path, facts.duration_ms)
    except FilmRefused:
        return b""


def _cut(path: Path, folder: Path, facts: FilmFacts, still_at_ms: list[int]) -> None:
    """Strip and stills from one pass over the film: decoding is what costs."""
    pictures = pick_frames(path, [*strip_moments(facts, STRIP_FRAMES), *still_at_ms])
    strip, stills = pictures[:STRIP_FRAMES], pictures[STRIP_FRAMES:]
    save_picture(join_strip(strip, STRIP_HEIGHT), folder / "filmstrip.jpg")
    for number, still in enumerate(stills, 1):
        save_picture(fit_width(still, STILL_WIDTH), folder / f"still-{number}.jpg")


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))

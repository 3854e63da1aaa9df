"""The supervisor for real: children are processes, signals are signals."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storyboard.management.machine import (
    LockFile,
    Refused,
    accepts,
    answers,
    choose_port,
    host_to_ask,
    is_free,
    next_free_port,
)
from storyboard.management.merged_log import MergedLog
from storyboard.management.supervisor import Child, ChildFailed, Supervisor, describe_end

REPOSITORY = Path(__file__).resolve().parent.parent
SLEEPER = "import time; print('here', flush=True); time.sleep(60)"

# A supervisor of its own, which the tests signal: two children that note their process ids,
# one of which ignores SIGTERM, and one that starts a process itself.
HOUSE = """
import os, sys
from pathlib import Path
from storyboard.management.machine import LockFile, Refused
from storyboard.management.merged_log import MergedLog
from storyboard.management.supervisor import Child, Supervisor

folder = Path(sys.argv[1])
try:
    lock = LockFile(folder / "greenlight.lock")
    lock.take()
except Refused as refused:
    print(refused)
    sys.exit(2)
lock.describe("http://127.0.0.1:8123/")
note = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid()));"
stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + note
parent = "import subprocess, sys; own = [sys.argv[2] + 'time.sleep(60)', sys.argv[1] + '-own'];"
parent += "subprocess.Popen([sys.executable, '-c', *own]);" + note
def child(name, code):
    path = folder / name
    command = [sys.executable, "-c", code + "time.sleep(60)", str(path), note]
    return Child(name, command, is_ready=path.exists)
with Supervisor(MergedLog(["plain", "stubborn", "parent"]), grace=0.5) as house:
    for name, code in (("plain", note), ("stubborn", stubborn), ("parent", parent)):
        house.start(child(name, code))
    house.wait_until_ready(seconds=20)
    print("ready", flush=True)
    sys.exit(house.watch())
"""


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(stream: io.StringIO) -> MergedLog:
    return MergedLog(["web", "worker"], stream=stream)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = start_house(tmp_path)
    assert process.stdout
    line = ""
    while line != "ready":
        line = process.stdout.readline().strip()
        assert process.poll() is None
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_every_child_even_one_that_ignores_it(
    house: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    children = noted_children(tmp_path)
    house.send_signal(number)
    assert house.wait(timeout=10) == 0
    assert [pid for pid in children if lives(pid)] == []


def test_children_die_with_a_supervisor_that_is_killed(
    house: subprocess.Popen[str], tmp_path: Path
) -> None:
    children = [int((tmp_path / name).read_text()) for name in ("plain", "stubborn", "parent")]
    house.kill()
    house.wait()
    assert wait_for(lambda: not any(map(lives, children)))


def test_a_second_start_is_refused_in_words(house: subprocess.Popen[str], tmp_path: Path) -> None:
    second = start_house(tmp_path)
    try:
        words, _ = second.communicate(timeout=20)
    finally:
        second.kill()
    assert second.returncode == 2
    assert f"running here already (process {house.pid}, http://127.0.0.1:8123/)" in words
    assert house.poll() is None


def test_the_lock_is_free_again_after_a_kill(house: subprocess.Popen[str], tmp_path: Path) -> None:
    house.kill()
    house.wait()
    LockFile(tmp_path / "greenlight.lock").take()


def test_a_lock_survives_an_exec_and_ends_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "greenlight.lock"
    code = (
        "import os, sys; from pathlib import Path;"
        "from storyboard.management.machine import LockFile;"
        "lock = LockFile(Path(sys.argv[1])); lock.take();"
        "again = 'import time; print(1, flush=True); time.sleep(60)';"
        "lock.keep_over_exec(); os.execv(sys.executable, [sys.executable, '-c', again])"
    )
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            with pytest.raises(Refused, match=f"process {process.pid}"):
                LockFile(path).take()
        finally:
            process.kill()
    LockFile(path).take()


def test_output_of_all_children_is_one_aligned_log_and_a_file(tmp_path: Path) -> None:
    stream = io.StringIO()
    path = tmp_path / "greenlight.log"
    path.write_text("the start before\n")
    log = MergedLog(["web", "worker"], stream=stream, path=path)
    with Supervisor(log) as house:
        house.start(python("web", SLEEPER))
        house.start(python("worker", "import sys, time; sys.stderr.write('é\\n'); time.sleep(60)"))
        assert wait_for(lambda: stream.getvalue().count("\n") == 2)
    rest = sorted(line.partition(" ")[2] for line in stream.getvalue().splitlines())
    assert rest == ["web    | here", "worker | é"]
    assert sorted(path.read_text().splitlines()) == sorted(stream.getvalue().splitlines())
    assert path.with_name("greenlight.log.1").read_text() == "the start before\n"


def test_colours_are_for_terminals_alone() -> None:
    terminal = Terminal()
    MergedLog(["web"], stream=terminal).write("web", "here")
    assert "\033[36mweb |\033[0m here" in terminal.getvalue()


def test_a_fallen_worker_is_started_again(
    log: MergedLog, stream: io.StringIO, tmp_path: Path
) -> None:
    code = (
        "import pathlib, sys, time; first, second = map(pathlib.Path, sys.argv[1:]);"
        "fell = first.exists(); (second if fell else first).touch();"
        "time.sleep(60) if fell else sys.exit(3)"
    )
    files = [str(tmp_path / "first"), str(tmp_path / "second")]
    command = [sys.executable, "-c", code, *files]
    with Supervisor(log) as house:
        house.start(Child("worker", command, is_ready=(tmp_path / "second").exists))
        assert house.wait_until_ready(seconds=20)
    assert "worker | ended with 3; it is started again in 1 s" in stream.getvalue()


def test_a_fallen_web_ends_everything(log: MergedLog, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = f"import os, pathlib; pathlib.Path({str(note)!r}).write_text(str(os.getpid()));"
    with Supervisor(log) as house:
        house.start(python("worker", code + SLEEPER))
        assert wait_for(lambda: note.exists() and bool(note.read_text()))
        house.start(python("web", "raise SystemExit(4)", vital=True))
        with pytest.raises(ChildFailed, match=r"web ended with 4, so everything was ended"):
            house.watch()
    assert not lives(int(note.read_text()))


def test_a_child_that_never_gets_ready_is_named(log: MergedLog) -> None:
    with Supervisor(log) as house:
        house.start(Child("worker", python("worker", SLEEPER).command, is_ready=lambda: False))
        with pytest.raises(ChildFailed, match=r"Not ready after 0 s: worker"):
            house.wait_until_ready(seconds=0.3)


def test_a_child_that_keeps_falling_at_the_start_ends_it(
    log: MergedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storyboard.management.supervisor.LONGEST_PAUSE_SECONDS", 0.05)
    with Supervisor(log) as house:
        house.start(Child("worker", python("worker", "raise SystemExit(1)").command))
        house.start(Child("web", python("web", SLEEPER).command, is_ready=lambda: False))
        with pytest.raises(ChildFailed, match="worker keeps falling"):
            house.wait_until_ready(seconds=20)


def test_ends_are_described_in_words() -> None:
    assert describe_end(1) == "ended with 1"
    assert describe_end(-9) == "was ended by SIGKILL"
    assert describe_end(-63) == "was ended by signal 63"


def test_a_wanted_port_that_is_busy_is_refused_in_words() -> None:
    with Listener() as (port, _):
        assert not is_free(port)
        assert accepts(port)()
        with pytest.raises(Refused, match=f"Port {port} is busy"):
            choose_port(str(port))
        assert next_free_port(port) > port
    assert is_free(port)
    assert not accepts(port)()
    assert choose_port(str(port)) == port


@pytest.mark.parametrize("wanted", ["http", "0", "65536", "-1", "80.5"])
def test_a_wanted_port_that_is_none_is_refused(wanted: str) -> None:
    with pytest.raises(Refused, match="a number from 1 to 65535"):
        choose_port(wanted)


def test_without_a_wish_the_next_free_port_is_taken() -> None:
    first = choose_port(None)
    assert first >= 8000
    assert choose_port("", taken=frozenset({first})) > first


def test_an_address_answers_only_with_200() -> None:
    with Listener() as (port, process):
        assert answers(f"http://127.0.0.1:{port}/")()
        assert not answers(f"http://127.0.0.1:{port}/nothing-here")()
        process.kill()
        process.wait()
        assert not answers(f"http://127.0.0.1:{port}/")()


@pytest.mark.parametrize(
    ("allowed", "host"),
    [
        ([], "127.0.0.1"),
        (["*"], "127.0.0.1"),
        (["storyboards.example", "localhost"], "storyboards.example"),
        ([".storyboards.example"], "storyboards.example"),
    ],
)
def test_the_server_is_asked_by_a_name_it_answers_to(allowed: list[str], host: str) -> None:
    assert host_to_ask(allowed) == host


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Listener:
    """An HTTP server of the standard library in a process of its own."""

    def __enter__(self) -> tuple[int, subprocess.Popen[bytes]]:
        port = next_free_port(18500 + os.getpid() % 1000)
        command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        assert wait_for(accepts(port))
        return port, self.process

    def __exit__(self, *exception: object) -> None:
        self.process.kill()
        self.process.wait()


def python(name: str, code: str, *, vital: bool = False) -> Child:
    return Child(name, [sys.executable, "-c", code], vital=vital)


def start_house(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOUSE, str(folder)]
    return subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def noted_children(folder: Path) -> list[int]:
    names = ["plain", "stubborn", "parent", "parent-own"]
    assert wait_for(lambda: all((folder / name).exists() for name in names))
    assert wait_for(lambda: all((folder / name).read_text() for name in names))
    return [int((folder / name).read_text()) for name in names]


def lives(pid: int) -> bool:
    """False also for a process that has ended and is only waited for."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_for(question: Callable[[], bool], *, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.02)
    return False

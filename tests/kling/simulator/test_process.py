"""The simulator as a process of its own: starting, ending, being killed, and what it imports."""

import ast
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.kling.simulator.builders import custom, single

ROOT = Path(__file__).resolve().parents[3]
HEADERS = {"Authorization": "Bearer canary-key"}
Started = tuple["subprocess.Popen[str]", str]


class Processes:
    """Starts simulator processes on one state folder and ends what is left."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.running: list[subprocess.Popen[str]] = []

    def start(self, *flags: str) -> Started:
        """Start one and wait for the line with its address."""
        process = self.launch(*flags)
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        return process, found[0]

    def launch(self, *flags: str) -> "subprocess.Popen[str]":
        """Start one without waiting."""
        command = [sys.executable, "-m", "storyboard.kling.simulator", "--port", "0"]
        command += ["--state", str(self.state), "--seconds-per-task", "0", "--render", "small"]
        process = subprocess.Popen(
            [*command, *flags],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={name: value for name, value in os.environ.items() if "DJANGO" not in name},
        )
        self.running.append(process)
        return process


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    started = Processes(tmp_path / "state")
    yield started
    for process in started.running:
        process.kill()
        process.communicate()


def test_killed_at_any_moment_it_still_has_its_tasks_and_ledger(processes: Processes) -> None:
    process, address = processes.start("--seconds-per-task", "0.3")
    body = custom(external_task_id="e-1", sound="on")
    answer = httpx.post(f"{address}/v1/videos/text2video", json=body, headers=HEADERS)
    process.send_signal(signal.SIGKILL)
    process.wait()
    task_id = answer.json()["data"]["task_id"]
    time.sleep(0.3)
    _process, address = processes.start("--seconds-per-task", "600")
    (line,) = httpx.get(f"{address}/_ledger").json()
    assert (line["task_id"], line["external_task_id"]) == (task_id, "e-1")
    assert line["body"] == body
    again = httpx.post(f"{address}/v1/videos/text2video", json=body, headers=HEADERS)
    assert again.json()["message"] == "External_task_id e-1 already exists"
    found = httpx.get(f"{address}/v1/videos/text2video/e-1", headers=HEADERS)
    assert found.json()["data"]["task_status"] == "succeed"
    (video,) = found.json()["data"]["task_result"]["videos"]
    assert video["url"].startswith(address)
    assert httpx.get(video["url"], timeout=20).status_code == 200
    assert len(httpx.get(f"{address}/_ledger").json()) == 1


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_and_cleanly(
    processes: Processes, signal_number: signal.Signals
) -> None:
    process, address = processes.start()
    with httpx.Client(base_url=address) as kept_open:
        assert kept_open.get("/_ledger").json() == []
        process.send_signal(signal_number)
        started = time.monotonic()
        assert process.wait(timeout=5) == 0
        assert time.monotonic() - started < 1
    assert process.stderr is not None
    assert process.stderr.read() == ""


def test_it_writes_one_line_per_request_and_no_secrets(processes: Processes) -> None:
    process, address = processes.start()
    secret = "http://127.0.0.1:9/callbacks/kling/canary-token/"
    body = single(callback_url=secret, prompt="canary prompt")
    httpx.post(f"{address}/v1/videos/text2video?canary=1", json=body, headers=HEADERS)
    process.terminate()
    out, _errors = process.communicate(timeout=5)
    lines = [line for line in out.splitlines() if not line.startswith("callback")]
    assert len(lines) == 1
    assert re.fullmatch(r"POST /v1/videos/text2video 200 \d+ ms", lines[0])
    assert "canary" not in out


def test_a_second_one_on_the_same_state_is_refused_in_words(processes: Processes) -> None:
    processes.start()
    second = processes.launch()
    _out, errors = second.communicate(timeout=10)
    assert second.returncode == 2
    assert "Another simulator already uses" in errors


def test_a_port_in_use_is_told_in_words(processes: Processes) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = processes.launch("--port", str(taken.getsockname()[1]))
        _out, errors = process.communicate(timeout=10)
    assert process.returncode == 2
    assert errors.startswith("The simulator cannot start:")
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    "flags",
    [("--access-key", "a"), ("--slots", "0"), ("--rate", "0"), ("--seconds-per-task", "-1")],
)
def test_flags_that_make_no_sense_are_refused(processes: Processes, flags: tuple[str, ...]) -> None:
    process = processes.launch(*flags)
    process.communicate(timeout=10)
    assert process.returncode == 2


def test_it_imports_only_pillow_the_media_room_and_the_standard_library() -> None:
    """The witness knows none of the modules it judges, and starts without Django."""
    program = (
        "import sys, json, storyboard.kling.simulator.cli; print(json.dumps(list(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout))
    ours = {name for name in loaded if name.startswith("storyboard.")}
    assert all(
        name.startswith(("storyboard.kling.simulator", "storyboard.media"))
        for name in ours - {"storyboard.kling"}
    )
    assert not {"django", "celery", "httpx"} & loaded


def test_its_source_names_no_module_it_judges() -> None:
    for path in (ROOT / "storyboard/kling/simulator").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert node.level < 2, path
                assert not (node.module or "").startswith(("storyboard.kling", "django")), path

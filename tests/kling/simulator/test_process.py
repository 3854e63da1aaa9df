"""The simulator as a process of its own: starting, ending, being killed, and what it imports."""

import argparse
import ast
import itertools
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

from storyboard.kling.simulator.cli import add_arguments
from storyboard.kling.simulator.faults import KINDS
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


def test_the_flags_choose_dialect_and_rules(processes: Processes) -> None:
    flags = ("--profile", "gateway004", "--reading", "map", "--refuse-retired")
    _process, address = processes.start(*flags, "--strict-library", "--follows-end-frame-change")
    path = f"{address}/kling/v1/videos/image2video"
    assert httpx.get(path, headers=HEADERS).json()["data"] == []
    order = {"image": "https://nowhere.invalid/a.png", "model_name": "kling-v1-6"}
    retired = httpx.post(path, json=order, headers=HEADERS).json()
    assert "discontinued" in retired["message"]


@pytest.mark.parametrize(
    "flags",
    [
        ("--access-key", "a"),
        ("--slots", "0"),
        ("--rate", "0"),
        ("--seconds-per-task", "-1"),
        ("--fault", "callback-lose"),
        ("--fault", "callback-drop:0"),
        ("--webhook-secret", "secret"),
        ("--callback-shape", "newest"),
        ("--callback-statuses", "submitted,done"),
        ("--clock-offset", "-1"),
        ("--profile", "resold"),
        ("--profile", "gateway004", "--access-key", "a", "--secret-key", "b"),
        ("--reading", "both"),
    ],
)
def test_flags_that_make_no_sense_are_refused(processes: Processes, flags: tuple[str, ...]) -> None:
    process = processes.launch(*flags)
    process.communicate(timeout=10)
    assert process.returncode == 2


def test_the_help_tells_every_switch_and_fault_in_words(processes: Processes) -> None:
    out, _errors = processes.launch("--help").communicate(timeout=10)
    for name in (*KINDS, "--fault", "--seed", "--clock-offset", "--webhook-secret"):
        assert f"  {name}" in out
    for line, after in itertools.pairwise(out.splitlines()):
        if line.startswith("  --"):
            assert re.match(r"  --\S+.*\s{2}\S", line) or after.startswith(" " * 20), line


def test_the_page_about_it_names_every_switch_and_fault() -> None:
    page = (ROOT / "docs/simulator.md").read_text(encoding="utf-8")
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    switches = set(re.findall(r"--[a-z-]+", parser.format_usage())) - {"--help"}
    assert {"--fault", "--seed", "--render"} <= switches
    assert [name for name in (*switches, *KINDS) if f"`{name}`" not in page] == []


def test_faults_clock_and_secrets_come_by_flag(processes: Processes) -> None:
    flags = ["--fault", "refuse=1102@create:1", "--fault", "callback-drop:30%", "--seed", "5"]
    flags += ["--clock-offset", "86400", "--webhook-secret", "whsec_dGVzdA=="]
    flags += ["--callback-shape", "new", "--callback-statuses", "submitted,succeed"]
    process, address = processes.start(*flags)
    report = httpx.get(f"{address}/_faults").json()
    assert report["seed"] == 5
    assert report["delivered"] == {"refuse=1102": 0, "callback-drop": 0}
    assert httpx.get(f"{address}/_clock").json()["offset_ms"] == 86_400_000
    order = single(prompt="canary")
    answer = httpx.post(f"{address}/v1/videos/text2video", json=order, headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (429, 1102)
    process.terminate()
    out, errors = process.communicate(timeout=5)
    assert re.search(r"^POST /v1/videos/text2video 429 \d+ ms refuse=1102$", out, re.MULTILINE)
    assert errors == ""


def test_it_ends_at_once_with_an_answer_hanging(processes: Processes) -> None:
    process, address = processes.start("--fault", "hang-after")
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{address}/v1/videos/text2video", headers=HEADERS, timeout=0.3)
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as open_:
        open_.sendall(b"GET /v1/videos/text2video HTTP/1.1\r\nAuthorization: Bearer x\r\n\r\n")
        time.sleep(0.1)
        process.terminate()
        started = time.monotonic()
        assert process.wait(timeout=5) == 0
        assert time.monotonic() - started < 1


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

"""manage.py check_brief, as the process it is."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from storyboard.kling.payloads import lines
from storyboard.management.commands import check_brief
from tests.kling.payload_builders import six_shots

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = (sys.executable, "manage.py", "check_brief")
PATIENCE = 30.0
GOOD = {"ok": True, "errors": [], "warnings": []}


def line(**changes: Any) -> bytes:
    asked = {"endpoint": "image2video", "profile": "official", "payload": six_shots(**changes)}
    return json.dumps(asked).encode() + b"\n"


def environment(tmp_path: Path) -> dict[str, str]:
    """No database is there, and none is to be asked."""
    away = "postgresql://nobody@127.0.0.1:1/nothing"
    return {**os.environ, "VAR_DIR": str(tmp_path), "DATABASE_URL": away, "LOG_LEVEL": "DEBUG"}


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    # A shell starts what it leaves in the background deaf to Ctrl-C, and that is inherited.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        COMMAND, cwd=ROOT, env=environment(tmp_path), bufsize=0,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as started:  # fmt: skip
        yield started
        started.kill()
    signal.signal(signal.SIGINT, before)


def run(tmp_path: Path, sent: bytes, *flags: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *flags], cwd=ROOT, env=environment(tmp_path), input=sent,
        capture_output=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


def heard(process: subprocess.Popen[bytes]) -> Any:
    """The next answer, waited for no longer than is patient."""
    assert process.stdout is not None
    assert select.select([process.stdout], [], [], PATIENCE)[0], "no answer"
    return json.loads(process.stdout.readline())


def send(process: subprocess.Popen[bytes], sent: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(sent)


def test_each_line_is_answered_before_the_next_is_sent(process: subprocess.Popen[bytes]) -> None:
    for changes, is_ok in (({}, True), ({"duration": "16"}, False), ({}, True)):
        send(process, line(**changes))
        assert heard(process)["ok"] is is_ok


def test_half_a_line_waits_for_its_other_half(process: subprocess.Popen[bytes]) -> None:
    whole = line()
    send(process, whole + whole[:50])
    assert heard(process) == GOOD
    assert process.stdout is not None
    assert not select.select([process.stdout], [], [], 0.2)[0]
    send(process, whole[50:])
    assert heard(process) == GOOD


def test_bad_input_stops_nothing(tmp_path: Path) -> None:
    bad = [
        b"",
        b"nope",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"[" * 50_000,
        b'{"a": NaN}',
        b"\x00",
        b"1" * 9000,
    ]
    sent = b"".join(each + b"\n" + line() for each in bad) + line().rstrip()
    ended = run(tmp_path, sent)
    answers = [json.loads(each) for each in ended.stdout.splitlines()]
    assert ended.returncode == 0
    assert ended.stderr == b""
    assert [each["ok"] for each in answers] == [False, True] * len(bad) + [True]
    codes = [each["errors"][0]["code"] for each in answers[:-1:2]]
    assert codes == [
        "line.empty", "line.json", "line.encoding", "line.object", "endpoint.required",
        "line.deep", "line.json", "line.json", "line.object",
    ]  # fmt: skip


def test_nothing_sent_is_nothing_answered(tmp_path: Path) -> None:
    ended = run(tmp_path, b"")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_the_map_can_be_asked_for(tmp_path: Path) -> None:
    sent = line(voice_list=[{"voice_id": "v"}])
    assert json.loads(run(tmp_path, sent).stdout)["ok"]
    assert not json.loads(run(tmp_path, sent, "--reading", "map").stdout)["ok"]


def test_it_ends_quietly_when_nobody_listens(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    assert process.stderr is not None
    send(process, line())
    assert heard(process) == GOOD
    process.stdout.close()
    send(process, line())
    assert process.wait(PATIENCE) == 0
    assert process.stderr.read() == b""


def test_it_ends_quietly_when_it_is_interrupted(process: subprocess.Popen[bytes]) -> None:
    assert process.stderr is not None
    send(process, line())
    assert heard(process) == GOOD
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    assert process.stderr.read() == b""


def test_a_line_longer_than_is_held_is_told_and_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    limit = len(line())
    for module in (check_brief, lines):
        monkeypatch.setattr(module, "MOST_BYTES", limit)
    long = line(prompt="x" * 3 * limit)
    path = tmp_path / "lines"
    path.write_bytes(line() + long + line() + b" " * limit + line() + line() + long.rstrip())
    call_command("check_brief", str(path))
    said = capfdbinary.readouterr().out.decode()
    assert [each for each in said.splitlines() if each.startswith("Line")] == [
        "Line 1, image2video at official: no errors",
        "Line 2: 1 error",
        "Line 3, image2video at official: no errors",
        "Line 4: 1 error",
        "Line 5, image2video at official: no errors",
        "Line 6: 1 error",
    ]
    assert said.count("line.too_long") == 3


def test_a_file_is_told_to_people(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(line() + b"\n" + line(duration=15, **{"a\x1b[2J\ud800": 1}))
    ended = run(tmp_path, b"", str(path))
    assert ended.returncode == 0
    assert ended.stdout.decode().splitlines() == [
        "Line 1, image2video at official: no errors",
        "Line 2: 1 error",
        "  error    The line is empty. Send one JSON object a line.",
        "           line.empty; Greenlight",
        "Line 3, image2video at official: 1 error, 1 warning",
        "  error    duration: duration is the number 15; it must be a string of whole seconds "
        "such as “5”.",
        "           duration.type; Kling API, image to video",
        "  warning  a\\u001b[2J\\ud800: a\\u001b[2J\\ud800 is not a field of Kling API, image to "
        "video; it is ignored, or refused.",
        "           field.unknown; Kling API, image to video",
        "3 lines, 1 without errors, 2 with errors.",
    ]


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("check_brief", "/nowhere/lines")


def test_our_own_fault_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def broken(*_arguments: object) -> object:
        raise ZeroDivisionError("a secret of the payload")

    monkeypatch.setattr(check_brief, "answer", broken)
    path = tmp_path / "lines"
    path.write_bytes(line() + line())
    call_command("check_brief", str(path))
    said = capfdbinary.readouterr()
    assert said.out.count(b"line.unjudged") == 2
    assert said.err.count(b"ZeroDivisionError") == 2
    assert b"secret" not in said.err

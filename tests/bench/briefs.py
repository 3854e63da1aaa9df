"""C1: how many create bodies `check_brief` judges a second, through the real process's pipes."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

from tests.bench.figures import Condition, Figure, Round
from tests.bench.protocol import Timing
from tests.bench.stacks import ROOT

LEAST_RATE = 3000.0  # payloads a second
HOW_MANY = 1000  # different bodies; then they come again
_OURS = (sys.executable, "manage.py", "check_brief")
# Reads, parses, writes: the least that any judge of JSON lines does.
_FLOOR = (
    sys.executable, "-c",
    "import json, sys\n"
    "for line in sys.stdin.buffer:\n"
    "    sys.stdout.buffer.write(json.dumps(json.loads(line)).encode() + b'\\n')\n"
    "    sys.stdout.buffer.flush()\n",
)  # fmt: skip
_SECONDS = ("3", "2", "3", "2", "3", "2")
_PROMPT = (
    "The keeper climbs the tower, lamp in hand, while storm light crosses the sea and gulls wheel "
    "above the pier; the camera follows slowly from below, past wet stone and rope. "
)
# What is changed in every third body, and spoils it.
_FAULTS: tuple[dict[str, Any], ...] = (
    {"duration": 15},
    {"duration": "16"},
    {"mode": "8k"},
    {"image": "data:image/png;base64,iVBORw0KGgo="},
    {"image_tail": "https://pictures.example/end.png"},
    {"multi_prompt": []},
    {"sound": True},
    {"cfg_scale": 1.5},
    {"negative_prompt": "x" * 2501},
    {"element_list": [{"element_id": number} for number in range(1, 5)]},
)


def measure(timing: Timing) -> Figure:
    """Judged bodies a second, ours and the floor in alternation."""
    lines = bodies(HOW_MANY)
    with talking(_OURS) as ours, talking(_FLOOR) as floor:
        _check(ours.ask(lines))
        for one in (ours, floor):
            one.rate(lines, timing.warm)
        rounds, waiting = [], []
        for _ in range(timing.rounds):
            bare = floor.rate(lines, timing.slot)
            rounds.append(Round(ours.rate(lines, timing.slot), bare))
            waiting.append(ours.rate_waiting(lines, min(timing.slot, 1.0)))
    rate = median(each.ours for each in rounds)
    return Figure(
        "C1", "alone", "check_brief judging six-shot bodies with a linked first frame",
        "a second", rounds, None, better="higher",
        conditions=[Condition("judged a second", round(rate), LEAST_RATE, better="higher")],
        details={"rate_each_waiting_for_its_answer": [round(each) for each in waiting]},
    )  # fmt: skip


def bodies(count: int) -> list[bytes]:
    """Lines for check_brief, no two alike; every third is one Kling would refuse."""
    return [_line(number) for number in range(count)]


def is_spoilt(number: int) -> bool:
    """Whether the body of this number is one Kling would refuse."""
    return number % 3 == 0


def _line(number: int) -> bytes:
    body: dict[str, Any] = {
        "model_name": "kling-v3",
        "image": f"https://pictures.example/storyboard-{number}/first.png",
        "multi_shot": True,
        "shot_type": "customize",
        "prompt": "",
        "multi_prompt": [
            {"index": index, "prompt": f"{_PROMPT * 2}Take {number}, {index}.", "duration": length}
            for index, length in enumerate(_SECONDS, start=1)
        ],
        "negative_prompt": "blur, text, extra fingers",
        "sound": "on",
        "mode": ("std", "pro", "4k")[number % 3],
        "duration": "15",
        "watermark_info": {"enabled": False},
        "callback_url": f"https://films.example/callbacks/{number}/",
        "external_task_id": f"greenlight-{number}",
    }
    if is_spoilt(number):
        body |= _FAULTS[number // 3 % len(_FAULTS)]
    asked = {"endpoint": "image2video", "profile": "official", "payload": body}
    return json.dumps(asked).encode() + b"\n"


class Talk:
    """One process that answers each line with a line."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin, self._stdout = process.stdin, process.stdout

    def ask(self, lines: Sequence[bytes]) -> list[bytes]:
        """All answers; the lines are written while the answers are read."""
        writing = threading.Thread(target=self._write, args=(b"".join(lines),), daemon=True)
        writing.start()
        answers = [self._stdout.readline() for _ in lines]
        writing.join()
        return answers

    def rate(self, lines: Sequence[bytes], seconds: float) -> float:
        """Answers a second while lines come as fast as they are taken."""
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            count += len(self.ask(lines))
        return count / (time.perf_counter() - start)

    def rate_waiting(self, lines: Sequence[bytes], seconds: float) -> float:
        """Answers a second when each line waits for the answer to the one before."""
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            self._write(lines[count % len(lines)])
            assert self._stdout.readline()
            count += 1
        return count / (time.perf_counter() - start)

    def _write(self, data: bytes) -> None:
        self._stdin.write(data)
        self._stdin.flush()


@contextmanager
def talking(command: Sequence[str]) -> Iterator[Talk]:
    """The process, ended with its input."""
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield Talk(process)


def _check(answers: Sequence[bytes]) -> None:
    """A judge that says yes to everything is fast, too."""
    for number, answer in enumerate(answers):
        told = json.loads(answer)
        assert told["ok"] is not is_spoilt(number), (number, told)

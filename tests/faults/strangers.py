"""Who knocks without being Kling: callbacks nobody sent, and lines that never say a whole word."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import time
from collections.abc import Sequence
from typing import Any

import httpx

EVIL = "http://10.0.0.1/forged.mp4"
TIMEOUT = 5.0
# What no parser should fall over.
JUNK: tuple[bytes, ...] = (
    b"[" * 60_000,
    b'{"task_id": NaN, "task_status": 1e400}',
    b"\xff\xfe\x00\xd8",
    b'\xef\xbb\xbf{"task_id": "1", "task_id": "2"}',
    b"",
)


def forge(
    how: str, address: str, addressees: Sequence[dict[str, Any]], chance: random.Random
) -> bool:
    """Knock for somebody as Kling never did; whether it arrived.

    `late`: a failure of what has ended. `other`: another project's success. `junk`: no words.
    """
    wanted = [one for one in addressees if one["has_ended"] is (how == "late")] or addressees
    one = chance.choice(wanted)
    if how == "junk":
        body = chance.choice(JUNK)
    elif how == "late":
        body = _report(one, one, status="failed")
    else:
        strangers = [
            each for each in addressees if each["account"] != one["account"] and each["task_id"]
        ]
        body = _report(chance.choice(strangers or [one]), one, status="succeed")
    try:
        httpx.post(f"{address}/callbacks/kling/{one['token']}/", content=body, timeout=TIMEOUT)
    except httpx.HTTPError:
        return False
    return True


def press_slowly(port: int, number: int, seconds: float) -> int:
    """Open so many lines, send each a byte a second, and go; how many were let in."""
    lines: list[socket.socket] = []
    for _ in range(number):
        with contextlib.suppress(OSError):
            line = socket.create_connection(("127.0.0.1", port), timeout=1)
            line.sendall(b"POST /callbacks/kling/x/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            lines.append(line)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for line in lines:
            with contextlib.suppress(OSError):
                line.send(b"a")
        time.sleep(1)
    for line in lines:
        line.close()
    return len(lines)


def _report(about: dict[str, Any], told: dict[str, Any], *, status: str) -> bytes:
    """A callback to `told`'s address about somebody's task."""
    report = {
        "task_id": about["task_id"] or "1",
        "task_status": status,
        "task_status_msg": "Forged.",
        "task_info": {"external_task_id": told["external_id"]},
        "created_at": int(time.time() * 1000),
        "updated_at": int(time.time() * 1000),
        "final_unit_deduction": "999",
        "task_result": {"videos": [{"id": "forged", "url": EVIL, "duration": "5.0"}]},
    }
    return json.dumps(report).encode()

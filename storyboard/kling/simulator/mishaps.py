"""Faults as they look on the wire: late, broken, endless and missing answers."""

import base64
import json
import os
import select
import socket
import struct
import threading
import time
from pathlib import Path
from typing import Any

from .answers import CHUNK, Answers
from .faults import Fault
from .refusal import by_code, invalid

OVERSIZED_BYTES = 2 * 1024**3
LOOK_EVERY_S = 0.1
TARGETS = {
    "private": "http://10.0.0.1/film.mp4",
    "loopback": "http://127.0.0.1/film.mp4",
    "metadata": "http://169.254.169.254/latest/meta-data/",
}
PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_LINGER_0 = struct.pack("ii", 1, 0)  # closing then sends RST


def befall(to: Answers, fault: Fault, ending: threading.Event) -> bool:
    """Let it happen before anything is done; False: the request goes on, late."""
    if fault.name == "delay-before":
        ending.wait(fault.seconds)
        return False
    if fault.name == "refuse":
        raise by_code(int(fault.value))
    if fault.name == "deny":
        raise invalid("Task not found by id/external id")
    _fail(to, fault, ending)
    return True


def befall_answer(
    to: Answers, fault: Fault, envelope: dict[str, Any], ending: threading.Event
) -> None:
    """Let it happen to this answer."""
    if fault.name == "delay-after":
        ending.wait(fault.seconds)
        to.send_json(200, envelope)
    elif fault.name == "slow-body":
        _drip(to, "application/json", json.dumps(envelope).encode(), fault.seconds, ending)
    elif fault.name == "malformed":
        _malform(to, fault.value, envelope)
    else:
        _fail(to, fault, ending)


def befall_film(to: Answers, fault: Fault, film: Path, ending: threading.Event) -> None:
    """Let it happen to the film that would be sent."""
    size = film.stat().st_size
    if fault.name == "delay-after":
        ending.wait(fault.seconds)
        to.send_file(film)
    elif fault.name == "slow-body":
        _drip(to, "video/mp4", film.read_bytes(), fault.seconds, ending)
    elif fault.name == "malformed":
        _malform(to, fault.value, {})
    elif fault.name == "result-truncated":
        _half(to, film, size if fault.value == "stated" else None)
    elif fault.name == "result-type":
        to.send_bytes(200, *(("text/html", PAGE) if fault.value == "html" else ("image/png", PNG)))
    elif fault.name == "result-expired":
        to.send_bytes(int(fault.value), "text/plain", b"The link has expired\n")
    elif fault.name == "result-redirect":
        location = TARGETS.get(fault.value, fault.value)
        to.head(302, {"Location": location, "Content-Length": "0"})
    elif fault.name == "result-oversized":
        _oversize(to, film, OVERSIZED_BYTES if fault.value == "stated" else None)
    else:
        if fault.name in ("hang-after", "reset-after"):
            _half(to, film, size)
        _fail(to, fault, ending)


def _fail(to: Answers, fault: Fault, ending: threading.Event) -> None:
    """No answer, or an error's."""
    if fault.name.startswith("hang"):
        _hang(to, fault.seconds, ending)
    elif fault.name.startswith("reset"):
        _reset(to)
    elif fault.value == "502":
        to.send_bytes(502, "text/html", PAGE)
    else:
        raise by_code(int(fault.value))


def _hang(to: Answers, seconds: float, ending: threading.Event) -> None:
    """Say nothing until the client leaves, the seconds are over or the simulator ends."""
    to.close_connection = True
    until = time.monotonic() + seconds
    while not ending.is_set() and time.monotonic() < until:
        wait = min(LOOK_EVERY_S, max(until - time.monotonic(), 0))
        heard, _, _ = select.select([to.connection], [], [], wait)
        if heard and not to.connection.recv(1, socket.MSG_PEEK):
            return
        if heard:  # it sends more, which nobody reads
            ending.wait(LOOK_EVERY_S)


def _reset(to: Answers) -> None:
    to.close_connection = True
    to.wfile.flush()
    to.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_0)
    # The reader and writer hold the socket open: only its descriptor can be closed now.
    os.close(to.connection.detach())


def _drip(to: Answers, kind: str, raw: bytes, seconds: float, ending: threading.Event) -> None:
    to.head(200, {"Content-Type": kind, "Content-Length": str(len(raw))})
    for number in range(len(raw)):
        if ending.wait(seconds if number else 0):
            to.close_connection = True
            return
        to.write(raw[number : number + 1])


def _malform(to: Answers, how: str, envelope: dict[str, Any]) -> None:
    if how == "no-data":
        to.send_json(200, {name: envelope[name] for name in envelope if name != "data"})
    elif how == "types":
        to.send_json(200, {**envelope, "data": _twisted(envelope.get("data"))})
    else:
        to.send_bytes(200, "application/json", b"" if how == "empty" else b"SUCCEED")


def _twisted(data: Any) -> Any:
    """The same fields with values of other types: texts as lists, numbers as texts, lists as 0."""
    if isinstance(data, dict):
        return {name: _twisted(value) for name, value in data.items()}
    if isinstance(data, list):
        return 0
    return [data] if isinstance(data, str) else f"{data}?"


def _half(to: Answers, film: Path, stated: int | None) -> None:
    raw = film.read_bytes()
    _film_head(to, stated)
    to.write(raw[: len(raw) // 2])


def _oversize(to: Answers, film: Path, stated: int | None) -> None:
    _film_head(to, stated)
    to.write(film.read_bytes())
    left = OVERSIZED_BYTES - film.stat().st_size
    nothing = bytes(CHUNK)
    while left > 0 and to.command != "HEAD":
        to.write(nothing[: min(CHUNK, left)])
        left -= CHUNK


def _film_head(to: Answers, stated: int | None) -> None:
    """Say a length, or none: then the end of the connection is the end of the film."""
    to.close_connection = True
    length = {} if stated is None else {"Content-Length": str(stated)}
    to.head(200, {"Content-Type": "video/mp4", **length})

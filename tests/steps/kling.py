"""Two Klings to order from: the real simulator as a process, and one that answers by script."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

Answer = Callable[["ScriptedKling", str, dict[str, Any]], tuple[int, object]]


@contextmanager
def simulator(state: Path, *flags: str) -> Iterator[str]:
    """The simulator in its own process on a free port; yields its address."""
    command = [sys.executable, "-m", "storyboard.kling.simulator", "--port", "0"]
    command += ["--state", str(state), "--seconds-per-task", "0", "--render", "small", *flags]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield line.split(" at ")[1].split(",")[0]
    finally:
        process.terminate()
        process.wait(10)


def ledger(address: str) -> list[dict[str, Any]]:
    """Every create the simulator accepted."""
    rows: list[dict[str, Any]] = httpx.get(f"{address}/_ledger").json()
    return rows


def library(address: str) -> dict[str, list[dict[str, Any]]]:
    """Every element and every voice the simulator accepted."""
    rows: dict[str, list[dict[str, Any]]] = httpx.get(f"{address}/_library").json()
    return rows


@dataclass
class ScriptedKling:
    """Answers each request by the next entry of `script`; remembers what was asked.

    An entry is (http status, JSON or text), or a function of the request that returns one, or
    None: the connection is cut without an answer. `authorization` is what the last one was sent
    with.
    """

    script: list[object] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    authorization: str = ""
    address: str = ""

    @property
    def posts(self) -> list[dict[str, Any]]:
        return [body for method, _path, body in self.asked if method == "POST"]


@contextmanager
def scripted() -> Iterator[ScriptedKling]:
    kling = ScriptedKling()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            self._answer(json.loads(self.rfile.read(length) or b"{}"))

        def _answer(self, body: dict[str, Any]) -> None:
            kling.asked.append((self.command, self.path, body))
            kling.authorization = self.headers.get("Authorization", "")
            entry = kling.script.pop(0)
            if callable(entry):
                entry = entry(self.path, body)
            if entry is None:
                self.close_connection = True
                self.connection.close()
                return
            status, content = entry  # type: ignore[misc]
            raw = content if isinstance(content, str) else json.dumps(content)
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw.encode())))
            self.end_headers()
            self.wfile.write(raw.encode())

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    kling.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield kling
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def fault(address: str, **spec: object) -> Iterator[None]:
    """Something that goes wrong at a simulator, for a while: `name`, and what else a fault has."""
    httpx.post(f"{address}/_faults", json={"set": [spec]}).raise_for_status()
    try:
        yield
    finally:
        httpx.post(f"{address}/_faults", json={"clear": True}).raise_for_status()


def error(code: int, message: str = "no", http: int = 400) -> tuple[int, dict[str, Any]]:
    return http, {"code": code, "message": message, "request_id": "r-1"}


def task(
    body: dict[str, Any], status: str = "submitted", **more: Any
) -> tuple[int, dict[str, Any]]:
    """A good answer about one task."""
    external = body.get("external_task_id")
    data = {
        "task_id": "t-1",
        "task_status": status,
        "task_info": {"external_task_id": external} if external else {},
        "created_at": 1,
        "updated_at": 2,
        **more,
    }
    return 200, {"code": 0, "message": "SUCCEED", "request_id": "r-2", "data": data}

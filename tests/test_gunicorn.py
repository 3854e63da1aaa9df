"""The web process of the larger shapes: gunicorn with our configuration, asked by raw sockets."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.journeys.stack import GUNICORN
from tests.prepared import lay_installation
from tests.services.process import free_port

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-that-nobody-may-read-in-a-log-of-ours"


@dataclass
class Web:
    """gunicorn over an empty, migrated installation; `log` is all it printed."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def say(self, head: str, body: bytes = b"") -> bytes:
        """Send these bytes, end the sending side as a browser that left does, and read the rest."""
        lines = [head, "Host: localhost", "Connection: close", "", ""]
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=10)) as line:
            line.sendall("\r\n".join(lines).encode() + body)
            line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65536), b""))


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with running(tmp_path_factory.mktemp("gunicorn")) as one:
        yield one


@contextmanager
def running(folder: Path) -> Iterator[Web]:
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "VAR_DIR": str(folder / "var"),
        "PORT": str(port),
        "WEB_PROCESSES": "1",
        "PYTHONUNBUFFERED": "1",
    }
    lay_installation(folder / "var")
    log = folder / "web.log"
    with log.open("wb") as printed:
        process = subprocess.Popen(
            [sys.executable, *GUNICORN],
            cwd=ROOT,
            env=environment,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    one = Web(port, process, log)
    try:
        wait_for(one)
        yield one
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(web: Web) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and web.process.poll() is None:
        try:
            if httpx.get(f"{web.address}/healthz").status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(web.log.read_text())


def login_form(length: int) -> str:
    """The head of a form that declares `length` bytes, with the token Django wants to see."""
    return (
        "POST /accounts/login/ HTTP/1.1\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {length}\r\n"
        f"Cookie: csrf={'a' * 32}"
    )


def test_a_body_that_is_cut_is_400_and_says_so(web: Web) -> None:
    answer = web.say(login_form(100), b"login=ada%40northlight.example&pass")
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:200]
    assert b"arrived cut short, so nothing was changed" in answer


def test_a_body_that_is_whole_is_read(web: Web) -> None:
    form = b"login=ada%40northlight.example&password=x&csrfmiddlewaretoken=" + b"a" * 32
    answer = web.say(login_form(len(form)), form)
    assert answer.startswith(b"HTTP/1.1 200 "), answer[:200]
    assert b"do not belong together" in answer


def test_a_body_in_chunks_is_411(web: Web) -> None:
    head = "POST /accounts/login/ HTTP/1.1\r\nTransfer-Encoding: chunked"
    answer = web.say(head, b"5\r\nlogin\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 411 "), answer[:200]
    assert b"Nothing was stored." in answer


def test_an_address_that_is_a_secret_is_in_no_log(web: Web) -> None:
    assert httpx.post(f"{web.address}/callbacks/kling/{TOKEN}/").status_code == 404
    assert httpx.get(f"{web.address}/accounts/password/reset/key/1-{TOKEN}/").status_code == 200
    assert web.say(login_form(100).replace("/accounts/login/", f"/callbacks/kling/{TOKEN}/"), b"x")
    assert TOKEN not in web.log.read_text()


def test_nobody_is_believed_who_says_that_it_was_https(web: Web) -> None:
    """Over HTTPS Django asks a form for its origin; a header of the sender's must not switch it."""
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on", "Cookie": f"csrf={'a' * 32}"}
    form = {"login": "ada@northlight.example", "password": "x", "csrfmiddlewaretoken": "a" * 32}
    assert httpx.post(f"{web.address}/accounts/login/", data=form, headers=told).status_code == 200


def test_a_stream_is_refused_at_once_for_it_would_hold_a_thread(web: Web) -> None:
    answer = httpx.get(f"{web.address}/live/projects/{'a' * 22}/", timeout=5)
    assert answer.status_code in (401, 501)


def test_it_leaves_nothing_in_the_home_of_the_one_who_runs_it(web: Web) -> None:
    assert not list((web.log.parent).glob(".gunicorn*"))


def test_a_stop_takes_less_than_five_seconds_with_a_request_half_sent(tmp_path: Path) -> None:
    with (
        running(tmp_path) as web,
        closing(socket.create_connection(("127.0.0.1", web.port), timeout=10)) as line,
    ):
        line.sendall(login_form(100).encode() + b"\r\nHost: localhost\r\n\r\nlogin=")
        time.sleep(0.5)
        started = time.monotonic()
        web.process.terminate()
        assert web.process.wait(10) == 0
        assert time.monotonic() - started < 5

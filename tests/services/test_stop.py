"""SIGTERM ends every process of every shape within five seconds, whatever it is busy with."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.journeys.stack import ROOT, ServicesStack, Stack
from tests.services.shared import Services

LIMIT = 5.0  # seconds; service managers and compose.yaml wait as long before they kill
STREAMS = 20
# An order for a Kling that never answers, and two people who look at its project.
SCENE = """
import json
from django.conf import settings
from django.test import Client
from storyboard.models import Project, Revision, Role, Team
from tests import builders
owner = builders.make_person("owner@studio.example", "Owner")
team = Team.start("Northlight", owner=owner)
team.add_account("Kling", profile="official", address="{address}", credential="k", by=owner)
reviewer = builders.join(
    team, Role.REVIEWER, builders.make_person("r@studio.example", "Reviewer"), by=owner
)
project = Project.start("Stop", team=team, by=owner)
revision = builders.make_revision(builders.make_storyboard(project, by=owner), by=owner)
builders.approve(revision, by=reviewer)
builders.order(Revision.objects.get(pk=revision.pk), by=owner)
cookies = []
for person in (owner, reviewer):
    browser = Client()
    browser.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    cookies.append(name + "=" + browser.cookies[name].value)
print(json.dumps(dict(path="/live/projects/" + project.key + "/", cookies=cookies)))
"""


class Silent:
    """A Kling that takes a request and never answers."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.asked = threading.Event()
        self.held: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self.listener.accept()
                self.held.append(connection)
                if connection.recv(1024):
                    self.asked.set()

    def close(self) -> None:
        for one in (self.listener, *self.held):
            one.close()


@pytest.fixture
def silent() -> Iterator[Silent]:
    server = Silent()
    try:
        yield server
    finally:
        server.close()


@pytest.mark.by_hand
def test_every_process_of_the_embedded_shape_ends_in_time(tmp_path: Path, silent: Silent) -> None:
    stack = Stack(tmp_path, callbacks=False, simulator_port=silent.port)
    stack.prepare()
    scene = set_the_scene(stack)
    try:
        stack.start_web()
        stack.start_worker()
        assert silent.asked.wait(60), stack.log("worker")
        with open_streams(stack.port, scene):
            took = stack.terminate(*stack.children)
    finally:
        stack.end()
    assert set(took) == {"web", "worker"}
    assert max(took.values()) < LIMIT, took
    assert took["worker"] > 2, "a step under way gets a moment before it is cut off"


@pytest.mark.by_hand
def test_every_process_of_the_second_shape_ends_in_time(
    tmp_path: Path, silent: Silent, services: Services
) -> None:
    """With a worker at a silent Kling and an upload that does not go on."""
    stack = ServicesStack(tmp_path, callbacks=False, simulator_port=silent.port, services=services)
    stack.prepare()
    scene = set_the_scene(stack)
    try:
        stack.start_web()
        stack.start_worker("worker-1")
        stack.start_worker("worker-2")
        assert silent.asked.wait(60), stack.log("worker-1") + stack.log("worker-2")
        with open_streams(stack.port, scene), half_an_upload(stack.web_ports[0]):
            took = stack.terminate(*stack.children)
    finally:
        stack.end()
    assert set(took) == {"web-1", "web-2", "live", "nginx", "worker-1", "worker-2"}
    assert max(took.values()) < LIMIT, took


@pytest.mark.by_hand
def test_a_supervised_installation_ends_in_time_and_leaves_nothing(
    tmp_path: Path, silent: Silent
) -> None:
    """`manage.py run`, as `make run` starts it; the demo has the same supervisor."""
    stack = Stack(tmp_path, callbacks=False, simulator_port=silent.port)
    stack.prepare()
    scene = set_the_scene(stack)
    house = subprocess.Popen(
        [sys.executable, "manage.py", "run"],
        cwd=ROOT,
        env={**stack.environment, "PORT": str(stack.port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert house.stdout
        printed = iter(house.stdout.readline, "")
        assert any(line.startswith("  Stop:") for line in printed), "it became ready"
        threading.Thread(target=list, args=(printed,), daemon=True).start()
        assert silent.asked.wait(60)
        children = Path(f"/proc/{house.pid}/task/{house.pid}/children").read_text().split()
        with open_streams(stack.port, scene):
            began = time.monotonic()
            house.terminate()
            assert house.wait(20) == 0
            took = time.monotonic() - began
    finally:
        house.kill()
        house.wait()
    assert len(children) == 2
    assert took < LIMIT
    assert [pid for pid in children if os.path.exists(f"/proc/{pid}")] == []


def set_the_scene(stack: Stack) -> dict[str, Sequence[str]]:
    """`path` of the project's stream and `cookies`, one a person."""
    printed = stack.manage(
        "shell", "-v", "0", "-c", SCENE.replace("{address}", stack.simulator_address)
    )
    scene: dict[str, Sequence[str]] = json.loads(printed.splitlines()[-1])
    return scene


@contextlib.contextmanager
def open_streams(port: int, scene: dict[str, Sequence[str]]) -> Iterator[None]:
    """Twenty streams that have said their first serial; at the end each was closed from there."""
    cookies = scene["cookies"]
    with contextlib.ExitStack() as held:
        streams = []
        for number in range(STREAMS):
            connection = held.enter_context(socket.create_connection(("127.0.0.1", port), 20))
            words = f"GET {scene['path']} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            words += f"Cookie: {cookies[number % len(cookies)]}\r\n\r\n"
            connection.sendall(words.encode())
            streams.append(connection)
        for connection in streams:
            heard = b""
            while b"id: " not in heard:
                more = connection.recv(4096)
                assert more, heard
                heard += more
        yield
        for connection in streams:
            with contextlib.suppress(ConnectionResetError):
                while connection.recv(4096):
                    pass


@contextlib.contextmanager
def half_an_upload(port: int) -> Iterator[None]:
    """A form of which half has arrived and nothing more comes."""
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        words = f"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        words += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n"
        connection.sendall(words.encode() + b"x" * 500)
        time.sleep(0.3)  # until a thread reads it
        yield

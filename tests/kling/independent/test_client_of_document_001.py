"""The simulator as a process serves a client that knows document 001 and nothing of ours."""

import ast
import re
import subprocess
import sys
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kling.independent import client as written
from tests.kling.independent.client import ImageToVideo
from tests.kling.simulator.builders import picture

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[ImageToVideo]:
    command = [sys.executable, "-m", "storyboard.kling.simulator", "--port", "0"]
    command += ["--state", str(tmp_path / "state"), "--seconds-per-task", "0.2"]
    process = subprocess.Popen(
        [*command, "--render", "small", "--key", "hand"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        yield ImageToVideo(found[0], "hand")
    finally:
        process.kill()
        process.communicate()


def test_it_creates_polls_downloads_and_lists(client: ImageToVideo, tmp_path: Path) -> None:
    created = client.create(
        model_name="kling-v2-6",
        mode="pro",
        duration="5",
        image=picture(),
        prompt="The astronaut stood up",
        external_task_id="mine-1",
    )
    assert created["task_info"]["external_task_id"] == "mine-1"
    finished = client.wait(created["task_id"], seconds=20)
    assert finished["task_status"] == "succeed"
    (film,) = client.download(finished, tmp_path)
    assert film.read_bytes()[4:8] == b"ftyp"
    assert client.query("mine-1")["task_id"] == created["task_id"]
    assert [task["task_id"] for task in client.page()] == [created["task_id"]]
    assert client.page(number=2) == []


def test_it_is_refused_without_a_picture(client: ImageToVideo) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        client.create(model_name="kling-v2-6", prompt="No picture at all")
    with refused.value:
        assert refused.value.code == 400


def test_it_is_short_and_knows_nothing_of_ours() -> None:
    text = Path(written.__file__).read_text()
    assert len(text.splitlines()) <= 80
    for node in ast.walk(ast.parse(text)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert all(name.partition(".")[0] in sys.stdlib_module_names for name in names)

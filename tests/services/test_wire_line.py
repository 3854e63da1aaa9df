"""The line on the page *What Kling will get*, run as it stands, orders what the product orders.

Real processes: a simulator that lets one key in, the web server, a worker, a shell and curl.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.stack import Stack

KEY = "wire-line-key"
ENDS_WITHIN = 60.0  # seconds, on a busy machine

# Prints the author's session and the keys of two drafts: of words alone, and with two pictures.
_SCENE = """
import json
from django.test import Client
from storyboard.media.pictures import clean_picture
from storyboard.models import Element, Picture, Project, Role, Team
from tests import builders
owner = builders.make_person("owner@studio.example", "Owner")
team = Team.start("Northlight", owner=owner)
team.add_account("Simulator", profile="official", address="{address}", credential="{key}", by=owner)
builders.join(team, Role.REVIEWER, builders.make_person("r@studio.example", "Reviewer"), by=owner)
project = Project.start("Scene", team=team, by=owner)
words = builders.make_storyboard(project, by=owner, name="It's only words", shots=[
    ("The keeper's lamp; $HOME `ls` \\\\ “calm” 灯台", 3), ("Line one\\nline two", 2),
])
words.rewrite(dict(mode="pro", sound=True, negative_prompt="fog"), by=owner)
stills = builders.make_storyboard(project, by=owner, name="Two stills", shots=[("It opens.", 5)])
stills.rewrite(dict(mode="pro"), by=owner)
stills.set_first_frame(Picture.keep(clean_picture(builders.png()), team=team), by=owner)
end = Picture.keep(clean_picture(builders.png(colour="#a52")), team=team)
stills.set_end_frame(end, by=owner)
browser = Client()
browser.force_login(owner)
keys = dict(words=words.key, stills=stills.key)
print(json.dumps(dict(session=browser.cookies["session"].value, keys=keys)))
"""

# Sends a draft for review, approves it and orders one take; prints its name at Kling.
_ORDER = """
from storyboard.models import Storyboard, User, send_for_review
owner = User.objects.get(email="owner@studio.example")
board = Storyboard.objects.get(key="{key}")
revision = send_for_review(board, takes=1, by=owner)
revision.review.approve(by=User.objects.get(email="r@studio.example"))
print(revision.generate(by=owner).external_task_id)
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("wire")
    made = Stack(folder, callbacks=True, simulator_flags=("--key", KEY))
    with made.running():
        yield made


@pytest.fixture(scope="module")
def scene(stack: Stack) -> dict[str, Any]:
    code = _SCENE.replace("{address}", stack.simulator_address).replace("{key}", KEY)
    found: dict[str, Any] = json.loads(shell(stack, code))
    return found


@pytest.mark.parametrize("name", ["words", "stills"])
def test_the_line_on_the_page_orders_what_is_ordered_later(
    stack: Stack, scene: dict[str, Any], tmp_path: Path, name: str
) -> None:
    key = scene["keys"][name]
    with httpx.Client(cookies={"session": scene["session"]}, base_url=stack.address) as browser:
        page = browser.get(f"/storyboards/{key}/wire/")
        assert page.status_code == 200, stack.log("web")
        if name == "stills":
            download(browser, f"/storyboards/{key}/export/?as=json", tmp_path)
    line = text_of(page.text, "wire-line")
    assert KEY not in page.text
    assert ("--data-binary" in line) == (name == "stills")

    before = stack.ledger
    answer = run(line, tmp_path)
    assert answer["code"] == 0, answer
    [sent] = stack.ledger[len(before) :]

    external = shell(stack, _ORDER.replace("{key}", key))
    ordered = wait_for(stack, external)
    added = {"external_task_id", "callback_url"}
    assert added <= set(ordered["body"])
    assert sent["body"] == {
        field: value for field, value in ordered["body"].items() if field not in added
    }
    assert sent["endpoint"] == ordered["endpoint"]


def test_the_line_without_the_key_is_turned_away(
    stack: Stack, scene: dict[str, Any], tmp_path: Path
) -> None:
    with httpx.Client(cookies={"session": scene["session"]}, base_url=stack.address) as browser:
        page = browser.get(f"/storyboards/{scene['keys']['words']}/wire/").text
    before = len(stack.ledger)
    assert run(text_of(page, "wire-line"), tmp_path, key="another")["code"] != 0
    assert len(stack.ledger) == before


def shell(stack: Stack, code: str) -> str:
    """The last line some code prints inside the installation."""
    return stack.manage("shell", "-v", "0", "-c", code).splitlines()[-1]


def text_of(page: str, part: str) -> str:
    """The words of one element, as a browser would copy them."""
    found = re.search(rf'id="{part}"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert found, page
    return html.unescape(found[1])


def download(browser: httpx.Client, address: str, folder: Path) -> None:
    """The file under the name the server gives it, as a browser keeps it."""
    answer = browser.get(address)
    named = re.search(r'filename="([^"]+)"', answer.headers["content-disposition"])
    assert named
    (folder / named[1]).write_bytes(answer.content)


def run(line: str, folder: Path, *, key: str = KEY) -> dict[str, Any]:
    """What the far end answers to the line, run by a shell as it stands."""
    told = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "KLING_TOKEN": key},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    answer: dict[str, Any] = json.loads(told.stdout)
    return answer


def wait_for(stack: Stack, external_task_id: str) -> dict[str, Any]:
    """The ledger's line of an order, once the worker has sent it."""
    end = time.monotonic() + ENDS_WITHIN
    while time.monotonic() < end:
        for line in stack.ledger:
            if line["external_task_id"] == external_task_id:
                return line
        time.sleep(0.2)
    raise AssertionError(stack.log("worker")[-4000:])

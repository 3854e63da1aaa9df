"""Pairs of account and model that the library and the references are for, each up to its take.

The bodies are those the simulator wrote down, which judges by a table of its own.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from storyboard.media.masks import clean_mask
from storyboard.media.pictures import clean_picture
from storyboard.models import (
    Account,
    Creation,
    Element,
    Mask,
    Picture,
    Project,
    Revision,
    Status,
    Storyboard,
    User,
    Voice,
)
from storyboard.models.elements import Look
from storyboard.models.entries import KeptFile
from storyboard.models.painting import stored_brush, stored_mask
from storyboard.steps.library import create
from tests import builders
from tests.steps import kling
from tests.steps.conftest import go

pytestmark = pytest.mark.django_db

Body = dict[str, Any]
FIVE_SECONDS = (("The keeper turns to the sea.", 5),)
# What every body of one shot says besides, as Kling's documents have it by default.
PLAIN: Body = {"multi_shot": False, "sound": "off", "watermark_info": {"enabled": False}}


@pytest.fixture(scope="module")
def powertokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("powertokens")
    with kling.simulator(folder, "--profile", "powertokens") as address:
        yield address


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Kling's own, and it refuses elements and voices that it does not have."""
    with kling.simulator(tmp_path_factory.mktemp("strict"), "--strict-library") as address:
        yield address


@pytest.fixture
def house(project: Project, alice: User, settings: Settings) -> House:
    return House(project, alice, settings)


class House:
    """A project that orders through an account of any profile."""

    def __init__(self, project: Project, alice: User, settings: Settings) -> None:
        self.project, self.alice, self.settings = project, alice, settings

    def account(self, profile: str, address: str) -> Account:
        self.settings.ALLOW_PRIVATE_HOSTS = frozenset({urlsplit(address).netloc})
        account = self.project.team.add_account(
            f"By {profile}", profile=profile, address=address, credential="k", by=self.alice
        )
        # A key of long ago: nothing is being tried out any more.
        long_ago = timezone.now() - timedelta(days=400)
        Account.objects.filter(pk=account.pk).update(key_set_at=long_ago)
        self.project.refresh_from_db()
        self.project.team.refresh_from_db()
        return account

    def picture(self, size: tuple[int, int]) -> Picture:
        return Picture.keep(clean_picture(builders.png(size)), team=self.project.team)

    def mask(self, area: tuple[int, int, int, int]) -> Mask:
        """White where the area is, of the size of the first frame that builders give."""
        drawn = Image.new("L", (640, 360))
        drawn.paste(255, area)
        out = io.BytesIO()
        drawn.save(out, "PNG")
        clean = clean_mask(out.getvalue(), size=drawn.size)
        return Mask.keep(clean, team=self.project.team)

    def board(self, shots: tuple[tuple[str, int], ...] = FIVE_SECONDS, **set: object) -> Storyboard:
        board = builders.make_storyboard(self.project, by=self.alice, shots=shots)
        board.rewrite(set, by=self.alice)
        return Storyboard.objects.get(pk=board.pk)


def sent(picture: Picture) -> Body:
    """A picture as the simulator notes it: by the bytes that arrived."""
    return {"sha256": picture.sha256, "size": picture.size_bytes}


def made(row: Creation) -> str:
    """Ready at Kling, by the worker's own steps; its id there."""
    for _ in range(4):
        Creation.objects.filter(pk=row.pk).update(
            next_at=timezone.now(), claimed_until=timezone.now()
        )
        create(row.pk)
    row.refresh_from_db()
    assert row.is_ready, (row.status, row.words, row.said)
    return row.kling_id


def taken(board: Storyboard, address: str, *, by: User, approver: User) -> Body:
    """Sent, approved, ordered, stored; the body as Kling has it, pictures by their SHA-256."""
    revision = builders.approve(builders.make_revision(board, by=by), by=approver)
    row = go(builders.order(Revision.objects.get(pk=revision.pk), by=by), times=3)
    assert row.status == Status.STORED, (row.status, row.words, row.kling_message)
    lines = [
        line
        for line in kling.ledger(address)
        if line["external_task_id"] == row.external_task_id or line["task_id"] == row.kling_task_id
    ]
    assert len(lines) == 1
    body: Body = json.loads(json.dumps(lines[0]["body"]))
    for name in ("external_task_id", "callback_url"):
        body.pop(name, None)
    return body


def test_a_camera_move_on_kling_v3_of_powertokens(
    house: House, powertokens: str, alice: User, bob: User
) -> None:
    house.account("powertokens", powertokens)
    board = house.board(model="kling-v3", mode="pro", camera={"kind": "simple", "zoom": -4.0})
    still = builders.give_first_frame(board, by=alice)
    still_axes = dict.fromkeys(("horizontal", "vertical", "pan", "tilt", "roll"), 0)
    assert taken(board, powertokens, by=alice, approver=bob) == {
        **PLAIN,
        "model_name": "kling-v3",
        "mode": "pro",
        "duration": "5",
        "prompt": FIVE_SECONDS[0][0],
        "image": sent(still),
        "camera_control": {"type": "simple", "config": {**still_axes, "zoom": -4}},
    }


def test_a_camera_move_on_kling_v1(house: House, strict: str, alice: User, bob: User) -> None:
    house.account("official", strict)
    board = house.board(model="kling-v1", mode="std", camera={"kind": "forward_up"})
    assert taken(board, strict, by=alice, approver=bob) == {
        **PLAIN,
        "model_name": "kling-v1",
        "mode": "std",
        "duration": "5",
        "aspect_ratio": "16:9",
        "prompt": FIVE_SECONDS[0][0],
        "camera_control": {"type": "forward_up"},
    }


# The paths of the example in document 001.
PATH = ((279, 219), (417, 65))


def painted(house: House, board: Storyboard) -> tuple[Mask, Mask]:
    """A still area and one that moves, on the board's first frame; their masks."""
    masks = house.mask((10, 10, 100, 100)), house.mask((200, 50, 300, 150))
    still, moving = (stored_mask(mask) for mask in masks)
    board.paint(stored_brush(still, [(moving, PATH)]), by=house.alice)
    return masks


def body_of_brush(still: Mask, moving: Mask) -> Body:
    trajectories = [{"x": x, "y": y} for x, y in PATH]
    return {
        "static_mask": sent(still),
        "dynamic_masks": [{"mask": sent(moving), "trajectories": trajectories}],
    }


def test_a_motion_brush_on_kling_v3_of_powertokens(
    house: House, powertokens: str, alice: User, bob: User
) -> None:
    house.account("powertokens", powertokens)
    board = house.board(model="kling-v3", mode="pro")
    frame = builders.give_first_frame(board, by=alice)
    masks = painted(house, board)
    assert taken(board, powertokens, by=alice, approver=bob) == {
        **PLAIN,
        **body_of_brush(*masks),
        "model_name": "kling-v3",
        "mode": "pro",
        "duration": "5",
        "prompt": FIVE_SECONDS[0][0],
        "image": sent(frame),
    }


def test_the_example_of_document_001_on_kling_v1(
    house: House, strict: str, alice: User, bob: User
) -> None:
    house.account("official", strict)
    words = "The astronaut stood up and walked away"
    board = house.board(((words, 5),), model="kling-v1", mode="pro", cfg_scale=0.5)
    frame = builders.give_first_frame(board, by=alice)
    masks = painted(house, board)
    assert taken(board, strict, by=alice, approver=bob) == {
        **PLAIN,
        **body_of_brush(*masks),
        "model_name": "kling-v1",
        "mode": "pro",
        "duration": "5",
        "image": sent(frame),
        "prompt": words,
        "cfg_scale": 0.5,
    }


def test_elements_on_kling_v3_in_six_shots(
    house: House, strict: str, alice: User, bob: User
) -> None:
    account = house.account("official", strict)
    stills = tuple(house.picture((320, 320 + n)) for n in range(3))
    look = Look("Keeper", "A keeper in a blue coat", stills)
    keeper = Element.add(look, team=house.project.team, by=alice)
    kling_id = made(keeper.ask_on(account, by=alice))
    (line,) = kling.library(strict)["elements"]
    assert line["body"]["element_image_list"] == {
        "frontal_image": sent(stills[0]),
        "refer_images": [{"image_url": sent(still)} for still in stills[1:]],
    }
    shots = tuple((f"<<<element_1>>> climbs, flight {n}.", 2) for n in range(1, 7))
    board = house.board(shots, model="kling-v3", mode="pro")
    board.attach_element(keeper, by=alice)
    still = builders.give_first_frame(board, by=alice)
    assert taken(board, strict, by=alice, approver=bob) == {
        "model_name": "kling-v3",
        "multi_shot": True,
        "shot_type": "customize",
        "prompt": "",
        "multi_prompt": [
            {"index": n, "prompt": prompt, "duration": "2"}
            for n, (prompt, _seconds) in enumerate(shots, start=1)
        ],
        "image": sent(still),
        "element_list": [{"element_id": int(kling_id)}],
        "sound": "off",
        "mode": "pro",
        "duration": "12",
        "watermark_info": {"enabled": False},
    }


def test_a_voice_on_kling_v2_6_with_sound(
    house: House, strict: str, settings: Settings, alice: User, bob: User
) -> None:
    account = house.account("official", strict)
    settings.PUBLIC_URL = "https://storyboards.example"  # a recording reaches Kling by an address
    recording = KeptFile("voices/aa/low.wav", 6.0, "a" * 64)
    voice = Voice.record("Low", recording, team=house.project.team, by=alice)
    kling_id = made(voice.ask_on(account, by=alice))
    (line,) = kling.library(strict)["voices"]
    assert line["body"]["voice_url"].startswith("https://storyboards.example/lent/")
    settings.PUBLIC_URL = ""
    shots = (("<<<voice_1>>> says: the light stays on.", 5),)
    board = house.board(shots, model="kling-v2-6", mode="pro", sound=True)
    board.attach_voice(voice, by=alice)
    still = builders.give_first_frame(board, by=alice)
    assert taken(board, strict, by=alice, approver=bob) == {
        **PLAIN,
        "model_name": "kling-v2-6",
        "mode": "pro",
        "duration": "5",
        "prompt": shots[0][0],
        "image": sent(still),
        "voice_list": [{"voice_id": kling_id}],
        "sound": "on",
    }

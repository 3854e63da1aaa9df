"""The motion brush of a create body: brought in as painted masks are, or refused in words."""

from __future__ import annotations

import base64
import json
from typing import Any

from storyboard.forms.create_bodies import FoundBody, read_create_body
from storyboard.kling.profiles import OFFICIAL
from storyboard.models import Mask, Project, Storyboard, Team, User
from storyboard.models.bringing_in import bring_in
from storyboard.models.painting import stored_brush, stored_mask
from tests import builders

SIZE = (640, 360)


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


FRAME = encoded(builders.png(SIZE))
BOX = (100, 100, 199, 149)
MASK = encoded(builders.mask_png(BOX))
POINTS = [{"x": 279, "y": 219}, {"x": 417, "y": 65}]
BODY: dict[str, Any] = {
    "model_name": "kling-v1",
    "mode": "pro",
    "duration": "5",
    "image": FRAME,
    "prompt": "The astronaut stood up and walked away",
    "cfg_scale": 0.5,
    "static_mask": encoded(builders.mask_png((0, 0, 9, 9))),
    "dynamic_masks": [{"mask": MASK, "trajectories": POINTS}],
}


def read(team: Team, body: dict[str, Any]) -> FoundBody:
    return read_create_body(json.dumps(body).encode(), team=team, profile=OFFICIAL)


def test_document_001s_example_comes_in_whole(
    team: Team, project: Project, storyboard: Storyboard, alice: User
) -> None:
    found = read(team, BODY)
    assert (found.errors, found.left_out) == ([], [])
    assert found.incoming is not None
    assert Mask.objects.count() == 0  # nothing is kept by looking
    frame = builders.give_first_frame(storyboard, by=alice, size=SIZE)
    incoming = found.incoming.with_frames({"first_frame": frame})
    bring_in(storyboard, incoming.with_brush(found.brush.kept(team)), by=alice)
    body = Storyboard.objects.get(pk=storyboard.pk).brief().payload(lambda each: each.sha256)
    (group,) = body["dynamic_masks"]
    assert group["trajectories"] == POINTS
    assert group["mask"] == builders.make_mask(team=team, box=BOX).sha256
    assert body["static_mask"] == builders.make_mask(team=team, box=(0, 0, 9, 9)).sha256
    assert (body["model_name"], body["mode"], body["duration"]) == ("kling-v1", "pro", "5")
    assert (body["prompt"], body["cfg_scale"]) == (BODY["prompt"], 0.5)


def test_a_mask_of_another_size_is_refused(team: Team) -> None:
    small = encoded(builders.mask_png((0, 0, 9, 9), (400, 300)))
    found = read(team, BODY | {"static_mask": small})
    assert found.incoming is None
    assert found.errors == [
        "static_mask: The mask is 400 × 300 px and the first frame 640 × 360 px. It has another "
        "shape: crop it to exactly that size."
    ]


def test_masks_without_a_frame_in_the_file_are_refused(team: Team) -> None:
    found = read(team, BODY | {"image": "https://pictures.example/a.png", "image_tail": FRAME})
    assert found.incoming is None
    assert "The motion brush paints on the first frame" in found.errors[-1]


def test_linked_masks_are_left_out_by_name_and_never_followed(team: Team) -> None:
    group = {"mask": "https://pictures.example/m.png", "trajectories": POINTS}
    more = {"static_mask": group["mask"], "dynamic_masks": [group, *BODY["dynamic_masks"]]}
    found = read(team, BODY | more)
    assert found.errors == []
    assert [words.partition(":")[0] for words in found.left_out] == [
        "static_mask",
        "dynamic_masks[0]",
    ]
    assert found.brush.still is None
    assert len(found.brush.strokes) == 1


def test_a_body_without_masks_takes_the_drafts_masks_off(
    team: Team, storyboard: Storyboard, alice: User
) -> None:
    kept = stored_mask(builders.make_mask(team=team))
    storyboard.paint(stored_brush(kept), by=alice)
    plain = {name: value for name, value in BODY.items() if "mask" not in name}
    found = read(team, plain)
    assert found.incoming is not None
    bring_in(storyboard, found.incoming.with_brush(found.brush.kept(team)), by=alice)
    assert Storyboard.objects.get(pk=storyboard.pk).brush is None

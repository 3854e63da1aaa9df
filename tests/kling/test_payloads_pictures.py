"""Pictures in a payload: addresses by their form, base64 by the head of its file."""

import base64
import time
from typing import Any

import pytest

from tests.kling.payload_builders import (
    GATEWAY004,
    GATEWAY_BODY,
    LINK,
    advice,
    claimed,
    encoded,
    errors,
    one_shot,
    six_shots,
)

MOST_BYTES = 10 * 1024 * 1024
JPEG = base64.b64decode(encoded(400, 300, "JPEG"))
PNG = base64.b64decode(encoded(400, 300))


def bare(data: bytes) -> str:
    return base64.b64encode(data).decode()


def of_size(size: int) -> str:
    """A PNG of exactly so many bytes."""
    empty = len(base64.b64decode(claimed(400, 300)))
    return claimed(400, 300, padding=size - empty)


@pytest.mark.parametrize(
    "picture",
    [
        encoded(300, 300),
        encoded(300, 750),
        encoded(750, 300),
        encoded(300, 300, "JPEG"),
        encoded(750, 300, "JPEG"),
        bare(b"\xff\xd8\xff\xe1\x00\x04ab" + JPEG[2:]),
        bare(b"\xff\xd8\xff\xff\xe1\x00\x04ab" + JPEG[2:]),
        bare(PNG + b"and more"),
        of_size(MOST_BYTES),
        "http://pictures.example/a",
        "HTTPS://pictures.example:8443/a.PNG?size=1",
        "https://pictures.example/a.jpeg",
    ],
    ids=lambda picture: picture[:24],
)
def test_a_picture_kling_takes(picture: str) -> None:
    assert errors(six_shots(image=picture)) == []
    assert errors(one_shot(image_tail=picture)) == []


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (encoded(299, 300), "too_small"),
        (encoded(300, 299), "too_small"),
        (encoded(751, 300), "too_long"),
        (encoded(300, 751, "JPEG"), "too_long"),
        (of_size(MOST_BYTES + 1), "too_heavy"),
        (encoded(400, 300, "GIF"), "format"),
        (encoded(400, 300, "WEBP"), "format"),
        (encoded(400, 300, "BMP"), "format"),
        (encoded(400, 300, "TIFF"), "format"),
        (bare(b"\x00\x00\x00\x1cftypheic" + b"\x00" * 40), "format"),
        (bare(b"no picture at all"), "format"),
        ("iVBORw0KGgoAAAANSUhEUgAAAAUA", "unreadable"),
        (bare(PNG[:-12]), "unreadable"),
        (bare(PNG[:20] + b"\x01" + PNG[21:]), "unreadable"),
        (bare(JPEG[:-2]), "unreadable"),
        (bare(JPEG[:40]), "unreadable"),
        (bare(b"\xff\xd8\xff"), "unreadable"),
        (bare(b"\xff\xd8\xff\xe1\x00\x01" + JPEG[2:]), "unreadable"),
        (f"data:image/png;base64,{encoded(400, 300)}", "data_prefix"),
        (f"DATA:image/png;base64,{encoded(400, 300)}", "data_prefix"),
        ("base64?", "base64"),
        ("pictures.example/a.png", "base64"),
        (encoded(400, 300)[:-3], "base64"),
        (encoded(400, 300).rstrip("=") + "\n", "base64"),
        (f" {encoded(400, 300)}", "base64"),
        ("漢字", "base64"),
        ("\ud800", "base64"),
        ("ftp://pictures.example/a.png", "link"),
        ("file:///etc/passwd", "link"),
        ("javascript:alert(1)", "link"),
        ("https://", "link"),
        ("https:///a.png", "link"),
        ("https://[::1/a.png", "link"),
        ("https://pictures.example:99999/a.png", "link"),
        ("https://pictures example/a.png", "link"),
        ("https://pictures.example/\ud800.png", "link"),
        ("https://pictures.example/a.gif", "format"),
    ],
    ids=lambda value: value[:24].encode("ascii", "replace").decode(),
)
def test_a_picture_kling_refuses(picture: str, code: str) -> None:
    assert errors(six_shots(image=picture)) == [(f"first_frame.{code}", "image")]
    assert errors(one_shot(image_tail=picture)) == [(f"end_frame.{code}", "image_tail")]


def test_a_damaged_first_frame_hides_nothing_else() -> None:
    body = six_shots(image="base64?", duration="16", image_tail=LINK)
    assert errors(body) == [
        ("first_frame.base64", "image"),
        ("total.out_of_range", "duration"),
        ("end_frame.multi_shot", "image_tail"),
    ]


def test_a_bomb_is_judged_by_its_head_alone() -> None:
    start = time.perf_counter()
    assert errors(six_shots(image=claimed(2**31 - 1, 2**31 - 1))) == []
    assert time.perf_counter() - start < 1


def mask_of(width: int, height: int) -> dict[str, Any]:
    return {"mask": encoded(width, height), "trajectories": [{"x": 0, "y": 0}, {"x": 9, "y": 9}]}


def test_masks_have_one_size_and_the_shape_of_the_first_frame() -> None:
    frame = encoded(800, 600)
    assert errors(one_shot(image=frame, dynamic_masks=[mask_of(400, 300)])) == []
    told = errors(one_shot(image=frame, dynamic_masks=[mask_of(400, 300), mask_of(800, 600)]))
    assert told == [("brush.mask_size", "dynamic_masks[1].mask")]
    told = errors(one_shot(image=frame, static_mask=encoded(400, 400)))
    assert told == [("brush.mask_shape", "static_mask")]


def test_a_mask_is_a_picture_like_any_other() -> None:
    told = errors(
        one_shot(static_mask="data:,", dynamic_masks=[{**mask_of(400, 300), "mask": "?"}])
    )
    assert told == [
        ("brush.mask.base64", "dynamic_masks[0].mask"),
        ("brush.mask.data_prefix", "static_mask"),
    ]


def test_the_gateway_says_nothing_of_the_shape() -> None:
    body = {**GATEWAY_BODY, "image": encoded(751, 300)}
    assert errors(body, profile=GATEWAY004) == []
    assert ("first_frame.too_long", "image") in advice(body, profile=GATEWAY004)
    small = {**GATEWAY_BODY, "image": encoded(299, 300)}
    assert errors(small, profile=GATEWAY004) == [("first_frame.too_small", "image")]

"""The motion brush's page and what a post of masks and points does."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from storyboard.forms.brush import MOST_BYTES
from storyboard.kling.brief import Brush
from storyboard.models import Activity, Mask, Storyboard, User, digest
from storyboard.models.painting import stored_brush, stored_mask
from tests import builders

SIZE = (640, 360)
HTMX = {"HTTP_HX_REQUEST": "true"}
PATH = "279, 219\n417, 65"


def mask(box: tuple[int, int, int, int] = (100, 100, 199, 149), size: Any = SIZE) -> bytes:
    return builders.mask_png(box, size)


def file(data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("mask.png", mask() if data is None else data, "image/png")


@pytest.fixture
def board(storyboard: Storyboard, alice: User) -> Storyboard:
    """One shot of five seconds from a picture, on a model that has the brush."""
    storyboard.shots.get(position=2).remove(by=alice)
    storyboard.shots.get().rewrite({"seconds": 5}, by=alice)
    storyboard.rewrite({"model": "kling-v1", "mode": "std", "shooting": "single"}, by=alice)
    builders.give_first_frame(storyboard, by=alice, size=SIZE)
    return Storyboard.objects.get(pk=storyboard.pk)


def url(board: Storyboard) -> str:
    return reverse("brush", args=[board.key])


def fresh(board: Storyboard) -> Storyboard:
    return Storyboard.objects.get(pk=board.pk)


def problems(board: Storyboard) -> list[str]:
    """What blocks."""
    return [each.code for each in fresh(board).brief().problems() if not each.warning]


def paint(board: Storyboard, by: User, *boxes: tuple[int, int, int, int]) -> None:
    team = board.project.team
    kept = [stored_mask(builders.make_mask(team=team, box=box)) for box in boxes]
    board.paint(stored_brush(None, [(each, [[1, 2], [3, 4]]) for each in kept]), by=by)


def brush_of(board: Storyboard) -> Brush:
    brush = fresh(board).brief().brush
    assert brush is not None
    return brush


def test_without_scripts_masks_come_as_files_and_points_as_lines(
    client: Client, alice: User, board: Storyboard
) -> None:
    client.force_login(alice)
    page = client.get(url(board))
    assert page.templates[0].name == "storyboard/storyboards/brush.html"
    assert b'name="mask_0"' in page.content
    assert b'name="points_6"' in page.content
    data = {"mask_0": file(mask((0, 0, 9, 9))), "mask_1": file(), "points_1": PATH}
    answer = client.post(url(board), data)
    assert answer.status_code == 302
    assert answer["Location"].endswith("#tile-brush")
    brush = brush_of(board)
    assert [stroke.points for stroke in brush.strokes] == [((279, 219), (417, 65))]
    assert brush.still is not None
    assert brush.painted_on == SIZE
    stored = Mask.objects.get(sha256=brush.strokes[0].mask.sha256)  # type: ignore[union-attr]
    assert not board.project.team.pictures.filter(pk=stored.pk).exists()
    assert (stored.is_mask, stored.format, stored.width, stored.height) == (True, "png", *SIZE)
    assert problems(board) == []
    last = Activity.objects.latest("pk")
    assert last.sentence == f"painted the motion brush of {board.name}: areas that move 1, still 1"


def test_all_seven_masks_come_at_once(client: Client, alice: User, board: Storyboard) -> None:
    client.force_login(alice)
    masks = {f"mask_{n}": file(mask((9 * n, 0, 9 * n + 8, 9))) for n in range(7)}
    points = {f"points_{n}": PATH for n in range(1, 7)}
    assert client.post(url(board), masks | points).status_code == 302
    assert len(brush_of(board).strokes) == 6


def test_the_masks_go_to_kling_as_document_001_has_them(
    client: Client, alice: User, board: Storyboard
) -> None:
    client.force_login(alice)
    client.post(
        url(board), {"mask_0": file(mask((0, 0, 9, 9))), "mask_1": file(), "points_1": PATH}
    )
    body = fresh(board).brief().payload(lambda picture: picture.format)
    assert body["static_mask"] == "png"
    assert body["dynamic_masks"] == [
        {"mask": "png", "trajectories": [{"x": 279, "y": 219}, {"x": 417, "y": 65}]}
    ]


def test_a_mask_that_does_not_come_stays_and_an_emptied_area_goes(
    client: Client, alice: User, board: Storyboard
) -> None:
    paint(board, alice, (0, 0, 9, 9), (20, 20, 29, 29), (40, 40, 49, 49))
    before = brush_of(board)
    client.force_login(alice)
    data = {"points_1": PATH, "remove_2": "1", "points_2": "5, 5\n6, 6", "points_3": "7, 7\n8, 8"}
    assert client.post(url(board), data).status_code == 302
    after = brush_of(board)
    assert [each.mask for each in after.strokes] == [before.strokes[0].mask, before.strokes[2].mask]
    assert [each.points for each in after.strokes] == [((279, 219), (417, 65)), ((7, 7), (8, 8))]


def test_all_emptied_is_no_brush_and_undo_brings_it_back(
    client: Client, alice: User, board: Storyboard
) -> None:
    paint(board, alice, (0, 0, 9, 9))
    before = brush_of(board)
    client.force_login(alice)
    client.post(url(board), {"remove_1": "1"})
    assert fresh(board).brush is None
    assert Activity.objects.latest("pk").sentence == f"took the motion brush off {board.name}"
    undone = fresh(board).undo(by=alice)
    assert undone.done == "Undone: the motion brush."
    assert brush_of(board) == before


def test_it_is_removed_by_one_press(client: Client, alice: User, board: Storyboard) -> None:
    paint(board, alice, (0, 0, 9, 9))
    client.force_login(alice)
    answer = client.post(reverse("remove_brush", args=[board.key]))
    assert answer.status_code == 302
    assert fresh(board).brush is None


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another size": (
        {"mask_1": mask(size=(320, 180)), "points_1": PATH},
        "Moves 1: The mask is 320 × 180 px and the first frame 640 × 360 px. "
        "Scale it to exactly that size.",
    ),
    "another ratio": ({"mask_0": mask(size=(360, 360))}, "another shape: crop it"),
    "nothing painted": ({"mask_2": mask((700, 700, 701, 701))}, "The mask is empty"),
    "no picture": ({"mask_0": b"GIF89a..."}, "The file is a GIF. Choose a PNG or JPEG mask."),
    "an empty file": ({"mask_0": b""}, "The file is empty."),
    "no points": ({"mask_1": mask(), "points_1": "1, 2\nx, 4"}, "Line 2 is no point."),
    "half pixels": ({"mask_1": mask(), "points_1": "1.5, 2"}, "Line 1 is no point."),
    "too many points": (
        {"mask_1": mask(), "points_1": "1, 2\n" * 78},
        "There are 78 points; a path has at most 77.",
    ),
    "points alone": ({"points_4": PATH}, "Moves 4: There are points and no mask."),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_stored_is_said_and_changes_nothing(
    client: Client, alice: User, board: Storyboard, what: str
) -> None:
    paint(board, alice, (0, 0, 9, 9))
    before = fresh(board).brush
    given, words = REFUSED[what]
    data = {n: file(v) if isinstance(v, bytes) else v for n, v in given.items()}
    client.force_login(alice)
    answer = client.post(url(board), data, **HTMX)  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "data-late-body" in answer.content.decode()
    for value in given.values():
        if isinstance(value, str):
            assert value.strip() in answer.content.decode()  # what was typed is kept
    assert fresh(board).brush == before


def test_a_script_gets_the_dialogs_body_and_after_a_save_the_pages_parts(
    client: Client, alice: User, board: Storyboard
) -> None:
    client.force_login(alice)
    body = client.get(url(board), **HTMX).content.decode()  # type: ignore[arg-type]
    assert "<brush-board" in body
    assert "<html" not in body
    answer = client.post(url(board), {"mask_1": file(), "points_1": PATH}, **HTMX)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert "1 area moves" in answer.content.decode()
    assert 'id="gate"' in answer.content.decode() or 'id="gate-rules"' in answer.content.decode()


def test_masks_that_somebody_else_changed_meanwhile_are_not_overwritten(
    client: Client, alice: User, board: Storyboard
) -> None:
    seen = digest(board.brush)
    paint(board, alice, (0, 0, 9, 9))
    before = fresh(board).brush
    client.force_login(alice)
    data = {"was": seen, "mask_1": file(), "points_1": PATH}
    answer = client.post(url(board), data, **HTMX)  # type: ignore[arg-type]
    assert answer.status_code == 409
    assert "Alice Moreau changed the masks while you were painting." in answer.content.decode()
    assert "data-clash" in answer.content.decode()
    assert fresh(board).brush == before
    data = {"was": digest(before), "mask_1": file(), "points_1": PATH}
    assert client.post(url(board), data).status_code == 302
    assert fresh(board).brush != before


def test_a_body_that_says_it_is_too_large_is_not_read(
    client: Client, alice: User, board: Storyboard
) -> None:
    client.force_login(alice)
    answer = client.post(url(board), {"mask_1": file()}, CONTENT_LENGTH=str(MOST_BYTES + 1))
    assert answer.status_code == 422
    assert "at most 32 MB are read." in answer.content.decode()


def test_a_first_frame_of_another_size_keeps_the_masks_and_sends_none_that_do_not_fit(
    client: Client, alice: User, board: Storyboard
) -> None:
    paint(board, alice, (0, 0, 9, 9))
    same = builders.png(SIZE, "#765")
    client.force_login(alice)
    data = {"first_frame": SimpleUploadedFile("a.png", same, "image/png")}
    client.post(reverse("first_frame", args=[board.key]), data)
    assert problems(board) == []
    builders.give_first_frame(board, by=alice, size=(320, 320))
    assert problems(board) == ["brush.painted_on"]
    page = client.get(reverse("storyboard", args=[board.key])).content.decode()
    assert "on a first frame of 640 × 360 px; this one is 320 × 320 px" in page
    assert "Remove the masks" in page
    body = client.get(url(board)).content.decode()
    assert 'data-fitted="640,360"' in body
    kept = client.post(url(board), {"points_1": PATH})
    assert kept.status_code == 422
    assert "Give a mask of exactly the first frame" in kept.content.decode()


def test_where_the_model_has_no_brush_it_says_why_and_which_has(
    client: Client, alice: User, board: Storyboard
) -> None:
    board.rewrite({"model": "kling-v3"}, by=alice)
    client.force_login(alice)
    body = client.get(url(board)).content.decode()
    assert "<brush-board" not in body
    assert "kling-v3 has no motion brush; kling-v1 at 5 s with a first frame has" in body
    assert "Choose kling-v1 std" in body


def test_without_a_first_frame_there_is_nothing_to_paint_on(
    client: Client, alice: User, board: Storyboard
) -> None:
    board.set_first_frame(None, by=alice)
    client.force_login(alice)
    body = client.get(url(board)).content.decode()
    assert "<brush-board" not in body
    assert "first frame" in body
    answer = client.post(url(board), {"mask_1": file()})
    assert answer.status_code == 422
    assert fresh(board).brush is None


def test_an_archived_draft_is_read_only(client: Client, alice: User, board: Storyboard) -> None:
    board.archive(by=alice)
    client.force_login(alice)
    answer = client.post(url(board), {"mask_1": file(), "points_1": PATH})
    assert answer.status_code == 422
    assert "is archived" in answer.content.decode()
    assert fresh(board).brush is None


def test_masks_are_on_the_wire_page_by_their_hash_and_in_the_file_by_their_bytes(
    client: Client, alice: User, board: Storyboard
) -> None:
    paint(board, alice, (0, 0, 9, 9))
    client.force_login(alice)
    page = client.get(reverse("draft_wire", args=[board.key])).content.decode()
    assert "of a mask of the motion brush (sha256 " in page
    sent = client.get(reverse("export_storyboard", args=[board.key])).json()
    assert len(sent["dynamic_masks"][0]["mask"]) > 100

"""The motion brush of a draft: what stands still, what moves, and along which points.

A storyboard stores it as plain JSON, or None without any:

    {"static": mask or None, "dynamic": [{"mask": mask, "points": [[x, y], …]}, …]}

A mask is a picture of the team as {key, sha256, width, height, size_bytes}: its bytes never change
under its key, and with these a brief is made without asking for it. Points are whole pixels of the
first frame from its bottom left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from storyboard.kling.brief import Brush, PictureRef, Stroke
from storyboard.models.activity import Activity
from storyboard.models.edits import Edit
from storyboard.models.library import Mask
from storyboard.models.rewriting import rewrite_fields

if TYPE_CHECKING:
    from storyboard.models.storyboards import Storyboard
    from storyboard.models.teams import User

Stored = dict[str, Any]
Points = Sequence[Sequence[int]]


def stored_brush(
    static: Stored | None, dynamic: Iterable[tuple[Stored, Points]] = ()
) -> Stored | None:
    """What a storyboard stores of these masks (stored_mask) and points; None of nothing."""
    strokes = [{"mask": mask, "points": [[x, y] for x, y in points]} for mask, points in dynamic]
    if static is None and not strokes:
        return None
    return {"static": static, "dynamic": strokes}


def stored_mask(mask: Mask) -> Stored:
    """What is stored of one mask."""
    names = ("key", "sha256", "width", "height", "size_bytes")
    return {name: getattr(mask, name) for name in names}


def masks_of(stored: Stored | None) -> list[Stored]:
    """Every mask of a stored brush: the one that stands still, then those that move."""
    if not stored:
        return []
    still = [stored["static"]] if stored["static"] else []
    return [*still, *(stroke["mask"] for stroke in stored["dynamic"])]


def painted_on(stored: Stored | None) -> tuple[int, int] | None:
    """The size of the first frame it was painted on: every mask has it."""
    masks = masks_of(stored)
    return (masks[0]["width"], masks[0]["height"]) if masks else None


def brush_of(stored: Stored | None) -> Brush | None:
    """The stored brush as a brief has it."""
    if not stored:
        return None
    still = _ref(stored["static"]) if stored["static"] else None
    strokes = (
        Stroke(_ref(stroke["mask"]), tuple((x, y) for x, y in stroke["points"]))
        for stroke in stored["dynamic"]
    )
    return Brush(still, tuple(strokes), painted_on(stored))


def masks_by_sha256(brush: Brush | None, *, team_id: int) -> dict[str, Mask]:
    """The pictures behind a brush's masks; no query without any."""
    if brush is None:
        return {}
    masks = [brush.still, *(stroke.mask for stroke in brush.strokes)]
    wanted = {mask.sha256 for mask in masks if isinstance(mask, PictureRef)}
    found = Mask.objects.filter(team=team_id, sha256__in=wanted)
    return {picture.sha256: picture for picture in found}


@transaction.atomic
def paint(board: Storyboard, brush: Stored | None, *, by: User, was: str = "") -> bool:
    """See Storyboard.paint."""
    started = {"brush": was} if was else {}
    before = rewrite_fields(board.locked(), {"brush": brush}, started, by=by)
    if not before:
        return False
    if brush is None:
        Activity.append("storyboard.brush_removed", by=by, storyboard=board)
    else:
        Activity.append(
            "storyboard.brush_painted", by=by, storyboard=board, moving=len(brush["dynamic"]),
            still=int(bool(brush["static"])),
        )  # fmt: skip
    Edit.keep(board, {"brush": [before["brush"], brush]}, by=by)
    return True


def _ref(mask: Stored) -> PictureRef:
    names = ("sha256", "width", "height", "size_bytes")
    return PictureRef(**{name: mask[name] for name in names}, format="png")

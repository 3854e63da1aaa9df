"""The motion brush of a create body: its masks are judged as painted ones, against its own first
frame, and are written anew like these."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from storyboard.kling.brief import Brush
from storyboard.kling.payloads.reader import shorten
from storyboard.media.masks import clean_mask
from storyboard.media.pictures import CleanPicture, PictureRefused
from storyboard.models import Mask, Team
from storyboard.models.painting import Points, Stored, stored_brush, stored_mask


@dataclass(frozen=True)
class FoundBrush:
    """Masks that are not kept yet, and the points they move along."""

    still: CleanPicture | None = None
    strokes: tuple[tuple[CleanPicture, Points], ...] = ()

    def kept(self, team: Team) -> Stored:
        """Keep the masks; what a storyboard stores, {} of none. Raises NotAllowedNow."""
        still = stored_mask(Mask.keep(self.still, team=team)) if self.still else None
        moving = [(stored_mask(Mask.keep(mask, team=team)), path) for mask, path in self.strokes]
        return stored_brush(still, moving) or {}


def leave_out_linked_masks(body: dict[str, Any]) -> list[str]:
    """Take masks out that are links, which are never followed; words for each."""
    words = _("%(name)s: its mask is a link, %(link)s, and links are not followed. Put the mask in "
              "by hand.")  # fmt: skip
    said = []
    if _is_link(body.get("static_mask")):
        link = shorten(body.pop("static_mask"))
        said.append(words % {"name": "static_mask", "link": link})
    groups = body.get("dynamic_masks")
    if not isinstance(groups, list):
        return said
    for place, group in enumerate(groups):
        if isinstance(group, dict) and _is_link(group.get("mask")):
            told = {"name": f"dynamic_masks[{place}]", "link": shorten(group["mask"])}
            said.append(words % told)
    body["dynamic_masks"] = [
        group for group in groups if not (isinstance(group, dict) and _is_link(group.get("mask")))
    ]
    return said


def read_masks(
    body: dict[str, Any], brush: Brush | None, size: tuple[int, int] | None
) -> tuple[FoundBrush, list[str]]:
    """The masks of a body that was read as `brush`, and words for those that cannot be used.

    `size` is that of the body's first frame, None where it has none to paint on.
    """
    if brush is None:
        return FoundBrush(), []
    if size is None:
        words = _("The motion brush paints on the first frame, and the file holds none. Put the "
                  "picture into the file, or remove the masks.")  # fmt: skip
        return FoundBrush(), [words]
    errors: list[str] = []
    given = body.get("static_mask")
    still = _mask("static_mask", given, size, errors) if brush.still is not None else None
    strokes = []
    groups = [group for group in body.get("dynamic_masks") or [] if isinstance(group, dict)]
    for place, (group, stroke) in enumerate(zip(groups, brush.strokes, strict=False)):
        mask = _mask(f"dynamic_masks[{place}].mask", group.get("mask"), size, errors)
        if mask is not None:
            strokes.append((mask, [list(point) for point in stroke.points]))
    return FoundBrush(still, tuple(strokes)), errors


def _mask(name: str, given: Any, size: tuple[int, int], errors: list[str]) -> CleanPicture | None:
    try:
        return clean_mask(base64.b64decode(str(given)), size=size)
    except (PictureRefused, binascii.Error, ValueError) as refused:
        errors.append(f"{name}: {getattr(refused, 'words', refused)}")
        return None


def _is_link(value: Any) -> bool:
    return isinstance(value, str) and value[:5].casefold() != "data:" and ":" in value[:64]

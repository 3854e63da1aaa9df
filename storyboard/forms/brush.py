"""The motion brush: masks as files and paths as lines of points, and the same in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storyboard.forms.pictures import AROUND_A_FILE, declared_bytes
from storyboard.kling.brief import Brush
from storyboard.kling.rules.brush import MOST_POINTS, MOST_STROKES
from storyboard.media.masks import clean_mask
from storyboard.media.pictures import CleanPicture, PictureRefused
from storyboard.models import Picture
from storyboard.models.painting import Points, Stored, painted_on

MIB = 1024 * 1024
MOST_BYTES = 32 * MIB  # of a whole post: seven masks of two values each are far smaller
STILL = 0  # the area that stands still; 1 to 6 move
AREAS = range(MOST_STROKES + 1)
_LONGEST = 4000  # characters of one area's points
_POINT = re.compile(r"(\d{1,6})\s*[,; ]\s*(\d{1,6})")


class Area(NamedTuple):
    """One area as it came: its mask, new or the stored one, or none, and its points."""

    mask: CleanPicture | Stored | None
    points: Points


class Row(NamedTuple):
    """One area as the form draws it. `mask` is the stored one, `points` are lines of text."""

    area: int
    title: str
    mask: Stored | None
    points: str
    errors: list[str]


class PointsField(forms.CharField):
    """One point a line, x and y in whole pixels from the bottom left; a list of [x, y]."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=_LONGEST, widget=forms.Textarea)

    def clean(self, value: Any) -> Any:
        return list(_points(super().clean(value)))


def _points(text: str) -> Iterator[list[int]]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_POINTS:
        words = _("There are %(n)s points; a path has at most %(most)s. Take some out.")
        raise forms.ValidationError(words % {"n": len(lines), "most": MOST_POINTS})
    for number, line in enumerate(lines, start=1):
        found = _POINT.fullmatch(line)
        if found is None:
            words = _("Line %(n)s is no point. Write x, y in whole pixels, as in 279, 219.")
            raise forms.ValidationError(words % {"n": number})
        yield [int(found[1]), int(found[2])]


class BrushForm(forms.Form):
    """For each area n a mask file `mask_n`, its points `points_n`, and `remove_n` to empty it.

    An area whose mask does not come keeps the stored one. `areas()` are all that are there, the
    one that stands still first (perhaps None). `declared` is the size of the whole body as the
    browser said it: files much shorter than that were cut on their way.
    """

    was = forms.CharField(required=False, max_length=64)

    def __init__(
        self, data: QueryDict, files: Any, *, frame: Picture, stored: Stored | None, declared: int
    ) -> None:
        super().__init__(data, files)
        self.size = (frame.width, frame.height)
        self.stored = stored
        self.declared = declared
        for area in AREAS:
            self.fields[f"mask_{area}"] = forms.FileField(required=False, allow_empty_file=True)
            self.fields[f"remove_{area}"] = forms.BooleanField(required=False)
            if area != STILL:
                self.fields[f"points_{area}"] = PointsField()

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = self.cleaned_data
        sizes = (found.get(f"mask_{area}") for area in AREAS)
        arrived = sum(file.size or 0 for file in sizes if file)
        if self.declared - arrived > AROUND_A_FILE:
            raise forms.ValidationError(_("The masks arrived cut short. Send them again."))
        self.cleaned: dict[int, Area] = {}
        for area in AREAS:
            try:
                self.cleaned[area] = self._area(area)
            except PictureRefused as refused:
                self.add_error(f"mask_{area}", refused.words)
        return found

    def areas(self) -> tuple[Area | None, list[Area]]:
        """What is left of a valid form: the area that stands still, and those that move."""
        there = {area: each for area, each in self.cleaned.items() if each.mask is not None}
        return there.pop(STILL, None), list(there.values())

    def errors_of(self, area: int) -> list[str]:
        names = (f"mask_{area}", f"points_{area}")
        return [str(words) for name in names for words in self.errors.get(name, [])]

    def _area(self, area: int) -> Area:
        points = self.cleaned_data.get(f"points_{area}") or []
        if self.cleaned_data.get(f"remove_{area}"):
            return Area(None, [])
        file: UploadedFile | None = self.cleaned_data.get(f"mask_{area}")
        if file:
            return Area(clean_mask(file.read(), size=self.size), points)
        mask = stored_area(self.stored, area)
        if mask is None and points:
            words = _("There are points and no mask. Give the mask of what moves along them.")
            raise PictureRefused("mask_missing", words)
        if mask is not None and painted_on(self.stored) != self.size:
            words = _(
                "Its mask is of %(wide)s × %(high)s px, the first frame is not. Give a mask of "
                "exactly the first frame's size, or remove the area."
            )
            told = {"wide": mask["width"], "high": mask["height"]}
            raise PictureRefused("size", words % told)
        return Area(mask, points)


def stored_area(stored: Stored | None, area: int) -> Stored | None:
    """The stored mask of an area."""
    if not stored:
        return None
    if area == STILL:
        static: Stored | None = stored["static"]
        return static
    strokes = stored["dynamic"]
    return strokes[area - 1]["mask"] if area <= len(strokes) else None


def rows_of(stored: Stored | None, form: BrushForm | None) -> list[Row]:
    """Every area as stored, with the points as they were typed where a post was refused."""
    strokes = stored["dynamic"] if stored else []
    rows = []
    for area in AREAS:
        points = strokes[area - 1]["points"] if 1 <= area <= len(strokes) else []
        text = "\n".join(f"{x}, {y}" for x, y in points)
        if form is not None:
            text = str(form.data.get(f"points_{area}", text))
        title = _("Moves %(n)s") % {"n": area} if area != STILL else _("Stands still")
        errors = form.errors_of(area) if form is not None else []
        rows.append(Row(area, title, stored_area(stored, area), text, errors))
    return rows


def post_refused(request: HttpRequest) -> str:
    """Words against a body that is too large, or says no size, before any of it is read."""
    declared = declared_bytes(request)
    if declared < 0:
        return _(
            "The masks did not say how large they are, so they were not read. Send them again."
        )
    if declared > MOST_BYTES:
        return _("The masks have %(size)s MB together; at most %(most)s MB are read.") % {
            "size": f"{declared / MIB:.1f}",
            "most": MOST_BYTES // MIB,
        }
    return ""


def brush_words(brush: Brush | None) -> str:
    """A brush for people: `2 areas move, 1 stands still`, `No masks`."""
    if brush is None:
        return _("No masks")
    moving = len(brush.strokes)
    words = []
    if moving:
        words.append(ngettext("%(n)s area moves", "%(n)s areas move", moving) % {"n": moving})
    if brush.still is not None:
        words.append(_("1 stands still"))
    return ", ".join(words)

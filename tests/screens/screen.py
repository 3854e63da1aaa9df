"""A screen, and the windows it is looked at through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

PASSWORD = "lighthouse-9-steps"


@dataclass(frozen=True)
class Screen:
    """`place` is a name of the seed; `first` is done before the picture."""

    name: str
    who: str | None = None
    place: str = ""
    first: Callable[[Page], object] | None = None
    # Refusals a screen is about: the browser logs them as errors.
    refused: tuple[int, ...] = ()
    # The screen is about a network that is away: the browser logs that, too.
    offline: bool = False
    # Looked through by axe, not only looked at.
    axe: bool = False

    @property
    def at(self) -> str:
        return self.place or self.name

    @property
    def slug(self) -> str:
        return self.name.replace(" ", "-")


@dataclass(frozen=True)
class Size:
    """A window. `phone` and `zoom` scroll as pages, so their end is photographed too.

    One `for_editor` is looked through for the editor's states alone.
    """

    name: str
    width: int
    height: int
    touch: bool = False
    for_editor: bool = False

    @property
    def context(self) -> dict[str, Any]:
        viewport = {"width": self.width, "height": self.height}
        return {"viewport": viewport, "has_touch": self.touch, "is_mobile": self.touch}

    def shows(self, screen: Screen) -> bool:
        return screen.axe or not self.for_editor


SIZES = (
    Size("desk", 1440, 900),
    Size("tablet", 1024, 768, for_editor=True),
    Size("phone", 390, 844, touch=True),
    Size("zoom", 720, 450),
)

# How a browser can be set: the options of its context.
WAYS: dict[str, dict[str, Any]] = {
    "": {},
    "reduced-motion": {"reduced_motion": "reduce"},
    "forced-colours": {"forced_colors": "active"},
    "no-javascript": {"java_script_enabled": False},
}

"""The words the capability map is written in: features, cells, modes, models."""

from dataclasses import dataclass
from typing import Literal, get_args

from .. import sources
from ..profiles import ENDPOINTS, Endpoint

Feature = Literal[
    "single_shot",
    "multi_shot",
    "first_frame",
    "end_frame",
    "end_frame_only",
    "elements",
    "voices",
    "sound",
    "negative_prompt",
    "cfg_scale",
    "aspect_ratio",
    "camera_control",
    "motion_brush",
    "watermark",
]
FEATURES: tuple[Feature, ...] = get_args(Feature)
DEFAULT_MODEL = "kling-v3"
ASPECT_RATIOS = ("16:9", "9:16", "1:1")


@dataclass(frozen=True)
class Cell:
    """One answer of the map.

    `why` is for people: the reason for a no with what enables it, or the caution of a yes.
    `date` is the day, or the month, its source is of. A yes may hold only with some totals
    (`seconds`, whole, ascending) or only with some kinds of camera (`kinds`, Kling's `type`);
    None: with all.
    """

    ok: bool
    why: str
    source: str
    date: str
    seconds: tuple[int, ...] | None = None
    kinds: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Mode:
    """A quality of a model. `name` goes on the wire, `title` on the screen."""

    name: str
    title: str
    resolution: str


@dataclass(frozen=True)
class Model:
    """A model of Kling. `seconds` are the totals it takes, in every mode and endpoint it has.

    `retired` is the day Kling took it out of service (ISO), or "". Where `takes_mode` is false
    the wire has no `mode` for it: its one mode stands for what the model does by itself.
    """

    name: str
    title: str
    modes: tuple[Mode, ...]
    seconds: tuple[int, ...]
    endpoints: tuple[Endpoint, ...] = ENDPOINTS
    aspect_ratios: tuple[str, ...] = ASPECT_RATIOS
    end_frame_is_silent: bool = False
    retired: str = ""
    takes_mode: bool = True
    source: str = sources.CAPABILITY_MAP
    date: str = sources.MAP_DATED

    def mode(self, name: str) -> Mode | None:
        """The mode of that wire name, or None."""
        return next((mode for mode in self.modes if mode.name == name), None)

    def durations(self, mode: str, endpoint: Endpoint) -> tuple[int, ...]:
        """Allowed totals in whole seconds, ascending; empty without the mode or endpoint."""
        if self.mode(mode) is None or endpoint not in self.endpoints:
            return ()
        return self.seconds

    def durations_words(self, mode: str, endpoint: Endpoint) -> str:
        """The allowed totals for people: `3 to 15`, `5 or 10`."""
        return seconds_words(self.durations(mode, endpoint))


def seconds_words(seconds: tuple[int, ...]) -> str:
    """Ascending whole seconds for people: `3 to 15`, `5 or 10`, `5`, nothing for none."""
    if len(seconds) > 2:
        return f"{seconds[0]} to {seconds[-1]}"
    return " or ".join(str(second) for second in seconds)

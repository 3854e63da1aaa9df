"""What each model can do, by mode and endpoint: Kling's capability map as data.

Every cell carries where it was read and when. This is the `map` reading: a cell that says no is
an error, and a cell that says yes with words is allowed with a caution.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from . import sources
from .profiles import ENDPOINTS, Endpoint

Feature = Literal[
    "first_frame",
    "end_frame",
    "multi_shot",
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
    """One answer of the map. `why` is for people: the reason for a no, or the caution of a yes."""

    ok: bool
    why: str
    source: str
    date: str


@dataclass(frozen=True)
class Mode:
    """A quality of a model. `name` goes on the wire, `title` on the screen."""

    name: str
    title: str
    resolution: str


@dataclass(frozen=True)
class Model:
    """A model of Kling. `seconds` are the allowed totals, the same in every mode and endpoint."""

    name: str
    title: str
    modes: tuple[Mode, ...]
    seconds: tuple[int, ...]
    aspect_ratios: tuple[str, ...] = ASPECT_RATIOS
    end_frame_is_silent: bool = False
    source: str = sources.CAPABILITY_MAP
    date: str = sources.MAP_DATED

    def mode(self, name: str) -> Mode | None:
        """The mode of that wire name, or None."""
        return next((mode for mode in self.modes if mode.name == name), None)

    def durations(self, mode: str, endpoint: Endpoint) -> tuple[int, ...]:
        """Allowed totals in whole seconds, ascending; empty when the model lacks the mode."""
        if self.mode(mode) is None or endpoint not in ENDPOINTS:
            return ()
        return self.seconds

    def durations_words(self, mode: str, endpoint: Endpoint) -> str:
        """The allowed totals for people: `3 to 15`, `5 or 10`."""
        seconds = self.durations(mode, endpoint)
        if len(seconds) > 2:
            return f"{seconds[0]} to {seconds[-1]}"
        return " or ".join(str(second) for second in seconds)


_STD = Mode("std", "std 720p", "720p")
_PRO = Mode("pro", "pro 1080p", "1080p")
_4K = Mode("4k", "4k", "4K")

MODELS: Mapping[str, Model] = MappingProxyType(
    {
        "kling-v3": Model(
            name="kling-v3",
            title="kling-v3",
            modes=(_STD, _PRO, _4K),
            seconds=tuple(range(3, 16)),
        ),
        "kling-v2-6": Model(
            name="kling-v2-6",
            title="kling-v2-6",
            modes=(_STD, _PRO),
            seconds=(5, 10),
            end_frame_is_silent=True,
        ),
    }
)


def can(model: str, mode: str, feature: Feature, endpoint: Endpoint) -> Cell:
    """What the map says about a feature. An unknown model or mode is a no with its reason."""
    cell = CELLS.get((model, mode, feature, endpoint))
    if cell is not None:
        return cell
    why = f"{model} {mode} is not in the capability map. Choose another model or mode."
    return Cell(False, why, sources.CAPABILITY_MAP, sources.MAP_DATED)


@dataclass(frozen=True)
class _Entry:
    """One statement of the map about several cells at once; later entries override earlier."""

    model: str
    features: tuple[Feature, ...]
    ok: bool
    why: str = ""
    modes: tuple[str, ...] = ("std", "pro", "4k")
    endpoints: tuple[Endpoint, ...] = ENDPOINTS
    source: str = sources.CAPABILITY_MAP
    date: str = sources.MAP_DATED


_T2V: tuple[Endpoint, ...] = ("text2video",)
_I2V: tuple[Endpoint, ...] = ("image2video",)


def _on_every_model(model: str) -> tuple[_Entry, ...]:
    return (
        _Entry(model, ("first_frame",), True, endpoints=_I2V),
        _Entry(
            model,
            ("first_frame",),
            False,
            "A first frame makes this image to video.",
            endpoints=_T2V,
        ),
        _Entry(
            model,
            ("end_frame",),
            False,
            f"{model} takes an end frame only with a first frame. Add a first frame, or remove "
            "the end frame.",
            endpoints=_T2V,
        ),
        _Entry(model, ("negative_prompt",), True),
        _Entry(
            model,
            ("watermark",),
            True,
            source=sources.IMAGE_TO_VIDEO,
            date=sources.READ_ON,
        ),
        _Entry(
            model,
            ("aspect_ratio",),
            True,
            endpoints=_T2V,
            source=sources.TEXT_TO_VIDEO,
            date=sources.READ_ON,
        ),
        _Entry(
            model,
            ("aspect_ratio",),
            False,
            "With a first frame the video follows the picture's shape.",
            endpoints=_I2V,
            source=sources.IMAGE_TO_VIDEO,
            date=sources.READ_ON,
        ),
        _Entry(
            model,
            ("camera_control",),
            False,
            f"{model} has no camera control. Write the camera's move in the prompt.",
        ),
        _Entry(
            model,
            ("motion_brush",),
            False,
            f"{model} has no motion brush. Write the motion in the prompt.",
        ),
    )


_ENTRIES: tuple[_Entry, ...] = (
    *_on_every_model("kling-v3"),
    _Entry("kling-v3", ("end_frame",), True, endpoints=_I2V),
    _Entry("kling-v3", ("multi_shot", "sound"), True),
    _Entry("kling-v3", ("elements",), True, endpoints=_I2V),
    _Entry(
        "kling-v3",
        ("elements",),
        False,
        "Elements need a first frame on kling-v3. Add a first frame, or remove the elements.",
        endpoints=_T2V,
    ),
    # A vendor example sends voices with kling-v3, against the map and the price list: no.
    _Entry(
        "kling-v3",
        ("voices",),
        False,
        "kling-v3 takes no voices. Remove them, or choose kling-v2-6 pro with a first frame and "
        "sound on.",
    ),
    _Entry(
        "kling-v3",
        ("cfg_scale",),
        True,
        "Kling's documents disagree whether kling-v3 follows the prompt strength; it may have no "
        "effect.",
        source=sources.KLING_V3_SCHEMA,
        date=sources.READ_ON,
    ),
    *_on_every_model("kling-v2-6"),
    _Entry("kling-v2-6", ("end_frame",), True, modes=("pro",), endpoints=_I2V),
    _Entry(
        "kling-v2-6",
        ("end_frame",),
        False,
        "kling-v2-6 std takes no end frame; choose pro, or remove the end frame.",
        modes=("std",),
        endpoints=_I2V,
    ),
    _Entry(
        "kling-v2-6",
        ("multi_shot",),
        False,
        "kling-v2-6 makes one shot only. Choose Single shot, or kling-v3.",
    ),
    _Entry(
        "kling-v2-6",
        ("elements",),
        False,
        "kling-v2-6 takes no elements. Remove them, or choose kling-v3 with a first frame.",
    ),
    _Entry("kling-v2-6", ("voices",), True, modes=("pro",), endpoints=_I2V),
    _Entry(
        "kling-v2-6",
        ("voices",),
        False,
        "Voices need a first frame on kling-v2-6. Add a first frame, or remove the voices.",
        modes=("pro",),
        endpoints=_T2V,
    ),
    _Entry(
        "kling-v2-6",
        ("voices",),
        False,
        "kling-v2-6 std has no voices; choose pro with a first frame and sound on, or remove the "
        "voices.",
        modes=("std",),
    ),
    _Entry("kling-v2-6", ("sound",), True, modes=("pro",)),
    _Entry(
        "kling-v2-6",
        ("sound",),
        False,
        "kling-v2-6 std has no sound; choose pro.",
        modes=("std",),
    ),
    _Entry(
        "kling-v2-6",
        ("cfg_scale",),
        False,
        "kling-v2-6 has no prompt strength. Leave it empty.",
        source=sources.IMAGE_TO_VIDEO,
        date=sources.READ_ON,
    ),
)


def _spread(
    entries: Iterable[_Entry],
) -> Mapping[tuple[str, str, Feature, Endpoint], Cell]:
    cells = {}
    for entry in entries:
        cell = Cell(entry.ok, entry.why, entry.source, entry.date)
        for mode in MODELS[entry.model].modes:
            if mode.name not in entry.modes:
                continue
            for feature in entry.features:
                for endpoint in entry.endpoints:
                    cells[entry.model, mode.name, feature, endpoint] = cell
    return MappingProxyType(cells)


CELLS = _spread(_ENTRIES)

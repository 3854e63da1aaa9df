"""What is possible, line by line; every cell no line names is a no.

Lines say yes for several cells at once, each with its source and date. The sentence of a no is
made from the lines themselves (see `words`), so it names what truly enables the feature.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .. import sources
from ..profiles import ENDPOINTS, Endpoint
from .models import MODELS
from .terms import FEATURES, Cell, Feature, Model
from .words import Place, why_not

_T2V: tuple[Endpoint, ...] = ("text2video",)
_I2V: tuple[Endpoint, ...] = ("image2video",)


@dataclass(frozen=True)
class _Yes:
    """One statement about several cells; modes and endpoints the model lacks are passed over."""

    features: tuple[Feature, ...]
    modes: tuple[str, ...] = ("std", "pro", "4k")
    endpoints: tuple[Endpoint, ...] = ENDPOINTS
    seconds: tuple[int, ...] | None = None
    kinds: tuple[str, ...] | None = None
    caution: str = ""
    source: str = ""
    date: str = ""


# Documented for every model, whatever the map says.
_ALWAYS = (
    _Yes(("first_frame",), endpoints=_I2V),
    _Yes(("aspect_ratio",), endpoints=_T2V, source=sources.TEXT_TO_VIDEO, date=sources.READ_ON),
    _Yes(("negative_prompt",), source=sources.IMAGE_TO_VIDEO_MARKDOWN, date=sources.READ_ON),
    _Yes(("watermark",), source=sources.IMAGE_TO_VIDEO, date=sources.READ_ON),
)
_SINGLE = _Yes(("single_shot",))
# Not on v2.x, says the document; so on v1.x.
_CFG_SCALE = _Yes(("cfg_scale",), source=sources.IMAGE_TO_VIDEO_MARKDOWN, date=sources.READ_ON)
_DISPUTED_CFG_SCALE = _Yes(
    ("cfg_scale",),
    caution="Kling's documents disagree whether kling-v3 follows the prompt strength; it may have "
    "no effect.",
    source=sources.KLING_V3_SCHEMA,
    date=sources.READ_ON,
)


def _no_mode(model: str) -> _Yes:
    """The model works, but takes no `mode`."""
    return _Yes(
        ("single_shot",),
        caution=f"{model} takes no mode; none is sent, and Kling chooses the resolution.",
    )


_LINES: Mapping[str, tuple[_Yes, ...]] = MappingProxyType(
    {
        # A vendor example sends voices with kling-v3, against the map and the price list: no.
        # Camera and brush stand in the schema of kling-v3; no map grants them: no.
        "kling-v3": (
            _SINGLE,
            _Yes(("multi_shot", "sound")),
            _Yes(("end_frame", "elements"), endpoints=_I2V),
            _DISPUTED_CFG_SCALE,
        ),
        "kling-v2-6": (
            _SINGLE,
            _Yes(("end_frame", "voices"), modes=("pro",), endpoints=_I2V),
            _Yes(("sound",), modes=("pro",)),
        ),
        "kling-v2-5-turbo": (
            _SINGLE,
            _Yes(("end_frame",), modes=("pro",), endpoints=_I2V),
        ),
        "kling-v2-master": (_no_mode("kling-v2-master"),),
        "kling-v2-1-master": (_no_mode("kling-v2-1-master"),),
        "kling-v2-1": (
            _SINGLE,
            _Yes(("end_frame",), modes=("pro",), endpoints=_I2V),
        ),
        "kling-v1-6": (
            _SINGLE,
            _CFG_SCALE,
            _Yes(("end_frame", "end_frame_only"), modes=("pro",), endpoints=_I2V),
        ),
        "kling-v1-5": (
            _SINGLE,
            _CFG_SCALE,
            _Yes(("end_frame", "end_frame_only"), modes=("pro",), endpoints=_I2V),
            _Yes(("motion_brush",), modes=("pro",), endpoints=_I2V, seconds=(5,)),
            _Yes(
                ("camera_control",),
                modes=("pro",),
                endpoints=_I2V,
                seconds=(5,),
                kinds=("simple",),
            ),
        ),
        "kling-v1": (
            _SINGLE,
            _CFG_SCALE,
            _Yes(("end_frame", "motion_brush"), endpoints=_I2V, seconds=(5,)),
            # Kling's refusal elsewhere: only in std mode with 5 s duration and kling-v1.
            _Yes(("camera_control",), modes=("std",), endpoints=_T2V, seconds=(5,)),
        ),
    }
)


def _allowed() -> dict[Place, Cell]:
    """Every yes of the map."""
    found: dict[Place, Cell] = {}
    for name, lines in _LINES.items():
        for line in (*_ALWAYS, *lines):
            found |= _spread(MODELS[name], line)
    return found


def _spread(model: Model, line: _Yes) -> dict[Place, Cell]:
    cell = Cell(
        ok=True,
        why=line.caution,
        source=line.source or model.source,
        date=line.date or model.date,
        seconds=line.seconds,
        kinds=line.kinds,
    )
    return {
        (model.name, mode.name, feature, endpoint): cell
        for mode in model.modes
        if mode.name in line.modes
        for feature in line.features
        for endpoint in line.endpoints
        if endpoint in model.endpoints
    }


def _refused(place: Place, allowed: Mapping[Place, Cell]) -> Cell:
    model, feature = MODELS[place[0]], place[2]
    source, date = _SOURCES_OF_A_NO.get(feature, (model.source, model.date))
    return Cell(False, why_not(place, allowed, MODELS), source, date)


# Where a document, and not the map, says no.
_SOURCES_OF_A_NO: Mapping[Feature, tuple[str, str]] = MappingProxyType(
    {
        "cfg_scale": (sources.IMAGE_TO_VIDEO, sources.READ_ON),
        "aspect_ratio": (sources.IMAGE_TO_VIDEO, sources.READ_ON),
    }
)


def _places() -> list[Place]:
    return [
        (model.name, mode.name, feature, endpoint)
        for model in MODELS.values()
        for mode in model.modes
        for feature in FEATURES
        for endpoint in ENDPOINTS
    ]


_ALLOWED = _allowed()
CELLS: Mapping[Place, Cell] = MappingProxyType(
    {place: _ALLOWED.get(place) or _refused(place, _ALLOWED) for place in _places()}
)

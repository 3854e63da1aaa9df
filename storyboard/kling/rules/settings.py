"""Rules of the settings: model and mode, way of shooting, aspect ratio, sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .. import sources
from ..capabilities import MODELS, Feature, can
from ..problems import Problem
from ..profiles import Profile

if TYPE_CHECKING:
    from ..brief import Brief


def check_model(brief: Brief, _profile: Profile) -> Iterator[Problem]:
    """The model is known and has the mode."""
    model = MODELS.get(brief.model)
    if model is None:
        words = f"{brief.model or 'No model'} is not known here. Choose {_either(MODELS)}."
        yield Problem("model.unknown", "model", words, sources.CAPABILITY_MAP)
    elif model.mode(brief.mode) is None:
        modes = _either(mode.name for mode in model.modes)
        words = f"{brief.model} has no mode {brief.mode or 'of that name'}. Choose {modes}."
        yield Problem("mode.unknown", "mode", words, sources.CAPABILITY_MAP)


def check_shooting(brief: Brief, _profile: Profile) -> Iterator[Problem]:
    """The model makes several shots where that is asked for."""
    if brief.shooting != "single":
        yield from capability(brief, "multi_shot", "shooting")


def check_shape(brief: Brief, _profile: Profile) -> Iterator[Problem]:
    """The aspect ratio is one of the model's; a first frame of another shape is advice."""
    model = MODELS.get(brief.model)
    if brief.first_frame is not None:
        yield from _other_shape(brief)
    elif model is not None and brief.aspect_ratio not in model.aspect_ratios:
        words = (
            f"{brief.aspect_ratio or 'No aspect ratio'} is not among the aspect ratios. "
            f"Choose {_either(model.aspect_ratios)}."
        )
        yield Problem("aspect_ratio.unknown", "aspect_ratio", words, sources.TEXT_TO_VIDEO)


def _other_shape(brief: Brief) -> Iterator[Problem]:
    frame = brief.first_frame
    wide, _, high = brief.aspect_ratio.partition(":")
    if frame is None or not (wide.isdecimal() and high.isdecimal()):
        return
    # Within one part in fifty nobody sees the difference.
    if abs(frame.width * int(high) - frame.height * int(wide)) * 50 > frame.height * int(wide):
        words = (
            f"The video follows the first frame, {frame.width} × {frame.height} px, and not "
            f"{brief.aspect_ratio}."
        )
        source = sources.IMAGE_TO_VIDEO
        yield Problem("aspect_ratio.of_frame", "aspect_ratio", words, source, warning=True)


def check_sound(brief: Brief, _profile: Profile) -> Iterator[Problem]:
    """Sound only where the model makes it."""
    if brief.sound:
        yield from capability(brief, "sound", "sound")


def capability(brief: Brief, feature: Feature, field: str) -> Iterator[Problem]:
    """What the capability map has against a feature of this brief, or its caution.

    Nothing for an unknown model or mode: that is one problem of its own.
    """
    model = MODELS.get(brief.model)
    if model is None or model.mode(brief.mode) is None:
        return
    cell = can(brief.model, brief.mode, feature, brief.endpoint)
    if cell.why:
        code = f"capability.{feature}"
        yield Problem(code, field, cell.why, f"{cell.source}, {cell.date}", warning=cell.ok)


def _either(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last

"""Rules of the settings: model and mode, way of shooting, aspect ratio, sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from .. import sources
from ..capabilities import ASPECT_RATIOS, MODELS, Cell, Feature, can
from ..capabilities.terms import seconds_words
from ..problems import Problem
from ..profiles import Profile
from ..references import PictureRef
from .case import Case

# What each feature is called in a sentence.
FEATURE_WORDS: Mapping[Feature, str] = MappingProxyType(
    {
        "single_shot": "a single shot",
        "multi_shot": "several shots",
        "first_frame": "a first frame",
        "end_frame": "an end frame",
        "end_frame_only": "an end frame alone",
        "elements": "elements",
        "voices": "voices",
        "sound": "sound",
        "negative_prompt": "a negative prompt",
        "cfg_scale": "prompt strength",
        "aspect_ratio": "an aspect ratio",
        "camera_control": "camera control",
        "motion_brush": "a motion brush",
        "watermark": "a watermark",
    }
)


def check_model(case: Case) -> Iterator[Problem]:
    """The model is known and has the mode; a retired one is advice."""
    name, profile = case.brief.model, case.profile
    if not name and (case.is_map or profile.model_name_required):
        words = f"No model is chosen. Choose {_either(_offered(profile))}."
        yield Problem("model.required", "model", words, case.source)
    elif case.documented is None:
        words = f"{name} is not known here. Choose {_either(_offered(profile))}."
        yield Problem("model.unknown", "model", words, case.source)
    else:
        yield from _check_mode(case)
        yield from _check_retired(case)


def _offered(profile: Profile) -> list[str]:
    """The profile's models to name to people: those in service, or all when none is."""
    current = [name for name in profile.models if not _retired(name)]
    return current or list(profile.models)


def _retired(name: str) -> str:
    model = MODELS.get(name)
    return model.retired if model else ""


def _check_mode(case: Case) -> Iterator[Problem]:
    if case.documented is not None and case.mode not in case.documented.modes:
        words = f"{case.model} has no mode {case.mode}. Choose {_either(case.documented.modes)}."
        yield Problem("mode.unknown", "mode", words, case.source)
        return
    model = MODELS.get(case.model)
    if model is None or case.mapped is not None:
        return
    if model.takes_mode:
        modes = _either(mode.name for mode in model.modes)
        words = f"{case.model} has no mode {case.mode}. Choose {modes}."
    else:
        words = f"{case.model} takes no mode. Choose {model.modes[0].name}."
    yield case.caution("capability.mode", "mode", words, _dated(model.source, model.date))


def _check_retired(case: Case) -> Iterator[Problem]:
    retired = _retired(case.model)
    if retired:
        words = f"{case.model} was retired on {retired}; Kling may refuse it. " + _instead(case)
        yield Problem("model.retired", "model", words, sources.RETIREMENT, warning=True)


def _instead(case: Case) -> str:
    current = [name for name in case.profile.models if not _retired(name)]
    return f"Choose {_either(current)}." if current else "This account offers no newer model."


def check_shooting(case: Case) -> Iterator[Problem]:
    """The model makes one shot, or several where that is asked for."""
    feature: Feature = "single_shot" if case.brief.shooting == "single" else "multi_shot"
    yield from capability(case, feature, "shooting" if feature == "multi_shot" else "model")


def check_shape(case: Case) -> Iterator[Problem]:
    """The aspect ratio is one of the model's; a first frame of another shape is advice."""
    ratio = case.brief.aspect_ratio
    if case.endpoint == "image2video":
        yield from _other_shape(case)
        return
    # An empty one means Kling's default, 16:9; in the map reading somebody has to choose.
    allowed = case.mapped.aspect_ratios if case.mapped else ASPECT_RATIOS
    if ratio not in allowed and (ratio or case.is_map):
        words = (
            f"{ratio or 'No aspect ratio'} is not among the aspect ratios. "
            f"Choose {_either(allowed)}."
        )
        yield Problem("aspect_ratio.unknown", "aspect_ratio", words, sources.TEXT_TO_VIDEO)


def _other_shape(case: Case) -> Iterator[Problem]:
    frame = case.brief.first_frame
    if not isinstance(frame, PictureRef):
        return
    wide, _, high = case.brief.aspect_ratio.partition(":")
    if not (wide.isdecimal() and high.isdecimal()):
        return
    # Within one part in fifty nobody sees the difference.
    if abs(frame.width * int(high) - frame.height * int(wide)) * 50 > frame.height * int(wide):
        words = (
            f"The video follows the first frame, {frame.width} × {frame.height} px, and not "
            f"{case.brief.aspect_ratio}."
        )
        yield Problem("aspect_ratio.of_frame", "aspect_ratio", words, case.source, warning=True)


def check_sound(case: Case) -> Iterator[Problem]:
    """Sound only where the model makes it."""
    if case.brief.sound:
        yield from capability(case, "sound", "sound")


def capability(case: Case, feature: Feature, field: str) -> Iterator[Problem]:
    """What documents and capability map have against a feature of this brief, or their caution.

    Nothing for an unknown model or mode: that is one problem of its own.
    """
    if feature in case.profile.unknown_fields:
        yield _unknown_field(case, feature, field)
        if not case.is_map:
            return
    cell = can(case.model, case.mode, feature, case.endpoint) if case.mapped else None
    if _documents_deny(case, feature):
        yield _denied(case, feature, field, cell)
    elif cell is not None:
        yield from _mapped(case, feature, field, cell)


def _unknown_field(case: Case, feature: Feature, field: str) -> Problem:
    lost = "them, and their prompts with them" if feature == "multi_shot" else "this"
    words = (
        f"The document of {case.profile.title} does not know {FEATURE_WORDS[feature]}; it may "
        f"ignore {lost}."
    )
    return Problem("field.unknown", field, words, case.source, warning=True)


def _documents_deny(case: Case, feature: Feature) -> bool:
    documented = case.documented
    if documented is None or not case.states(feature):
        return False
    if feature == "cfg_scale":
        return not documented.cfg_scale
    # The document of text to video has no list of voices.
    has_field = feature == "sound" or (feature == "voices" and case.endpoint == "image2video")
    return has_field and not documented.sound


def _denied(case: Case, feature: Feature, field: str, cell: Cell | None) -> Problem:
    words = f"{case.model} has no {FEATURE_WORDS[feature]}. Leave it out, or choose another model."
    if cell is not None and not cell.ok:
        words = cell.why
    source = case.source if feature == "cfg_scale" else sources.IMAGE_TO_VIDEO_MARKDOWN
    return Problem(f"capability.{feature}", field, words, source)


def _mapped(case: Case, feature: Feature, field: str, cell: Cell) -> Iterator[Problem]:
    code, source = f"capability.{feature}", _dated(cell.source, cell.date)
    if not cell.ok:
        yield case.caution(code, field, cell.why, source)
        return
    if cell.seconds is not None and case.brief.total_seconds not in cell.seconds:
        words = (
            f"{case.model} {case.mode} takes {FEATURE_WORDS[feature]} only with "
            f"{seconds_words(cell.seconds)} s. Change the total, or remove it."
        )
        yield case.caution(code, field, words, source)
    if cell.why:
        yield Problem(code, field, cell.why, source, warning=True)


def _dated(source: str, date: str) -> str:
    return f"{source}, {date}"


def _either(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last

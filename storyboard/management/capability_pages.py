"""The capability map as pages: docs/capabilities.md and the support table of README.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from storyboard.kling import sources
from storyboard.kling.capabilities import (
    CELLS,
    FEATURES,
    MODELS,
    Cell,
    Feature,
    Model,
    can_on,
    seconds_words,
)
from storyboard.kling.pricing import RATES, show_units
from storyboard.kling.profiles import ENDPOINTS, PROFILES, Endpoint, Profile

COMMAND = "python manage.py write_capabilities"
BEGIN = f"<!-- support: written by `{COMMAND}` -->"
END = "<!-- support: end -->"

TITLES: dict[Feature, str] = {
    "single_shot": "Single shot",
    "multi_shot": "Several shots",
    "first_frame": "First frame",
    "end_frame": "First and end frame",
    "end_frame_only": "End frame alone",
    "elements": "Elements",
    "voices": "Voices",
    "sound": "Sound",
    "negative_prompt": "Negative prompt",
    "cfg_scale": "Prompt strength",
    "aspect_ratio": "Aspect ratio",
    "camera_control": "Camera control",
    "motion_brush": "Motion brush",
    "watermark": "Watermark",
}
_ENDPOINTS: dict[Endpoint, str] = {"text2video": "text", "image2video": "picture"}
_TITLES_OF_ENDPOINTS: dict[Endpoint, str] = {
    "text2video": "Text to video",
    "image2video": "Image to video",
}


def page() -> str:
    """docs/capabilities.md, whole."""
    return "\n".join([*_head(), *_profiles(), *_models(), *_rates(), *_reasons()]) + "\n"


def with_support_table(readme: str) -> str:
    """The README with its table between the two markers written anew.

    Raises ValueError where a marker is missing.
    """
    before, begin, rest = readme.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md needs the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{support_table()}\n{END}{after}"


def support_table() -> str:
    """Profiles and features by model: what each can do in at least one mode."""
    heads = ["", *(model.name.removeprefix("kling-") for model in MODELS.values())]
    return "\n".join(_table(heads, _support_rows()))


def _support_rows() -> Iterator[list[str]]:
    models = MODELS.values()
    yield ["Retired on", *(model.retired or "–" for model in models)]
    for profile in PROFILES.values():
        yield [f"On `{profile.name}`", *(_on_profile(profile, model) for model in models)]
    yield ["Seconds", *(seconds_words(model.seconds) for model in models)]
    yield ["Modes", *(_modes(model) for model in models)]
    for feature in FEATURES:
        yield [TITLES[feature], *(_everywhere(model, feature) for model in models)]


def _modes(model: Model) -> str:
    return ", ".join(mode.name for mode in model.modes) if model.takes_mode else "–"


def _on_profile(profile: Profile, model: Model) -> str:
    """Which endpoints an account of the profile has for the model."""
    having = [
        _ENDPOINTS[endpoint]
        for endpoint in ENDPOINTS
        if any(
            can_on(profile, model.name, mode.name, "single_shot", endpoint).ok
            for mode in model.modes
        )
    ]
    return ", ".join(having) or "–"


def _everywhere(model: Model, feature: Feature) -> str:
    """Where a model has a feature: `yes`, or in which modes and from what."""
    cells = {
        (mode.name, endpoint): CELLS[model.name, mode.name, feature, endpoint].ok
        for mode in model.modes
        for endpoint in model.endpoints
    }
    if not any(cells.values()):
        return "–"
    modes = [mode.name for mode in model.modes if any(cells[mode.name, e] for e in model.endpoints)]
    starts = [_ENDPOINTS[e] for e in model.endpoints if any(cells[m.name, e] for m in model.modes)]
    words = [] if len(modes) == len(model.modes) else [", ".join(modes)]
    if len(starts) < len(model.endpoints):
        words.append(f"from {starts[0]}")
    return " ".join(words) or "yes"


def _head() -> Iterator[str]:
    yield "# What each model can do"
    yield ""
    yield f"Written by `{COMMAND}` from `storyboard/kling/capabilities/`; do not edit by hand."
    yield "The forms, the rules and this page come from the same cells. A yes may hold only with"
    yield "some totals; a no says what enables it. Every cell has its source and its date."
    yield ""


def _profiles() -> Iterator[str]:
    yield "## Profiles"
    yield ""
    heads = ["Profile", "Models", "Starts from", "Prompt", "Shot prompt", "Negative prompt"]
    heads.append("End frame")
    rows = (
        [
            profile.title,
            ", ".join(profile.models),
            ", ".join(_ENDPOINTS[endpoint] for endpoint in profile.endpoints),
            str(profile.prompt_limit),
            "–" if "multi_shot" in profile.unknown_fields else str(profile.shot_prompt_limit),
            str(profile.negative_prompt_limit),
            _end_frames(profile),
        ]
        for profile in PROFILES.values()
    )
    yield from _table(heads, rows)
    yield ""


def _end_frames(profile: Profile) -> str:
    if profile.end_frame_seconds is None:
        return "with any total of the model"
    return f"{seconds_words(profile.end_frame_seconds)} s only"


def _models() -> Iterator[str]:
    for model in MODELS.values():
        yield f"## {model.name}"
        yield ""
        yield from _about(model)
        yield ""
        heads = [
            "Feature",
            *(f"{mode.name}, {_ENDPOINTS[e]}" for mode in model.modes for e in ENDPOINTS),
        ]
        heads.append("Source")
        yield from _table(heads, (_feature_row(model, feature) for feature in FEATURES))
        yield ""


def _about(model: Model) -> Iterator[str]:
    if model.retired:
        yield f"Retired on {model.retired} ({sources.RETIREMENT}); never the default."
    modes = ", ".join(f"{mode.name} ({mode.resolution})" for mode in model.modes)
    yield (
        f"Modes: {modes}." if model.takes_mode else f"Takes no mode ({model.modes[0].resolution})."
    )
    for endpoint in ENDPOINTS:
        words = model.durations_words(model.modes[0].name, endpoint)
        yield f"{_TITLES_OF_ENDPOINTS[endpoint]}: {f'{words} s' if words else 'no'}."


def _feature_row(model: Model, feature: Feature) -> list[str]:
    cells = [
        CELLS[model.name, mode.name, feature, endpoint]
        for mode in model.modes
        for endpoint in ENDPOINTS
    ]
    told = dict.fromkeys(f"{cell.source}, {cell.date}" for cell in cells)
    return [TITLES[feature], *(_cell(cell) for cell in cells), "; ".join(told)]


def _cell(cell: Cell) -> str:
    if not cell.ok:
        return "–"
    words = "yes, with a caution" if cell.why else "yes"
    if cell.seconds is not None:
        words += f", {seconds_words(cell.seconds)} s only"
    if cell.kinds is not None:
        words += f", {' or '.join(cell.kinds)} only"
    return words


def _rates() -> Iterator[str]:
    yield "## Prices of one second"
    yield ""
    yield "What has no row here has no known price, and an owner or a producer confirms that."
    yield ""
    heads = ["Model", "Mode", "Sound", "Units", "Money", "List of"]
    rows = (
        [
            model,
            mode,
            audio,
            show_units(rate.units_milli).partition(" ")[0],
            f"${rate.money_milli / 1000:.3f}",
            rate.listed_on,
        ]
        for (model, mode, audio), rate in RATES.items()
    )
    yield from _table(heads, rows)
    yield ""


def _reasons() -> Iterator[str]:
    yield "## Why not, and what enables it"
    yield ""
    reasons = dict.fromkeys(cell.why for cell in CELLS.values() if not cell.ok)
    cautions = dict.fromkeys(cell.why for cell in CELLS.values() if cell.ok and cell.why)
    yield from (f"- {why}" for why in reasons)
    yield ""
    yield "Cautions:"
    yield ""
    yield from (f"- {why}" for why in cautions)


def _table(heads: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"

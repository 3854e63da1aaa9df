"""What one account can do: the map within what the account's profile has."""

from collections.abc import Mapping
from dataclasses import replace

from .. import sources
from ..profiles import Endpoint, Profile
from .models import MODELS
from .table import CELLS
from .terms import Cell, Feature, Mode, Model
from .words import why_not

_END_FRAMES: tuple[Feature, ...] = ("end_frame", "end_frame_only")


def can(model: str, mode: str, feature: Feature, endpoint: Endpoint) -> Cell:
    """What the map says about a feature. An unknown model or mode is a no with its reason."""
    cell = CELLS.get((model, mode, feature, endpoint))
    if cell is not None:
        return cell
    why = f"{model} {mode} is not in the capability map. Choose another model or mode."
    return Cell(False, why, sources.CAPABILITY_MAP, sources.MAP_DATED)


def can_on(profile: Profile, model: str, mode: str, feature: Feature, endpoint: Endpoint) -> Cell:
    """`can` for an account of this profile: its sentences name only what the account has."""
    missing = _missing(profile, model, mode) or _no_endpoint(profile, endpoint)
    if missing:
        return Cell(False, missing, profile.title, sources.READ_ON)
    cell = can(model, mode, feature, endpoint)
    if not cell.ok:
        place = (model, mode, feature, endpoint)
        return replace(cell, why=why_not(place, _ALLOWED, _models(profile), profile.endpoints))
    if feature in _END_FRAMES and profile.end_frame_seconds is not None:
        return replace(cell, seconds=_both(cell.seconds, profile.end_frame_seconds))
    return cell


def models_on(profile: Profile, chosen: str = "") -> tuple[Model, ...]:
    """The models to offer: the current ones; retired ones only where there is nothing else.

    The chosen one is always among them, last if it would not be offered, so that a draft shows
    what it holds.
    """
    models = _models(profile).values()
    current = tuple(model for model in models if not model.retired) or tuple(models)
    held = MODELS.get(chosen)
    return current if held is None or held in current else (*current, held)


def modes_on(profile: Profile, model: str) -> tuple[Mode, ...]:
    """The modes of a model that the profile's documents know; none for an unknown model."""
    documented = profile.models.get(model)
    if model not in MODELS or documented is None:
        return ()
    return tuple(mode for mode in MODELS[model].modes if mode.name in documented.modes)


def _models(profile: Profile) -> Mapping[str, Model]:
    return {name: model for name, model in MODELS.items() if name in profile.models}


def _missing(profile: Profile, model: str, mode: str) -> str:
    """What the account lacks, whatever the feature; "" when it has model and mode."""
    if model in MODELS and model not in profile.models:
        names = ", ".join(each.name for each in models_on(profile))
        return f"An account of {profile.title} has no {model}. Choose {names}."
    modes = modes_on(profile, model)
    if modes and mode not in {each.name for each in modes}:
        names = ", ".join(each.name for each in modes)
        return f"{model} has no mode {mode}. Choose {names}."
    return ""


def _no_endpoint(profile: Profile, endpoint: Endpoint) -> str:
    if endpoint in profile.endpoints:
        return ""
    return f"An account of {profile.title} makes videos only with a first frame. Add a first frame."


def _both(ours: tuple[int, ...] | None, theirs: tuple[int, ...]) -> tuple[int, ...]:
    return theirs if ours is None else tuple(each for each in ours if each in theirs)


_ALLOWED = {place: cell for place, cell in CELLS.items() if cell.ok}

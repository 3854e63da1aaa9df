"""Which pairs of model and mode of an account take a feature, and on what conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from storyboard.kling.brief import Brief, Reading
from storyboard.kling.capabilities import (
    MODELS,
    Cell,
    Feature,
    can_on,
    modes_on,
    seconds_words,
)
from storyboard.kling.profiles import OFFICIAL, Endpoint, Profile
from storyboard.kling.rules import Case
from storyboard.kling.rules.settings import capability
from storyboard.models import Account
from storyboard.views.controls import lost_words


class Offer(NamedTuple):
    """A model and a mode that take it.

    `terms` are the conditions in words: `5 s`, `without a first frame`. `lost` names what of the
    draft the pair leaves unsent. `retired` is the day since which Kling may refuse it. `is_chosen`:
    the draft has this pair.
    """

    model: str
    mode: str
    terms: str
    lost: str
    retired: date | None
    is_chosen: bool


def offers(feature: Feature, brief: Brief, account: Account | None) -> list[Offer]:
    """Every pair of the account's models and modes that takes it by the public map."""
    profile = account.dialect if account else OFFICIAL
    reading: Reading = account.rules if account else "map"
    now = lost_words(brief, profile, reading)
    found = []
    for model, mode, cells in _taking(feature, profile):
        other = replace(brief, model=model, mode=mode)
        lost = [words for words in lost_words(other, profile, reading) if words not in now]
        endpoint = brief.endpoint if brief.endpoint in cells else next(iter(cells))
        found.append(
            Offer(
                model=model,
                mode=mode,
                terms=", ".join(_terms(brief, endpoint, cells[endpoint])),
                lost=", ".join(words for words in lost if words not in _NAMES.get(feature, ())),
                retired=date.fromisoformat(day) if (day := MODELS[model].retired) else None,
                is_chosen=(model, mode) == (brief.model, brief.mode),
            )
        )
    return found


def documents_let_it(feature: Feature, brief: Brief, account: Account | None) -> bool:
    """Whether an account that is held to the map would take it by its documents alone."""
    if account is None or account.rules == "documents":
        return False
    case = Case(brief, account.dialect, "documents")
    return case.documented is not None and all(
        problem.warning for problem in capability(case, feature, feature)
    )


# What a brief that asks for the feature would be said to lose.
_NAMES: dict[Feature, tuple[str, ...]] = {
    "camera_control": ("camera control",),
    "motion_brush": ("motion brush",),
    "end_frame": ("end frame",),
}


def _taking(feature: Feature, profile: Profile) -> Iterator[tuple[str, str, dict[Endpoint, Cell]]]:
    for model in (name for name in MODELS if name in profile.models):
        for mode in modes_on(profile, model):
            cells = {
                endpoint: can_on(profile, model, mode.name, feature, endpoint)
                for endpoint in profile.endpoints
            }
            taking = {endpoint: cell for endpoint, cell in cells.items() if cell.ok}
            if taking:
                yield model, mode.name, taking


def _terms(brief: Brief, endpoint: Endpoint, cell: Cell) -> Iterator[str]:
    if endpoint != brief.endpoint:
        yield _("with a first frame") if endpoint == "image2video" else _("without a first frame")
    if cell.seconds is not None:
        yield _("%(seconds)s s") % {"seconds": seconds_words(cell.seconds)}
    if cell.kinds is not None:
        yield _("one move by an amount alone")

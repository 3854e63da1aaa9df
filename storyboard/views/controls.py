"""Which settings a draft's model, mode and account can use, and why the rest is off.

Offered is what the rules let pass. What the draft already holds stays changeable, so that it can
be taken back; the rules then say what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from storyboard.forms.storyboards import MODES
from storyboard.kling import readiness
from storyboard.kling.brief import Brief, Problem, Reading
from storyboard.kling.capabilities import (
    ASPECT_RATIOS,
    MODELS,
    Feature,
    can_on,
    models_on,
    modes_on,
    seconds_words,
)
from storyboard.kling.profiles import OFFICIAL, Endpoint
from storyboard.kling.rules import Case
from storyboard.kling.rules.settings import capability
from storyboard.models import Account, Shooting

# The control and the feature of the capability map it asks for.
FEATURES: dict[str, Feature] = {
    "model": "single_shot",
    "shooting": "multi_shot",
    "aspect_ratio": "aspect_ratio",
    "sound": "sound",
    "watermark": "watermark",
    "negative_prompt": "negative_prompt",
    "first_frame": "first_frame",
    "elements": "elements",
    "voices": "voices",
}
# These are never off as a whole: choosing another value is what enables the rest.
_ALWAYS_ON = ("model", "mode", "shooting", "total_seconds", "first_frame")
_SEVERAL = (Shooting.CUSTOM.value, Shooting.INTELLIGENT.value)


class Choice(NamedTuple):
    """One value of a list; `is_off` cannot be chosen."""

    value: str
    words: str
    is_off: bool = False


def title_of(name: str, value: str) -> str:
    """A stored value of a setting as the page calls it."""
    if name == "mode":
        return MODES.get(value, value)
    if name == "model" and value in MODELS:
        return MODELS[value].title
    return str(dict(Shooting.choices).get(value, value)) if name == "shooting" else value


class Controls:
    """The controls of one draft. Names are those of the settings, `elements` and `voices`."""

    def __init__(self, brief: Brief, account: Account | None) -> None:
        self.brief = brief
        self._profile = account.dialect if account else OFFICIAL
        self._reading: Reading = account.rules if account else "map"
        self._case = Case(brief, self._profile, self._reading)
        if brief.endpoint not in self._profile.endpoints:
            # The draft lacks what such an account always needs; its controls are drawn as if
            # that were there, and the model's words say what to add.
            self._case.endpoint = self._profile.endpoints[0]

    def problems(self) -> tuple[Problem, ...]:
        """What the account's rules have against the draft, and their advice."""
        return readiness.problems(self.brief, self._profile, self._reading)

    def is_off(self, name: str) -> bool:
        """Whether the control cannot be used; never for what the draft already asks for."""
        if name in _ALWAYS_ON or name not in FEATURES or self._is_in_use(name):
            return False
        return self._is_denied(FEATURES[name])

    def hint(self, name: str) -> str:
        """Why a control or some of its choices are off, or a caution; "" when there is nothing."""
        if name == "mode":
            return self._about_modes()
        if name not in FEATURES or name == "first_frame":
            return ""
        feature = FEATURES[name]
        if name == "model" and self._case.endpoint != self.brief.endpoint:
            return self._cell(feature, self.brief.endpoint)[1]
        if self._is_denied(feature):
            return _short(self._why(feature))
        caution = next((problem.words for problem in self._found(feature)), "")
        return caution if self._is_in_use(name) else _short(caution)

    def choices(self, name: str) -> tuple[Choice, ...]:
        """The values of a list, those that are off among them; () for what is no list."""
        if name == "model":
            models = models_on(self._profile, self.brief.model)
            return tuple(Choice(model.name, model.title) for model in models)
        if name == "mode":
            return tuple(self._modes())
        if name == "shooting":
            return tuple(self._shootings())
        return _RATIOS if name == "aspect_ratio" else ()

    @property
    def allowed_seconds(self) -> str:
        """The totals that can be ordered, in words; "" where model or mode is not known."""
        return seconds_words(self._case.seconds)

    def _is_in_use(self, name: str) -> bool:
        if name in ("sound", "watermark", "negative_prompt"):
            return bool(getattr(self.brief, name))
        return name == "shooting" and self.brief.shooting in _SEVERAL

    def _is_denied(self, feature: Feature) -> bool:
        """By a rule, or by the map where the account's documents know nothing of it either."""
        if any(not problem.warning for problem in self._found(feature)):
            return True
        unknown = feature in self._profile.unknown_fields or feature == "aspect_ratio"
        return unknown and not self._cell(feature, self._case.endpoint)[0]

    def _found(self, feature: Feature) -> list[Problem]:
        return list(capability(self._case, feature, feature))

    def _cell(self, feature: Feature, endpoint: Endpoint) -> tuple[bool, str]:
        cell = can_on(self._profile, self._case.model, self._case.mode, feature, endpoint)
        return cell.ok, cell.why

    def _why(self, feature: Feature) -> str:
        ok, why = self._cell(feature, self._case.endpoint)
        return next((problem.words for problem in self._found(feature)), "") if ok else why

    def _modes(self) -> Iterator[Choice]:
        here = {mode.name: mode.title for mode in modes_on(self._profile, self.brief.model)}
        for name in _names_of_modes(self._profile_models(), self.brief.mode):
            off = name not in here and name != self.brief.mode
            yield Choice(name, here.get(name, MODES.get(name, name)), off)

    def _profile_models(self) -> list[str]:
        return [model.name for model in models_on(self._profile, self.brief.model)]

    def _about_modes(self) -> str:
        """Which model has the modes that are off."""
        said = []
        for choice in self._modes():
            having = [
                name
                for name in self._profile_models()
                if any(mode.name == choice.value for mode in modes_on(self._profile, name))
            ]
            if choice.is_off and having:
                words = _("For %(mode)s choose %(models)s.")
                said.append(words % {"mode": choice.words, "models": ", ".join(having)})
        return " ".join(said)

    def _shootings(self) -> Iterator[Choice]:
        several_off = self._is_denied("multi_shot")
        for value, words in Shooting.choices:
            off = several_off and value in _SEVERAL and value != self.brief.shooting
            yield Choice(value, str(words), off)


def _names_of_modes(models: list[str], held: str) -> list[str]:
    """Every mode some model of the account has, and the one the draft holds, in their order."""
    having = {mode.name for name in models for mode in MODELS[name].modes} | {held}
    return [name for name in dict.fromkeys((*MODES, held)) if name in having]


def _short(why: str) -> str:
    """The sentence without its way out: the control is not in use, so nothing is to be undone."""
    what, _or, _out = why.rpartition(", or ")
    return f"{what}." if what else why


_RATIOS = tuple(Choice(ratio, ratio) for ratio in ASPECT_RATIOS)

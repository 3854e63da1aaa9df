"""Which settings a draft's model, mode and account can use, and why the rest is off.

Offered is what the rules let pass. What the draft already holds stays changeable, so that it can
be taken back; the rules then say what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from storyboard.forms.camera import MOVES, camera_words
from storyboard.forms.storyboards import MODES
from storyboard.kling import readiness
from storyboard.kling.brief import (
    Brief,
    Brush,
    Camera,
    ElementRef,
    PictureRef,
    Problem,
    Reading,
    VoiceRef,
)
from storyboard.kling.capabilities import (
    ASPECT_RATIOS,
    MODELS,
    Feature,
    can_on,
    models_on,
    modes_on,
    seconds_words,
)
from storyboard.kling.profiles import OFFICIAL, Endpoint, Profile
from storyboard.kling.rules import Case, frames, library
from storyboard.kling.rules.settings import FEATURE_WORDS, capability
from storyboard.models import Account, Shooting, Storyboard

# The control and the feature of the capability map it asks for.
FEATURES: dict[str, Feature] = {
    "model": "single_shot",
    "shooting": "multi_shot",
    "aspect_ratio": "aspect_ratio",
    "sound": "sound",
    "watermark": "watermark",
    "negative_prompt": "negative_prompt",
    "first_frame": "first_frame",
    "end_frame": "end_frame",
    "elements": "elements",
    "voices": "voices",
    "cfg_scale": "cfg_scale",
    "camera": "camera_control",
    "brush": "motion_brush",
}
# Settings whose change may leave something the model does not take.
SWITCHES = ("model", "mode", "sound", "shooting")
# These are never off as a whole: choosing another value is what enables the rest.
_ALWAYS_ON = ("model", "mode", "shooting", "total_seconds", "first_frame")
_SEVERAL = (Shooting.CUSTOM.value, Shooting.INTELLIGENT.value)
# Whatever a rule says of these stands against nothing but the thing itself.
_A_PICTURE = PictureRef("0" * 64, 1280, 720, 1, "jpeg")
_A_MOVE = Camera("simple", zoom=1.0)


class Choice(NamedTuple):
    """One value of a list; `is_off` cannot be chosen. `lost` names what would stay unsent."""

    value: str
    words: str
    is_off: bool = False
    lost: str = ""


class Switch(NamedTuple):
    """One click that gives a draft what it lacks: this value of this setting."""

    name: str
    value: str
    words: str


def title_of(name: str, value: Any) -> str:
    """A stored value of a setting as the page calls it."""
    if name == "camera":
        return camera_words(value)
    if isinstance(value, bool):
        return _("On") if value else _("Off")
    if value is None:
        return _("Left to Kling")
    words = str(value)
    if name == "mode":
        return MODES.get(words, words)
    if name == "model" and words in MODELS:
        return MODELS[words].title
    return str(dict(Shooting.choices).get(words, words)) if name == "shooting" else words


def left_out(board: Storyboard) -> list[str]:
    """What of the draft its account, model and mode do not take, in words."""
    account = board.project.ordering_account
    profile = account.dialect if account else OFFICIAL
    return lost_words(board.brief(), profile, account.rules if account else "map")


def lost_words(brief: Brief, profile: Profile, reading: Reading) -> list[str]:
    """What of the brief its model and mode do not take, in words: `sound`, `elements`."""
    case = Case(brief, profile, reading)
    found = (FEATURE_WORDS[each] for each in _in_use(brief) if _denies(case, each))
    words = [each.removeprefix("an ").removeprefix("a ") for each in found]
    has_mode = any(mode.name == brief.mode for mode in modes_on(profile, brief.model))
    return words if has_mode else [MODES.get(brief.mode, brief.mode), *words]


class Controls:
    """The controls of one draft. Names are those of the settings, the frames and the lists."""

    def __init__(self, brief: Brief, account: Account | None) -> None:
        self.brief = brief
        self._profile = account.dialect if account else OFFICIAL
        self._reading: Reading = account.rules if account else "map"
        self._case = Case(brief, self._profile, self._reading)
        if brief.endpoint not in self._profile.endpoints:
            # The draft lacks what such an account always needs; its controls are drawn as if
            # that were there, and the model's words say what to add.
            self._case.endpoint = self._profile.endpoints[0]
        self._lost = lost_words(brief, self._profile, self._reading)

    def problems(self) -> tuple[Problem, ...]:
        """What the account's rules have against the draft, and their advice."""
        return readiness.problems(self.brief, self._profile, self._reading)

    def is_off(self, name: str) -> bool:
        """Whether the control cannot be used; never for what the draft already asks for."""
        if name in _ALWAYS_ON or name not in FEATURES or self._is_in_use(name):
            return False
        if name == "end_frame":  # whether it may be there depends on its being there
            return bool(self._against(name))
        return bool(self._against(name)) or self._is_denied(FEATURES[name])

    def hint(self, name: str) -> str:
        """Why a control or some of its choices are off, or a caution; "" when there is nothing."""
        if name == "mode":
            return self._about_modes()
        if name not in FEATURES or name == "first_frame":
            return ""
        feature = FEATURES[name]
        against = "" if self._is_in_use(name) else self._against(name)
        if against or name == "end_frame":
            return against
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
            return tuple(self._with_lost(Choice(each.name, each.title), "model") for each in models)
        if name == "camera":
            return tuple(self._moves())
        if name == "mode":
            return tuple(self._modes())
        if name == "shooting":
            return tuple(self._shootings())
        return _RATIOS if name == "aspect_ratio" else ()

    @property
    def allowed_seconds(self) -> str:
        """The totals that can be ordered, in words; "" where model or mode is not known."""
        return seconds_words(self._case.seconds)

    def switches(self, name: str) -> tuple[Switch, ...]:
        """One-click ways to what this control is for, where one is enough."""
        if name == "end_frame":
            return self._to_end_frame()
        feature = FEATURES.get(name)
        if feature is None or self._against(name) or not self._is_denied(feature):
            return ()
        return self._to(feature)

    def _to(self, feature: Feature) -> tuple[Switch, ...]:
        """Another mode or another model that takes it."""
        modes = (("mode", each.name) for each in modes_on(self._profile, self.brief.model))
        models = (("model", each.name) for each in models_on(self._profile))
        return tuple(
            Switch(key, value, _("Choose %(value)s") % {"value": value})
            for key, value in (*modes, *models)
            if value != getattr(self.brief, key) and self.takes(feature, **{key: value})
        )[:2]

    def _to_end_frame(self) -> tuple[Switch, ...]:
        found = [each for each in self._trial("end_frame") if not each.warning]
        if len(found) != 1 or self.brief.first_frame is None:
            return ()
        if found[0].code == "end_frame.multi_shot" and len(self.brief.shots) == 1:
            return (Switch("shooting", "single", _("Choose Single shot")),)
        if self._cell("end_frame", "image2video")[0]:
            is_sound = found[0].code == "capability.end_frame"
            return (Switch("sound", "false", _("Turn sound off")),) if is_sound else ()
        return self._to("end_frame")

    def takes(self, feature: Feature, *, model: str = "", mode: str = "") -> bool:
        """Whether this, or another model or mode, takes it, all else being as it is."""
        place = (model or self._case.model, mode or self._case.mode)
        cell = can_on(self._profile, *place, feature, self._case.endpoint)
        seconds = self.brief.total_seconds
        return cell.ok and (cell.seconds is None or seconds in cell.seconds)

    def _with_lost(self, choice: Choice, name: str) -> Choice:
        """The choice with what of the draft it would leave unsent, beyond what is so now."""
        if choice.is_off or choice.value == getattr(self.brief, name):
            return choice
        other = replace(self.brief, **{name: choice.value})  # type: ignore[arg-type]
        then = lost_words(other, self._profile, self._reading)
        return choice._replace(lost=", ".join(words for words in then if words not in self._lost))

    def _moves(self) -> Iterator[Choice]:
        kinds = can_on(
            self._profile, self._case.model, self._case.mode, "camera_control", self._case.endpoint
        ).kinds
        held = self.brief.camera.kind if self.brief.camera else ""
        for kind, words in MOVES.items():
            off = kinds is not None and kind not in ("", held, *kinds)
            yield Choice(kind, str(words), off)

    def _against(self, name: str) -> str:
        """What the rules would say if the draft asked for it too; "" when nothing blocks."""
        problem = next((each for each in self._trial(name) if not each.warning), None)
        if problem is None:
            return ""
        if problem.code == "direction.together":
            return _(
                "Kling takes one of end frame, motion brush and camera control. Take the other "
                "off first."
            )
        if problem.code == "library.both" and name == "elements":
            return _("Elements are off with voices. Take the voices off to use elements.")
        if problem.code.startswith("capability.end_frame"):
            return self._no_end_frame() or _short(problem.words)
        return _short(problem.words)

    def _trial(self, name: str) -> Iterator[Problem]:
        brief = self.brief
        if name == "end_frame":
            case = self._case_of(replace(brief, end_frame=_A_PICTURE))
            yield from frames.check_end_frame(case)
            yield from frames.check_one_direction(case)
        elif name == "camera":
            case = self._case_of(replace(brief, camera=_A_MOVE))
            yield from frames.check_one_direction(case)
        elif name == "brush":
            case = self._case_of(replace(brief, brush=Brush(still=_A_PICTURE)))
            yield from frames.check_one_direction(case)
        elif name == "voices" and brief.elements:
            case = self._case_of(replace(brief, voices=(VoiceRef("0", "0"),)))
            yield from library.check_together(case)
        elif name == "elements" and brief.voices:
            case = self._case_of(replace(brief, elements=(ElementRef("0", "0"),)))
            yield from library.check_together(case)

    def _case_of(self, brief: Brief) -> Case:
        return Case(brief, self._profile, self._reading)

    def _no_end_frame(self) -> str:
        """Why there can be no end frame, by what the account's models take; "" when one can."""
        if self.brief.first_frame is None:
            ok, why = self._cell("end_frame", "image2video")
            if ok:
                words = _(
                    "%(model)s takes an end frame only with a first frame. Add a first frame."
                )
                return words % {"model": self._case.model}
            return _short(why)
        return _short(self._cell("end_frame", "image2video")[1])

    @property
    def totals(self) -> tuple[int, ...]:
        """The same as numbers, ascending."""
        return self._case.seconds

    def _is_in_use(self, name: str) -> bool:
        if name in ("sound", "watermark", "negative_prompt"):
            return bool(getattr(self.brief, name))
        if name in ("cfg_scale", "camera", "brush", "end_frame"):
            return getattr(self.brief, name) is not None
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
            words = here.get(name, MODES.get(name, name))
            yield self._with_lost(Choice(name, words, off), "mode")

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


def _in_use(brief: Brief) -> list[Feature]:
    """What the brief asks for that a model may lack."""
    several: Feature = "multi_shot"
    asked: dict[Feature, bool] = {
        several: brief.shooting in _SEVERAL,
        "end_frame": brief.end_frame is not None,
        "elements": bool(brief.elements),
        "voices": bool(brief.voices),
        "sound": brief.sound,
        "negative_prompt": bool(brief.negative_prompt),
        "cfg_scale": brief.cfg_scale is not None,
        "camera_control": brief.camera is not None,
        "motion_brush": brief.brush is not None,
        "watermark": brief.watermark,
    }
    return [feature for feature, wanted in asked.items() if wanted]


def _denies(case: Case, feature: Feature) -> bool:
    return any(not problem.warning for problem in capability(case, feature, feature))


def _short(why: str) -> str:
    """The sentence without its way out: the control is not in use, so nothing is to be undone."""
    what, _or, _out = why.rpartition(", or ")
    return f"{what}." if what else why


_RATIOS = tuple(Choice(ratio, ratio) for ratio in ASPECT_RATIOS)

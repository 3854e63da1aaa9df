"""The camera: one of Kling's five kinds; of `simple` exactly one of six amounts is not 0."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.forms.drafts import DraftForm
from storyboard.kling.rules.camera import AXES, KINDS, MOST_AMOUNT

SIMPLE = "simple"
# The words are those of Kling's documents of text and of image to video (pan turns, tilt nods).
ONE_MOVE: dict[str, Any] = {
    "horizontal": gettext_lazy("Slide left or right"),
    "vertical": gettext_lazy("Rise or sink"),
    "pan": gettext_lazy("Pan: turn left or right"),
    "tilt": gettext_lazy("Tilt up or down"),
    "roll": gettext_lazy("Roll"),
    "zoom": gettext_lazy("Zoom"),
}
# The same in a word, before an amount.
NAMES: dict[str, Any] = {
    "horizontal": gettext_lazy("Slide"),
    "vertical": gettext_lazy("Rise"),
    "pan": gettext_lazy("Pan"),
    "tilt": gettext_lazy("Tilt"),
    "roll": gettext_lazy("Roll"),
    "zoom": gettext_lazy("Zoom"),
}
SET_MOVES: dict[str, Any] = {
    "down_back": gettext_lazy("Sink and move back"),
    "forward_up": gettext_lazy("Move forward and tilt up"),
    "right_turn_forward": gettext_lazy("Turn right, then forward"),
    "left_turn_forward": gettext_lazy("Turn left, then forward"),
}
MOVES: dict[str, Any] = {
    "": gettext_lazy("Follows the prompt"),
    SIMPLE: gettext_lazy("One move, by an amount"),
    **SET_MOVES,
}
# What an amount below and above 0 does.
ENDS: dict[str, tuple[Any, Any]] = {
    "horizontal": (
        gettext_lazy("the camera slides left"),
        gettext_lazy("the camera slides right"),
    ),
    "vertical": (gettext_lazy("the camera sinks"), gettext_lazy("the camera rises")),
    "pan": (gettext_lazy("the camera turns left"), gettext_lazy("the camera turns right")),
    "tilt": (gettext_lazy("the camera tilts down"), gettext_lazy("the camera tilts up")),
    "roll": (
        gettext_lazy("the camera rolls counterclockwise"),
        gettext_lazy("the camera rolls clockwise"),
    ),
    "zoom": (gettext_lazy("the view narrows"), gettext_lazy("the view widens")),
}


class AmountField(forms.FloatField):
    """How far a simple move goes; empty is 0."""

    def __init__(self, axis: str) -> None:
        words = gettext_lazy(
            "Not saved: an amount is a number from -10 to 10. What was there before stays."
        )
        super().__init__(
            label=ONE_MOVE[axis],
            required=False,
            min_value=-MOST_AMOUNT,
            max_value=MOST_AMOUNT,
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), words),
        )


class CameraForm(DraftForm):
    """The kind and the six amounts, which are one setting of the draft: `camera`."""

    kind = forms.ChoiceField(
        choices=list(MOVES.items()),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy(
                "Not saved: %(value)s is no move of the camera. What was there before stays."
            )
        },
    )
    horizontal = AmountField("horizontal")
    vertical = AmountField("vertical")
    pan = AmountField("pan")
    tilt = AmountField("tilt")
    roll = AmountField("roll")
    zoom = AmountField("zoom")

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        if "camera" in data.getlist("take"):
            self.fields.clear()

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = self.cleaned_data
        if self.errors or found.get("kind") != SIMPLE:
            return found
        used = [str(NAMES[axis]) for axis in AXES if found.get(axis)]
        if not used:
            raise forms.ValidationError(
                _("One move has an amount other than 0, and all are 0. Give one of them.")
            )
        if len(used) > 1:
            words = _(
                "One move has one amount other than 0; %(several)s are given. Set all but one to 0."
            )
            raise forms.ValidationError(words % {"several": ", ".join(used)})
        return found

    def changes(self) -> dict[str, Any]:
        found = super().changes()
        is_whole = "kind" in self.fields and not self.errors
        return {"camera": camera_of(found)} if is_whole else {}

    def was(self) -> dict[str, str]:
        mark = "now_camera" if "camera" in self.data.getlist("keep") else "was_camera"
        return {"camera": str(self.data[mark])} if mark in self.data else {}

    def complaints(self) -> dict[str, list[str]]:
        """All under `camera`, each once, and those of an amount under its name too."""
        found = super().complaints()
        if not found:
            return {}
        every = dict.fromkeys(words for several in found.values() for words in several)
        amounts = {name: words for name, words in found.items() if name in AXES}
        return {"camera": list(every), **amounts}


def camera_of(given: dict[str, Any]) -> dict[str, Any] | None:
    """What a draft stores: the fields of kling.brief.Camera that are not 0; None for no move."""
    kind = given.get("kind")
    if not kind:
        return None
    if kind != SIMPLE:
        return {"kind": kind}
    return {"kind": kind, **{axis: given[axis] for axis in AXES if given.get(axis)}}


def typed_of(camera: dict[str, Any] | None) -> dict[str, str]:
    """The fields of the form as a stored camera fills them."""
    held = camera or {}
    kind = str(held.get("kind", ""))
    amounts = {axis: f"{float(held.get(axis, 0)):g}" for axis in AXES}
    return {"kind": kind if kind in KINDS else "", **amounts}


def camera_words(camera: dict[str, Any] | None) -> str:
    """A stored move for people: `Zoom -5`, `Follows the prompt`."""
    held = camera or {}
    kind = str(held.get("kind", ""))
    used = [axis for axis in AXES if held.get(axis)] if kind == SIMPLE else []
    words = (
        _("%(move)s %(amount)s") % {"move": NAMES[axis], "amount": f"{held[axis]:g}"}
        for axis in used
    )
    return ", ".join(words) or str(MOVES.get(kind, kind))

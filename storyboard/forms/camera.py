"""The camera move: one choice and one amount, so that exactly one of Kling's six is not 0."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.kling.rules.camera import AXES, MOST_AMOUNT

# The words are those of Kling's documents of text and of image to video (pan turns, tilt nods).
ONE_MOVE: dict[str, Any] = {
    "horizontal": gettext_lazy("Slide left or right"),
    "vertical": gettext_lazy("Rise or sink"),
    "pan": gettext_lazy("Pan: turn left or right"),
    "tilt": gettext_lazy("Tilt up or down"),
    "roll": gettext_lazy("Roll"),
    "zoom": gettext_lazy("Zoom"),
}
SET_MOVES: dict[str, Any] = {
    "down_back": gettext_lazy("Sink and move back"),
    "forward_up": gettext_lazy("Move forward and tilt up"),
    "right_turn_forward": gettext_lazy("Turn right, then forward"),
    "left_turn_forward": gettext_lazy("Turn left, then forward"),
}
MOVES: dict[str, Any] = {"": gettext_lazy("Follows the prompt"), **ONE_MOVE, **SET_MOVES}
MEANINGS: dict[str, Any] = {
    "horizontal": gettext_lazy("Below 0 the camera slides left, above 0 right."),
    "vertical": gettext_lazy("Below 0 the camera sinks, above 0 it rises."),
    "pan": gettext_lazy("Below 0 the camera turns left, above 0 right."),
    "tilt": gettext_lazy("Below 0 the camera tilts down, above 0 up."),
    "roll": gettext_lazy("Below 0 the camera rolls counterclockwise, above 0 clockwise."),
    "zoom": gettext_lazy("Below 0 the view narrows, above 0 it widens."),
}
FIRST_AMOUNT = 5.0


class AmountField(forms.FloatField):
    """How far a single move goes; empty where the move takes no amount."""

    def __init__(self) -> None:
        words = gettext_lazy(
            "Not saved: the amount is a number from -10 to 10. What was there before stays."
        )
        super().__init__(
            required=False,
            min_value=-MOST_AMOUNT,
            max_value=MOST_AMOUNT,
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), words),
        )


def camera_of(move: str, amount: float | None) -> dict[str, Any] | None:
    """What a draft stores: the fields of kling.brief.Camera that are not 0; None for no move.

    The chosen amount stays in it even when it is 0, so that the choice is not forgotten.
    """
    if not move:
        return None
    if move in SET_MOVES:
        return {"kind": move}
    return {"kind": "simple", move: FIRST_AMOUNT if amount is None else amount}


def move_of(camera: dict[str, Any] | None) -> tuple[str, float | None]:
    """The choice and its amount, of what a draft stores."""
    if not camera:
        return "", None
    if camera.get("kind") != "simple":
        return str(camera.get("kind", "")), None
    given = {axis: float(camera[axis]) for axis in AXES if axis in camera}
    axis = next((axis for axis, amount in given.items() if amount), next(iter(given), AXES[0]))
    return axis, given.get(axis, 0.0)


def camera_words(camera: dict[str, Any] | None) -> str:
    """A stored move for people: `Zoom -5`, `Follows the prompt`."""
    move, amount = move_of(camera)
    words = str(MOVES.get(move, move))
    if amount is None:
        return words
    return _("%(move)s %(amount)s") % {"move": words, "amount": f"{amount:g}"}

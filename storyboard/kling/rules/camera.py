"""Rules of the camera control: its five kinds and the six amounts of `simple`."""

from __future__ import annotations

from collections.abc import Iterator

from ..capabilities import can
from ..problems import Problem
from ..references import Camera
from .case import Case
from .settings import capability

KINDS = ("simple", "down_back", "forward_up", "right_turn_forward", "left_turn_forward")
AXES = ("horizontal", "vertical", "pan", "tilt", "roll", "zoom")
MOST_AMOUNT = 10

_TOPIC = "camera_config"


def check(case: Case) -> Iterator[Problem]:
    """A camera move Kling knows, with one amount for `simple` and none for the others."""
    camera = case.brief.camera
    if camera is None:
        return
    yield from capability(case, "camera_control", "camera")
    if camera.kind not in KINDS:
        words = f"The camera move {camera.kind} is not known. Choose one of {', '.join(KINDS)}."
        yield case.rule("camera.kind_unknown", "camera.kind", words, topic=_topic(case))
        return
    yield from _check_kind(case, camera)
    yield from _check_amounts(case, camera)


def _topic(case: Case) -> str:
    """The field where the profile lacks it, else the rules of its values."""
    return _TOPIC if case.states("camera_control") else "camera_control"


def _check_kind(case: Case, camera: Camera) -> Iterator[Problem]:
    if case.mapped is None:
        return
    cell = can(case.model, case.mode, "camera_control", case.endpoint)
    if cell.ok and cell.kinds is not None and camera.kind not in cell.kinds:
        words = f"{case.model} {case.mode} takes only the camera move {' or '.join(cell.kinds)}."
        source = f"{cell.source}, {cell.date}"
        yield case.caution("capability.camera_control", "camera.kind", words, source)


def _check_amounts(case: Case, camera: Camera) -> Iterator[Problem]:
    amounts = {axis: getattr(camera, axis) for axis in AXES}
    used = [axis for axis, amount in amounts.items() if amount != 0]
    for axis in used:
        if not -MOST_AMOUNT <= amounts[axis] <= MOST_AMOUNT:
            words = (
                f"The camera's {axis} is {amounts[axis]:g}. Choose -{MOST_AMOUNT} to {MOST_AMOUNT}."
            )
            field = f"camera.{axis}"
            yield case.rule("camera.out_of_range", field, words, topic=_topic(case))
    if camera.kind != "simple" and used:
        words = f"The camera move {camera.kind} takes no amounts. Set them to 0, or choose simple."
        yield case.rule("camera.amounts_unasked", "camera", words, topic=_topic(case))
    elif camera.kind == "simple" and len(used) != 1:
        named = f"{' and '.join(used)} are set" if used else "none is set"
        words = f"A simple camera move has exactly one amount other than 0; {named}."
        yield case.rule("camera.one_amount", "camera", words, topic=_topic(case))

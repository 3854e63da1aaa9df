"""One-click ways out of what blocks: buttons that post one value to an address of the draft."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from storyboard.kling.brief import Brief, Problem
from storyboard.views.controls import Controls, Switch

_SETTINGS = "rewrite_storyboard"
_WHOLE = {"camera_control": "camera", "end_frame_only": "end_frame"}


class Way(NamedTuple):
    """A button: its words, the name of the address, and what it posts there."""

    words: str
    url: str
    name: str = ""
    value: str = ""

    @property
    def id(self) -> str:
        """Its place among the buttons of one row, the same however often it is drawn."""
        return "-".join(part for part in (self.url, self.name, self.value) if part)

    @classmethod
    def of(cls, switch: Switch) -> Way:
        return cls(switch.words, _SETTINGS, switch.name, switch.value)


def ways_out(problem: Problem, brief: Brief, controls: Controls) -> tuple[Way, ...]:
    """What may be pressed against a problem of this brief, the least change first."""
    if problem.action == "make_total":
        words = _("Make the total %(n)s s") % {"n": brief.shots_seconds}
        return (Way(words, "make_total"),)
    if problem.warning:
        return ()
    found = [*_off(_field(problem), brief), *_choices(problem, brief, controls)]
    return tuple(dict.fromkeys(found))[:3]


def _field(problem: Problem) -> str:
    """The setting a problem is about: `elements` for `elements[1]`, `camera` for `camera.pan`."""
    return problem.field.partition("[")[0].partition(".")[0]


def _off(field: str, brief: Brief) -> list[Way]:
    """Doing without it."""
    ways = {
        "sound": (brief.sound, Way(_("Turn sound off"), _SETTINGS, "sound", "false")),
        "watermark": (brief.watermark, Way(_("Turn it off"), _SETTINGS, "watermark", "false")),
        "cfg_scale": (
            brief.cfg_scale is not None,
            Way(_("Leave it to Kling"), _SETTINGS, "cfg_scale", ""),
        ),
        "camera": (brief.camera is not None, Way(_("Take the move off"), "camera", "kind", "")),
        "brush": (brief.brush is not None, Way(_("Remove the masks"), "remove_brush")),
        "end_frame": (brief.end_frame is not None, Way(_("Take it off"), "remove_end_frame")),
        "elements": (bool(brief.elements), Way(_("Take them off"), "take_off", "kind", "element")),
        "voices": (bool(brief.voices), Way(_("Take them off"), "take_off", "kind", "voice")),
    }
    is_there, way = ways.get(field, (False, None))
    return [way] if is_there and way is not None else []


def _choices(problem: Problem, brief: Brief, controls: Controls) -> list[Way]:
    """Another value of another setting."""
    code, field = problem.code, _field(problem)
    if code == "voices.sound_off":
        return [Way(_("Turn sound on"), _SETTINGS, "sound", "true")]
    if code == "shots.one_only":
        return [Way(_("Choose Custom shots"), _SETTINGS, "shooting", "custom")]
    if code in ("mode.unknown", "capability.mode"):
        offered = (each for each in controls.choices("mode") if not each.is_off)
        names = [each.value for each in offered if each.value != brief.mode]
        return [Way(_("Choose %(value)s") % {"value": n}, _SETTINGS, "mode", n) for n in names]
    ways = []
    if code in ("capability.multi_shot", "end_frame.multi_shot") and len(brief.shots) == 1:
        ways = [Way(_("Choose Single shot"), _SETTINGS, "shooting", "single")]
    if code.startswith("capability."):
        ways += [Way.of(each) for each in controls.switches(_WHOLE.get(field, field))]
    return ways

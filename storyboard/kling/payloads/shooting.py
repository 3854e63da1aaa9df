"""The shots, the prompts and the seconds of a payload.

`multi_shot`, `shot_type` and `multi_prompt`: Kling API, image to video and text to video; types:
Kling-v3 schema. That `index` begins at 1 is the vendor's example and was seen live.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..brief import Shooting, ShotBrief
from ..rules.text import counted, utf16_units
from .reader import Reader, shorten, wrong_type

SHOT_FIELDS = ("index", "prompt", "duration")
USUAL_SECONDS = 5  # what an absent duration means
_WORDS_FOR_FLAG = {"true": True, "false": False}
# What only follows when a prompt could not be read: whether it names what is attached.
_OF_PROMPTS = ("element.unused", "voice.unused")
_SENTENCE = "a string of whole seconds such as “5”"


@dataclass(frozen=True)
class Shots:
    """What a payload says about its shots, as a brief takes it."""

    shooting: Shooting
    shots: tuple[ShotBrief, ...]
    total_seconds: int


def read_shots(reader: Reader) -> Shots:
    """The shots of the payload, its way of shooting and its total."""
    total = _total(reader)
    shooting = _shooting(reader)
    if shooting == "custom":
        shots = _custom(reader, total)
        _ignored_prompt(reader)
        if total is None:
            total = sum(shot.seconds for shot in shots) or USUAL_SECONDS
        return Shots("custom", shots, total)
    if shooting == "intelligent" and reader.body.get("multi_prompt"):
        _sent_in_vain(reader)
    total = USUAL_SECONDS if total is None else total
    return Shots(shooting, (ShotBrief("1", 1, _prompt(reader), total),), total)


def _total(reader: Reader) -> int | None:
    """The total; None, once told, when it cannot be read."""
    value = reader.body.get("duration")
    if value is None:
        return USUAL_SECONDS
    seconds = _seconds(reader, "duration", value, "duration")
    if seconds is None:
        reader.weak.add("duration")
        # A path has a limit for one total only, and this may be another.
        reader.hidden.add("brush.points_many")
    return seconds


def _seconds(reader: Reader, path: str, value: Any, code: str) -> int | None:
    if not isinstance(value, str):
        reader.refuse(f"{code}.type", path, wrong_type(path, value, _SENTENCE))
        return None
    digits = value.isascii() and value.isdigit() and len(value) <= 6
    if digits and (value == "0" or not value.startswith("0")):
        return int(value)
    words = f"{path} is “{shorten(value)}”; it must be {_SENTENCE}, without anything else in it."
    reader.refuse(f"{code}.format", path, words)
    return None


def _shooting(reader: Reader) -> Shooting:
    several = _flag(reader)
    if several is None:
        # Judged as what the rest of the payload looks like.
        reader.weak.add("multi_shot")
        reader.hidden.update(("shot.prompt_empty", *_OF_PROMPTS))
        several = bool(reader.body.get("shot_type") and reader.body.get("multi_prompt"))
    elif not several:
        _ignored_without_several(reader)
    if not several:
        return "single"
    shot_type = reader.text("shot_type") or ""
    if shot_type == "customize":
        return "custom"
    if shot_type != "intelligence":
        _unusable_type(reader, shot_type)
        return "custom" if reader.body.get("multi_prompt") else "intelligent"
    return "intelligent"


def _flag(reader: Reader) -> bool | None:
    """`multi_shot`; None, once told, when it cannot be read."""
    value = reader.body.get("multi_shot")
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str) and value in _WORDS_FOR_FLAG:
        words = f"multi_shot is the string “{value}”. Send true or false without quotation marks."
        reader.warn("multi_shot.text", "multi_shot", words)
        return _WORDS_FOR_FLAG[value]
    reader.refuse("multi_shot.type", "multi_shot", wrong_type("multi_shot", value, "true or false"))
    return None


def _unusable_type(reader: Reader, shot_type: str) -> None:
    # Without it nobody knows where the prompts are to be looked for.
    reader.hidden.update(("shot.prompt_empty", *_OF_PROMPTS))
    choose = "Choose customize or intelligence."
    if shot_type:
        words = f"shot_type is “{shorten(shot_type)}”, which Kling does not know. {choose}"
        reader.refuse("shot_type.unknown", "shot_type", words)
    elif "shot_type" not in reader.weak:
        words = f"multi_shot is true, and shot_type is missing. {choose}"
        reader.refuse("shot_type.required", "shot_type", words)


def _ignored_without_several(reader: Reader) -> None:
    for name in ("shot_type", "multi_prompt"):
        if reader.body.get(name):
            words = (
                f"{name} is ignored while multi_shot is false. Set multi_shot to true to use it."
            )
            reader.warn("field.ignored", name, words)


def _ignored_prompt(reader: Reader) -> None:
    prompt = reader.text("prompt")
    if not prompt:
        return
    words = "prompt is ignored under customize; every shot has its own in multi_prompt."
    reader.warn("field.ignored", "prompt", words)
    limit = reader.profile.prompt_limit
    over = utf16_units(prompt) - limit
    if over > 0:
        words = f"prompt is {counted(over, 'character')} over {limit}. Leave it out."
        reader.refuse("shot.prompt_too_long", "prompt", words)


def _sent_in_vain(reader: Reader) -> None:
    # The vendor's own client refuses the two together; no document does.
    words = "multi_prompt does not go with intelligence. Leave it out, or choose customize."
    tell = reader.refuse if reader.is_map else reader.warn
    tell("multi_prompt.with_intelligence", "multi_prompt", words)


def _prompt(reader: Reader) -> str:
    prompt = reader.text("prompt")
    if prompt is None and "prompt" in reader.weak:
        reader.hidden.update(_OF_PROMPTS)
        return "-"
    return prompt or ""


def _custom(reader: Reader, total: int | None) -> tuple[ShotBrief, ...]:
    listed = reader.listed("multi_prompt")
    if listed is None:
        if "multi_prompt" not in reader.weak:
            words = "shot_type is customize, and multi_prompt is missing. Add one entry per shot."
            reader.refuse("multi_prompt.required", "multi_prompt", words)
        reader.hidden.update(_OF_PROMPTS)
        return (ShotBrief("1", 1, "-", USUAL_SECONDS if total is None else total),)
    in_order = True
    shots = []
    for place, entry in enumerate(listed):
        path = f"multi_prompt[{place}]"
        shot = reader.object_at(path, entry, "shot")
        if shot is None:
            reader.hidden.update(("shots.sum", "shot.prompt_repeated", *_OF_PROMPTS))
            shots.append(ShotBrief(path, place + 1, f"- {place}", 1))
            continue
        if len(shot) != len(SHOT_FIELDS) or "index" not in shot:
            reader.unknown_fields(shot, SHOT_FIELDS, path)
        in_order = in_order and _index(reader, path, shot.get("index"), place + 1)
        prompt = _shot_prompt(reader, path, shot.get("prompt"), place)
        seconds = _shot_seconds(reader, path, shot.get("duration"))
        shots.append(ShotBrief(path, place + 1, prompt, seconds))
    return tuple(shots)


def _index(reader: Reader, path: str, value: Any, wanted: int) -> bool:
    """Whether the shot stands where it says. Only the first that does not is told."""
    if value == wanted and type(value) is int:
        return True
    path = f"{path}.index"
    if value is None:
        reader.refuse("shot.index_required", path, f"{path} is missing. Send {wanted}.")
    elif type(value) is not int:
        words = wrong_type(path, value, f"the whole number {wanted}")
        reader.refuse("shot.index_type", path, words)
    else:
        words = (
            f"{path} is out of order. Count from 1 in the order of the list; here comes {wanted}."
        )
        reader.refuse("shot.index_order", path, words)
    return False


def _shot_prompt(reader: Reader, path: str, value: Any, place: int) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    path = f"{path}.prompt"
    reader.refuse("shot.prompt_type", path, wrong_type(path, value, "a string"))
    reader.hidden.update(_OF_PROMPTS)
    return f"- {place}"


def _shot_seconds(reader: Reader, path: str, value: Any) -> int:
    path = f"{path}.duration"
    if value is None:
        words = f"{path} is missing. Send {_SENTENCE}."
        reader.refuse("shot.duration_required", path, words)
        seconds = None
    else:
        seconds = _seconds(reader, path, value, "shot.duration")
    if seconds is None:
        reader.hidden.add("shots.sum")
        return 1
    return seconds

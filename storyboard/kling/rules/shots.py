"""Rules of the shots: how many, what they say, how long they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import sources
from ..capabilities import MODELS
from ..problems import Problem
from ..profiles import Profile
from .text import check_text, counted

if TYPE_CHECKING:
    from ..brief import Brief, ShotBrief

MOST_SHOTS = 6


def prompt_limit(brief: Brief, profile: Profile) -> int:
    """How many UTF-16 units a prompt may have: less when every shot is sent on its own."""
    return profile.shot_prompt_limit if brief.shooting == "custom" else profile.prompt_limit


def check_count(brief: Brief, _profile: Profile) -> Iterator[Problem]:
    """One to six shots; exactly one where one prompt is sent."""
    count = len(brief.shots)
    if count == 0:
        yield Problem("shots.none", "shots", "There is no shot. Add one.", sources.IMAGE_TO_VIDEO)
    elif count > MOST_SHOTS:
        words = (
            f"There are {count} shots; Kling takes 1 to {MOST_SHOTS}. "
            f"Remove {counted(count - MOST_SHOTS, 'shot')}."
        )
        yield Problem("shots.too_many", "shots", words, sources.IMAGE_TO_VIDEO)
    if count > 1 and brief.shooting != "custom":
        yield _one_shot_only(brief)


def _one_shot_only(brief: Brief) -> Problem:
    ways = {"intelligent": "Let Kling cut it", "single": "Single shot"}
    words = (
        f"{ways[brief.shooting]} sends one prompt, and there are {len(brief.shots)} shots. "
        f"Nothing is dropped: choose Custom shots, or remove "
        f"{counted(len(brief.shots) - 1, 'shot')}."
    )
    return Problem("shots.one_only", "shooting", words, sources.IMAGE_TO_VIDEO)


def check_prompts(brief: Brief, profile: Profile) -> Iterator[Problem]:
    """Every prompt is written, can be sent and is within its limit; repeats are advice."""
    limit = prompt_limit(brief, profile)
    for place, shot in enumerate(brief.shots):
        yield from _check_prompt(shot, place, limit)
    yield from _repeated(brief)


def _check_prompt(shot: ShotBrief, place: int, limit: int) -> Iterator[Problem]:
    name, field = f"Shot {place + 1}", f"shots[{place}].prompt"
    if not shot.prompt.strip():
        words = f"{name} has no prompt. Write what happens in it."
        yield Problem("shot.prompt_empty", field, words, sources.IMAGE_TO_VIDEO)
        return
    yield from check_text(shot.prompt, name=name, field=field, code="shot.prompt", limit=limit)


def _repeated(brief: Brief) -> Iterator[Problem]:
    first_seen: dict[str, int] = {}
    for place, shot in enumerate(brief.shots):
        prompt = " ".join(shot.prompt.split())
        if not prompt:
            continue
        earlier = first_seen.setdefault(prompt, place)
        if earlier != place:
            words = f"Shot {place + 1} has the same prompt as shot {earlier + 1}."
            field = f"shots[{place}].prompt"
            yield Problem("shot.prompt_repeated", field, words, sources.GREENLIGHT, warning=True)


def check_seconds(brief: Brief, _profile: Profile) -> Iterator[Problem]:
    """Whole seconds of at least one, adding up to a total the model takes."""
    for place, shot in enumerate(brief.shots):
        if shot.seconds != int(shot.seconds) or shot.seconds < 1:
            words = f"Shot {place + 1} is {shot.seconds} s. Give it at least 1 whole second."
            field = f"shots[{place}].seconds"
            yield Problem("shot.seconds_too_few", field, words, sources.IMAGE_TO_VIDEO)
    yield from _check_total(brief)
    yield from _check_sum(brief)


def _check_total(brief: Brief) -> Iterator[Problem]:
    allowed = _allowed(brief)
    if not allowed or brief.total_seconds in allowed:
        return
    if brief.total_seconds > allowed[-1]:
        change = f"Make it {allowed[-1]} or less"
    elif brief.total_seconds < allowed[0]:
        change = f"Make it {allowed[0]} or more"
    else:
        change = f"Make it {' or '.join(str(seconds) for seconds in allowed)}"
    words = f"The total is {brief.total_seconds} s; {_takes(brief)}. {change}."
    yield Problem("total.out_of_range", "total_seconds", words, sources.CAPABILITY_MAP)


def _check_sum(brief: Brief) -> Iterator[Problem]:
    total, added = brief.total_seconds, brief.shots_seconds
    one_prompt = brief.shooting != "custom"
    if not brief.shots or added == total or (one_prompt and len(brief.shots) > 1):
        return
    change = f"Take {added - total} s away" if added > total else f"Add {total - added} s"
    what = "The shot is" if len(brief.shots) == 1 else "Shots add up to"
    takes = _takes(brief)
    words = f"{what} {added} s, the total is {total}. {change}, or make the total {added}"
    words += f" ({takes})." if takes else "."
    action = "make_total" if added in _allowed(brief) else ""
    yield Problem("shots.sum", "total_seconds", words, sources.IMAGE_TO_VIDEO, action=action)


def _allowed(brief: Brief) -> tuple[int, ...]:
    model = MODELS.get(brief.model)
    return model.durations(brief.mode, brief.endpoint) if model else ()


def _takes(brief: Brief) -> str:
    model = MODELS.get(brief.model)
    words = model.durations_words(brief.mode, brief.endpoint) if model else ""
    return f"{brief.model} takes {words}" if words else ""

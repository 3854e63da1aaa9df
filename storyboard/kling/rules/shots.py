"""Rules of the shots: how many, what they say, how long they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import sources
from ..capabilities.terms import seconds_words
from ..problems import Problem
from ..profiles import Profile
from .case import Case
from .text import check_text, counted

if TYPE_CHECKING:
    from ..brief import Brief, ShotBrief

MOST_SHOTS = 6
LEAST_SECONDS = 1


def prompt_limit(brief: Brief, profile: Profile) -> int:
    """How many UTF-16 units a prompt may have: less when every shot is sent on its own."""
    return profile.shot_prompt_limit if brief.shooting == "custom" else profile.prompt_limit


def check_count(case: Case) -> Iterator[Problem]:
    """One to six shots; exactly one where one prompt is sent."""
    count = len(case.brief.shots)
    if count == 0:
        yield Problem("shots.none", "shots", "There is no shot. Add one.", case.source)
    elif count > MOST_SHOTS:
        words = (
            f"There are {count} shots; Kling takes 1 to {MOST_SHOTS}. "
            f"Remove {counted(count - MOST_SHOTS, 'shot')}."
        )
        yield case.rule("shots.too_many", "shots", words, topic="multi_shot")
    if count > 1 and case.brief.shooting != "custom":
        yield _one_shot_only(case)


def _one_shot_only(case: Case) -> Problem:
    ways = {"intelligent": "Let Kling cut it", "single": "Single shot"}
    count = len(case.brief.shots)
    words = (
        f"{ways[case.brief.shooting]} sends one prompt, and there are {count} shots. "
        f"Nothing is dropped: choose Custom shots, or remove {counted(count - 1, 'shot')}."
    )
    return Problem("shots.one_only", "shooting", words, case.source)


def check_prompts(case: Case) -> Iterator[Problem]:
    """Every prompt is written, can be sent and is within its limit; repeats are advice."""
    limit = prompt_limit(case.brief, case.profile)
    topic = "multi_shot" if case.brief.shooting == "custom" else ""
    required = case.profile.prompt_required or not _may_go_without(case)
    for place, shot in enumerate(case.brief.shots):
        name, field = f"Shot {place + 1}", f"shots[{place}].prompt"
        if shot.prompt.strip():
            yield from check_text(
                case,
                shot.prompt,
                name=name,
                field=field,
                code="shot.prompt",
                limit=limit,
                topic=topic,
            )
        elif required:
            words = f"{name} has no prompt. Write what happens in it."
            yield case.rule("shot.prompt_empty", field, words, topic=topic)
    yield from _repeated(case)


def _may_go_without(case: Case) -> bool:
    """Whether a picture may say it all where the profile's documents leave the prompt open."""
    if case.endpoint != "image2video" or case.brief.shooting == "custom":
        return False
    # That Kling needs words to cut shots from is said by the official documents alone.
    return case.brief.shooting == "single" or not case.is_map


def _repeated(case: Case) -> Iterator[Problem]:
    shots = case.brief.shots
    if len(shots) < 2:
        return
    first_seen: dict[str, int] = {}
    for place, shot in enumerate(shots):
        prompt = " ".join(shot.prompt.split())
        if not prompt:
            continue
        earlier = first_seen.setdefault(prompt, place)
        if earlier != place:
            words = f"Shot {place + 1} has the same prompt as shot {earlier + 1}."
            field = f"shots[{place}].prompt"
            yield Problem("shot.prompt_repeated", field, words, sources.GREENLIGHT, warning=True)


def check_seconds(case: Case) -> Iterator[Problem]:
    """Whole seconds of at least one, adding up to a total the model takes."""
    for place, shot in enumerate(case.brief.shots):
        yield from _check_shot_seconds(case, shot, place)
    yield from _check_total(case)
    yield from _check_sum(case)


def _check_shot_seconds(case: Case, shot: ShotBrief, place: int) -> Iterator[Problem]:
    field, seconds = f"shots[{place}].seconds", shot.seconds
    topic = "multi_shot" if case.brief.shooting == "custom" else ""
    if seconds % 1 != 0 or seconds < LEAST_SECONDS:
        words = f"Shot {place + 1} is {seconds} s. Give it at least {LEAST_SECONDS} whole second."
        yield case.rule("shot.seconds_too_few", field, words, topic=topic)
    elif len(case.brief.shots) > 1 and topic and seconds > case.brief.total_seconds:
        words = (
            f"Shot {place + 1} is {seconds} s, longer than the total of "
            f"{case.brief.total_seconds} s. Shorten it."
        )
        yield case.rule("shot.seconds_too_many", field, words, topic=topic)


def _check_total(case: Case) -> Iterator[Problem]:
    total, documented = case.brief.total_seconds, case.documented_seconds
    if not documented:
        return
    if total not in documented:
        words = f"The total is {total} s; {_takes(case)}. {_change(total, case.seconds)}."
        yield Problem("total.out_of_range", "total_seconds", words, case.source)
    elif case.mapped_seconds and total not in case.mapped_seconds:
        allowed = seconds_words(case.mapped_seconds)
        words = (
            f"The total is {total} s; {case.model} takes {allowed}. "
            f"{_change(total, case.mapped_seconds)}."
        )
        yield case.caution("capability.seconds", "total_seconds", words, sources.CAPABILITY_MAP)


def _change(total: int, allowed: tuple[int, ...]) -> str:
    if total > allowed[-1]:
        return f"Make it {allowed[-1]} or less"
    if total < allowed[0]:
        return f"Make it {allowed[0]} or more"
    return f"Make it {' or '.join(str(seconds) for seconds in allowed)}"


def _check_sum(case: Case) -> Iterator[Problem]:
    brief = case.brief
    total, added = brief.total_seconds, brief.shots_seconds
    custom = brief.shooting == "custom"
    if not brief.shots or added == total or (not custom and len(brief.shots) > 1):
        return
    change = f"Take {added - total} s away" if added > total else f"Add {total - added} s"
    what = "The shot is" if len(brief.shots) == 1 else "Shots add up to"
    takes = _takes(case)
    words = f"{what} {added} s, the total is {total}. {change}, or make the total {added}"
    words += f" ({takes})." if takes else "."
    warning = custom and not case.is_map and not case.states("multi_shot")
    action = "make_total" if added in case.seconds else ""
    yield Problem("shots.sum", "total_seconds", words, case.source, warning, action)


def _takes(case: Case) -> str:
    return f"{case.model} takes {seconds_words(case.seconds)}" if case.seconds else ""

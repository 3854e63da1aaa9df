"""What the editor says of an end frame is what the rules hold against it: every pair, each term."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import get_args

import pytest

from storyboard.kling.brief import Brief, Camera, PictureRef, Reading, ShotBrief
from storyboard.kling.capabilities import can_on, modes_on
from storyboard.kling.profiles import PROFILES, Profile
from storyboard.kling.rules import Case, frames
from storyboard.models import Account
from storyboard.views.frame_rules import EndFrame, end_frame_on, frame_rules

PICTURE = PictureRef("a" * 64, 1280, 720, 1, "png")
CHANGED = replace(PROFILES["official"], end_frame_with_shots=True)
ACCOUNTS = {**PROFILES, "official since 2026-05-07": CHANGED}


def brief_of(model: str, mode: str, rules: EndFrame) -> Brief:
    """A draft with an end frame that keeps every term the rules name, and none besides."""
    seconds = rules.seconds[0] if rules.seconds else 10
    return Brief(
        shots=(ShotBrief("s", 1, "A lighthouse.", seconds),),
        shooting="single" if rules.needs_single_shot else "custom",
        total_seconds=seconds,
        model=model,
        mode=mode,
        aspect_ratio="16:9",
        sound=not rules.needs_silence,
        first_frame=PICTURE if rules.needs_first_frame else None,
        end_frame=PICTURE,
    )


def refused(brief: Brief, profile: Profile, reading: Reading = "map") -> set[str]:
    case = Case(brief, profile, reading)
    found = (*frames.check_end_frame(case), *frames.check_one_direction(case))
    return {each.code for each in found if not each.warning}


PAIRS = [
    (name, model, mode.name)
    for name, profile in ACCOUNTS.items()
    for model in profile.models
    for mode in modes_on(profile, model)
]


@pytest.mark.parametrize(("account", "model", "mode"), PAIRS)
def test_a_draft_that_keeps_the_terms_is_taken_and_each_broken_one_is_refused(
    account: str, model: str, mode: str
) -> None:
    profile = ACCOUNTS[account]
    rules = end_frame_on(profile, model, mode)
    kept = brief_of(model, mode, rules)
    if not rules.is_taken:
        with_first = replace(kept, first_frame=PICTURE)
        assert {"capability.end_frame"} <= refused(with_first, profile)
        return
    assert refused(kept, profile) == set()
    for breaks, broken in breaking(rules, kept).items():
        assert bool(refused(broken, profile)) is breaks[1], breaks[0]


def breaking(rules: EndFrame, kept: Brief) -> dict[tuple[str, bool], Brief]:
    """What breaks one term, and whether the rules then refuse the draft."""
    several = replace(kept, shooting="custom")
    alone = replace(kept, first_frame=None)
    seconds = rules.seconds
    other = next((n for n in (10, 4, 6) if seconds is not None and n not in seconds), None)
    found = {
        ("several shots", rules.needs_single_shot): several,
        ("no first frame", rules.needs_first_frame): alone,
        ("camera control", True): replace(kept, camera=Camera("down_back")),
    }
    if rules.needs_silence:
        found["sound", True] = replace(kept, sound=True)
    if other is not None:
        found["other seconds", True] = replace(kept, total_seconds=other)
    return found


@pytest.mark.parametrize(("name", "reading"), product(PROFILES, get_args(Reading)))
def test_the_sentences_name_the_pair_and_where_else_it_goes(name: str, reading: Reading) -> None:
    account = Account(profile=name, reading=reading)
    profile = account.dialect
    for model in profile.models:
        for mode in modes_on(profile, model):
            brief = brief_of(model, mode.name, end_frame_on(profile, model, mode.name))
            first, *rest = frame_rules(brief, account)
            cell = can_on(profile, model, mode.name, "end_frame", "image2video")
            assert first.startswith(f"{model} {mode.name} takes ")
            assert ("no end frame" in first) is not cell.ok
            assert any("camera control" in each for each in rest) is cell.ok
            assert not any(f"{model} {mode.name}" in each for each in rest)


def plain(model: str, mode: str) -> Brief:
    return Brief((), "single", 5, model, mode, aspect_ratio="16:9", sound=False)


def test_an_account_says_its_own_terms() -> None:
    def said(profile: str, model: str, mode: str) -> list[str]:
        return frame_rules(plain(model, mode), Account(profile=profile))

    assert said("official", "kling-v3", "std")[0] == (
        "kling-v3 std takes an end frame with a first frame and Single shot."
    )
    assert said("official", "kling-v2-6", "pro")[0] == (
        "kling-v2-6 pro takes an end frame with a first frame, Single shot and no sound."
    )
    assert said("official", "kling-v2-6", "std") == [
        "kling-v2-6 std takes no end frame.",
        "It goes with kling-v3 std, pro, 4k; kling-v2-6 pro; kling-v2-5-turbo pro.",
    ]
    assert "5 s" in said("gateway004", "kling-v1-6", "pro")[0]


def test_without_an_account_the_official_one_counts() -> None:
    brief = plain("kling-v3", "std")
    assert frame_rules(brief, None) == frame_rules(brief, Account(profile="official"))

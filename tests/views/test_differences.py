"""What changed between two briefs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.kling.brief import Brief, Camera, ShotBrief
from storyboard.views.differences import Run, difference_of, words_between
from tests.kling.builders import PICTURE, brief, element

CAMERA = Camera("simple", zoom=5.0)
TEXT = st.text(max_size=60) | st.lists(st.sampled_from(["a ", "b ", "海", "\n"])).map("".join)


def of(*keys: str) -> Brief:
    shots = tuple(ShotBrief(key, n, f"Shot {key}", 2) for n, key in enumerate(keys, start=1))
    return brief(shots=shots)


def kinds(before: Brief, after: Brief) -> dict[str, tuple[str, ...]]:
    return {shot.key: shot.kinds for shot in difference_of(before, after).shots}


def test_nothing_changed_is_said() -> None:
    found = difference_of(of("a", "b"), of("a", "b"))
    assert found.is_none
    assert [shot.key for shot in found.unchanged] == ["a", "b"]


def test_shots_are_known_by_their_keys_wherever_they_stand() -> None:
    assert kinds(of("a", "b", "c"), of("c", "a", "b")) == {"c": ("moved",)}
    assert kinds(of("a", "b", "c"), of("a", "c")) == {"b": ("removed",)}
    assert kinds(of("a", "b"), of("x", "a", "b")) == {"x": ("added",)}
    assert kinds(of("a", "b"), of("b", "x")) == {"x": ("added",), "a": ("removed",)}


def test_words_and_seconds_of_a_shot_are_told_apart() -> None:
    before = of("a", "b")
    first, second = before.shots
    after = replace(before, shots=(replace(first, seconds=4), replace(second, prompt="Shot else")))
    assert kinds(before, after) == {"a": ("timed",), "b": ("rewritten",)}
    assert difference_of(before, after).shots[1].runs == (
        Run("Shot "),
        Run("b", "removed"),
        Run("else", "added"),
    )


def test_settings_go_from_old_to_new() -> None:
    before = brief()
    after = replace(
        before, mode="std", first_frame=PICTURE, elements=(element(1), element(2)), cfg_scale=0.5
    )
    pairs = {pair.label: pair[1:] for pair in difference_of(before, after).settings}
    assert pairs["Mode"] == ("pro 1080p", "std 720p")
    assert pairs["First frame"] == ("–", "1280 × 720 px (aaaaaaaa)")
    assert pairs["Elements"] == ("–", "Keeper 1, Keeper 2")
    other = replace(after, first_frame=replace(PICTURE, sha256="b" * 64))
    assert [pair.label for pair in difference_of(after, other).settings] == ["First frame"]


@pytest.mark.parametrize("name", ["cfg_scale", "camera", "negative_prompt", "watermark", "sound"])
def test_no_setting_changes_unseen(name: str) -> None:
    values: dict[str, Any] = {"cfg_scale": 0.5, "camera": CAMERA, "negative_prompt": "fog"}
    before = brief()
    after = replace(before, **{name: values.get(name, not getattr(before, name))})
    assert not difference_of(before, after).is_none


def test_words_without_spaces_are_told_one_by_one() -> None:
    assert words_between("灯台の夜", "灯台の朝") == (
        Run("灯台の"),
        Run("夜", "removed"),
        Run("朝", "added"),
    )


def test_a_lone_space_does_not_part_a_change() -> None:
    assert words_between("one two three four five", "one 2 3 four five") == (
        Run("one "),
        Run("two three", "removed"),
        Run("2 3", "added"),
        Run(" four five"),
    )


def test_texts_with_little_in_common_stand_one_after_the_other() -> None:
    before, after = "Dusk, wide from the water.", "A gull sits on the rail, calm, at noon."
    assert words_between(before, after) == (Run(before, "removed"), Run(after, "added"))


def test_a_token_is_one_word() -> None:
    assert words_between("<<<element_1>>> waits", "<<<element_2>>> waits")[:2] == (
        Run("<<<element_1>>>", "removed"),
        Run("<<<element_2>>>", "added"),
    )


@given(TEXT, TEXT)
def test_both_texts_can_be_read_from_the_words(before: str, after: str) -> None:
    runs = words_between(before, after)
    assert "".join(run.words for run in runs if run.kind != "added") == before
    assert "".join(run.words for run in runs if run.kind != "removed") == after


def test_texts_nobody_would_read_word_by_word_are_told_whole() -> None:
    runs = words_between("a " * 2500, "b " * 2500)
    assert runs == (Run("a " * 2500, "removed"), Run("b " * 2500, "added"))


def test_texts_that_would_take_minutes_to_compare_are_told_as_a_whole() -> None:
    before, after = ".,;" * 333, ".;," * 333
    assert words_between(before, after) == (Run(before, "removed"), Run(after, "added"))

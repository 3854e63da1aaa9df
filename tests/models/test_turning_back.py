"""Turning changes of a draft back where they still stand, on plain values."""

from __future__ import annotations

from typing import Any

import pytest

from storyboard.models.draft_state import Changes, State, difference
from storyboard.models.turning_back import turn_back

E, F, G = ("E" * 22, "F" * 22, "G" * 22)


def draft(order: str = "ABC", elements: tuple[str, ...] = (), **more: Any) -> State:
    """Shots named by a letter, each a prompt of its own; `A_prompt="…"` writes another."""
    shots = {
        f"shot.{key}": {
            "prompt": more.get(f"{key}_prompt", key.lower()),
            "seconds": more.get(f"{key}_seconds", 1),
            "picture": more.get(f"{key}_picture"),
        }
        for key in order
    }
    return {
        "settings.mode": more.get("mode", "std"),
        "first_frame": more.get("first_frame"),
        "end_frame": None,
        "elements": list(elements),
        "voices": [],
        "order": list(order),
        **shots,
    }


STEPS: list[tuple[State, State]] = [
    (draft(), draft(mode="pro")),
    (draft(), draft(first_frame=7)),
    (draft(), draft(A_prompt="x", B_seconds=3, C_picture=7)),
    (draft("ABC"), draft("BC")),
    (draft("ABC"), draft("AC")),
    (draft("ABC"), draft("A")),
    (draft("A"), draft("BAC")),
    (draft("ABC"), draft("CBA")),
    (draft("ABC"), draft("DCA", mode="pro")),
    (draft(elements=(E, F)), draft(elements=(F,))),
    (draft(elements=(E, F)), draft(elements=(G, F, E))),
]


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_what_stands_as_it_was_left_is_turned_back_exactly(before: State, after: State) -> None:
    for old, new in ((before, after), (after, before)):
        changes = difference(old, new)
        turned = turn_back(new, changes)
        assert (turned.state, turned.left) == (old, [])
        assert turned.done == changes


@pytest.mark.parametrize(
    ("now", "changes", "left"),
    [
        (draft(mode="4k"), {"settings.mode": ["std", "pro"]}, "settings.mode"),
        (draft(first_frame=8), {"first_frame": [None, 7]}, "first_frame"),
        (draft(A_prompt="y"), {"shot.A.prompt": ["a", "x"]}, "shot.A.prompt"),
        (draft("BC"), {"shot.A.prompt": ["a", "x"]}, "shot.A.prompt"),
        (
            draft("ABCD", D_prompt="hers"),
            {"shot.D": [None, {"prompt": "d", "seconds": 1, "picture": None}]},
            "shot.D",
        ),
        (draft("BAC"), {"order": [["A", "B", "C"], ["C", "A", "B"]]}, "order"),
        (
            draft(elements=(E,), A_prompt=f"<<<element_{E}>>>"),
            {"elements": [[], [E]]},
            "elements",
        ),
    ],
)
def test_what_was_changed_since_stays(now: State, changes: Changes, left: str) -> None:
    turned = turn_back(now, changes)
    assert (turned.state, turned.done, turned.left) == (now, {}, [left])


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        (draft(first_frame=None), {"first_frame": [7, None]}),
        (draft(), {"shot.A.picture": [7, None]}),
        (draft(), {"elements": [[E], []]}),
        (draft(A_prompt="x"), {"shot.A.prompt": [f"with <<<element_{E}>>>", "x"]}),
    ],
)
def test_what_the_team_no_longer_has_does_not_return(now: State, changes: Changes) -> None:
    turned = turn_back(now, changes, gone={7, E})
    assert (turned.state, turned.left) == (now, list(changes))
    assert turn_back(now, changes, gone={8, F}).left == []


def test_a_shot_returns_without_the_picture_that_is_gone() -> None:
    changes = difference(draft("AB", B_picture=7), draft("A"))
    assert turn_back(draft("A"), changes, gone={7}).state == draft("AB")


def test_a_shot_returns_after_the_one_it_followed() -> None:
    changes = difference(draft("ABC"), draft("AC"))
    for now, then in (("CA", "CAB"), ("DAC", "DABC"), ("C", "BC"), ("D", "BD")):
        assert turn_back(draft(now), changes).state["order"] == list(then)


def test_a_move_is_turned_back_around_what_came() -> None:
    changes = difference(draft("ABC"), draft("CAB"))
    for now, then in (("CDAB", "ADBC"), ("CABD", "ABCD"), ("CB", "BC")):
        assert turn_back(draft(now), changes).state["order"] == list(then)


def test_elements_that_others_attached_stay() -> None:
    changes: Changes = {"elements": [[E, F], [F]]}
    assert turn_back(draft(elements=(F, G)), changes).state["elements"] == [E, F, G]
    changes = {"elements": [[], [E]]}
    assert turn_back(draft(elements=(E, F)), changes).state["elements"] == [F]

"""Tokens follow what they name when the list of elements or voices changes."""

from __future__ import annotations

import pytest

from storyboard.models import Element, NotAllowedNow, Storyboard, Team, User
from storyboard.models.tokens import by_key, by_position, renumber, without
from storyboard.models.uses import MOST_USES
from tests import builders

A, B, C = ("A" * 22, "B" * 22, "C" * 22)


@pytest.fixture
def cast(storyboard: Storyboard, team: Team, alice: User) -> list[Element]:
    """Three elements, attached, and each named by a prompt."""
    names = ("Aldous", "Boat", "Cliff")
    found = [
        builders.know_element(name, kling_id=str(place), team=team, by=alice)
        for place, name in enumerate(names)
    ]
    for element in found:
        storyboard.attach_element(element, by=alice)
    first, second = storyboard.shots.all()
    first.rewrite({"prompt": "<<<element_1>>> sees <<<element_2>>> by <<<voice_1>>>"}, by=alice)
    second.rewrite({"prompt": "<<<element_3>>>, <<<element_3>>> and <<<element_7>>>"}, by=alice)
    return found


def prompts(board: Storyboard) -> list[str]:
    return list(board.shots.values_list("prompt", flat=True))


def test_only_the_named_kind_is_renumbered_and_all_at_once() -> None:
    prompt = "<<<element_1>>> <<<element_2>>> <<<voice_1>>> <<<element_9>>> <<<element_01>>>"
    assert renumber(prompt, "element", {1: 2, 2: 1}) == (
        "<<<element_2>>> <<<element_1>>> <<<voice_1>>> <<<element_9>>> <<<element_01>>>"
    )


def test_a_number_that_is_taken_off_goes_beyond_the_list() -> None:
    assert without(2, 4) == {2: 92, 3: 2, 4: 3}


def test_keys_and_positions_are_two_ways_to_write_the_same() -> None:
    lists = {"element": [A, B], "voice": [C]}
    prompt = "<<<element_2>>> says <<<voice_1>>>, <<<element_3>>>"
    named = by_key(prompt, lists)
    assert named == f"<<<element_{B}>>> says <<<voice_{C}>>>, <<<element_3>>>"
    assert by_position(named, lists) == prompt
    assert by_position(named, {"element": [B], "voice": []}) == (
        "<<<element_1>>> says <<<voice_90>>>, <<<element_3>>>"
    )


def test_taking_an_element_off_lets_the_tokens_follow(
    storyboard: Storyboard, cast: list[Element], alice: User
) -> None:
    storyboard.detach_element(cast[1], by=alice)
    assert prompts(storyboard) == [
        "<<<element_1>>> sees <<<element_92>>> by <<<voice_1>>>",
        "<<<element_2>>>, <<<element_2>>> and <<<element_7>>>",
    ]
    board = Storyboard.objects.get(pk=storyboard.pk)
    problems = [each.field for each in board.brief().problems() if each.code.startswith("token.")]
    assert "shots[0].prompt" in problems


def test_another_element_does_not_take_on_the_tokens_of_the_one_taken_off(
    storyboard: Storyboard, cast: list[Element], team: Team, alice: User
) -> None:
    storyboard.detach_element(cast[2], by=alice)
    storyboard.attach_element(
        builders.know_element("D", kling_id="9", team=team, by=alice), by=alice
    )
    assert prompts(storyboard)[1] == "<<<element_93>>>, <<<element_93>>> and <<<element_7>>>"


def test_all_are_taken_off_in_one_step_and_their_tokens_stay_apart(
    storyboard: Storyboard, cast: list[Element], alice: User
) -> None:
    before = prompts(storyboard)
    storyboard.detach_elements(by=alice)
    assert prompts(storyboard) == [
        "<<<element_91>>> sees <<<element_92>>> by <<<voice_1>>>",
        "<<<element_93>>>, <<<element_93>>> and <<<element_7>>>",
    ]
    storyboard.undo(by=alice)
    assert prompts(storyboard) == before


def test_undo_puts_the_element_and_its_tokens_back(
    storyboard: Storyboard, cast: list[Element], alice: User
) -> None:
    before = (prompts(storyboard), Storyboard.objects.get(pk=storyboard.pk).brief())
    storyboard.detach_element(cast[0], by=alice)
    assert storyboard.undo(by=alice).words == ("Undone: the prompt of shot 1 and the elements.")
    assert (prompts(storyboard), Storyboard.objects.get(pk=storyboard.pk).brief()) == before


def test_undo_of_a_prompt_means_the_same_after_somebody_changed_the_list(
    storyboard: Storyboard, cast: list[Element], alice: User, carol: User
) -> None:
    first = storyboard.shots.get(position=1)
    first.rewrite({"prompt": "<<<element_3>>> alone"}, by=carol)
    storyboard.detach_element(cast[0], by=alice)
    assert prompts(storyboard)[0] == "<<<element_2>>> alone"
    assert storyboard.undo(by=carol).left == ""
    assert prompts(storyboard)[0] == "<<<element_90>>> sees <<<element_1>>> by <<<voice_1>>>"


def test_an_element_that_somebody_names_by_now_stays_at_undo(
    storyboard: Storyboard, cast: list[Element], team: Team, alice: User, carol: User
) -> None:
    extra = builders.know_element("Dog", kling_id="9", team=team, by=alice)
    storyboard.attach_element(extra, by=alice)
    storyboard.shots.get(position=2).rewrite({"prompt": "<<<element_4>>> barks"}, by=carol)
    undone = storyboard.undo(by=alice)
    assert (undone.done, "the elements" in undone.left) == ("", True)
    assert storyboard.element_uses.count() == 4


def test_voices_follow_too(storyboard: Storyboard, team: Team, alice: User) -> None:
    voices = [
        builders.know_voice(name, kling_id=name, team=team, by=alice) for name in ("Low", "High")
    ]
    for voice in voices:
        storyboard.attach_voice(voice, by=alice)
    shot = storyboard.shots.get(position=1)
    shot.rewrite({"prompt": "<<<voice_2>>>: hush. <<<element_2>>>"}, by=alice)
    storyboard.detach_voice(voices[0], by=alice)
    assert prompts(storyboard)[0] == "<<<voice_1>>>: hush. <<<element_2>>>"


def test_a_draft_keeps_a_bounded_list(storyboard: Storyboard, team: Team, alice: User) -> None:
    for number in range(MOST_USES):
        element = builders.know_element(f"E{number}", kling_id=str(number), team=team, by=alice)
        storyboard.attach_element(element, by=alice)
    with pytest.raises(NotAllowedNow, match="20 of a kind"):
        storyboard.attach_element(
            builders.know_element("More", kling_id="more", team=team, by=alice), by=alice
        )
    assert storyboard.element_uses.count() == MOST_USES


def test_a_shot_continues_with_who_the_previous_one_names(
    storyboard: Storyboard, cast: list[Element], alice: User
) -> None:
    second = storyboard.shots.get(position=2)
    second.rewrite({"prompt": "He sees <<<element_2>>>."}, by=alice)
    second.continue_from_previous(by=alice)
    assert second.prompt == (
        "Continues from the previous shot with <<<element_1>>> and <<<voice_1>>>. "
        "He sees <<<element_2>>>."
    )
    with pytest.raises(NotAllowedNow, match="already"):
        second.continue_from_previous(by=alice)
    storyboard.shots.get(position=1).rewrite({"prompt": "<<<element_3>>>"}, by=alice)
    second.continue_from_previous(by=alice)
    assert second.prompt.startswith(
        "Continues from the previous shot with <<<element_1>>>, <<<voice_1>>> and <<<element_3>>>. "
    )
    assert second.prompt.count("Continues") == 1


def test_a_shot_continues_without_a_cast(storyboard: Storyboard, alice: User) -> None:
    second = storyboard.shots.get(position=2)
    second.rewrite({"prompt": ""}, by=alice)
    second.continue_from_previous(by=alice)
    assert second.prompt == "Continues from the previous shot."


def test_the_first_shot_continues_nothing(storyboard: Storyboard, alice: User) -> None:
    with pytest.raises(NotAllowedNow, match="none before it"):
        storyboard.shots.get(position=1).continue_from_previous(by=alice)


def test_a_lead_that_no_longer_fits_is_refused(storyboard: Storyboard, alice: User) -> None:
    second = storyboard.shots.get(position=2)
    second.rewrite({"prompt": "x" * 5000}, by=alice)
    with pytest.raises(NotAllowedNow, match="5,000"):
        second.continue_from_previous(by=alice)
    assert len(storyboard.shots.get(position=2).prompt) == 5000

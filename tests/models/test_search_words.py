"""What a line of history is found by."""

from __future__ import annotations

import pytest

from storyboard.models import Activity, Note, Storyboard, Take, User
from storyboard.models.search_words import MOST_CHARACTERS, MOST_PHRASES, fold, phrases, words_of


@pytest.mark.parametrize(
    ("text", "folded"),
    [("  Mara\n LINDQVIST ", "mara lindqvist"), ("Straße", "strasse"), ("Ｔａｋｅ ３", "take 3")],
)
def test_case_form_and_spaces_do_not_matter(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_number_belongs_to_the_word_before_it() -> None:
    assert phrases("Mara take 3") == ["mara", "take 3"]
    assert phrases("3 takes") == ["3", "takes"]
    assert phrases("   ") == []


def test_no_more_phrases_are_asked_for_than_make_sense() -> None:
    assert len(phrases(" ".join("abcdefghijklmnop"))) == MOST_PHRASES


def test_the_words_of_a_note_and_its_writer_are_found(take: Take, bob: User) -> None:
    Note.add(take, "Closer on the HANDS.", at_ms=0, by=bob)
    words = Activity.objects.latest("pk").search_words
    assert "bob okafor" in words
    assert "closer on the hands." in words
    assert "the lamp, night one" in words


def test_a_save_is_found_by_what_it_wrote_not_by_what_it_replaced(
    storyboard: Storyboard, alice: User
) -> None:
    shot = storyboard.shots.get(position=1)
    shot.rewrite({"prompt": "A gull over black water"}, by=alice)
    words = Activity.objects.latest("pk").search_words
    assert "gull over black water" in words
    assert "dusk" not in words


def test_a_long_prompt_is_cut() -> None:
    data = {"values": {"prompt": ["", "x" * 5000]}}
    assert len(words_of("Ada", "changed", data)) == MOST_CHARACTERS


@pytest.mark.parametrize("values", [None, [], {"prompt": "x"}, {"prompt": ["one"]}])
def test_data_of_another_shape_is_no_obstacle(values: object) -> None:
    assert words_of("Ada", "changed", {"values": values}) == "ada changed"

"""What the editor's posts may bring, and what each form makes of it."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from storyboard.forms.shots import MoveForm, ShotForm
from storyboard.forms.storyboards import AttachForm, NameForm, SendForm, SettingsForm
from storyboard.models import Team, User, digest
from tests import builders


def post(**fields: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(fields)
    return data


def test_only_the_fields_of_the_post_change() -> None:
    assert ShotForm(post(prompt="A boat.")).changes() == {"prompt": "A boat."}
    assert ShotForm(post(seconds="4")).changes() == {"seconds": 4}
    assert ShotForm(post()).changes() == {}


def test_line_ends_are_stored_as_one_character_and_spaces_are_kept() -> None:
    assert ShotForm(post(prompt=" a\r\nb\r ")).changes() == {"prompt": " a\nb\n "}


def test_a_draft_stores_what_kling_would_refuse() -> None:
    form = ShotForm(post(prompt="x" * 5000, seconds="99"))
    assert form.changes() == {"prompt": "x" * 5000, "seconds": 99}
    assert ShotForm(post(prompt="", seconds="0")).changes() == {"prompt": "", "seconds": 0}


def test_more_than_five_thousand_characters_are_not_stored_and_say_how_many() -> None:
    form = ShotForm(post(prompt="x" * 5001, seconds="3"))
    assert form.changes() == {"seconds": 3}
    assert "5,001" in form.complaints()["prompt"][0]
    assert form.typed()["prompt"] == "x" * 5001


@pytest.mark.parametrize("seconds", ["", "two", "2.5", "-1", "100"])
def test_seconds_that_are_no_whole_number_up_to_99_are_not_stored(seconds: str) -> None:
    form = ShotForm(post(seconds=seconds))
    assert form.changes() == {}
    assert "whole number from 0 to 99" in form.complaints()["seconds"][0]


def test_each_field_says_what_it_started_from() -> None:
    form = ShotForm(post(prompt="new", was_prompt=digest("old"), seconds="2"))
    assert form.was() == {"prompt": digest("old")}


def test_keeping_mine_starts_from_what_was_seen() -> None:
    seen = {"was_prompt": digest("old"), "now_prompt": digest("theirs"), "keep": "prompt"}
    assert ShotForm(post(prompt="mine", **seen)).was() == {"prompt": digest("theirs")}


def test_taking_theirs_gives_the_field_up() -> None:
    form = ShotForm(post(prompt="mine", seconds="3", take="prompt"))
    assert form.changes() == {"seconds": 3}


@pytest.mark.parametrize(("sent", "stored"), [("on", True), ("true", True), ("", False)])
def test_a_box_is_ticked_or_not(sent: str, stored: bool) -> None:
    assert SettingsForm(post(sound=sent)).changes() == {"sound": stored}


def test_an_unticked_box_is_known_by_what_it_started_from() -> None:
    assert SettingsForm(post(was_sound=digest(True))).changes() == {"sound": False}
    assert SettingsForm(post(mode="pro")).changes() == {"mode": "pro"}


def test_a_value_outside_the_list_is_not_stored() -> None:
    form = SettingsForm(post(model="kling-v9", mode="4k"))
    assert form.changes() == {"mode": "4k"}
    assert "kling-v9" in form.complaints()["model"][0]


def test_a_mode_the_model_lacks_can_be_stored() -> None:
    changes = SettingsForm(post(model="kling-v2-6", mode="4k")).changes()
    assert changes == {"model": "kling-v2-6", "mode": "4k"}


@pytest.mark.parametrize(
    ("asked", "position"),
    [({"where": "earlier"}, 2), ({"where": "later"}, 4), ({"to": "1"}, 1), ({"to": "6"}, 6)],
)
def test_a_shot_moves_one_place_or_to_a_position(asked: dict[str, str], position: int) -> None:
    form = MoveForm(post(**asked))
    assert form.is_valid()
    assert form.position(3) == position


@pytest.mark.parametrize(
    "asked", [{}, {"where": "up"}, {"to": "0"}, {"to": "7"}, {"to": "first"}, {"to": ""}]
)
def test_a_shot_moves_nowhere_else(asked: dict[str, str]) -> None:
    form = MoveForm(post(**asked))
    assert not form.is_valid()
    assert "Nothing moved." in str(form.errors)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_a_name_is_one_to_eighty_characters(name: str) -> None:
    assert not NameForm(post(name=name)).is_valid()
    assert NameForm(post(name="x" * 80)).is_valid()


@pytest.mark.parametrize(("sent", "takes"), [("", 1), ("1", 1), ("4", 4)])
def test_takes_are_one_when_nothing_is_said(sent: str, takes: int) -> None:
    form = SendForm(post(takes=sent))
    assert form.is_valid()
    assert form.most_takes() == takes


@pytest.mark.parametrize("takes", ["0", "5", "many"])
def test_takes_are_one_to_four(takes: str) -> None:
    assert not SendForm(post(takes=takes)).is_valid()


def test_only_entries_of_the_own_library_can_be_attached(
    team: Team, other_team: Team, alice: User, charlie: User
) -> None:
    mine = builders.know_element("Keeper", kling_id="1", team=team, by=alice)
    theirs = builders.know_element("Gull", kling_id="2", team=other_team, by=charlie)
    own = AttachForm(post(kind="element", key=mine.key, on="1"), team=team)
    assert own.is_valid()
    assert own.cleaned_data["entry"] == mine
    assert not AttachForm(post(kind="element", key=theirs.key, on="1"), team=team).is_valid()
    assert not AttachForm(post(kind="voice", key=mine.key, on="1"), team=team).is_valid()
    assert not AttachForm(post(kind="element", key=mine.key, on="2"), team=team).is_valid()

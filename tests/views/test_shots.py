"""Writing, adding, moving and removing shots through the browser's own requests."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.models import Activity, Project, Shot, Storyboard, User, digest
from tests import builders

SignedIn = Callable[[User], Client]
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def shot(storyboard: Storyboard) -> Shot:
    return storyboard.shots.get(position=1)


@pytest.fixture
def full(project: Project, alice: User) -> Storyboard:
    """Six shots, fifteen seconds."""
    seconds = (3, 2, 3, 2, 3, 2)
    shots = [(f"Shot number {n}.", each) for n, each in enumerate(seconds, start=1)]
    return builders.make_storyboard(project, by=alice, name="Six", shots=shots)


def rewrite(shot: Shot) -> str:
    return reverse("rewrite_shot", args=[shot.key])


def prompts(board: Storyboard) -> list[str]:
    return list(board.shots.values_list("prompt", flat=True))


def test_a_shot_is_rewritten_and_the_page_comes_back_at_it(
    signed_in: SignedIn, shot: Shot, carol: User
) -> None:
    response = signed_in(carol).post(rewrite(shot), {"prompt": "A boat.", "seconds": "4"})
    assert response.status_code == 302
    page = reverse("storyboard", args=[shot.storyboard.key])
    assert response["Location"] == f"{page}#shot-{shot.key}"
    shot.refresh_from_db()
    assert (shot.prompt, shot.seconds, shot.changed_by) == ("A boat.", 4, carol)
    assert Activity.objects.filter(verb="shot.rewritten", actor=carol).count() == 1


def test_a_script_gets_the_parts_around_the_fields(
    signed_in: SignedIn, shot: Shot, alice: User
) -> None:
    response = signed_in(alice).post(rewrite(shot), {"seconds": "4"}, headers=SCRIPT)
    assert response.status_code == 200
    drawn = response.content.decode()
    for part in ("was", "errors", "tc"):
        assert f'id="shot-{shot.key}-{part}"' in drawn
    for part in ("timeline", "gate-line", "gate-head", "gate-rules", "gate-price", "gate-send"):
        assert f'id="{part}"' in drawn
    assert f'id="shot-{shot.key}-prompt"' not in drawn  # never the field itself
    assert f'name="was_seconds" value="{digest(4)}"' in drawn
    assert "Shots add up to 6 s, the total is 5." in drawn
    assert "<html" not in drawn


def test_a_prompt_that_kling_would_refuse_is_stored_with_words_beside_it(
    signed_in: SignedIn, shot: Shot, alice: User
) -> None:
    client = signed_in(alice)
    response = client.post(rewrite(shot), {"prompt": "x" * 513}, headers=SCRIPT)
    assert response.status_code == 200
    shot.refresh_from_db()
    assert shot.prompt == "x" * 513
    page = client.get(reverse("storyboard", args=[shot.storyboard.key])).content.decode()
    errors = page.partition(f'id="shot-{shot.key}-errors"')[2].partition("</div>")[0]
    assert "Shot 1 is 1 character over 512. Shorten it." in errors
    assert "1 over 512" in page


def test_zero_seconds_are_stored_with_words_beside_them(
    signed_in: SignedIn, shot: Shot, alice: User
) -> None:
    response = signed_in(alice).post(rewrite(shot), {"seconds": "0"}, headers=SCRIPT)
    assert "Shot 1 is 0 s. Give it at least 1 whole second." in response.content.decode()
    shot.refresh_from_db()
    assert shot.seconds == 0


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("prompt", "x" * 5001, "5,001 characters"), ("seconds", "soon", "whole number from 0 to 99")],
)
def test_what_cannot_be_stored_comes_back_as_typed(
    signed_in: SignedIn, shot: Shot, alice: User, name: str, value: str, words: str
) -> None:
    before = (shot.prompt, shot.seconds)
    client = signed_in(alice)
    response = client.post(rewrite(shot), {name: value})
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert f'value="{value}"' in page or f"\n{value}</textarea>" in page
    shot.refresh_from_db()
    assert (shot.prompt, shot.seconds) == before
    parts = client.post(rewrite(shot), {name: value}, headers=SCRIPT)
    assert parts.status_code == 422
    assert words in parts.content.decode()
    assert "data-refused" in parts.content.decode()


def test_the_good_field_of_a_bad_post_is_stored(
    signed_in: SignedIn, shot: Shot, alice: User
) -> None:
    response = signed_in(alice).post(rewrite(shot), {"prompt": "Kept.", "seconds": "soon"})
    assert response.status_code == 422
    shot.refresh_from_db()
    assert shot.prompt == "Kept."


def conflict(shot: Shot, alice: User) -> dict[str, str]:
    """Carol's post, written on words that Alice has changed meanwhile."""
    started = digest(shot.prompt)
    Shot.objects.get(pk=shot.pk).rewrite({"prompt": "Alice's words."}, by=alice)
    return {"prompt": "Carol's words.", "was_prompt": started, "seconds": "4"}


@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_a_field_somebody_else_changed_shows_both_texts(
    signed_in: SignedIn, shot: Shot, alice: User, carol: User, headers: dict[str, str]
) -> None:
    data = conflict(shot, alice)
    response = signed_in(carol).post(rewrite(shot), data, headers=headers)
    assert response.status_code == 409
    drawn = response.content.decode()
    assert "Alice Moreau changed this at" in drawn
    assert "Alice&#x27;s words." in drawn
    now = digest("Alice's words.")
    assert f'name="now_prompt" value="{now}"' in drawn
    if not headers:
        assert "\nCarol&#x27;s words.</textarea>" in drawn
    shot.refresh_from_db()
    assert (shot.prompt, shot.seconds) == ("Alice's words.", 4)  # the other field is stored


def test_keeping_mine_writes_over_what_was_seen(
    signed_in: SignedIn, shot: Shot, alice: User, carol: User
) -> None:
    data = conflict(shot, alice) | {"keep": "prompt", "now_prompt": digest("Alice's words.")}
    assert signed_in(carol).post(rewrite(shot), data).status_code == 302
    shot.refresh_from_db()
    assert shot.prompt == "Carol's words."


def test_keeping_mine_does_not_write_over_what_was_not_seen(
    signed_in: SignedIn, shot: Shot, alice: User, carol: User
) -> None:
    data = conflict(shot, alice) | {"keep": "prompt", "now_prompt": digest("Something older.")}
    assert signed_in(carol).post(rewrite(shot), data).status_code == 409
    shot.refresh_from_db()
    assert shot.prompt == "Alice's words."


def test_taking_theirs_answers_with_the_whole_card(
    signed_in: SignedIn, shot: Shot, alice: User, carol: User
) -> None:
    data = conflict(shot, alice) | {"take": "prompt"}
    response = signed_in(carol).post(rewrite(shot), data, headers=SCRIPT)
    assert response.status_code == 200
    assert "\nAlice&#x27;s words.</textarea>" in response.content.decode()


def test_the_same_words_typed_twice_are_no_conflict(
    signed_in: SignedIn, shot: Shot, alice: User, carol: User
) -> None:
    data = conflict(shot, alice) | {"prompt": "Alice's words."}
    assert signed_in(carol).post(rewrite(shot), data).status_code == 302


def test_add_shot_puts_an_empty_one_at_the_end(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    response = signed_in(alice).post(reverse("add_shot", args=[storyboard.key]))
    added = storyboard.shots.get(position=3)
    page = reverse("storyboard", args=[storyboard.key])
    assert response["Location"] == f"{page}#shot-{added.key}"
    assert (added.prompt, added.seconds) == ("", 1)


def test_the_focus_goes_to_the_new_shot(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    address = reverse("add_shot", args=[storyboard.key])
    response = signed_in(alice).post(address, headers=SCRIPT)
    drawn = response.content.decode()
    added = storyboard.shots.get(position=3)
    field = drawn.partition(f'<textarea id="shot-{added.key}-prompt"')[2].partition(">")[0]
    assert field.endswith("autofocus")
    assert drawn.count("autofocus") == 1
    for part in ("board", "timeline", "gate-head", "shot-count"):
        assert f'id="{part}"' in drawn


@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_a_seventh_shot_is_refused_beside_the_button(
    signed_in: SignedIn, full: Storyboard, alice: User, headers: dict[str, str]
) -> None:
    address = reverse("add_shot", args=[full.key])
    response = signed_in(alice).post(address, headers=headers)
    assert response.status_code == 422
    drawn = response.content.decode()
    why = drawn.partition('id="add-why"')[2].partition("</span>")[0]
    assert "six shots at most" in why
    assert full.shots.count() == 6


def test_at_six_add_shot_keeps_its_name_and_says_why(
    signed_in: SignedIn, full: Storyboard, alice: User
) -> None:
    page = signed_in(alice).get(reverse("storyboard", args=[full.key])).content.decode()
    assert page.count("Add shot") == 1
    button = page.partition('aria-describedby="add-why"')
    assert 'aria-disabled="true"' in button[0][-80:]


def test_a_shot_moves_and_the_focus_stays_on_the_button(
    signed_in: SignedIn, full: Storyboard, alice: User
) -> None:
    shot = full.shots.get(position=2)
    address = reverse("move_shot", args=[shot.key])
    client = signed_in(alice)
    assert client.post(address, {"where": "later"}).status_code == 302
    assert prompts(full)[1:3] == ["Shot number 3.", "Shot number 2."]
    response = client.post(address, {"where": "earlier"}, headers=SCRIPT)
    assert prompts(full)[1:3] == ["Shot number 2.", "Shot number 3."]
    assert f'id="shot-{shot.key}-earlier"' in response.content.decode()
    assert "autofocus" not in response.content.decode()


def test_the_first_shot_stays_first(signed_in: SignedIn, full: Storyboard, alice: User) -> None:
    shot = full.shots.get(position=1)
    address = reverse("move_shot", args=[shot.key])
    assert signed_in(alice).post(address, {"where": "earlier"}).status_code == 302
    assert prompts(full)[0] == "Shot number 1."


def test_a_move_to_nowhere_is_said_on_the_card(
    signed_in: SignedIn, full: Storyboard, alice: User
) -> None:
    shot = full.shots.get(position=2)
    response = signed_in(alice).post(reverse("move_shot", args=[shot.key]), {"where": "up"})
    assert response.status_code == 422
    assert "Nothing moved." in response.content.decode()


def test_words_typed_before_a_move_are_stored(
    signed_in: SignedIn, full: Storyboard, alice: User
) -> None:
    shot = full.shots.get(position=2)
    typed = {"where": "earlier", "prompt": "Typed just now.", "was_prompt": digest(shot.prompt)}
    signed_in(alice).post(reverse("move_shot", args=[shot.key]), typed)
    assert prompts(full)[:2] == ["Typed just now.", "Shot number 1."]


def test_a_removed_shot_closes_up_and_its_words_stay_in_the_history(
    signed_in: SignedIn, full: Storyboard, alice: User
) -> None:
    shot = full.shots.get(position=6)
    address = reverse("remove_shot", args=[shot.key])
    response = signed_in(alice).post(address, {"prompt": "Typed just now."}, headers=SCRIPT)
    assert response.status_code == 200
    assert [each.position for each in full.shots.all()] == [1, 2, 3, 4, 5]
    near = full.shots.get(position=5)
    drawn = response.content.decode()
    card = drawn.partition(f'<section class="shot" id="shot-{near.key}"')[2].partition(">")[0]
    assert card.endswith("autofocus")
    assert Activity.objects.get(verb="shot.removed").data["prompt"] == "Typed just now."


def test_the_last_shot_cannot_be_removed(
    signed_in: SignedIn, project: Project, alice: User
) -> None:
    board = Storyboard.start("One", project=project, by=alice)
    shot = board.shots.get()
    response = signed_in(alice).post(reverse("remove_shot", args=[shot.key]))
    assert response.status_code == 422
    assert "at least one shot" in response.content.decode()
    assert board.shots.count() == 1


def test_a_shot_moves_to_a_position(signed_in: SignedIn, full: Storyboard, alice: User) -> None:
    shot = full.shots.get(position=5)
    address = reverse("move_shot", args=[shot.key])
    assert signed_in(alice).post(address, {"to": "2"}).status_code == 302
    moved = [prompts(full)[place] for place in (1, 2, 4)]
    assert moved == ["Shot number 5.", "Shot number 2.", "Shot number 4."]


def test_the_menu_moves_a_shot_before_each_other_one(
    signed_in: SignedIn, full: Storyboard, alice: User
) -> None:
    client = signed_in(alice)
    page = client.get(reverse("storyboard", args=[full.key])).content.decode()
    shot = full.shots.get(position=3)
    menu = page.partition(f'id="shot-{shot.key}-places"')[2].partition("</div>")[0]
    asked = re.findall(r'name="to" value="(\d)"[^>]* aria-label="([^"]+)"', menu)
    assert {words: int(to) for to, words in asked} == {
        "Move before shot 1": 1,
        "Move before shot 2": 2,
        "Move before shot 5": 4,
        "Move before shot 6": 5,
        "Move to the end": 6,
    }


def test_a_copy_stands_right_after_with_the_words_typed_just_now(
    signed_in: SignedIn, storyboard: Storyboard, shot: Shot, alice: User
) -> None:
    address = reverse("duplicate_shot", args=[shot.key])
    client = signed_in(alice)
    response = client.post(address, {"prompt": "Typed just now."}, headers=SCRIPT)
    assert response.status_code == 200
    assert prompts(storyboard)[:2] == ["Typed just now.", "Typed just now."]
    copy = storyboard.shots.get(position=2)
    field = response.content.decode().partition(f'id="shot-{copy.key}-prompt"')[2]
    assert field.partition(">")[0].endswith("autofocus")
    assert client.post(address)["Location"].endswith(
        f"#shot-{storyboard.shots.get(position=2).key}"
    )


def test_a_seventh_shot_is_no_copy_either(
    signed_in: SignedIn, full: Storyboard, alice: User
) -> None:
    shot = full.shots.get(position=2)
    response = signed_in(alice).post(reverse("duplicate_shot", args=[shot.key]))
    assert response.status_code == 422
    why = response.content.decode().partition('id="add-why"')[2].partition("</span>")[0]
    assert "six shots at most" in why
    assert full.shots.count() == 6


def test_a_copy_of_words_that_cannot_be_stored_is_not_made(
    signed_in: SignedIn, storyboard: Storyboard, shot: Shot, alice: User
) -> None:
    address = reverse("duplicate_shot", args=[shot.key])
    response = signed_in(alice).post(address, {"prompt": "x" * 5001})
    assert response.status_code == 422
    assert "\n" + "x" * 5001 in response.content.decode()
    assert storyboard.shots.count() == 2


def test_a_removal_is_said_with_the_way_back(
    signed_in: SignedIn, full: Storyboard, alice: User
) -> None:
    shot = full.shots.get(position=3)
    client = signed_in(alice)
    response = client.post(reverse("remove_shot", args=[shot.key]), headers=SCRIPT)
    toast = response.content.decode().partition('data-into="toasts"')[2]
    assert "Shot 3 removed" in toast
    undo = reverse("undo", args=[full.key])
    assert f'action="{undo}" data-parts' in toast
    back = client.post(undo, headers=SCRIPT).content.decode()
    assert full.shots.get(position=3).key == shot.key
    card = back.partition(f'<section class="shot" id="shot-{shot.key}"')[2].partition(">")[0]
    assert card.endswith("autofocus")


def test_without_a_script_the_page_says_what_was_removed(
    signed_in: SignedIn, full: Storyboard, alice: User
) -> None:
    address = reverse("remove_shot", args=[full.shots.get(position=3).key])
    response = signed_in(alice).post(address, follow=True)
    assert "Shot 3 removed" in response.content.decode()


def test_undo_says_when_there_is_nothing_to_take_back(
    signed_in: SignedIn, storyboard: Storyboard, carol: User
) -> None:
    client = signed_in(carol)
    address = reverse("storyboard", args=[storyboard.key])

    def way_is_open(way: str) -> bool:
        page = client.get(address).content.decode()
        tag = page.partition(f'id="{way}-button"')[2].partition(">")[0]
        return "disabled" not in tag

    assert not way_is_open("undo")
    shot = storyboard.shots.get(position=1)
    client.post(rewrite(shot), {"prompt": "A boat."})
    assert way_is_open("undo")
    assert not way_is_open("redo")
    client.post(reverse("undo", args=[storyboard.key]))
    assert not way_is_open("undo")
    assert way_is_open("redo")


def test_a_save_makes_undo_possible_at_once(signed_in: SignedIn, shot: Shot, carol: User) -> None:
    response = signed_in(carol).post(rewrite(shot), {"prompt": "A boat."}, headers=SCRIPT)
    button = response.content.decode().partition('id="undo-button"')[2].partition(">")[0]
    assert "disabled" not in button


def test_a_new_storyboard_invites_until_something_stands_in_it(
    signed_in: SignedIn, project: Project, alice: User
) -> None:
    board = Storyboard.start("One", project=project, by=alice)
    client, address = signed_in(alice), reverse("storyboard", args=[board.key])
    assert "Start with one shot" in client.get(address).content.decode()
    board.shots.get().rewrite({"prompt": "A lamp."}, by=alice)
    assert "Start with one shot" not in client.get(address).content.decode()


def test_an_empty_shot_is_no_mistake_yet(
    signed_in: SignedIn, project: Project, alice: User
) -> None:
    board = Storyboard.start("One", project=project, by=alice)
    page = signed_in(alice).get(reverse("storyboard", args=[board.key])).content.decode()
    assert "Where are we?" in page
    assert 'class="errors unwritten"' in page
    assert "to fix</span>" not in page


def test_a_card_counts_what_keeps_its_shot_from_being_sent(
    signed_in: SignedIn, storyboard: Storyboard, shot: Shot, alice: User
) -> None:
    client = signed_in(alice)
    note = f'id="shot-{shot.key}-note"'
    page = client.get(reverse("storyboard", args=[storyboard.key])).content.decode()
    assert f"<span {note} hidden>" in page
    drawn = client.post(rewrite(shot), {"prompt": "x" * 513, "seconds": "0"}, headers=SCRIPT)
    assert "2 to fix" in drawn.content.decode().partition(note)[2].partition("</span>")[0]


NAMES = ("rewrite_shot", "move_shot", "remove_shot", "duplicate_shot")


@pytest.mark.parametrize("name", NAMES)
def test_who_may_change_shots(
    signed_in: SignedIn, shot: Shot, bob: User, charlie: User, alice: User, name: str
) -> None:
    address = reverse(name, args=[shot.key])
    assert Client().post(address)["Location"].startswith("/accounts/login/")
    assert signed_in(bob).post(address).status_code == 403
    assert signed_in(charlie).post(address).status_code == 404
    assert signed_in(alice).get(address).status_code == 405
    assert signed_in(alice).post(reverse(name, args=["nobody"])).status_code == 404
    assert Shot.objects.filter(pk=shot.pk, prompt=shot.prompt).exists()


@pytest.mark.parametrize("name", NAMES)
def test_an_archived_storyboard_takes_no_change(
    signed_in: SignedIn, shot: Shot, alice: User, name: str
) -> None:
    shot.storyboard.archive(by=alice)
    address = reverse(name, args=[shot.key])
    response = signed_in(alice).post(address, {"prompt": "Late.", "where": "later"})
    assert response.status_code == 422
    assert "This storyboard is archived." in response.content.decode()
    shot.refresh_from_db()
    assert shot.prompt != "Late."

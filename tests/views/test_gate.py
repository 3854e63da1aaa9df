"""The draft's gate: each row leads to its field, and what one click can mend is a button."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.models import Storyboard, Team, User
from storyboard.views.gate import target_of
from tests import builders

SignedIn = Callable[[User], Client]
SCRIPT = {"HX-Request": "true"}

# Every field a rule can name, by the rules' own sources; a draft cannot hold a brush.
FIELDS = (
    "shots", "shots[0].prompt", "shots[0].seconds", "shots[1].prompt", "shots[1].seconds",
    "total_seconds", "model", "mode", "shooting", "aspect_ratio", "sound", "watermark",
    "negative_prompt", "cfg_scale", "first_frame", "end_frame", "elements", "elements[0]",
    "voices", "voices[1]", "camera", "camera.kind", "camera.pan", "brush", "brush.still",
)  # fmt: skip


def at(name: str, board: Storyboard) -> str:
    return reverse(name, args=[board.key])


def drawn(browser: Client, board: Storyboard) -> str:
    return str(browser.get(at("storyboard", board)).content.decode())


def rules_of(page: str) -> str:
    return page.partition('id="gate-rules"')[2].partition('id="gate-price"')[0]


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", rules_of(page))).split())


def press(browser: Client, page: str, words: str) -> None:
    """Press the gate's button of these words as a browser does without scripts."""
    found = re.search(rf"<button([^>]*)>{re.escape(words)}</button>", rules_of(page))
    assert found, f"no button {words} in {words_of(page)}"
    given = dict(re.findall(r'(\w+)="([^"]*)"', found[1]))
    data = {given["name"]: given["value"]} if "name" in given else {}
    assert browser.post(given["formaction"], data).status_code == 302


@pytest.fixture
def rich(storyboard: Storyboard, team: Team, alice: User) -> Storyboard:
    """First frame, an element that a prompt names, sound, negative prompt: kling-v3 has them."""
    builders.give_first_frame(storyboard, by=alice)
    keeper = builders.know_element("Keeper", kling_id="1", team=team, by=alice)
    storyboard.attach_element(keeper, by=alice)
    storyboard.shots.get(position=1).rewrite(
        {"prompt": "The lamp room. <<<element_1>>> trims the wick."}, by=alice
    )
    storyboard.rewrite({"sound": True, "negative_prompt": "text"}, by=alice)
    return Storyboard.objects.get(pk=storyboard.pk)


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_of_a_problem_is_a_place_on_the_page(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, field: str
) -> None:
    page = drawn(signed_in(alice), storyboard)
    assert f'id="{target_of(storyboard, field)}"' in page, field


def test_every_row_of_the_gate_leads_somewhere(
    signed_in: SignedIn, rich: Storyboard, alice: User
) -> None:
    browser = signed_in(alice)
    for changes in ({}, {"model": "kling-v2-6", "total_seconds": 9}, {"shooting": "single"}):
        rich.rewrite(changes, by=alice)
        page = drawn(browser, rich)
        targets = re.findall(r'<a href="#([^"]+)" data-goto>', rules_of(page))
        assert len(targets) >= 6
        for target in targets:
            assert f'id="{target}"' in page, target


def test_advice_stands_apart_and_blocks_nothing(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    shot = storyboard.shots.get(position=2)
    shot.rewrite({"prompt": "Then @Marit pans left"}, by=alice)
    page = drawn(signed_in(alice), storyboard)
    blocking, _head, advice = words_of(page).partition("Advice; it blocks nothing")
    assert "Shot 2 begins with “Then”." in advice
    assert "The library has nothing called so" in advice
    builders.know_element("Marit of the fog", kling_id="7", team=storyboard.project.team, by=alice)
    assert "The library has it" in words_of(drawn(signed_in(alice), storyboard))
    assert "Marit" not in blocking
    assert "Ready to send" in page


def test_who_only_reads_gets_no_links_and_no_buttons(
    signed_in: SignedIn, rich: Storyboard, alice: User, bob: User
) -> None:
    rich.rewrite({"model": "kling-v2-6"}, by=alice)
    rules = rules_of(drawn(signed_in(bob), rich))
    assert "to fix" in drawn(signed_in(bob), rich)
    assert "<a " not in rules
    assert "<button" not in rules


def test_what_a_model_lacks_stays_and_is_said(
    signed_in: SignedIn, rich: Storyboard, alice: User
) -> None:
    browser, before = signed_in(alice), rich.brief()
    browser.post(at("rewrite_storyboard", rich), {"model": "kling-v2-6"})
    said = words_of(drawn(browser, rich))
    assert "kling-v2-6 takes no elements." in said
    assert "1 stays here, unsent. Choose kling-v3, or remove the elements." in said
    assert "It stays here, unsent." in said  # sound, which std has not
    browser.post(at("rewrite_storyboard", rich), {"model": "kling-v3"})
    assert Storyboard.objects.get(pk=rich.pk).brief() == before
    assert "Ready to send" in drawn(browser, rich)


@pytest.mark.parametrize("model", ["kling-v2-6", "kling-v2-5-turbo"])
@pytest.mark.parametrize("mode", ["std", "pro", "4k"])
def test_a_switch_there_and_back_drops_nothing(
    signed_in: SignedIn, rich: Storyboard, alice: User, team: Team, model: str, mode: str
) -> None:
    rich.attach_voice(builders.know_voice("Sailor", kling_id="2", team=team, by=alice), by=alice)
    rich.set_end_frame(rich.first_frame, by=alice)
    rich.rewrite(
        {"cfg_scale": 0.4, "camera": {"kind": "simple", "zoom": 3.0}, "watermark": True}, by=alice
    )
    before = Storyboard.objects.get(pk=rich.pk).brief()
    browser = signed_in(alice)
    for settings in ({"model": model}, {"mode": mode}, {"shooting": "single", "sound": "false"}):
        assert browser.post(at("rewrite_storyboard", rich), settings).status_code == 302
    back = {"model": before.model, "mode": before.mode, "shooting": before.shooting, "sound": "on"}
    browser.post(at("rewrite_storyboard", rich), back)
    assert Storyboard.objects.get(pk=rich.pk).brief() == before


def test_a_switch_that_leaves_something_out_says_so_with_the_way_back(
    signed_in: SignedIn, rich: Storyboard, alice: User
) -> None:
    browser = signed_in(alice)
    address = at("rewrite_storyboard", rich)
    answer = browser.post(address, {"model": "kling-v2-6"}, headers=SCRIPT).content.decode()
    toast = answer.partition('<li class="toast')[2]
    assert "kling-v2-6 std leaves out several shots, elements, sound." in toast
    assert f'action="{at("undo", rich)}"' in toast
    assert browser.post(at("undo", rich)).status_code == 302
    rich.refresh_from_db()
    assert rich.model == "kling-v3"
    quiet = browser.post(address, {"mode": "pro"}, headers=SCRIPT).content.decode()
    assert '<li class="toast' not in quiet


def test_the_lists_say_what_each_choice_would_leave_out(
    signed_in: SignedIn, rich: Storyboard, alice: User
) -> None:
    page = drawn(signed_in(alice), rich)
    assert "kling-v2-6 (leaves out several shots, elements, sound)" in page
    rich.rewrite({"shooting": "single", "model": "kling-v2-6", "mode": "pro"}, by=alice)
    assert "std 720p leaves out sound; it stays here." in drawn(signed_in(alice), rich)


@pytest.mark.parametrize(
    ("made", "words", "after"),
    [
        ({"model": "kling-v2-6"}, "Turn sound off", {"sound": False}),
        ({"model": "kling-v2-6"}, "Choose kling-v3", {"model": "kling-v3"}),
        ({"model": "kling-v2-6"}, "Choose pro", {"mode": "pro"}),
        ({"model": "kling-v2-6", "mode": "4k"}, "Choose std", {"mode": "std"}),
        ({"model": "kling-v2-6", "cfg_scale": 0.5}, "Leave it to Kling", {"cfg_scale": None}),
        ({"camera": {"kind": "down_back"}}, "Take the move off", {"camera": None}),
        ({"shooting": "single"}, "Choose Custom shots", {"shooting": "custom"}),
        ({"total_seconds": 9}, "Make the total 5 s", {"total_seconds": 5}),
    ],
)
def test_one_click_mends_it(
    signed_in: SignedIn, rich: Storyboard, alice: User, made: dict[str, Any], words: str,
    after: dict[str, Any],
) -> None:  # fmt: skip
    rich.rewrite(made, by=alice)
    browser = signed_in(alice)
    press(browser, drawn(browser, rich), words)
    rich.refresh_from_db()
    assert {name: getattr(rich, name) for name in after} == after


def test_one_click_takes_elements_off_and_one_undo_brings_them_back(
    signed_in: SignedIn, rich: Storyboard, alice: User
) -> None:
    before = rich.brief()
    rich.rewrite({"model": "kling-v2-6"}, by=alice)
    browser = signed_in(alice)
    press(browser, drawn(browser, rich), "Take them off")
    assert not rich.element_uses.exists()
    for _step in ("elements", "model"):
        browser.post(at("undo", rich))
    assert Storyboard.objects.get(pk=rich.pk).brief() == before


def test_the_gate_leads_to_what_kling_will_get(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    page = drawn(signed_in(alice), storyboard)
    assert f'href="{at("draft_wire", storyboard)}" data-command>' in page

"""The editor offers what account, model and mode can do, and says why the rest is off."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.kling.capabilities import (
    FEATURES,
    MODELS,
    Cell,
    Feature,
    can_on,
    models_on,
    modes_on,
)
from storyboard.kling.profiles import PROFILES, Profile
from storyboard.models import (
    Account,
    NotReady,
    Picture,
    Storyboard,
    Team,
    User,
    send_for_review,
)
from storyboard.views.controls import FEATURES as CONTROLLED
from tests import builders
from tests.views.gates import SignedIn

# Features of the map → the control's ids and the id of the words beside it. A list of shootings
# is off by its choices, and a model by its words alone: another model is what helps.
SIMPLE: dict[Feature, tuple[tuple[str, ...], str]] = {
    "sound": (("set-sound",), "set-sound-errors"),
    "watermark": (("set-watermark",), "set-watermark-errors"),
    "negative_prompt": (("set-negative_prompt",), "set-negative_prompt-errors"),
    "aspect_ratio": (("set-aspect_ratio",), "set-aspect_ratio-errors"),
    "cfg_scale": (("set-cfg_scale",), "set-cfg_scale-errors"),
    "elements": (("attach-element", "attach-element-button"), "elements-errors"),
    "voices": (("attach-voice", "attach-voice-button"), "voices-errors"),
}
# What the account's model takes alone decides nothing about these here: see their own tests.
ON_THEIR_OWN = {"end_frame", "end_frame_only", "camera_control", "motion_brush"}


@pytest.fixture
def board(storyboard: Storyboard, team: Team, alice: User) -> Storyboard:
    """One shot, nothing asked for, and something in the library."""
    builders.know_element("Keeper", kling_id="1", team=team, by=alice)
    builders.know_voice("Sailor", kling_id="2", team=team, by=alice)
    storyboard.shots.get(position=2).remove(by=alice)
    storyboard.rewrite({"shooting": "single"}, by=alice)
    return storyboard


@pytest.fixture
def frame(board: Storyboard, alice: User) -> Picture:
    picture = builders.give_first_frame(board, by=alice)
    board.set_first_frame(None, by=alice)
    return picture


def drawn(browser: Client, board: Storyboard) -> str:
    return str(browser.get(reverse("storyboard", args=[board.key])).content.decode())


def tag(page: str, name: str) -> str:
    """The start tag of the element with this id."""
    found = re.search(rf'<[^>]*\bid="{re.escape(name)}"[^>]*>', page)
    assert found, f"no element {name}"
    return found[0]


def is_off(page: str, name: str) -> bool:
    """Off for the browser, or for a button blocked as every button of the product is."""
    return bool(re.search(r'\s(disabled\b|type="button" aria-disabled="true")', tag(page, name)))


def beside(page: str, name: str) -> str:
    """The words drawn in the box of this id."""
    box = page.partition(f'id="{name}"')[2].partition("</div>")[0].partition(">")[2]
    return unescape(re.sub(r"<[^>]+>", " ", box))


def options(page: str, name: str) -> dict[str, bool]:
    """The values of a list, and whether each is off."""
    inside = re.split("</select>|</fieldset>", page.partition(f'id="{name}"')[2])[0]
    found = re.findall(r'<(?:option|input[^>]*) value="([^"]*)"([^>]*)>', inside)
    assert len(dict(found)) == len(found)
    return {value: "disabled" in rest for value, rest in found}


def without_way_out(why: str) -> str:
    """What enables it; how to do without it is of no use beside a control that is off."""
    what, _or, _rest = why.rpartition(", or ")
    return f"{what}." if what else why


def names_what_enables(profile: Profile, place: tuple[str, str, Feature, str], cell: Cell) -> bool:
    """A mode, frame or model of this account that truly has it, or that none has."""
    if "nor does any model of this account" in cell.why or "An account of" in cell.why:
        return True
    if re.search(r"[Aa]dd a first frame|Remove the first frame|needs a first frame", cell.why):
        return True
    if "is retired" in cell.why:
        return any(f"; {name}" in cell.why for name in profile.models)
    found = re.search(r"Choose (kling-[\w-]+)? ?(std|pro|4k)?", cell.why)
    if not found or not any(found.groups()):
        return False
    model = found[1] or place[0]
    modes = [found[2]] if found[2] else [mode.name for mode in MODELS[model].modes]
    endpoint = place[3]
    return all(can_on(profile, model, m, place[2], endpoint).ok for m in modes)  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
@pytest.mark.parametrize("endpoint", ["text2video", "image2video"])
def test_each_control_is_on_or_says_what_enables_it(
    signed_in: SignedIn,
    board: Storyboard,
    frame: Picture,
    alice: User,
    profile: Profile,
    endpoint: str,
) -> None:
    """Every model, mode and feature of the map, on an account of every profile."""
    Account.objects.update(profile=profile.name, reading="map")
    browser = signed_in(alice)
    for model in (MODELS[name] for name in profile.models):
        for mode in modes_on(profile, model.name):
            Storyboard.objects.filter(pk=board.pk).update(
                model=model.name, mode=mode.name,
                first_frame=frame if endpoint == "image2video" else None,
            )  # fmt: skip
            page = drawn(browser, board)
            for feature in FEATURES:
                # An account that always wants a picture has the controls of one that has it.
                drawn_as = endpoint if endpoint in profile.endpoints else "image2video"
                place = (
                    model.name, mode.name, feature,
                    endpoint if feature == "single_shot" else drawn_as,
                )  # fmt: skip
                cell = can_on(profile, *place)  # type: ignore[arg-type]
                check(page, profile, place, cell)


def check(page: str, profile: Profile, place: tuple[str, str, Feature, str], cell: Cell) -> None:
    feature = place[2]
    if feature in ON_THEIR_OWN:
        check_on_its_own(page, profile, place, cell)
        return
    words = without_way_out(cell.why)
    assert cell.ok or names_what_enables(profile, place, cell), (place, cell.why)
    if feature in SIMPLE:
        ids, box = SIMPLE[feature]
        assert [is_off(page, each) for each in ids] == [not cell.ok] * len(ids), place
        assert all(f'aria-describedby="{box}' in tag(page, each) for each in ids)
        assert words in beside(page, box), (place, words)
    elif feature == "multi_shot":
        off = options(page, "set-shooting")
        assert off == {"custom": not cell.ok, "intelligent": not cell.ok, "single": False}, place
        assert words in beside(page, "set-shooting-errors")
    elif feature == "single_shot":
        # The draft asks for it, so what stands there may be the rules' own words.
        said = beside(page, "set-model-errors")
        assert words.rstrip(".") in said or (not cell.ok and "Add a first frame" in said), place
        assert not is_off(page, "set-model")
    else:
        assert feature == "first_frame"
        assert not is_off(page, "first-frame-file")


def check_on_its_own(
    page: str, profile: Profile, place: tuple[str, str, Feature, str], cell: Cell
) -> None:
    """A silent single shot of 5 s without any of these, so no other rule stands against them."""
    model, mode, feature, _endpoint = place
    if feature == "motion_brush":
        said = beside_tile(page, "tile-brush-value").partition("</b>")[0]
        assert ("Not with this model" in said) is not cell.ok, place  # why: test_brush.py
    elif feature == "camera_control":
        said = beside_tile(page, "tile-camera-value").partition("</b>")[0]
        assert ("Not with this model" in said) is not cell.ok, place  # why: test_camera.py
    else:
        there = "end_frame" if 'id="first-frame-remove"' in page else "end_frame_only"
        ok = can_on(profile, model, mode, there, "image2video").ok  # type: ignore[arg-type]
        assert is_off(page, "end-frame-file") is not ok, place
        assert ok or "end frame" in beside(page, "end-frame-errors"), place


def beside_tile(page: str, name: str) -> str:
    return unescape(page.partition(f'id="{name}"')[2].partition("</p>")[0].partition(">")[2])


def test_every_feature_has_a_control() -> None:
    assert set(CONTROLLED.values()) | {"end_frame_only"} == set(FEATURES)
    assert set(SIMPLE) | {"multi_shot", "single_shot", "first_frame"} | ON_THEIR_OWN == set(
        FEATURES
    )


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_models_are_those_of_the_account_and_retired_ones_only_where_there_is_nothing_else(
    signed_in: SignedIn, board: Storyboard, alice: User, profile: Profile
) -> None:
    Account.objects.update(profile=profile.name)
    browser = signed_in(alice)
    for chosen in ("kling-v3", "kling-v1-6"):
        Storyboard.objects.filter(pk=board.pk).update(model=chosen)
        offered = options(drawn(browser, board), "set-model")
        assert list(offered) == [model.name for model in models_on(profile, chosen)]
        assert chosen in offered
        assert not any(offered.values())


def test_a_mode_the_model_lacks_is_off_and_says_which_model_has_it(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    browser = signed_in(alice)
    modes = options(drawn(browser, board), "set-mode")
    assert list(modes.items()) == [("std", False), ("pro", False), ("4k", False)]
    board.rewrite({"model": "kling-v2-6"}, by=alice)
    page = drawn(browser, board)
    assert options(page, "set-mode") == {"std": False, "pro": False, "4k": True}
    assert "For 4k choose kling-v3." in beside(page, "set-mode-errors")
    board.rewrite({"mode": "4k"}, by=alice)
    page = drawn(browser, board)
    assert options(page, "set-mode")["4k"] is False  # what the draft holds is not taken away
    assert "kling-v2-6 has no mode 4k." in beside(page, "set-mode-errors")


def test_what_the_draft_asks_for_can_be_taken_back(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    asked = {"sound": True, "shooting": "custom", "model": "kling-v2-6"}
    board.rewrite(asked, by=alice)
    page = drawn(signed_in(alice), board)
    assert not is_off(page, "set-sound")
    assert "kling-v2-6 std makes no sound. Choose pro, or turn sound off." in beside(
        page, "set-sound-errors"
    )
    off = options(page, "set-shooting")
    assert off == {"custom": False, "intelligent": True, "single": False}


def test_a_form_with_a_control_off_saves_the_others_and_leaves_it_alone(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    """Without scripts the whole form is posted, and browsers leave out what is off."""
    board.rewrite({"model": "kling-v2-6"}, by=alice)
    browser = signed_in(alice)
    page = drawn(browser, board)
    form = page.partition('id="settings"')[2].partition("</form>")[0]
    started = dict(re.findall(r'name="(was_\w+)" value="([^"]*)"', form))
    assert "was_sound" not in started
    assert "was_aspect_ratio" in started
    board.rewrite({"sound": True}, by=alice)  # somebody else, meanwhile
    answer = browser.post(
        reverse("rewrite_storyboard", args=[board.key]),
        {
            **started, "model": "kling-v2-6", "mode": "pro", "aspect_ratio": "16:9",
            "shooting": "single", "total_seconds": board.total_seconds, "negative_prompt": "",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    board.refresh_from_db()
    assert (board.mode, board.sound) == ("pro", True)


def test_by_the_documents_what_they_describe_is_offered_with_a_caution(
    signed_in: SignedIn, board: Storyboard, frame: Picture, alice: User
) -> None:
    """The map alone denies voices on kling-v3; an account that reads the documents may try."""
    Storyboard.objects.filter(pk=board.pk).update(first_frame=frame)
    browser = signed_in(alice)
    assert is_off(drawn(browser, board), "attach-voice")
    Account.objects.update(reading="documents")
    page = drawn(browser, board)
    assert not is_off(page, "attach-voice")
    assert "kling-v3 takes no voices." in beside(page, "voices-errors")


def test_what_neither_document_nor_map_knows_is_off_in_both_readings(
    signed_in: SignedIn, board: Storyboard, frame: Picture, alice: User
) -> None:
    Storyboard.objects.filter(pk=board.pk).update(first_frame=frame, model="kling-v1")
    browser = signed_in(alice)
    for reading in ("documents", "map"):
        Account.objects.update(profile="gateway004", reading=reading)
        page = drawn(browser, board)
        assert is_off(page, "set-sound")
        assert "nor does any model of this account." in beside(page, "set-sound-errors")


def test_the_seconds_beside_the_total_are_those_of_model_and_account(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    browser = signed_in(alice)
    assert "3 to 15 allowed" in drawn(browser, board)
    board.rewrite({"model": "kling-v2-5-turbo"}, by=alice)
    assert "5 or 10 allowed" in drawn(browser, board)


def test_without_an_account_the_official_profile_counts(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    Account.objects.all().delete()
    offered = options(drawn(signed_in(alice), board), "set-model")
    assert list(offered) == ["kling-v3", "kling-v2-6", "kling-v2-5-turbo"]


def test_a_draft_whose_prompts_a_gateway_would_lose_is_not_sent(
    board: Storyboard, frame: Picture, alice: User
) -> None:
    Account.objects.update(profile="gateway004", reading="documents")
    Storyboard.objects.filter(pk=board.pk).update(
        first_frame=frame, model="kling-v1", mode="std", sound=False, total_seconds=5,
        shooting="custom",
    )  # fmt: skip
    board.shots.get().rewrite({"prompt": "The lamp is lit", "seconds": 5}, by=alice)
    with pytest.raises(NotReady) as refused:
        send_for_review(Storyboard.objects.get(pk=board.pk), takes=1, by=alice)
    assert [problem.field for problem in refused.value.problems] == ["shooting"]
    Storyboard.objects.filter(pk=board.pk).update(shooting="single")
    order = send_for_review(Storyboard.objects.get(pk=board.pk), takes=1, by=alice).order
    assert order.form["body"]["prompt"] == "The lamp is lit"


@pytest.mark.parametrize("reading", ["documents", "map"])
def test_readiness_and_sending_follow_the_account(
    signed_in: SignedIn, board: Storyboard, alice: User, reading: str
) -> None:
    """Sound on kling-v2-6 std: the map says no, the documents leave it open."""
    Account.objects.update(reading=reading)
    board.rewrite({"model": "kling-v2-6", "sound": True, "total_seconds": 5}, by=alice)
    board.shots.get().rewrite({"seconds": 5}, by=alice)
    browser = signed_in(alice)
    ready = "Ready to send" in drawn(browser, board)
    answer = browser.post(reverse("send_for_review", args=[board.key]))
    assert (ready, answer.status_code) == {"documents": (True, 302), "map": (False, 422)}[reading]

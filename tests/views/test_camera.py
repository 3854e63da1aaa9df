"""The camera's dialog: one move stored from six amounts, and which models take it."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any, get_args

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from storyboard.forms.camera import CameraForm, camera_of, camera_words, typed_of
from storyboard.kling.brief import Brief, Camera, Reading
from storyboard.kling.capabilities import can_on, modes_on
from storyboard.kling.profiles import PROFILES, Endpoint, Profile
from storyboard.kling.rules import Case
from storyboard.kling.rules.camera import AXES, KINDS
from storyboard.kling.rules.settings import capability
from storyboard.models import Account, Activity, Storyboard, User, digest
from storyboard.views.controls import Controls
from storyboard.views.offers import documents_let_it, offers
from tests import builders
from tests.forms.test_drafts import post
from tests.views.gates import SignedIn

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def board(storyboard: Storyboard, alice: User) -> Storyboard:
    """One shot of 5 s on the one model and mode that take every move from words alone."""
    storyboard.shots.get(position=2).remove(by=alice)
    storyboard.shots.get().rewrite({"seconds": 5}, by=alice)
    changes = {"shooting": "single", "model": "kling-v1", "mode": "std", "total_seconds": 5}
    storyboard.rewrite(changes, by=alice)
    return storyboard


def at(name: str, board: Storyboard) -> str:
    return reverse(name, args=[board.key])


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def body(browser: Client, board: Storyboard) -> str:
    answer = browser.get(at("camera", board), headers=SCRIPT)
    assert answer.status_code == 200
    return str(answer.content.decode())


def amounts(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="number" name="(\w+)" value="([^"]*)"', page))


def chosen(page: str) -> list[str]:
    return re.findall(r'name="kind" value="(\w*)" checked', page)


# The form


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ({"kind": ""}, None),
        ({"kind": "", "pan": "4"}, None),
        ({"kind": "simple", "zoom": "-4"}, {"kind": "simple", "zoom": -4.0}),
        ({"kind": "simple", "zoom": "0", "pan": "2.5"}, {"kind": "simple", "pan": 2.5}),
        ({"kind": "down_back", "pan": "4"}, {"kind": "down_back"}),
    ],
)
def test_a_move_is_stored_with_the_amount_it_has(given: dict[str, str], stored: Any) -> None:
    assert CameraForm(post(**given)).changes() == {"camera": stored}


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"kind": "simple"}, "camera", "all are 0"),
        ({"kind": "simple", "pan": "1", "roll": "-2"}, "camera", "Pan, Roll are given"),
        ({"kind": "spin"}, "camera", "spin is no move"),
        *(
            ({"kind": "simple", "tilt": amount}, "tilt", "from -10 to 10")
            for amount in ("11", "-10.5", "far", "nan", "inf")
        ),
    ],
)
def test_what_is_no_move_is_not_stored(given: dict[str, str], field: str, words: str) -> None:
    form = CameraForm(post(**given))
    assert form.changes() == {}
    assert words in form.complaints()[field][0]
    assert words in " ".join(form.complaints()["camera"])


def test_a_post_that_says_nothing_of_the_camera_changes_nothing() -> None:
    assert CameraForm(post()).changes() == {}
    assert CameraForm(post(zoom="3")).changes() == {}
    assert CameraForm(post(kind="down_back", take="camera")).changes() == {}


@pytest.mark.parametrize("kind", KINDS)
def test_a_stored_move_fills_the_form_and_comes_back_from_it(kind: str) -> None:
    stored = {"kind": kind, **({"roll": -2.5} if kind == "simple" else {})}
    typed = typed_of(stored)
    assert set(typed) == {"kind", *AXES}
    assert CameraForm(post(**typed)).changes() == {"camera": stored}
    assert camera_of({"kind": kind, "roll": -2.5}) == stored


def test_a_move_in_words() -> None:
    assert camera_words(None) == "Follows the prompt"
    assert camera_words({"kind": "simple", "zoom": -2.5}) == "Zoom -2.5"
    assert camera_words({"kind": "simple", "pan": 1.0, "zoom": 2.0}) == "Pan 1, Zoom 2"
    assert camera_words({"kind": "simple"}) == "One move, by an amount"
    assert camera_words({"kind": "down_back"}) == "Sink and move back"


# The dialog


def test_the_dialog_says_what_stands(signed_in: SignedIn, board: Storyboard, alice: User) -> None:
    browser = signed_in(alice)
    page = body(browser, board)
    assert "<html" not in page
    assert chosen(page) == [""]
    assert amounts(page) == dict.fromkeys(AXES, "0")
    board.rewrite({"camera": {"kind": "simple", "tilt": -3.5}}, by=alice)
    page = body(browser, board)
    assert chosen(page) == ["simple"]
    assert amounts(page) == {**dict.fromkeys(AXES, "0"), "tilt": "-3.5"}
    assert 'data-below="the camera tilts down"' in page


def test_without_scripts_it_is_a_page(signed_in: SignedIn, board: Storyboard, alice: User) -> None:
    browser = signed_in(alice)
    page = browser.get(at("camera", board)).content.decode()
    assert "<html" in page
    assert 'name="kind" value="simple"' in page
    answer = browser.post(at("camera", board), {"kind": "simple", "pan": "4"})
    assert answer["Location"] == f"{at('storyboard', board)}#tile-camera"
    board.refresh_from_db()
    assert board.camera == {"kind": "simple", "pan": 4.0}


def test_the_editor_opens_it(signed_in: SignedIn, board: Storyboard, alice: User) -> None:
    page = signed_in(alice).get(at("storyboard", board)).content.decode()
    link = re.search(r'<a [^>]*id="set-camera"[^>]*>', page)
    assert link
    assert f'href="{at("camera", board)}"' in link[0]
    assert "data-late-dialog" in link[0]
    assert 'id="late-dialog"' in page


def test_saving_answers_with_the_parts_of_the_editor(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    data = {"kind": "simple", "zoom": "-4", "was_camera": digest(None)}
    answer = signed_in(alice).post(at("camera", board), data, headers=SCRIPT)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "data-late-body" not in page
    assert "Zoom -4" in page.partition('id="tile-camera-value"')[2].partition("</b>")[0]
    board.refresh_from_db()
    assert board.camera == {"kind": "simple", "zoom": -4.0}
    told = Activity.objects.filter(storyboard=board).latest("pk")
    assert told.verb == "storyboard.set"
    brief = Storyboard.objects.get(pk=board.pk).brief()
    assert brief.camera == Camera("simple", zoom=-4.0)


def test_saving_can_be_undone(signed_in: SignedIn, board: Storyboard, alice: User) -> None:
    browser = signed_in(alice)
    browser.post(at("camera", board), {"kind": "down_back"})
    browser.post(at("undo", board))
    board.refresh_from_db()
    assert board.camera is None
    browser.post(at("redo", board))
    board.refresh_from_db()
    assert board.camera == {"kind": "down_back"}


@pytest.mark.parametrize("headers", [SCRIPT, {}])
def test_a_move_that_cannot_be_stored_stays_as_it_was_typed(
    signed_in: SignedIn, board: Storyboard, alice: User, headers: dict[str, str]
) -> None:
    data = {"kind": "simple", "zoom": "-4", "pan": "twelve"}
    answer = signed_in(alice).post(at("camera", board), data, headers=headers)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "data-late-body" in page
    assert amounts(page)["pan"] == "twelve"
    assert amounts(page)["zoom"] == "-4"
    assert "an amount is a number from -10 to 10" in words_of(page)
    board.refresh_from_db()
    assert board.camera is None


def test_a_move_somebody_else_changed_shows_both(
    signed_in: SignedIn, board: Storyboard, alice: User, carol: User
) -> None:
    board.rewrite({"camera": {"kind": "down_back"}}, by=alice)
    data = {"kind": "simple", "zoom": "2", "was_camera": digest(None)}
    browser = signed_in(carol)
    answer = browser.post(at("camera", board), data, headers=SCRIPT)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert '<div class="theirs">Sink and move back</div>' in page
    assert (chosen(page), amounts(page)["zoom"]) == (["simple"], "2")
    seen = re.search(r'name="now_camera" value="([^"]+)"', page)
    assert seen
    kept = data | {"keep": "camera", "now_camera": seen[1]}
    assert browser.post(at("camera", board), kept, headers=SCRIPT).status_code == 200
    board.refresh_from_db()
    assert board.camera == {"kind": "simple", "zoom": 2.0}


def test_taking_theirs_leaves_what_is_stored(
    signed_in: SignedIn, board: Storyboard, alice: User, carol: User
) -> None:
    board.rewrite({"camera": {"kind": "down_back"}}, by=alice)
    data = {"kind": "simple", "zoom": "2", "was_camera": digest(None), "take": "camera"}
    assert signed_in(carol).post(at("camera", board), data).status_code == 302
    board.refresh_from_db()
    assert board.camera == {"kind": "down_back"}


def test_on_an_archived_draft_it_says_so(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    Storyboard.objects.filter(pk=board.pk).update(archived_at=timezone.now())
    browser = signed_in(alice)
    assert "archived" in words_of(body(browser, board))
    answer = browser.post(at("camera", board), {"kind": "down_back"}, headers=SCRIPT)
    assert answer.status_code == 422
    assert "archived" in words_of(answer.content.decode())
    board.refresh_from_db()
    assert board.camera is None


def test_a_stranger_does_not_see_it_and_a_reviewer_may_not(
    signed_in: SignedIn, board: Storyboard, charlie: User, bob: User
) -> None:
    assert signed_in(charlie).get(at("camera", board)).status_code == 404
    assert signed_in(bob).get(at("camera", board)).status_code == 403
    assert signed_in(bob).put(at("camera", board)).status_code == 405


# What takes it


def test_where_no_model_takes_it_the_dialog_says_which_does_and_leads_there(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    board.rewrite({"model": "kling-v3"}, by=alice)
    browser = signed_in(alice)
    page = body(browser, board)
    assert 'name="kind"' not in page
    said = words_of(page)
    assert "kling-v3 has no camera control" in said or "camera control" in said
    assert "Choose kling-v1 std" in said
    assert "kling-v1-5 pro with a first frame, 5 s, one move by an amount alone Retired on" in said
    found = re.search(r'<form id="(take-offer-\d+)"[^>]*>(?:(?!</form>).)*value="kling-v1"', page)
    assert found
    assert f'form="{found[1]}"' in page
    data = {"model": "kling-v1", "mode": "std"}
    assert browser.post(at("rewrite_storyboard", board), data).status_code == 302
    assert 'name="kind"' in body(browser, board)


def test_a_pair_says_what_of_the_draft_it_leaves_out(board: Storyboard, alice: User) -> None:
    board.rewrite({"model": "kling-v3", "sound": True, "camera": {"kind": "down_back"}}, by=alice)
    brief = board.brief()
    lost = {each.model: each.lost for each in offers("camera_control", brief, account_of(board))}
    assert lost["kling-v1"] == "sound"


def test_an_end_frame_shuts_it_out_until_it_is_off(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    first = builders.give_first_frame(board, by=alice)
    board.rewrite({"model": "kling-v1-5", "mode": "pro"}, by=alice)
    browser = signed_in(alice)
    assert 'name="kind"' in body(browser, board)
    board.set_end_frame(first, by=alice)
    page = body(browser, board)
    assert "Kling takes one of end frame, motion brush and camera control." in words_of(page)
    assert at("remove_end_frame", board) in page
    board.rewrite({"model": "kling-v3"}, by=alice)
    assert at("remove_end_frame", board) not in body(browser, board)  # it is not the reason
    board.rewrite({"model": "kling-v1-5"}, by=alice)
    assert 'name="kind"' not in page


def test_a_kind_the_pair_does_not_take_is_off(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    builders.give_first_frame(board, by=alice)
    board.rewrite({"model": "kling-v1-5", "mode": "pro"}, by=alice)
    page = body(signed_in(alice), board)
    off = dict(re.findall(r'name="kind" value="(\w*)"([^>]*)>', page))
    assert [kind for kind, rest in off.items() if "disabled" in rest] == list(KINDS[1:])


@pytest.mark.parametrize(("who", "is_linked"), [("alice", True), ("carol", False)])
def test_what_only_the_documents_have_is_an_owners_to_allow(
    signed_in: SignedIn, board: Storyboard, request: Any, who: str, is_linked: bool
) -> None:
    """PowerTokens lists camera control for kling-v3; the public map has it nowhere there."""
    Account.objects.update(profile="powertokens", reading="map")
    Storyboard.objects.filter(pk=board.pk).update(model="kling-v3")
    builders.give_first_frame(board, by=request.getfixturevalue("alice"))
    browser = signed_in(request.getfixturevalue(who))
    page = body(browser, board)
    assert 'name="kind"' not in page
    assert "No model of this account takes it by the public map." in page
    assert "the public map does not" in page
    account = board.project.team.accounts.first()
    assert account is not None
    assert (reverse("account", args=[account.key]) in page) is is_linked
    Account.objects.update(reading="documents")
    page = body(browser, board)
    assert len(re.findall(r'name="kind" value="\w*"(?![^>]*disabled)', page)) == 6


def account_of(board: Storyboard) -> Account:
    account = board.project.ordering_account
    assert account is not None
    return account


ENDPOINTS: tuple[Endpoint, ...] = get_args(Endpoint)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
@pytest.mark.parametrize("reading", get_args(Reading))
def test_the_dialog_offers_what_the_rules_let_pass(
    board: Storyboard, alice: User, profile: Profile, reading: Reading
) -> None:
    """Every model and mode of every account, with a first frame and without."""
    account = account_of(board)
    account.profile, account.reading = profile.name, reading
    plain = board.brief()
    picture = builders.give_first_frame(board, by=alice).ref
    for model in profile.models:
        for mode in modes_on(profile, model):
            for endpoint in profile.endpoints:
                frame = picture if endpoint == "image2video" else None
                brief = replace(plain, model=model, mode=mode.name, first_frame=frame)
                check_offered(brief, account, endpoint)


def check_offered(brief: Brief, account: Account, endpoint: Endpoint) -> None:
    place = (brief.model, brief.mode, endpoint)
    case = Case(brief, account.dialect, account.rules)
    against = [p for p in capability(case, "camera_control", "camera") if not p.warning]
    cell = can_on(account.dialect, brief.model, brief.mode, "camera_control", endpoint)
    unknown = "camera_control" in account.dialect.unknown_fields
    controls = Controls(brief, account)
    assert controls.is_off("camera") is (bool(against) or (unknown and not cell.ok)), place
    if controls.is_off("camera"):
        assert controls.hint("camera"), place
    found = {(each.model, each.mode): each for each in offers("camera_control", brief, account)}
    assert ((brief.model, brief.mode) in found and "frame" not in found[place[:2]].terms) is cell.ok
    assert [each.is_chosen for each in found.values()].count(True) <= 1
    wide = documents_let_it("camera_control", brief, account)
    relaxed = Case(brief, account.dialect, "documents")
    open_there = all(p.warning for p in capability(relaxed, "camera_control", "camera"))
    assert wide is (account.rules == "map" and open_there), place

"""Who the list that @ opens can name: with look and sound, and why or where not."""

from __future__ import annotations

import re
from html import unescape

import pytest

from storyboard.models import Account, Creation, Element, Storyboard, Team, User, Voice
from storyboard.models.elements import Look
from tests import builders
from tests.conftest import SignedIn
from tests.views.gates import at

ENTRY = re.compile(r"<li ([^>]*data-kind=[^>]*)>")
GIVEN = re.compile(r'data-([a-z]+)="([^"]*)"')


def named(signed_in: SignedIn, board: Storyboard, who: User) -> dict[str, dict[str, str]]:
    """What the page tells of each, by name."""
    page = signed_in(who).get(at("storyboard", board)).content.decode()
    entries = [dict(GIVEN.findall(each)) for each in ENTRY.findall(page)]
    return {each["name"]: {key: unescape(said) for key, said in each.items()} for each in entries}


@pytest.fixture
def keeper(team: Team, alice: User) -> Element:
    """Of two pictures, asked for on no account."""
    return builders.make_element("Keeper", team=team, by=alice)


@pytest.fixture
def low(team: Team, alice: User) -> Voice:
    return builders.make_voice("Low", team=team, by=alice)


def test_an_element_is_told_with_still_and_version(
    signed_in: SignedIn, storyboard: Storyboard, account: Account, keeper: Element, alice: User
) -> None:
    builders.give_first_frame(storyboard, by=alice)
    Creation.know(keeper.latest, account=account, kling_id="71")
    told = named(signed_in, storyboard, alice)["Keeper"]
    assert told["picture"] == f"/pictures/{keeper.latest.pictures()[0].key}/"
    assert told["version"] == "Version 1"
    assert "away" not in told
    assert "why" not in told
    keeper.change(Look("Keeper", "Now in a red coat", tuple(keeper.latest.pictures())), by=alice)
    assert named(signed_in, storyboard, alice)["Keeper"]["version"] == "Version 2"


def test_what_the_account_does_not_have_says_so_and_where_it_is_made(
    signed_in: SignedIn, storyboard: Storyboard, account: Account, keeper: Element, alice: User
) -> None:
    told = named(signed_in, storyboard, alice)["Keeper"]
    assert told["why"].startswith("kling-v3")
    assert "way" not in told
    builders.give_first_frame(storyboard, by=alice)
    told = named(signed_in, storyboard, alice)["Keeper"]
    assert told["away"] == "Not on Simulator yet"
    assert told["way"] == f"/elements/{keeper.key}/"
    row = keeper.ask_on(account, by=alice)
    assert named(signed_in, storyboard, alice)["Keeper"]["away"] == "Being created on Simulator"
    row.claim(builders.WORKER)
    row.begin()
    row.fail("Kling turned the picture down.", code="1301", said="risk")
    told = named(signed_in, storyboard, alice)["Keeper"]
    assert told["away"] == "Could not be created on Simulator"


def test_an_attached_one_is_told_the_same_and_its_row_leads_to_its_page(
    signed_in: SignedIn, storyboard: Storyboard, account: Account, keeper: Element, alice: User
) -> None:
    storyboard.attach_element(keeper, by=alice)
    told = named(signed_in, storyboard, alice)["Keeper"]
    assert (told["token"], told["away"]) == ("<<<element_1>>>", "Not on Simulator yet")
    page = signed_in(alice).get(at("storyboard", storyboard)).content.decode()
    assert f'<a href="/elements/{keeper.key}/">Keeper</a>' in page
    assert "Keeper is not on Simulator yet. Create it there." in page
    assert f'<a href="/elements/{keeper.key}/">Open its page</a>' in page


def test_a_voice_is_heard_as_kling_speaks_else_as_it_was_recorded(
    signed_in: SignedIn, storyboard: Storyboard, account: Account, low: Voice, alice: User
) -> None:
    assert named(signed_in, storyboard, alice)["Low"]["sound"] == f"/voices/{low.key}/recording/"
    low.keep_trial("voices/aa/trial.wav")
    assert named(signed_in, storyboard, alice)["Low"]["sound"] == f"/voices/{low.key}/trial/"


def test_one_kind_attached_says_why_the_other_cannot_be(
    signed_in: SignedIn,
    storyboard: Storyboard,
    account: Account,
    keeper: Element,
    low: Voice,
    alice: User,
) -> None:
    storyboard.rewrite({"model": "kling-v2-6", "mode": "pro", "sound": True}, by=alice)
    builders.give_first_frame(storyboard, by=alice)
    storyboard.attach_element(keeper, by=alice)
    told = named(signed_in, storyboard, alice)["Low"]
    assert told["why"].startswith("Voices are off with elements.")
    storyboard.attach_voice(low, by=alice)
    page = signed_in(alice).get(at("storyboard", storyboard)).content.decode()
    assert "Voices are off with elements. Remove the elements to use voices." in page


def test_nobody_who_only_reads_is_offered_what_is_not_attached(
    signed_in: SignedIn, storyboard: Storyboard, account: Account, keeper: Element, bob: User
) -> None:
    assert named(signed_in, storyboard, bob) == {}

"""What is at Kling already: entries by their id, and Kling's own presets."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from storyboard.models import Account, Element, Team, User, Voice
from storyboard.models.presets import Preset, PresetList
from storyboard.models.uses import refs_on
from tests import builders
from tests.conftest import SignedIn

NOUNS = pytest.mark.parametrize(("noun", "kind"), [(Element, "element"), (Voice, "voice")])


def known_of(team: Team, kind: str) -> str:
    return f"/teams/{team.key}/library/{kind}s/known/"


def presets_of(team: Team, kind: str) -> str:
    return f"/teams/{team.key}/library/{kind}s/presets/"


@pytest.fixture
def listed(account: Account, alice: User) -> PresetList:
    """What Kling offers on the account, read a moment ago."""
    row = PresetList.ask(account, by=alice)
    row.begin()
    elements = [Preset("e1", "Panda", "A friendly panda"), Preset("e2", "Robot", "Made of tin")]
    row.record(elements, [Preset("v1", "Narrator", "", "https://kling.example/v1.mp3")])
    return PresetList.of(account)


@NOUNS
def test_pages_need_a_sign_in_and_a_maker(
    signed_in: SignedIn, team: Team, bob: User, charlie: User, noun: type, kind: str
) -> None:
    for path in (known_of(team, kind), presets_of(team, kind)):
        assert Client().get(path).status_code == 302
        assert signed_in(bob).get(path).status_code == 403
        assert signed_in(charlie).get(path).status_code == 404


@NOUNS
def test_without_an_account_the_page_says_what_is_missing(
    signed_in: SignedIn, team: Team, alice: User, carol: User, noun: type, kind: str
) -> None:
    for path in (known_of(team, kind), presets_of(team, kind)):
        assert "Add account" in signed_in(alice).get(path).content.decode()
        assert "An owner of the team adds one" in signed_in(carol).get(path).content.decode()


@NOUNS
def test_one_is_added_by_name_and_id(
    signed_in: SignedIn,
    account: Account,
    carol: User,
    noun: type[Element] | type[Voice],
    kind: str,
) -> None:
    browser, data = signed_in(carol), {"name": "Aldous", "kling_id": "8298-a_B"}
    answer = browser.post(known_of(account.team, kind), data | {"account": account.key})
    row = noun.objects.get()
    assert answer["Location"] == f"/{kind}s/{row.key}/"
    assert (row.name, row.team, refs_on([row], account)[0].kling_id) == (
        "Aldous",
        account.team,
        "8298-a_B",
    )


@NOUNS
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Write a name"),
        ({"name": "x" * 21}, "has 21"),
        ({"kling_id": ""}, "Write the id"),
        ({"kling_id": "x" * 65}, "has 65"),
        ({"kling_id": "<<<1>>>"}, "letters, digits"),
        ({"kling_id": "two words"}, "letters, digits"),
        ({"kling_id": "٣"}, "letters, digits"),
        ({"kling_id": "there"}, "First has this id already"),
        ({"account": "nobody"}, "The team has no such account"),
    ],
)
def test_what_cannot_be_added_is_422_with_the_text_kept(
    signed_in: SignedIn,
    account: Account,
    alice: User,
    noun: type[Element] | type[Voice],
    kind: str,
    changes: dict[str, str],
    words: str,
) -> None:
    noun.know("First", kling_id="there", account=account, team=account.team, by=alice)
    data = {"name": "Kept", "kling_id": "1", "account": account.key} | changes
    answer = signed_in(alice).post(known_of(account.team, kind), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="Kept"' in page or data["name"] != "Kept"
    assert noun.objects.count() == 1


def test_the_same_id_on_another_account_or_in_another_team_is_no_obstacle(
    signed_in: SignedIn, account: Account, other_team: Team, alice: User, charlie: User
) -> None:
    theirs = other_team.add_account(
        "T", profile="official", address=builders.SIMULATOR, credential="k", by=charlie
    )
    Element.know("Theirs", kling_id="1", account=theirs, team=other_team, by=charlie)
    data = {"name": "Ours", "kling_id": "1", "account": account.key}
    assert signed_in(alice).post(known_of(account.team, "element"), data).status_code == 302
    stolen = data | {"kling_id": "2", "account": theirs.key}
    assert signed_in(alice).post(known_of(account.team, "element"), stolen).status_code == 422


@NOUNS
def test_a_preset_is_found_and_added_once(
    signed_in: SignedIn,
    account: Account,
    listed: PresetList,
    alice: User,
    noun: type[Element] | type[Voice],
    kind: str,
) -> None:
    browser, path = signed_in(alice), presets_of(account.team, kind)
    name, kling_id = {"element": ("Panda", "e1"), "voice": ("Narrator", "v1")}[kind]
    page = browser.get(path).content.decode()
    assert name in page
    assert "As Simulator listed them" in page
    answer = browser.post(path, {"account": account.key, "preset": kling_id})
    row = noun.objects.get()
    assert answer["Location"] == f"/{kind}s/{row.key}/"
    assert (row.name, refs_on([row], account)[0].kling_id) == (name, kling_id)
    assert f"/{kind}s/{row.key}/" in browser.get(path).content.decode(), "In the library"
    twice = browser.post(path, {"account": account.key, "preset": kling_id})
    assert twice.status_code == 422
    assert "has this id already" in twice.content.decode()
    gone = browser.post(path, {"account": account.key, "preset": "e9"})
    assert gone.status_code == 422
    assert "no such preset any more" in gone.content.decode()


def test_presets_are_searched(
    signed_in: SignedIn, account: Account, listed: PresetList, alice: User
) -> None:
    browser, path = signed_in(alice), presets_of(account.team, "element")
    found = browser.get(path, {"q": "tin"}).content.decode()
    assert "Robot" in found
    assert "Panda" not in found
    assert "No preset has “moon”" in browser.get(path, {"q": "moon"}).content.decode()


def test_a_list_is_read_in_the_background_and_the_page_follows(
    signed_in: SignedIn, account: Account, alice: User
) -> None:
    team, browser = account.team, signed_in(alice)
    path, pulse = presets_of(team, "element"), f"/teams/{team.key}/library/presets/element/pulse/"
    assert "No list yet" in browser.get(path).content.decode()
    answer = browser.post(
        f"/teams/{team.key}/library/presets/element/read/", {"account": account.key}
    )
    assert answer["Location"] == f"{path}?account={account.key}"
    assert "Being read" in browser.get(answer["Location"]).content.decode()
    team.refresh_from_db()
    assert browser.get(pulse, {"after": team.serial}).status_code == 204
    row, serial = PresetList.of(account), team.serial
    row.begin()
    row.fail("Kling did not answer.")
    news = browser.get(pulse, {"after": serial}).content.decode()
    assert "Kling did not answer." in news
    assert "Being read" not in news
    assert browser.get(pulse.replace("element", "film")).status_code == 404


def test_a_long_list_is_paged_and_costs_no_more(
    signed_in: SignedIn, account: Account, alice: User
) -> None:
    browser, path = signed_in(alice), presets_of(account.team, "element")

    def cost(count: int) -> int:
        row = PresetList.ask(account, by=alice)
        row.begin()
        row.record([Preset(f"e{n}", f"Preset {n}") for n in range(count)], [])
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(path).status_code == 200
        return len(queries)

    assert cost(2) == cost(130)
    page = browser.get(path, {"page": "3"}).content.decode()
    assert "121 to 130 of 130" in page

"""A voice's page: what can be heard, name and tags, accounts, use and removal."""

from __future__ import annotations

import pytest
from django.test import Client

from storyboard.models import Account, Creation, CreationStatus, Storyboard, User, Voice
from tests import builders
from tests.conftest import SignedIn


def page_of(voice: Voice, verb: str = "") -> str:
    return f"/voices/{voice.key}/{verb}"


@pytest.fixture
def voice(account: Account, alice: User) -> Voice:
    return builders.make_voice("Old keeper", team=account.team, by=alice)


def test_pages_need_a_sign_in_and_strangers_find_nothing(
    signed_in: SignedIn, voice: Voice, charlie: User, bob: User
) -> None:
    for path in (page_of(voice), page_of(voice, "pulse/")):
        assert Client().get(path).status_code == 302
        assert signed_in(charlie).get(path).status_code == 404
        assert signed_in(bob).get(path).status_code == 200
    for verb in ("settings/", "create/", "use/", "remove/"):
        assert signed_in(bob).post(page_of(voice, verb)).status_code == 403
        assert signed_in(charlie).post(page_of(voice, verb)).status_code == 404
    assert signed_in(bob).get(page_of(voice, "settings/")).status_code == 405


def test_its_page_plays_it_and_tells_where_it_is(
    signed_in: SignedIn, voice: Voice, alice: User, bob: User
) -> None:
    page = signed_in(alice).get(page_of(voice)).content.decode()
    assert f'src="/voices/{voice.key}/recording/"' in page
    assert "Recording, 6 s" in page
    assert "Not used yet" in page
    assert "Create there" in page
    seen = signed_in(bob).get(page_of(voice)).content.decode()
    assert "Create there" not in seen
    assert "Remove…" not in seen


def test_a_voice_known_by_its_id_says_why_it_is_silent(
    signed_in: SignedIn, account: Account, alice: User
) -> None:
    known = builders.know_voice("Radio", kling_id="v9", team=account.team, by=alice)
    page = signed_in(alice).get(page_of(known)).content.decode()
    assert "There is nothing to play yet" in page
    assert "v9" in page
    assert "Ready" in page


def test_name_and_tags_change_without_another_making(
    signed_in: SignedIn, voice: Voice, alice: User
) -> None:
    builders.make_ready(voice, by=alice)
    browser = signed_in(alice)
    sent = {"name": "Keeper, old", "tags": "low, Norwegian"}
    assert browser.post(page_of(voice, "settings/"), sent).status_code == 302
    voice.refresh_from_db()
    assert (voice.name, voice.tags) == ("Keeper, old", ["low", "Norwegian"])
    assert voice.creations.get().status == CreationStatus.READY
    refused = browser.post(page_of(voice, "settings/"), {"name": "x" * 21, "tags": "low"})
    assert refused.status_code == 422
    assert "this one has 21" in refused.content.decode()
    assert 'value="xxxxx' in refused.content.decode()


def test_it_is_created_tried_again_and_followed(
    signed_in: SignedIn, voice: Voice, account: Account, alice: User
) -> None:
    browser = signed_in(alice)
    voice.team.refresh_from_db()
    before = voice.team.serial
    assert browser.get(page_of(voice, "pulse/"), {"after": before}).status_code == 204
    assert browser.post(page_of(voice, "create/"), {"account": account.key}).status_code == 302
    assert "Waiting" in browser.get(page_of(voice, "pulse/"), {"after": before}).content.decode()
    creation = Creation.objects.get()
    creation.claim("worker")
    creation.begin()
    creation.fail("Kling heard no voice in it.", code="1201", said="no voice")
    assert "Kling heard no voice in it." in browser.get(page_of(voice)).content.decode()
    assert browser.post(page_of(voice, "create/"), {"account": account.key}).status_code == 302
    creation.refresh_from_db()
    assert creation.status == CreationStatus.QUEUED
    assert browser.post(page_of(voice, "create/"), {"account": "x"}).status_code == 422


def test_it_is_used_in_a_draft_and_removal_says_what_it_affects(
    signed_in: SignedIn, voice: Voice, storyboard: Storyboard, alice: User
) -> None:
    browser = signed_in(alice)
    answer = browser.post(page_of(voice, "use/"), {"storyboard": storyboard.key})
    assert answer["Location"] == f"/storyboards/{storyboard.key}/#voices"
    speaker = builders.make_element("Aldous", team=voice.team, by=alice, voice=voice)
    page = browser.get(page_of(voice, "remove/")).content.decode()
    assert "1 draft loses it" in page
    assert "1 element speaks with it" in page
    assert f"/elements/{speaker.key}/" in page
    answer = browser.post(page_of(voice, "remove/"))
    assert answer["Location"] == f"/teams/{voice.team.key}/library/?kind=voices"
    voice.refresh_from_db()
    assert voice.is_removed
    assert storyboard.voice_uses.count() == 0
    refused = browser.post(page_of(voice, "settings/"), {"name": "Back", "tags": ""})
    assert refused.status_code == 422
    assert "not in the library any more" in refused.content.decode()

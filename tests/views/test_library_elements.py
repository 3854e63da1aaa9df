"""An element's page, making one of pictures, changing it, creating it, using and removing it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from storyboard.models import (
    Account,
    CreationStatus,
    Element,
    Picture,
    Project,
    Revision,
    Storyboard,
    Team,
    User,
)
from storyboard.models.creations import Creation
from tests import builders
from tests.conftest import SignedIn

WORDS = {"name": "Aldous", "description": "Keeper, 70, navy cap", "tags": "character, night one"}


def new_of(team: Team) -> str:
    return f"/teams/{team.key}/library/elements/new/"


def page_of(element: Element, verb: str = "") -> str:
    return f"/elements/{element.key}/{verb}"


def shot(colour: str = "#345", size: tuple[int, int] = (320, 320)) -> SimpleUploadedFile:
    return SimpleUploadedFile("side.png", builders.png(size, colour), "image/png")


@pytest.fixture
def element(account: Account, alice: User) -> Element:
    return builders.make_element("Aldous", team=account.team, by=alice)


def test_pages_need_a_sign_in_and_strangers_find_nothing(
    signed_in: SignedIn, element: Element, charlie: User, bob: User
) -> None:
    for path in (page_of(element), page_of(element, "pulse/"), page_of(element, "change/")):
        assert Client().get(path).status_code == 302
        assert signed_in(charlie).get(path).status_code == 404
    assert signed_in(bob).get(page_of(element)).status_code == 200
    for verb in ("change/", "create/", "use/", "remove/"):
        assert signed_in(bob).post(page_of(element, verb)).status_code == 403
        assert signed_in(charlie).post(page_of(element, verb)).status_code == 404
    assert signed_in(bob).get(new_of(element.team)).status_code == 403
    assert signed_in(bob).get(page_of(element, "create/")).status_code == 405


def test_one_is_made_of_pictures_and_asked_for(
    signed_in: SignedIn, account: Account, carol: User
) -> None:
    browser, path = signed_in(carol), new_of(account.team)
    assert "From the front" in browser.get(path).content.decode()
    data = {**WORDS, "account": account.key, "frontal": shot(), "other_1": shot("#543")}
    answer = browser.post(path, data)
    element = Element.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == page_of(element)
    assert (element.name, element.tags) == ("Aldous", ["character", "night one"])
    assert len(element.latest.pictures()) == 2
    assert element.latest.creations.get().status == CreationStatus.QUEUED


def test_without_an_account_it_is_kept_and_created_later(
    signed_in: SignedIn, team: Team, alice: User
) -> None:
    browser, path = signed_in(alice), new_of(team)
    assert "kept here and created later" in browser.get(path).content.decode()
    answer = browser.post(path, {**WORDS, "frontal": shot(), "other_1": shot("#543")})
    assert answer.status_code == 302
    assert Creation.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Write a name"),
        ({"name": "x" * 21}, "this one has 21"),
        ({"description": ""}, "Write what it is"),
        ({"description": "x" * 101}, "this one has 101"),
        ({"tags": ",".join("abcdefghi")}, "There are 9 tags"),
        ({"tags": "x" * 21}, "has 21 characters"),
        ({"account": "nobody"}, "The team has no such account"),
    ],
)
def test_what_cannot_be_made_is_422_with_words_and_pictures_kept(
    signed_in: SignedIn, account: Account, alice: User, changes: dict[str, str], words: str
) -> None:
    browser, path = signed_in(alice), new_of(account.team)
    sent = WORDS | {"account": account.key} | changes
    answer = browser.post(path, {**sent, "frontal": shot(), "other_1": shot("#543")})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert Element.objects.count() == 0
    kept = {f"{slot}_key": picture_in(page, slot) for slot in ("frontal", "other_1")}
    assert all(kept.values()), "pictures that came well need not be chosen again"
    answer = browser.post(path, {**WORDS, "account": account.key, **kept})
    assert answer.status_code == 302


def picture_in(page: str, slot: str) -> str:
    return page.partition(f'name="{slot}_key" value="')[2].partition('"')[0]


def test_too_few_or_bad_pictures_are_named_in_their_place(
    signed_in: SignedIn, account: Account, other_team: Team, alice: User
) -> None:
    browser, path = signed_in(alice), new_of(account.team)
    alone = browser.post(path, {**WORDS, "frontal": shot()})
    assert alone.status_code == 422
    assert "Missing: Another side" in alone.content.decode()
    small = browser.post(path, {**WORDS, "frontal": shot(), "other_1": shot(size=(200, 200))})
    slot = small.content.decode().partition('id="slot-other_1-errors"')[2]
    assert small.status_code == 422
    assert "200 × 200 px" in slot.partition("</div>")[0]
    theirs = Picture.keep(builders.clean_picture(builders.png((320, 320), "#999")), team=other_team)
    stolen = browser.post(path, {**WORDS, "frontal": shot(), "other_1_key": theirs.key})
    assert stolen.status_code == 422
    assert "not in the library any more" in stolen.content.decode()
    assert Element.objects.count() == 0


def test_a_picture_for_a_slot_is_kept_and_drawn_there(
    signed_in: SignedIn, account: Account, alice: User, bob: User
) -> None:
    path = f"/teams/{account.team.key}/library/elements/pictures/frontal/"
    browser, script = signed_in(alice), {"headers": {"HX-Request": "true"}}
    part = browser.post(path, {"picture": shot()}, **script)  # type: ignore[arg-type]
    picture = Picture.objects.get()
    assert part.status_code == 200
    assert part.content.decode().strip().startswith('<div class="slot"')
    assert picture_in(part.content.decode(), "frontal") == picture.key
    again = browser.post(path, {"picture_key": picture.key})
    assert again["Location"] == f"{new_of(account.team)}?frontal={picture.key}"
    assert picture_in(browser.get(again["Location"]).content.decode(), "frontal") == picture.key
    bad = browser.post(path, {"picture": shot(size=(100, 100))}, **script)  # type: ignore[arg-type]
    assert bad.status_code == 422
    assert "100 × 100 px" in bad.content.decode()
    assert browser.post(path.replace("frontal", "left"), {}).status_code == 404
    assert browser.get(path).status_code == 405
    assert signed_in(bob).post(path, {}).status_code == 403
    huge = browser.generic("POST", path, b"x", CONTENT_LENGTH=str(12 * 1024 * 1024))
    assert huge.status_code == 422
    assert "at most 10 MB" in huge.content.decode()


def test_its_page_shows_look_versions_use_and_accounts(
    signed_in: SignedIn, element: Element, storyboard: Storyboard, alice: User
) -> None:
    storyboard.attach_element(element, by=alice)
    shot_one = storyboard.shots.get(position=1)
    shot_one.rewrite({"prompt": "<<<element_1>>> at the lamp."}, by=alice)
    page = signed_in(alice).get(page_of(element)).content.decode()
    assert "Version 1" in page
    assert "1 storyboard" in page
    assert "Shot 1" in page
    assert "Not created yet" in page
    assert "Create there" in page
    assert "2 pictures" in page


def test_it_says_where_a_storyboard_uses_it(
    signed_in: SignedIn, element: Element, storyboard: Storyboard, alice: User
) -> None:
    browser = signed_in(alice)
    storyboard.attach_element(element, by=alice)
    assert "Attached, not in a prompt" in browser.get(page_of(element)).content.decode()
    builders.make_ready(element, by=alice)
    builders.give_first_frame(storyboard, by=alice)
    storyboard.rewrite({"model": "kling-v3"}, by=alice)
    builders.make_revision(Storyboard.objects.get(), by=alice)
    storyboard.detach_element(element, by=alice)
    page = browser.get(page_of(element)).content.decode()
    assert "In revisions only" in page
    assert "1 storyboard" in page


def test_its_page_costs_the_same_for_more_versions_and_storyboards(
    signed_in: SignedIn, element: Element, project: Project, alice: User
) -> None:
    browser = signed_in(alice)

    def cost() -> int:
        browser.get(page_of(element))
        with CaptureQueriesContext(connection) as queries:
            browser.get(page_of(element))
        return len(queries)

    def use(number: int) -> None:
        board = builders.make_storyboard(project, by=alice, name=f"Night {number}")
        builders.give_first_frame(board, by=alice)
        board.attach_element(element, by=alice)
        look = replace(element.look, description=f"Another {number}")
        element.change(look, by=alice)

    use(1)
    few = cost()
    builders.many(5, lambda number: use(number + 1))
    assert cost() == few
    page = browser.get(page_of(element)).content.decode()
    assert "Version 7" in page
    assert "6 storyboards" in page


def test_a_change_makes_the_next_version_and_follows_its_accounts(
    signed_in: SignedIn, element: Element, alice: User
) -> None:
    builders.make_ready(element, by=alice)
    browser, path = signed_in(alice), page_of(element, "change/")
    page = browser.get(path).content.decode()
    assert "makes version 2" in page
    keys = {f"{slot}_key": picture_in(page, slot) for slot in ("frontal", "other_1")}
    answer = browser.post(path, {**WORDS, "name": "Aldous B", **keys, "other_2": shot("#777")})
    assert answer.status_code == 302
    element.refresh_from_db()
    assert (element.name, element.latest.number) == ("Aldous B", 2)
    assert len(element.latest.pictures()) == 3
    assert element.latest.creations.get().status == CreationStatus.QUEUED
    after = browser.get(page_of(element)).content.decode()
    assert "Version 2" in after
    assert "named Aldous B, before Aldous" in after.replace("Named", "named")
    assert "other pictures" in after


def test_tags_alone_make_no_version_and_a_picture_can_be_left_out(
    signed_in: SignedIn, account: Account, alice: User
) -> None:
    element = builders.make_element("A", team=account.team, by=alice, colours="#111 #222 #333")
    browser, path = signed_in(alice), page_of(element, "change/")
    slots = ("frontal", "other_1", "other_2")
    page = browser.get(path).content.decode()
    keys = {f"{slot}_key": picture_in(page, slot) for slot in slots}
    same = {"name": "A", "description": element.description, **keys}
    assert browser.post(path, {**same, "tags": "boat"}).status_code == 302
    element.refresh_from_db()
    assert (element.tags, element.latest.number) == (["boat"], 1)
    assert browser.post(path, {**same, "tags": "boat", "other_2_clear": "1"}).status_code == 302
    element.refresh_from_db()
    assert (element.latest.number, len(element.latest.pictures())) == (2, 2)
    refused = browser.post(path, {**same, "name": ""})
    assert refused.status_code == 422
    assert "Write a name" in refused.content.decode()


def test_it_is_created_on_an_account_and_tried_again_where_that_failed(
    signed_in: SignedIn, element: Element, account: Account, alice: User
) -> None:
    browser, path = signed_in(alice), page_of(element, "create/")
    assert browser.post(path, {"account": account.key}).status_code == 302
    creation = Creation.objects.get()
    assert "Waiting" in browser.get(page_of(element)).content.decode()
    creation.claim("worker")
    creation.begin()
    creation.fail("Kling did not like the pictures.", code="1201", said="Invalid image")
    failed = browser.get(page_of(element)).content.decode()
    assert "Kling did not like the pictures." in failed
    assert "1201 Invalid image" in failed
    assert "Try again" in failed
    assert browser.post(path, {"account": account.key}).status_code == 302
    creation.refresh_from_db()
    assert creation.status == CreationStatus.QUEUED


def test_an_account_that_cannot_is_refused_in_words(
    signed_in: SignedIn, element: Element, account: Account, alice: User
) -> None:
    browser = signed_in(alice)
    nowhere = browser.post(page_of(element, "create/"), {"account": "x"})
    assert nowhere.status_code == 422
    assert "The team has no such account" in nowhere.content.decode()
    gateway = element.team.add_account(
        "Gateway", profile="powertokens", address=builders.SIMULATOR, credential="k", by=alice
    )
    refused = browser.post(page_of(element, "create/"), {"account": gateway.key})
    assert refused.status_code == 422
    assert Creation.objects.count() == 0
    assert "Gateway" not in browser.get(page_of(element)).content.decode().partition("makings")[2]


def test_the_pulse_follows_its_creation(
    signed_in: SignedIn, element: Element, alice: User, bob: User
) -> None:
    browser, path = signed_in(bob), page_of(element, "pulse/")
    element.team.refresh_from_db()
    assert browser.get(path, {"after": element.team.serial}).status_code == 204
    before = element.team.serial
    builders.make_ready(element, by=alice)
    news = browser.get(path, {"after": before})
    assert news.status_code == 200
    assert "Ready" in news.content.decode()
    assert 'id="entry-at"' in news.content.decode()


def test_it_is_used_in_a_draft_of_choice(
    signed_in: SignedIn,
    element: Element,
    storyboard: Storyboard,
    other_team: Team,
    alice: User,
) -> None:
    browser, path = signed_in(alice), page_of(element, "use/")
    assert storyboard.name in browser.get(path).content.decode()
    answer = browser.post(path, {"storyboard": storyboard.key})
    assert answer["Location"] == f"/storyboards/{storyboard.key}/#elements"
    assert storyboard.element_uses.get().element == element
    assert "Uses it, open" in browser.get(path).content.decode()
    assert browser.post(path, {"storyboard": "nobody"}).status_code == 404
    storyboard.archive(by=alice)
    refused = browser.post(path, {"storyboard": storyboard.key})
    assert refused.status_code == 422
    assert "archived" in refused.content.decode()


def test_removal_says_what_it_affects_first(
    signed_in: SignedIn, element: Element, storyboard: Storyboard, alice: User
) -> None:
    builders.make_ready(element, by=alice)
    storyboard.attach_element(element, by=alice)
    browser, path = signed_in(alice), page_of(element, "remove/")
    page = browser.get(path).content.decode()
    assert "1 draft loses it" in page
    assert storyboard.name in page
    assert "No revision was sent with it." in page
    assert "deleted there too" in page
    assert Element.objects.in_library().count() == 1, "looking removes nothing"
    assert browser.post(path).status_code == 302
    assert browser.post(path).status_code == 302
    element.refresh_from_db()
    assert element.is_removed
    assert element.team.activities.filter(verb="element.removed").count() == 1
    kept = browser.get(page_of(element)).content.decode()
    assert "Removed" in kept
    assert "Remove…" not in kept
    assert browser.post(page_of(element, "change/"), WORDS).status_code == 422


def test_removal_counts_the_revisions_that_keep_it(
    signed_in: SignedIn, element: Element, storyboard: Storyboard, alice: User
) -> None:
    builders.make_ready(element, by=alice)
    storyboard.attach_element(element, by=alice)
    builders.give_first_frame(storyboard, by=alice)
    storyboard.rewrite({"model": "kling-v3"}, by=alice)
    revision: Revision = builders.make_revision(Storyboard.objects.get(), by=alice)
    assert revision.element_pins.count() == 1
    page = signed_in(alice).get(page_of(element, "remove/")).content.decode()
    assert "1 revision keeps it as it was sent." in page

"""The library's shelves: what stands there, what is found, and what it costs to ask."""

from __future__ import annotations

from django.test import Client

from storyboard.models import Account, Element, Storyboard, Team, User, Voice
from tests import builders
from tests.conftest import SignedIn


def page_of(team: Team) -> str:
    return f"/teams/{team.key}/library/"


def shown(browser: Client, team: Team, **asked: str) -> str:
    answer = browser.get(page_of(team), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def known(
    name: str, account: Account, by: User, *, tags: tuple[str, ...] = (), told: str = ""
) -> Element:
    return Element.know(
        name, kling_id=f"id-{name}", account=account, team=account.team, by=by, tags=tags,
        description=told,
    )  # fmt: skip


def names(page: str) -> list[str]:
    """The elements' names in the order of their cards."""
    cards = page.partition('id="elements-list"')[2].partition('id="voices"')[0]
    return [part.partition("</h3>")[0] for part in cards.split('<h3 class="grow clip">')[1:]]


def test_it_needs_a_sign_in_and_strangers_find_nothing(
    signed_in: SignedIn, team: Team, charlie: User
) -> None:
    assert Client().get(page_of(team)).status_code == 302
    assert signed_in(charlie).get(page_of(team)).status_code == 404
    assert signed_in(charlie).post(page_of(team)).status_code == 405


def test_an_empty_library_says_what_will_be_there(
    signed_in: SignedIn, team: Team, bob: User, alice: User
) -> None:
    page = shown(signed_in(bob), team)
    assert "No elements yet" in page
    assert "No voices yet" in page
    assert "New element" not in page, "a reviewer makes none"
    assert "New element" in shown(signed_in(alice), team)
    assert "No pictures yet" in shown(signed_in(alice), team, kind="pictures")


def test_a_card_tells_use_and_what_it_is_made_of(
    signed_in: SignedIn, account: Account, storyboard: Storyboard, alice: User
) -> None:
    team = account.team
    used, _unused = known("Aldous", account, alice), known("Marit", account, alice)
    storyboard.attach_element(used, by=alice)
    page = shown(signed_in(alice), team)
    assert names(page) == ["Aldous", "Marit"], "the most used first"
    assert "1 storyboard<" in page
    assert "Not used yet" in page
    assert "Known by its id" in page


def test_words_are_looked_for_in_names_tags_and_descriptions(
    signed_in: SignedIn, account: Account, alice: User
) -> None:
    team, browser = account.team, signed_in(alice)
    known("Aldous", account, alice, tags=("character",), told="Keeper, navy cap")
    known("Märit", account, alice, tags=("boat",), told="Red hull")
    assert names(shown(browser, team, q="NAVY")) == ["Aldous"]
    assert names(shown(browser, team, q="boat")) == ["Märit"]
    assert names(shown(browser, team, q="MÄRIT")) == ["Märit"], "any case, any letter"
    nothing = shown(browser, team, q="gull")
    assert "Nothing has “gull” in its name, tags or description" in nothing
    assert "2 are here without the filter" in nothing
    assert 'value="gull"' in nothing


def test_a_tag_filters_and_stands_with_its_count(
    signed_in: SignedIn, account: Account, alice: User
) -> None:
    team, browser = account.team, signed_in(alice)
    known("Aldous", account, alice, tags=("character", "night one"))
    known("Marit", account, alice, tags=("boat",))
    known("Gull", account, alice, tags=("Character",))
    page = shown(browser, team, tag="character")
    assert names(page) == ["Aldous", "Gull"]
    assert 'aria-current="true">character <b class="num">2</b>' in page
    assert "boat" in page, "the other tags stay to choose"
    assert "Nothing is tagged gone now" in shown(browser, team, tag="gone")


def test_they_are_sorted_by_name_where_asked(
    signed_in: SignedIn, account: Account, storyboard: Storyboard, alice: User
) -> None:
    storyboard.attach_element(known("zebra", account, alice), by=alice)
    known("Aldous", account, alice)
    browser = signed_in(alice)
    assert names(shown(browser, account.team)) == ["zebra", "Aldous"]
    assert names(shown(browser, account.team, sort="name")) == ["Aldous", "zebra"]


def test_a_kind_stands_alone_where_asked(
    signed_in: SignedIn, account: Account, storyboard: Storyboard, alice: User
) -> None:
    team, browser = account.team, signed_in(alice)
    known("Aldous", account, alice)
    Voice.know("Old keeper", kling_id="v1", account=account, team=team, by=alice)
    picture = builders.give_first_frame(storyboard, by=alice)
    both = shown(browser, team)
    assert "Aldous" in both
    assert "Old keeper" in both
    voices = shown(browser, team, kind="voices")
    assert 'id="elements"' not in voices
    assert "Old keeper" in voices
    assert f"/pictures/{picture.key}/" in shown(browser, team, kind="pictures")


def test_nonsense_in_the_address_asks_for_everything(
    signed_in: SignedIn, account: Account, alice: User
) -> None:
    known("Aldous", account, alice)
    page = shown(
        signed_in(alice), account.team, kind="films", sort="x", page="x", tag="y" * 99, q="z" * 99
    )
    assert names(page) == ["Aldous"]


def test_the_first_or_the_chosen_element_is_looked_at(
    signed_in: SignedIn, account: Account, other_team: Team, alice: User, charlie: User
) -> None:
    browser, first = signed_in(alice), known("Aldous", account, alice)
    second = known("Marit", account, alice)
    assert f'id="detail-title"><a href="/elements/{first.key}/"' in shown(browser, account.team)
    chosen = shown(browser, account.team, element=second.key)
    assert f'id="detail-title"><a href="/elements/{second.key}/"' in chosen
    theirs = other_team.add_account(
        "T", profile="official", address=builders.SIMULATOR, credential="k", by=charlie
    )
    stranger = known("Theirs", theirs, charlie)
    assert "Theirs" not in shown(browser, account.team, element=stranger.key)


def test_what_is_not_on_any_account_says_so_on_its_card(
    signed_in: SignedIn, account: Account, alice: User
) -> None:
    element = builders.make_element("Aldous", team=account.team, by=alice)
    browser = signed_in(alice)
    assert "Not created yet" in shown(browser, account.team)
    element.ask_on(account, by=alice)
    page = shown(browser, account.team)
    assert "Waiting" in page
    assert "<time-so-far" in page


def test_sixty_stand_on_a_page(signed_in: SignedIn, account: Account, alice: User) -> None:
    """What many cost is in test_library_size."""
    builders.many(70, lambda number: known(f"Element {number}", account, alice))
    browser = signed_in(alice)
    page = shown(browser, account.team)
    assert len(names(page)) == 60
    assert "1 to 60 of 70" in page
    assert len(names(shown(browser, account.team, kind="elements", page="2"))) == 10


def test_the_shelves_follow_what_others_add(
    signed_in: SignedIn, account: Account, bob: User, alice: User
) -> None:
    team, browser = account.team, signed_in(bob)
    team.refresh_from_db()
    page = shown(browser, team)
    pulse = f"{page_of(team)}pulse/"
    assert f'src="{pulse}" after="{team.serial}" stream="/live/teams/{team.key}/"' in page
    assert browser.get(pulse, {"after": team.serial}).status_code == 204
    known("Aldous", account, alice)
    Voice.know("Keeper", kling_id="v1", account=account, team=team, by=alice)
    news = browser.get(pulse, {"after": team.serial}).content.decode()
    team.refresh_from_db()
    assert f'after="{team.serial}"' in news
    assert all(f'id="{place}"' in page for place in ("elements", "voices", "library-kinds"))
    assert all(f'id="{place}"' in news for place in ("elements", "voices", "library-kinds"))
    assert "Aldous" in news
    assert "Keeper" in news


def test_the_pulse_shows_what_was_asked_for(
    signed_in: SignedIn, account: Account, alice: User
) -> None:
    known("Aldous", account, alice)
    known("Marit", account, alice)
    browser = signed_in(alice)
    page = shown(browser, account.team, q="marit")
    assert "library/pulse/?q=marit" in page
    news = browser.get(f"{page_of(account.team)}pulse/", {"after": "0", "q": "marit"})
    assert names(news.content.decode()) == ["Marit"]

"""Which notes the review room lists: filters, order, windows, links to one, notes carried over."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.models import Note, Revision, Take, User
from tests import builders
from tests.conftest import SignedIn

HTMX = {"HX-Request": "true"}
MOST = 60  # notes in the page


def at(name: str, row: Take | Note) -> str:
    return reverse(name, args=[row.key])


def page_of(browser: Client, take: Take, query: str = "") -> str:
    response = browser.get(at("take", take) + query)
    assert response.status_code == 200
    return str(response.content.decode())


def listed(page: str) -> list[str]:
    """The keys of the notes in the list, in its order."""
    return re.findall(r'<article class="note[^"]*" id="note-([^"]+)"', page)


def keys(*notes: Note) -> list[str]:
    return [note.key for note in notes]


def count_of(page: str, tab: str) -> str:
    found = re.search(rf'id="{tab}-count">(\d+)<', page)
    return found[1] if found else ""


@pytest.fixture
def notes(take: Take, alice: User, bob: User) -> list[Note]:
    """Bob's in shot 1, Alice's in shot 2, and one of Bob's there that is resolved."""
    first = Note.add(take, "One", at_ms=1000, by=bob)
    second = Note.add(take, "Two", at_ms=4000, by=alice)
    third = Note.add(take, "Three", at_ms=3500, by=bob)
    third.resolve(by=alice, on=take)
    return [first, second, third]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("", (0, 1)),
        ("?notes=open", (0, 1)),
        ("?notes=resolved", (2,)),
        ("?notes=mine", (0, 2)),
        ("?notes=shot&shot=2", (2, 1)),
        ("?notes=shot", (0,)),
        ("?notes=shot&shot=9", ()),
        ("?notes=carried", ()),
        ("?sort=newest", (1, 0)),
        ("?notes=scene&sort=odd&from=-1&shot=x&at=y", (0, 1)),
        ("?notes=mine&note=" + "A" * 22, (0, 2)),
        ("?from=999999999", (1,)),
    ],
)
def test_the_address_says_what_is_listed(
    signed_in: SignedIn, take: Take, bob: User, notes: list[Note], query: str,
    places: tuple[int, ...],
) -> None:  # fmt: skip
    page = page_of(signed_in(bob), take, query)
    assert listed(page) == [notes[place].key for place in places]
    assert (count_of(page, "open"), count_of(page, "resolved")) == ("2", "1")
    assert count_of(page, "mine") == "2"


def test_a_link_to_a_note_opens_the_list_that_has_it_and_the_film_there(
    signed_in: SignedIn, take: Take, bob: User, notes: list[Note]
) -> None:
    first, _second, third = notes
    page = page_of(signed_in(bob), take, f"?note={third.key}")
    assert listed(page) == keys(third)
    assert re.search(rf'class="note res on" id="note-{third.key}"', page)
    assert 'data-start-ms="3500"' in page
    page = page_of(signed_in(bob), take, f"?notes=mine&note={first.key}")
    assert listed(page) == keys(first, third)


def test_a_link_to_a_note_that_is_gone_says_so(
    signed_in: SignedIn, take: Take, bob: User, notes: list[Note]
) -> None:
    page = page_of(signed_in(bob), take, "?note=" + "A" * 22)
    assert "is not on this take any more" in page
    assert listed(page) == keys(notes[0], notes[1])


def test_an_empty_filter_says_so_and_leads_back(
    signed_in: SignedIn, take: Take, carol: User, notes: list[Note]
) -> None:
    page = page_of(signed_in(carol), take, "?notes=mine")
    assert "No notes of yours on this take" in page
    assert "Show the 2 open notes" in page


def test_a_long_list_is_shown_in_parts(signed_in: SignedIn, take: Take, bob: User) -> None:
    made: list[Note] = []
    builders.many(130, lambda n: made.append(Note.add(take, f"Note {n}", at_ms=20 * n, by=bob)))
    every = keys(*sorted(made, key=lambda note: (note.at_ms, note.pk)))
    browser = signed_in(bob)
    first = page_of(browser, take)
    assert listed(first) == every[:60]
    assert "Notes 1 to 60 of 130" in first
    later = re.search(r'id="later-notes"><a [^>]*href="([^"#]+)', first)
    assert later
    second = browser.get(later[1].replace("&amp;", "&")).content.decode()
    assert listed(second) == every[60:120]
    assert 'id="earlier-notes"' in second
    wished = page_of(browser, take, f"?note={every[100]}")
    assert every[100] in listed(wished)
    assert len(listed(wished)) == 60
    moment = page_of(browser, take, "?at=2000")
    assert every[100] in listed(moment)


def test_a_new_note_is_in_the_part_that_is_answered(
    signed_in: SignedIn, take: Take, alice: User, bob: User
) -> None:
    builders.many(70, lambda n: Note.add(take, f"Note {n}", at_ms=10 * n, by=alice))
    headers = HTMX | {"HX-Current-URL": f"http://testserver{at('take', take)}?notes=open"}
    data = {"text": "At the end", "at_ms": "4800"}
    page = signed_in(bob).post(at("add_note", take), data, headers=headers).content.decode()
    assert listed(page)[-1] == Note.objects.get(words="At the end").key
    assert "Note added at 00:04:05." in page


def test_a_new_note_in_the_part_that_is_shown_moves_nothing(
    signed_in: SignedIn, take: Take, alice: User, bob: User
) -> None:
    builders.many(70, lambda n: Note.add(take, f"Note {n}", at_ms=10 * n, by=alice))
    browser = signed_in(bob)
    for query in ("?from=5", f"?note={Note.objects.get(words='Note 15').key}"):
        before = listed(page_of(browser, take, query))
        headers = HTMX | {"HX-Current-URL": f"http://testserver{at('take', take)}{query}"}
        data = {"text": "In between", "at_ms": "400"}
        page = browser.post(at("add_note", take), data, headers=headers).content.decode()
        new = Note.objects.latest("pk").key
        assert new in listed(page)
        assert [key for key in listed(page) if key != new] == before[: MOST - 1]


def test_an_answer_keeps_the_filter_of_the_page_it_came_from(
    signed_in: SignedIn, take: Take, bob: User, notes: list[Note]
) -> None:
    headers = HTMX | {"HX-Current-URL": f"http://testserver{at('take', take)}?notes=mine"}
    answer = signed_in(bob).post(at("resolve_note", notes[0]), headers=headers).content.decode()
    assert listed(answer) == keys(notes[0], notes[2])
    assert 'data-query="notes=mine"' in answer


def test_an_answer_to_a_page_with_no_address_is_the_whole_list(
    signed_in: SignedIn, take: Take, bob: User, notes: list[Note]
) -> None:
    headers = HTMX | {"HX-Current-URL": "http://["}
    answer = signed_in(bob).post(at("resolve_note", notes[0]), headers=headers)
    assert answer.status_code == 200


def test_the_pulse_answers_the_part_it_is_asked_for(
    signed_in: SignedIn, take: Take, bob: User, notes: list[Note]
) -> None:
    page = signed_in(bob).get(at("take_pulse", take), {"notes": "resolved", "after": "0"})
    assert listed(page.content.decode()) == keys(notes[2])


def test_an_open_note_stands_on_the_next_take_and_is_resolved_there(
    signed_in: SignedIn, take: Take, approved: Revision, alice: User, bob: User, notes: list[Note]
) -> None:
    following = builders.make_take(approved, by=alice)
    browser = signed_in(bob)
    page = page_of(browser, following)
    assert listed(page) == keys(notes[0], notes[1])
    assert page.count("from take 1</span>") == 2
    resolve = f"{at('resolve_note', notes[0])}?on={following.key}"
    assert resolve in page
    answer = browser.post(resolve)
    assert answer["Location"] == f"{at('take', following)}#notes"
    notes[0].refresh_from_db()
    assert notes[0].resolved_on == following
    assert listed(page_of(browser, following, "?notes=carried")) == keys(notes[0], notes[1])
    assert listed(page_of(browser, following, "?notes=resolved")) == keys(notes[0])


def test_a_take_of_another_team_is_not_the_page_one_came_from(
    signed_in: SignedIn, take: Take, bob: User, notes: list[Note]
) -> None:
    for odd in ("A" * 22, "%00", "draft"):
        answer = signed_in(bob).post(f"{at('resolve_note', notes[0])}?on={odd}")
        assert answer["Location"] == f"{at('take', take)}#notes"

"""A take with a thousand notes asks the database as often as one with ten, and stays a page."""

from __future__ import annotations

import re

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from storyboard.models import Note, Take, User
from tests.conftest import SignedIn
from tests.views.gates import at

FEW, MANY = 10, 1000
MOST_IN_PAGE = 60  # notes with their replies
MOST_PINS = 120
MOST_BYTES = 400_000
HTMX = {"HX-Request": "true"}
BOX = {"tool": "box", "colour": "orange", "points": [[0.25, 0.25], [0.5, 0.75]], "words": ""}
# How the page is asked for: what the address ends with.
ASKED = {
    "open": "",
    "resolved": "?notes=resolved",
    "mine": "?notes=mine",
    "this shot": "?notes=shot&shot=2",
    "carried over": "?notes=carried",
    "newest first": "?sort=newest",
    "at a moment": "?at=2500",
}


@transaction.atomic
def fill(take: Take, first: int, last: int, people: tuple[User, User]) -> None:
    """Of every kind: at a moment, over a range, on a shot; drawn on, replied to, resolved.

    Among the first ten each filter finds one with a reply.
    """
    shots = [bound.shot_key for bound in take.bounds()]
    for number in range(first, last):
        by, other = people[number % 2], people[(number + 1) % 2]
        words = f"Note {number}: hold this a little longer before the cut."
        at_ms = number * 997 % take.duration_ms
        if number % 5 == 1:
            note = Note.add(take, words, at_ms=at_ms, end_ms=at_ms + 500, by=by)
        elif number % 5 == 2:
            note = Note.add(take, words, shot_key=shots[number % len(shots)], by=by)
        elif number % 5 == 3:
            note = Note.add(take, words, at_ms=at_ms, drawing=[BOX], by=by)
        else:
            note = Note.add(take, words, at_ms=at_ms, by=by)
        if number % 3 == 1:
            note.reply("It is held in the next draft.", by=other)
        if number % 4 == 0:
            note.resolve(by=other, on=take)


def cost(browser: Client, path: str, **headers: str) -> tuple[int, str, str]:
    """Queries once what is compiled or kept a process is there, which they were, and the page."""
    browser.get(path, headers=headers)
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(path, headers=headers)
    assert answer.status_code == 200, path
    queries = "\n".join(each["sql"][:160] for each in asked.captured_queries)
    return len(asked), queries, answer.content.decode()


def paths_of(take: Take, note: Note) -> dict[str, str]:
    page = at("take", take)
    paths = {what: page + query for what, query in ASKED.items()}
    paths["one note"] = f"{page}?note={note.key}"
    paths["what is new"] = f"{at('take_pulse', take)}?after=0"
    return paths


@pytest.fixture
def middle(take: Take, alice: User, bob: User) -> Note:
    """An open note in the middle of the film; ten in all."""
    fill(take, 0, FEW - 1, (alice, bob))
    return Note.add(take, "The one that is linked to.", at_ms=2500, by=alice)


@pytest.mark.parametrize("many", [MANY // 6, pytest.param(MANY, marks=pytest.mark.by_hand)])
def test_a_thousand_notes_cost_as_many_questions_as_ten(
    signed_in: SignedIn, take: Take, middle: Note, alice: User, bob: User, many: int
) -> None:
    browser = signed_in(bob)
    paths = paths_of(take, middle)
    few = {what: cost(browser, path) for what, path in paths.items()}
    fill(take, FEW, many, (alice, bob))
    for what, (least, asked, _page) in few.items():
        most, then, page = cost(browser, paths[what])
        assert most <= least, f"{what}: {least}, then {most}\n{asked}\n\n{then}"
        assert roots(page) <= MOST_IN_PAGE, what
        assert len(re.findall(r'<a class="pin[ "]', page)) <= MOST_PINS, what
        assert len(page.encode()) <= MOST_BYTES, f"{what}: {len(page.encode())} bytes"
    assert roots(cost(browser, paths["open"])[2]) == MOST_IN_PAGE


def test_a_link_opens_the_part_that_holds_its_note(
    signed_in: SignedIn, take: Take, middle: Note, alice: User, bob: User
) -> None:
    browser = signed_in(bob)
    fill(take, FEW, MANY // 6, (alice, bob))
    first, last = take.notes.filter(parent=None).first(), take.notes.filter(parent=None).last()
    assert first
    assert last
    for note in (first, middle, last):
        page = cost(browser, f"{at('take', take)}?note={note.key}")[2]
        assert f'id="note-{note.key}"' in page
        assert roots(page) <= MOST_IN_PAGE


def roots(page: str) -> int:
    """Notes that are no replies, as the page draws them."""
    return len(re.findall(r'<article class="note[ "]', page))

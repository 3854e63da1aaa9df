"""A note's drawing as it stands on a page."""

from __future__ import annotations

import re
from typing import Any

from django.template.loader import render_to_string

from storyboard.media.drawings import clean_drawing
from storyboard.models import Note, Take, User

SHAPES = [
    {"tool": "arrow", "colour": "red", "points": [[0.25, 0.5], [0.75, 0.5]], "words": ""},
    {"tool": "text", "colour": "blue", "points": [[0.75, 0.5]], "words": "<b>lower</b>"},
]


def drawn(note: Note, take: Take, **more: Any) -> str:
    return render_to_string("storyboard/takes/_drawing.html", {"note": note, "take": take, **more})


def a_note(take: Take, by: User, words: str = "Touch the <glass>.", **more: Any) -> Note:
    return Note.add(take, words, by=by, at_ms=500, drawing=clean_drawing(SHAPES), **more)


def test_a_drawing_lies_in_the_pixels_of_the_take(take: Take, alice: User) -> None:
    note = a_note(take, alice)
    page = drawn(note, take)
    wide, high = take.width, take.height
    assert f'viewBox="0 0 {wide} {high}"' in page
    assert f'<path class="c-red" d="M{wide // 4} {high // 2}L{wide * 3 // 4} {high // 2}M' in page
    assert '<text class="c-blue" text-anchor="end">' in page
    assert "style=" not in page


def test_what_people_wrote_is_never_markup(take: Take, alice: User) -> None:
    page = drawn(a_note(take, alice), take)
    assert "&lt;b&gt;lower&lt;/b&gt;" in page
    assert "<title>Drawing: Touch the &lt;glass&gt;.</title>" in page
    assert "<b>" not in page
    assert "<title>Drawing by Alice" in drawn(a_note(take, alice, ""), take)


def test_it_stands_where_its_note_does_also_when_carried_over(take: Take, alice: User) -> None:
    note = a_note(take, alice, end_ms=1000)
    begins = take.at_frame(500)
    assert f'data-at-ms="{begins}" data-end-ms="{note.end_ms}"' in drawn(note, take)
    page = drawn(note, take, at_ms=0, end_ms=250)
    assert 'data-at-ms="0" data-end-ms="250"' in page
    assert re.search(rf"frame=0&amp;note={note.key}", page)


def test_a_note_without_a_drawing_draws_nothing(take: Take, alice: User) -> None:
    note = Note.add(take, "Words.", by=alice, at_ms=500)
    assert drawn(note, take).strip() == ""

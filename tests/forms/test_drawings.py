"""The hidden field a drawing comes in."""

from __future__ import annotations

import json

import pytest
from django import forms

from storyboard.forms.drawings import DrawingField

BOX = {"tool": "box", "colour": "red", "points": [[0.1, 0.2], [0.3, 0.4]], "words": ""}


class Form(forms.Form):
    drawing = DrawingField()


def test_a_drawing_is_read_from_its_field() -> None:
    form = Form({"drawing": json.dumps([BOX])})
    assert form.is_valid()
    assert form.cleaned_data["drawing"] == [BOX]


@pytest.mark.parametrize("data", [{}, {"drawing": ""}, {"drawing": "[]"}])
def test_a_note_needs_no_drawing(data: dict[str, str]) -> None:
    form = Form(data)
    assert form.is_valid()
    assert form.cleaned_data["drawing"] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 60_000, "cannot be read"),
        ('[{"tool":"box","colour":"red","points":[[NaN,0],[0,0]]}]', "cannot be read"),
        (json.dumps([BOX] * 61), "61 shapes; a note keeps 60"),
        ("[" + "[0.5,0.5]," * 1_000_000 + "0]", "more than 64 KB"),
        (json.dumps([{**BOX, "points": [[0, 0], [2, 2]]}]), "outside the picture"),
        ("\x00", "Null characters"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_refused_is_said_and_stays_in_the_field(text: str, words: str) -> None:
    form = Form({"drawing": text})
    assert not form.is_valid()
    assert words in str(form.errors["drawing"])
    assert form["drawing"].value() == text

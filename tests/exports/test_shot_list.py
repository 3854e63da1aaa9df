"""The shot list as CSV, and back through the reader."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.exports.shot_list import COLUMNS, Line, as_csv, as_words, is_risky
from storyboard.forms.shot_lists import read_shot_list

# What a stored prompt may hold: no NUL, no half of a pair, lines ended by one character.
PROMPTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=300)
SHOTS = st.lists(st.tuples(PROMPTS, st.integers(0, 99)), min_size=1, max_size=6)


def as_list(shots: list[tuple[str, int]]) -> bytes:
    return as_csv(
        Line(position, seconds, prompt) for position, (prompt, seconds) in enumerate(shots, 1)
    )


def test_excel_knows_the_file_by_its_mark_and_reads_the_header() -> None:
    data = as_list([("A boat, “calm”", 3)])
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [list(COLUMNS), ["1", "3", "A boat, “calm”", "", "", ""]]


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|'/c calc'!A1", "＝1", "'=1", "'"],
)
def test_what_a_spreadsheet_might_run_begins_with_an_apostrophe(cell: str) -> None:
    assert as_words(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "A boat", "3 = 2 + 1", "“=”", "1"])
def test_plain_words_stay_as_they_are(cell: str) -> None:
    assert as_words(cell) == cell
    assert not is_risky(cell)


@given(SHOTS)
def test_a_list_comes_back_as_it_went(shots: list[tuple[str, int]]) -> None:
    found = read_shot_list(as_list(shots))
    assert found.errors == []
    assert found.shots == shots

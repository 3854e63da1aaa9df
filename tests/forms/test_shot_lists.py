"""Shot lists as people and spreadsheets write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.forms.shot_lists import MOST_BYTES, ShotList, read_shot_list

TWO = [("A boat, calm", 3), ("A gull", 2)]


def read(text: str) -> ShotList:
    return read_shot_list(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        'position,seconds,prompt\r\n1,3,"A boat, calm"\r\n2,2,A gull\r\n',
        "position;seconds;prompt\n1;3;A boat, calm\n2;2;A gull",
        "prompt\tseconds\nA boat, calm\t3\nA gull\t2\n",
        'Prompt , SECONDS\n"A boat, calm", 3\n\nA gull,2\n',
        '\n"seconds","prompt"\r3,"A boat, calm"\r2,A gull\r',
        'seconds,position,prompt\n2,5,A gull\n3,2,"A boat, calm"\n',
        "seconds;camera;prompt;notes\n3;pan;A boat, calm;x\n2;;A gull;\n",
    ],
)
def test_every_usual_shape_is_read(text: str) -> None:
    found = read(text)
    assert found.errors == []
    assert found.shots == TWO


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_mark_says_how_it_is_written(encoding: str) -> None:
    data = "seconds\tprompt\n3\t灯台\n".encode(encoding)
    assert read_shot_list(data).shots == [("灯台", 3)]


def test_columns_that_are_not_taken_in_are_named() -> None:
    found = read("seconds,prompt,elements,camera\n3,A boat,Keeper,pan\n")
    assert found.left_out == ["Not taken in, only for reading: elements, camera."]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The file is empty. It needs a header: position, seconds, prompt."),
        ("seconds,prompt\n", "The list has a header and no shots. Add one line per shot."),
        ("shot,text\n1,A\n", "Line 1: the header has no column seconds."),
        ("seconds,prompt,prompt\n1,A,B\n", "Line 1: the column prompt stands there twice."),
        (
            "seconds,prompt\n1,A\n2,B\n3,C\ntwo,D\n",
            "Line 5: seconds are “two”; write a whole number",
        ),
        ('seconds,prompt\n1,"A\nB"\n,C\n', "Line 4: seconds are “”; write a whole number"),
        ("seconds,prompt\n100,A\n", "Line 2: seconds are “100”; write a whole number up to 99."),
        ("seconds,prompt\n2.5,A\n", "Line 2: seconds are “2.5”"),
        (
            "position,seconds,prompt\n7,1,A\n",
            "Line 2: position is “7”; write a whole number up to 6.",
        ),
        (
            "position,seconds,prompt\n1,1,A\n1,1,B\n",
            "Line 3: position 1 is taken by line 2 already.",
        ),
        ("seconds,prompt\n1,A, calm\n", "Line 2: it has more cells than the header."),
        ('seconds,prompt\n1,"A\n', "Line 2: its quotes do not match."),
        ("seconds,prompt\n1," + "x" * 5001 + "\n", "Line 2: the prompt has 5,001 characters"),
        ("seconds,prompt\n1,a\0b\n", "Line 2: "),
        ("seconds,prompt\n" + "1,A\n" * 7, "Line 8: this is shot 7, and a storyboard holds six"),
    ],
)
def test_each_error_says_its_line_and_what_to_write(text: str, words: str) -> None:
    found = read(text)
    assert found.errors, text
    assert found.errors[0].startswith(words)
    assert found.shots == []


def test_a_list_that_is_not_utf_8_or_too_large_is_not_read() -> None:
    assert (
        read_shot_list("seconds,prompt\n1,é\n".encode("latin-1"))
        .errors[0]
        .startswith("The file is not UTF-8.")
    )
    assert read_shot_list(b"x" * (MOST_BYTES + 1)).errors[0].startswith("The list has more than")


def test_one_wrong_line_keeps_the_others_out() -> None:
    found = read("seconds,prompt\n1,A\ntwo,B\nthree,C\n")
    assert len(found.errors) == 2
    assert found.shots == []


@given(
    st.binary(max_size=400)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=400).map(str.encode)
)
def test_any_bytes_are_a_list_or_words(data: bytes) -> None:
    found = read_shot_list(data)
    assert bool(found.shots) != bool(found.errors)
    assert read_shot_list(b"seconds,prompt\n" + data) is not None

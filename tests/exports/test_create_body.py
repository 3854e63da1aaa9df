"""The file and the line of a create body; a real shell reads the line."""

from __future__ import annotations

import json
import subprocess

from hypothesis import given
from hypothesis import strategies as st

from storyboard.exports import create_body

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
BODY = {
    "model_name": "kling-v3",
    "prompt": "It's 5 o'clock; $HOME `ls` \\ 海 🚢",
    "multi_shot": False,
}


def words_of(line: str) -> list[str]:
    """The arguments a shell makes of the line, with KLING_TOKEN set."""
    told = subprocess.run(
        ["bash", "-c", line.replace("curl", r"printf '%s\0'", 1)],
        env={"KLING_TOKEN": "secret-1"},
        capture_output=True,
        check=True,
    )
    return told.stdout.decode().split("\0")[:-1]


def test_the_file_is_the_body_in_its_own_order_with_every_character_as_itself() -> None:
    text = create_body.as_json(BODY)
    assert list(json.loads(text)) == list(BODY)
    assert "海" in text


def test_a_shell_hands_the_body_and_the_key_to_curl_untouched() -> None:
    words = words_of(create_body.curl_with_body("https://api.example/v1/videos/text2video", BODY))
    assert words[0] == "https://api.example/v1/videos/text2video"
    assert "Authorization: Bearer secret-1" in words
    assert json.loads(words[words.index("--data-raw") + 1]) == BODY


@given(_TEXT)
def test_any_prompt_survives_the_quotes(prompt: str) -> None:
    line = create_body.curl_with_body("https://a.example/", {"prompt": prompt})
    quoted = line.partition("--data-raw ")[2]
    assert json.loads(quoted[1:-1].replace("'\"'\"'", "'")) == {"prompt": prompt}


def test_a_file_is_named_as_one_word() -> None:
    words = words_of(create_body.curl_with_file("https://a.example/", "it's mine.json"))
    assert words[-2:] == ["--data-binary", "@it's mine.json"]


def test_a_body_of_many_words_goes_into_a_file() -> None:
    assert create_body.is_small(BODY)
    assert not create_body.is_small({"prompt": "x" * create_body.MOST_INLINE})

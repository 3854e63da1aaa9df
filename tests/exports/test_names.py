"""Names of files."""

from __future__ import annotations

import pytest

from storyboard.exports.names import MOST, file_name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("The Lamp, night one", "the-lamp-night-one.json"),
        ("../../etc/passwd", "etc-passwd.json"),
        ('a"b\\c\r\nd;e', "a-b-c-d-e.json"),
        ("灯台 第一夜", "灯台-第一夜.json"),
        ("हिन्दी", "हिन्दी.json"),
        ("…", "storyboard.json"),
        ("", "storyboard.json"),
    ],
)
def test_a_name_holds_letters_digits_and_hyphens(title: str, name: str) -> None:
    assert file_name(title, "json") == name


def test_a_long_title_is_cut() -> None:
    assert file_name("x" * 200, "csv") == f"{'x' * MOST}.csv"

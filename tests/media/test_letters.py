"""Letters: the scripts our own fonts have, and an ellipsis for those that nobody here has."""

import pytest
from PIL import Image, ImageDraw

from storyboard.media import letters
from storyboard.media.letters import FONTS, PARTS, Letters

OURS = "Dusk, ÄÖÜ ß. Žluťoučký kůň, Łódź, Nguyễn? Маяк в сумерках, Ґ."


def test_our_own_fonts_lie_where_they_are_looked_for() -> None:
    for family in ("geist", "geist-mono"):
        for part in PARTS:
            assert (FONTS / family / f"{family}-{part}-wght-normal.woff2").is_file()


@pytest.mark.parametrize("mono", [False, True])
def test_latin_and_cyrillic_need_no_font_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, mono: bool
) -> None:
    monkeypatch.setattr(letters, "WIDER", ())
    letters._fonts.cache_clear()
    letters._number.cache_clear()
    try:
        words = OURS.replace("Nguyễn?", "")
        assert Letters(30, mono=mono).known(words) == " ".join(words.split())
    finally:
        letters._fonts.cache_clear()
        letters._number.cache_clear()


def test_letters_nobody_has_become_one_ellipsis() -> None:
    assert Letters(30).known("a \U0001f6a2\U0001f6a2 b") == "a … b"


def test_a_line_of_two_scripts_is_as_wide_as_its_parts() -> None:
    type_ = Letters(40)
    whole = type_.width("Lamp Маяк")
    assert whole == pytest.approx(type_.width("Lamp ") + type_.width("Маяк"), abs=1.5)


def test_each_script_is_drawn() -> None:
    for word in ("Lamp", "Žluť", "Маяк"):
        canvas = Image.new("L", (300, 80))
        Letters(40).draw(ImageDraw.Draw(canvas), (10, 60), word, ink=255)
        box = canvas.getbbox()
        assert box is not None
        assert box[2] == pytest.approx(10 + Letters(40).width(word), abs=5)

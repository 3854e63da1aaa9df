"""How single things are drawn and written."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template

from storyboard.models import User
from storyboard.models.stages import Stage
from storyboard.templatetags import show


def drawn(source: str, **context: object) -> str:
    return Template("{% load show %}" + source).render(Context(context))


def film(num: int, den: int = 1) -> SimpleNamespace:
    return SimpleNamespace(rate_num=num, rate_den=den)


@pytest.mark.parametrize(
    ("at_ms", "rate", "words"),
    [
        (0, film(24), "00:00:00"),
        (6417, film(24), "00:06:10"),
        (6416, film(24), "00:06:09"),
        (13_958, film(24), "00:13:23"),
        (61_000, film(25), "01:01:00"),
        (1001, film(30_000, 1001), "00:01:00"),
        (6417, None, "00:06:10"),
    ],
)
def test_a_moment_is_minutes_seconds_and_frame(
    at_ms: int, rate: SimpleNamespace | None, words: str
) -> None:
    assert show.timecode(at_ms, rate) == words


@pytest.mark.parametrize(("num", "den"), [(24, 1), (25, 1), (30, 1), (60, 1), (24_000, 1001)])
def test_every_frame_has_a_timecode_of_its_own(num: int, den: int) -> None:
    starts = [round(frame * 1000 * den / num) for frame in range(15 * num // den)]
    assert len({show.timecode(at_ms, film(num, den)) for at_ms in starts}) == len(starts)


@pytest.mark.parametrize(
    ("milli", "words"),
    [(0, "$0.00"), (1, "$0.01"), (2350, "$2.35"), (2351, "$2.36"), (1_234_567, "$1,234.57")],
)
def test_money_is_rounded_up_to_cents(milli: int, words: str) -> None:
    assert show.money(milli) == words


def test_unknown_money_is_a_dash() -> None:
    assert show.money(None) == "–"
    assert show.units(None) == "–"


@pytest.mark.parametrize(("milli", "words"), [(16_800, "16.8"), (12_000, "12"), (1, "0.001")])
def test_units_keep_their_three_decimals_without_needless_zeros(milli: int, words: str) -> None:
    assert show.units(milli) == words


def test_lengths_and_places_in_a_film() -> None:
    assert show.clock(112_000) == "1:52"
    assert show.mmss(65) == "01:05"


def test_the_id_of_a_drawing_names_its_noun_and_key() -> None:
    shot = type("Shot", (), {"key": "abc"})()
    assert show.dom_id(shot) == "shot-abc"
    assert show.dom_id(shot, "errors") == "shot-abc-errors"


def test_lengths_are_counted_as_browsers_count_them() -> None:
    assert show.utf16_length("a🎬") == 3


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_a_badge_with_icon_and_word(stage: Stage) -> None:
    markup = show.badge(stage)
    assert "<use href=" in markup
    assert str(stage.label) in markup


def test_a_badge_may_say_its_own_words() -> None:
    assert "4 takes" in show.badge("takes", "4 takes")


def test_the_pass_strip_marks_what_is_past_and_where_it_stands() -> None:
    markup = drawn('{% pass_strip "approved" %}')
    assert markup.count('class="done"') == 2
    assert markup.count('aria-current="step"') == 1
    assert "Failed" not in markup


def test_a_failure_replaces_the_word_of_its_pass() -> None:
    markup = drawn('{% pass_strip "failed" %}')
    assert markup.count('class="done"') == 3
    assert "Failed" in markup
    assert "Generating" not in markup


def test_an_avatar_says_who_and_what_they_decided() -> None:
    person = User(name='Mara "M" Lindqvist', hue=20)
    markup = show.avatar(person, "lg", verdict="yes")
    assert 'class="av lg h20"' in markup
    assert "&quot;M&quot; Lindqvist: approved" in markup
    assert ">M" in markup


def test_an_avatar_says_what_somebody_is_doing_and_shows_a_pen() -> None:
    person = User(name="Ada Moreau", hue=3)
    markup = show.avatar(person, live=True, doing="writing shot 3")
    assert 'title="Ada Moreau, writing shot 3"' in markup
    assert 'aria-label="Ada Moreau, writing shot 3"' in markup
    assert 'class="av h3 live"' in markup
    assert "#pen" in markup


def test_the_system_has_an_avatar_without_a_hue() -> None:
    assert 'class="av system"' in show.avatar(None)


class _Form(forms.Form):
    name = forms.CharField(help_text="As the team says it.")
    loud = forms.BooleanField(required=False, label="Sound")
    mode = forms.ChoiceField(
        choices=[("std", "std 720p"), ("pro", "pro 1080p")], widget=forms.RadioSelect
    )


def test_a_field_has_a_label_help_and_errors_that_it_points_to() -> None:
    markup = drawn("{% field form.name %}", form=_Form({"name": ""}))
    assert '<label for="id_name">Name</label>' in markup
    assert 'class="field"' in markup
    assert 'id="id_name-help"' in markup
    assert 'id="id_name-errors"' in markup
    assert 'aria-describedby="id_name-help id_name-errors"' in markup
    assert 'aria-invalid="true"' in markup


def test_a_yes_or_no_is_a_switch_and_a_choice_of_few_a_segment() -> None:
    form = _Form({"mode": "pro"})
    assert 'role="switch"' in drawn("{% field form.loud %}", form=form)
    segment = drawn("{% field form.mode %}", form=form)
    assert "<legend>Mode</legend>" in segment
    assert segment.count('class="sr"') == 2


def test_a_sound_is_drawn_as_strokes_and_an_unknown_one_as_dots() -> None:
    assert show.waveform(bytes([255, 0])) == "M0.5 1v255M1.5 122v12"
    assert show.waveform(b"").count("v12") == 64

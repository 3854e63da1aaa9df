"""Elements, voices and the marks that name them: both sides of every limit."""

from dataclasses import replace
from typing import Any

from storyboard.kling.brief import Brief
from storyboard.kling.profiles import GATEWAY004, OFFICIAL, POWERTOKENS
from tests.kling.builders import PICTURE, element, one_shot, voice
from tests.kling.rules.asking import BOTH, advice, custom, errors, fields, old, v3, v3_from_picture


def with_elements(count: int, **changes: Any) -> Brief:
    marks = " ".join(f"<<<element_{number}>>>" for number in range(1, count + 1))
    elements = tuple(element(number) for number in range(1, count + 1))
    return v3_from_picture(f"A boat {marks}", elements=elements, **changes)


def with_voices(count: int, **changes: Any) -> Brief:
    """Voices where the map has them: kling-v2-6 pro with a first frame and sound."""
    marks = " ".join(f"<<<voice_{number}>>>" for number in range(1, count + 1))
    voices = tuple(voice(number) for number in range(1, count + 1))
    return one_shot(f"They sing {marks}", **{"first_frame": PICTURE, "voices": voices, **changes})


def test_there_are_at_most_3_elements() -> None:
    for reading in BOTH:
        for count in (0, 1, 3):
            assert errors(with_elements(count), reading=reading) == []
        assert errors(with_elements(4), reading=reading) == ["elements.too_many"]
    assert fields(with_elements(4), "elements.too_many") == ["elements"]


def test_the_document_of_text_to_video_has_no_elements() -> None:
    words = v3("A boat", elements=tuple(element(number) for number in range(5)))
    for profile in (OFFICIAL, POWERTOKENS):
        assert errors(words, profile) == []
        assert {"capability.elements", "elements.too_many"} <= set(advice(words, profile))
    assert errors(words, reading="map") == ["capability.elements", "elements.too_many"]


def test_powertokens_states_no_limit_of_elements() -> None:
    assert errors(with_elements(3), POWERTOKENS) == []
    assert errors(with_elements(4), POWERTOKENS) == []
    assert advice(with_elements(4), POWERTOKENS) == ["elements.too_many"]
    assert errors(with_elements(4), POWERTOKENS, "map") == ["elements.too_many"]


def test_there_are_at_most_2_voices() -> None:
    for reading in BOTH:
        for count in (0, 1, 2):
            assert errors(with_voices(count), reading=reading) == []
        assert errors(with_voices(3), reading=reading) == ["voices.too_many"]
    assert fields(with_voices(3), "voices.too_many") == ["voices"]
    assert errors(with_voices(2, model="kling-v3"), POWERTOKENS) == []
    assert errors(with_voices(3, model="kling-v3"), POWERTOKENS) == ["voices.too_many"]


def test_voices_need_sound() -> None:
    for reading in BOTH:
        assert errors(with_voices(1), reading=reading) == []
        assert errors(with_voices(1, sound=False), reading=reading) == ["voices.sound_off"]
    assert fields(with_voices(1, sound=False), "voices.sound_off") == ["voices"]
    silent = with_voices(1, model="kling-v3", sound=False)
    assert errors(silent, POWERTOKENS) == ["voices.sound_off"]


def test_elements_and_voices_never_go_together() -> None:
    both = with_voices(1, model="kling-v3", elements=(element(1),))
    assert errors(replace(both, first_frame=None)) == []
    for profile in (OFFICIAL, POWERTOKENS):
        assert errors(both, profile) == ["library.both"]
        assert fields(both, "library.both", profile) == ["voices"]
        assert "library.both" in errors(both, profile, "map")


def test_the_same_twice_is_advice_by_the_documents() -> None:
    for twice, code in (
        (v3_from_picture("<<<element_1>>> <<<element_2>>>", elements=(element(1),) * 2),
         "elements.twice"),
        (with_voices(2, voices=(voice(1),) * 2), "voices.twice"),
    ):  # fmt: skip
        assert errors(twice) == []
        assert advice(twice) == [code]
        assert errors(twice, reading="map") == [code]


def test_a_mark_that_names_nothing_attached_is_advice_by_the_documents() -> None:
    for prompt, code in (
        ("A boat <<<element_1>>>", "token.element_unknown"),
        ("A boat <<<voice_1>>>", "token.voice_unknown"),
        ("A boat <<<image_1>>>", "token.malformed"),
        ("A boat <<<", "token.malformed"),
    ):
        for profile in (OFFICIAL, POWERTOKENS):
            assert errors(v3_from_picture(prompt), profile) == []
            assert advice(v3_from_picture(prompt), profile) == [code]
            assert errors(v3_from_picture(prompt), profile, "map") == [code]
    assert fields(custom("A", "<<<voice_1>>>"), "token.voice_unknown") == ["shots[1].prompt"]


def test_what_is_attached_and_never_named_is_advice() -> None:
    quiet = one_shot(first_frame=PICTURE, voices=(voice(1), voice(2)))
    for reading in BOTH:
        assert errors(quiet, reading=reading) == []
        assert advice(quiet, reading=reading) == ["voice.unused", "voice.unused"]
        assert fields(quiet, "voice.unused", reading=reading) == ["voices[0]", "voices[1]"]
    still = v3_from_picture(elements=(element(1),))
    assert advice(still) == ["element.unused"]


def test_what_gateway004_does_not_know_is_advice() -> None:
    for brief, feature in (
        (old(elements=tuple(element(number) for number in range(5))), "elements"),
        (old(voices=tuple(voice(number) for number in range(3))), "voices"),
        (old(sound=True), "sound"),
        (old(watermark=True), "watermark"),
        (old(shooting="custom"), "shooting"),
        (old(shooting="intelligent"), "shooting"),
    ):
        assert errors(brief, GATEWAY004) == []
        assert feature in fields(brief, "field.unknown", GATEWAY004)
        assert fields(brief, "field.unknown", OFFICIAL) == []
    assert "capability.elements" in errors(old(elements=(element(1),)), GATEWAY004, "map")


def test_more_shots_than_kling_takes_are_advice_where_several_shots_are_unknown() -> None:
    seven = custom(*(f"Gull {number}" for number in range(7)), model="kling-v1",
                   first_frame=PICTURE, total_seconds=10)  # fmt: skip
    assert errors(seven, GATEWAY004) == []
    found = advice(seven, GATEWAY004)
    assert {"shots.too_many", "shots.sum", "field.unknown"} <= set(found)

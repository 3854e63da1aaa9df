"""Shots, their prompts and seconds: both sides of every limit, in every profile."""

from dataclasses import replace

from storyboard.kling.brief import Brief, ShotBrief
from storyboard.kling.profiles import GATEWAY004, OFFICIAL, POWERTOKENS
from tests.kling.rules.asking import (
    BOTH,
    advice,
    custom,
    errors,
    fields,
    old,
    v3,
    v3_from_picture,
)


def timed(*seconds: float, total: int) -> Brief:
    shots = tuple(
        ShotBrief(f"shot-{place}", place, f"Gull {place}", each)  # type: ignore[arg-type]
        for place, each in enumerate(seconds, 1)
    )
    return v3(shooting="custom", shots=shots, total_seconds=total)


def test_there_are_1_to_6_shots() -> None:
    for profile in (OFFICIAL, POWERTOKENS):
        assert errors(timed(5, total=5), profile) == []
        assert errors(timed(1, 1, 1, 1, 1, 1, total=6), profile) == []
        assert errors(timed(1, 1, 1, 1, 1, 1, 1, total=7), profile) == ["shots.too_many"]
        assert errors(timed(total=5), profile) == ["shots.none"]
    assert fields(timed(1, 1, 1, 1, 1, 1, 1, total=7), "shots.too_many") == ["shots"]


def test_one_prompt_is_sent_of_one_shot_alone() -> None:
    for shooting in ("single", "intelligent"):
        two = replace(timed(2, 3, total=5), shooting=shooting)
        for reading in BOTH:
            assert errors(two, reading=reading) == ["shots.one_only"]


def test_a_shot_s_prompt_has_at_most_512_units() -> None:
    for profile in (OFFICIAL, POWERTOKENS):
        for reading in BOTH:
            for fits in ("x" * 512, "海" * 512, "🌊" * 256, "e\u0301" * 256):
                assert errors(custom("A", fits), profile, reading) == []
            for over in ("x" * 513, "海" * 513, "🌊" * 256 + "x", "e\u0301" * 256 + "e"):
                found = errors(custom("A", over), profile, reading)
                assert found == ["shot.prompt_too_long"]
    assert fields(custom("A", "x" * 513), "shot.prompt_too_long") == ["shots[1].prompt"]


def test_one_prompt_has_at_most_2500_units() -> None:
    for profile in (OFFICIAL, POWERTOKENS):
        for shooting in ("single", "intelligent"):
            for fits in ("x" * 2500, "海" * 2500, "🌊" * 1250, "e\u0301" * 1250):
                assert errors(v3(fits, shooting=shooting), profile) == []
            for over in ("x" * 2501, "海" * 2501, "🌊" * 1250 + "x", "e\u0301" * 1250 + "e"):
                found = errors(v3(over, shooting=shooting), profile)
                assert found == ["shot.prompt_too_long"]


def test_at_gateway004_a_prompt_has_at_most_500_units_and_a_negative_one_200() -> None:
    for reading in BOTH:
        for fits in ("x" * 500, "🌊" * 250):
            assert errors(replace(old(), shots=v3(fits).shots), GATEWAY004, reading) == []
        for over in ("x" * 501, "🌊" * 250 + "x"):
            found = errors(replace(old(), shots=v3(over).shots), GATEWAY004, reading)
            assert found == ["shot.prompt_too_long"]
        assert errors(old(negative_prompt="x" * 200), GATEWAY004, reading) == []
        found = errors(old(negative_prompt="x" * 201), GATEWAY004, reading)
        assert found == ["negative_prompt_too_long"]


def test_a_negative_prompt_has_at_most_2500_units() -> None:
    for profile in (OFFICIAL, POWERTOKENS):
        assert errors(v3(negative_prompt="🌊" * 1250), profile) == []
        over = v3(negative_prompt="🌊" * 1250 + "x")
        assert errors(over, profile) == ["negative_prompt_too_long"]
        assert fields(over, "negative_prompt_too_long", profile) == ["negative_prompt"]


def test_more_than_2500_bytes_are_advice() -> None:
    assert advice(v3("é" * 1250)) == []
    assert advice(v3("é" * 1250 + "x")) == ["shot.prompt_bytes"]
    assert advice(v3(negative_prompt="海" * 833 + "x")) == []
    assert advice(v3(negative_prompt="海" * 833 + "xx")) == ["negative_prompt_bytes"]


def test_what_is_not_text_cannot_be_sent() -> None:
    for reading in BOTH:
        for odd in ("a\x00", "a\ud83d", "\udc00b"):
            assert errors(v3(odd), reading=reading) == ["shot.prompt_unreadable"]
            negative = v3(negative_prompt=odd)
            assert errors(negative, reading=reading) == ["negative_prompt_unreadable"]


def test_a_prompt_is_required() -> None:
    for empty in ("", "  \n"):
        for reading in BOTH:
            assert errors(v3(empty), reading=reading) == ["shot.prompt_empty"]
            assert errors(v3(empty, first_frame=old().first_frame)) == ["shot.prompt_empty"]
            assert errors(v3(empty), POWERTOKENS, reading) == ["shot.prompt_empty"]
            assert errors(custom("A", empty), POWERTOKENS, reading) == ["shot.prompt_empty"]
    assert fields(custom("A", ""), "shot.prompt_empty") == ["shots[1].prompt"]


def test_the_gateways_make_a_video_of_a_picture_without_a_prompt() -> None:
    silent = v3("", first_frame=old().first_frame)
    for reading in BOTH:
        assert errors(silent, POWERTOKENS, reading) == []
        assert errors(replace(silent, model="kling-v1"), GATEWAY004, reading) == []
    assert (
        errors(replace(silent, first_frame=None, end_frame=silent.first_frame), POWERTOKENS) == []
    )


def test_a_prompt_kling_cuts_itself_is_required_by_the_official_documents_and_the_map() -> None:
    silent = v3_from_picture(shots=v3("").shots, shooting="intelligent")
    for reading in BOTH:
        assert errors(silent, OFFICIAL, reading) == ["shot.prompt_empty"]
    assert errors(silent, POWERTOKENS, "map") == ["shot.prompt_empty"]
    assert errors(silent, POWERTOKENS, "documents") == []
    assert errors(replace(silent, model="kling-v1"), GATEWAY004, "documents") == []


def test_a_shot_has_whole_seconds_from_1_to_the_total() -> None:
    for profile in (OFFICIAL, POWERTOKENS):
        assert errors(timed(1, 4, total=5), profile) == []
        assert errors(timed(5, total=5), profile) == []
        assert errors(timed(0, 5, total=5), profile) == ["shot.seconds_too_few"]
        assert errors(timed(-1, 6, total=5), profile) == [
            "shot.seconds_too_few",
            "shot.seconds_too_many",
        ]
        assert errors(timed(2.5, 2.5, total=5), profile) == ["shot.seconds_too_few"] * 2
        assert errors(timed(6, 1, total=5), profile) == ["shot.seconds_too_many", "shots.sum"]
    assert fields(timed(0, 5, total=5), "shot.seconds_too_few") == ["shots[0].seconds"]
    assert fields(timed(1, 6, total=5), "shot.seconds_too_many") == ["shots[1].seconds"]


def test_seconds_that_are_no_number_are_refused() -> None:
    assert "shot.seconds_too_few" in errors(timed(float("nan"), total=5))
    assert "shot.seconds_too_few" in errors(timed(float("inf"), total=5))


def test_the_shots_add_up_to_the_total() -> None:
    for profile in (OFFICIAL, POWERTOKENS):
        for reading in BOTH:
            assert errors(timed(3, 4, total=7), profile, reading) == []
            assert errors(timed(3, 3, total=7), profile, reading) == ["shots.sum"]
            assert errors(timed(3, 5, total=7), profile, reading) == ["shots.sum"]
    assert fields(timed(3, 3, total=7), "shots.sum") == ["total_seconds"]


def test_a_repeated_prompt_is_advice() -> None:
    assert advice(custom("A gull", "A  gull ")) == ["shot.prompt_repeated"]

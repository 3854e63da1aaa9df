from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storyboard.kling.brief import (
    Brief,
    Brush,
    Camera,
    PictureLink,
    PictureRef,
    Reading,
    ShotBrief,
    Stroke,
)
from storyboard.kling.profiles import GATEWAY004, OFFICIAL, PROFILES, Profile
from storyboard.kling.readiness import Row, advice, problems, rows
from tests.kling.builders import PICTURE, brief, element, one_shot, shots, voice, with_prompt

TEXTS = st.sampled_from(
    ["", "A gull", "A gull", "x" * 513, "x" * 2501, "é" * 1300, "\x00", "<<<", "<<<element_1>>>",
     "<<<voice_2>>>", "<<<image_1>>>"]
)  # fmt: skip
LINKS = st.sampled_from(["https://example.com/a.jpg", "https://example.com/a.gif", "a.jpg"])
PICTURES = (
    st.none()
    | LINKS.map(PictureLink)
    | st.builds(
        PictureRef,
        sha256=st.just("a" * 64),
        width=st.sampled_from([299, 300, 1280]),
        height=st.sampled_from([299, 300, 720]),
        size_bytes=st.sampled_from([1, 20_000_000]),
        format=st.sampled_from(["jpeg", "gif"]),
    )
)
BRIEFS = st.builds(
    Brief,
    shots=st.lists(
        st.builds(ShotBrief, st.just("k"), st.just(1), TEXTS, st.integers(0, 16)), max_size=7
    ).map(tuple),
    shooting=st.sampled_from(["custom", "intelligent", "single"]),
    total_seconds=st.integers(0, 17),
    model=st.sampled_from(["kling-v3", "kling-v2-6", "kling-v1", "kling-v9", ""]),
    mode=st.sampled_from(["std", "pro", "4k", ""]),
    aspect_ratio=st.sampled_from(["16:9", "1:1", "4:3", ""]),
    sound=st.booleans(),
    watermark=st.booleans(),
    negative_prompt=TEXTS,
    first_frame=PICTURES,
    end_frame=PICTURES,
    elements=st.lists(st.integers(1, 3).map(element), max_size=4).map(tuple),
    voices=st.lists(st.integers(1, 3).map(voice), max_size=3).map(tuple),
    cfg_scale=st.none() | st.sampled_from([0.5, 2.0]),
    camera=st.none() | st.sampled_from([Camera("simple"), Camera("down_back")]),
    brush=st.none() | st.sampled_from([Brush(), Brush(None, (Stroke(PICTURE, ((0, 0),)),) * 7)]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(BRIEFS)
def test_every_problem_stands_in_exactly_one_unmet_row(checked: Brief) -> None:
    for profile in PROFILES.values():
        _check_rows(checked, profile, "map")
        _check_rows(checked, profile, "documents")


def _check_rows(checked: Brief, profile: Profile, reading: Reading) -> None:
    said = problems(checked, profile, reading)
    blocking = [problem for problem in said if not problem.warning]
    by_the_rules = checked.problems(profile, reading)
    assert [each.code for each in said] == [each.code for each in by_the_rules]
    assert {each for each in by_the_rules if not each.warning} <= set(blocking)
    found = rows(checked, profile, reading)
    assert [problem for row in found for problem in row.problems] == blocking
    assert all(row.met is not bool(row.problems) for row in found)
    assert all(row.words for row in found)
    assert len({row.code for row in found}) == len(found)
    assert set(advice(checked, profile, reading)) == set(said) - set(blocking)


def row(checked: Brief, code: str) -> Row:
    (found,) = [row for row in rows(checked) if row.code == code]
    return found


@pytest.mark.parametrize(
    ("checked", "code", "said"),
    [
        (brief(), "shots", "6 shots; 1 to 6 allowed"),
        (one_shot(), "shots", "1 shot; exactly 1 allowed"),
        (brief(), "prompts", "Every prompt is written and within 512"),
        (one_shot(), "prompts", "The prompt is written and within 2500"),
        (
            brief(shots=shots(7, 7), total_seconds=14),
            "seconds",
            "Shots add up to 14 s; 3 to 15 allowed",
        ),
        (one_shot(), "seconds", "The shot is 5 s; 5 or 10 allowed"),
        (brief(shots=shots(7, 7), total_seconds=14), "model", "kling-v3 pro takes 14 s"),
        (brief(), "shooting", "Custom shots: works with kling-v3"),
        (brief(), "shape", "Aspect ratio is 16:9"),
        (brief(first_frame=PICTURE), "shape", "The video follows the first frame's shape"),
        (
            brief(first_frame=PICTURE),
            "first_frame",
            "First frame is 1280 × 720 px; at least 300 needed",
        ),
        (brief(), "sound", "Sound works with kling-v3 pro"),
        (brief(sound=False), "sound", "Sound is off"),
        (brief(), "library", "No voices together with elements"),
        (
            brief(first_frame=PICTURE, elements=(element(1),)),
            "elements",
            "1 element; at most 3",
        ),
        (
            with_prompt("<<<element_1>>>", first_frame=PICTURE, elements=(element(1),)),
            "tokens",
            "Every element and voice a prompt names is attached",
        ),
        (
            brief(negative_prompt="blur"),
            "negative_prompt",
            "Negative prompt is 4 long; at most 2500",
        ),
        (brief(watermark=True), "extras", "kling-v3 takes a watermark"),
        (
            brief(first_frame=PictureLink("https://example.com/a.jpg")),
            "first_frame",
            "First frame is a link; Kling fetches it",
        ),
    ],
)
def test_a_met_row_states_the_rule_with_the_current_number(
    checked: Brief, code: str, said: str
) -> None:
    assert row(checked, code) == Row(code, True, said, ())


@pytest.mark.parametrize(
    ("checked", "code", "said"),
    [
        (brief(shots=shots(2, 2, 2, 2, 2, 2, 3)), "shots", "7 shots; 1 to 6 allowed"),
        (with_prompt(""), "prompts", "1 prompt to fix; each is written and within 512"),
        (
            brief(shots=shots(8, 9)),
            "seconds",
            "Shots add up to 17 s, the total is 15; 3 to 15 allowed",
        ),
        (one_shot(mode="std"), "sound", "Sound"),
        (brief(model="kling-v9"), "model", "Model and mode"),
    ],
)
def test_an_unmet_row_heads_its_problems(checked: Brief, code: str, said: str) -> None:
    found = row(checked, code)
    assert (found.met, found.words) == (False, said)
    assert len(found.problems) == 1


@pytest.mark.parametrize("absent", ["first_frame", "end_frame", "elements", "voices", "tokens"])
def test_rows_about_what_is_not_there_are_left_out(absent: str) -> None:
    assert absent not in [row.code for row in rows(brief())]


@pytest.mark.parametrize("unknown", [{"model": "kling-v9"}, {"mode": "8k"}])
def test_nothing_is_claimed_of_an_unknown_model_or_mode(unknown: dict[str, str]) -> None:
    found = rows(brief(watermark=True, **unknown))
    assert [row.code for row in found if not row.met] == ["model"]
    assert not [row.code for row in found if row.code in ("shooting", "sound", "extras")]


def test_advice_does_not_block() -> None:
    quiet = brief(first_frame=PICTURE, elements=(element(1),))
    assert [problem.code for problem in advice(quiet)] == ["element.unused"]
    assert all(row.met for row in rows(quiet))


def test_readiness_knows_only_its_readings() -> None:
    unknown: Any = "hearsay"
    with pytest.raises(ValueError, match="hearsay"):
        rows(brief(), reading=unknown)


def test_a_met_row_claims_nothing_that_advice_doubts() -> None:
    doubted = one_shot("A boat <<<element_1>>>", mode="std", camera=Camera("down_back"))
    named = [row.code for row in rows(doubted, reading="documents")]
    assert not {"sound", "tokens", "camera"} & set(named)
    assert all(row.met for row in rows(doubted, reading="documents"))
    assert not all(row.met for row in rows(doubted, reading="map"))


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"end_frame": PICTURE}, "shape", "The video follows the end frame's shape"),
        ({"camera": Camera("down_back")}, "camera", "Camera move is down_back"),
        (
            {"first_frame": PICTURE, "brush": Brush(None, (Stroke(PICTURE, ((0, 0), (1, 1))),))},
            "brush",
            "1 area in motion; at most 6",
        ),
    ],
)
def test_rows_of_the_oldest_models_state_the_rule(
    changes: dict[str, Any], code: str, said: str
) -> None:
    asked = one_shot(model="kling-v1", mode="std", sound=False, **changes)
    (found,) = [row for row in rows(asked) if row.code == code]
    assert (found.met, found.words) == (True, said)


def test_the_limit_shown_is_the_profile_s_own() -> None:
    asked = one_shot(model="kling-v1", mode="std", sound=False, first_frame=PICTURE)
    said = {
        profile.name: next(row.words for row in rows(asked, profile) if row.code == "prompts")
        for profile in (OFFICIAL, GATEWAY004)
    }
    assert said == {
        "official": "The prompt is written and within 2500",
        "gateway004": "The prompt is written and within 500",
    }


def test_prompts_that_an_account_would_never_read_keep_a_brief_from_being_ready() -> None:
    asked = one_shot(
        model="kling-v1", mode="std", sound=False, shooting="custom", first_frame=PICTURE
    )
    assert not [each for each in asked.problems(GATEWAY004, "documents") if not each.warning]
    (unmet,) = [row for row in rows(asked, GATEWAY004, "documents") if not row.met]
    assert (unmet.code, [each.field for each in unmet.problems]) == ("shooting", ["shooting"])
    assert unmet.problems[0].words.endswith("and their prompts with them. Choose Single shot.")
    assert unmet.problems == tuple(
        each for each in problems(asked, GATEWAY004, "documents") if not each.warning
    )
    for way in ("single", "intelligent"):
        sent = replace(asked, shooting=way)
        assert all(row.met for row in rows(sent, GATEWAY004, "documents")), "its prompt is sent"

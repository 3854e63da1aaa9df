"""What only the capability map says is advice in the documents reading, an error in the other."""

import pytest

from storyboard.kling.brief import Brief, Brush, Camera, Stroke
from storyboard.kling.profiles import GATEWAY004, OFFICIAL, POWERTOKENS
from tests.kling.builders import PICTURE, element, one_shot, voice
from tests.kling.rules.asking import (
    advice,
    custom,
    errors,
    fields,
    lasting,
    old,
    v3,
    v3_from_picture,
)

BRUSH = Brush(strokes=(Stroke(PICTURE, ((0, 0), (10, 10))),))
ONLY_IN_THE_MAP = [
    (one_shot("<<<voice_1>>> sings", model="kling-v3", first_frame=PICTURE, voices=(voice(1),)),
     "capability.voices", "voices"),
    (v3_from_picture(camera=Camera("forward_up")), "capability.camera_control", "camera"),
    (v3_from_picture(brush=BRUSH), "capability.motion_brush", "brush"),
    (v3(end_frame=PICTURE), "capability.end_frame_only", "end_frame"),
    (v3("<<<element_1>>>", elements=(element(1),)), "capability.elements", "elements"),
    (custom("A", "B", model="kling-v2-6", total_seconds=5), "capability.multi_shot", "shooting"),
    (one_shot(mode="std"), "capability.sound", "sound"),
    (old("kling-v1-5", "std", end_frame=PICTURE), "capability.end_frame", "end_frame"),
    (lasting(old("kling-v1", end_frame=PICTURE), 10), "capability.end_frame", "end_frame"),
    (lasting(old("kling-v1", brush=BRUSH), 10), "capability.motion_brush", "brush"),
    (old("kling-v1", camera=Camera("simple", pan=1.0)), "capability.camera_control", "camera"),
    (v3(model="kling-v1-5"), "capability.single_shot", "model"),
    (old("kling-v2-master", "pro"), "capability.mode", "mode"),
    (one_shot(first_frame=PICTURE, end_frame=PICTURE), "capability.end_frame", "end_frame"),
    (old("kling-v1-5", "pro", camera=Camera("forward_up")), "capability.camera_control",
     "camera.kind"),
]  # fmt: skip


@pytest.mark.parametrize(("brief", "code", "field"), ONLY_IN_THE_MAP)
def test_what_only_the_map_denies_is_advice_by_the_documents(
    brief: Brief, code: str, field: str
) -> None:
    assert code in errors(brief, reading="map")
    assert code in advice(brief, reading="documents")
    assert code not in errors(brief, reading="documents")
    for reading in ("documents", "map"):
        assert field in fields(brief, code, reading=reading)


@pytest.mark.parametrize(("brief", "code", "_field"), ONLY_IN_THE_MAP)
def test_both_readings_say_the_same_words(brief: Brief, code: str, _field: str) -> None:
    said = [
        {each.words for each in brief.problems(OFFICIAL, reading) if each.code == code}
        for reading in ("documents", "map")
    ]
    assert said[0] == said[1]


def test_what_the_map_allows_at_5_seconds_alone_is_allowed_there() -> None:
    for brief in (
        old("kling-v1", end_frame=PICTURE),
        old("kling-v1", brush=BRUSH),
        old("kling-v1-5", "pro", brush=BRUSH),
        old("kling-v1-5", "pro", camera=Camera("simple", pan=1.0)),
        v3(model="kling-v1", camera=Camera("down_back")),
    ):
        assert errors(brief, reading="map") == []
        assert errors(brief, reading="documents") == []


def test_an_end_frame_alone_is_the_map_s_for_two_models() -> None:
    for model in ("kling-v1-5", "kling-v1-6"):
        alone = old(model, "pro", first_frame=None, end_frame=PICTURE)
        assert errors(alone, reading="map") == []
    assert errors(v3(end_frame=PICTURE), reading="documents") == []
    assert errors(v3(end_frame=PICTURE), POWERTOKENS) == []


def test_the_six_oldest_models_are_retired_in_both_readings_and_never_an_error() -> None:
    for model in ("kling-v1", "kling-v1-5", "kling-v1-6", "kling-v2-master", "kling-v2-1",
                  "kling-v2-1-master"):  # fmt: skip
        for reading in ("documents", "map"):
            assert "model.retired" in advice(old(model), reading=reading)
            assert errors(old(model), reading=reading) == []
    for model in ("kling-v1", "kling-v1-5", "kling-v1-6"):
        assert "model.retired" in advice(old(model), GATEWAY004)


def test_the_models_in_service_are_not_retired() -> None:
    for model in ("kling-v2-5-turbo", "kling-v2-6", "kling-v3"):
        assert advice(old(model)) == []


def test_the_map_is_held_against_gateways_too_where_an_account_asks_for_it() -> None:
    brush = v3_from_picture(brush=BRUSH)
    assert errors(brush, POWERTOKENS, "documents") == []
    assert errors(brush, POWERTOKENS, "map") == ["capability.motion_brush"]
    turned = old("kling-v1-5", "std", end_frame=PICTURE)
    assert errors(turned, GATEWAY004, "documents") == []
    assert errors(turned, GATEWAY004, "map") == ["capability.end_frame"]


def test_what_a_document_denies_is_an_error_in_both_readings() -> None:
    for reading in ("documents", "map"):
        assert errors(old("kling-v2-5-turbo", sound=True), reading=reading) == ["capability.sound"]
        strict = one_shot(cfg_scale=0.5)
        assert errors(strict, reading=reading) == ["capability.cfg_scale"]
        singing = old("kling-v2-1", "pro", sound=True, voices=(voice(1),))
        assert errors(singing, reading=reading) == ["capability.sound", "capability.voices"]
    by = {each.code: each.source for each in one_shot(cfg_scale=0.5).problems()}
    assert by["capability.cfg_scale"] == "Kling API, text to video"


def test_prompt_strength_is_read_by_the_first_models_and_disputed_for_kling_v3() -> None:
    for model in ("kling-v1", "kling-v1-5", "kling-v1-6"):
        assert errors(old(model, cfg_scale=0.5)) == []
    for model in ("kling-v2-master", "kling-v2-1", "kling-v2-1-master", "kling-v2-5-turbo",
                  "kling-v2-6"):  # fmt: skip
        assert errors(old(model, cfg_scale=0.5)) == ["capability.cfg_scale"]
    assert errors(v3(cfg_scale=0.5)) == []
    assert advice(v3(cfg_scale=0.5)) == ["capability.cfg_scale"]

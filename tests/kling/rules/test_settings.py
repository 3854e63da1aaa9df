"""Model, mode, total, aspect ratio, prompt strength: both sides of every limit."""

from storyboard.kling.capabilities import FEATURES
from storyboard.kling.profiles import GATEWAY004, OFFICIAL, POWERTOKENS
from storyboard.kling.rules.settings import FEATURE_WORDS
from tests.kling.rules.asking import BOTH, advice, errors, fields, lasting, old, v3, v3_from_picture


def test_a_model_outside_the_profile_is_unknown() -> None:
    for reading in BOTH:
        assert errors(v3(model="kling-v9"), reading=reading) == ["model.unknown"]
        assert errors(old("kling-v2-6"), POWERTOKENS, reading) == ["model.unknown"]
        assert errors(old("kling-v2-1"), GATEWAY004, reading) == ["model.unknown"]
        assert errors(v3_from_picture(), GATEWAY004, reading) == ["model.unknown"]
    assert fields(v3(model="kling-v9"), "model.unknown") == ["model"]


def test_no_model_is_kling_s_default_by_the_documents_except_at_powertokens() -> None:
    assert errors(v3(model="")) == []
    assert advice(v3(model="")) == ["model.retired"]
    assert errors(v3_from_picture(model=""), GATEWAY004) == []
    assert errors(v3(model=""), POWERTOKENS) == ["model.required"]
    assert errors(v3(model=""), reading="map") == ["model.required"]


def test_models_named_to_choose_from_are_in_service_where_there_are_any() -> None:
    words = [each.words for each in v3(model="kling-v9").problems(OFFICIAL, "documents")]
    assert words == ["kling-v9 is not known here. Choose kling-v2-5-turbo, kling-v2-6 or kling-v3."]
    words = [each.words for each in v3_from_picture().problems(GATEWAY004, "documents")]
    assert words == ["kling-v3 is not known here. Choose kling-v1, kling-v1-5 or kling-v1-6."]


def test_a_mode_is_one_the_document_lists() -> None:
    for mode in ("std", "pro", "4k"):
        assert errors(v3(mode=mode)) == []
        assert errors(v3_from_picture(mode=mode), POWERTOKENS) == []
    for mode in ("std", "pro"):
        assert errors(old("kling-v1", mode), GATEWAY004) == []
        assert errors(old("kling-v2-6", mode)) == []
    for reading in BOTH:
        assert errors(v3(mode="8k"), reading=reading) == ["mode.unknown"]
        assert errors(v3(mode="8k"), POWERTOKENS, reading) == ["mode.unknown"]
        assert errors(old("kling-v2-6", "4k"), reading=reading) == ["mode.unknown"]
        assert errors(old("kling-v1", "4k"), GATEWAY004, reading) == ["mode.unknown"]
    assert fields(v3(mode="8k"), "mode.unknown") == ["mode"]
    assert errors(v3(mode="")) == []


def test_kling_v3_makes_3_to_15_seconds() -> None:
    for reading in BOTH:
        for profile in (OFFICIAL, POWERTOKENS):
            for seconds in (3, 4, 14, 15):
                assert errors(lasting(v3_from_picture(), seconds), profile, reading) == []
            for seconds in (2, 16):
                found = errors(lasting(v3_from_picture(), seconds), profile, reading)
                assert found == ["total.out_of_range"]


def test_every_older_model_makes_5_or_10_seconds() -> None:
    for model in OFFICIAL.models:
        if model == "kling-v3":
            continue
        for seconds in (5, 10):
            assert errors(lasting(old(model), seconds)) == []
        for seconds in (4, 6, 9, 11, 15):
            for reading in BOTH:
                found = errors(lasting(old(model), seconds), reading=reading)
                assert found == ["total.out_of_range"]
    for seconds, found in ((5, []), (10, []), (9, ["total.out_of_range"])):
        assert errors(lasting(old("kling-v1-6"), seconds), GATEWAY004) == found
    assert fields(lasting(v3(), 16), "total.out_of_range") == ["total_seconds"]


def test_an_aspect_ratio_is_one_of_three_for_text_to_video() -> None:
    for ratio in ("16:9", "9:16", "1:1"):
        assert errors(v3(aspect_ratio=ratio)) == []
    for reading in BOTH:
        assert errors(v3(aspect_ratio="4:3"), reading=reading) == ["aspect_ratio.unknown"]
        assert errors(v3_from_picture(aspect_ratio="4:3"), reading=reading) == []
    assert fields(v3(aspect_ratio="4:3"), "aspect_ratio.unknown") == ["aspect_ratio"]
    assert errors(v3(aspect_ratio="")) == []
    assert errors(v3(aspect_ratio=""), reading="map") == ["aspect_ratio.unknown"]


def test_prompt_strength_is_0_to_1() -> None:
    for profile, make in ((OFFICIAL, old), (POWERTOKENS, v3_from_picture), (GATEWAY004, old)):
        for strength in (0, 0.0, 0.5, 1, 1.0):
            assert errors(make(cfg_scale=strength), profile) == []
        for strength in (-0.01, 1.01, float("nan"), float("inf")):
            found = errors(make(cfg_scale=strength), profile)
            assert found == ["cfg_scale.out_of_range"]
    assert fields(old(cfg_scale=2), "cfg_scale.out_of_range") == ["cfg_scale"]


def test_every_feature_of_the_map_has_a_name_for_people() -> None:
    assert set(FEATURE_WORDS) == set(FEATURES)

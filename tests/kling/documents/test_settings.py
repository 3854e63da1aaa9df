"""Model, mode, duration, sound, prompt strength, aspect ratio, watermark."""

from storyboard.kling import pricing, profiles
from tests.kling.builders import one_shot
from tests.kling.documents.both import (
    ABSENT,
    IMAGE,
    OTHER_LINK,
    TEXT,
    refused,
    taken,
    warned,
)

FIRST = ("kling-v1", "kling-v1-5", "kling-v1-6")
SECOND = ("kling-v2-master", "kling-v2-1", "kling-v2-1-master", "kling-v2-5-turbo", "kling-v2-6")


def test_the_official_models_are_those_the_documents_name() -> None:
    for model in (*FIRST, *SECOND, "kling-v3"):
        assert taken(IMAGE, model_name=model).model == model
    refused("model.unknown", "model_name", IMAGE, model_name="kling-v9")


def test_without_a_model_the_first_is_meant() -> None:
    for empty in (ABSENT, ""):
        assert taken(IMAGE, model_name=empty).model == "kling-v1"
        assert taken(IMAGE, "gateway004", model_name=empty).model == "kling-v1"


def test_the_old_name_of_the_field_means_the_first_model() -> None:
    verdict = warned("model.old_name", IMAGE, model_name=ABSENT, model="kling-v2-6")
    assert verdict.model == "kling-v1"


def test_retired_models_are_taken_with_a_warning() -> None:
    for model in (*FIRST, "kling-v2-master", "kling-v2-1", "kling-v2-1-master"):
        warned("model.retired", IMAGE, model_name=model)


def test_powertokens_has_kling_v3_alone_and_wants_it_named() -> None:
    taken(IMAGE, "powertokens", model_name="kling-v3")
    refused("model.unknown", "model_name", IMAGE, "powertokens", model_name="kling-v2-6")
    for empty in (ABSENT, ""):
        refused("model.required", "model_name", IMAGE, "powertokens", model_name=empty)


def test_gateway004_has_the_three_first_models() -> None:
    for model in FIRST:
        assert taken(IMAGE, "gateway004", model_name=model).model == model
    refused("model.unknown", "model_name", IMAGE, "gateway004", model_name="kling-v2-6")


def test_modes_are_std_and_pro() -> None:
    for model in (*FIRST, *SECOND):
        for mode in ("std", "pro"):
            assert taken(IMAGE, model_name=model, mode=mode).mode == mode
        refused("mode.unknown", "mode", IMAGE, model_name=model, mode="4k")
    for mode in ("std", "pro"):
        assert taken(IMAGE, mode=mode).mode == mode
    refused("mode.unknown", "mode", IMAGE, mode="standard")
    refused("mode.unknown", "mode", TEXT, mode="fast")


def test_powertokens_has_std_pro_and_4k() -> None:
    for mode in ("std", "pro", "4k"):
        assert taken(IMAGE, "powertokens", mode=mode).mode == mode
    refused("mode.unknown", "mode", IMAGE, "powertokens", mode="8k")


def test_gateway004_has_std_and_pro_with_or_without_their_explanation() -> None:
    for mode in ("std", "pro"):
        assert taken(IMAGE, "gateway004", mode=mode).mode == mode
    assert taken(IMAGE, "gateway004", mode="std (high performance)").mode == "std"
    assert taken(IMAGE, "gateway004", mode="pro (high quality)").mode == "pro"
    refused("mode.unknown", "mode", IMAGE, "gateway004", mode="4k")


def test_the_mode_is_std_unless_said() -> None:
    for profile in ("official", "powertokens", "gateway004"):
        assert taken(IMAGE, profile, mode=ABSENT).mode == "std"


def test_std_costs_less_than_pro() -> None:
    """In the quote and at the simulator, which agree."""
    for model, std, pro in (("kling-v3", 3000, 4000), ("kling-v2-6", 1500, 2500)):
        for mode, units in (("std", std), ("pro", pro)):
            brief = one_shot(model=model, mode=mode, sound=False)
            assert pricing.quote(brief).units_milli == units
            assert taken(TEXT, model_name=model, mode=mode).units_milli == units


def test_modes_are_720p_1080p_and_4k() -> None:
    """What each mode gives is on the form, where the mode is chosen."""
    shown = {mode.name: mode.resolution for mode in pricing.MODELS["kling-v3"].modes}
    assert shown == {"std": "720p", "pro": "1080p", "4k": "4K"}


def test_models_to_v2_6_last_5_or_10_seconds() -> None:
    for model in (*FIRST, *SECOND):
        for seconds in (5, 10):
            assert taken(IMAGE, model_name=model, duration=str(seconds)).seconds == seconds
        for seconds in ("4", "6", "9", "11"):
            wrong = {"model_name": model, "duration": seconds}
            refused("total.out_of_range", "duration", IMAGE, **wrong)


def test_kling_v3_lasts_3_to_15_seconds() -> None:
    for profile in ("official", "powertokens"):
        for seconds in range(3, 16):
            assert taken(IMAGE, profile, duration=str(seconds)).seconds == seconds
        for seconds in ("2", "16"):
            refused("total.out_of_range", "duration", IMAGE, profile, duration=seconds)


def test_gateway004_lasts_5_or_10_seconds() -> None:
    for model in FIRST:
        for seconds in (5, 10):
            wanted = {"model_name": model, "duration": str(seconds)}
            assert taken(IMAGE, "gateway004", **wanted).seconds == seconds
        for seconds in ("4", "6", "9", "11"):
            wrong = {"model_name": model, "duration": seconds}
            refused("total.out_of_range", "duration", IMAGE, "gateway004", **wrong)


def test_gateway004_takes_an_end_frame_with_5_seconds_alone() -> None:
    taken(IMAGE, "gateway004", image_tail=OTHER_LINK, duration="5")
    wrong = {"image_tail": OTHER_LINK, "duration": "10"}
    refused("end_frame.seconds", "duration", IMAGE, "gateway004", **wrong)


def test_the_duration_is_a_string() -> None:
    for profile in ("official", "powertokens", "gateway004"):
        refused("duration.type", "duration", IMAGE, profile, duration=5)
    refused("duration.format", "duration", IMAGE, duration="5.0")


def test_the_duration_is_5_unless_said() -> None:
    for profile in ("official", "powertokens", "gateway004"):
        assert taken(IMAGE, profile, duration=ABSENT).seconds == 5


def test_sound_is_on_or_off_and_off_unless_said() -> None:
    for profile in ("official", "powertokens"):
        assert taken(IMAGE, profile, sound="on").sound
        assert not taken(IMAGE, profile, sound="off").sound
        assert not taken(IMAGE, profile, sound=ABSENT).sound
        refused("sound.unknown", "sound", IMAGE, profile, sound="loud")
    assert taken(TEXT, sound="on").sound


def test_sound_begins_with_v2_6() -> None:
    for model in (*FIRST, *SECOND[:-1]):
        refused("capability.sound", "sound", IMAGE, model_name=model, sound="on")
    assert taken(IMAGE, model_name="kling-v2-6", sound="on").sound


def test_prompt_strength_is_0_to_1() -> None:
    for kind, profile in (
        (TEXT, "official"),
        (IMAGE, "official"),
        (IMAGE, "powertokens"),
        (IMAGE, "gateway004"),
    ):
        for value in (0, 0.5, 1, 1.0):
            taken(kind, profile, cfg_scale=value)
        for value in (-0.01, 1.01):
            refused("cfg_scale.out_of_range", "cfg_scale", kind, profile, cfg_scale=value)


def test_prompt_strength_is_not_for_v2_models() -> None:
    for model in SECOND:
        for kind in (TEXT, IMAGE):
            wrong = {"model_name": model, "cfg_scale": 0.5}
            refused("capability.cfg_scale", "cfg_scale", kind, **wrong)
    for model in FIRST:
        taken(IMAGE, model_name=model, cfg_scale=0.5)


def test_prompt_strength_is_a_number_and_optional() -> None:
    refused("cfg_scale.type", "cfg_scale", IMAGE, cfg_scale="0.5")
    refused("cfg_scale.type", "cfg_scale", IMAGE, cfg_scale=True)
    taken(IMAGE, cfg_scale=ABSENT)


def test_text_to_video_chooses_its_aspect_ratio() -> None:
    for ratio in ("16:9", "9:16", "1:1", ABSENT):
        taken(TEXT, aspect_ratio=ratio)
    refused("aspect_ratio.unknown", "aspect_ratio", TEXT, aspect_ratio="4:3")
    warned("field.ignored", IMAGE, aspect_ratio="16:9")


def test_a_watermark_is_asked_for_with_enabled_alone() -> None:
    for kind, profile in ((TEXT, "official"), (IMAGE, "official"), (IMAGE, "powertokens")):
        assert taken(kind, profile, watermark_info={"enabled": True}).watermark
        assert not taken(kind, profile, watermark_info={"enabled": False}).watermark
        assert not taken(kind, profile, watermark_info=ABSENT).watermark
        wrong = {"watermark_info": {"enabled": "yes"}}
        refused("watermark.type", "watermark_info.enabled", kind, profile, **wrong)


def test_no_watermark_of_ones_own() -> None:
    warned("field.unknown", IMAGE, watermark_info={"enabled": True, "text": "Ours"})


def test_the_capability_map_narrows_what_the_documents_leave_open() -> None:
    """Support differs by model and mode: advice in this reading, an error in the map's."""
    warned("capability.end_frame", IMAGE, model_name="kling-v2-6", image_tail=OTHER_LINK)
    warned(
        "capability.multi_shot",
        IMAGE,
        model_name="kling-v2-6",
        **{
            "multi_shot": True,
            "shot_type": "intelligence",
        },
    )


def test_gateway004_knows_image_to_video_alone() -> None:
    assert profiles.GATEWAY004.endpoints == ("image2video",)
    refused("endpoint.unknown", "endpoint", TEXT, "gateway004")

"""What a create body may say: limits on both sides, in Kling's own field names."""

from dataclasses import replace
from typing import Any

import pytest

from tests.kling.payload_builders import (
    GATEWAY004,
    GATEWAY_BODY,
    LINK,
    OFFICIAL,
    POWERTOKENS,
    advice,
    entries,
    errors,
    from_words,
    one_shot,
    problems,
    six_shots,
)


def elements(count: int) -> list[dict[str, Any]]:
    return [{"element_id": 900 + number} for number in range(count)]


def voices(count: int) -> list[dict[str, Any]]:
    return [{"voice_id": f"v-{number}"} for number in range(count)]


def camera(kind: str = "simple", **amounts: Any) -> dict[str, Any]:
    return {"camera_control": {"type": kind, "config": amounts or None}}


def masks(count: int, points: int = 2) -> dict[str, Any]:
    path = [{"x": number, "y": 0} for number in range(points)]
    return {"dynamic_masks": [{"mask": LINK, "trajectories": path} for _ in range(count)]}


@pytest.mark.parametrize(
    "body",
    [
        six_shots(),
        six_shots(prompt=None, negative_prompt="", image_tail="", callback_url=""),
        six_shots(external_task_id="", element_list=[], voice_list=None, dynamic_masks=[]),
        six_shots(static_mask="", camera_control=None, watermark_info=None, cfg_scale=None),
        six_shots(watermark_info={"enabled": True}, callback_url="https://films.example/a/"),
        six_shots(multi_prompt=entries(3), duration="3"),
        six_shots(multi_prompt=entries(15)),
        six_shots(multi_prompt=entries(14, 1)),
        six_shots(multi_prompt=[{**entries(15)[0], "prompt": "x" * 512}]),
        six_shots(shot_type="intelligence", multi_prompt=None, prompt="x" * 2500),
        six_shots(mode="4k"),
        one_shot(),
        one_shot(duration="10"),
        one_shot(duration=None, mode=None, sound=None, model_name="kling-v2-5-turbo"),
        one_shot(negative_prompt="x" * 2500, sound="off"),
        one_shot(prompt="\U0001f3ac" * 625),
        one_shot(image_tail=LINK),
    ],
)
def test_what_kling_takes_has_no_problem(body: Any) -> None:
    assert problems(body) == ()


@pytest.mark.parametrize(
    "body",
    [
        from_words(),
        from_words(aspect_ratio="9:16", cfg_scale=None, sound="on", mode="4k", duration="15"),
        {key: value for key, value in six_shots().items() if key != "image"},
    ],
)
def test_what_kling_takes_from_words_has_no_problem(body: Any) -> None:
    assert problems(body, "text2video") == ()


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"duration": "16"}, "total.out_of_range", "duration"),
        ({"duration": "2"}, "total.out_of_range", "duration"),
        ({"duration": "0"}, "total.out_of_range", "duration"),
        ({"duration": "14"}, "shots.sum", "duration"),
        ({"duration": None}, "shots.sum", "duration"),
        ({"multi_prompt": entries(3, 2, 3, 2, 3, 1)}, "shots.sum", "duration"),
        ({"multi_prompt": []}, "shots.none", "multi_prompt"),
        ({"multi_prompt": entries(3, 2, 2, 2, 2, 2, 2)}, "shots.too_many", "multi_prompt"),
        ({"multi_prompt": entries(0, 15)}, "shot.seconds_too_few", "multi_prompt[0].duration"),
        ({"multi_prompt": None}, "multi_prompt.required", "multi_prompt"),
        ({"shot_type": None}, "shot_type.required", "shot_type"),
        ({"shot_type": ""}, "shot_type.required", "shot_type"),
        ({"shot_type": "auto"}, "shot_type.unknown", "shot_type"),
        ({"shot_type": "intelligence", "multi_prompt": None}, "shot.prompt_empty", "prompt"),
        ({"prompt": "x" * 2501}, "shot.prompt_too_long", "prompt"),
        ({"model_name": "kling-v9"}, "model.unknown", "model_name"),
        ({"mode": "standard"}, "mode.unknown", "mode"),
        ({"mode": ""}, "mode.unknown", "mode"),
        ({"mode": "std (high performance)"}, "mode.unknown", "mode"),
        ({"sound": "yes"}, "sound.unknown", "sound"),
        ({"sound": ""}, "sound.unknown", "sound"),
        ({"image": None}, "first_frame.required", "image"),
        ({"image": ""}, "first_frame.required", "image"),
        ({"image_tail": LINK}, "end_frame.multi_shot", "image_tail"),
        ({"negative_prompt": "x" * 2501}, "negative_prompt_too_long", "negative_prompt"),
        ({"negative_prompt": "a\x00"}, "negative_prompt_unreadable", "negative_prompt"),
        ({"cfg_scale": 1.001}, "cfg_scale.out_of_range", "cfg_scale"),
        ({"cfg_scale": -0.001}, "cfg_scale.out_of_range", "cfg_scale"),
        ({"element_list": elements(4)}, "elements.too_many", "element_list"),
        ({"element_list": elements(1), "voice_list": voices(1)}, "library.both", "voice_list"),
        ({"voice_list": voices(3)}, "voices.too_many", "voice_list"),
        ({"voice_list": voices(1), "sound": "off"}, "voices.sound_off", "voice_list"),
        (camera(pan=10.001), "camera.out_of_range", "camera_control.config.pan"),
        (camera(pan=-10.001), "camera.out_of_range", "camera_control.config.pan"),
        (camera(pan=1, zoom=1), "camera.one_amount", "camera_control"),
        (camera(pan=0), "camera.one_amount", "camera_control"),
        (camera(), "camera.config_required", "camera_control.config"),
        (camera("spin"), "camera.kind_unknown", "camera_control.type"),
        (camera("forward_up", pan=1), "camera.amounts_unasked", "camera_control.config"),
        (camera("forward_up", pan=0), "camera.amounts_unasked", "camera_control.config"),
        (masks(7), "brush.too_many", "dynamic_masks"),
        (masks(1, points=1), "brush.points_few", "dynamic_masks[0].trajectories"),
        ({**camera(pan=1), **masks(1)}, "direction.together", "camera_control"),
        ({"callback_url": "films.example/a"}, "callback_url.address", "callback_url"),
        ({"callback_url": "ftp://films.example"}, "callback_url.address", "callback_url"),
        ({"callback_url": "https://"}, "callback_url.address", "callback_url"),
        ({"callback_url": "https://a b.example"}, "callback_url.address", "callback_url"),
        ({"callback_url": "https://[::1"}, "callback_url.address", "callback_url"),
        ({"external_task_id": "a\ud800"}, "external_task_id.unreadable", "external_task_id"),
    ],
)
def test_one_fault_is_one_error_beside_its_field(
    changes: dict[str, Any], code: str, field: str
) -> None:
    assert errors(six_shots(**changes)) == [(code, field)]


@pytest.mark.parametrize(
    "changes",
    [
        {"cfg_scale": 0},
        {"cfg_scale": 1},
        {"element_list": elements(3)},
        {"voice_list": voices(2)},
        camera(pan=10),
        camera(zoom=-10.0, pan=0),
        camera("forward_up"),
        masks(6),
        masks(1, points=77),
        masks(1, points=2),
        {"static_mask": LINK},
        {"model_name": "kling-v3", "element_list": [{"element_id": "829836802793406551"}]},
    ],
)
def test_on_the_limit_nothing_is_refused(changes: dict[str, Any]) -> None:
    assert errors(six_shots(**changes)) == []


@pytest.mark.parametrize("seconds", ["0", "4", "6", "9", "11", "15"])
def test_one_shot_of_seconds_the_model_does_not_make(seconds: str) -> None:
    assert errors(one_shot(duration=seconds)) == [("total.out_of_range", "duration")]


def test_points_are_counted_for_five_seconds_alone() -> None:
    spoilt = one_shot(**masks(1, points=78))
    assert errors(spoilt) == [("brush.points_many", "dynamic_masks[0].trajectories")]
    assert errors({**spoilt, "duration": "10"}) == []


@pytest.mark.parametrize(("length", "too_long"), [(512, False), (513, True)])
def test_a_shot_prompt_is_counted_in_utf16_units(length: int, too_long: bool) -> None:
    for char, units in (("x", 1), ("é", 1), ("漢", 1), ("\U0001f3ac", 2)):
        prompt = char * (length // units) + "x" * (length % units)
        body = six_shots(multi_prompt=[{**entries(15)[0], "prompt": prompt}])
        wanted = [("shot.prompt_too_long", "multi_prompt[0].prompt")] if too_long else []
        assert errors(body) == wanted


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (one_shot(duration=10, **masks(1, points=78)), "duration"),
        (one_shot(sound=True, voice_list=voices(1)), "sound"),
        (one_shot(model_name=7, duration="15", sound="on"), "model_name"),
        (one_shot(mode=7, sound="on", image_tail=LINK), "mode"),
        (one_shot(element_list=7, prompt="<<<element_1>>> rows"), "element_list"),
        (one_shot(voice_list=7, prompt="<<<voice_1>>> sings"), "voice_list"),
        (six_shots(multi_shot=7, shot_type=None, multi_prompt=None), "multi_shot"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_nothing_is_told_that_only_follows_from_a_fault(body: Any, field: str) -> None:
    assert [where for _code, where in errors(body)] == [field]
    assert [code for code, _where in advice(body) if code.startswith("token.")] == []


def test_nothing_is_concluded_from_a_mode_that_cannot_be_read() -> None:
    told = problems(one_shot(mode=7, sound="on", prompt="Rain"), reading="map")
    assert [each.code for each in told] == ["mode.type"]


def test_several_faults_are_all_told() -> None:
    body = six_shots(duration=15, mode=7, image="data:,", cfg_scale="1", voice_list=[{}])
    assert errors(body) == [
        ("duration.type", "duration"),
        ("voice.id_required", "voice_list[0].voice_id"),
        ("mode.type", "mode"),
        ("cfg_scale.type", "cfg_scale"),
        ("first_frame.data_prefix", "image"),
    ]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"multi_shot": "true"}, "multi_shot.text", "multi_shot"),
        ({"prompt": "A pier"}, "field.ignored", "prompt"),
        ({"aspect_ratio": "16:9"}, "field.ignored", "aspect_ratio"),
        ({"model": "kling-v1"}, "model.old_name", "model"),
        ({"tail": 1}, "field.unknown", "tail"),
        ({"watermark_info": {"text": "A"}}, "field.unknown", "watermark_info.text"),
        (
            {"multi_prompt": [{**entries(15)[0], "zoom": 1}]},
            "field.unknown",
            "multi_prompt[0].zoom",
        ),
    ],
)
def test_what_is_ignored_is_advice(changes: dict[str, Any], code: str, field: str) -> None:
    body = six_shots(**changes)
    assert errors(body) == []
    assert advice(body) == [(code, field)]


def test_without_several_shots_their_fields_are_ignored() -> None:
    body = one_shot(multi_shot="false", shot_type=7, multi_prompt=[None])
    assert errors(body) == []
    assert advice(body) == [
        ("multi_shot.text", "multi_shot"),
        ("field.ignored", "shot_type"),
        ("field.ignored", "multi_prompt"),
    ]


def test_a_picture_is_ignored_from_words() -> None:
    body = from_words(image=7, image_tail="nothing", static_mask="", dynamic_masks=3)
    assert errors(body, "text2video") == []
    fields = ["image", "image_tail", "dynamic_masks"]
    assert advice(body, "text2video") == [("field.ignored", field) for field in fields]


def test_elements_from_words_are_unknown_until_the_map_counts() -> None:
    body = from_words(element_list={})
    assert errors(body, "text2video") == []
    assert advice(body, "text2video") == [("field.unknown", "element_list")]
    told = problems(from_words(element_list=elements(1)), "text2video", reading="map")
    assert [each.code for each in told if not each.warning] == ["capability.elements"]


def test_shots_beside_intelligence_are_advice_until_the_map_counts() -> None:
    body = six_shots(shot_type="intelligence", prompt="A pier")
    assert [(each.code, each.warning) for each in problems(body)] == [
        ("multi_prompt.with_intelligence", True)
    ]
    told = problems(body, reading="map")
    assert [(each.code, each.warning) for each in told] == [
        ("multi_prompt.with_intelligence", False)
    ]


def test_without_a_model_name_the_first_model_is_meant() -> None:
    for body in ({"image": LINK, "prompt": "Rain"}, {"image": LINK, "prompt": "R", "model": "x"}):
        assert errors(body) == []
        assert ("model.retired", "model_name") in advice(body)


def test_an_account_that_follows_the_change_takes_an_end_frame_with_shots() -> None:
    follows = replace(OFFICIAL, end_frame_with_shots=True)
    body = six_shots(image_tail=LINK)
    assert errors(body, profile=follows) == []
    assert errors(body) == [("end_frame.multi_shot", "image_tail")]


def test_the_map_refuses_what_the_documents_leave_open() -> None:
    body = one_shot(mode="std", image_tail=LINK)
    assert [each.warning for each in problems(body) if each.field == "image_tail"] == [True]
    told = problems(body, reading="map")
    assert [each.warning for each in told if each.field == "image_tail"] == [False]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, []),
        ({"prompt": "x" * 500, "negative_prompt": "x" * 200, "duration": "10"}, []),
        ({"prompt": "x" * 501}, [("shot.prompt_too_long", "prompt")]),
        ({"negative_prompt": "x" * 201}, [("negative_prompt_too_long", "negative_prompt")]),
        ({"prompt": None}, []),
        ({"image_tail": LINK, "duration": "5"}, []),
        ({"image_tail": LINK, "duration": "10"}, [("end_frame.seconds", "duration")]),
        ({"image": None, "image_tail": LINK}, [("first_frame.required", "image")]),
        ({"image": None}, [("first_frame.required", "image")]),
        ({"mode": "4k"}, [("mode.unknown", "mode")]),
        ({"duration": "7"}, [("total.out_of_range", "duration")]),
        ({"model_name": "kling-v3"}, [("model.unknown", "model_name")]),
        ({"multi_shot": 7, "sound": 7, "element_list": 7, "camera_control": 7}, []),
    ],
)
def test_the_gateway_is_held_to_its_own_document(changes: dict[str, Any], wanted: Any) -> None:
    assert errors({**GATEWAY_BODY, **changes}, profile=GATEWAY004) == wanted


def test_the_gateway_spells_modes_in_its_own_way_and_knows_fewer_fields() -> None:
    for mode in ("std (high performance)", "pro (high quality)"):
        told = advice({**GATEWAY_BODY, "mode": mode}, profile=GATEWAY004)
        assert ("mode.literal", "mode") in told
    told = advice({**GATEWAY_BODY, "multi_shot": True, "watermark_info": {}}, profile=GATEWAY004)
    assert ("field.unknown", "multi_shot") in told
    assert ("field.unknown", "watermark_info") in told


def test_the_gateway_has_no_text_to_video() -> None:
    told = errors({"prompt": "Rain"}, "text2video", GATEWAY004)
    assert told == [("endpoint.unknown", "endpoint")]
    assert errors({}, "text2video", GATEWAY004) == [("endpoint.unknown", "endpoint")]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, []),
        ({"model_name": None}, [("model.required", "model_name")]),
        ({"model_name": None, "model": "kling-v3"}, [("model.required", "model_name")]),
        ({"model_name": "kling-v2-6"}, [("model.unknown", "model_name")]),
        ({"camera_control": {"type": "simple", "config": {"pan": "1"}}}, []),
        ({"camera_control": []}, [("camera.type", "camera_control")]),
        ({"element_list": elements(4)}, []),
    ],
)
def test_powertokens_is_held_to_its_own_schema(changes: dict[str, Any], wanted: Any) -> None:
    assert errors(six_shots(**changes), profile=POWERTOKENS) == wanted


def test_powertokens_from_words_is_said_to_be_undocumented() -> None:
    assert advice(from_words(), "text2video", POWERTOKENS) == [
        ("endpoint.undocumented", "endpoint")
    ]


def test_an_unknown_endpoint_is_told() -> None:
    assert errors({}, "omni-video") == [("endpoint.unknown", "endpoint")]


def test_an_unknown_reading_is_our_own_fault() -> None:
    with pytest.raises(ValueError, match="unknown reading"):
        problems(six_shots(), reading="dreams")


def test_every_problem_has_words_and_a_source() -> None:
    body = six_shots(duration=15, mode="8k", image="x", voice_list=voices(3), tail=1, prompt="A")
    for each in problems(body):
        assert each.words.endswith(".")
        assert each.source

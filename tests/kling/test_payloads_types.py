"""Each field of a create body with a value of another type, and values no program should send."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storyboard.kling.payloads import judge
from storyboard.kling.payloads.bodies import ALL_FIELDS
from storyboard.kling.payloads.reader import MOST_PROBLEMS
from storyboard.kling.profiles import PROFILES
from tests.kling.payload_builders import LINK, entries, errors, one_shot, problems, six_shots

TEXTS = ("model_name", "prompt", "negative_prompt", "mode", "sound", "callback_url")
LISTS = {"multi_prompt": "multi_prompt", "element_list": "elements", "voice_list": "voices",
         "dynamic_masks": "brush"}  # fmt: skip
OBJECTS = {"camera_control": "camera", "watermark_info": "watermark"}
PICTURES = {"image": "first_frame", "image_tail": "end_frame", "static_mask": "brush.mask"}


@pytest.mark.parametrize("value", [7, 7.5, True, [], {}, ["std"]])
@pytest.mark.parametrize("field", [*TEXTS, "shot_type", "external_task_id"])
def test_a_text_that_is_none(field: str, value: Any) -> None:
    assert errors(six_shots(**{field: value})) == [(f"{field}.type", field)]


@pytest.mark.parametrize("value", [7, "x", True, {}, {"0": 1}])
@pytest.mark.parametrize("field", LISTS)
def test_a_list_that_is_none(field: str, value: Any) -> None:
    assert errors(six_shots(**{field: value})) == [(f"{LISTS[field]}.type", field)]


@pytest.mark.parametrize("value", [7, "x", True, [], [{}]])
@pytest.mark.parametrize("field", OBJECTS)
def test_an_object_that_is_none(field: str, value: Any) -> None:
    assert errors(six_shots(**{field: value})) == [(f"{OBJECTS[field]}.type", field)]


@pytest.mark.parametrize("value", [7, True, [], {}, [LINK]])
@pytest.mark.parametrize("field", PICTURES)
def test_a_picture_that_is_none(field: str, value: Any) -> None:
    assert (f"{PICTURES[field]}.type", field) in errors(one_shot(**{field: value}))


@pytest.mark.parametrize("value", ["1", True, [], {}, float("nan"), float("inf"), "NaN"])
def test_a_number_that_is_none(value: Any) -> None:
    assert errors(six_shots(cfg_scale=value)) == [("cfg_scale.type", "cfg_scale")]
    told = errors(six_shots(camera_control={"type": "simple", "config": {"pan": value}}))
    assert told == [("camera.amount.type", "camera_control.config.pan")]


@pytest.mark.parametrize("value", [1, 0, 1.0, "True", "yes", "", [], {}])
def test_multi_shot_that_is_neither_true_nor_false(value: Any) -> None:
    assert errors(six_shots(multi_shot=value)) == [("multi_shot.type", "multi_shot")]
    assert errors(one_shot(multi_shot=value)) == [("multi_shot.type", "multi_shot")]


@pytest.mark.parametrize("value", [15, 15.0, True, [], {}, ["15"]])
def test_seconds_that_are_no_string(value: Any) -> None:
    assert errors(six_shots(duration=value)) == [("duration.type", "duration")]
    shots = [{**entries(15)[0], "duration": value}]
    told = errors(six_shots(multi_prompt=shots))
    assert told == [("shot.duration.type", "multi_prompt[0].duration")]


@pytest.mark.parametrize(
    "value", ["5.0", " 5", "5 ", "05", "+5", "-5", "", "5s", "５", "1e1", "five", "9" * 5000]
)
def test_seconds_that_are_no_whole_number(value: str) -> None:
    assert errors(one_shot(duration=value)) == [("duration.format", "duration")]
    shots = [{**entries(15)[0], "duration": value}]
    told = errors(six_shots(multi_prompt=shots))
    assert told == [("shot.duration.format", "multi_prompt[0].duration")]


@pytest.mark.parametrize(
    ("spoilt", "code", "field"),
    [
        (7, "shot.type", "multi_prompt[1]"),
        (None, "shot.type", "multi_prompt[1]"),
        ({"index": None}, "shot.index_required", "multi_prompt[1].index"),
        ({"index": "2"}, "shot.index_type", "multi_prompt[1].index"),
        ({"index": 2.0}, "shot.index_type", "multi_prompt[1].index"),
        ({"index": 1}, "shot.index_order", "multi_prompt[1].index"),
        ({"index": 3}, "shot.index_order", "multi_prompt[1].index"),
        ({"index": 10**5000}, "shot.index_order", "multi_prompt[1].index"),
        ({"prompt": 7}, "shot.prompt_type", "multi_prompt[1].prompt"),
        ({"prompt": None}, "shot.prompt_empty", "multi_prompt[1].prompt"),
        ({"prompt": ""}, "shot.prompt_empty", "multi_prompt[1].prompt"),
        ({"duration": None}, "shot.duration_required", "multi_prompt[1].duration"),
    ],
)
def test_a_shot_that_is_none(spoilt: Any, code: str, field: str) -> None:
    shots: list[Any] = entries(3, 2, 3, 2, 3, 2)
    shots[1] = {**shots[1], **spoilt} if isinstance(spoilt, dict) else spoilt
    assert errors(six_shots(multi_prompt=shots)) == [(code, field)]


def test_an_index_of_true_is_not_one() -> None:
    shots = [{**entries(15)[0], "index": True}]
    told = errors(six_shots(multi_prompt=shots))
    assert told == [("shot.index_type", "multi_prompt[0].index")]


def test_counting_from_zero_is_told_once() -> None:
    shots = [{**shot, "index": shot["index"] - 1} for shot in entries(3, 2, 3, 2, 3, 2)]
    told = errors(six_shots(multi_prompt=shots))
    assert told == [("shot.index_order", "multi_prompt[0].index")]


@pytest.mark.parametrize(
    ("entry", "code", "field"),
    [
        (7, "element.type", "element_list[0]"),
        ({}, "element.id_required", "element_list[0].element_id"),
        ({"element_id": "e-7"}, "element.id_type", "element_list[0].element_id"),
        ({"element_id": 7.0}, "element.id_type", "element_list[0].element_id"),
        ({"element_id": True}, "element.id_type", "element_list[0].element_id"),
        ({"element_id": 2**63}, "element.id_type", "element_list[0].element_id"),
        ({"element_id": "９"}, "element.id_type", "element_list[0].element_id"),
        ({"element_id": "9" * 5000}, "element.id_type", "element_list[0].element_id"),
    ],
)
def test_an_element_that_is_none(entry: Any, code: str, field: str) -> None:
    shots = [{**entries(15)[0], "prompt": "<<<element_1>>> rows"}]
    assert errors(six_shots(element_list=[entry], multi_prompt=shots)) == [(code, field)]


@pytest.mark.parametrize("element_id", [1, 2**63 - 1, "7", "829836802793406551"])
def test_an_element_by_number_or_digits(element_id: Any) -> None:
    assert errors(six_shots(element_list=[{"element_id": element_id}])) == []


@pytest.mark.parametrize(
    ("entry", "code", "field"),
    [
        ("v-1", "voice.type", "voice_list[0]"),
        ({}, "voice.id_required", "voice_list[0].voice_id"),
        ({"voice_id": ""}, "voice.id_required", "voice_list[0].voice_id"),
        ({"voice_id": 7}, "voice.id_type", "voice_list[0].voice_id"),
    ],
)
def test_a_voice_that_is_none(entry: Any, code: str, field: str) -> None:
    body = one_shot(voice_list=[entry], sound="on", prompt="<<<voice_1>>> sings")
    assert errors(body) == [(code, field)]


@pytest.mark.parametrize(
    ("control", "code", "field"),
    [
        ({}, "camera.kind_type", "camera_control.type"),
        ({"config": {"pan": 1}}, "camera.kind_type", "camera_control.type"),
        ({"type": 7}, "camera.kind_type", "camera_control.type"),
        ({"type": "simple", "config": []}, "camera.config.type", "camera_control.config"),
        ({"type": "simple", "config": {}}, "camera.one_amount", "camera_control"),
        ({"type": "forward_up", "config": 7}, "camera.config.type", "camera_control.config"),
    ],
)
def test_a_camera_that_is_none(control: Any, code: str, field: str) -> None:
    assert errors(six_shots(camera_control=control)) == [(code, field)]


@pytest.mark.parametrize(
    ("group", "code", "field"),
    [
        (7, "brush.stroke.type", "dynamic_masks[0]"),
        ({"mask": 7}, "brush.mask.type", "dynamic_masks[0].mask"),
        ({"mask": None}, "brush.mask_required", "dynamic_masks[0].mask"),
        ({"trajectories": None}, "brush.points_required", "dynamic_masks[0].trajectories"),
        ({"trajectories": {}}, "brush.points.type", "dynamic_masks[0].trajectories"),
        ({"trajectories": []}, "brush.points_few", "dynamic_masks[0].trajectories"),
        ({"trajectories": [{"x": 1, "y": 1}, 7]}, "brush.point.type",
         "dynamic_masks[0].trajectories[1]"),
        ({"trajectories": [{"x": 1, "y": 1}, {"x": 1}]}, "brush.point_type",
         "dynamic_masks[0].trajectories[1].y"),
        ({"trajectories": [{"x": 1.0, "y": 1}, {"x": 1, "y": 1}]}, "brush.point_type",
         "dynamic_masks[0].trajectories[0].x"),
        ({"trajectories": [{"x": "1", "y": 1}, {"x": 1, "y": 1}]}, "brush.point_type",
         "dynamic_masks[0].trajectories[0].x"),
        ({"trajectories": [{"x": True, "y": 1}, {"x": 1, "y": 1}]}, "brush.point_type",
         "dynamic_masks[0].trajectories[0].x"),
        ({"trajectories": [{"x": -(10**5000), "y": 1}, {"x": 1, "y": 1}]}, "brush.point_outside",
         "dynamic_masks[0].trajectories[0].x"),
    ],
)  # fmt: skip
def test_a_stroke_that_is_none(group: Any, code: str, field: str) -> None:
    path = [{"x": 0, "y": 0}, {"x": 9, "y": 9}]
    whole = {"mask": LINK, "trajectories": path}
    stroke = {**whole, **group} if isinstance(group, dict) else group
    assert errors(one_shot(dynamic_masks=[stroke])) == [(code, field)]


@pytest.mark.parametrize("value", ["true", 1, 0, []])
def test_a_watermark_that_is_neither_on_nor_off(value: Any) -> None:
    told = errors(six_shots(watermark_info={"enabled": value}))
    assert told == [("watermark.type", "watermark_info.enabled")]


@pytest.mark.parametrize("payload", [None, True, 7, 7.5, "x", [], [{}]])
@pytest.mark.parametrize("endpoint", ["image2video", "text2video", "list"])
def test_a_payload_that_is_no_object(endpoint: str, payload: Any) -> None:
    assert errors(payload, endpoint) == [("payload.type", "")]


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


MONSTERS: dict[str, Any] = {
    "deep": nested(50_000),
    "a long number": 10**5000,
    "a negative one": -(10**5000),
    "nan": float("nan"),
    "half a character": "\ud800",
    "ten million characters": "x" * 10_000_000,
    "marks": "<<<" * 300_000,
    "a long list": [None] * 200_000,
    "a wide object": {str(number): number for number in range(5000)},
}


@pytest.mark.parametrize("name", MONSTERS)
def test_no_value_in_any_field_stops_the_judge(name: str) -> None:
    for field in ALL_FIELDS:
        told = problems(six_shots(**{field: MONSTERS[name]}))
        assert all(len(each.words) < 1000 for each in told)
    shot = dict.fromkeys(("index", "prompt", "duration"), MONSTERS[name])
    assert errors(six_shots(multi_prompt=[shot]))


def test_errors_are_told_however_much_advice_there_is() -> None:
    unknown = {f"field_{number}": 1 for number in range(1000)}
    told = problems({**unknown, **six_shots(duration=15)})
    assert [each.field for each in told if not each.warning] == ["duration"]
    assert sum(each.warning for each in told) == MOST_PROBLEMS


def test_a_flood_of_faults_is_cut() -> None:
    shots = [{"index": number, "prompt": "", "duration": "1"} for number in range(5000)]
    told = problems(six_shots(multi_prompt=shots))
    assert len(told) <= 2 * MOST_PROBLEMS + MOST_PROBLEMS
    assert any(not each.warning for each in told)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
USUAL = [LINK, "true", "customize", "intelligence", "5", "kling-v3", "data:,", "AA=="]


def lists_and_objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)


JSON = st.recursive(LEAVES | st.sampled_from(USUAL), lists_and_objects, max_leaves=12)
NAMES = st.sampled_from(sorted(ALL_FIELDS)) | st.sampled_from(["resource", "pageNum", "pageSize"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    payload=JSON | st.dictionaries(NAMES, JSON, max_size=12),
    start=st.booleans(),
    endpoint=st.sampled_from(["image2video", "text2video", "list"]),
    profile=st.sampled_from(sorted(PROFILES)),
    reading=st.sampled_from(["documents", "map"]),
)
def test_any_json_value_is_judged(
    payload: Any, start: bool, endpoint: str, profile: str, reading: Any
) -> None:
    if start and isinstance(payload, dict):
        payload = {**six_shots(), **payload}
    told = judge(endpoint, PROFILES[profile], payload, reading)
    for each in told:
        assert each.code
        assert each.words.endswith(".")
    assert len({(each.code, each.field) for each in told}) == len(told)

import json

import pytest

from storyboard.kling.brief import Brief, Brush, Camera, PictureLink, PictureRef, Stroke
from tests.kling.builders import PICTURE, brief, element, one_shot, shots, voice

FULL = brief(
    first_frame=PICTURE,
    end_frame=PICTURE,
    elements=(element(1), element(2)),
    voices=(voice(1),),
    negative_prompt="blur",
    cfg_scale=0.25,
    camera=Camera("simple", pan=2.0),
    brush=Brush(PICTURE, (Stroke(PICTURE, ((1, 2), (3, 4))),)),
    watermark=True,
)

LINK = PictureLink("https://pictures.example.com/frame.jpg")
LINKED = brief(
    first_frame=LINK, end_frame=LINK, brush=Brush(LINK, (Stroke(LINK, ((1, 2), (3, 4))),))
)


def bare(picture: PictureRef) -> str:
    return f"base64 of {picture.sha256[:4]}"


def test_custom_shots_are_sent_one_by_one() -> None:
    two = brief(shots=shots(2, 3), total_seconds=5)
    assert two.payload(bare) == {
        "model_name": "kling-v3",
        "multi_shot": True,
        "shot_type": "customize",
        "prompt": "",
        "multi_prompt": [
            {"index": 1, "prompt": "Gulls over the pier, number 1", "duration": "2"},
            {"index": 2, "prompt": "Gulls over the pier, number 2", "duration": "3"},
        ],
        "sound": "on",
        "mode": "pro",
        "aspect_ratio": "16:9",
        "duration": "5",
        "watermark_info": {"enabled": False},
    }


def test_intelligence_sends_one_prompt_and_no_shots() -> None:
    body = brief(shooting="intelligent", shots=shots(15)).payload(bare)
    assert (body["multi_shot"], body["shot_type"]) == (True, "intelligence")
    assert body["prompt"] == "Gulls over the pier, number 1"
    assert "multi_prompt" not in body


def test_a_single_shot_sends_one_prompt_and_no_way_of_shooting() -> None:
    body = one_shot(sound=False).payload(bare)
    assert (body["multi_shot"], body["prompt"]) == (False, "A boat leaves the harbour")
    assert body["sound"] == "off"
    assert "shot_type" not in body
    assert "multi_prompt" not in body


def test_a_first_frame_is_sent_as_it_is_given_and_without_an_aspect_ratio() -> None:
    body = brief(first_frame=PICTURE).payload(bare)
    assert body["image"] == "base64 of aaaa"
    assert "aspect_ratio" not in body


def test_everything_a_brief_holds_is_sent() -> None:
    body = FULL.payload(bare)
    assert body["image_tail"] == "base64 of aaaa"
    assert body["element_list"] == [{"element_id": 901}, {"element_id": 902}]
    assert body["voice_list"] == [{"voice_id": "v-1"}]
    assert body["negative_prompt"] == "blur"
    assert body["cfg_scale"] == 0.25
    assert body["camera_control"] == {
        "type": "simple",
        "config": {
            "horizontal": 0.0,
            "vertical": 0.0,
            "pan": 2.0,
            "tilt": 0.0,
            "roll": 0.0,
            "zoom": 0.0,
        },
    }
    assert body["static_mask"] == "base64 of aaaa"
    assert body["dynamic_masks"] == [
        {"mask": "base64 of aaaa", "trajectories": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}
    ]
    assert body["watermark_info"] == {"enabled": True}


def test_what_is_empty_is_not_sent() -> None:
    body = brief().payload(bare)
    absent = ("image", "image_tail", "element_list", "voice_list", "negative_prompt", "cfg_scale")
    assert not set(absent).intersection(body)
    assert not {"callback_url", "external_task_id"}.intersection(body)


def test_a_preset_camera_has_no_amounts() -> None:
    body = brief(camera=Camera("down_back")).payload(bare)
    assert body["camera_control"] == {"type": "down_back"}


def test_an_element_id_that_is_no_number_is_sent_as_text() -> None:
    odd = brief(elements=(element(1).__class__("el-7", "Boat"),))
    assert odd.payload(bare)["element_list"] == [{"element_id": "el-7"}]


@pytest.mark.parametrize("way", ["single", "intelligent"])
def test_one_prompt_is_never_made_of_several_shots(way: str) -> None:
    with pytest.raises(ValueError, match="exactly one shot"):
        brief(shooting=way).payload(bare)


@pytest.mark.parametrize("frozen", [brief(), FULL, one_shot(), LINKED])
def test_a_brief_survives_freezing(frozen: Brief) -> None:
    stored = json.loads(json.dumps(frozen.to_dict()))
    assert stored == frozen.to_dict()
    assert Brief.from_dict(stored) == frozen


def test_a_picture_given_by_link_is_sent_as_it_is() -> None:
    body = LINKED.payload(bare)
    masks = [body["static_mask"], body["dynamic_masks"][0]["mask"]]
    assert [body["image"], body["image_tail"], *masks] == [LINK.url] * 4


def test_an_end_frame_alone_makes_it_image_to_video() -> None:
    body = brief(end_frame=PICTURE).payload(bare)
    assert body["image_tail"] == "base64 of aaaa"
    assert not {"image", "aspect_ratio"} & set(body)


def test_a_model_without_modes_is_sent_none() -> None:
    for model in ("kling-v2-master", "kling-v2-1-master"):
        assert "mode" not in one_shot(model=model).payload(bare)
    assert one_shot(model="kling-v2-1").payload(bare)["mode"] == "pro"


def test_what_means_kling_s_default_is_not_sent() -> None:
    body = one_shot(model="", mode="", aspect_ratio="").payload(bare)
    assert not {"model_name", "mode", "aspect_ratio"} & set(body)


def test_a_brief_frozen_before_there_were_links_is_still_read() -> None:
    picture = {"sha256": "b" * 64, "width": 640, "height": 360, "size_bytes": 4000, "format": "png"}
    frozen = {**brief().to_dict(), "first_frame": picture}
    assert Brief.from_dict(frozen).first_frame == PictureRef("b" * 64, 640, 360, 4000, "png")

"""Prompts and negative prompts: how long, when required, what they may name."""

from storyboard.kling.brief import Brief, ShotBrief
from tests.kling.builders import PICTURE
from tests.kling.documents.both import (
    ABSENT,
    IMAGE,
    TEXT,
    body,
    refused,
    shots,
    taken,
    warned,
    warnings,
)

SAILOR = 'The man<<<voice_1>>> said: "Hello"'
VOICED = {"model_name": "kling-v2-6", "mode": "pro", "sound": "on"}


def test_a_prompt_has_at_most_2500_characters() -> None:
    for kind in (TEXT, IMAGE):
        taken(kind, prompt="x" * 2500)
        refused("shot.prompt_too_long", "prompt", kind, prompt="x" * 2501)
    assert brief_codes("x" * 2500) == []
    assert brief_codes("x" * 2501) == ["shot.prompt_too_long"]


def test_a_prompt_for_powertokens_has_at_most_2500_characters() -> None:
    taken(IMAGE, "powertokens", prompt="x" * 2500)
    refused("shot.prompt_too_long", "prompt", IMAGE, "powertokens", prompt="x" * 2501)


def test_a_prompt_for_gateway004_has_at_most_500_characters() -> None:
    taken(IMAGE, "gateway004", prompt="x" * 500)
    refused("shot.prompt_too_long", "prompt", IMAGE, "gateway004", prompt="x" * 501)


def test_lengths_count_utf16_units() -> None:
    """An emoji counts two, a combining accent one of its own, a letter of three bytes one."""
    for unit, units in (("🚢", 2), ("e\u0301", 2), ("海", 1), ("👩\u200d🚀", 5)):
        most = 2500 // units
        filled = unit * most + "x" * (2500 - most * units)
        taken(TEXT, prompt=filled)
        refused("shot.prompt_too_long", "prompt", TEXT, prompt=filled + "x")
    taken(TEXT, prompt="x" * 2498 + "🚢")
    refused("shot.prompt_too_long", "prompt", TEXT, prompt="x" * 2499 + "🚢")
    taken(TEXT, **shots(5, each="🚢" * 256))
    refused(
        "shot.prompt_too_long", "multi_prompt[0].prompt", TEXT, **shots(5, each="🚢" * 256 + "x")
    )
    taken(IMAGE, "gateway004", prompt="🚢" * 250)
    refused("shot.prompt_too_long", "prompt", IMAGE, "gateway004", prompt="🚢" * 250 + "x")


def test_more_than_2500_bytes_are_advice_alone() -> None:
    """2500 UTF-16 units may be up to 7500 bytes, and some report that bytes are counted."""
    assert "shot.prompt_bytes" not in warnings(TEXT, body(TEXT, prompt="x" * 2500))
    assert "shot.prompt_bytes" not in warnings(TEXT, body(TEXT, prompt="é" * 1250))
    warned("shot.prompt_bytes", TEXT, prompt="é" * 1250 + "x")
    warned("shot.prompt_bytes", TEXT, prompt="海" * 834)
    assert "shot.prompt_bytes" not in warnings(TEXT, body(TEXT, prompt="海" * 833))


def test_a_negative_prompt_has_at_most_2500_characters() -> None:
    for kind in (TEXT, IMAGE):
        taken(kind, negative_prompt="x" * 2500)
        refused("negative_prompt_too_long", "negative_prompt", kind, negative_prompt="x" * 2501)


def test_a_negative_prompt_for_powertokens_has_at_most_2500_characters() -> None:
    taken(IMAGE, "powertokens", negative_prompt="x" * 2500)
    code, field = "negative_prompt_too_long", "negative_prompt"
    refused(code, field, IMAGE, "powertokens", negative_prompt="x" * 2501)


def test_a_negative_prompt_for_gateway004_has_at_most_200_characters() -> None:
    taken(IMAGE, "gateway004", negative_prompt="x" * 200)
    code, field = "negative_prompt_too_long", "negative_prompt"
    refused(code, field, IMAGE, "gateway004", negative_prompt="x" * 201)


def test_a_negative_prompt_is_optional() -> None:
    for profile in ("official", "powertokens", "gateway004"):
        taken(IMAGE, profile, negative_prompt="")
        taken(IMAGE, profile, negative_prompt="rain")
        taken(IMAGE, profile, negative_prompt=ABSENT)


def test_one_prompt_must_say_something() -> None:
    """Where several shots are off, and where Kling cuts the shots itself."""
    for kind in (TEXT, IMAGE):
        for empty in (ABSENT, "", "  "):
            refused("shot.prompt_empty", "prompt", kind, prompt=empty)
        cut = {"multi_shot": True, "shot_type": "intelligence"}
        refused("shot.prompt_empty", "prompt", kind, prompt="", **cut)
        taken(kind, **cut)


def test_a_gateway_takes_a_picture_without_a_prompt() -> None:
    taken(IMAGE, "powertokens", prompt=ABSENT)
    taken(IMAGE, "powertokens", prompt="", multi_shot=True, shot_type="intelligence")
    taken(IMAGE, "gateway004", prompt=ABSENT)


def test_prompts_name_elements_images_and_videos_in_brackets() -> None:
    elements = [{"element_id": 901}, {"element_id": 902}]
    prompt = "<<<element_1>>> hands it to <<<element_2>>>"
    taken(IMAGE, element_list=elements, prompt=prompt)
    taken(IMAGE, "powertokens", element_list=elements, prompt=prompt)
    unused = warnings(IMAGE, body(IMAGE, element_list=elements, prompt="<<<element_2>>> waits"))
    assert "element.unused" in unused


def test_prompts_name_voices_in_the_order_of_the_list() -> None:
    one = [{"voice_id": "v-1"}]
    taken(IMAGE, **VOICED, voice_list=one, prompt=SAILOR)
    payload = body(IMAGE, **VOICED, voice_list=one, prompt="The man<<<voice_2>>> said")
    assert "token.voice_unknown" in warnings(IMAGE, payload)


def brief_codes(prompt: str) -> list[str]:
    """What a brief of one shot with this prompt is refused for, under its documents."""
    brief = Brief(
        shots=(ShotBrief("only", 1, prompt, 5),),
        shooting="single",
        total_seconds=5,
        model="kling-v3",
        mode="std",
        aspect_ratio="16:9",
        sound=False,
        first_frame=PICTURE,
    )
    found = brief.problems(reading="documents")
    return [problem.code for problem in found if not problem.warning]

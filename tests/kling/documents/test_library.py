"""Elements and voices in an order."""

from storyboard.kling.simulator import creations, library
from tests.kling.documents.both import ABSENT, IMAGE, body, refused, taken, warnings

VOICED = {"model_name": "kling-v2-6", "mode": "pro", "sound": "on"}


def elements(count: int) -> list[dict[str, object]]:
    """So many elements."""
    return [{"element_id": 900 + number} for number in range(count)]


def voices(count: int) -> list[dict[str, object]]:
    """So many voices."""
    return [{"voice_id": f"v-{number}"} for number in range(count)]


def test_there_are_at_most_three_elements() -> None:
    taken(IMAGE, element_list=elements(3))
    refused("elements.too_many", "element_list", IMAGE, element_list=elements(4))


def test_powertokens_names_no_limit_of_elements() -> None:
    taken(IMAGE, "powertokens", element_list=elements(4))
    payload = body(IMAGE, "powertokens", element_list=elements(4))
    assert "elements.too_many" in warnings(IMAGE, payload, "powertokens")


def test_an_element_is_named_by_its_id() -> None:
    for profile in ("official", "powertokens"):
        taken(IMAGE, profile, element_list=[{"element_id": 829836802793406551}])
        taken(IMAGE, profile, element_list=[{"element_id": "829836802793406551"}])
        field = "element_list[0].element_id"
        wrong = [{"element_id": "keeper"}]
        refused("element.id_type", field, IMAGE, profile, element_list=wrong)
        refused("element.id_required", field, IMAGE, profile, element_list=[{}])


def test_elements_are_made_of_pictures_or_of_a_video() -> None:
    assert creations.REFERENCE_TYPES == ("image_refer", "video_refer")


def test_there_are_at_most_two_voices() -> None:
    taken(IMAGE, **VOICED, voice_list=voices(2))
    refused("voices.too_many", "voice_list", IMAGE, **VOICED, voice_list=voices(3))
    taken(IMAGE, "powertokens", sound="on", voice_list=voices(2))
    wrong = {"sound": "on", "voice_list": voices(3)}
    refused("voices.too_many", "voice_list", IMAGE, "powertokens", **wrong)


def test_voices_need_sound() -> None:
    for sound in ("off", ABSENT):
        wrong = {**VOICED, "sound": sound, "voice_list": voices(1)}
        refused("voices.sound_off", "voice_list", IMAGE, **wrong)
        wrong = {"sound": sound, "voice_list": voices(1)}
        refused("voices.sound_off", "voice_list", IMAGE, "powertokens", **wrong)


def test_voices_begin_with_v2_6() -> None:
    taken(IMAGE, **VOICED, voice_list=voices(1))
    wrong = {**VOICED, "model_name": "kling-v2-5-turbo", "voice_list": voices(1)}
    refused("capability.voices", "voice_list", IMAGE, **wrong)


def test_a_voice_is_named_by_its_id() -> None:
    for wrong, code in (({"voice_id": 7}, "type"), ({}, "required")):
        field = "voice_list[0].voice_id"
        refused(f"voice.id_{code}", field, IMAGE, **VOICED, voice_list=[wrong])


def test_elements_and_voices_exclude_each_other() -> None:
    both = {"element_list": elements(1), "voice_list": voices(1), "sound": "on"}
    refused("library.both", "voice_list", IMAGE, **both)
    refused("library.both", "voice_list", IMAGE, "powertokens", **both)


def test_voices_are_the_accounts_own_or_kling_s() -> None:
    """Those of lip sync have another catalogue, which a strict simulator does not know."""
    assert {noun.name for noun in (library.ELEMENT, library.VOICE)} == {"element", "voice"}
    assert all(name.startswith("preset-voice") for name, _title in library.PRESET_VOICES)

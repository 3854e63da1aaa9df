"""Several shots in one video: the switch, the method, and what each shot is held to."""

from tests.kling.documents.both import (
    ABSENT,
    IMAGE,
    LINK,
    OTHER_LINK,
    TEXT,
    body,
    errors,
    refused,
    shots,
    taken,
    warned,
)


def everywhere() -> list[tuple[str, str]]:
    """Every kind and profile whose document has several shots."""
    return [(TEXT, "official"), (IMAGE, "official"), (IMAGE, "powertokens")]


def test_there_are_one_to_six_shots() -> None:
    for kind, profile in everywhere():
        taken(kind, profile, **shots(5))
        taken(kind, profile, **shots(1, 1, 1, 1, 1, 1))
        code = "shots.too_many"
        refused(code, "multi_prompt", kind, profile, **shots(1, 1, 1, 1, 1, 1, 1))
        found = errors(kind, body(kind, profile, **shots(5, multi_prompt=[])), profile)
        assert [field for _code, field in found] == ["multi_prompt"], found


def test_a_shot_has_at_most_512_characters() -> None:
    for kind in (TEXT, IMAGE):
        taken(kind, **shots(2, 3, each="x" * 512))
        found = shots(2, 3, each="x" * 513)
        refused("shot.prompt_too_long", "multi_prompt[1].prompt", kind, **found)


def test_a_shot_for_powertokens_has_at_most_512_characters() -> None:
    taken(IMAGE, "powertokens", **shots(2, 3, each="x" * 512))
    found = shots(2, 3, each="x" * 513)
    refused("shot.prompt_too_long", "multi_prompt[0].prompt", IMAGE, "powertokens", **found)


def test_a_shot_lasts_at_least_one_second() -> None:
    for kind, profile in everywhere():
        taken(kind, profile, **shots(1, 4))
        field = "multi_prompt[0].duration"
        refused("shot.seconds_too_few", field, kind, profile, **shots(0, 5))


def test_a_shot_lasts_at_most_the_total() -> None:
    for kind, profile in everywhere():
        taken(kind, profile, **shots(5, duration="5"))
        field = "multi_prompt[1].duration"
        refused("shot.seconds_too_many", field, kind, profile, **shots(1, 6, duration="5"))


def test_shots_add_up_to_the_total() -> None:
    for kind, profile in everywhere():
        taken(kind, profile, **shots(2, 3, duration="5"))
        refused("shots.sum", "duration", kind, profile, **shots(2, 2, duration="5"))
        refused("shots.sum", "duration", kind, profile, **shots(3, 3, duration="5"))


def test_several_shots_need_a_method() -> None:
    for kind, profile in everywhere():
        field = "shot_type"
        refused("shot_type.required", field, kind, profile, **shots(5, shot_type=ABSENT))
        refused("shot_type.unknown", field, kind, profile, **shots(5, shot_type="director"))


def test_the_methods_are_customize_and_intelligence() -> None:
    for kind, profile in everywhere():
        taken(kind, profile, **shots(2, 3))
        taken(kind, profile, multi_shot=True, shot_type="intelligence")


def test_customize_needs_its_shots() -> None:
    for kind, profile in everywhere():
        missing = shots(5, multi_prompt=ABSENT)
        refused("multi_prompt.required", "multi_prompt", kind, profile, **missing)


def test_each_shot_has_index_prompt_and_duration() -> None:
    for kind, profile in everywhere():
        for name, value, code in (
            ("index", "1", "shot.index_type"),
            ("prompt", 7, "shot.prompt_type"),
            ("duration", 5, "shot.duration.type"),
        ):
            wrong = shots(5)
            wrong["multi_prompt"] = [{**wrong["multi_prompt"][0], name: value}]
            field = f"multi_prompt[0].{name}"
            refused(code, field, kind, profile, **wrong)


def test_a_shot_may_say_what_is_not_to_be_seen() -> None:
    for kind, profile in everywhere():
        said = "A boat. No people, no text"
        verdict = taken(kind, profile, **shots(2, 3, each=said), negative_prompt="rain")
        assert [shot.prompt for shot in verdict.shots] == [said, said]


def test_shots_are_counted_from_one_in_their_order() -> None:
    for kind, profile in everywhere():
        for first, second, at in ((0, 1, 0), (1, 3, 1), (2, 1, 0)):
            wrong = shots(2, 3)
            wrong["multi_prompt"][0]["index"] = first
            wrong["multi_prompt"][1]["index"] = second
            refused("shot.index_order", f"multi_prompt[{at}].index", kind, profile, **wrong)


def test_several_shots_are_off_unless_asked_for() -> None:
    for kind, profile in everywhere():
        verdict = taken(kind, profile, multi_shot=ABSENT)
        assert len(verdict.shots) == 1
        assert len(taken(kind, profile, **shots(2, 3)).shots) == 2


def test_without_several_shots_method_and_list_count_for_nothing() -> None:
    for kind, profile in everywhere():
        ignored = shots(2, 2, multi_shot=False, prompt="A boat at dusk", duration="5")
        verdict = warned("field.ignored", kind, profile, **ignored)
        assert len(verdict.shots) == 1


def test_with_custom_shots_the_prompt_counts_for_nothing() -> None:
    for kind, profile in everywhere():
        verdict = warned("field.ignored", kind, profile, **shots(2, 3, prompt="Unread"))
        assert [shot.seconds for shot in verdict.shots] == [2, 3]


def test_several_shots_take_no_end_frame() -> None:
    framed = shots(2, 3, image=LINK, image_tail=OTHER_LINK)
    refused("end_frame.multi_shot", "image_tail", IMAGE, **framed)
    cut = {"multi_shot": True, "shot_type": "intelligence", "image_tail": OTHER_LINK}
    refused("end_frame.multi_shot", "image_tail", IMAGE, **cut)
    refused("end_frame.multi_shot", "image_tail", IMAGE, "powertokens", **framed)


def test_several_shots_take_a_first_frame() -> None:
    for profile in ("official", "powertokens"):
        taken(IMAGE, profile, **shots(2, 3, image=LINK))

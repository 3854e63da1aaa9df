"""Bringing a file in: one edit, keys by position, and the same fingerprint after a round trip."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storyboard.exports.create_body import as_json
from storyboard.forms.create_bodies import read_create_body
from storyboard.kling.capabilities import ASPECT_RATIOS, MODELS
from storyboard.kling.fingerprint import fingerprint, order_form
from storyboard.kling.rules.camera import AXES, KINDS
from storyboard.media.pictures import clean_picture
from storyboard.models import (
    Account,
    Activity,
    NotAllowedNow,
    Picture,
    Project,
    Shot,
    Storyboard,
    Team,
    User,
)
from storyboard.models.bringing_in import EMPTY, Incoming, bring_in, mark_of, start_from
from storyboard.models.draft_state import read
from storyboard.models.edits import edits_of, undo
from storyboard.views.wire import Frames, body_of
from tests import builders

_NUMBERS = count()


def of(*shots: tuple[str, int], **more: Any) -> Incoming:
    return Incoming(shots, **more)


@pytest.fixture
def six(project: Project, account: Account, alice: User) -> Storyboard:
    shots = [(f"Shot number {n}.", n) for n in range(1, 7)]
    return builders.make_storyboard(project, by=alice, name="Six", shots=shots)


def fresh(board: Storyboard) -> Storyboard:
    return Storyboard.objects.get(pk=board.pk)


def state_of(board: Storyboard) -> dict[str, Any]:
    return read(fresh(board))


def test_shots_keep_their_keys_by_position(six: Storyboard, alice: User) -> None:
    keys = [shot.key for shot in six.shots.all()]
    assert bring_in(six, of(("One", 2), ("Two", 3)), by=alice)
    shots = list(fresh(six).shots.all())
    assert [(shot.key, shot.position, shot.prompt, shot.seconds) for shot in shots] == [
        (keys[0], 1, "One", 2),
        (keys[1], 2, "Two", 3),
    ]


def test_more_shots_come_with_keys_of_their_own(storyboard: Storyboard, alice: User) -> None:
    bring_in(storyboard, of(("One", 1), ("Two", 1), ("Three", 1), ("Four", 1)), by=alice)
    shots = list(fresh(storyboard).shots.all())
    assert [shot.prompt for shot in shots] == ["One", "Two", "Three", "Four"]
    assert len({shot.key for shot in shots}) == 4


def test_what_is_not_named_stays(storyboard: Storyboard, alice: User, team: Team) -> None:
    builders.give_first_frame(storyboard, by=alice)
    element = builders.know_element("Keeper", kling_id="7", team=team, by=alice)
    storyboard.attach_element(element, by=alice)
    before = fresh(storyboard).brief()
    bring_in(storyboard, of(("One", 2)), by=alice)
    after = fresh(storyboard).brief()
    assert (after.first_frame, after.elements) == (before.first_frame, before.elements)
    assert (after.model, after.total_seconds) == (before.model, before.total_seconds)


def test_undo_takes_all_of_it_back_in_one_step(six: Storyboard, alice: User, team: Team) -> None:
    element = builders.know_element("Keeper", kling_id="7", team=team, by=alice)
    six.attach_element(element, by=alice)
    six.shots.first().rewrite({"prompt": "<<<element_1>>> waits."}, by=alice)  # type: ignore[union-attr]
    before, steps = state_of(six), edits_of(six, alice).count()
    picture = Picture.keep(clean_picture(builders.png()), team=team)
    voice = builders.know_voice("Radio", kling_id="v7", team=team, by=alice)
    incoming = of(
        ("<<<voice_1>>> speaks.", 3),
        settings={"mode": "pro", "total_seconds": 3, "cfg_scale": 0.5},
        frames={"first_frame": picture, "end_frame": None},
        elements=(),
        voices=(voice,),
    )
    bring_in(fresh(six), incoming, by=alice)
    assert edits_of(six, alice).count() == steps + 1
    assert state_of(six) != before
    undo(fresh(six), by=alice)
    assert state_of(six) == before


def test_one_line_of_history_keeps_the_words_that_went(storyboard: Storyboard, alice: User) -> None:
    words = [shot.prompt for shot in storyboard.shots.all()]
    before = Activity.objects.count()
    bring_in(storyboard, of(("One", 2), ("Two", 3)), by=alice)
    [line] = Activity.objects.all()[before:]
    assert line.sentence == "rewrote The Lamp, night one from a file, shots: 2"
    assert line.data["before"] == words


def test_the_same_again_changes_nothing(storyboard: Storyboard, alice: User) -> None:
    shots = tuple((shot.prompt, shot.seconds) for shot in storyboard.shots.all())
    lines, steps = Activity.objects.count(), edits_of(storyboard, alice).count()
    assert not bring_in(storyboard, of(*shots), by=alice)
    assert (Activity.objects.count(), edits_of(storyboard, alice).count()) == (lines, steps)


def test_a_draft_that_changed_since_it_was_looked_at_is_left_alone(
    storyboard: Storyboard, alice: User
) -> None:
    seen = mark_of(storyboard)
    storyboard.shots.first().rewrite({"prompt": "Else."}, by=alice)  # type: ignore[union-attr]
    with pytest.raises(NotAllowedNow, match="changed meanwhile"):
        bring_in(fresh(storyboard), of(("One", 2)), by=alice, was=seen)
    assert Shot.objects.filter(storyboard=storyboard, prompt="Else.").exists()
    assert bring_in(fresh(storyboard), of(("One", 2)), by=alice, was=mark_of(fresh(storyboard)))


def test_nothing_is_brought_into_an_archived_storyboard(
    storyboard: Storyboard, alice: User
) -> None:
    storyboard.archive(by=alice)
    with pytest.raises(NotAllowedNow, match="archived"):
        bring_in(fresh(storyboard), of(("One", 2)), by=alice)


def test_a_storyboard_starts_from_a_file(project: Project, alice: User) -> None:
    incoming = of(("One", 2), ("Two", 3), settings={"mode": "pro", "total_seconds": 5})
    board = start_from(incoming, "From a file", project=project, by=alice)
    assert board.brief().to_dict() | {"shots": []} == incoming.brief(
        EMPTY, board.project.ordering_account
    ).to_dict() | {"shots": []}
    assert [shot.prompt for shot in board.shots.all()] == ["One", "Two"]


def test_it_goes_into_text_and_back(team: Team, alice: User) -> None:
    picture = Picture.keep(clean_picture(builders.png()), team=team)
    incoming = of(
        ("One", 2),
        settings={"mode": "pro", "camera": {"kind": "simple", "zoom": 5.0}},
        frames={"first_frame": picture, "end_frame": None},
        elements=(builders.know_element("Keeper", kling_id="7", team=team, by=alice),),
    )
    packed = json.loads(json.dumps(incoming.packed()))
    assert Incoming.unpacked(packed, team=team) == incoming


def test_what_the_team_no_longer_has_cannot_be_unpacked(team: Team, alice: User) -> None:
    element = builders.know_element("Keeper", kling_id="7", team=team, by=alice)
    packed = of(("One", 2), elements=(element,)).packed()
    element.remove(by=alice)
    with pytest.raises(NotAllowedNow, match="The library lost 1"):
        Incoming.unpacked(packed, team=team)


# Export → import


@st.composite
def drafts(draw: st.DrawFn) -> dict[str, Any]:
    """Anything a draft can hold that has a create body."""
    model = draw(st.sampled_from(list(MODELS)))
    shooting = draw(st.sampled_from(["custom", "intelligent", "single"]))
    most = 6 if shooting == "custom" else 1
    words = st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=40
    ) | st.sampled_from(["<<<element_1>>> and <<<voice_1>>>.", "<<<element_2>>> waits", "=1+1"])
    axis = draw(st.sampled_from(AXES))
    amounts = {axis: draw(st.sampled_from([-10.0, -2.5, 5.0, 10.0]))}
    kind = draw(st.sampled_from(KINDS))
    move = {"kind": kind, **(amounts if kind == "simple" else {})}
    return {
        "shots": draw(st.lists(st.tuples(words, st.integers(0, 99)), min_size=1, max_size=most)),
        "settings": {
            "model": model,
            "mode": draw(st.sampled_from([mode.name for mode in MODELS[model].modes])),
            "aspect_ratio": draw(st.sampled_from(ASPECT_RATIOS)),
            "sound": draw(st.booleans()),
            "watermark": draw(st.booleans()),
            "negative_prompt": draw(words),
            "shooting": shooting,
            "total_seconds": draw(st.integers(0, 99)),
            "cfg_scale": draw(st.none() | st.floats(0, 1)),
            "camera": draw(st.sampled_from([None, move])),
        },
        "frames": draw(st.sampled_from([(), ("first_frame",), ("first_frame", "end_frame")])),
        "entries": draw(st.tuples(st.integers(0, 3), st.integers(0, 2))),
    }


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=40,
)
@given(draft=drafts())
def test_export_then_import_gives_the_same_fingerprint(
    project: Project, account: Account, alice: User, draft: dict[str, Any]
) -> None:
    board = made(draft, project, alice)
    copy = Storyboard.start("Copy", project=project, by=alice)
    copy.rewrite({"mode": "pro", "sound": True, "negative_prompt": "else"}, by=alice)
    frames = Frames.of_draft(board)
    body, why = body_of(board.brief(), frames.sent())
    assert why == ""
    found = read_create_body(as_json(body).encode(), team=project.team, profile=account.dialect)
    assert found.errors == []
    assert found.pictures == {}
    assert found.incoming is not None
    if board.brief().endpoint == "text2video":
        assert found.left_out == []
    bring_in(copy, found.incoming, by=alice)
    assert printed(fresh(copy), account) == printed(board, account)


def made(draft: dict[str, Any], project: Project, alice: User) -> Storyboard:
    team, number = project.team, next(_NUMBERS)
    elements, voices = draft["entries"]
    pictures = [
        Picture.keep(clean_picture(builders.png((640, 360 + 2 * place))), team=team)
        for place, _name in enumerate(draft["frames"])
    ]
    incoming = Incoming(
        shots=tuple(draft["shots"]),
        settings=draft["settings"],
        frames=dict(zip(draft["frames"], pictures, strict=True)),
        elements=tuple(
            builders.know_element(f"Element {n}", kling_id=f"{number}0{n}", team=team, by=alice)
            for n in range(elements)
        ),
        voices=tuple(
            builders.know_voice(f"Voice {n}", kling_id=f"v-{number}-{n}", team=team, by=alice)
            for n in range(voices)
        ),
    )
    return start_from(incoming, "First", project=project, by=alice)


def printed(board: Storyboard, account: Account) -> str:
    form = order_form(
        board.brief(),
        account_key=account.key,
        profile=account.dialect,
        address=account.address,
    )
    return fingerprint(form)

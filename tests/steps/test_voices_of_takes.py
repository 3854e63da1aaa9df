"""A voice made from a take: of Kling's own video where Kling allows it, else of our film."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from storyboard.kling.client_library import Voices
from storyboard.kling.errors import Refused
from storyboard.models import Account, Project, Take, Team, User, Voice
from tests import builders
from tests.steps.making import PUBLIC_URL, entries, go


@pytest.fixture
def take_with(
    project: Project, team: Team, account: Account, alice: User, bob: User
) -> Callable[..., Take]:
    """A stored take whose order said this to Kling."""

    def make(**body: str) -> Take:
        board = builders.make_storyboard(project, by=alice)
        revision = builders.approve(builders.make_revision(board, by=alice), by=bob)
        take = builders.make_take(revision, by=alice)
        row = take.generation
        row.body = {**row.body, **body}
        row.result_expires_at = timezone.now() + timedelta(days=20)
        row.save(update_fields=["body", "result_expires_at"])
        return take

    return make


def test_a_voice_of_a_take_is_made_from_klings_own_video_where_kling_allows_it(
    team: Team, real: Account, alice: User, take_with: Callable[..., Take],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    spoken = take_with(model_name="kling-v2-6", sound="on")
    voice = Voice.from_take("Keeper", spoken, team=team, by=alice)
    asked: list[object] = []

    def note(_self: object, name: str, **told: str) -> None:
        asked.append((name, told))
        raise Refused("only what is asked counts")

    monkeypatch.setattr(Voices, "create_from_take", note)
    row = go(voice.ask_on(real, by=alice))
    assert asked == [
        ("Keeper", {"video_id": spoken.kling_output_id, "external_task_id": row.external_task_id})
    ]


@pytest.mark.parametrize(
    ("model", "sound"), [("kling-v3", "on"), ("kling-v2-6", "off"), ("kling-v2-6", "on")]
)
def test_a_voice_of_any_other_take_is_made_from_its_film(
    team: Team, real: Account, alice: User, take_with: Callable[..., Take], settings: Settings,
    model: str, sound: str,
) -> None:  # fmt: skip
    """Also of one Kling has cleared."""
    settings.PUBLIC_URL = PUBLIC_URL
    take = take_with(model_name=model, sound=sound)
    if (model, sound) == ("kling-v2-6", "on"):
        row = take.generation
        row.result_expires_at = timezone.now()
        row.save(update_fields=["result_expires_at"])
    voice = Voice.from_take("Keeper", take, team=team, by=alice)
    made = go(voice.ask_on(real, by=alice))
    [entry] = entries(real.address, made)
    assert entry["body"]["voice_url"].endswith("/file.mp4")

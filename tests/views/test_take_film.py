"""What a take's pages say of its film: how loud it is, what plays, what is kept and since when."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from storyboard.models import Generation, Revision, Status, Take, User
from storyboard.models.files import files
from tests import builders

SignedIn = Callable[[User], Client]


@pytest.fixture
def reader(signed_in: SignedIn, alice: User) -> Client:
    return signed_in(alice)


def page(reader: Client, take: Take) -> str:
    return reader.get(reverse("take", args=[take.key])).content.decode()


def facts(reader: Client, take: Take) -> str:
    return reader.get(reverse("take_facts", args=[take.key])).content.decode()


def test_a_take_with_sound_shows_how_loud_it_is(reader: Client, take: Take) -> None:
    assert '<svg class="sound"' not in page(reader, take)
    Take.objects.filter(pk=take.pk).update(peaks=bytes([0, 128, 255]))
    shown = page(reader, take)
    assert '<svg class="sound" viewBox="0 0 3 256"' in shown
    assert 'd="M0 256V256h1V128h1V1h1V256z"' in shown
    assert 'aria-label="How loud the take is from start to end"' in shown


def test_the_player_plays_the_copy_and_a_download_is_the_original(
    reader: Client, take: Take
) -> None:
    files().put(b"the copy", "takes/plays.mp4")
    assert "plays a copy" not in facts(reader, take)
    Take.objects.filter(pk=take.pk).update(playable="takes/plays.mp4")
    played = reader.get(reverse("take_video", args=[take.key]))
    kept = reader.get(reverse("take_download", args=[take.key]))
    assert isinstance(played, StreamingHttpResponse)
    assert isinstance(kept, StreamingHttpResponse)
    assert b"".join(played) == b"the copy"  # type: ignore[arg-type]
    assert len(b"".join(kept)) == take.size_bytes  # type: ignore[arg-type]
    assert played["ETag"] != kept["ETag"] == f'"{take.sha256}"'
    assert "plays a copy in H.264 and AAC; Download gives the original" in facts(reader, take)


def test_a_film_without_pictures_is_shown_all_the_same(reader: Client, take: Take) -> None:
    Take.objects.filter(pk=take.pk).update(poster="", filmstrip="", stills=[])
    shown = page(reader, take)
    for picture in ("take_poster", "take_filmstrip"):
        address = reverse(picture, args=[take.key])
        assert address not in shown
        assert reader.get(address).status_code == 404
    assert reader.get(reverse("take_still", args=[take.key, 1])).status_code == 404
    assert reverse("take_video", args=[take.key]) in shown
    told = facts(reader, take)
    assert "none could be made of this film; it is kept as it came" in told
    assert reverse("take_poster", args=[take.key]) not in told


def test_a_stored_take_says_since_when_it_is_kept(reader: Client, take: Take) -> None:
    Take.objects.filter(pk=take.pk).update(stored_at=datetime(2026, 3, 4, 5, 6, tzinfo=UTC))
    shown = facts(reader, take)
    assert re.search(r"Kept since</dt>\s*<dd[^>]*><time[^>]*>4 Mar 2026, 05:06:00<", shown)
    assert "Kling clears" not in shown


def test_a_film_on_its_way_says_when_its_link_dies(
    reader: Client, approved: Revision, alice: User
) -> None:
    generation = builders.bring_to(builders.order(approved, by=alice), Status.FETCHING)
    take = Take.expect(generation, output_id="1", url=f"{builders.SIMULATOR}/f.mp4")
    dies_at = datetime(2026, 4, 3, 2, 1, tzinfo=UTC)
    Generation.objects.filter(pk=generation.pk).update(result_expires_at=dies_at)
    shown = facts(reader, take)
    assert "Kling clears its own on 3 Apr 2026, 02:01." in shown
    assert "Kept since" not in shown

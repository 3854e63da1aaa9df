"""An element from a film: judged, kept with its first picture, and made where that was asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from storyboard.media.element_films import MAX_BYTES
from storyboard.media.render import Scene, render_film
from storyboard.models import Account, CreationStatus, Element, ElementKind, Team, User
from storyboard.models.files import files, parts_folder
from tests.conftest import SignedIn

WORDS = {"name": "Aldous", "description": "Keeper, 70, navy cap", "tags": "character"}


def page_of(team: Team) -> str:
    return f"/teams/{team.key}/library/elements/video/"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Three seconds in 1080p, two frames a second."""
    path = tmp_path_factory.mktemp("films") / "walk.mp4"
    scenes = [Scene(seconds=3, caption="He turns.")]
    render_film(path, scenes, width=1920, height=1080, sound=False, fps=2, seed="walk")
    return path.read_bytes()


def sent(data: bytes, name: str = "walk.mp4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "video/mp4")


def test_it_needs_a_sign_in_and_a_maker(
    signed_in: SignedIn, team: Team, bob: User, charlie: User
) -> None:
    assert Client().get(page_of(team)).status_code == 302
    assert signed_in(bob).post(page_of(team)).status_code == 403
    assert signed_in(charlie).get(page_of(team)).status_code == 404


def test_one_is_made_of_a_film(
    signed_in: SignedIn, account: Account, carol: User, film: bytes
) -> None:
    browser, path = signed_in(carol), page_of(account.team)
    assert "3 to 8 seconds" in browser.get(path).content.decode()
    answer = browser.post(path, {**WORDS, "account": account.key, "video": sent(film)})
    element = Element.objects.get()
    version = element.latest
    assert answer["Location"] == f"/elements/{element.key}/"
    assert (version.kind, round(version.seconds)) == (ElementKind.VIDEO, 3)
    assert files().size(version.video) == len(film), "kept as it came"
    assert element.picture is not None
    assert (element.picture.width, element.picture.height) == (1280, 720)
    assert version.creations.get().status == CreationStatus.QUEUED
    assert not list(Path(parts_folder()).iterdir()), "nothing is left behind"
    page = browser.get(answer["Location"]).content.decode()
    assert f'src="/elements/{element.key}/video/1/"' in page
    assert "Video, 3 s" in page


def test_another_description_keeps_the_film(
    signed_in: SignedIn, account: Account, alice: User, film: bytes
) -> None:
    browser = signed_in(alice)
    browser.post(page_of(account.team), {**WORDS, "video": sent(film)})
    element = Element.objects.get()
    change = f"/elements/{element.key}/change/"
    assert browser.post(change, WORDS | {"description": "Older now"}).status_code == 302
    element.refresh_from_db()
    assert (element.latest.number, element.latest.kind) == (2, ElementKind.VIDEO)
    assert element.picture is not None


@pytest.mark.parametrize(
    ("changes", "data", "words"),
    [
        ({}, b"no film at all, but words", "not a film we can read"),
        ({}, b"", "The file is empty"),
        ({}, None, "Choose a film first"),
        ({"name": ""}, b"judged only when all else is well", "Write a name"),
    ],
)
def test_what_makes_none_is_422_with_words_and_text_kept(
    signed_in: SignedIn,
    account: Account,
    alice: User,
    changes: dict[str, str],
    data: bytes | None,
    words: str,
) -> None:
    body: dict[str, object] = {**WORDS, **changes}
    if data is not None:
        body["video"] = sent(data)
    answer = signed_in(alice).post(page_of(account.team), body)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "Keeper, 70, navy cap" in page
    assert Element.objects.count() == 0
    assert not list(Path(parts_folder()).iterdir())


def test_a_body_that_is_too_large_is_refused_unread(
    signed_in: SignedIn, account: Account, alice: User
) -> None:
    browser, told = signed_in(alice), str(MAX_BYTES + 1024 * 1024)
    answer = browser.generic("POST", page_of(account.team), b"x", CONTENT_LENGTH=told)
    assert answer.status_code == 422
    assert "200 MB at most" in answer.content.decode()

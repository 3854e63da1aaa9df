"""The team's pictures: stored once, and whole."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from storyboard.media.pictures import clean_picture
from storyboard.models import Picture, Team
from tests import builders


@pytest.mark.parametrize("left", [0, 100])
def test_a_picture_that_was_left_half_written_is_written_anew(team: Team, left: int) -> None:
    clean = clean_picture(builders.png())
    name = f"pictures/{clean.sha256[:2]}/{clean.sha256}.jpg"
    default_storage.save(name, ContentFile(clean.data[:left]))
    picture = Picture.keep(clean, team=team)
    with default_storage.open(picture.file, "rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == clean.sha256


def test_the_same_picture_is_kept_once(team: Team) -> None:
    clean = clean_picture(builders.png())
    first, second = Picture.keep(clean, team=team), Picture.keep(clean, team=team)
    assert first.pk == second.pk
    assert len(default_storage.listdir(f"pictures/{clean.sha256[:2]}")[1]) == 1

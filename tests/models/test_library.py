"""The team's pictures: stored once, and whole."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from storyboard.media.pictures import clean_picture
from storyboard.models import Activity, Element, Picture, Project, Team, User, Voice
from tests import builders


@pytest.mark.parametrize("left", [0, 100])
def test_a_picture_that_was_left_half_written_is_written_anew(team: Team, left: int) -> None:
    clean = clean_picture(builders.png())
    name = f"pictures/{clean.sha256[:2]}/{clean.sha256}.png"
    default_storage.save(name, ContentFile(clean.data[:left]))
    picture = Picture.keep(clean, team=team)
    assert picture.file == name
    with default_storage.open(picture.file, "rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == clean.sha256


def test_the_same_picture_is_kept_once(team: Team) -> None:
    clean = clean_picture(builders.png())
    first, second = Picture.keep(clean, team=team), Picture.keep(clean, team=team)
    assert first.pk == second.pk
    assert len(default_storage.listdir(f"pictures/{clean.sha256[:2]}")[1]) == 1


@pytest.mark.parametrize("noun", [Element, Voice])
def test_a_removal_goes_through_the_projects_in_their_order(
    team: Team, project: Project, alice: User, noun: type[Element] | type[Voice]
) -> None:
    """Whatever the drafts' own order: else two removals could wait for each other's projects."""
    other = Project.start("Other", team=team, by=alice)
    know = builders.know_element if noun is Element else builders.know_voice
    entry = know("Aldous", kling_id="7", team=team, by=alice)  # type: ignore[operator]
    for each in (other, project):
        board = builders.make_storyboard(each, by=alice)
        attach = board.attach_element if isinstance(entry, Element) else board.attach_voice
        attach(entry, by=alice)  # type: ignore[arg-type]
    entry.remove(by=alice)
    told = Activity.objects.filter(verb__endswith="_detached").order_by("pk")
    assert [row.project for row in told] == [project, other]

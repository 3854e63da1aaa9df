"""What a take was made with is told in its facts, in the history, and on the revision's page."""

from __future__ import annotations

from django.urls import reverse

from storyboard.models import Storyboard, Team, User
from tests import builders
from tests.conftest import SignedIn


def test_a_take_names_its_elements_with_their_versions(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, alice: User, bob: User
) -> None:
    element = builders.make_element("Aldous", team=team, by=alice)
    builders.make_ready(element, by=alice)
    builders.give_first_frame(storyboard, by=alice)
    storyboard.attach_element(element, by=alice)
    board = Storyboard.objects.get(pk=storyboard.pk)
    take = builders.make_take(
        builders.approve(builders.make_revision(board, by=alice), by=bob), by=alice
    )
    browser = signed_in(alice)
    page = browser.get(reverse("take_facts", args=[take.key])).content.decode()
    link = reverse("element", args=[element.key])
    assert f'<a href="{link}">Aldous</a>, version 1' in page
    history = browser.get(reverse("project_history", args=[board.project.key]))
    assert history.content.decode().count("With Aldous, version 1") == 2, "sent, and stored"
    found = browser.get(
        reverse("project_history", args=[board.project.key]), {"q": "aldous, version"}
    )
    assert "stored take 1" in found.content.decode()

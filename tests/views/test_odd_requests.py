"""What no page of ours sends, and somebody will: answered in words or with 404, never with 500."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from storyboard.models import Generation, Project, Receipt, Revision, Status, Storyboard, User
from storyboard.views.shell import server_error
from tests import builders
from tests.views.gates import SignedIn, at


@pytest.mark.parametrize("slot", ["99", "0", "-1", "one", "1.5", "9" * 400])
def test_an_order_for_a_take_that_cannot_be_is_refused(
    signed_in: SignedIn, approved: Revision, alice: User, slot: str
) -> None:
    response = signed_in(alice).post(at("generate", approved), {"slot": slot})
    assert response.status_code == 422
    assert "Nothing was ordered" in response.content.decode()
    assert not Generation.objects.exists()


@pytest.mark.parametrize("name", ["storyboard_pulse", "project_pulse"])
@pytest.mark.parametrize("after", ["9" * 5000, "²", "-1", "1e3", "\0"])
def test_a_pulse_after_nonsense_answers_from_the_beginning(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, name: str, after: str
) -> None:
    key = storyboard.key if name == "storyboard_pulse" else storyboard.project.key
    response = signed_in(alice).get(reverse(name, args=[key]), {"after": after})
    assert response.status_code == 200


@pytest.mark.parametrize("key", ["%00", "A" * 5000, "%F0%9F%92%A9", "..%2F..", "' or 1=1"])
def test_a_key_that_cannot_be_is_not_found(signed_in: SignedIn, alice: User, key: str) -> None:
    browser = signed_in(alice)
    for noun in ("storyboards", "projects", "takes", "pictures"):
        assert browser.get(f"/{noun}/{key}/").status_code == 404


def test_a_history_of_a_storyboard_that_cannot_be_is_not_found(
    signed_in: SignedIn, project: Project, alice: User
) -> None:
    address = reverse("project_history", args=[project.key])
    assert signed_in(alice).get(address, {"storyboard": "\0"}).status_code == 404


def test_a_knock_that_says_its_size_in_odd_numbers_is_heard(
    approved: Revision, alice: User
) -> None:
    running = builders.bring_to(builders.order(approved, by=alice), Status.RUNNING)
    address = reverse("kling_callback", args=[running.callback_token])
    knock = Client().post(
        address, b"{}", content_type="application/json", headers={"Content-Length": "²"}
    )
    assert knock.status_code == 200
    assert Receipt.objects.count() == 1


def test_the_page_about_a_mistake_of_ours_needs_no_database(rf: RequestFactory) -> None:
    """Who is asking stands in the database, which may be what is broken; here there is none."""
    request = rf.get("/")
    request.user = SimpleLazyObject(lambda: User.objects.get())
    answer = server_error(request)
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()

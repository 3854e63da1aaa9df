"""The page that prints every step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from storyboard.models import Activity, Note, Project, Revision, Storyboard, Take, User
from storyboard.models.history import LINES
from tests import builders
from tests.conftest import SignedIn


def address(project: Project) -> str:
    return f"/projects/{project.key}/history/"


def test_it_needs_a_sign_in_and_strangers_find_nothing(
    client: Client, signed_in: SignedIn, charlie: User, project: Project
) -> None:
    assert client.get(address(project)).status_code == 302
    assert signed_in(charlie).get(address(project)).status_code == 404
    assert signed_in(charlie).post(address(project)).status_code == 405


def test_the_whole_way_is_printed_with_who(signed_in: SignedIn, bob: User, take: Take) -> None:
    Note.add(take, "Closer on the hands.", at_ms=0, by=bob)
    page = signed_in(bob).get(address(take.storyboard.project)).content.decode()
    for words in (
        "<b>Alice Moreau</b> <a href=",
        "sent revision 1 of The Lamp, night one for review",
        "<b>You</b>",
        "approved revision 1 of The Lamp, night one",
        "ordered take 1 of revision 1",
        "$0.42",
        "heard that Kling took the order of revision 1",
        "stored take 1 of The Lamp, night one",
        "left a note on take 1",
        "“Closer on the hands.”",
    ):
        assert words in page
    assert f'href="/takes/{take.key}/"' in page
    assert f'href="/revisions/{take.revision.key}/"' in page


def test_the_note_to_a_request_for_changes_is_printed(
    signed_in: SignedIn, alice: User, bob: User, revision: Revision
) -> None:
    revision.review.request_changes(by=bob, note="<b>Closer</b>")
    page = signed_in(alice).get(address(revision.storyboard.project)).content.decode()
    assert "“&lt;b&gt;Closer&lt;/b&gt;”" in page


def test_a_storyboard_is_named_where_the_sentence_does_not(
    signed_in: SignedIn, alice: User, approved: Revision
) -> None:
    builders.order(approved, by=alice)
    page = signed_in(alice).get(address(approved.storyboard.project)).content.decode()
    assert 'ordered take 1 of revision 1</a> <span class="faint">The Lamp, night one' in page


def test_many_saves_are_one_line(signed_in: SignedIn, alice: User, storyboard: Storyboard) -> None:
    for words in "abcd":
        storyboard.shots.get(position=1).rewrite({"prompt": words}, by=alice)
    page = signed_in(alice).get(address(storyboard.project)).content.decode()
    assert "changed prompt of shot 1 in The Lamp, night one" in page
    assert "4 saves" in page


@pytest.mark.parametrize(
    ("zone", "day", "time"),
    [("", "18 November 2026", "23:30"), ("Asia/Tokyo", "19 November 2026", "08:30")],
)
def test_days_and_times_are_the_viewers(
    signed_in: SignedIn, alice: User, project: Project, zone: str, day: str, time: str
) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone=zone)
    Activity.objects.filter(project=project).update(at=datetime(2026, 11, 18, 23, 30, tzinfo=UTC))
    page = signed_in(alice).get(address(project)).content.decode()
    assert day in page
    assert f">{time}</time>" in page


def test_today_and_yesterday_have_their_words(
    signed_in: SignedIn, alice: User, project: Project
) -> None:
    project.archive(by=alice)
    last = Activity.objects.latest("pk")
    Activity.objects.filter(project=project).exclude(pk=last.pk).update(
        at=timezone.now() - timedelta(days=1)
    )
    page = signed_in(alice).get(address(project)).content.decode()
    assert page.index("Today, ") < page.index("Yesterday, ")


def test_older_steps_are_a_page_further(signed_in: SignedIn, alice: User, project: Project) -> None:
    builders.many(LINES + 9, lambda n: project.rename(f"Name {n}", by=alice))
    browser = signed_in(alice)
    first = browser.get(address(project)).content.decode()
    assert first.count('class="ev"') == LINES
    assert 'href="?before=11"' in first
    second = browser.get(address(project), {"before": 11}).content.decode()
    assert second.count('class="ev"') == 10
    assert "made the project" in second
    assert "Newest" in second


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "²"])
def test_a_place_that_is_none_is_the_newest_page(
    signed_in: SignedIn, alice: User, project: Project, before: str
) -> None:
    page = signed_in(alice).get(address(project), {"before": before}).content.decode()
    assert "made the project" in page


def test_before_the_beginning_there_is_nothing(
    signed_in: SignedIn, alice: User, project: Project
) -> None:
    page = signed_in(alice).get(address(project), {"before": 1}).content.decode()
    assert "Nothing happened here yet" in page


def test_one_storyboard_alone_may_be_asked_for(
    signed_in: SignedIn, alice: User, storyboard: Storyboard
) -> None:
    builders.make_storyboard(storyboard.project, by=alice, name="Second")
    browser = signed_in(alice)
    page = browser.get(address(storyboard.project), {"storyboard": storyboard.key}).content.decode()
    assert "Second" not in page
    assert browser.get(address(storyboard.project), {"storyboard": "x" * 22}).status_code == 404


def test_a_storyboard_of_another_project_is_not_there(
    signed_in: SignedIn, alice: User, storyboard: Storyboard
) -> None:
    second = Project.start("Second", team=storyboard.project.team, by=alice)
    answer = signed_in(alice).get(address(second), {"storyboard": storyboard.key})
    assert answer.status_code == 404


def test_one_step_or_many_cost_the_same_and_nothing_is_counted(
    signed_in: SignedIn, alice: User, bob: User, project: Project
) -> None:
    browser = signed_in(bob)
    with CaptureQueriesContext(connection) as one:
        browser.get(address(project))
    builders.many(60, lambda n: project.rename(f"Name {n}", by=alice))
    with CaptureQueriesContext(connection) as many:
        browser.get(address(project))
    assert len(many) == len(one)
    assert not [query for query in many.captured_queries if "COUNT(" in query["sql"]]


def test_an_open_page_is_told_what_is_new(
    signed_in: SignedIn, alice: User, project: Project
) -> None:
    browser = signed_in(alice)
    page = browser.get(address(project)).content.decode()
    assert f'src="/projects/{project.key}/pulse/?on=history" after="1"' in page
    pulse = f"/projects/{project.key}/pulse/"
    assert browser.get(pulse, {"on": "history", "after": 1}).status_code == 204
    project.archive(by=alice)
    news = browser.get(pulse, {"on": "history", "after": 1}).content.decode()
    assert news.startswith("<live-pulse")
    assert "archived the project" in news
    assert "<html" not in news


def test_an_older_page_stands_still(signed_in: SignedIn, alice: User, project: Project) -> None:
    page = signed_in(alice).get(address(project), {"before": 2}).content.decode()
    assert "<live-pulse" not in page

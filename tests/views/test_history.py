"""The page that prints every step."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from storyboard.models import (
    Activity,
    Note,
    Project,
    Revision,
    Storyboard,
    Take,
    User,
    history_asked,
)
from storyboard.models.history import LINES
from tests import builders
from tests.conftest import SignedIn


def address(project: Project) -> str:
    return f"/projects/{project.key}/history/"


def steps_of(answer: HttpResponse) -> str:
    """The list of steps, without the filters above it."""
    return answer.content.decode().split('id="steps"')[1].split("<aside")[0]


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
    page = steps_of(browser.get(address(storyboard.project), {"storyboard": storyboard.key}))
    assert "made the storyboard The Lamp, night one" in page
    assert "Second" not in page
    assert browser.get(address(storyboard.project), {"storyboard": "x" * 22}).status_code == 404


def test_a_storyboard_of_another_project_is_not_there(
    signed_in: SignedIn, alice: User, storyboard: Storyboard
) -> None:
    second = Project.start("Second", team=storyboard.project.team, by=alice)
    answer = signed_in(alice).get(address(second), {"storyboard": storyboard.key})
    assert answer.status_code == 404


def test_one_step_or_many_cost_the_same_and_no_count_is_without_end(
    signed_in: SignedIn,
    alice: User,
    bob: User,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(history_asked, "REACH", 20)
    browser = signed_in(bob)
    with CaptureQueriesContext(connection) as one:
        browser.get(address(project))
    builders.many(50, lambda n: project.rename(f"Name {n}", by=alice))
    builders.many(10, lambda n: Storyboard.start(f"Board {n}", project=project, by=alice))
    with CaptureQueriesContext(connection) as many:
        browser.get(address(project))
    assert len(many) == len(one)
    counts = [query["sql"] for query in many.captured_queries if "COUNT(" in query["sql"]]
    assert len(counts) == 2
    assert all('"serial" > 41' in sql or '"verb" IN' in sql for sql in counts)


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


def test_filters_work_together_and_stand_in_every_link(
    signed_in: SignedIn, alice: User, take: Take
) -> None:
    project = take.storyboard.project
    asked = {"q": "revision 1", "kind": ["reviews", "orders"], "person": alice.key}
    answer = signed_in(alice).get(address(project), asked)
    page, steps = answer.content.decode(), steps_of(answer)
    assert "sent revision 1" in steps
    assert "ordered take 1" in steps
    assert "approved revision 1" not in steps, "Bob's"
    assert "made the storyboard" not in steps, "no word of it"
    query = f"q=revision+1&amp;kind=reviews&amp;kind=orders&amp;person={alice.key}"
    assert f"pulse/?on=history&amp;{query}" in page
    assert re.search(r'value="reviews"\s+checked', page)
    assert not re.search(r'value="drafts"\s+checked', page)
    assert 'value="revision 1"' in page
    everything = re.search(r'id="kind-all" href="([^"]+)"', page)
    assert everything
    assert everything[1] == f"{address(project)}?q=revision+1&amp;person={alice.key}"


def test_the_pulse_keeps_the_filters(signed_in: SignedIn, alice: User, take: Take) -> None:
    project = take.storyboard.project
    asked = {"on": "history", "after": 1, "kind": "takes"}
    page = signed_in(alice).get(f"/projects/{project.key}/pulse/", asked).content.decode()
    assert "?on=history&amp;kind=takes" in page
    assert "stored take 1" in page
    assert "made the storyboard" not in page


def test_the_system_may_be_asked_for(signed_in: SignedIn, alice: User, take: Take) -> None:
    steps = steps_of(
        signed_in(alice).get(address(take.storyboard.project), {"person": "greenlight"})
    )
    assert "stored take 1" in steps
    assert "<b>You</b>" not in steps


def test_a_person_who_did_nothing_here_is_not_there(
    signed_in: SignedIn, alice: User, charlie: User, project: Project
) -> None:
    assert signed_in(alice).get(address(project), {"person": charlie.key}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"since": "yesterday"}, "A day is written as 2026-11-20"),
        ({"until": "0001-01-01"}, "A day is written as 2026-11-20"),
        ({"until": "9999-12-31"}, "A day is written as 2026-11-20"),
        ({"q": "x" * 101}, "100 characters at most"),
        ({"q": "a\0b"}, "Null characters"),
        ({"kind": "fish"}, "fish"),
    ],
)
def test_what_makes_no_sense_is_left_out_and_said(
    signed_in: SignedIn, alice: User, project: Project, asked: dict[str, str], words: str
) -> None:
    answer = signed_in(alice).get(address(project), asked)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert "made the project" in steps_of(answer)


@pytest.mark.parametrize("name", ["storyboard", "person"])
def test_a_key_that_is_none_is_404(
    signed_in: SignedIn, alice: User, project: Project, name: str
) -> None:
    for key in ("x", "\0", "A" * 22):
        assert signed_in(alice).get(address(project), {name: key}).status_code == 404


def test_days_the_wrong_way_round_mean_the_same(
    signed_in: SignedIn, alice: User, project: Project
) -> None:
    Activity.objects.filter(project=project).update(at=datetime(2026, 11, 18, 12, tzinfo=UTC))
    asked = {"since": "2026-11-19", "until": "2026-11-17"}
    answer = signed_in(alice).get(address(project), asked)
    assert "made the project" in steps_of(answer)
    assert "17 Nov to 19 Nov" in answer.content.decode()


def test_nothing_found_says_so_and_one_click_shows_everything(
    signed_in: SignedIn, alice: User, project: Project
) -> None:
    answer = signed_in(alice).get(address(project), {"q": "unicorn"})
    assert "Nothing found" in steps_of(answer)
    assert f'href="{address(project)}">Show everything' in steps_of(answer)
    assert "0 steps found" in answer.content.decode()


def test_folded_saves_open_to_each_of_them(
    signed_in: SignedIn, alice: User, storyboard: Storyboard
) -> None:
    for words in ("First words", "Then <these>"):
        storyboard.shots.get(position=1).rewrite({"prompt": words}, by=alice)
    page = signed_in(alice).get(address(storyboard.project)).content.decode()
    last = Activity.objects.latest("pk").serial
    folded = page.split(f'id="folded-{last}"')[1].split("</details>")[0]
    assert folded.count("<li>") >= 2
    assert "<q>First words</q>" in folded
    assert "<q>Then &lt;these&gt;</q>" in folded


def test_folding_holds_across_the_edge_of_a_page(
    signed_in: SignedIn, alice: User, carol: User, storyboard: Storyboard
) -> None:
    project = storyboard.project
    for n in range(LINES + 4):
        storyboard.shots.get(position=1).rewrite({"prompt": f"a{n}"}, by=alice)
        project.rename(f"Name {n}", by=carol)
    browser = signed_in(alice)
    first = browser.get(address(project))
    assert f"{LINES + 4} saves" in first.content.decode()
    older = re.search(r'rel="next" href="(\?[^"]+)"', first.content.decode())
    assert older
    assert "open=" in older[1]
    second = steps_of(browser.get(address(project) + older[1].replace("&amp;", "&")))
    assert "<q>a0</q>" not in second
    assert "renamed the project" in second


def test_what_is_said_about_a_take_is_quoted_and_placed(
    signed_in: SignedIn, alice: User, bob: User, take: Take
) -> None:
    note = Note.add(take, "Closer on the hands.", at_ms=3000, end_ms=4000, by=bob)
    note.edit("Wider.", by=bob)
    reply = note.reply("As you wish.", by=alice)
    Note.add(take, "Lovely.", by=bob)
    page = signed_in(alice).get(address(take.storyboard.project)).content.decode()
    for words in ("Closer on the hands.", "Wider.", "As you wish.", "Lovely."):
        assert f"“{words}”" in page
    assert "from 00:03:00 to 00:03:05" in page
    assert "before: Closer on the hands." in page
    assert f'href="/takes/{take.key}/?note={note.key}#note-{reply.key}"' in page
    assert page.count("00:03:00</") == 1
    assert "00:00:00" not in page


def test_every_line_leads_to_its_thing(
    signed_in: SignedIn, alice: User, bob: User, take: Take
) -> None:
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    shot = take.storyboard.shots.get(position=1)
    shot.rewrite({"prompt": "Else"}, by=alice)
    page = signed_in(alice).get(address(take.storyboard.project)).content.decode()
    assert f'href="/takes/{take.key}/?note={note.key}#note-{note.key}"' in page
    assert f'href="/storyboards/{take.storyboard.key}/#shot-{shot.key}"' in page
    assert f'href="/revisions/{take.revision.key}/"' in page
    assert f'src="/takes/{take.key}/poster/"' in page


def test_a_link_to_a_line_finds_it_however_much_came_since(
    signed_in: SignedIn, alice: User, project: Project
) -> None:
    builders.many(LINES + 20, lambda n: project.rename(f"Name {n}", by=alice))
    browser = signed_in(alice)
    link = f"{address(project)}?before=6#activity-5"
    oldest = browser.get(address(project), {"before": 20}).content.decode()
    assert f'href="{link}"' in oldest
    assert 'id="activity-5"' in steps_of(browser.get(link))


def test_what_was_ordered_and_what_it_came_to_stand_in_their_column(
    signed_in: SignedIn, alice: User, take: Take
) -> None:
    page = signed_in(alice).get(address(take.storyboard.project)).content.decode()
    assert '<div class="c faint">$0.42 ordered</div>' in page
    assert '<div class="c">$0.42</div>' in page
    sums = page.split("<aside")[1]
    assert 'id="sum-ordered">$0.42<' in sums
    assert "1, 0:05" in sums


def test_the_sums_follow_the_filters(signed_in: SignedIn, alice: User, take: Take) -> None:
    project = take.storyboard.project
    page = signed_in(alice).get(address(project), {"kind": "drafts"}).content.decode()
    sums = page.split("<aside")[1]
    assert "Nothing was ordered" in sums
    assert "$0.42" not in sums


def test_without_scripts_the_filters_are_a_form(
    signed_in: SignedIn, alice: User, project: Project
) -> None:
    page = signed_in(alice).get(address(project)).content.decode()
    form = page.split('id="filters"')[1].split("</form>")[0]
    assert f'method="get" action="{address(project)}"' in form
    for name in ("q", "kind", "storyboard", "person", "since", "until"):
        assert f'name="{name}"' in form
    assert "<button" in form

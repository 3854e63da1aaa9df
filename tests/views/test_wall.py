"""What a project's wall finds, counts, adds up and shows of what waits."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from storyboard.models import Generation, Project, Revision, Status, Storyboard, Take, User
from tests import builders
from tests.conftest import SignedIn


def page_of(project: Project) -> str:
    return f"/projects/{project.key}/"


def test_a_stage_shows_its_own_and_says_which_it_is(
    signed_in: SignedIn, alice: User, revision: Revision
) -> None:
    project = revision.storyboard.project
    builders.make_storyboard(project, by=alice, name="Still a draft")
    page = signed_in(alice).get(page_of(project), {"stage": "in_review"}).content.decode()
    assert "The Lamp, night one" in page
    assert "Still a draft" not in page
    assert re.search(r'id="chip-in_review"[^>]*aria-current="true">In review <b[^>]*>1</b>', page)
    assert re.search(r'id="chip-draft"[^>]*>Draft <b[^>]*>1</b>', page)
    assert not re.search(r'id="chip-draft"[^>]*aria-current', page)
    assert "1 storyboard found" in page


def test_a_search_keeps_the_stage_and_every_link_keeps_both(
    signed_in: SignedIn, alice: User, project: Project
) -> None:
    for name in ("Storm over the point", "The storm, later", "Calm"):
        Storyboard.start(name, project=project, by=alice)
    asked = {"q": "STORM", "stage": "draft", "sort": "name"}
    page = signed_in(alice).get(page_of(project), asked).content.decode()
    assert page.count('class="card"') == 2
    assert page.index("Storm over the point") < page.index("The storm, later")
    assert 'value="STORM"' in page
    assert '<input form="search-form" type="hidden" name="stage" value="draft">' in page
    query = "q=STORM&amp;stage=draft&amp;sort=name"
    assert f'pulse/?{query}" after=' in page
    assert f'{page_of(project)}?q=STORM&amp;sort=name"' in page, "the chip of all"


def test_nothing_found_says_so_and_one_click_shows_all(
    signed_in: SignedIn, alice: User, storyboard: Storyboard
) -> None:
    browser, address = signed_in(alice), page_of(storyboard.project)
    page = browser.get(address, {"q": "<unicorn>"}).content.decode()
    assert "No storyboard here has “&lt;unicorn&gt;” in its name" in page
    assert f'href="{address}">Show all</a>' in page
    assert "No storyboards yet" not in page
    page = browser.get(address, {"stage": "failed"}).content.decode()
    assert "No storyboard stands here now" in page


@pytest.mark.parametrize("asked", [{"stage": "fish"}, {"q": "x" * 81}, {"q": "\0"}, {"sort": "z"}])
def test_a_filter_that_makes_no_sense_shows_all(
    signed_in: SignedIn, alice: User, storyboard: Storyboard, asked: dict[str, str]
) -> None:
    answer = signed_in(alice).get(page_of(storyboard.project), asked)
    assert answer.status_code == 200
    assert 'class="card"' in answer.content.decode()


def test_pages_keep_the_filters(signed_in: SignedIn, alice: User, project: Project) -> None:
    builders.many(130, lambda n: Storyboard.start(f"Board {n}", project=project, by=alice))
    asked = {"q": "board", "page": 2}
    page = signed_in(alice).get(page_of(project), asked).content.decode()
    assert 'href="?q=board&amp;page=3"' in page
    assert 'href="?q=board&amp;page=1"' in page
    assert 'pulse/?q=board&amp;page=2"' in page


def test_the_sums_say_what_is_an_estimate(signed_in: SignedIn, alice: User, take: Take) -> None:
    project = take.storyboard.project
    builders.make_storyboard(project, by=alice, name="Second")
    sums = signed_in(alice).get(page_of(project)).content.decode().split('id="sums"')[1]
    assert "<dt>Spent</dt><dd>$0.42</dd>" in sums
    assert '<dt>Estimated, not ordered</dt><dd class="faint">$0.42</dd>' in sums
    assert "<dt>Film</dt><dd>0:05</dd>" in sums


def test_a_poster_has_the_takes_stills_to_play(
    signed_in: SignedIn, alice: User, take: Take, project: Project
) -> None:
    builders.make_storyboard(project, by=alice, name="Second")
    page = signed_in(alice).get(page_of(project)).content.decode()
    stills = f"/takes/{take.key}/stills/1/ /takes/{take.key}/stills/2/"
    assert page.count("<poster-play") == 1
    assert f'data-stills="{stills} "' in page


def test_a_take_under_way_shows_its_time_against_the_usual(
    signed_in: SignedIn, alice: User, revision: Revision, bob: User
) -> None:
    approved = builders.approve(revision, by=bob)
    browser, address = signed_in(alice), page_of(revision.storyboard.project)
    builders.make_take(approved, by=alice)
    row = builders.order(approved, by=alice)
    assert "waits to be sent" in browser.get(address).content.decode()
    builders.bring_to(row, Status.RUNNING)
    page = browser.get(address).content.decode()
    assert "<time-so-far" in page
    ended = timezone.now()
    Generation.objects.filter(status=Status.STORED).update(
        last_post_at=ended - timedelta(seconds=90), ended_at=ended
    )
    page = browser.get(address).content.decode()
    assert 'max="90000"' in page
    assert "of about 1:30" in page
    Generation.objects.filter(pk=row.pk).update(last_post_at=ended - timedelta(hours=30))
    page = browser.get(address).content.decode()
    assert "<time-so-far" not in page
    assert ">30 h" in page


def test_a_large_card_says_what_it_asks(
    signed_in: SignedIn, alice: User, bob: User, take: Take
) -> None:
    page = signed_in(alice).get(page_of(take.storyboard.project)).content.decode()
    assert "Take 1 came on" in page
    board = builders.make_storyboard(take.storyboard.project, by=alice, name="Second")
    builders.make_revision(board, by=alice)
    page = signed_in(bob).get(page_of(take.storyboard.project)).content.decode()
    assert "Alice Moreau sent revision 1 for review on" in page
    assert "Nobody has decided yet." in page


def test_the_pulse_keeps_the_filters(
    signed_in: SignedIn, alice: User, storyboard: Storyboard
) -> None:
    asked = {"after": "1", "q": "unicorn", "stage": "draft"}
    answer = signed_in(alice).get(f"{page_of(storyboard.project)}pulse/", asked)
    page = answer.content.decode()
    assert 'pulse/?q=unicorn&amp;stage=draft"' in page
    assert "No storyboard here has" in page

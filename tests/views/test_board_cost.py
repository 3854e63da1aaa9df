"""What a storyboard's page asks of the database: the same for one shot and for six, twelve at most.

Session and person are among them, as in the bench.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from storyboard.media.pictures import clean_picture
from storyboard.models import (
    Animatic,
    Element,
    Note,
    Picture,
    Project,
    Revision,
    Storyboard,
    Team,
    User,
    Voice,
    health,
)
from tests import builders
from tests.conftest import SignedIn
from tests.views.gates import at

MOST = 12
# Token, prompt and seconds of a shot that uses all there is.
SHOT = ("Lamp room. <<<element_1>>> steadies the lens.", 2)


@pytest.fixture(autouse=True)
def _health_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process asks for it once in a while, not for each page."""
    monkeypatch.setattr(health, "REMEMBERED", 60.0)


def cost(browser: Client, board: Storyboard) -> tuple[int, str]:
    """Queries of the page once what is compiled or kept a process is there, and which they were."""
    browser.get(at("storyboard", board))
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(at("storyboard", board))
    assert answer.status_code == 200
    return len(asked), "\n".join(each["sql"][:160] for each in asked.captured_queries)


@pytest.fixture
def cast(team: Team, alice: User) -> tuple[Element, Voice]:
    still = Picture.keep(clean_picture(builders.png((320, 320))), team=team)
    element = builders.know_element("Aldous", kling_id="1", team=team, by=alice, poster=still)
    return element, builders.know_voice("Keeper", kling_id="v1", team=team, by=alice)


def board_of(project: Project, count: int, cast: tuple[Element, Voice], by: User) -> Storyboard:
    """`count` shots, each with a picture of its own; frames, cast, steps to undo and a preview."""
    board = builders.make_storyboard(project, by=by, name=f"{count} shots", shots=[SHOT] * count)
    board.attach_element(cast[0], by=by)
    board.attach_voice(cast[1], by=by)
    builders.give_first_frame(board, by=by)
    for shot in board.shots.all():
        still = clean_picture(builders.png((640, 360 + 2 * shot.position)))
        shot.set_picture(Picture.keep(still, team=project.team), by=by)
    Animatic.ask(board, by=by)
    return board


def test_one_shot_and_six_cost_the_same(
    signed_in: SignedIn,
    project: Project,
    account: object,
    cast: tuple[Element, Voice],
    alice: User,
) -> None:
    browser = signed_in(alice)
    one, of_one = cost(browser, board_of(project, 1, cast, alice))
    six, of_six = cost(browser, board_of(project, 6, cast, alice))
    assert one == six, f"{of_one}\n\n{of_six}"
    assert six <= MOST, of_six


def test_revisions_takes_and_notes_stay_within_the_budget(
    signed_in: SignedIn, approved: Revision, alice: User, bob: User
) -> None:
    browser = signed_in(alice)
    for _ in range(2):
        take = builders.make_take(approved, by=alice)
        for number in range(5):
            Note.add(take, f"Note {number}", at_ms=number * 100, by=bob)
    number, asked = cost(browser, approved.storyboard)
    assert number <= MOST, asked


def test_an_empty_draft_and_one_that_is_read_along_stay_within_it(
    signed_in: SignedIn, project: Project, account: object, alice: User, bob: User
) -> None:
    board = Storyboard.start("Nothing yet", project=project, by=alice)
    for person in (alice, bob):
        number, asked = cost(signed_in(person), board)
        assert number <= MOST, asked

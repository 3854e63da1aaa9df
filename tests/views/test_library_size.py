"""A library of five hundred elements asks the database as often as one of five."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from storyboard.models import Account, Creation, Element, Project, Storyboard, Team, User, Voice
from tests import builders
from tests.conftest import SignedIn
from tests.views.gates import at

FEW, MANY = 5, 500
TAGS = ("night", "prop", "harbour")
MOST_PER_PAGE = 60
# What of the page is asked for, and how the address says so.
ASKED = {
    "all of it": "",
    "elements": "?kind=elements",
    "voices": "?kind=voices",
    "pictures": "?kind=pictures",
    "by words": "?q=lantern",
    "by tag": "?tag=night",
    "nothing found": "?q=nowhere",
    "second page": "?kind=elements&page=2",
}


@transaction.atomic
def fill(
    team: Team, account: Account, board: Storyboard, first: int, last: int, *, by: User
) -> None:
    """Elements in every state of a creation, each with a picture now and then, and voices."""
    told = {"account": account, "team": team, "by": by}
    for number in range(first, last):
        name = f"{'Lantern' if number % 2 else 'Anchor'} {number}"
        tags = [TAGS[number % 3]]
        element = Element.know(name, kling_id=str(number + 1), tags=tags, **told)
        if number % FEW == 0:
            made = builders.make_element(f"Drawn {number}", team=team, by=by)
            made.ask_on(account, by=by)
        if number < FEW:
            board.attach_element(element, by=by)
        if number % 2 == 0:
            Voice.know(f"Narrator {number}", kling_id=f"v{number}", tags=tags, **told)


def cost(browser: Client, path: str) -> tuple[int, str]:
    """Queries of a page once what is compiled or kept a process is there, and which they were."""
    browser.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(path)
    assert answer.status_code == 200, path
    return len(asked), "\n".join(each["sql"][:160] for each in asked.captured_queries)


@pytest.mark.parametrize("many", [MANY // 4, pytest.param(MANY, marks=pytest.mark.by_hand)])
def test_five_hundred_cost_as_many_questions_as_five(
    signed_in: SignedIn, team: Team, account: Account, project: Project, alice: User, many: int
) -> None:
    browser = signed_in(alice)
    board = builders.make_storyboard(project, by=alice)
    paths = {what: f"/teams/{team.key}/library/{query}" for what, query in ASKED.items()}
    paths["the draft that names them"] = at("storyboard", board)
    fill(team, account, board, 0, FEW, by=alice)
    few = {what: cost(browser, path) for what, path in paths.items() if what != "second page"}
    fill(team, account, board, FEW, many, by=alice)
    assert Element.objects.count() >= many
    assert set(Creation.objects.values_list("status", flat=True)) == {"queued", "ready"}
    for what, (least, asked) in few.items():
        most, then = cost(browser, paths[what])
        assert most <= least, f"{what}: {least}, then {most}\n{asked}\n\n{then}"
    second, asked = cost(browser, paths["second page"])
    assert second <= few["elements"][0], asked
    page = browser.get(paths["elements"]).content.decode()
    assert page.count('id="element-') == MOST_PER_PAGE

"""The editor's page with all its regions: each id names one place."""

from __future__ import annotations

import re
from collections import Counter

from django.urls import reverse

from storyboard.models import Account, Project, Team, User
from tests import builders
from tests.conftest import SignedIn

WORDS = "Lamp room. <<<element_1>>> steadies the lens."
# Written, over the limit, and not yet.
SIX = [(WORDS, 2), (WORDS, 2), ("x" * 600, 2), ("", 2), (WORDS, 2), (WORDS, 2)]


def test_no_id_stands_twice(
    signed_in: SignedIn, project: Project, team: Team, account: Account, alice: User, bob: User
) -> None:
    board = builders.make_storyboard(project, by=alice, shots=[(WORDS, 2)] * 6)
    builders.give_first_frame(board, by=alice)
    board.attach_element(
        builders.know_element("Aldous", kling_id="1", team=team, by=alice), by=alice
    )
    revision = builders.make_revision(board, by=alice)
    revision.review.request_changes(note="Nearer.", by=bob)
    board.attach_voice(builders.know_voice("Keeper", kling_id="v1", team=team, by=alice), by=alice)
    for shot, (prompt, seconds) in zip(board.shots.all(), SIX, strict=True):
        shot.rewrite({"prompt": prompt, "seconds": seconds}, by=alice)
    page = signed_in(alice).get(reverse("storyboard", args=[board.key])).content.decode()
    ids = Counter(re.findall(r'\sid="([^"]*)"', page))
    assert len([each for each in ids if re.fullmatch(r"shot-.+-prompt", each)]) == 6
    assert [each for each, times in ids.items() if times > 1] == []

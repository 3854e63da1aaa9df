"""Every state a screen can show, made in an empty installation by the product's own verbs.

    VAR_DIR=… python -m tests.screens.seed ADDRESS_OF_A_SIMULATOR

Prints one JSON object: the name of a state and its path; `500` is the page itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402  (models want the line above)
from django.template.loader import render_to_string  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from storyboard.kling.profiles import PROFILES  # noqa: E402
from storyboard.management import demo_data  # noqa: E402
from storyboard.management.demo_boards import STILLS  # noqa: E402
from storyboard.media.pictures import clean_picture  # noqa: E402
from storyboard.models import (  # noqa: E402
    Account,
    Note,
    Picture,
    Project,
    Revision,
    Role,
    Status,
    Storyboard,
    Take,
    Team,
    User,
)
from storyboard.models.set_password import set_password_path  # noqa: E402
from storyboard.steps.words import WORDS  # noqa: E402
from tests import builders  # noqa: E402
from tests.screens.drafts import Drafts  # noqa: E402
from tests.screens.health import Kept, keep_well  # noqa: E402
from tests.screens.knocks import Knocks  # noqa: E402
from tests.screens.rooms import Rooms  # noqa: E402
from tests.screens.shelves import Shelves  # noqa: E402

PACKS = [
    {"name": f"Video generation, {n} 000 units", "state": "online", "left_milli": n * 417_500,
     "total_milli": n * 1_000_000, "until": f"2027-0{n}-28"}
    for n in (1, 2, 5)
]  # fmt: skip
USED_UP = (
    "The account's resource pack is used up or has expired. The order is kept. Buy a pack in "
    "Kling's console, then send it again."
)

ORDERED = (
    Status.SUBMITTING, Status.RUNNING, Status.UNCERTAIN, Status.HELD, Status.REJECTED, Status.LOST,
)  # fmt: skip
# What stands at an order that is held for a reason for which the machine has no words of its own.
HELD_WORDS = {
    "account": USED_UP,
    "address": "The address 10.0.0.7 is private and may not be used. Nothing was sent.",
    "changed": "The picture has changed since the approval. Nothing was ordered.",
    "waited": f"{WORDS['waited']} {WORDS['places']} Nothing was sent.",
    "refused_again": "Kling refuses the content of this order.",
    "unknown_host": "The film lies at films.elsewhere.example, which is none of Kling's hosts.",
    "no_film": "What came as the film is no film that can be opened.",
    "too_large": "The film is larger than 1 GB.",
}


class Seed:
    """Notes where each state can be looked at while it makes it."""

    def __init__(self, simulator_address: str) -> None:
        demo_data.load(simulator_address=simulator_address)
        keep_well()
        self.places: dict[str, str] = {}
        self.address = simulator_address
        self.owner = User.objects.get(email="owner@demo.example")
        self.author = User.objects.get(email="author@demo.example")
        self.reviewer = User.objects.get(email="reviewer@demo.example")
        self.team = Team.objects.get(name=demo_data.TEAM)
        self.film = Project.objects.get(name=demo_data.PROJECT)

    def run(self) -> dict[str, str]:
        self.demo()
        self.drafts()
        self.orders()
        self.takes()
        Rooms(self, self.states).make()
        self.projects()
        self.teams()
        Shelves(self).make()
        self.accounts()
        Knocks(self).run()
        self.entrances()
        self.health()
        return self.places

    def demo(self) -> None:
        """The demo's own storyboards, by what they show."""
        self.note("project", "project", self.film.key)
        self.note("history", "project_history", self.film.key)
        self.note("project settings", "project_settings", self.film.key)
        self.note("library", "library", self.team.key)
        self.note("members", "members", self.team.key)
        self.note("new project", "new_project", self.team.key)
        self.note("new storyboard", "new_storyboard", self.film.key)
        boards = {board.name: board for board in self.film.storyboards.all()}
        self.note("draft", "storyboard", boards["The Lamp, night one"].key)
        self.note("draft blocked", "storyboard", boards["First ember"].key)
        self.note("draft ready", "storyboard", boards["Cold open, stars"].key)
        self.note("in review", "revision", newest(boards["Storm over the point"]).key)
        self.note("failed", "revision", newest(boards["Nine hundred steps"]).key)
        self.note("queued", "revision", newest(boards["Marit in the fog"]).key)
        self.note("stored", "revision", newest(boards["The Lamp, night one"]).key)
        takes = {take.number: take for take in boards["The Lamp, night one"].takes.all()}
        self.note("take", "take", takes[2].key)
        self.note("take without notes", "take", takes[1].key)
        self.note("take picked", "take", boards["Gallery at dawn"].takes.get().key)

    def drafts(self) -> None:
        self.states = Project.start("Every state", team=self.team, by=self.owner)
        Drafts(self, self.states).make()

    def orders(self) -> None:
        """A revision in each status a generation waits or ends in."""
        for status in ORDERED:
            revision = self.approved(f"Order {status.label}")
            builders.bring_to(builders.order(revision, by=self.author), status)
            self.note(status.value, "revision", revision.key)
        withdrawn = self.approved("Order withdrawn")
        builders.cancel(builders.order(withdrawn, by=self.author), by=self.author)
        self.note("cancelled", "revision", withdrawn.key)
        for reason in builders.HOLD_REASONS:
            revision = self.approved(f"Order held: {reason}")
            words = HELD_WORDS.get(reason) or str(WORDS.get(reason, ""))
            builders.hold(builders.order(revision, by=self.author), reason, words=words)
            self.note(f"held {reason}", "revision", revision.key)
        ready = self.approved("Approved, not ordered")
        self.note("approved", "revision", ready.key)
        asked = self.sent("Changes asked for")
        asked.review.request_changes(
            by=self.reviewer, note="The second shot reads as fear; it should read as care."
        )
        self.note("changes requested", "revision", asked.key)

    def takes(self) -> None:
        revision = self.approved("A film on its way")
        generation = builders.bring_to(builders.order(revision, by=self.author), Status.FETCHING)
        take = Take.expect(generation, output_id="on-its-way", url=f"{self.address}/film.mp4")
        self.note("take fetching", "take", take.key)
        self.note("fetching", "revision", revision.key)
        noted = builders.make_take(self.approved("Sixty notes"), by=self.author)
        people = (self.owner, self.author, self.reviewer)
        for number in range(60):
            words = f"Note {number + 1}: hold this a little longer before the cut."
            Note.add(noted, words, at_ms=number * 80, by=people[number % 3])
        self.note("take with sixty notes", "take", noted.key)
        for name, ratio in (("tall", "9:16"), ("square", "1:1")):
            revision = self.approved(f"A {name} take", aspect_ratio=ratio)
            self.note(f"take {name}", "take", builders.make_take(revision, by=self.author).key)

    def health(self) -> None:
        """What an installation can be in as a whole."""
        revision = Revision.objects.get(key=self.places["uncertain"].split("/")[2])
        self.places |= Kept(self.owner, self.team, self.wide, revision).make()

    def projects(self) -> None:
        team = Team.start("Wide River Pictures", owner=self.owner)
        self.wide = team
        team.add_account(
            "Simulator", profile="official", address=self.address, credential="k", by=self.owner
        )
        many = Project.start("Two hundred storyboards", team=team, by=self.owner)
        with transaction.atomic():
            builders.many(200, self.small_board(many))
        self.note("project of 200", "project", many.key)
        self.note("history of 200", "project_history", many.key)
        empty = Project.start("An empty project", team=team, by=self.owner)
        self.note("project empty", "project", empty.key)
        self.note("history empty", "project_history", empty.key)
        put_away = Project.start("A project put away", team=team, by=self.owner)
        self.small_board(put_away)(1)
        put_away.archive(by=self.owner)
        self.note("project archived", "project", put_away.key)

    def teams(self) -> None:
        for number in range(1, 10):
            person = builders.make_person(f"reviewer{number}@wide.example", f"Reviewer {number}")
            builders.join(self.wide, Role.REVIEWER, person, by=self.owner)
        still = Picture.keep(clean_picture((STILLS / "e_lens.jpg").read_bytes()), team=self.wide)
        for number in range(1, 25):
            builders.know_element(
                f"Element number {number}", kling_id=f"80{number}", team=self.wide, by=self.owner,
                poster=still,
            )  # fmt: skip
            builders.know_voice(
                f"Voice {number}", kling_id=f"v{number}", team=self.wide, by=self.owner
            )
        self.note("library full", "library", self.wide.key)
        self.note("members many", "members", self.wide.key)
        stranger = User.objects.get(email="stranger@demo.example")
        other = Team.objects.get(memberships__user=stranger)
        self.note("library empty", "library", other.key)
        self.note("accounts empty", "accounts", other.key)
        builders.make_person("nobody@demo.example", "Nobody Yet")
        User.objects.filter(email="nobody@demo.example").update(password=stranger.password)

    def accounts(self) -> None:
        """Thirty accounts in every state, by what the worker writes of them."""
        now = timezone.now()
        self.note("accounts", "accounts", self.team.key)
        self.note("accounts full", "accounts", self.wide.key)
        self.note("new account", "new_account", self.wide.key)
        good = self.account("Feature films", "official")
        good.ask_test(by=self.owner)
        good.record_test(ok=True, words="It answers and takes the key.", packs=PACKS)
        good.set_webhook_secret("whsec_" + "A" * 32, by=self.owner)
        self.note("account", "account", good.key)
        refused = self.account("Shorts", "official", auth="pair", credential="ak:sk")
        refused.ask_test(by=self.owner)
        words = "Kling does not know the API key. Replace the key, then test again. (code 1002)"
        refused.record_test(ok=False, words=words, packs=[])
        tripped = self.account("Commercials", "official")
        Account.objects.filter(pk=tripped.pk).update(tripped_at=now, tripped_words=USED_UP)
        self.note("account tripped", "account", tripped.key)
        silent = self.account("Through the gateway", "powertokens")
        Account.objects.filter(pk=silent.pk).update(unreachable_since=now, failures=5)
        self.note("account of a gateway", "account", silent.key)
        self.account("Old contract", "official").switch_off(by=self.owner)
        for number in range(6, 31):
            self.account(f"Account number {number}", "official")

    def account(self, name: str, profile: str, **more: Any) -> Account:
        address = PROFILES[profile].default_address
        told = {"credential": "k", **more}
        return self.wide.add_account(name, profile=profile, address=address, by=self.owner, **told)

    def entrances(self) -> None:
        self.note("sign in", "account_login")
        self.note("forgotten", "account_reset_password")
        self.note("link sent", "account_reset_password_done")
        self.note("password set", "account_reset_password_from_key_done")
        self.note("sign out", "account_logout")
        self.note("home", "home")
        self.note("settings", "account_settings")
        self.note("password", "account_change_password")
        self.places["link good"] = set_password_path(User.objects.get(name="Reviewer 9"))
        self.places["link dead"] = "/accounts/password/reset/key/1-nothing/"
        self.places["not found"] = "/nowhere/"
        self.places["500"] = render_to_string("500.html")

    def board(
        self,
        state: str,
        name: str,
        shots: list[tuple[str, int]] | tuple[tuple[str, int], ...],
        *,
        project: Project,
    ) -> Storyboard:
        board = builders.make_storyboard(project, by=self.author, name=name, shots=shots)
        self.note(state, "storyboard", board.key)
        return board

    def sent(self, name: str, **changes: str) -> Revision:
        board = builders.make_storyboard(self.states, by=self.author, name=name)
        still = (STILLS / "f5.jpg").read_bytes()
        if changes:
            board.rewrite(changes, by=self.author)
        else:
            picture = Picture.keep(clean_picture(still), team=self.team)
            board.set_first_frame(picture, by=self.author)
        return builders.make_revision(board, by=self.author, takes=2)

    def approved(self, name: str, **changes: str) -> Revision:
        return builders.approve(self.sent(name, **changes), by=self.reviewer)

    def small_board(self, project: Project) -> Callable[[int], Storyboard]:
        return lambda number: Storyboard.start(f"Scene {number}", project=project, by=self.owner)

    def note(self, state: str, address: str, *keys: str) -> None:
        self.places[state] = reverse(address, args=keys)


def newest(board: Storyboard) -> Revision:
    revision = board.revisions.order_by("-number").first()
    assert revision
    return revision


if __name__ == "__main__":
    json.dump(Seed(sys.argv[1]).run(), sys.stdout)

"""What other processes do: makes a team, then follows the lines it is given.

    manage.py shell -c "from tests.live.hand import main; main()"

Each line is answered by one of JSON:
    change                    an activity of the project
    remove PERSON             out of the team
    invite PERSON             into it again
    sign_out PERSON           their session ends
    sign_in PERSON            and a new one begins
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.test import Client

from storyboard.models import Project, Role, Team, User
from tests import builders

PEOPLE = 20
Answer = dict[str, Any]


def main() -> None:
    hand = Hand()
    say(hand.told())
    for line in sys.stdin:
        verb, *words = line.split()
        acts: dict[str, Callable[..., Answer]] = {
            "change": hand.change,
            "remove": hand.remove,
            "invite": hand.invite,
            "sign_out": hand.sign_out,
            "sign_in": hand.sign_in,
        }
        say(acts[verb](*words))


def say(told: Answer) -> None:
    print(json.dumps(told), flush=True)


class Hand:
    """An owner, and a team of reviewers named person1 to person20; a stranger beside them."""

    def __init__(self) -> None:
        self.people = {
            name: builders.make_person(f"{name}@studio.example", name)
            for name in ["owner", "stranger", *(f"person{n}" for n in range(1, PEOPLE + 1))]
        }
        self.owner = self.people["owner"]
        self.team = Team.start("Northlight Films", owner=self.owner)
        Team.start("Tidewater Pictures", owner=self.people["stranger"])
        for name in self.people:
            if name.startswith("person"):
                self.invite(name)
        self.project = Project.start("The Lighthouse Keeper", team=self.team, by=self.owner)
        self.browsers = {name: sign_in(person) for name, person in self.people.items()}

    def told(self) -> Answer:
        sessions = {
            name: browser.cookies[settings.SESSION_COOKIE_NAME].value
            for name, browser in self.browsers.items()
        }
        return {"project": self.project.key, "team": self.team.key, "sessions": sessions}

    def change(self) -> Answer:
        number = Project.objects.get(pk=self.project.pk).serial
        self.project.rename(f"The Lighthouse Keeper, {number}", by=self.owner)
        return {"serial": Project.objects.get(pk=self.project.pk).serial}

    def remove(self, name: str) -> Answer:
        self.team.memberships.get(user=self.people[name]).remove(by=self.owner)
        return {"removed": name}

    def invite(self, name: str) -> Answer:
        builders.join(self.team, Role.REVIEWER, self.people[name], by=self.owner)
        return {"invited": name}

    def sign_out(self, name: str) -> Answer:
        self.browsers[name].logout()
        return {"signed_out": name}

    def sign_in(self, name: str) -> Answer:
        self.browsers[name] = sign_in(self.people[name])
        return self.told()


def sign_in(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser

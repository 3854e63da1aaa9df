"""What every death starts from: one approved revision, with and without an order in the queue.

Beside it an element that is to be made.
"""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.crash.house import House, Simulator
from tests.prepared import lay_installation, lay_static
from tests.services.redis import DATABASES
from tests.services.shared import TEMPLATE, Services

# One approved revision of two shots; prints its key and a session of its owner.
APPROVED = """
from django.test import Client
from storyboard.models import Project, Role, Team
from tests import builders
owner = builders.make_person("owner@studio.example", "Owner")
team = Team.start("Northlight", owner=owner)
team.add_account("Simulator", profile="official", address="{address}", credential="k", by=owner)
reviewer = builders.join(
    team, Role.REVIEWER, builders.make_person("r@studio.example", "Reviewer"), by=owner
)
project = Project.start("Crash", team=team, by=owner)
revision = builders.make_revision(builders.make_storyboard(project, by=owner), by=owner)
builders.approve(revision, by=reviewer)
browser = Client()
browser.force_login(owner)
print("GROUND", revision.key, browser.cookies["session"].value)
"""
ORDERED = """
from storyboard.models import Revision
from tests import builders
revision = Revision.objects.get()
builders.order(revision, by=revision.sent_by)
"""
# An element of two pictures, asked for on the team's account and sent by nobody yet.
ASKED = """
from storyboard.models import Team, User
from tests import builders
owner = User.objects.get(email="owner@studio.example")
team = Team.objects.get()
builders.make_element("Keeper", team=team, by=owner).ask_on(team.account, by=owner)
"""
_NUMBERS = count()


@dataclass
class Ground:
    """Three prepared installations to copy, and what a person's browser must know."""

    folder: Path
    simulator: Simulator
    services: Services | None
    revision: str = ""
    session: str = ""

    @classmethod
    def lay(cls, folder: Path, simulator: Simulator, services: Services | None) -> Ground:
        ground = cls(folder, simulator, services)
        (folder / "empty").mkdir()
        if services is None:
            lay_installation(folder / "empty" / "var")
        approved = ground._copy("empty", TEMPLATE, folder / "approved", "approved")
        said = approved.manage("shell", "-v", "0", "-c", APPROVED.format(address=simulator.address))
        ground.revision, ground.session = said.split()[-2:]
        ordered = ground._copy("approved", "approved", folder / "ordered", "ordered")
        ordered.manage("shell", "-v", "0", "-c", ORDERED)
        asked = ground._copy("approved", "approved", folder / "asked", "asked")
        asked.manage("shell", "-v", "0", "-c", ASKED)
        return ground

    def with_an_order(self, folder: Path) -> House:
        """A copy with an order in the queue, under a name that no other copy's order has."""
        house = self._copy("ordered", "ordered", folder, f"case_{next(_NUMBERS)}")
        name = f"ours-{uuid.uuid4().hex}"
        house.change(f"update storyboard_generation set external_task_id = '{name}'")
        return house

    def with_a_creation(self, folder: Path) -> House:
        """A copy with an element to be made, under a name that no other copy's has."""
        house = self._copy("asked", "asked", folder, f"case_{next(_NUMBERS)}")
        name = f"ours-{uuid.uuid4().hex}"
        house.change(f"update storyboard_creation set external_task_id = '{name}'")
        return house

    def without_an_order(self, folder: Path) -> House:
        """A copy in which nothing is ordered yet; its web process can be called back."""
        house = self._copy("approved", "approved", folder, f"case_{next(_NUMBERS)}")
        house.static = self.folder / "static"
        if not house.static.exists():
            lay_static(house.static)
        return house

    def _copy(self, source: str, like: str, folder: Path, name: str) -> House:
        """A folder and a database of `name`, both as they are elsewhere."""
        if (self.folder / source / "var").exists():
            shutil.copytree(self.folder / source / "var", folder / "var")
        folder.mkdir(exist_ok=True)
        if self.services is not None:
            self.services.postgres.make_database(name, like=like)
        return self._house(folder, name)

    def _house(self, folder: Path, database: str) -> House:
        if self.services is None:
            return House(folder, self.simulator)
        number = next(_NUMBERS) % DATABASES
        self.services.redis.empty(number)
        urls = {
            "DATABASE_URL": self.services.postgres.url(database),
            "BROKER_URL": self.services.redis.url(number),
        }
        return House(folder, self.simulator, urls)

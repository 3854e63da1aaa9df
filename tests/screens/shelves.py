"""Libraries of five and of five hundred, each making in every state, and drafts for the dialogs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from storyboard.management.demo_boards import STILLS
from storyboard.media.pictures import CleanPicture, clean_picture
from storyboard.models import (
    Creation,
    Element,
    Look,
    Picture,
    Preset,
    PresetList,
    Project,
    Storyboard,
    Team,
    Voice,
)
from tests import builders

if TYPE_CHECKING:
    from tests.screens.seed import Seed

MANY, MANY_VOICES = 500, 60
FACES = {
    "Keeper": ("e_keeper", "Seventy, a navy cap and a coat with brass buttons", "character night"),
    "Great lens": ("e_lens", "The lens of the lamp, taller than a man", "prop"),
    "Marit": ("e_boat", "A fisher in an oilskin, thirty", "character"),
    "Stairwell": ("f2", "Nine hundred steps of iron around a shaft", "place night"),
    "Gallery": ("f6", "The walk around the lamp room, with a rail", "place"),
}
LONGEST = "The keeper’s brother"  # 20 characters
REFUSED = "Kling turned the pictures down. They are kept. Choose others, then try again."


class Shelves:
    """Makes each and notes where it is; two teams of their own, by the owner."""

    def __init__(self, seed: Seed) -> None:
        self.seed, self.by = seed, seed.owner

    def make(self) -> None:
        self._five()
        self._five_hundred()

    def _five(self) -> None:
        self.team = self._team("Lantern Works")
        elements = {name: self._drawn(name, *look) for name, look in FACES.items()}
        voices = [builders.make_voice(name, team=self.team, by=self.by) for name in ("Low", "Calm")]
        self._states(elements, voices)
        self._uses(elements["Keeper"], voices[0])
        self._pages(elements, voices)

    def _states(self, elements: dict[str, Element], voices: list[Voice]) -> None:
        builders.make_ready(elements["Keeper"], by=self.by, kling_id="8298368027934")
        older = Look("Keeper", "Seventy-one, a grey cap", elements["Keeper"].look.pictures)
        elements["Keeper"].change(older, by=self.by)
        builders.make_ready(voices[0], by=self.by, kling_id="voice-low-1")
        for name in ("Marit", "Gallery"):
            self._taken(elements[name].ask_on(self.account, by=self.by))
        failing = elements["Stairwell"].ask_on(self.account, by=self.by)
        failing.claim(builders.WORKER)
        failing.begin()
        failing.fail(REFUSED, code="1301", said="Failure to pass the risk control system")
        voices[1].ask_on(self.account, by=self.by)

    def _taken(self, row: Creation) -> None:
        row.claim(builders.WORKER)
        row.begin()
        row.accepted(f"task-{row.pk}", wait=3600.0)

    def _uses(self, keeper: Element, low: Voice) -> None:
        project = Project.start("Night boats", team=self.team, by=self.by)
        for n in range(1, 4):
            board = builders.make_storyboard(project, by=self.by, name=f"Crossing {n}")
            board.attach_element(keeper, by=self.by)
        self._dialogs(project, low)

    def _dialogs(self, project: Project, low: Voice) -> None:
        """Drafts whose account, model and mode take what each dialog is for."""
        camera = self._single(project, "One move", "std")
        self.seed.note("camera", "storyboard", camera.key)
        brush = self._single(project, "What moves", "pro")
        still = Picture.keep(self._still("f4"), team=self.team)
        brush.set_first_frame(still, by=self.by)
        self.seed.note("brush", "storyboard", brush.key)
        both = self._single(project, "Both at once", "pro")
        both.rewrite({"model": "kling-v2-6", "sound": True}, by=self.by)
        both.attach_element(self.team.elements.get(name="Great lens"), by=self.by)
        both.attach_voice(low, by=self.by)
        self.seed.note("element and voice", "storyboard", both.key)

    def _single(self, project: Project, name: str, mode: str) -> Storyboard:
        shots = [("The beam crosses the water.", 5)]
        board = builders.make_storyboard(project, by=self.by, name=name, shots=shots)
        board.rewrite({"model": "kling-v1", "mode": mode}, by=self.by)
        return board

    def _pages(self, elements: dict[str, Element], voices: list[Voice]) -> None:
        team, places = self.team.key, self.seed.places
        self.seed.note("library of five", "library", team)
        places["library of five pictures"] = reverse("library", args=[team]) + "?kind=pictures"
        places["library searched in vain"] = reverse("library", args=[team]) + "?q=aeroplane"
        detail = f"?element={elements['Keeper'].key}"
        places["library with an element"] = reverse("library", args=[team]) + detail
        self.seed.note("element", "element", elements["Keeper"].key)
        self.seed.note("element creating", "element", elements["Marit"].key)
        self.seed.note("element failed", "element", elements["Stairwell"].key)
        self.seed.note("element nowhere", "element", elements["Great lens"].key)
        self.seed.note("element changed", "change_element", elements["Keeper"].key)
        self.seed.note("element removed", "remove_element", elements["Keeper"].key)
        self.seed.note("voice", "voice", voices[0].key)
        self.seed.note("voice creating", "voice", voices[1].key)
        for name in ("new_element", "new_element_video", "know_element", "new_voice"):
            self.seed.note(name.replace("_", " "), name, team)
        self.seed.note("voice from a take", "voice_from_take", self.seed.team.key)
        self.seed.note("presets unread", "voice_presets", team)
        self._presets()

    def _presets(self) -> None:
        row = PresetList.ask(self.account, by=self.by)
        found = [
            Preset(kling_id=str(900 + n), name=name)
            for n, name in enumerate(("Night courier", "Lighthouse cat", "Paper lantern"))
        ]
        row.begin()
        row.record(found, [])
        self.seed.note("presets", "element_presets", self.team.key)

    @transaction.atomic
    def _five_hundred(self) -> None:
        team = self._team("Every Prop Pictures")
        poster = Picture.keep(self._still("e_lens"), team=team)
        for number in range(1, MANY + 1):
            builders.know_element(
                f"Prop number {number}", kling_id=str(number), team=team, by=self.by, poster=poster
            )
        for number in range(1, MANY_VOICES + 1):
            builders.know_voice(f"Voice {number}", kling_id=f"v{number}", team=team, by=self.by)
        builders.know_element(LONGEST, kling_id="longest", team=team, by=self.by)
        self.seed.note("library of 500", "library", team.key)
        page = reverse("library", args=[team.key])
        self.seed.places["library of 500 second page"] = f"{page}?kind=elements&page=2"

    def _team(self, name: str) -> Team:
        team = Team.start(name, owner=self.by)
        self.account = team.add_account(
            "Simulator", profile="official", address=self.seed.address, credential="k", by=self.by
        )
        return Team.objects.get(pk=team.pk)

    def _drawn(self, name: str, still: str, words: str, tags: str) -> Element:
        others = ("f1", "f3")
        pictures = [Picture.keep(self._still(each), team=self.team) for each in (still, *others)]
        look = Look(name, words, tuple(pictures))
        return Element.add(look, team=self.team, by=self.by, tags=tags.split())

    def _still(self, name: str) -> CleanPicture:
        return clean_picture((STILLS / f"{name}.jpg").read_bytes())

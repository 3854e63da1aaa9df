"""The drafts the editor is looked at with: full, too full, too long, in other languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from storyboard.management.demo_boards import STILLS
from storyboard.media.pictures import clean_picture
from storyboard.models import Animatic, Element, Picture, Project, Storyboard, Voice
from storyboard.steps.animatic import draw
from tests import builders

if TYPE_CHECKING:
    from tests.screens.seed import Seed

LONGEST_NAME = "The last boat before the ice closes over"  # 40 characters
LONGEST_PROMPT = (
    "Wide from the water at first light. The lighthouse stands on its rock with one ember of "
    "light left under the cloud, and the sea lies flat around it like poured lead. A door opens "
    "low down and the keeper comes out with a tin cup, looks at the sky for a long moment, and "
    "goes along the gallery with one hand on the rail. The camera stays where it is and lets him "
    "walk out of the frame; only the gulls move after that, and the beam, which sweeps once more "
    "to the left and goes out. Slow, patient, nothing hurried here."
)
LIMIT = 512
CHINESE = (
    "黄昏，从水面望去，灯塔立在礁石上，云下只剩一点余烬。灯光醒来，缓缓向左扫过海面。"
    "守塔人提着灯笼走上螺旋楼梯，镜头随他转动，雨水顺着玻璃流下，海鸥掠过栏杆。"
)
GERMAN = (
    "Abenddämmerung, weit vom Wasser aus. Der Leuchtturmwärter steigt die Wendeltreppe hinauf, "
    "eine Sturmlaterne in der Hand; Regenwassertropfen rinnen an den Laternenraumfenstern herab, "
    "und hinter der Donaudampfschifffahrtsgesellschaft verschwindet das letzte Licht. "
)
PROMPTS = (
    "Dusk, wide from the water. The beam wakes and sweeps left.",
    "Looking down the stairwell; the camera turns with him.",
    "Lamp room. He steadies the great lens with his palm.",
    "Close on him at the rain-streaked window.",
    "The boat climbs a black wave. The beam finds her, and holds.",
    "Dawn. He stands on the gallery with a tin cup.",
)
SECONDS = (3, 2, 3, 2, 2, 2)
PLAN = tuple(zip(PROMPTS, SECONDS, strict=True))


def filled(words: str, count: int = LIMIT) -> str:
    """Exactly `count` characters of it."""
    return (words * (count // len(words) + 1))[:count]


class Drafts:
    """Makes each and notes where it is; everything in one project, by the author."""

    def __init__(self, seed: Seed, project: Project) -> None:
        self.seed, self.project, self.by = seed, project, seed.author

    def make(self) -> None:
        self._long_ones()
        self._shapes()
        self._states()
        self._pages()

    def _long_ones(self) -> None:
        full = self._board("draft full", LONGEST_NAME, [(LONGEST_PROMPT, 2)] * 6)
        Storyboard.objects.filter(pk=full.pk).update(negative_prompt="blur, text, watermark")
        over = [(filled(LONGEST_PROMPT + " ", LIMIT + 9), 3)] * 6
        self._board("draft over the limit", "Nine over, and too long", over)
        self._board("draft in Chinese", filled(CHINESE, 40), [(filled(CHINESE), 2)] * 6)
        self._board("draft in German", filled(GERMAN, 40), [(filled(GERMAN), 2)] * 6)

    def _shapes(self) -> None:
        for name, ratio, words in (("tall", "9:16", "Upright"), ("square", "1:1", "As a square")):
            board = self._board(f"draft {name}", words, PLAN)
            board.rewrite({"aspect_ratio": ratio}, by=self.by)
            sent = self._board(f"sent {name}", f"{words}, sent", PLAN)
            sent.rewrite({"aspect_ratio": ratio}, by=self.by)
            revision = builders.make_revision(sent, by=self.by)
            self.seed.note(f"revision {name}", "revision", revision.key)

    def _states(self) -> None:
        empty = Storyboard.start("Nothing yet", project=self.project, by=self.by)
        self.seed.note("draft empty", "storyboard", empty.key)
        self._board("draft in conflict", "Two hands", builders.TWO_SHOTS)
        archived = self._board("draft archived", "Put away", builders.TWO_SHOTS)
        archived.archive(by=self.by)
        self._board("draft to cut", "One shot too many", PLAN)
        self._disabled()
        self._preview()

    def _disabled(self) -> None:
        """What an older model does not take stays, and says so."""
        board = self._board("draft with much disabled", "For another model", PLAN)
        for element in Element.objects.filter(team=self.seed.team, removed_at=None)[:3]:
            board.attach_element(element, by=self.by)
        board.attach_voice(Voice.objects.filter(team=self.seed.team).first(), by=self.by)
        still = clean_picture((STILLS / "f5.jpg").read_bytes())
        board.set_first_frame(Picture.keep(still, team=self.seed.team), by=self.by)
        board.set_end_frame(Picture.keep(still, team=self.seed.team), by=self.by)
        board.rewrite({"model": "kling-v2-1", "mode": "std", "sound": True}, by=self.by)

    def _preview(self) -> None:
        board = self._board("draft with a preview", "To be looked at first", PLAN)
        for shot, still in zip(
            board.shots.all(), ("f1", "f2", "f3", "f4", "f5", "f6"), strict=True
        ):
            clean = clean_picture((STILLS / f"{still}.jpg").read_bytes())
            shot.set_picture(Picture.keep(clean, team=self.seed.team), by=self.by)
        draw(Animatic.ask(board, by=self.by).pk)

    def _pages(self) -> None:
        boards = {board.name: board for board in self.seed.film.storyboards.all()}
        ready, blocked = boards["Cold open, stars"], boards["First ember"]
        self.seed.places["wire"] = reverse("draft_wire", args=[ready.key])
        self.seed.places["wire of a blocked draft"] = reverse("draft_wire", args=[blocked.key])
        sent = boards["Storm over the point"].revisions.order_by("-number").first()
        assert sent
        self.seed.places["wire of a revision"] = reverse("revision_wire", args=[sent.key])
        self.seed.places["import"] = reverse("import_storyboard", args=[ready.key])

    def _board(
        self, state: str, name: str, shots: list[tuple[str, int]] | tuple[tuple[str, int], ...]
    ) -> Storyboard:
        return self.seed.board(state, name, shots, project=self.project)

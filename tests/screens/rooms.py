"""The takes the review room is looked at with: silent, full, decided, carrying notes over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from storyboard.models import Note, Project, Revision, Storyboard, Take
from storyboard.models.note_files import attached
from tests import builders
from tests.screens.drafts import PLAN

if TYPE_CHECKING:
    from tests.screens.seed import Seed

MANY = 1000
# What the player and the pages show of a film; the demo's is looked at better than a tiny one.
FILM = (
    "video", "poster", "filmstrip", "stills", "duration_ms", "rate_num", "rate_den", "width",
    "height", "size_bytes", "video_codec", "audio_codec", "sha256", "peaks",
)  # fmt: skip
DRAWING = [
    {"tool": "box", "colour": "orange", "points": [[0.42, 0.2], [0.62, 0.72]], "words": ""},
    {"tool": "arrow", "colour": "yellow", "points": [[0.8, 0.8], [0.63, 0.5]], "words": ""},
    {"tool": "text", "colour": "white", "points": [[0.66, 0.86]], "words": "lower, and slower"},
]


class Rooms:
    """Makes each and notes where it is; the storyboards are the author's."""

    def __init__(self, seed: Seed, project: Project) -> None:
        self.seed, self.project = seed, project
        self.owner, self.author, self.reviewer = seed.owner, seed.author, seed.reviewer
        self.film = Take.objects.filter(storyboard__name="The Lamp, night one").first()

    def make(self) -> None:
        self._noted()
        self._thousand()
        self._carried()
        self._decided()

    def _noted(self) -> None:
        """A note of each kind: drawn on, answered, resolved, with a file, for the client."""
        take = self._take("room", "Every kind of note")
        shots = [bound.shot_key for bound in take.bounds()]
        drawn = Note.add(
            take, "The rail stands here, and he is on this side of it.", at_ms=3500, by=self.author,
            drawing=DRAWING,
        )  # fmt: skip
        drawn.reply("Then the lamp is behind him.", by=self.reviewer)
        drawn.reply("Yes. It is in the next draft, @Ines Ferro.", by=self.author)
        ranged = Note.add(
            take, "Hold on the lamp for all of this.", at_ms=5200, end_ms=7000, by=self.reviewer,
            is_for_client=True,
        )  # fmt: skip
        ranged.reply("The client asked for it, too.", by=self.owner)
        with attached([SimpleUploadedFile("hands.png", builders.png((320, 180), "#a63"))]) as kept:
            Note.add(
                take, "His hands change between the two halves; as on this picture.",
                by=self.owner, shot_key=shots[2], files=kept,
            )  # fmt: skip
        Note.add(take, "The sound of the sea is too near all along.", by=self.reviewer)
        Note.add(take, "The gull crosses too early.", at_ms=900, by=self.reviewer).resolve(
            by=self.author, on=take
        )
        self.seed.places["room at its drawing"] = f"{self.seed.places['room']}?note={drawn.key}"

    @transaction.atomic
    def _thousand(self) -> None:
        take = self._take("room of a thousand notes", "A thousand notes")
        people = (self.owner, self.author, self.reviewer)
        for number in range(MANY):
            words = f"Note {number + 1}: hold this a little longer before the cut."
            at_ms = number * 137 % take.duration_ms
            Note.add(take, words, at_ms=at_ms, by=people[number % 3])

    def _carried(self) -> None:
        """Notes of take 1 on shots that moved, and on one that is gone, on take 2's page."""
        first = self._take("room before", "Carried over")
        bounds = first.bounds()
        for number, words in ((2, "He climbs too fast."), (4, "Rain on the inside of the glass."),
                              (5, "The wave wants more weight.")):  # fmt: skip
            at_ms = bounds[number - 1].start_ms + 400
            Note.add(first, words, at_ms=at_ms, by=self.reviewer)
        Note.add(first, "The stairs again, from here to there.", at_ms=bounds[1].start_ms,
                 end_ms=bounds[1].end_ms, by=self.author)  # fmt: skip
        board = Storyboard.objects.get(pk=first.storyboard_id)
        board.shots.get(position=4).remove(by=self.author)
        board = Storyboard.objects.get(pk=board.pk)
        last = board.shots.get(position=5)
        last.move(1, by=self.author)
        board = Storyboard.objects.get(pk=board.pk)
        third = board.shots.get(position=3)
        third.rewrite({"prompt": f"{third.prompt} Slower.", "seconds": 4}, by=self.author)
        board = Storyboard.objects.get(pk=board.pk)
        total = sum(shot.seconds for shot in board.shots.all())
        board.rewrite({"total_seconds": total}, by=self.author)
        second = self._take("room with carried notes", "", board=board)
        Note.add(second, "The end is good now.", at_ms=second.duration_ms - 900, by=self.reviewer)

    def _decided(self) -> None:
        """With a word on each shot, on one of them twice."""
        approved = self._take("room decided", "Approved as it is")
        for bound in approved.bounds():
            approved.judge(bound.shot_key, "keep", by=self.reviewer)
        approved.approve(by=self.reviewer)
        asked = self._take("room with changes requested", "Two shots again")
        for bound in asked.bounds():
            asked.judge(bound.shot_key, "keep", by=self.reviewer)
        for bound, reason in zip(asked.bounds()[2:4], ("hands", "camera"), strict=True):
            asked.judge(
                bound.shot_key, "redo", reason=reason, words="Six fingers.", by=self.reviewer
            )
        asked.request_changes(by=self.reviewer, words="Shots 3 and 4 again, the rest stays.")

    def _take(self, state: str, name: str, *, board: Storyboard | None = None) -> Take:
        board = board or builders.make_storyboard(
            self.project, by=self.author, name=name, shots=PLAN
        )
        sent = builders.make_revision(board, by=self.author, takes=2)
        take = builders.make_take(self._approved(sent), by=self.author)
        told = {name: getattr(self.film, name) for name in FILM}
        Take.objects.filter(pk=take.pk).update(**told)
        self.seed.note(state, "take", take.key)
        return Take.objects.get(pk=take.pk)

    def _approved(self, sent: Revision) -> Revision:
        return builders.approve(sent, by=self.reviewer)

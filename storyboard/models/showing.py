"""What a preview shows: each shot's picture, words and seconds, frozen when it is asked for."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from storyboard.kling.brief import Brief
from storyboard.kling.rules.tokens import TOKEN
from storyboard.models.library import Picture
from storyboard.models.reviews import Revision
from storyboard.models.storyboards import Storyboard

# Counts up when the same shots would be drawn otherwise than before.
DRAWING = 1


@dataclass(frozen=True)
class ShownShot:
    """One shot under its lasting key; `picture` is a file in the storage, "" without any."""

    key: str
    position: int
    seconds: int
    words: str
    picture: str


@dataclass(frozen=True)
class Showing:
    """Everything an animatic is drawn from: the aspect ratio and the shots that last a second."""

    ratio: str
    shots: tuple[ShownShot, ...]

    @classmethod
    def of_draft(cls, board: Storyboard, stills: Mapping[str, str]) -> Showing:
        """As the draft's cards show it; `stills` maps a shot's key to a stored still of a take."""
        own = {shot.key: shot.picture for shot in board.shots.all()}
        return cls._of(board.brief(), board.first_frame, own, stills)

    @classmethod
    def of_revision(cls, revision: Revision, stills: Mapping[str, str]) -> Showing:
        """As it was frozen. Pictures people draw from are not: today's are shown."""
        shots = revision.storyboard.shots.select_related("picture")
        own = {shot.key: shot.picture for shot in shots}
        return cls._of(revision.brief, revision.first_frame, own, stills)

    @classmethod
    def _of(
        cls,
        brief: Brief,
        first_frame: Picture | None,
        own: Mapping[str, Picture | None],
        stills: Mapping[str, str],
    ) -> Showing:
        shots = []
        for number, shot in enumerate(brief.shots):
            picture = first_frame if number == 0 and first_frame else own.get(shot.key)
            file = picture.file if picture else stills.get(shot.key, "")
            words = said(shot.prompt, brief)
            shots.append(ShownShot(shot.key, shot.position, shot.seconds, words, file))
        return cls(brief.aspect_ratio, tuple(shot for shot in shots if shot.seconds > 0))

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Showing:
        return cls(stored["ratio"], tuple(ShownShot(**shot) for shot in stored["shots"]))

    def as_dict(self) -> dict[str, Any]:
        return {"ratio": self.ratio, "shots": [asdict(shot) for shot in self.shots]}

    @property
    def seconds(self) -> int:
        return sum(shot.seconds for shot in self.shots)

    @property
    def digest(self) -> str:
        """SHA-256 of all of it: the same for shots that look and last the same."""
        words = json.dumps([DRAWING, self.as_dict()], sort_keys=True)
        return hashlib.sha256(words.encode()).hexdigest()

    @property
    def bounds(self) -> str:
        """Which shot is shown how long: `<key>=3 <key>=2`, whole seconds, in order."""
        return " ".join(f"{shot.key}={shot.seconds}" for shot in self.shots)


def said(prompt: str, brief: Brief) -> str:
    """A prompt as a person says it: names in place of tokens that name something attached."""

    def name(found: re.Match[str]) -> str:
        named = brief.elements if found[1] == "element" else brief.voices
        number = int(found[2])
        return named[number - 1].name if number <= len(named) else found[0]

    return TOKEN.sub(name, prompt)

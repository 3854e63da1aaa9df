"""A tail that tells what a test tells it to."""

from __future__ import annotations

from storyboard.live.streams import Serials, Tell, Watched
from storyboard.live.tail import Tail


class ScriptedTail(Tail):
    """`made` holds every one that was started, the newest last."""

    made: list[ScriptedTail]

    def __init__(self, watched: Watched, tell: Tell) -> None:
        super().__init__(watched, tell)
        self.is_running = False

    @classmethod
    def recorded(cls) -> type[ScriptedTail]:
        """A class of its own, so that no test sees another's."""
        return type("Recorded", (cls,), {"made": []})

    def start(self) -> None:
        self.is_running = True
        self.made.append(self)

    def stop(self) -> None:
        self.is_running = False

    def say(self, news: Serials) -> None:
        self._tell(news)

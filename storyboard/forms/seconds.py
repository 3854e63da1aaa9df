"""The seconds of a draft's shots and its total, several in one post."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import QueryDict

from storyboard.forms.drafts import DraftForm, SecondsField
from storyboard.models import Shot

_OF_A_SHOT = "seconds-"


class SecondsForm(DraftForm):
    """Fields `seconds-<shot key>` and `total_seconds`, each with its `was_…`; any may be missing.

    Seconds of a shot that is no longer there are left out: there is nothing to store them in.
    `spread=1` asks for the total spread evenly over the shots, `fit=1` for the shots to be fitted
    to it; then the seconds of single shots do not count.
    """

    total_seconds = SecondsField()

    def __init__(self, data: QueryDict, *, shots: Iterable[Shot]) -> None:
        super().__init__(data)
        for shot in shots:
            if (name := name_of(shot)) in data:
                self.fields[name] = SecondsField()

    @property
    def spreads(self) -> bool:
        return "spread" in self.data

    @property
    def fits(self) -> bool:
        return "fit" in self.data


def name_of(shot: Shot) -> str:
    """The field of this shot's seconds."""
    return f"{_OF_A_SHOT}{shot.key}"

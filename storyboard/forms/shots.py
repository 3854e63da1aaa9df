"""A shot's prompt and seconds, and its place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from storyboard.forms.drafts import DraftForm, SecondsField, WordsField
from storyboard.models import MOST_SHOTS


class ShotForm(DraftForm):
    """What a draft can store of a shot; what Kling takes is said by the brief."""

    prompt = WordsField()
    seconds = SecondsField()


class MoveForm(forms.Form):
    """One place earlier or later (`where`), or to a position from 1 to 6 (`to`)."""

    where = forms.ChoiceField(
        required=False,
        choices=[("earlier", _("Earlier")), ("later", _("Later"))],
        error_messages={"invalid_choice": _("A shot moves earlier or later. Nothing moved.")},
    )
    to = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_SHOTS,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            _("A shot's position is a number from 1 to 6. Nothing moved."),
        ),
    )

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if not self.errors and not (found.get("where") or found.get("to")):
            raise forms.ValidationError(_("Say where the shot moves. Nothing moved."))
        return found

    def position(self, now: int) -> int:
        """The position asked for, of a shot that stands at `now`."""
        steps = {"earlier": now - 1, "later": now + 1}
        return self.cleaned_data["to"] or steps[self.cleaned_data["where"]]

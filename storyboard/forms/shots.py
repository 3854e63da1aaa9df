"""A shot's prompt and seconds, and its place."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from storyboard.forms.drafts import DraftForm, SecondsField, WordsField


class ShotForm(DraftForm):
    """What a draft can store of a shot; what Kling takes is said by the brief."""

    prompt = WordsField()
    seconds = SecondsField()


class MoveForm(forms.Form):
    """One place earlier or later."""

    where = forms.ChoiceField(
        choices=[("earlier", _("Earlier")), ("later", _("Later"))],
        error_messages={
            "required": _("Say whether the shot moves earlier or later. Nothing moved."),
            "invalid_choice": _("A shot moves earlier or later. Nothing moved."),
        },
    )

    @property
    def step(self) -> int:
        """-1 or 1."""
        return -1 if self.cleaned_data["where"] == "earlier" else 1

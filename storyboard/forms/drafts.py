"""What the editor's small posts have in common: some fields, each with what it started from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import ErrorList
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.models import STORED_PROMPT


def words_of(found: ErrorList) -> str:
    """All complaints about a field as one text."""
    return " ".join(str(words) for words in found)


class DraftForm(forms.Form):
    """A form that may bring only some of its fields.

    A field is part of the post when it or its `was_<name>` is there: an unticked box sends
    nothing itself. `take=<name>` gives a field up for what is stored, and `keep=<name>` means
    that the person has seen the stored value, whose digest is in `now_<name>`.
    """

    data: QueryDict

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        given_up = data.getlist("take")
        for name in list(self.fields):
            if name in given_up or not (name in data or f"was_{name}" in data):
                del self.fields[name]

    def changes(self) -> dict[str, Any]:
        """The fields that can be stored, whatever is wrong with the others."""
        self.full_clean()
        return {name: self.cleaned_data[name] for name in self.fields if name in self.cleaned_data}

    def was(self) -> dict[str, str]:
        """The digest each field started from; fields that do not say are not watched."""
        seen = self.data.getlist("keep")
        marks = {name: f"{'now' if name in seen else 'was'}_{name}" for name in self.fields}
        return {name: str(self.data[mark]) for name, mark in marks.items() if mark in self.data}

    def typed(self) -> dict[str, str]:
        """What the person wrote, as it came."""
        return {name: str(self.data.get(name, "")) for name in self.fields}

    def complaints(self) -> dict[str, list[str]]:
        """Words for each field that cannot be stored."""
        return {name: [str(words) for words in found] for name, found in self.errors.items()}


class WordsField(forms.CharField):
    """Text of up to 5,000 characters, kept as typed, its lines ended by one character."""

    widget = forms.Textarea

    def __init__(self) -> None:
        super().__init__(required=False, strip=False)

    def clean(self, value: Any) -> str:
        words: str = super().clean(value).replace("\r\n", "\n").replace("\r", "\n")
        if len(words) > STORED_PROMPT:
            raise forms.ValidationError(
                _(
                    "Not saved: %(count)s characters, and a draft keeps %(most)s. "
                    "Your words stay here; shorten them."
                )
                % {"count": f"{len(words):,}", "most": f"{STORED_PROMPT:,}"}
            )
        return words


class SecondsField(forms.IntegerField):
    """Whole seconds from 0 to 99: more than Kling takes, so that a draft can be wrong."""

    def __init__(self) -> None:
        words = gettext_lazy(
            "Not saved: seconds are a whole number from 0 to 99. What was there before stays."
        )
        super().__init__(
            min_value=0,
            max_value=99,
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
        )

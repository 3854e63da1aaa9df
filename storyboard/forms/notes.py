"""What a person writes about a take."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.models import Note, Take, User
from storyboard.models.notes import MOST_CHARACTERS

LONGEST_MS = 24 * 3600 * 1000


class NoteForm(forms.Form):
    """Words at a moment: `at_ms` from the player, or `at_second` where no script runs."""

    text = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=MOST_CHARACTERS,
        error_messages={"required": gettext_lazy("A note needs words. Nothing was added.")},
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    at_ms = forms.IntegerField(
        required=False, min_value=0, max_value=LONGEST_MS, widget=forms.HiddenInput
    )
    at_second = forms.DecimalField(
        label=gettext_lazy("At second"),
        required=False,
        min_value=0,
        max_value=LONGEST_MS // 1000,
        decimal_places=3,
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
    )

    def __init__(self, data: Any = None, *, take: Take, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.take = take

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.take.stored_at is None:
            words = _("Take %(n)s is not stored yet. Nothing was added. Note on it when it plays.")
            raise forms.ValidationError(words % {"n": self.take.number})
        return cleaned

    def complaints(self) -> list[str]:
        """Every error in words, to stand under the one field."""
        return [str(words) for errors in self.errors.values() for words in errors]

    def save(self, *, by: User) -> Note:
        """Leave the note; a moment past the end is the end."""
        return Note.add(self.take, self.cleaned_data["text"], at_ms=self._moment(), by=by)

    def _moment(self) -> int:
        at_ms: int | None = self.cleaned_data.get("at_ms")
        if at_ms is None:
            at_ms = int((self.cleaned_data.get("at_second") or Decimal(0)) * 1000)
        return at_ms

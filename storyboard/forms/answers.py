"""Which change answers a note."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from storyboard.models.changes import Change

_GONE = gettext_lazy("The draft has no such change any more. Nothing was answered. Choose another.")
_NONE = gettext_lazy("No change is chosen. Nothing was answered. Choose the one that answers.")


class AnswerForm(forms.Form):
    """One of the changes there are, by its value; cleaned it is the Change."""

    change = forms.ChoiceField(
        error_messages={"required": _NONE, "invalid_choice": _GONE}, widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, *, changes: Iterable[Change]) -> None:
        super().__init__(data)
        self._changes = {change.value: change for change in changes}
        field = self.fields["change"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (see above)
        field.choices = [(value, value) for value in self._changes]

    def clean_change(self) -> Change:
        return self._changes[self.cleaned_data["change"]]

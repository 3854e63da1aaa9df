"""A drawing on the frame of a note, as the page sends it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from storyboard.media.drawings import Drawing, DrawingRefused, read_drawing

_LABEL = gettext_lazy("Drawing")


class DrawingField(forms.CharField):
    """A hidden field of JSON; cleaned it is a list of shapes (media/drawings.py), [] without."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"required": False, "label": _LABEL, "widget": forms.HiddenInput, **kwargs}
        )

    def clean(self, value: Any) -> Any:
        return self._read(super().clean(value))

    def _read(self, text: str) -> Drawing:
        try:
            return read_drawing(text)
        except DrawingRefused as refused:
            raise forms.ValidationError(refused.words, refused.code) from refused

"""What an open page says of the person before it."""

from __future__ import annotations

from django import forms


class PresenceForm(forms.Form):
    """`writing` is the key of a shot, `note` or empty; `leaving` says that the page closes."""

    writing = forms.CharField(required=False, max_length=22)
    leaving = forms.BooleanField(required=False)

"""What a person answers in a review, and how they order."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from storyboard.models import MOST_TAKES
from storyboard.models.reviews import Decision

MOST_CHARACTERS: int = Decision._meta.get_field("note").max_length or 2000


class ChangesForm(forms.Form):
    """Asking for changes needs words about what to change."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=MOST_CHARACTERS,
        error_messages={"required": gettext_lazy("Write what to change. Nothing was sent.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class OrderForm(forms.Form):
    """`slot` is the take the person saw on the button: pressing it twice orders one.

    `price_unknown` is the ticked box under an order whose price no list names.
    """

    slot = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_TAKES, widget=forms.HiddenInput
    )
    price_unknown = forms.BooleanField(required=False)

"""What a person says about one shot of a take, and about the take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.models import RedoReason, ShotVerdict
from storyboard.models.take_decisions import MOST_CHARACTERS
from storyboard.models.verdicts import MOST_WORDS


class VerdictForm(forms.Form):
    """Keep, or redo with a reason of the list and, if wanted, words."""

    verdict = forms.ChoiceField(choices=ShotVerdict.Verdict)
    reason = forms.ChoiceField(choices=RedoReason, required=False)
    words = forms.CharField(
        max_length=MOST_WORDS,
        required=False,
        error_messages={
            "max_length": gettext_lazy(
                "These are %(show_value)s characters; a reason takes %(limit_value)s. "
                "Nothing was changed. Put the rest into a note."
            )
        },
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_redo = cleaned.get("verdict") == ShotVerdict.Verdict.REDO
        if is_redo and not cleaned.get("reason") and "reason" not in self.errors:
            words = _("Say why the shot is to be made again. Nothing was changed. Choose a reason.")
            self.add_error("reason", words)
        return cleaned


class TakeChangesForm(forms.Form):
    """Words may be missing where the person has an open note on the take: the verb knows."""

    words = forms.CharField(
        max_length=MOST_CHARACTERS,
        required=False,
        error_messages={
            "max_length": gettext_lazy(
                "These are %(show_value)s characters; a decision takes %(limit_value)s. "
                "Nothing was sent. Put the rest into notes."
            )
        },
    )

"""A storyboard's name, settings, library entries, and sending it for review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.forms.drafts import DraftForm, SecondsField, WordsField
from storyboard.kling.capabilities import ASPECT_RATIOS, MODELS
from storyboard.models import MOST_TAKES, Element, Shooting, Storyboard, Team, Voice

MOST_NAME = 80

MODES: dict[str, str] = {}  # wire name → title; the current models, which come first, say it
for _model in MODELS.values():
    for _mode in _model.modes:
        MODES.setdefault(_mode.name, _mode.title)


def choice(choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    """One of the listed values; another one is not stored."""
    words = gettext_lazy("Not saved: %(value)s is not in the list. What was there before stays.")
    empty = gettext_lazy("Not saved: nothing was chosen. What was there before stays.")
    return forms.ChoiceField(
        choices=choices,
        error_messages={"invalid_choice": words, "required": empty},
    )


class StrengthField(forms.FloatField):
    """How closely Kling keeps to the prompt, 0 to 1; empty leaves it to Kling."""

    def __init__(self) -> None:
        words = gettext_lazy(
            "Not saved: the prompt strength is a number from 0 to 1, or empty. "
            "What was there before stays."
        )
        super().__init__(
            required=False,
            min_value=0,
            max_value=1,
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), words),
        )


class SettingsForm(DraftForm):
    """The settings a draft can store, also those its model cannot do."""

    model = choice([(model.name, model.title) for model in MODELS.values()])
    mode = choice(list(MODES.items()))
    aspect_ratio = choice([(ratio, ratio) for ratio in ASPECT_RATIOS])
    sound = forms.BooleanField(required=False)
    shooting = choice(list(Shooting.choices))
    total_seconds = SecondsField()
    watermark = forms.BooleanField(required=False)
    negative_prompt = WordsField()
    cfg_scale = StrengthField()


class NameForm(forms.Form):
    """A storyboard's name."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=MOST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Write a name."),
            "max_length": gettext_lazy("A name has up to 80 characters. Shorten it."),
        },
    )

    @classmethod
    def of(cls, board: Storyboard) -> NameForm:
        return cls(initial={"name": board.name})


class KindForm(forms.Form):
    """Elements or voices."""

    kind = forms.ChoiceField(choices=[("element", "element"), ("voice", "voice")])


class AttachForm(KindForm):
    """An entry of the team's library to be put on the storyboard (`on=1`) or taken off (`on=0`).

    `cleaned_data["entry"]` is the Element or Voice.
    """

    key = forms.CharField(max_length=22)
    on = forms.ChoiceField(choices=[("1", "on"), ("0", "off")])

    def __init__(self, data: QueryDict, *, team: Team) -> None:
        super().__init__(data)
        self.team = team

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        noun: type[Element | Voice] = Voice if found.get("kind") == "voice" else Element
        own = noun._default_manager.filter(team=self.team, removed_at=None)
        found["entry"] = own.filter(key=found.get("key", "")).first()
        if found["entry"] is None:
            raise forms.ValidationError(_("The library has no such entry."))
        return found


class SendForm(forms.Form):
    """How many takes may be ordered at most; one when nothing is said."""

    takes = forms.IntegerField(
        min_value=1,
        max_value=MOST_TAKES,
        required=False,
        error_messages={
            name: gettext_lazy("Not sent: takes are a whole number from 1 to 4.")
            for name in ("invalid", "min_value", "max_value")
        },
    )

    def most_takes(self) -> int:
        return self.cleaned_data["takes"] or 1

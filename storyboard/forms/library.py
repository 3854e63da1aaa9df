"""Elements and voices by the id Kling knows them by."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from storyboard.models import Element, Team, Voice


class LibraryForm(forms.Form):
    """A name for people and an id for Kling; the id stands once in a team's library."""

    noun: type[Element] | type[Voice] = Element

    name = forms.CharField(
        label=_("Name"),
        max_length=40,
        error_messages={
            "required": _("Write a name; it stands in the prompts on screen."),
            "max_length": _("A name has 40 characters at most; this one has %(show_value)d."),
        },
    )
    kling_id = forms.CharField(
        label=_("Kling id"),
        max_length=64,
        validators=[
            RegexValidator(
                r"\A[A-Za-z0-9_-]*\Z",
                _("A Kling id has letters, digits, - and _ only. Copy it again from Kling."),
            )
        ],
        error_messages={
            "required": _("Write the id that Kling gave it."),
            "max_length": _("A Kling id has 64 characters at most; this one has %(show_value)d."),
        },
    )

    def __init__(self, data: QueryDict | None = None, *, team: Team) -> None:
        ids = f"{self.noun.__name__.lower()}_%s"  # both forms stand on one page
        super().__init__(data, auto_id=ids)
        self.team = team

    def clean_kling_id(self) -> str:
        """Named where the library has it already: the constraint would only say no."""
        kling_id: str = self.cleaned_data["kling_id"]
        there = self.noun.objects.filter(team=self.team, kling_id=kling_id, removed_at=None)
        if (row := there.first()) is not None:
            words = _("%(name)s has this id already. Nothing was added.") % {"name": row.name}
            raise forms.ValidationError(words, "twice")
        return kling_id


class ElementForm(LibraryForm):
    noun = Element


class VoiceForm(LibraryForm):
    noun = Voice

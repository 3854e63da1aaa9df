"""What a person asks of the history: words, kinds, a storyboard, a person, days."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from storyboard.models import Storyboard, User
from storyboard.models.history_asked import Asked, Kind

SYSTEM = "greenlight"  # no key: keys have 22 characters
_SHOWN = ("q", "kind", "storyboard", "person", "since", "until")
_DAY_WORDS = _("A day is written as 2026-11-20. It was left out.")
# Midnights beyond these cannot be told in every zone.
_DAYS = [MinValueValidator(date(2000, 1, 1), _DAY_WORDS), MaxValueValidator(date(2999, 12, 31), _DAY_WORDS)]  # fmt: skip  # noqa: E501


def _day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "field"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        validators=_DAYS,
        error_messages={"invalid": _DAY_WORDS},
    )


class HistoryForm(forms.Form):
    """A GET form; a field that makes no sense is left out of what is asked."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={"max_length": _("Search for 100 characters at most. It was left out.")},
    )
    kind = forms.MultipleChoiceField(label=_("Kinds"), required=False, choices=Kind.choices)
    storyboard = forms.ChoiceField(
        label=_("Storyboard"), required=False, widget=forms.Select(attrs={"class": "field"})
    )
    person = forms.ChoiceField(
        label=_("Person"), required=False, widget=forms.Select(attrs={"class": "field"})
    )
    since = _day_field(_("From"))
    until = _day_field(_("To"))

    def __init__(
        self, data: QueryDict, *, storyboards: list[Storyboard], people: list[User]
    ) -> None:
        super().__init__(data)
        self._storyboards = {board.key: board for board in storyboards}
        self._people = {person.key: person for person in people}
        self._choose("storyboard", [("", _("Any storyboard")), *_named(self._storyboards)])
        self._choose(
            "person", [("", _("Anyone")), *_named(self._people), (SYSTEM, _("Greenlight"))]
        )
        self.is_valid()

    @property
    def asked(self) -> Asked:
        said = self.cleaned_data
        first, last = said.get("since"), said.get("until")
        if first and last and first > last:  # the same days, told the other way round
            first, last = last, first
        return Asked(
            words=said.get("q", ""),
            kinds=tuple(said.get("kind", ())),
            storyboard=self._storyboards.get(said.get("storyboard", "")),
            person=self._people.get(said.get("person", "")),
            by_system=said.get("person") == SYSTEM,
            first_day=first,
            last_day=last,
        )

    @property
    def asks_for_unknown(self) -> bool:
        """For a storyboard or person that is not in this project."""
        return bool({"storyboard", "person"} & set(self.errors))

    def query(self, **changes: Any) -> str:
        """The filters as they stand in an address, some replaced; "" when there are none."""
        said: dict[str, Any] = {name: self.cleaned_data.get(name) for name in _SHOWN} | changes
        return urlencode({name: value for name, value in said.items() if value}, doseq=True)

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        choice = self.fields[name]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101
        choice.choices = choices


def _named(rows: dict[str, Any]) -> list[tuple[str, str]]:
    return [(key, str(row)) for key, row in rows.items()]

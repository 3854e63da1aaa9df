"""How a person is called, how the pages look to them and which keys they answer."""

import zoneinfo
from functools import cache

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from storyboard.models import User


class PersonForm(forms.Form):
    """Name, theme, time zone and keys of the person who is signed in."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        error_messages={
            "required": _("Write the name others see."),
            "max_length": _("A name has 80 characters at most; this one has %(show_value)d."),
        },
    )
    theme = forms.ChoiceField(
        label=_("Theme"), choices=User.Theme.choices, widget=forms.RadioSelect
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    single_keys = forms.BooleanField(
        label=_("Single-letter keys"),
        required=False,
        help_text=_("Such as N, ? and J K L. Off, only keys with Ctrl or Alt and the arrows work."),
    )

    def __init__(self, data: QueryDict | None, *, person: User) -> None:
        names = ("name", "theme", "time_zone", "single_keys")
        initial = {name: getattr(person, name) for name in names}
        super().__init__(data, initial=initial)
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)  # noqa: S101
        zone.choices = [("", "UTC"), *((name, name.replace("_", " ")) for name in _zones())]


@cache
def _zones() -> tuple[str, ...]:
    """Continent/City names; the old short names and aliases would only double the list."""
    found = sorted(
        name
        for name in zoneinfo.available_timezones()
        if "/" in name and not name.startswith(("Etc/", "posix/", "right/", "SystemV/", "US/"))
    )
    return tuple(found)

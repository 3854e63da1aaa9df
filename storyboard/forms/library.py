"""The library: what is asked of its shelves, and entries by the id Kling knows them by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.models import Account, Team, Voice
from storyboard.models.entries import LONGEST_NAME, LONGEST_TAG, MOST_TAGS
from storyboard.models.shelves import KINDS, ShelvesAsked


class ShelvesForm(forms.Form):
    """What is shown of the library: a GET form; a field that makes no sense asks for nothing."""

    q = forms.CharField(required=False, max_length=80)
    tag = forms.CharField(required=False, max_length=LONGEST_TAG)
    kind = forms.ChoiceField(required=False, choices=[(kind, kind) for kind in KINDS])
    sort = forms.ChoiceField(required=False, choices=[("name", "name")])

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def asked(self) -> ShelvesAsked:
        said = self.cleaned_data
        return ShelvesAsked(
            words=said.get("q", ""),
            tag=said.get("tag", ""),
            kind=said.get("kind", ""),
            by_name=bool(said.get("sort")),
        )

    def query(self, **changes: object) -> str:
        """The filters as they stand in an address, some replaced; "" when there are none."""
        said = {name: self.cleaned_data.get(name) for name in self.fields} | changes
        return urlencode({name: value for name, value in said.items() if value})


class TagsField(forms.CharField):
    """Words between commas; cleaned to a list without repetition."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Tags"),
            required=False,
            max_length=(LONGEST_TAG + 2) * MOST_TAGS * 2,
            help_text=gettext_lazy("Up to eight, with commas between: character, night one."),
        )

    def prepare_value(self, value: object) -> object:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: object) -> list[str]:
        words = [" ".join(part.split()) for part in str(super().clean(value)).split(",")]
        tags = list({word.casefold(): word for word in reversed(words) if word}.values())[::-1]
        if len(tags) > MOST_TAGS:
            raise forms.ValidationError(
                _("There are %(n)s tags; eight are the most. Remove some.") % {"n": len(tags)}
            )
        for tag in tags:
            if len(tag) > LONGEST_TAG:
                raise forms.ValidationError(
                    _("The tag “%(tag)s” has %(n)s characters; 20 are the most. Shorten it.")
                    % {"tag": tag, "n": len(tag)}
                )
        return tags


class NameField(forms.CharField):
    """Kling's own limit: twenty characters."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Name"),
            max_length=LONGEST_NAME,
            error_messages={
                "required": gettext_lazy("Write a name; it stands in the prompts on screen."),
                "max_length": gettext_lazy(
                    "A name has 20 characters at most; this one has %(show_value)d."
                ),
            },
        )
        # Typing past the limit is allowed, and the words then say by how much.
        self.widget.attrs.pop("maxlength", None)


class AccountField(forms.ModelChoiceField):
    """One of the accounts that keep a library; none chosen where none is required."""

    def __init__(self, *, required: bool, help_text: Any = "") -> None:
        super().__init__(
            label=gettext_lazy("Account"),
            queryset=Account.objects.none(),
            to_field_name="key",
            required=required,
            empty_label=None if required else gettext_lazy("None yet, keep it here only"),
            help_text=help_text,
            error_messages={
                "required": gettext_lazy("Choose the account it belongs to."),
                "invalid_choice": gettext_lazy("The team has no such account. Choose another."),
            },
        )

    def offer(self, accounts: Iterable[Account]) -> None:
        rows = list(accounts)
        self.queryset = Account.objects.filter(pk__in=[row.pk for row in rows])
        if rows:
            self.initial = rows[0].key


def offer_accounts(form: forms.Form, accounts: list[Account]) -> None:
    """Fill the form's `account`; without any, one that may stay empty is not asked at all."""
    field = form.fields["account"]
    assert isinstance(field, AccountField)  # noqa: S101
    field.offer(accounts)
    if not accounts and not field.required:
        del form.fields["account"]


class KnownForm(forms.Form):
    """A name for people, and the id Kling knows the entry by on one account."""

    name = NameField()
    kling_id = forms.CharField(
        label=gettext_lazy("Kling id"),
        max_length=64,
        validators=[
            RegexValidator(
                r"\A[A-Za-z0-9_-]*\Z",
                gettext_lazy(
                    "A Kling id has letters, digits, - and _ only. Copy it again from Kling."
                ),
            )
        ],
        error_messages={
            "required": gettext_lazy("Write the id that Kling gave it."),
            "max_length": gettext_lazy(
                "A Kling id has 64 characters at most; this one has %(show_value)d."
            ),
        },
    )
    account = AccountField(required=True)

    def __init__(self, data: QueryDict | None = None, *, accounts: list[Account]) -> None:
        super().__init__(data)
        self.has_accounts = bool(accounts)
        offer_accounts(self, accounts)


class VoiceSettingsForm(forms.Form):
    """What may change of a voice without another making."""

    name = NameField()
    tags = TagsField()

    def __init__(self, data: QueryDict | None = None, *, voice: Voice) -> None:
        super().__init__(data, initial={"name": voice.name, "tags": voice.tags})


class PresetForm(forms.Form):
    """Which of Kling's own is chosen, and the words they are searched by."""

    preset = forms.CharField(required=False, max_length=64)
    q = forms.CharField(required=False, max_length=80)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def words(self) -> str:
        words: str = self.cleaned_data.get("q", "")
        return words

    def query(self, **more: str) -> str:
        said = {"q": self.words} | more
        return urlencode({name: value for name, value in said.items() if value})


class OnAccountForm(forms.Form):
    """On which account an entry is to be created."""

    account = AccountField(required=True)

    def __init__(self, data: QueryDict, *, team: Team) -> None:
        super().__init__(data)
        offer_accounts(self, list(team.accounts.all()))

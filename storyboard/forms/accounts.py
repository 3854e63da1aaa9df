"""A team's account: where it is, what opens it, and how it is used.

Secrets are typed and never drawn again: their fields forget what they were given, and a form that
is refused for something else asks for them once more.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.forms.projects import name_field
from storyboard.kling.guard import AddressRefused, check_base
from storyboard.kling.profiles import OFFICIAL, PROFILES
from storyboard.kling.signatures import is_secret
from storyboard.models import Account, Team

MOST_SLOTS = 200
ELSEWHERE = "elsewhere"
_KEY = re.compile(r"[!-~]+")
_SECRETS = ("api_key", "access_key", "secret_key", "webhook_secret")


def _secret_field(label: object, help_text: object = "") -> forms.CharField:
    widget = forms.PasswordInput(
        render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"}
    )
    return forms.CharField(
        label=str(label), required=False, max_length=500, widget=widget, help_text=str(help_text)
    )


def _slots_field() -> forms.IntegerField:
    words = gettext_lazy("Write a whole number from 1 to 200.")
    return forms.IntegerField(
        label=gettext_lazy("Takes at once"),
        min_value=1,
        max_value=MOST_SLOTS,
        initial=5,
        help_text=gettext_lazy("How many the account's packs allow; more wait their turn."),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
    )


def _follows_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=gettext_lazy("End frame with several shots"),
        required=False,
        help_text=gettext_lazy(
            "Kling's notice of 7 May 2026 allows both together; its other documents refuse it. "
            "Switch it on when this account follows the notice."
        ),
    )


def _webhook_field() -> forms.CharField:
    return _secret_field(
        gettext_lazy("Webhook secret"),
        gettext_lazy(
            "Begins with whsec_. With it, a wrongly signed callback is refused, and an unsigned "
            "one too once Kling has been seen to sign."
        ),
    )


class SecretsForm(forms.Form):
    """Forgets every secret it was given, and says so where the page comes back."""

    def is_valid(self) -> bool:
        valid = super().is_valid()
        if self.is_bound and not valid:
            for name in _SECRETS:
                if self.data.get(name) and name in self.fields and name not in self.errors:
                    words = _("Type it again: a secret is never sent back to the page.")
                    self.add_error(name, words)
        return valid

    def clean_webhook_secret(self) -> str:
        secret = str(self.cleaned_data["webhook_secret"])
        if secret and not (secret.startswith("whsec_") and is_secret(secret)):
            raise ValidationError(
                _("A webhook secret is whsec_ and letters and digits in Base64. Copy it whole.")
            )
        return secret


class CredentialForm(SecretsForm):
    """What opens an account: one API key, or where the profile takes it a pair of keys.

    `cleaned_data["credential"]` is the text an account keeps; `["auth"]` says which of the two.
    """

    auth = forms.ChoiceField(
        label=gettext_lazy("It is opened with"),
        choices=Account.Auth.choices,
        initial=Account.Auth.KEY,
        required=False,
        widget=forms.RadioSelect,
    )
    api_key = _secret_field(gettext_lazy("API key"))
    access_key = _secret_field(gettext_lazy("Access key"))
    secret_key = _secret_field(gettext_lazy("Secret key"))

    def __init__(self, data: QueryDict | None = None, *, account: Account | None = None) -> None:
        super().__init__(data, initial={"auth": account.auth} if account else None)
        if account is not None and "pair" not in account.dialect.auth:
            for name in ("auth", "access_key", "secret_key"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["auth"] = self._auth(data)
        is_pair = data["auth"] == Account.Auth.PAIR
        wanted = ("access_key", "secret_key") if is_pair else ("api_key",)
        for name in wanted:
            self._check_key(name, data.get(name, ""))
        data["credential"] = ":".join(data.get(name, "") for name in wanted)
        return data

    def _auth(self, data: dict[str, Any]) -> str:
        return data.get("auth") or Account.Auth.KEY

    def _check_key(self, name: str, key: str) -> None:
        if name in self.errors:
            return
        label = str(self.fields[name].label)
        if not key:
            self.add_error(name, _("Type the %(what)s.") % {"what": _lower_first(label)})
        elif not _KEY.fullmatch(key):
            self.add_error(name, _("It holds spaces or characters no key has. Copy it again."))
        elif name == "access_key" and ":" in key:
            self.add_error(name, _("An access key has no colon. Copy it again, without the other."))


class AccountForm(CredentialForm):
    """A new account of a team.

    `cleaned_data["address"]` is scheme and host, whichever way it was told.
    """

    name = name_field(gettext_lazy("the account"))
    profile = forms.ChoiceField(
        label=gettext_lazy("Profile"),
        choices=[(profile.name, profile.title) for profile in PROFILES.values()],
        initial=OFFICIAL.name,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose whose account this is."),
            "invalid_choice": gettext_lazy("Choose whose account this is."),
        },
    )
    place = forms.ChoiceField(label=gettext_lazy("Where it is"), required=False)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Scheme and host, such as https://api.example.com."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}
        ),
        error_messages={"max_length": gettext_lazy("An address has 200 characters at most.")},
    )
    slots = _slots_field()
    reading = forms.ChoiceField(
        label=gettext_lazy("Drafts are held to"),
        required=False,
        choices=[
            ("", gettext_lazy("What is usual for the profile")),
            *Account.Reading.choices,
        ],
        help_text=gettext_lazy(
            "The map also refuses what only Kling's public pages exclude. The documents alone "
            "refuse less, and Kling may refuse more. Usual is the map for Kling itself, the "
            "documents for a gateway."
        ),
    )
    follows_end_frame_change = _follows_field()
    webhook_secret = _webhook_field()

    field_order = (
        "name", "profile", "place", "address", "auth", "api_key", "access_key", "secret_key",
        "slots", "reading", "follows_end_frame_change", "webhook_secret",
    )  # fmt: skip

    def __init__(self, data: QueryDict | None = None, *, team: Team) -> None:
        super().__init__(data)
        self.team = team
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)  # noqa: S101
        place.choices = _places()

    def clean_name(self) -> str:
        return _own_name(self.team, self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        profile = PROFILES.get(data.get("profile", ""))
        if profile is None:
            return data
        if "place" not in self.errors and "address" not in self.errors:
            try:
                data["address"] = _address_of(profile.name, data["place"], data["address"])
            except ValidationError as refused:
                self.add_error("address" if data["address"] else "place", refused)
        return data

    def _auth(self, data: dict[str, Any]) -> str:
        """Where a profile takes no pair, the choice is not shown and means nothing."""
        profile = PROFILES.get(data.get("profile", ""), OFFICIAL)
        auth = super()._auth(data)
        return auth if auth in profile.auth else Account.Auth.KEY


class AccountSettingsForm(forms.Form):
    """How an account is used; orders already made are not touched by it."""

    name = name_field(gettext_lazy("the account"))
    slots = _slots_field()
    reading = forms.ChoiceField(
        label=gettext_lazy("Drafts are held to"),
        choices=Account.Reading.choices,
        help_text=gettext_lazy(
            "The map also refuses what only Kling's public pages exclude. The documents alone "
            "refuse less, and Kling may refuse more."
        ),
    )
    follows_end_frame_change = _follows_field()
    lends_pictures = forms.BooleanField(
        label=gettext_lazy("Pictures by address"),
        required=False,
        help_text=gettext_lazy(
            "Kling fetches pictures from this installation, at addresses that work for three "
            "hours, instead of being sent them. It needs a PUBLIC_URL that Kling can reach; "
            "without one they are sent."
        ),
    )

    def __init__(self, data: QueryDict | None = None, *, account: Account) -> None:
        super().__init__(data, initial={name: getattr(account, name) for name in self.base_fields})
        self.account = account

    def clean_name(self) -> str:
        return _own_name(self.account.team, self.cleaned_data["name"], besides=self.account)


class WebhookSecretForm(SecretsForm):
    """The secret that callbacks are signed with from now on."""

    webhook_secret = _webhook_field()

    def clean_webhook_secret(self) -> str:
        if not self.cleaned_data["webhook_secret"]:
            raise ValidationError(_("Paste the secret. It begins with whsec_."))
        return super().clean_webhook_secret()


def checked_address(address: str) -> str:
    """Scheme and host without a slash at the end. ValidationError with words for any other."""
    try:
        return check_base(address, allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS)
    except AddressRefused as refused:
        raise ValidationError(refused.words) from None


def _address_of(profile: str, place: str, typed: str) -> str:
    """The address that was chosen or typed. ValidationError where they do not go together."""
    if place not in ("", ELSEWHERE):
        owner, _colon, host = place.partition(" ")
        if owner != profile:
            words = _("This is an address of %(title)s. Choose another, or the other profile.")
            raise ValidationError(words % {"title": PROFILES[owner].title})
        return host
    if not typed and place == ELSEWHERE:
        raise ValidationError(_("Write the address below."))
    found = typed or PROFILES[profile].default_address
    if not found:
        raise ValidationError(
            _("No document names the host of this gateway. Choose another address and write it.")
        )
    return checked_address(found)


def _places() -> list[tuple[str, str]]:
    known = [
        (
            f"{profile.name} {host}",
            f"{profile.title}, {title}" if len(profile.addresses) > 1 else title,
        )
        for profile in PROFILES.values()
        for title, host in profile.addresses
    ]
    usual = ("", _("The usual address of the profile"))
    return [usual, *known, (ELSEWHERE, _("Another address"))]


def _own_name(team: Team, name: str, *, besides: Account | None = None) -> str:
    """The name, where no other account of the team has it: people tell them apart by it."""
    others = team.accounts.filter(name=name)
    if (others if besides is None else others.exclude(pk=besides.pk)).exists():
        raise ValidationError(_("The team has an account of this name. Choose another name."))
    return name


def _lower_first(label: str) -> str:
    return label if label[:2].isupper() else label[:1].lower() + label[1:]

"""What may be typed about an account, and what is never drawn again."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from pytest_django import Settings

from storyboard.forms.accounts import (
    AccountForm,
    AccountSettingsForm,
    CredentialForm,
    WebhookSecretForm,
    checked_address,
)
from storyboard.models import Account, Team

SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="


def posted(**told: object) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({name: str(value) for name, value in told.items()})
    return data


def new(team: Team, **told: object) -> AccountForm:
    usual = {"name": "Main", "profile": "official", "api_key": "sk-canary", "slots": 5}
    return AccountForm(posted(**{**usual, **told}), team=team)


def cleaned(form: AccountForm) -> dict[str, object]:
    assert form.is_valid(), form.errors
    return form.cleaned_data


def test_the_usual_address_is_the_profiles(team: Team) -> None:
    assert cleaned(new(team))["address"] == "https://api-singapore.klingai.com"
    powertokens = cleaned(new(team, profile="powertokens"))
    assert powertokens["address"] == "https://api.powertokens.ai"


def test_a_known_address_is_chosen(team: Team) -> None:
    beijing = "official https://api-beijing.klingai.com"
    assert cleaned(new(team, place=beijing))["address"] == "https://api-beijing.klingai.com"


def test_a_typed_address_needs_no_choice(team: Team) -> None:
    form = new(team, profile="gateway004", address="https://gateway.example/")
    assert cleaned(form)["address"] == "https://gateway.example"


@pytest.mark.parametrize(
    ("told", "field", "words"),
    [
        ({"profile": "gateway004"}, "place", "No document names the host"),
        ({"place": "elsewhere"}, "place", "Write the address below"),
        (
            {"profile": "powertokens", "place": "official https://api-beijing.klingai.com"},
            "place",
            "This is an address of Kling",
        ),
        ({"address": "http://api.example"}, "address", "must be https"),
        ({"address": "https://10.0.0.8"}, "address", "private network"),
        ({"address": "https://u:p@api.example"}, "address", "user name"),
        ({"address": "https://api.example/v1"}, "address", "scheme and host only"),
        ({"address": "https://api.example?x=1"}, "address", "scheme and host only"),
        ({"address": "https://api.example?"}, "address", "scheme and host only"),
        ({"address": "https://api.example/#"}, "address", "scheme and host only"),
        ({"address": "nonsense"}, "address", "use https"),
        ({"name": ""}, "name", "Write a name"),
        ({"profile": "other"}, "profile", "Choose whose account"),
        ({"api_key": ""}, "api_key", "Type the API key"),
        ({"api_key": "two words"}, "api_key", "no key has"),
        ({"api_key": "schlüssel"}, "api_key", "no key has"),
        ({"auth": "pair", "access_key": "ak"}, "secret_key", "Type the secret key"),
        ({"auth": "pair", "secret_key": "sk"}, "access_key", "Type the access key"),
        ({"auth": "pair", "access_key": "a:b", "secret_key": "sk"}, "access_key", "no colon"),
        ({"slots": 0}, "slots", "from 1 to 200"),
        ({"slots": 201}, "slots", "from 1 to 200"),
        ({"slots": "many"}, "slots", "from 1 to 200"),
        ({"webhook_secret": "dGVzdA=="}, "webhook_secret", "whsec_"),
        ({"webhook_secret": "whsec_!"}, "webhook_secret", "whsec_"),
        ({"webhook_secret": "whsec_"}, "webhook_secret", "whsec_"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_the_field(
    team: Team, told: dict[str, object], field: str, words: str
) -> None:
    form = new(team, **told)
    assert not form.is_valid()
    assert words in " ".join(form.errors[field])


def test_a_pair_becomes_one_credential(team: Team) -> None:
    told = cleaned(new(team, auth="pair", access_key="ak", secret_key="sk", api_key=""))
    assert (told["auth"], told["credential"]) == ("pair", "ak:sk")


def test_a_gateway_takes_its_key_whatever_was_chosen_for_kling(team: Team) -> None:
    told = cleaned(new(team, profile="powertokens", auth="pair", access_key="ak"))
    assert (told["auth"], told["credential"]) == ("key", "sk-canary")


def test_of_two_kinds_only_the_chosen_one_counts(team: Team) -> None:
    assert cleaned(new(team, access_key="ak"))["credential"] == "sk-canary"


def test_a_listed_simulator_may_be_on_loopback(settings: Settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = frozenset({"127.0.0.1:9901"})
    assert checked_address("http://127.0.0.1:9901/") == "http://127.0.0.1:9901"
    with pytest.raises(ValidationError):
        checked_address("http://127.0.0.1:9902")


def test_two_accounts_of_a_team_have_two_names(team: Team, account: Account) -> None:
    form = new(team, name=account.name)
    assert not form.is_valid()
    assert "of this name" in str(form.errors["name"])


def test_an_account_may_keep_its_name(account: Account) -> None:
    told = posted(name=account.name, slots=7, reading="documents")
    assert AccountSettingsForm(told, account=account).is_valid()


def test_an_account_may_not_take_anothers_name(team: Team, account: Account) -> None:
    other = Account.objects.create(team=team, name="Second", address="https://a.example")
    told = posted(name=account.name, slots=7, reading="map")
    assert not AccountSettingsForm(told, account=other).is_valid()


def test_no_secret_is_drawn_again_and_each_is_asked_for_once_more(team: Team) -> None:
    form = new(team, name="", webhook_secret=SECRET, access_key="ak-canary")
    assert not form.is_valid()
    for name in ("api_key", "access_key", "webhook_secret"):
        assert "Type it again" in " ".join(form.errors[name])
    drawn = form.as_div()
    assert "canary" not in drawn
    assert SECRET not in drawn


def test_a_refused_secret_is_not_asked_for_twice(team: Team) -> None:
    form = new(team, webhook_secret="whsec_!")
    assert not form.is_valid()
    assert len(form.errors["webhook_secret"]) == 1


def test_a_gateways_key_is_a_single_one(account: Account) -> None:
    account.profile = "powertokens"
    form = CredentialForm(posted(api_key="sk"), account=account)
    assert set(form.fields) == {"api_key"}
    assert form.is_valid()
    assert (form.cleaned_data["auth"], form.cleaned_data["credential"]) == ("key", "sk")


@pytest.mark.parametrize(("secret", "is_good"), [(SECRET, True), ("", False), ("whsec_ä", False)])
def test_a_webhook_secret_is_checked_by_its_form(secret: str, is_good: bool) -> None:
    assert WebhookSecretForm(posted(webhook_secret=secret)).is_valid() is is_good

"""The pages of signing in, in our frame and our words."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from storyboard.models import User
from tests import builders

FORBIDDEN = re.compile(r"\b(please|oops|successfully)\b|!(?!doctype|--)", re.IGNORECASE)


def words_of(page: str) -> str:
    """What a person reads: tags taken away."""
    return re.sub(r"<[^>]+>", " ", page)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["account_login", "account_reset_password", "account_reset_password_done", "account_signup"],
)
def test_pages_before_signing_in_are_ours(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    page = response.content.decode()
    assert response.status_code == 200
    assert 'class="si"' in page
    assert not FORBIDDEN.search(words_of(page))


def test_signing_in_by_email_and_password_leads_home(client: Client, alice: User) -> None:
    response = client.post(
        reverse("account_login"), {"login": alice.email, "password": builders.PASSWORD}
    )
    assert response.status_code == 302
    assert response["Location"] == reverse("home")


def test_a_wrong_password_is_said_and_the_address_is_kept(client: Client, alice: User) -> None:
    response = client.post(
        reverse("account_login"), {"login": alice.email, "password": "not the password"}
    )
    page = response.content.decode()
    assert 'class="err"' in page
    assert "This address and password do not belong together." in page
    assert f'value="{alice.email}"' in page


def test_no_message_greets_who_signed_in(client: Client, alice: User) -> None:
    form = {"login": alice.email, "password": builders.PASSWORD}
    page = client.post(reverse("account_login"), form, follow=True).content.decode()
    assert '<li class="toast' not in page


def test_a_member_changes_their_password(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.get(reverse("account_change_password")).content.decode()
    assert page.count('type="password"') == 3
    client.post(
        reverse("account_change_password"),
        {
            "oldpassword": builders.PASSWORD,
            "password1": "nine steps up",
            "password2": "nine steps up",
        },
    )
    alice.refresh_from_db()
    assert alice.check_password("nine steps up")


def test_a_refused_password_is_said_beside_its_field(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.post(
        reverse("account_change_password"),
        {"oldpassword": builders.PASSWORD, "password1": "12", "password2": "12"},
    ).content.decode()
    assert 'aria-invalid="true"' in page
    beside = page.split('id="id_password1-errors"')[1].split("</div>")[0]
    assert "too short" in beside


def test_a_forgotten_password_is_set_by_a_link_that_works_once(client: Client, alice: User) -> None:
    client.post(reverse("account_reset_password"), {"email": alice.email})
    (message,) = mail.outbox
    assert not FORBIDDEN.search(message.body)
    (address,) = re.findall(r"http://testserver(\S+)", message.body)
    form = client.get(address, follow=True)
    action = form.redirect_chain[-1][0]
    assert "<h1>Set a password</h1>" in form.content.decode()
    client.post(action, {"password1": "nine steps up", "password2": "nine steps up"})
    alice.refresh_from_db()
    assert alice.check_password("nine steps up")
    again = Client().get(address, follow=True).content.decode()
    assert "no longer works" in again


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html"])
def test_error_pages_say_what_happened_what_is_kept_and_where_to_go(name: str) -> None:
    page = render_to_string(name)
    assert "<h1>" in page
    assert re.search(r'<a class="btn lg" href="/"', page)
    assert not FORBIDDEN.search(words_of(page))

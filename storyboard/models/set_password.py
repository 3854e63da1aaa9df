"""The one-time link by which a new person sets their first password."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from storyboard.models.teams import User


def set_password_path(user: User) -> str:
    """The path of the link: good for PASSWORD_RESET_TIMEOUT, and for one password only."""
    return reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": default_token_generator.make_token(user),
        },
    )

"""How a stored file reaches Kling: as its bytes, or by an address Kling fetches it at."""

from __future__ import annotations

import base64

from django.conf import settings
from django.urls import reverse

from storyboard.models import Account
from storyboard.models.files import files
from storyboard.models.lending import lend


def picture(file: str, account: Account) -> str:
    """A stored picture as the account prefers it: its bytes, or an address. Raises OSError."""
    address = as_address(file) if account.lends_pictures else ""
    return address or as_bytes(file)


def as_bytes(file: str) -> str:
    """A stored picture as bare base64. Raises OSError where the storage does not give it."""
    with files().open(file, "rb") as stored:
        return base64.b64encode(stored.read()).decode()


def as_address(file: str) -> str:
    """Where Kling fetches a stored file within the next hours; "" without a PUBLIC_URL."""
    if not settings.PUBLIC_URL:
        return ""
    token, name = lend(file)
    return settings.PUBLIC_URL.rstrip("/") + reverse("lent", args=[token, name])

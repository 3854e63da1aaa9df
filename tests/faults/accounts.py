"""The accounts of a campaign, each with a provider of its own."""

from __future__ import annotations

import base64
from dataclasses import dataclass


@dataclass(frozen=True)
class Terms:
    """What an account agreed on: its dialect, places at once, and a secret that signs callbacks.

    `charges_twice`: what comes twice under one name is paid twice, whatever the dialect promises.
    """

    profile: str
    slots: int
    secret: str = ""
    charges_twice: bool = True


PLAIN, SIGNED, GATEWAY = "plain", "signed", "gateway"
ACCOUNTS: dict[str, Terms] = {
    PLAIN: Terms("official", slots=8),
    SIGNED: Terms(
        "official",
        slots=8,
        secret="whsec_" + base64.b64encode(b"f" * 24).decode(),
        charges_twice=False,
    ),
    GATEWAY: Terms("powertokens", slots=8),
}

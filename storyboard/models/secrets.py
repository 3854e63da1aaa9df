"""Sealing credentials: MultiFernet with a key file beside the data, or keys by environment."""

import os
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal_secret(words: str) -> bytes:
    """Encrypt with the newest key."""
    return _vault().encrypt(words.encode())


def open_secret(sealed: bytes) -> str:
    """Decrypt with whichever key fits; empty stays empty."""
    return _vault().decrypt(sealed).decode() if sealed else ""


@cache
def _vault() -> MultiFernet:
    keys = list(settings.CREDENTIAL_KEYS) or _keys_from(Path(settings.CREDENTIAL_KEY_FILE))
    return MultiFernet([Fernet(key) for key in keys])


def _keys_from(path: Path) -> list[str]:
    """One key a line, newest first; made on first use, readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "wb") as file:
                file.write(Fernet.generate_key() + b"\n")
    return path.read_text().split()

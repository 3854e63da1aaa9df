"""Files lent to Kling by an address that is its own secret: one file, and for some hours.

Kling fetches films and recordings itself, and takes their bytes from nobody (Kling API, elements
and voice customization). Whoever holds the address reads that one file, without signing in.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePosixPath

from django.core import signing

# A making is over within an hour of asking; its sending may come late in that hour.
LENT_FOR = timedelta(hours=3)
KINDS = {
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".jpg": "image/jpeg",
    ".png": "image/png",
}
_SALT = "storyboard.lent"


def lend(file: str) -> tuple[str, str]:
    """What names a stored file in an address: its token, and a name with the file's ending."""
    return signing.dumps(file, salt=_SALT), f"file{PurePosixPath(file).suffix}"


def lent_file(token: str, name: str) -> str | None:
    """The stored file that a token lends under this name; None for no such token, or no longer."""
    try:
        file = signing.loads(token, salt=_SALT, max_age=LENT_FOR)
    except signing.BadSignature:
        return None
    is_ours = isinstance(file, str) and PurePosixPath(file).suffix in KINDS
    return file if is_ours and name == f"file{PurePosixPath(file).suffix}" else None

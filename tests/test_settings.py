"""What the environment makes of the settings, read by a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
ASK = """
import json
from django.conf import settings
names = ("SECURE_PROXY_SSL_HEADER", "ALLAUTH_TRUSTED_PROXY_COUNT")
print(json.dumps([getattr(settings, name, None) for name in names]))
"""


def settings_with(folder: Path, **environment: str) -> list[Any]:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "kling_web.settings",
            "VAR_DIR": str(folder),
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("trusts", "found"),
    [("true", [["HTTP_X_FORWARDED_PROTO", "https"], 1]), ("false", [None, None])],
)
def test_a_proxy_is_believed_about_scheme_and_address_only_where_it_is_trusted(
    tmp_path: Path, trusts: str, found: list[Any]
) -> None:
    """Without the address, limits on signing in would count everybody behind it as one."""
    assert settings_with(tmp_path, TRUST_PROXY=trusts) == found

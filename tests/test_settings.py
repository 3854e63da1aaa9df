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


ASK_FOR_FILES = """
import json, django
django.setup()
from storyboard.models.files import files
names = ("bucket_name", "endpoint_url", "region_name", "access_key", "secret_key")
print(json.dumps([type(files()).__name__, *(getattr(files(), name, "") for name in names)]))
"""


def settings_with(folder: Path, ask: str = ASK, **environment: str) -> list[Any]:
    done = subprocess.run(
        [sys.executable, "-c", ask],
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


def test_films_are_kept_on_the_disk_until_a_bucket_is_named(tmp_path: Path) -> None:
    told = {"S3_REGION": "eu-central-1", "S3_ACCESS_KEY_ID": "a", "S3_SECRET_ACCESS_KEY": "b"}
    found = settings_with(tmp_path, ASK_FOR_FILES, **told)
    assert found == ["DiskFiles", "", "", "", "", ""]
    told |= {"S3_BUCKET": "films", "S3_ENDPOINT_URL": "https://s3.storyboards.example"}
    found = settings_with(tmp_path, ASK_FOR_FILES, **told)
    where = ["films", "https://s3.storyboards.example", "eu-central-1"]
    assert found == ["BucketFiles", *where, "a", "b"]


def test_a_bucket_without_a_key_leaves_it_to_the_machine_s_own_role(tmp_path: Path) -> None:
    found = settings_with(tmp_path, ASK_FOR_FILES, S3_BUCKET="films")
    assert found == ["BucketFiles", "films", None, None, None, None]

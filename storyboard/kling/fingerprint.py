"""What an approval is bound to: everything that decides what Kling is asked, as one digest."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from . import wire
from .brief import Brief
from .profiles import Profile


def order_form(brief: Brief, *, account_key: str, profile: Profile, address: str) -> dict[str, Any]:
    """The order as plain JSON: whose account, where, and the create body.

    The body has no `callback_url` and no `external_task_id`. Pictures stand as `sha256:<hex>` of
    their bytes, elements by Kling id and version, voices by Kling id. Raises ValueError as
    `Brief.payload` does.
    """
    body = brief.payload(lambda picture: f"sha256:{picture.sha256}")
    if brief.elements:
        body["element_list"] = [
            {"element_id": wire.wire_element_id(element.kling_id), "version": element.version}
            for element in brief.elements
        ]
    return {
        "account": account_key,
        "profile": profile.name,
        "address": address.rstrip("/"),
        "path": profile.path(brief.endpoint),
        "body": body,
    }


def fingerprint(form: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of canonical JSON: UTF-8, sorted keys, no spaces.

    Raises ValueError for a number JSON lacks, and for text that is not Unicode.
    """
    canonical = json.dumps(
        form, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()

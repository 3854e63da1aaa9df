"""What a callback says: its two shapes of body, its signature, and forgeries of it.

Signatures are Standard Webhooks, as Kling's callback page describes them: base64 of HMAC-SHA256
over `id.timestamp.body`, keyed by the secret's bytes, one `v1,…` for each secret. Their timestamps
are of the real clock.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

SHAPES = ("legacy", "new")
STATUSES = ("submitted", "processing", "succeed", "failed")
SECRET_PREFIX = "whsec_"  # noqa: S105
OLD_S = 600  # the signature's age in a replay; five minutes are allowed
HUGE_BYTES = 1024 * 1024
WRONG_SECRET = SECRET_PREFIX + base64.b64encode(b"nobody has this secret; it is not").decode()
EVIL = "http://10.0.0.1/forged.mp4"


@dataclass(frozen=True)
class Letter:
    """One POST; `forged` is how, "" for a true one."""

    url: str
    body: bytes
    headers: dict[str, str]
    forged: str = ""

    @property
    def is_signed(self) -> bool:
        """Whether it carries a signature, right or wrong."""
        return "webhook-signature" in self.headers


@dataclass(frozen=True)
class Pen:
    """Writes letters in one shape, signed with every secret there is."""

    shape: str = "legacy"
    secrets: tuple[str, ...] = ()

    def write(self, url: str, report: dict[str, Any], name: str) -> Letter:
        """The letter that tells a report; `name` becomes the webhook-id, so a repeat keeps it."""
        return self._letter(url, self._body(report), name, self.secrets)

    def forge(self, how: str, url: str, report: dict[str, Any], name: str) -> Letter:
        """A letter the receiver never ordered; see callback-forge."""
        name, secrets, at = f"{name}-forged", self.secrets, time.time()
        if how == "token":
            url = _elsewhere(url)
        elif how == "body":
            report = _foreign(report)
        elif how == "signature":
            report, secrets = {**_without_result(report), "task_status": "failed"}, (WRONG_SECRET,)
        elif how == "old":
            at -= OLD_S
        else:
            report = {**report, "task_status_msg": "x" * HUGE_BYTES}
        return replace(self._letter(url, self._body(report), name, secrets, at), forged=how)

    def _letter(
        self, url: str, body: bytes, name: str, secrets: tuple[str, ...], at: float | None = None
    ) -> Letter:
        moment = int(time.time() if at is None else at)
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return Letter(url, body, {**headers, **signed(secrets, name, moment, body)})

    def _body(self, report: dict[str, Any]) -> bytes:
        return json.dumps(report if self.shape == "legacy" else renewed(report)).encode()


def signed(secrets: Iterable[str], name: str, at: int, body: bytes) -> dict[str, str]:
    """Headers for a body told at a Unix second; none without a secret."""
    content = f"{name}.{at}.".encode() + body
    signatures = [
        "v1," + base64.b64encode(hmac.digest(key(secret), content, hashlib.sha256)).decode()
        for secret in secrets
    ]
    if not signatures:
        return {}
    return {
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signatures),
    }


def key(secret: str) -> bytes:
    """A secret's bytes. Raises ValueError."""
    raw = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    if not raw or not secret.startswith(SECRET_PREFIX):
        raise ValueError(f"a webhook secret is {SECRET_PREFIX} and base64")
    return raw


def renewed(report: dict[str, Any]) -> dict[str, Any]:
    """A legacy report in the shape of the new generation."""
    status = report["task_status"]
    new: dict[str, Any] = {
        "id": report["task_id"],
        "status": "succeeded" if status == "succeed" else status,
        "message": report.get("task_status_msg", ""),
        "create_time": report["created_at"],
        "update_time": report["updated_at"],
        "external_id": report.get("task_info", {}).get("external_task_id", ""),
        "outputs": [
            {"type": "video", **video} for video in report.get("task_result", {}).get("videos", [])
        ],
    }
    if "final_unit_deduction" in report:
        spent = {"charge_type": "unit", "amount": report["final_unit_deduction"]}
        new["billing"] = [{**spent, "package_type": "video"}]
    return new


def _elsewhere(url: str) -> str:
    """The same address with another token of the same length's worth of chance."""
    address = urlsplit(url)
    digest = base64.urlsafe_b64encode(hashlib.sha256(url.encode()).digest()).decode()
    head, _, _token = address.path.rstrip("/").rpartition("/")
    return urlunsplit(address._replace(path=f"{head}/{digest.rstrip('=')}/"))


def _foreign(report: dict[str, Any]) -> dict[str, Any]:
    """A success of a task that nobody ordered, with a film from a private address."""
    video = {"id": "forged", "url": EVIL, "duration": "5.0"}
    return {
        **report,
        "task_id": report["task_id"][::-1],
        "task_status": "succeed",
        "task_info": {"external_task_id": "forged"},
        "final_unit_deduction": "999",
        "task_result": {"videos": [video]},
    }


def _without_result(report: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name != "task_result"}

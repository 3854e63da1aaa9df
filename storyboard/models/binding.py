"""What an approval is bound to, as it stands today: account, elements, voices, pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from storyboard.kling.fingerprint import fingerprint, order_form
from storyboard.kling.wire import with_masks
from storyboard.models.accounts import Account
from storyboard.models.library import Picture
from storyboard.models.making import CreationStatus

if TYPE_CHECKING:
    from storyboard.models.reviews import Order, Revision


def fingerprint_today(order: Order, sha256_of: Callable[[Picture], str]) -> str:
    """The order's fingerprint, computed again from its frozen brief and what that points to.

    `sha256_of` says what a picture is; what it raises goes through.
    """
    revision = order.revision
    account = revision.storyboard.project.ordering_account or order.account
    form = order_form(
        revision.brief, account_key=account.key, profile=account.dialect, address=account.address
    )
    form["body"] = _body_today(form["body"], revision, account, sha256_of)
    return fingerprint(form)


def _body_today(
    body: dict[str, Any],
    revision: Revision,
    account: Account,
    sha256_of: Callable[[Picture], str],
) -> dict[str, Any]:
    """The form's body with the pictures' hashes and what the library has of the pinned entries.

    A newer version of an element changes nothing: the revision goes on meaning its own.
    """
    for name, picture in revision.frames().items():
        if name in body:
            body[name] = f"sha256:{sha256_of(picture) if picture else 'missing'}"
    masks = revision.masks()
    body = with_masks(body, lambda named: f"sha256:{_mask_today(masks, named, sha256_of)}")
    versions = _versions(revision, account) if "element_list" in body else {}
    for element in body.get("element_list", []):
        element["version"] = versions.get(str(element["element_id"]), 0)
    if "voice_list" in body:
        voices = _voices(revision, account)
        if any(voice.kling_id not in voices for voice in revision.brief.voices):
            body["voice_list"] = []
    return body


def _mask_today(
    masks: Mapping[str, Picture], named: str, sha256_of: Callable[[Picture], str]
) -> str:
    picture = masks.get(named.removeprefix("sha256:"))
    return sha256_of(picture) if picture else "missing"


def _versions(revision: Revision, account: Account) -> dict[str, int]:
    """Kling's id → number of each pinned version the account still has and the library too."""
    pins = revision.element_pins.filter(
        version__element__removed_at=None,
        version__creations__account=account,
        version__creations__status=CreationStatus.READY,
    )
    return dict(pins.values_list("version__creations__kling_id", "version__number"))


def _voices(revision: Revision, account: Account) -> set[str]:
    """Kling's ids of the pinned voices the account still has and the library too."""
    pins = revision.voice_pins.filter(
        voice__removed_at=None,
        voice__creations__account=account,
        voice__creations__status=CreationStatus.READY,
    )
    return set(pins.values_list("voice__creations__kling_id", flat=True))

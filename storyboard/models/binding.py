"""What an approval is bound to, as it stands today: account, elements, voices, pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from storyboard.kling.fingerprint import fingerprint, order_form
from storyboard.models.library import Element, Picture, Voice

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
    form["body"] = _body_today(form["body"], revision, sha256_of)
    return fingerprint(form)


def _body_today(
    body: dict[str, Any], revision: Revision, sha256_of: Callable[[Picture], str]
) -> dict[str, Any]:
    """The form's body with the pictures' hashes and the library's current entries."""
    team_id = revision.storyboard.project.team_id
    for name, picture in revision.frames().items():
        if name in body:
            body[name] = f"sha256:{sha256_of(picture) if picture else 'missing'}"
    versions = dict(
        Element.objects.filter(team=team_id, removed_at=None).values_list("kling_id", "version")
    )
    voices = set(
        Voice.objects.filter(team=team_id, removed_at=None).values_list("kling_id", flat=True)
    )
    for element in body.get("element_list", []):
        element["version"] = versions.get(str(element["element_id"]), 0)
    if any(voice.kling_id not in voices for voice in revision.brief.voices):
        body["voice_list"] = []
    return body

"""What Kling will get: the create body itself, the line that sends it, and what changed."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from storyboard.access import fetch
from storyboard.exports import create_body
from storyboard.exports.names import file_name
from storyboard.kling import readiness
from storyboard.kling.brief import Brief
from storyboard.kling.profiles import OFFICIAL
from storyboard.kling.wire import with_masks
from storyboard.models import Account, Picture, Review, Revision, Storyboard
from storyboard.models.files import files
from storyboard.models.painting import brush_of, masks_by_sha256
from storyboard.views.differences import Difference, difference_of
from storyboard.views.shell import frame

_OF_A_DRAFT = (
    "project__team__account", "project__account", "first_frame", "end_frame",
)  # fmt: skip
_OF_A_REVISION = (
    "storyboard__project__team", "first_frame", "end_frame", "review",
)  # fmt: skip


@dataclass(frozen=True)
class Frames:
    """The stored stills of a body by their fields in it, each may be None, and its masks.

    `masks` are those of the motion brush, by the SHA-256 the brief names them by.
    """

    image: Picture | None
    image_tail: Picture | None
    masks: Mapping[str, Picture] = field(default_factory=dict)

    @classmethod
    def of_draft(cls, board: Storyboard) -> Frames:
        masks = masks_by_sha256(brush_of(board.brush), team_id=board.project.team_id)
        return cls(board.first_frame, board.end_frame, masks)

    @classmethod
    def of_revision(cls, revision: Revision) -> Frames:
        return cls(**revision.frames(), masks=revision.masks())

    def sent(self) -> dict[str, str]:
        """Their bytes in bare base64. Raises OSError where the storage does not answer."""
        return {name: _base64(picture) for name, picture in self._present().items()}

    def named(self) -> dict[str, str]:
        """What stands on screen in place of the base64."""
        names = {"image": _("the first frame"), "image_tail": _("the end frame")}
        return {
            name: _named(picture, names.get(name, _("a mask of the motion brush")))
            for name, picture in self._present().items()
        }

    def _present(self) -> dict[str, Picture]:
        masks = {f"sha256:{sha256}": picture for sha256, picture in self.masks.items()}
        every = {"image": self.image, "image_tail": self.image_tail, **masks}
        return {name: picture for name, picture in every.items() if picture is not None}


@dataclass(frozen=True)
class Sending:
    """A body on its way: `shown` as it stands on screen, `why` in words where there is none."""

    account: Account | None
    url: str
    path: str
    shown: str
    curl: str
    file_name: str
    has_pictures: bool
    why: str
    problems: tuple[str, ...]

    @property
    def is_pair(self) -> bool:
        """Whether the account signs tokens with a pair of keys."""
        return self.account is not None and self.account.auth == Account.Auth.PAIR


@require_safe
@login_required
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """The draft's body as it would be sent today, ready or not."""
    return page_of_draft(request, fetch(request, Storyboard, key, related=_OF_A_DRAFT))


@require_safe
@login_required
def difference(request: HttpRequest, key: str) -> HttpResponse:
    """What changed since the last approved revision: a part of that page."""
    board = fetch(request, Storyboard, key)
    return redirect(f"{reverse('draft_wire', args=[board.key])}#difference")


@require_safe
@login_required
def revision(request: HttpRequest, key: str) -> HttpResponse:
    """The frozen body of a revision."""
    row = fetch(request, Revision, key, related=_OF_A_REVISION)
    board, brief = row.storyboard, row.brief
    sending = sending_of(brief, Frames.of_revision(row), row.order.account, board.name)
    drawn = {
        **frame(board.project, board),
        "revision": row,
        "sending": sending,
        "ours": _ours(),
        **_since(board, brief, before=row.number),
    }
    return render(request, "storyboard/wire/show.html", drawn)


def page_of_draft(
    request: HttpRequest, board: Storyboard, *, refused: str = "", status: int = 200
) -> HttpResponse:
    """The page of a draft, with words where something was asked of it that cannot be."""
    brief = board.brief()
    account = board.project.ordering_account
    frames = Frames.of_draft(board)
    drawn = {
        **frame(board.project, board),
        "sending": sending_of(brief, frames, account, board.name),
        "ours": _ours(),
        "refused": refused,
        **_since(board, brief),
    }
    return render(request, "storyboard/wire/show.html", drawn, status=status)


def sending_of(brief: Brief, frames: Frames, account: Account | None, name: str) -> Sending:
    """How this brief would be sent with this account."""
    profile = account.dialect if account else OFFICIAL
    path = profile.path(brief.endpoint)
    url = f"{account.address.rstrip('/')}{path}" if account else ""
    said = readiness.problems(brief, profile, account.rules if account else "map")
    body, why = body_of(brief, frames.named())
    has_pictures = brief.endpoint == "image2video"
    download = file_name(name, "json")
    return Sending(
        account=account,
        url=url,
        path=path,
        shown=create_body.as_json(body) if body else "",
        curl=_curl(url, body, download, has_pictures=has_pictures) if body and url else "",
        file_name=download,
        has_pictures=has_pictures,
        why=why,
        problems=tuple(problem.words for problem in said if not problem.warning),
    )


def body_of(brief: Brief, pictures: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """The create body with these words for its pictures; empty, and why, where there is none.

    `pictures` are words by field; those of a mask by `sha256:<hex>`.
    """
    try:
        body = brief.payload(lambda picture: f"sha256:{picture.sha256}")
    except ValueError:
        words = _(
            "No body can be made: this way of shooting sends one prompt, and the draft has "
            "%(n)s shots. Choose Custom shots, or keep one shot."
        )
        return {}, words % {"n": len(brief.shots)}
    body = with_masks(body, lambda named: pictures.get(named, ""))
    return {**body, **{name: words for name, words in pictures.items() if name in body}}, ""


def json_file(body: Mapping[str, Any], name: str) -> HttpResponse:
    """The body as a file to be kept."""
    return download_of(create_body.as_json(body).encode(), "application/json", name)


def download_of(data: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(data, content_type=content_type, headers=headers)


def _curl(url: str, body: Mapping[str, Any], download: str, *, has_pictures: bool) -> str:
    if has_pictures or not create_body.is_small(body):
        return create_body.curl_with_file(url, download)
    return create_body.curl_with_body(url, body)


def _since(board: Storyboard, brief: Brief, *, before: int | None = None) -> dict[str, Any]:
    """The last approved revision (older than number `before`) and what changed since."""
    approved = board.revisions.filter(review__state=Review.State.APPROVED)
    if before is not None:
        approved = approved.filter(number__lt=before)
    last = approved.order_by("-number").first()
    found: Difference | None = difference_of(last.brief, brief) if last else None
    return {"approved": last, "difference": found}


def _ours() -> list[tuple[str, str]]:
    """The fields that are added to a body when it is ordered, and what stands in them."""
    external = _("a name of Greenlight's own for each take, by which an order is found again")
    found = [("external_task_id", external)]
    if settings.PUBLIC_URL:
        words = _("where Kling may knock when the take is made; a secret address for each take")
        found.append(("callback_url", words))
    return found


def _named(picture: Picture, name: str) -> str:
    return _("… %(size)s of %(name)s (sha256 %(sha256)s)") % {
        "size": filesizeformat(picture.size_bytes),
        "name": name,
        "sha256": picture.sha256[:12],
    }


def _base64(picture: Picture) -> str:
    with files().open(picture.file, "rb") as file:
        return base64.b64encode(file.read()).decode()

"""The request a take was ordered with, put together again from what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from storyboard.exports import create_body
from storyboard.kling.brief import Brief, Picture, PictureRef
from storyboard.kling.profiles import PROFILES
from storyboard.kling.wire import with_masks
from storyboard.models import Generation

_STORED = "sha256:"


@dataclass(frozen=True)
class SentRequest:
    """What was asked of Kling. `body` is JSON; pictures stand in it as name, size and SHA-256.

    `address`, `path` and `dialect` are those the order was approved with. `unkept` says in words
    what is not kept of the request, and `posts` how often it was sent.
    """

    address: str
    path: str
    account: str
    dialect: str
    body: str
    posts: int
    unkept: tuple[str, ...]


def request_of(row: Generation, brief: Brief, *, knocked: bool) -> SentRequest:
    """The request of a generation; its `order` and `account` are read already.

    `knocked`: a callback of it is kept, so its address was sent. No query.
    """
    form = row.order.form
    profile = PROFILES.get(form["profile"])
    has_knocker = knocked or bool(settings.PUBLIC_URL)
    return SentRequest(
        address=form["address"],
        path=form["path"],
        account=str(row.account),
        dialect=profile.title if profile else form["profile"],
        body=create_body.as_json(_body(row, brief, has_knocker=has_knocker)),
        posts=row.post_count,
        unkept=tuple(_unkept(brief, knocked=knocked)),
    )


def _body(row: Generation, brief: Brief, *, has_knocker: bool) -> dict[str, Any]:
    named = dict(_named(brief))
    body = with_masks(row.body, lambda stored: named.get(stored, stored))
    for name in ("image", "image_tail"):
        if name in body:
            body[name] = named.get(body[name], body[name])
    body["external_task_id"] = row.external_task_id
    if has_knocker:
        body["callback_url"] = _("… a secret address of this take alone")
    return body


def _named(brief: Brief) -> Iterator[tuple[str, str]]:
    """Each stored picture as the frozen body names it, and as it stands on the page."""
    for words, picture in _pictures(brief):
        if isinstance(picture, PictureRef):
            told = {
                "name": words,
                "size": filesizeformat(picture.size_bytes),
                "width": picture.width,
                "height": picture.height,
                "sha256": picture.sha256,
            }
            shown = _("… %(name)s, %(width)s × %(height)s px, %(size)s, SHA-256 %(sha256)s") % told
            yield f"{_STORED}{picture.sha256}", shown


def _pictures(brief: Brief) -> Iterator[tuple[str, Picture | None]]:
    """The later of two that are the same bytes gives the name, so the frames come last."""
    if brief.brush is not None:
        for stroke in brief.brush.strokes:
            yield _("mask of an area that moves"), stroke.mask
        yield _("mask of the area that stands still"), brief.brush.still
    yield _("end frame"), brief.end_frame
    yield _("first frame"), brief.first_frame


def _unkept(brief: Brief, *, knocked: bool) -> Iterator[str]:
    yield _(
        "The key of the account and the token signed with it go in a header. They are never kept "
        "with a request and stand on no page."
    )
    if any(isinstance(picture, PictureRef) for _words, picture in _pictures(brief)):
        yield _(
            "Whether a picture went as its bytes or as an address to fetch them at is not kept; "
            "the bytes are those of its SHA-256."
        )
    if knocked:
        yield _("callback_url was sent: Kling has called it. Only its SHA-256 is kept.")
    elif settings.PUBLIC_URL:
        yield _(
            "callback_url is sent while this installation has a PUBLIC_URL, as it has today. Its "
            "words are not kept, only their SHA-256."
        )
    else:
        yield _(
            "callback_url is sent only where the installation has a PUBLIC_URL. It has none today, "
            "and whether it had one then is not kept."
        )

"""Which address means what in a dialect, and who answers it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from .desk import Desk
from .dialects import Dialect
from .library import ELEMENT, VOICE, Noun
from .refusal import not_there, wrong_method

COSTS = "/account/costs"
ELEMENTS = "/v1/general/advanced-custom-elements"
VOICES = "/v1/general/custom-voices"
_OWN: dict[str, Noun] = {ELEMENTS: ELEMENT, VOICES: VOICE}
_PRESETS: dict[str, Noun] = {
    "/v1/general/advanced-presets-elements": ELEMENT,
    "/v1/general/presets-voices": VOICE,
}
# Kling's pages for videos and for pictures name different paths; both answered live.
_DELETIONS: dict[str, Noun] = {
    "/v1/general/delete-advanced-elements": ELEMENT,
    "/v1/general/delete-elements": ELEMENT,
    "/v1/general/delete-voices": VOICE,
}


@dataclass(frozen=True)
class Address:
    """What one request asks for.

    `endpoint` is create, query or list (of videos), account or library; `verb` what is to be
    done there; `noun` the kind of video, or the path's noun; `name` the id in the path.
    """

    endpoint: str
    verb: str
    kind: str = ""
    noun: Noun | None = None
    name: str = ""


def locate(dialect: Dialect, method: str, path: str) -> Address:
    """Find the address. Raises Refusal for one that is not there, or not for this method."""
    posts = method == "POST"
    if path.startswith(f"{dialect.prefix}/v1/videos/"):
        return _video(dialect, posts, path.removeprefix(f"{dialect.prefix}/v1/videos/"))
    if not dialect.library:
        raise not_there("The requested resource does not exist")
    if path == COSTS:
        return _only(Address("account", "costs"), not posts)
    return _library(posts, path)


def answer(
    desk: Desk, account: str, address: Address, query: Mapping[str, str], body: dict[str, Any]
) -> dict[str, Any]:
    """Do what is asked; the whole answer but its request_id. Raises Refusal."""
    if address.verb == "delete" and address.noun is not None:
        desk.library.delete(address.noun, account, body.get(f"{address.noun.name}_id"))
        return {"code": 0, "message": "SUCCEED"}
    data = _data(desk, account, address, query, body)
    return {"code": 0, "message": "SUCCEED", "data": data}


def _data(
    desk: Desk, account: str, address: Address, query: Mapping[str, str], body: dict[str, Any]
) -> Any:
    if address.noun is not None:
        return _library_data(desk, account, address, address.noun, query, body)
    if address.verb == "costs":
        return desk.costs(account, query)
    if address.verb == "create":
        return desk.create(account, address.kind, body)
    if address.verb == "list":
        return desk.listing(account, address.kind, query)
    return desk.query(account, address.kind, address.name)


def _library_data(
    desk: Desk,
    account: str,
    address: Address,
    noun: Noun,
    query: Mapping[str, str],
    body: dict[str, Any],
) -> Any:
    if address.verb == "create":
        return desk.create_entry(noun, account, body)
    if address.verb == "query":
        return desk.library.query(noun, account, address.name)
    number, size = desk.page(query, noun.most_per_page)
    if address.verb == "presets":
        return desk.library.presets(noun, number, size)
    return desk.library.listing(noun, account, number, size)


def _video(dialect: Dialect, posts: bool, rest: str) -> Address:
    kind, _, name = rest.partition("/")
    if kind not in dialect.fields:
        raise not_there("The requested resource does not exist")
    if posts:
        return _only(Address("create", "create", kind), not name)
    if not name:
        return Address("list", "list", kind)
    return Address("query", "query", kind, name=unquote(name))


def _library(posts: bool, path: str) -> Address:
    if path in _DELETIONS:
        return _only(Address("library", "delete", noun=_DELETIONS[path]), posts)
    if path in _PRESETS:
        return _only(Address("library", "presets", noun=_PRESETS[path]), not posts)
    for own, noun in _OWN.items():
        if path in (own, f"{own}/"):
            return Address("library", "create" if posts else "list", noun=noun)
        if path.startswith(f"{own}/"):
            name = unquote(path.removeprefix(f"{own}/"))
            return _only(Address("library", "query", noun=noun, name=name), not posts)
    raise not_there("The requested resource does not exist")


def _only(address: Address, right: bool) -> Address:
    if not right:
        raise wrong_method("The method is invalid for this address")
    return address

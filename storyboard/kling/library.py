"""What Kling says about elements, voices and packs, read with the same distrust as a Report.

Shapes: Kling API, elements, voice customization, account usage, read on 2026-09-20.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, cast

from .connection import Answer
from .reports import Status, UnreadableAnswer, milli_of, status_of, task_id_of, text_of, whole_of

Item = TypeVar("Item")


@dataclass(frozen=True)
class Element:
    """A reusable character, prop or place. `id` is Kling's number as text.

    `owner` is "kling" for a preset. `voice_id` is the voice bound to it, "" for none.
    """

    id: str
    name: str
    description: str
    kind: Literal["image", "video", ""]
    voice_id: str
    owner: str
    is_deleted: bool


@dataclass(frozen=True)
class Voice:
    """A speaking voice. `owner` is "kling" for a preset; `trial_url` plays it, "" for none."""

    id: str
    name: str
    trial_url: str
    owner: str


@dataclass(frozen=True)
class LibraryTask(Generic[Item]):
    """The making of an element or a voice; `items` are there once it succeeded."""

    task_id: str
    external_task_id: str | None
    status: Status
    message: str
    items: tuple[Item, ...]
    final_units_milli: int | None
    request_id: str = ""


@dataclass(frozen=True)
class Pack:
    """One resource pack. Quantities in thousandths of a unit, times in Unix milliseconds.

    `kind` and `state` are Kling's words, such as "decreasing_total" and "online".
    """

    id: str
    name: str
    kind: str
    state: str
    total_milli: int | None
    left_milli: int | None
    starts_ms: int | None
    ends_ms: int | None


def parse_element(told: Mapping[str, Any]) -> Element:
    """Raises UnreadableAnswer for an element without an id."""
    voice = told.get("element_voice_info")
    kinds: dict[object, Literal["image", "video"]] = {
        "image_refer": "image",
        "video_refer": "video",
    }
    kind = told.get("reference_type")
    return Element(
        id=_number_or_text(told.get("element_id")),
        name=text_of(told.get("element_name")),
        description=text_of(told.get("element_description")),
        kind=kinds.get(kind, "") if isinstance(kind, str) else "",
        voice_id=text_of(voice.get("voice_id")) if isinstance(voice, Mapping) else "",
        owner=text_of(told.get("owned_by")),
        is_deleted=told.get("status") == "deleted",
    )


def parse_voice(told: Mapping[str, Any]) -> Voice:
    """Raises UnreadableAnswer for a voice without an id."""
    return Voice(
        id=_number_or_text(told.get("voice_id")),
        name=text_of(told.get("voice_name")),
        trial_url=text_of(told.get("trial_url")),
        owner=text_of(told.get("owned_by")),
    )


def parse_library_task(
    answer: Answer, name: str, parse: Callable[[Mapping[str, Any]], Item]
) -> LibraryTask[Item]:
    """A task whose result lists its items under `name`. Raises UnreadableAnswer."""
    if not isinstance(answer.data, Mapping):
        raise answer.unreadable("the answer holds no task")
    try:
        return _library_task(answer.data, name, parse, answer.request_id)
    except UnreadableAnswer as error:
        raise answer.unreadable(error.message) from None


def parse_packs(answer: Answer) -> tuple[Pack, ...]:
    """The packs of an answer about account costs, which has a code of its own inside."""
    told = answer.data
    if not isinstance(told, Mapping) or told.get("code") not in (0, None):
        raise answer.unreadable("the answer holds no account costs")
    packs = told.get("resource_pack_subscribe_infos")
    if packs is None:
        return ()
    if not isinstance(packs, list) or not all(isinstance(pack, Mapping) for pack in packs):
        raise answer.unreadable("the packs are no list of objects")
    return tuple(_pack(pack) for pack in packs)


def _library_task(
    told: Mapping[str, Any],
    name: str,
    parse: Callable[[Mapping[str, Any]], Item],
    request_id: str,
) -> LibraryTask[Item]:
    status = status_of(told.get("task_status"))
    info = told.get("task_info")
    external = text_of(info.get("external_task_id")) if isinstance(info, Mapping) else ""
    result = told.get("task_result")
    listed = result.get(name) if isinstance(result, Mapping) else None
    if status == "succeed" and not (isinstance(listed, list) and listed):
        raise UnreadableAnswer("the task succeeded and names nothing")
    made = cast(list[object], listed) if status == "succeed" else []
    if not all(isinstance(item, Mapping) for item in made):
        raise UnreadableAnswer("what the task made is no object")
    return LibraryTask(
        task_id=task_id_of(told.get("task_id")),
        external_task_id=external or None,
        status=status,
        message=text_of(told.get("task_status_msg")),
        items=tuple(parse(cast(Mapping[str, Any], item)) for item in made),
        final_units_milli=milli_of(told.get("final_unit_deduction")),
        request_id=request_id,
    )


def _pack(told: Mapping[str, Any]) -> Pack:
    return Pack(
        id=text_of(told.get("resource_pack_id")),
        name=text_of(told.get("resource_pack_name")),
        kind=text_of(told.get("resource_pack_type")),
        state=text_of(told.get("status")),
        total_milli=milli_of(told.get("total_quantity")),
        left_milli=milli_of(told.get("remaining_quantity")),
        starts_ms=whole_of(told.get("effective_time")),
        ends_ms=whole_of(told.get("invalid_time")),
    )


def _number_or_text(value: object) -> str:
    """An id as text: elements are numbered, voices are named."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return task_id_of(str(value))
    return task_id_of(value)

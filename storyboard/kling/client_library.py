"""Asking Kling for elements and voices. Paths: Kling API, elements, and voice customization.

Two paths delete an element, one in the documents about videos and one in those about pictures;
both have been seen to work.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from .connection import Answer, Connection
from .errors import KlingError, NotOffered, Refused, UnreadableAnswer
from .library import (
    Element,
    LibraryTask,
    Voice,
    parse_element,
    parse_library_task,
    parse_voice,
)
from .profiles import Profile

ELEMENTS = "/v1/general/advanced-custom-elements"
ELEMENT_PRESETS = "/v1/general/advanced-presets-elements"
ELEMENT_DELETES = ("/v1/general/delete-advanced-elements", "/v1/general/delete-elements")
VOICES = "/v1/general/custom-voices"
VOICE_PRESETS = "/v1/general/presets-voices"
VOICE_DELETES = ("/v1/general/delete-voices",)
LONGEST_NAME = 20
LONGEST_DESCRIPTION = 100
MOST_OTHER_PICTURES = 3
MOST_PAGES = 1000
SEARCHED_AT_ONCE = 100  # more are allowed; an answer of ours is 1 MiB at most
# "Element already be deleted for id: ...", seen by others.
_IS_GONE = re.compile(r"already be(?:en)? deleted", re.IGNORECASE)

Item = TypeVar("Item", Element, Voice)


class Library:
    """The questions that only some dialects answer."""

    def __init__(self, connection: Connection, profile: Profile) -> None:
        self._connection = connection
        self._profile = profile

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Raises NotOffered, and asks nothing, where the dialect has no library."""
        if not self._profile.has_library:
            raise NotOffered(f"{self._profile.title} offers no library")
        return self._connection.ask(method, self._profile.prefix + path, body=body)


class _Shelf(Generic[Item]):
    """What elements and voices have in common: one task each, read and listed alike."""

    def __init__(
        self,
        library: Library,
        paths: tuple[str, str],
        name: str,
        parse: Callable[[Mapping[str, Any]], Item],
        most: int,
    ) -> None:
        self._library = library
        self._path, self._presets = paths
        self._name = name
        self._parse: Callable[[Mapping[str, Any]], Item] = parse
        self._most = most

    def create(self, body: Mapping[str, Any]) -> LibraryTask[Item]:
        return self._task(self._library.ask("POST", self._path, body))

    def fetch(self, task_id: str) -> LibraryTask[Item]:
        if not task_id:
            raise ValueError("a task is asked for by an id")
        task = self._task(self._library.ask("GET", f"{self._path}/{quote(task_id, safe='')}"))
        if task_id not in (task.task_id, task.external_task_id):
            raise Answer(None, task.request_id).unreadable("the answer is about another task")
        return task

    def list(self, page: int, size: int) -> tuple[LibraryTask[Item], ...]:
        return self._page(self._path, page, size)

    def presets(self, page: int, size: int) -> tuple[LibraryTask[Item], ...]:
        return self._page(self._presets, page, size)

    def find(self, external_task_id: str) -> LibraryTask[Item] | None:
        """To the first page that brings nothing new: no total is told, nor that pages are full."""
        seen: set[str] = set()
        for page in range(1, MOST_PAGES + 1):
            tasks = self.list(page, SEARCHED_AT_ONCE)
            for task in tasks:
                if task.external_task_id == external_task_id:
                    return task
            if seen.issuperset(task.task_id for task in tasks):
                return None
            seen.update(task.task_id for task in tasks)
        raise UnreadableAnswer("the list does not end")

    def delete(self, paths: Sequence[str], body: Mapping[str, str]) -> None:
        """By the first path that exists. What is gone already is deleted."""
        *others, last = paths
        for path in others:
            try:
                self._delete(path, body)
            except KlingError as error:
                if not _is_no_path(error):
                    raise
            else:
                return
        self._delete(last, body)

    def _delete(self, path: str, body: Mapping[str, str]) -> None:
        try:
            self._library.ask("POST", path, body)
        except Refused as error:
            if not _IS_GONE.search(error.message):
                raise

    def _page(self, path: str, page: int, size: int) -> tuple[LibraryTask[Item], ...]:
        if not (1 <= page <= MOST_PAGES and 1 <= size <= self._most):
            raise ValueError(f"page is 1 to {MOST_PAGES} and size 1 to {self._most}")
        answer = self._library.ask("GET", f"{path}?pageNum={page}&pageSize={size}")
        if not isinstance(answer.data, list):
            raise answer.unreadable("the answer is no list of tasks")
        return tuple(self._task(Answer(told, answer.request_id)) for told in answer.data)

    def _task(self, answer: Answer) -> LibraryTask[Item]:
        return parse_library_task(answer, self._name, self._parse)


class Elements:
    """Reusable characters, props and places. Making one takes about half a minute."""

    def __init__(self, library: Library) -> None:
        paths = (ELEMENTS, ELEMENT_PRESETS)
        self._shelf = _Shelf(library, paths, "elements", parse_element, 500)

    def create_from_pictures(
        self, name: str, description: str, *, front: str, others: Sequence[str], **more: Any
    ) -> LibraryTask[Element]:
        """From a frontal picture and one to three others, each a URL or bare base64.

        `more`: element_voice_id, tag_list, callback_url, external_task_id.
        """
        if not 1 <= len(others) <= MOST_OTHER_PICTURES:
            raise ValueError("a frontal picture goes with one to three others")
        pictures = {
            "frontal_image": front,
            "refer_images": [{"image_url": picture} for picture in others],
        }
        body = {"reference_type": "image_refer", "element_image_list": pictures}
        return self._shelf.create({**_named(name, description), **body, **more})

    def create_from_video(
        self, name: str, description: str, *, video_url: str, **more: Any
    ) -> LibraryTask[Element]:
        """From one video of 3 to 8 s with a person in it; `more` as for pictures."""
        videos = {"refer_videos": [{"video_url": video_url}]}
        body = {"reference_type": "video_refer", "element_video_list": videos}
        return self._shelf.create({**_named(name, description), **body, **more})

    def fetch(self, task_id: str) -> LibraryTask[Element]:
        """The making of one element, by its task id or our external id."""
        return self._shelf.fetch(task_id)

    def find(self, external_task_id: str) -> LibraryTask[Element] | None:
        """The making that our external id names, looked for in the account's list.

        None only when the whole list was read and does not hold it.
        """
        return self._shelf.find(external_task_id)

    def list(self, page: int = 1, size: int = 30) -> tuple[LibraryTask[Element], ...]:
        """One page of the account's own: `page` 1 to 1000, `size` 1 to 500."""
        return self._shelf.list(page, size)

    def presets(self, page: int = 1, size: int = 30) -> tuple[LibraryTask[Element], ...]:
        """One page of Kling's own: `page` 1 to 1000, `size` 1 to 500."""
        return self._shelf.presets(page, size)

    def delete(self, element_id: str) -> None:
        """Take an element away at Kling; one that is gone already is no error."""
        if not element_id:
            raise ValueError("an element is deleted by its id")
        self._shelf.delete(ELEMENT_DELETES, {"element_id": element_id})


class Voices:
    """Reusable speaking voices. Making one takes some seconds and 0.05 units."""

    def __init__(self, library: Library) -> None:
        self._shelf = _Shelf(library, (VOICES, VOICE_PRESETS), "voices", parse_voice, 1000)

    def create_from_recording(
        self, name: str, *, voice_url: str, **more: Any
    ) -> LibraryTask[Voice]:
        """From 5 to 30 s of one clean human voice; `more`: callback_url, external_task_id."""
        return self._shelf.create({"voice_name": _short(name), "voice_url": voice_url, **more})

    def create_from_take(self, name: str, *, video_id: str, **more: Any) -> LibraryTask[Voice]:
        """From a video Kling made with sound, by Kling's id of that video."""
        return self._shelf.create({"voice_name": _short(name), "video_id": video_id, **more})

    def fetch(self, task_id: str) -> LibraryTask[Voice]:
        """The making of one voice, by its task id or our external id."""
        return self._shelf.fetch(task_id)

    def find(self, external_task_id: str) -> LibraryTask[Voice] | None:
        """The making that our external id names, looked for in the account's list.

        None only when the whole list was read and does not hold it.
        """
        return self._shelf.find(external_task_id)

    def list(self, page: int = 1, size: int = 30) -> tuple[LibraryTask[Voice], ...]:
        """One page of the account's own: `page` 1 to 1000, `size` 1 to 1000."""
        return self._shelf.list(page, size)

    def presets(self, page: int = 1, size: int = 30) -> tuple[LibraryTask[Voice], ...]:
        """One page of Kling's own: `page` 1 to 1000, `size` 1 to 1000."""
        return self._shelf.presets(page, size)

    def delete(self, voice_id: str) -> None:
        """Take a custom voice away at Kling; one that is gone already is no error."""
        if not voice_id:
            raise ValueError("a voice is deleted by its id")
        self._shelf.delete(VOICE_DELETES, {"voice_id": voice_id})


def _named(name: str, description: str) -> dict[str, str]:
    if not description or len(description) > LONGEST_DESCRIPTION:
        raise ValueError("an element's description has 1 to 100 characters")
    return {"element_name": _short(name), "element_description": description}


def _short(name: str) -> str:
    if not name or len(name) > LONGEST_NAME:
        raise ValueError("a name has 1 to 20 characters")
    return name


def _is_no_path(error: KlingError) -> bool:
    """Kling has no such path: its own word for it, or a bare 404 of the host."""
    return error.code == 1202 or error.http == 404

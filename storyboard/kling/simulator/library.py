"""Elements and voices: created with a delay, asked for, listed, deleted, and those of Kling's own.

Creating them is free here. Answers have the shape of tasks, each with its one element or voice.
"""

import hashlib
import io
import math
import struct
import wave
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .creations import TAGS, check_element, check_voice
from .entries import Entries, Entry
from .fields import external_id
from .refusal import invalid

# Seen live: a video 83 s, an element 5 s, a voice 9 s. Both take a quarter of a video here.
SHARE_OF_TASK = 0.25
PRESETS_MADE_MS = 1_767_225_600_000

# The ids of Kling's own are not published; these are inventions.
PRESET_ELEMENTS = (
    (900000000000001, "Night courier", "A cyclist in a yellow rain jacket", "o_102"),
    (900000000000002, "Lighthouse cat", "A grey cat with one white paw", "o_103"),
    (900000000000003, "Paper lantern", "A round red lantern of folded paper", "o_104"),
    (900000000000004, "Wool coat", "A long dark green coat with brass buttons", "o_105"),
    (900000000000005, "Harbour at dawn", "A small stone harbour with fishing boats", "o_106"),
)
PRESET_VOICES = (
    ("preset-voice-0001", "Calm narrator"),
    ("preset-voice-0002", "Bright presenter"),
    ("preset-voice-0003", "Old sailor"),
    ("preset-voice-0004", "Young explorer"),
)


@dataclass(frozen=True)
class Noun:
    """Elements or voices. `most_per_page` is what a list's page may hold."""

    name: str
    title: str
    most_per_page: int
    check: Callable[[dict[str, Any]], str]


ELEMENT = Noun("element", "Element", 500, check_element)
VOICE = Noun("voice", "Voice", 1000, check_voice)


class Library:
    """Everybody's elements and voices. `base` tells the address their files are answered at."""

    def __init__(
        self,
        folder: Path,
        task_seconds: float,
        now_ms: Callable[[], int],
        base: Callable[[], str],
    ) -> None:
        self._base = base
        self._entries = Entries(folder)
        self._seconds = task_seconds * SHARE_OF_TASK
        self._now_ms = now_ms

    def close(self) -> None:
        """Close the database."""
        self._entries.close()

    def create(
        self, noun: Noun, account: str, body: dict[str, Any], kept: dict[str, Any], fails: str
    ) -> dict[str, Any]:
        """Take a creation that was judged; `kept` is the body with its pictures taken out."""
        entry = self._entries.create(
            noun.name,
            account,
            external_id(body),
            kept,
            fails=fails,
            now_ms=self._now_ms(),
            seconds=self._seconds,
        )
        return {
            "task_id": entry.task_id,
            "task_status": "submitted",
            "task_info": _info(entry),
            "created_at": entry.created_ms,
            "updated_at": entry.created_ms,
        }

    def let_fail(self, task_id: str) -> None:
        """Let a creation that was taken fail."""
        self._entries.let_fail(task_id, "The simulator was told to fail at this one")

    def query(self, noun: Noun, account: str, name: str) -> dict[str, Any]:
        """One creation by either id of its task. Raises Refusal."""
        entry = self._entries.find(noun.name, account, name)
        if entry is None:
            raise invalid(f"Task not found by id/external id: {name}")
        return self._report(entry)

    def listing(self, noun: Noun, account: str, number: int, size: int) -> list[dict[str, Any]]:
        """One page of an account's creations, newest first."""
        return [
            self._report(entry) for entry in self._entries.page(noun.name, account, number, size)
        ]

    def presets(self, noun: Noun, number: int, size: int) -> list[dict[str, Any]]:
        """One page of Kling's own."""
        if noun is ELEMENT:
            results = [_preset_element(*preset) for preset in PRESET_ELEMENTS]
        else:
            results = [self._voice(*preset, owner="kling") for preset in PRESET_VOICES]
        return [
            {
                "task_id": f"preset-{noun.name}-{place}",
                "task_status": "succeed",
                "task_status_msg": "",
                "task_info": {},
                "created_at": PRESETS_MADE_MS,
                "updated_at": PRESETS_MADE_MS,
                "task_result": {f"{noun.name}s": [result]},
            }
            for place, result in enumerate(results, 1)
        ][(number - 1) * size : number * size]

    def delete(self, noun: Noun, account: str, name: Any) -> None:
        """Delete an account's own element or voice. Raises Refusal."""
        if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
            raise invalid(f"{noun.name}_id is required")
        entry = self._entries.by_id(noun.name, str(name))
        if entry is None or entry.account != account or entry.status(self._now_ms()) != "succeed":
            raise invalid(f"{noun.title} not found for id: {name}")
        if not self._entries.delete(entry):
            raise invalid(f"{noun.title} already be deleted for id: {name}")

    def has(self, noun: Noun, account: str, name: str) -> bool:
        """Whether an account may order with this id: one of its own, ready, or one of Kling's."""
        presets = PRESET_ELEMENTS if noun is ELEMENT else PRESET_VOICES
        if name in {str(preset[0]) for preset in presets}:
            return True
        entry = self._entries.by_id(noun.name, name)
        return (
            entry is not None
            and entry.account == account
            and not entry.deleted
            and entry.status(self._now_ms()) == "succeed"
        )

    def trial(self, voice_id: str) -> bytes | None:
        """A voice's sample as WAV; None for a voice that is not there."""
        known = any(voice_id == preset for preset, _name in PRESET_VOICES)
        if not known and self._entries.by_id(VOICE.name, voice_id) is None:
            return None
        return tone(voice_id)

    def ledger(self) -> dict[str, list[dict[str, Any]]]:
        """Every accepted creation, oldest first, by noun."""
        now = self._now_ms()
        return {
            f"{noun.name}s": [_ledger_line(entry, now) for entry in self._entries.all(noun.name)]
            for noun in (ELEMENT, VOICE)
        }

    def _report(self, entry: Entry) -> dict[str, Any]:
        now = self._now_ms()
        status = entry.status(now)
        report: dict[str, Any] = {
            "task_id": entry.task_id,
            "task_status": status,
            "task_status_msg": entry.fails if status == "failed" else "",
            "task_info": _info(entry),
            "created_at": entry.created_ms,
            "updated_at": entry.updated_ms(now),
        }
        if status == "succeed":
            made = self._element(entry) if entry.noun == ELEMENT.name else self._own_voice(entry)
            report["task_result"] = {f"{entry.noun}s": [made]}
        return report

    def _element(self, entry: Entry) -> dict[str, Any]:
        body = entry.body
        element = {
            "element_id": int(entry.entry_id),
            "element_name": body["element_name"],
            "element_description": body["element_description"],
            "reference_type": body["reference_type"],
            "tag_list": _tags(tag["tag_id"] for tag in body.get("tag_list") or []),
            "owned_by": _owner(entry.account),
            "status": "deleted" if entry.deleted else "succeed",
        }
        if body["reference_type"] == "image_refer":
            element["element_image_list"] = self._images(body["element_image_list"])
        else:
            element["element_video_list"] = body["element_video_list"]
        if body.get("element_voice_id"):
            element["element_voice_info"] = self._voice_info(body["element_voice_id"])
        return element

    def _images(self, images: dict[str, Any]) -> dict[str, Any]:
        return {
            "frontal_image": self._image(images["frontal_image"]),
            "refer_images": [
                {"image_url": self._image(entry["image_url"])} for entry in images["refer_images"]
            ],
        }

    def _image(self, kept: Any) -> str:
        return f"{self._base()}/_pictures/{kept['sha256']}" if isinstance(kept, dict) else str(kept)

    def _voice_info(self, voice_id: str) -> dict[str, str]:
        entry = self._entries.by_id(VOICE.name, voice_id)
        if entry is not None:
            return self._own_voice(entry)
        names = dict(PRESET_VOICES)
        return self._voice(voice_id, names.get(voice_id, ""), owner="kling")

    def _own_voice(self, entry: Entry) -> dict[str, str]:
        return self._voice(entry.entry_id, entry.body["voice_name"], owner=_owner(entry.account))

    def _voice(self, voice_id: str, name: str, *, owner: str) -> dict[str, str]:
        return {
            "voice_id": voice_id,
            "voice_name": name,
            "trial_url": f"{self._base()}/_voices/{voice_id}.wav",
            "owned_by": owner,
        }


def tone(seed: str, rate: int = 8000, seconds: float = 0.5) -> bytes:
    """A short hum as WAV, 16 bit, one channel; its pitch follows the seed."""
    pitch = 110 + zlib.crc32(seed.encode("utf-8", "replace")) % 220
    count = round(rate * seconds)
    waves = (math.sin(2 * math.pi * pitch * place / rate) for place in range(count))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", round(8000 * height)) for height in waves))
    return out.getvalue()


def _preset_element(number: int, name: str, description: str, tag: str) -> dict[str, Any]:
    return {
        "element_id": number,
        "element_name": name,
        "element_description": description,
        "reference_type": "image_refer",
        "tag_list": _tags([tag]),
        "owned_by": "kling",
        "status": "succeed",
    }


def _tags(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"id": name, "name": TAGS[name]} for name in names]


def _owner(account: str) -> str:
    """Who owns a creation, without the key it was made with."""
    return hashlib.sha256(account.encode("utf-8", "replace")).hexdigest()[:12]


def _info(entry: Entry) -> dict[str, str]:
    return {"external_task_id": entry.external_task_id} if entry.external_task_id else {}


def _ledger_line(entry: Entry, now: int) -> dict[str, Any]:
    return {
        "key": entry.account,
        "external_task_id": entry.external_task_id,
        "task_id": entry.task_id,
        f"{entry.noun}_id": entry.entry_id,
        "body": entry.body,
        "units_milli": 0,
        "created_at": entry.created_ms,
        "done_at": entry.done_ms,
        "status": "deleted" if entry.deleted else entry.status(now),
    }

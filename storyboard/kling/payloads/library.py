"""The elements and the voices of a payload: Kling API, image to video; Kling-v3 schema."""

from __future__ import annotations

from typing import Any

from ..references import ElementRef, VoiceRef
from .reader import Reader, shorten, shown

_LARGEST_ID = 2**63 - 1  # a `long`


def read_elements(reader: Reader) -> tuple[ElementRef, ...]:
    """The elements in their order, a stand-in for each that cannot be read."""
    listed = reader.listed("element_list", "elements")
    if listed is None:
        if "element_list" in reader.weak:
            reader.hidden.add("token.element_unknown")
        return ()
    return tuple(_element(reader, place, entry) for place, entry in enumerate(listed))


def read_voices(reader: Reader) -> tuple[VoiceRef, ...]:
    """The voices in their order, a stand-in for each that cannot be read."""
    listed = reader.listed("voice_list", "voices")
    if listed is None:
        if "voice_list" in reader.weak:
            reader.hidden.add("token.voice_unknown")
        return ()
    return tuple(_voice(reader, place, entry) for place, entry in enumerate(listed))


def _element(reader: Reader, place: int, entry: Any) -> ElementRef:
    path = f"element_list[{place}]"
    name = f"Element {place + 1}"
    stand_in = ElementRef(f"#{place}", name)
    element = reader.object_at(path, entry, "element")
    if element is None:
        return stand_in
    reader.unknown_fields(element, ("element_id",), path)
    value, path = element.get("element_id"), f"{path}.element_id"
    if value is None:
        reader.refuse("element.id_required", path, f"{path} is missing. Send the element's id.")
        return stand_in
    # A `long` in the Kling-v3 schema, a string of digits in the vendor's own client.
    number = _whole(value)
    if number is None:
        words = f"{path} is {shown(value)}; an element's id is a whole number."
        reader.refuse("element.id_type", path, words)
        return stand_in
    return ElementRef(str(number), name)


def _whole(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        value = int(value)
    is_id = type(value) is int and -_LARGEST_ID <= value <= _LARGEST_ID
    return value if is_id else None


def _voice(reader: Reader, place: int, entry: Any) -> VoiceRef:
    path = f"voice_list[{place}]"
    name = f"Voice {place + 1}"
    stand_in = VoiceRef(f"\n{place}", name)
    voice = reader.object_at(path, entry, "voice")
    if voice is None:
        return stand_in
    reader.unknown_fields(voice, ("voice_id",), path)
    value, path = voice.get("voice_id"), f"{path}.voice_id"
    if value is None or value == "":
        reader.refuse("voice.id_required", path, f"{path} is missing. Send the voice's id.")
        return stand_in
    if not isinstance(value, str):
        words = f"{path} is {shown(value)}; a voice's id is a string."
        reader.refuse("voice.id_type", path, words)
        return stand_in
    return VoiceRef(value, f"{name} ({shorten(value)})")

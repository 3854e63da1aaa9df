"""A change between two briefs in words: what it is called, and how it was and is."""

from __future__ import annotations

from dataclasses import asdict
from typing import NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.forms.camera import camera_words
from storyboard.kling.brief import Brief, ElementRef, ShotBrief, VoiceRef
from storyboard.models.changes import Change, Part
from storyboard.views.controls import title_of
from storyboard.views.differences import Run, painted_words, picture_words, words_between

_NONE = "–"
_OF_SHOT = {
    Part.PROMPT: gettext_lazy("shot %(n)s's prompt"),
    Part.SECONDS: gettext_lazy("shot %(n)s's seconds"),
    Part.POSITION: gettext_lazy("shot %(n)s's position"),
    Part.ADDED: gettext_lazy("the new shot %(n)s"),
    Part.REMOVED: gettext_lazy("the removal of shot %(n)s"),
}


class Told(NamedTuple):
    """A change in words. `title` stands within a sentence: `shot 3's prompt`.

    Texts come as `runs`; everything else as a pair, `before` and `after`. Where nothing differs
    any more there is neither.
    """

    title: str
    runs: tuple[Run, ...] = ()
    before: str = ""
    after: str = ""

    @property
    def heading(self) -> str:
        return str(capfirst(self.title))

    @property
    def is_none(self) -> bool:
        return not self.runs and self.before == self.after


def told(change: Change, before: Brief, after: Brief) -> Told:
    """One change from a brief to a later one."""
    if change.part.is_of_shot:
        return _shot(change, _find(before, change.shot_key), _find(after, change.shot_key))
    title = _("the %(setting)s") % {"setting": change.part.label}
    if change.part is Part.NEGATIVE_PROMPT:
        return _texts(title, before.negative_prompt, after.negative_prompt)
    return Told(title, (), _value(before, change.part), _value(after, change.part))


def _shot(change: Change, before: ShotBrief | None, after: ShotBrief | None) -> Told:
    """Of a shot that is not there, nothing is said."""
    now = after or before
    title = _OF_SHOT[change.part] % {"n": now.position if now else "?"}
    if change.part is Part.SECONDS:
        return Told(title, (), _seconds(before), _seconds(after))
    if change.part is Part.POSITION:
        return Told(title, (), _position(before), _position(after))
    return _texts(title, before.prompt if before else "", after.prompt if after else "")


def _texts(title: str, before: str, after: str) -> Told:
    return Told(title, words_between(before, after) if before != after else ())


def _seconds(shot: ShotBrief | None) -> str:
    return _("%(n)s s") % {"n": shot.seconds} if shot else _NONE


def _position(shot: ShotBrief | None) -> str:
    return str(shot.position) if shot else _NONE


def _value(brief: Brief, part: Part) -> str:
    """A setting as the page calls it."""
    value = getattr(brief, part.value)
    if not value and part in _MAYBE_NONE:
        return _NONE
    if part in (Part.FIRST_FRAME, Part.END_FRAME):
        return picture_words(value)
    if part in (Part.ELEMENTS, Part.VOICES):
        return ", ".join(_entry(entry) for entry in value)
    if part is Part.BRUSH:
        return painted_words(value)
    if part is Part.CAMERA:
        return camera_words(asdict(value))
    return _("%(n)s s") % {"n": value} if part is Part.TOTAL_SECONDS else title_of(part, value)


_MAYBE_NONE = frozenset(
    {Part.FIRST_FRAME, Part.END_FRAME, Part.ELEMENTS, Part.VOICES, Part.BRUSH, Part.CAMERA}
)


def _entry(entry: ElementRef | VoiceRef) -> str:
    """By name; a version that was changed since by its number as well."""
    if isinstance(entry, ElementRef) and entry.version > 1:
        return _("%(name)s, version %(n)s") % {"name": entry.name, "n": entry.version}
    return entry.name


def _find(brief: Brief, key: str) -> ShotBrief | None:
    return next((shot for shot in brief.shots if shot.key == key), None)

"""What changed from one brief to another: shot by shot under their lasting keys, word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from typing import NamedTuple

from django.utils.translation import gettext as _

from storyboard.forms.brush import brush_words
from storyboard.kling.brief import Brief, Brush, ElementRef, Picture, PictureRef, VoiceRef
from storyboard.models import digest
from storyboard.views.frozen import settings_of

# A token is one word; where words are written without spaces, so is each character.
_WORDS = re.compile(r"<<<\w+>>>|[぀-ヿ㐀-鿿豈-﫿가-힣]|\w+|\s+|.", re.DOTALL)
# Beyond this many comparisons, at worst, a difference is told as a whole: about a second's work.
_MOST_COMPARED = 20_000_000
# Below this share of words in common the texts are two texts, and read better one after the other.
_LEAST_COMMON = 0.4


class Run(NamedTuple):
    """Some words; `kind` is "" where they stayed, else "added" or "removed"."""

    words: str
    kind: str = ""


class Pair(NamedTuple):
    """One value as it was and as it is; "–" for none."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ShotDifference:
    """One shot; positions count from 1 and are None where it does not stand.

    `kinds` are among "added", "removed", "moved", "rewritten" and "timed"; none: unchanged.
    """

    key: str
    before: int | None
    after: int | None
    seconds_before: int
    seconds: int
    runs: tuple[Run, ...]
    kinds: tuple[str, ...]

    @property
    def position(self) -> int:
        """Where it is looked for: where it stands now, or stood."""
        return self.after or self.before or 0


@dataclass(frozen=True)
class Difference:
    """`settings` and `shots` that changed; `unchanged` are the shots that did not."""

    settings: tuple[Pair, ...]
    negative_prompt: tuple[Run, ...]
    shots: tuple[ShotDifference, ...]
    unchanged: tuple[ShotDifference, ...]

    @property
    def is_none(self) -> bool:
        return not (self.settings or self.negative_prompt or self.shots)


def difference_of(before: Brief, after: Brief) -> Difference:
    """What was changed to get from one to the other."""
    shots = list(_shots(before, after))
    changed = before.negative_prompt != after.negative_prompt
    runs = words_between(before.negative_prompt, after.negative_prompt) if changed else ()
    return Difference(
        settings=tuple(_settings(before, after)),
        negative_prompt=runs,
        shots=tuple(shot for shot in shots if shot.kinds),
        unchanged=tuple(shot for shot in shots if not shot.kinds),
    )


def words_between(before: str, after: str) -> tuple[Run, ...]:
    """The words of both texts in reading order, what was removed before what was added."""
    if before == after:
        return (Run(after),) if after else ()
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    runs = [Run(before, "removed"), Run(after, "added")]
    if _comparisons(old, new) <= _MOST_COMPARED:
        # Spaces alone are nothing in common, and comparing each with each takes seconds.
        matched = SequenceMatcher(str.isspace, old, new, autojunk=False)
        if matched.ratio() >= _LEAST_COMMON:
            runs = list(_runs(matched, old, new))
    return tuple(run for run in runs if run.words)


def painted_words(brush: Brush) -> str:
    """A motion brush by what it moves and the beginning of its hash."""
    return f"{brush_words(brush)} ({digest(repr(brush))[:8]})"


def picture_words(picture: Picture) -> str:
    """A picture by its size and the beginning of its hash: two of one size are still two."""
    if not isinstance(picture, PictureRef):
        return picture.url
    return f"{picture.width} × {picture.height} px ({picture.sha256[:8]})"


def _comparisons(old: Sequence[str], new: Sequence[str]) -> int:
    """The most it takes: each match that is found looks at every pair of the same word again."""
    said = Counter(word for word in new if not word.isspace())
    pairs = sum(said[word] for word in old)
    return (len(old) + pairs) * min(len(old), len(new), pairs)


def _runs(matched: SequenceMatcher[str], old: Sequence[str], new: Sequence[str]) -> Iterator[Run]:
    """Words that stayed, and between them what went and what came; a lone space joins changes."""
    removed, added = "", ""
    i = k = 0
    for start, at, size in matched.get_matching_blocks():
        removed, added = removed + "".join(old[i:start]), added + "".join(new[k:at])
        same = "".join(old[start : start + size])
        is_last = (start + size, at + size) == (len(old), len(new))
        if same.isspace() and (removed or added) and not is_last:
            removed, added = removed + same, added + same
        else:
            yield from (Run(removed, "removed"), Run(added, "added"), Run(same))
            removed, added = "", ""
        i, k = start + size, at + size


def _shots(before: Brief, after: Brief) -> Iterator[ShotDifference]:
    """The shots of now in their order, then those that are gone."""
    old = {shot.key: shot for shot in before.shots}
    stayed = _stayed([shot.key for shot in before.shots], [shot.key for shot in after.shots])
    for shot in after.shots:
        was = old.pop(shot.key, None)
        if was is None:
            runs = (Run(shot.prompt, "added"),) if shot.prompt else ()
            yield ShotDifference(
                shot.key, None, shot.position, shot.seconds, shot.seconds, runs, ("added",)
            )
            continue
        kinds = {
            "moved": shot.key not in stayed,
            "rewritten": was.prompt != shot.prompt,
            "timed": was.seconds != shot.seconds,
        }
        yield ShotDifference(
            shot.key, was.position, shot.position, was.seconds, shot.seconds,
            words_between(was.prompt, shot.prompt), tuple(kind for kind in kinds if kinds[kind]),
        )  # fmt: skip
    for shot in old.values():
        runs = (Run(shot.prompt, "removed"),) if shot.prompt else ()
        yield ShotDifference(
            shot.key, shot.position, None, shot.seconds, shot.seconds, runs, ("removed",)
        )


def _stayed(before: list[str], after: list[str]) -> set[str]:
    """The most shots that kept their order among each other; the others moved."""
    both = [before.index(key) for key in after if key in before]
    for size in range(len(both), 0, -1):
        for kept in combinations(both, size):
            if list(kept) == sorted(kept):
                return {before[place] for place in kept}
    return set()


def _settings(before: Brief, after: Brief) -> Iterator[Pair]:
    old, new = dict(_values(before)), dict(_values(after))
    for label in {**old, **new}:
        if old.get(label) != new.get(label):
            yield Pair(label, old.get(label, "–"), new.get(label, "–"))


def _values(brief: Brief) -> Iterator[tuple[str, str]]:
    """Every setting in words but the negative prompt, which is told word by word."""
    named = {_("Negative prompt"), _("First frame"), _("End frame"), _("Elements"), _("Voices")}
    named.add(_("Motion brush"))
    yield from ((label, words) for label, words in settings_of(brief) if label not in named)
    frames = {_("First frame"): brief.first_frame, _("End frame"): brief.end_frame}
    yield from (
        (label, picture_words(frame)) for label, frame in frames.items() if frame is not None
    )
    if brief.brush is not None:
        yield _("Motion brush"), painted_words(brief.brush)
    lists: dict[str, tuple[ElementRef | VoiceRef, ...]]
    lists = {_("Elements"): brief.elements, _("Voices"): brief.voices}
    yield from (
        (label, ", ".join(entry.name for entry in entries))
        for label, entries in lists.items()
        if entries
    )

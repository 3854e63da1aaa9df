"""Rules of the marks in prompts that name an element or a voice: `<<<element_1>>>`.

What Kling does with a mark that names nothing is not known, so it is an error in the map reading
alone, where the product stands for what it sends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import sources
from ..problems import Problem
from .case import Case

if TYPE_CHECKING:
    from ..brief import Brief

TOKEN = re.compile(r"<<<(element|voice)_([1-9][0-9]{0,8})>>>")
_ANY_MARK = re.compile(r"<<<(?:[^<>\n]{0,40}>>>)?")
_LONGEST_SHOWN = 24


def named(brief: Brief, kind: str) -> set[int]:
    """The numbers of the elements (`kind` "element") or voices ("voice") the prompts name."""
    found = (TOKEN.findall(shot.prompt) for shot in brief.shots)
    return {int(number) for tokens in found for noun, number in tokens if noun == kind}


def attached_names(brief: Brief, kind: str) -> list[str]:
    """The names of the attached elements (`kind` "element") or voices, in their order."""
    references = brief.elements if kind == "element" else brief.voices
    return [reference.name for reference in references]


def check(case: Case) -> Iterator[Problem]:
    """Every mark names something attached; what is attached and never named is advice."""
    for place, shot in enumerate(case.brief.shots):
        if "<<<" not in shot.prompt:
            continue
        for mark in dict.fromkeys(_ANY_MARK.findall(shot.prompt)):
            yield from _check_mark(case, place, mark)
    yield from _unused(case, "element")
    yield from _unused(case, "voice")


def _check_mark(case: Case, place: int, mark: str) -> Iterator[Problem]:
    token = TOKEN.fullmatch(mark)
    field = f"shots[{place}].prompt"
    if token is None:
        shown = mark if len(mark) <= _LONGEST_SHOWN else f"{mark[:_LONGEST_SHOWN]}…"
        words = (
            f"Shot {place + 1} holds {shown}, which names nothing. Write it like <<<element_1>>> "
            "or <<<voice_1>>>, or remove it."
        )
        yield case.caution("token.malformed", field, words, sources.GREENLIGHT)
        return
    kind, number = token[1], int(token[2])
    attached = len(attached_names(case.brief, kind))
    if number > attached:
        words = (
            f"Shot {place + 1} names {mark}, and {_how_many(attached, kind)} attached. "
            f"Attach the {kind}, or remove the mark."
        )
        yield case.caution(f"token.{kind}_unknown", field, words, case.source)


def _how_many(attached: int, kind: str) -> str:
    if attached == 0:
        return f"no {kind} is"
    return f"only 1 {kind} is" if attached == 1 else f"only {attached} {kind}s are"


def _unused(case: Case, kind: str) -> Iterator[Problem]:
    attached = attached_names(case.brief, kind)
    if not attached:
        return
    in_prompts = named(case.brief, kind)
    for place, name in enumerate(attached):
        if place + 1 in in_prompts:
            continue
        words = f"No prompt names {name}. Write <<<{kind}_{place + 1}>>> where it appears."
        field = f"{kind}s[{place}]"
        yield Problem(f"{kind}.unused", field, words, case.source, warning=True)

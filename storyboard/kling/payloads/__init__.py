"""Raw create bodies and list queries, judged before they are sent.

A payload is any JSON value. It is read into a brief; what cannot be read is told once, a stand-in
takes its place, and the rules judge the rest. Fields are named as on the wire.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..brief import Brief, Reading
from ..problems import Problem
from ..profiles import ENDPOINTS, Endpoint, Profile
from .bodies import read_body
from .names import wire_path
from .queries import check_list
from .reader import MOST_PROBLEMS, Reader, shorten, wrong_type

__all__ = ["LIST", "judge"]

LIST = "list"
# A total that is out of range says it all: what it does to the shots follows from it.
_OF_TOTAL = frozenset({"shots.sum", "shot.seconds_too_many"})
_OF_ONE_TOTAL = frozenset({"shot.seconds_too_few"})
_RANGES = frozenset({"total.out_of_range", "capability.seconds"})


def judge(
    endpoint: str, profile: Profile, payload: object, reading: Reading = "documents"
) -> tuple[Problem, ...]:
    """Everything to be said of `payload` at `endpoint`: text2video, image2video or list.

    Fields are 0-based JSON paths in Kling's names, "" for the payload itself. Raises nothing,
    whatever JSON value the payload is; ValueError on another reading.
    """
    kind: Endpoint = "text2video" if endpoint == "text2video" else "image2video"
    if endpoint != LIST and endpoint not in ENDPOINTS:
        words = f"{shorten(endpoint)} is no endpoint here. Choose {', '.join((*ENDPOINTS, LIST))}."
        return (Problem("endpoint.unknown", "endpoint", words, profile.source(kind)),)
    if not isinstance(payload, dict):
        words = wrong_type("The payload", payload, "an object")
        return (Problem("payload.type", "", words, profile.source(kind)),)
    reader = Reader(payload, profile, kind, reading == "map")
    if endpoint == LIST:
        check_list(reader)
        return tuple(reader.found)
    brief = read_body(reader)
    return (*reader.found, *_of_brief(reader, brief, reading))


def _of_brief(reader: Reader, brief: Brief, reading: Reading) -> Iterator[Problem]:
    """What the rules say, in the names of the wire, without what only follows from a fault."""
    problems = brief.problems(reader.profile, reading)
    if not problems:
        return
    hidden: set[str] = reader.hidden
    if any(problem.code in _RANGES and not problem.warning for problem in problems):
        hidden |= _OF_TOTAL if brief.shooting == "custom" else _OF_ONE_TOTAL
    if len(problems) > MOST_PROBLEMS:
        problems = tuple(sorted(problems, key=_is_advice)[:MOST_PROBLEMS])
    told = {(problem.code, problem.field) for problem in reader.found}
    for problem in problems:
        field = _field(problem, brief)
        if problem.code in hidden or field in reader.weak or (problem.code, field) in told:
            continue
        told.add((problem.code, field))
        yield Problem(problem.code, field, problem.words, problem.source, problem.warning)


def _is_advice(problem: Problem) -> bool:
    return problem.warning


def _field(problem: Problem, brief: Brief) -> str:
    if problem.code == "endpoint.unknown":
        return "endpoint"
    several = brief.shooting == "custom"
    strokes = brief.brush is not None and bool(brief.brush.strokes)
    return wire_path(problem.field, several=several, strokes=strokes)

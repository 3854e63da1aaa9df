"""Our JavaScript modules as one file, so that a first visit asks once and not forty times.

Each module keeps a scope of its own: it becomes a function that runs in the order of the imports
and gives back what it exports. Only what our modules are written in is understood; anything else
stops collectstatic in words instead of reaching a browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_IMPORT = re.compile(
    r'^import\s+(?:\{(?P<names>[^}]*)\}\s+from\s+)?"\./(?P<module>[\w-]+\.js)";[ \t]*\n', re.M
)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (?P<name>\w+))", re.M)
# What would mean something else, or nothing, inside a function.
_FOREIGN = re.compile(r"^(?:import|export)\b.*$|\bimport\(|\bimport\.meta\b|^await\b", re.M)
# What a module says of itself is for who reads it here; a visitor need not carry it.
_ABOUT = re.compile(r"\A/\*.*?\*/\s*", re.S)
_NAME = re.compile(r"(\w+)(?:\s+as\s+(\w+))?")


class NotJoined(Exception):
    """A module that cannot become part of the one file; the words say which and why."""


def join_modules(start: str, read: Callable[[str], str]) -> str:
    """The text of `start` and of all it imports, each once. `read` gives a module by file name."""
    texts: dict[str, str] = {}
    for name in _in_order(start, read, ()):
        texts.setdefault(name, _as_function(name, read(name)))
    return "".join(texts.values())


def _in_order(name: str, read: Callable[[str], str], above: tuple[str, ...]) -> Iterator[str]:
    """What a module imports stands before it; a circle has no order."""
    if name in above:
        raise NotJoined(f"{' imports '.join((*above, name))}: a circle")
    for found in _IMPORT.finditer(read(name)):
        yield from _in_order(found["module"], read, (*above, name))
    yield name


def _as_function(name: str, text: str) -> str:
    text = _ABOUT.sub("", text)
    exported = [found["name"] for found in _EXPORT.finditer(text)]
    body = _EXPORT.sub("", _IMPORT.sub(_taken, text))
    if foreign := _FOREIGN.search(body):
        raise NotJoined(f"{name}: {foreign[0].strip()}")
    given = f"return {{ {', '.join(exported)} }};\n" if exported else ""
    return f"const {_variable(name)} = (() => {{\n{body.rstrip()}\n{given}}})();\n"


def _taken(found: re.Match[str]) -> str:
    if found["names"] is None:
        return ""
    names = (f"{one}: {other}" if other else one for one, other in _NAME.findall(found["names"]))
    return f"const {{ {', '.join(names)} }} = {_variable(found['module'])};\n"


def _variable(module: str) -> str:
    return "$" + re.sub(r"\W", "_", module.removesuffix(".js"))

"""Our JavaScript modules as few files, so that a first visit asks once and not forty times.

Each module keeps a scope of its own: it becomes a function that runs in the order of the imports
and gives back what it exports. Only what our modules are written in is understood; anything else
stops collectstatic in words instead of reaching a browser.

js/app.js is what every page runs. A late file (js/late.txt names its first module) is fetched
when a part of the page asks for it by `data-module` (js/late-modules.js): it holds what the first
file lacks and imports the rest from there, so that a module never runs twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

_IMPORT = re.compile(
    r'^import\s+(?:\{(?P<names>[^}]*)\}\s+from\s+)?"\./(?P<module>[\w-]+\.js)";[ \t]*\n', re.M
)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (?P<name>\w+))", re.M)
# What would mean something else, or nothing, inside a function. An address in a variable is
# fetched as it is; one in quotation marks would be that of a file that is not served.
_FOREIGN = re.compile(
    r"^(?:import|export)\b.*$|\bimport\((?!\w+\))|\bimport\.meta\b|^await\b", re.M
)
# What a module says of itself is for who reads it here; a visitor need not carry it.
_ABOUT = re.compile(r"\A/\*.*?\*/\s*", re.S)
_NAME = re.compile(r"(\w+)(?:\s+as\s+(\w+))?")


class NotJoined(Exception):
    """A module that cannot become part of the one file; the words say which and why."""


Read = Callable[[str], str]


def join_modules(start: str, read: Read, late: Sequence[str] = ()) -> dict[str, str]:
    """The files to serve by name: `start` first, then each of `late` after what it imports.

    `read` gives a module by file name. A file holds its first module and all it imports, each
    once, but for what another file of these holds: that it imports from there.
    """
    first = _File(start, [*dict.fromkeys(_in_order(start, read, ()))])
    for name in late:
        if name in first.modules:
            raise NotJoined(f"{start} imports {name}, which is late")
    files = {start: first}
    for name in _late_in_order(late, read):
        files[name] = _late_file(name, read, files)
    _check_once(files)
    return {name: each.text(read) for name, each in files.items()}


@dataclass
class _File:
    """One file to serve; `taken` and `given` are the modules it has from and gives to others."""

    name: str
    modules: list[str]
    taken: dict[str, set[str]] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)

    def text(self, read: Read) -> str:
        taken = (
            f'import {{ {_variables(names)} }} from "./{origin}";\n'
            for origin, names in sorted(self.taken.items())
        )
        joined = (_as_function(each, read(each)) for each in self.modules)
        given = f"export {{ {_variables(self.given)} }};\n" if self.given else ""
        return "".join((*taken, *joined, given))


def _late_in_order(late: Sequence[str], read: Read) -> list[str]:
    reached = (each for name in late for each in _in_order(name, read, ()))
    return [each for each in dict.fromkeys(reached) if each in late]


def _late_file(name: str, read: Read, files: dict[str, _File]) -> _File:
    """The file of one late module; what it needs of the others is noted in both."""
    made = _File(name, [])
    todo = [name]
    while todo:
        module = todo.pop()
        origin = _holder(module, files)
        if origin is not None:
            made.taken.setdefault(origin.name, set()).add(module)
            origin.given.add(module)
        elif module not in made.modules:
            made.modules.append(module)
            todo += [found["module"] for found in _IMPORT.finditer(read(module))]
    order = list(dict.fromkeys(_in_order(name, read, ())))
    made.modules.sort(key=order.index)
    return made


def _holder(module: str, files: dict[str, _File]) -> _File | None:
    """The file that holds it for others: the first one, or the late one that begins with it."""
    if module in files:
        return files[module]
    first = next(iter(files.values()))
    return first if module in first.modules else None


def _check_once(files: dict[str, _File]) -> None:
    """What stood in two files would run twice, and a custom element can be made only once."""
    held: dict[str, str] = {}
    for file in files.values():
        for module in file.modules:
            if held.setdefault(module, file.name) != file.name:
                words = f"{module} is in {held[module]} and {file.name}: make it late itself"
                raise NotJoined(words)


def _in_order(name: str, read: Read, above: tuple[str, ...]) -> Iterator[str]:
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


def _variables(modules: set[str]) -> str:
    return ", ".join(_variable(each) for each in sorted(modules))


def _variable(module: str) -> str:
    return "$" + re.sub(r"\W", "_", module.removesuffix(".js"))

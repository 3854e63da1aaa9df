"""The contact sheet: one plain file to look through."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from tests.screens.camera import Picture

HEAD = """<!doctype html><meta charset="utf-8"><title>Screens</title>
<style>body{background:#222;color:#eee;font:14px/1.5 sans-serif;margin:16px}
section{display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start;margin-bottom:32px}
h2{flex-basis:100%;margin:0}figure{margin:0}figcaption{font-size:12px;color:#aaa}
img{height:300px;display:block}</style><h1>Screens</h1>
"""


def write_sheet(folder: Path, pictures: Sequence[Picture], faults: Sequence[str]) -> Path:
    """`index.html` in the folder: what was found, then each screen's pictures."""
    lines = [HEAD, "<ul>", *(f"<li>{escape(fault)}</li>" for fault in faults), "</ul>"]
    for screen, group in groupby(sorted(pictures, key=by_screen), lambda one: one.screen):
        lines.append(f"<section><h2>{escape(screen)}</h2>")
        lines += [figure(picture) for picture in group]
        lines.append("</section>")
    path = folder / "index.html"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def by_screen(picture: Picture) -> tuple[str, ...]:
    return (picture.screen, picture.way, picture.size, picture.theme, picture.part)


def figure(picture: Picture) -> str:
    words = " · ".join(filter(None, (picture.size, picture.way, picture.theme, picture.part)))
    name = escape(picture.path.name)
    image = f'<a href="{name}"><img src="{name}" alt="" loading="lazy"></a>'
    return f"<figure>{image}<figcaption>{escape(words)}</figcaption></figure>"

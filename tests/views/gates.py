"""What the tests of a revision's page share."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from storyboard.models import Generation, Revision, User

SignedIn = Callable[[User], Client]


def at(name: str, row: Revision | Generation) -> str:
    return reverse(name, args=[row.key])


def page_of(browser: Client, revision: Revision) -> str:
    response = browser.get(at("revision", revision))
    assert response.status_code == 200
    return str(response.content.decode())


def gate_of(page: str) -> str:
    return page[page.index('id="gate"') : page.index("</aside>", page.index('id="gate"'))]


def buttons_of(page: str) -> list[str]:
    """The names of the gate's buttons that can be pressed."""
    found = re.findall(r"<button([^>]*)>(.*?)</button>", gate_of(page), re.DOTALL)
    names = [
        re.sub(r"<[^>]+>", "", words).strip()
        for attributes, words in found
        if 'aria-disabled="true"' not in attributes
    ]
    return sorted(names)

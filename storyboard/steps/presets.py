"""Reading what Kling itself offers on an account: elements and voices, page by page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TypeVar

from django.utils.translation import gettext as _

from storyboard.kling.errors import KlingError
from storyboard.kling.library import Element, LibraryTask, Voice
from storyboard.models.presets import Preset, PresetList
from storyboard.steps import account as accounts
from storyboard.steps import library_words
from storyboard.steps.words import WORDS

log = logging.getLogger(__name__)

PER_PAGE = 30
MOST = 1000  # of a kind that are kept
Item = TypeVar("Item", Element, Voice)


def read_presets(pk: int) -> bool:
    """Read the list an account waits for; False when nobody waits or another worker has it."""
    row = PresetList.objects.select_related("account__team").filter(pk=pk).first()
    if row is None or not row.begin():
        return False
    if not accounts.may_ask(row.account):
        row.fail(f"{WORDS['unreachable']} {_kept()}")
        return True
    try:
        elements, voices = _ask(row)
    except KlingError as error:
        log.warning("account %s: the presets cannot be read: %s", row.account.key, error)
        accounts.met(row.account, error)
        row.fail(f"{library_words.happened(error)} {_kept()}")
    except Exception:
        log.exception("account %s: reading the presets failed", row.account.key)
        row.fail(f"{_('Greenlight failed at reading the list.')} {_kept()}")
    else:
        accounts.answered(row.account)
        row.record(elements, voices)
    return True


def _ask(row: PresetList) -> tuple[list[Preset], list[Preset]]:
    with accounts.client_for(row.account) as client:
        elements = [_element(one) for one in _all(client.elements.presets)]
        voices = [_voice(one) for one in _all(client.voices.presets)]
    return elements, voices


def _all(page_of: Callable[[int, int], tuple[LibraryTask[Item], ...]]) -> Iterator[Item]:
    """To the first page that brings nothing new: no total is told, nor that pages are full."""
    seen: set[str] = set()
    page = 0
    while len(seen) < MOST:
        page += 1
        items = [item for task in page_of(page, PER_PAGE) for item in task.items]
        new = {item.id: item for item in items if item.id not in seen}
        if not new:
            return
        seen.update(new)
        yield from new.values()


def _element(told: Element) -> Preset:
    name = told.name[:80] or told.id
    return Preset(kling_id=told.id, name=name, description=told.description[:200])


def _voice(told: Voice) -> Preset:
    return Preset(kling_id=told.id, name=told.name[:80] or told.id, trial_url=told.trial_url[:500])


def _kept() -> str:
    return _("What was read before is kept. Ask again later.")

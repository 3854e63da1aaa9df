"""What each person changed in a draft, so that they can undo it: fifty steps, kept on the server.

Every verb of a draft keeps one edit in its own transaction, under the storyboard's lock. Undo
takes a person's last edit back, path by path, where the draft still stands as they left it; what
somebody changed since stays, and is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.models import draft_state
from storyboard.models.activity import Activity
from storyboard.models.base import NotAllowedNow
from storyboard.models.draft_state import MOST_SHOTS, Changes, State
from storyboard.models.edit_words import fields_of, left_words, words_of
from storyboard.models.turning_back import Turned, turn_back

if TYPE_CHECKING:
    from storyboard.models.storyboards import Storyboard
    from storyboard.models.teams import User

MOST_EDITS = 50
# Saves of the same fields within this time of the first are one step.
ONE_STEP = timedelta(seconds=10)

# Storyboards whose changes are being gathered into one edit, by primary key.
_gathered: ContextVar[frozenset[int]] = ContextVar("_gathered", default=frozenset())


@dataclass(frozen=True)
class Undone:
    """What undo or redo did: `done` and `left` are words for people, either may be empty.

    `shots` are the keys of the shots that changed or came back and stand now, in their order.
    """

    done: str
    left: str
    shots: tuple[str, ...]

    @property
    def words(self) -> str:
        return " ".join(filter(None, (self.done, self.left)))


class Edit(models.Model):
    """One step of one person in one draft; `changes` is draft_state.Changes."""

    storyboard = models.ForeignKey("Storyboard", on_delete=models.CASCADE, related_name="edits")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="edits"
    )
    number = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)
    changes = models.JSONField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["storyboard", "person", "number"], name="edit_number_per_person_and_draft"
            )
        ]

    def __str__(self) -> str:
        return f"Edit {self.number} of {self.person} in {self.storyboard}"

    @classmethod
    def keep(cls, board: Storyboard, changes: Changes, *, by: User) -> None:
        """Keep a step that was just made; call it under the storyboard's lock.

        Costs two queries. What the person had undone can no longer be redone.
        """
        if not changes or board.pk in _gathered.get():
            return
        mine = edits_of(board, by)
        last = mine.last()
        if last is not None and last.undone_at is not None:
            mine.filter(undone_at__isnull=False).delete()
            last = mine.last()
        elif last is not None and last._goes_on(changes):
            last._go_on(changes)
            return
        number = last.number + 1 if last else 1
        cls.objects.create(storyboard=board, person=by, number=number, changes=changes)
        if number > MOST_EDITS:
            mine.filter(number__lte=number - MOST_EDITS).delete()

    def _goes_on(self, changes: Changes) -> bool:
        """Whether these changes begin where this edit, made a moment ago, left the same fields."""
        return (
            self.made_at > timezone.now() - ONE_STEP
            and changes.keys() == self.changes.keys()
            and all(_is_written(path) for path in changes)
            and all(self.changes[path][1] == before for path, (before, _after) in changes.items())
        )

    def _go_on(self, changes: Changes) -> None:
        for path, (_before, after) in changes.items():
            self.changes[path][1] = after
        if all(before == after for before, after in self.changes.values()):
            self.delete()
        else:
            self.save(update_fields=["changes"])


@contextmanager
def recorded(board: Storyboard, *, by: User) -> Iterator[Storyboard]:
    """One transaction and one edit for whatever is changed inside; gives the locked row.

    Verbs used inside keep no edits of their own. Costs eight queries: the draft is read before
    and after. Nothing is kept where nothing changed.
    """
    with transaction.atomic():
        row = board.locked()
        row.project = board.project
        if row.pk in _gathered.get():
            yield row
            return
        before = draft_state.read(row)
        mark = _gathered.set(_gathered.get() | {row.pk})
        try:
            yield row
        finally:
            _gathered.reset(mark)
        Edit.keep(row, draft_state.difference(before, draft_state.read(row.locked())), by=by)


def edits_of(board: Storyboard, person: User) -> QuerySet[Edit]:
    """A person's edits of a draft, the first made first."""
    return Edit.objects.filter(storyboard=board, person=person).order_by("number")


def steps_of(person: User) -> dict[str, Exists]:
    """Annotations for storyboards: `undoable` and `redoable` by this person."""
    mine = Edit.objects.filter(storyboard=OuterRef("pk"), person=person)
    return {
        "undoable": Exists(mine.filter(undone_at__isnull=True)),
        "redoable": Exists(mine.filter(undone_at__isnull=False)),
    }


@transaction.atomic
def undo(board: Storyboard, *, by: User) -> Undone:
    """Take the person's last edit back as far as it stands; NotAllowedNow without any."""
    row = board.locked()
    row.project = board.project
    edit = edits_of(board, by).filter(undone_at__isnull=True).last()
    if edit is None:
        words = _("There is nothing to undo: you have changed nothing in this draft.")
        raise NotAllowedNow(words, "undo.nothing")
    now = draft_state.read(row)
    turned = _turn(row, now, edit.changes)
    what = words_of(turned.done, now, turned.state)
    _settle(edit, turned.done, undone=True)
    _put("storyboard.undone", row, now, turned, by)
    return _said(turned, now, what and _("Undone: %(what)s.") % {"what": what})


@transaction.atomic
def redo(board: Storyboard, *, by: User) -> Undone:
    """Make the person's last undone edit again as far as that is possible."""
    row = board.locked()
    row.project = board.project
    edit = edits_of(board, by).filter(undone_at__isnull=False).first()
    if edit is None:
        words = _("There is nothing to redo: you have undone nothing since your last change.")
        raise NotAllowedNow(words, "redo.nothing")
    now = draft_state.read(row)
    turned = _turn(row, now, _swapped(edit.changes))
    done = _swapped(turned.done)
    what = words_of(done, turned.state, now)
    _settle(edit, done, undone=False)
    _put("storyboard.redone", row, now, turned, by)
    return _said(turned, now, what and _("Redone: %(what)s.") % {"what": what})


def _turn(row: Storyboard, now: State, changes: Changes) -> Turned:
    """The changes turned back as far as they stand; NotAllowedNow where no draft can be that."""
    turned = turn_back(now, changes)
    gone = draft_state.missing(row, turned.state)
    if gone:
        turned = turn_back(now, changes, gone=gone)
    if len(turned.state["order"]) > MOST_SHOTS:
        words = _(
            "Six shots stand already, so the removed one cannot come back yet. It is kept. "
            "Have somebody else remove a shot, then undo again."
        )
        raise NotAllowedNow(words, "shots.too_many")
    if not turned.state["order"]:
        words = _(
            "This is the only shot, and a storyboard keeps one. Have somebody else add another, "
            "then undo again."
        )
        raise NotAllowedNow(words, "shots.last")
    return turned


def _settle(edit: Edit, done: Changes, *, undone: bool) -> None:
    """The edit holds on to what was turned; what somebody changed since is theirs."""
    if not done:
        edit.delete()
        return
    edit.changes, edit.undone_at = done, timezone.now() if undone else None
    edit.save(update_fields=["changes", "undone_at"])


def _put(verb: str, row: Storyboard, now: State, turned: Turned, by: User) -> None:
    """Write the draft and its activity; nothing of either where nothing was turned."""
    if not turned.done:
        return
    draft_state.write(row, now, turned.state, by=by)
    about: dict[str, Any] = {}
    shots = _shots_of(turned)
    if len(shots) == 1:
        about = {"shot": shots[0], "position": turned.state["order"].index(shots[0]) + 1}
    fields = ", ".join(fields_of(turned.done))
    Activity.append(verb, by=by, storyboard=row, fields=fields, **about)


def _said(turned: Turned, now: State, done: str) -> Undone:
    return Undone(done, left_words(turned.left, now), _shots_of(turned))


def _shots_of(turned: Turned) -> tuple[str, ...]:
    touched = {path.split(".")[1] for path in turned.done if path.startswith("shot.")}
    return tuple(key for key in turned.state["order"] if key in touched)


def _swapped(changes: Changes) -> Changes:
    return {path: [after, before] for path, (before, after) in changes.items()}


def _is_written(path: str) -> bool:
    """Whether the path is a field people change little by little."""
    return path.startswith("settings.") or path.endswith((".prompt", ".seconds"))

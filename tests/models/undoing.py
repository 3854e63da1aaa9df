"""Whether a person has something to undo or redo in a draft, as its page is told."""

from storyboard.models import Storyboard, User, steps_of


def can_undo(board: Storyboard, person: User) -> bool:
    return bool(_read(board, person).undoable)


def can_redo(board: Storyboard, person: User) -> bool:
    return bool(_read(board, person).redoable)


def _read(board: Storyboard, person: User) -> Storyboard:
    return Storyboard.objects.annotate(**steps_of(person)).get(pk=board.pk)

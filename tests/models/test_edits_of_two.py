"""Whatever two people do, one of them can take all of theirs back and the other's stays."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storyboard.models import (
    Edit,
    Element,
    NotAllowedNow,
    Project,
    Shot,
    Storyboard,
    Team,
    Undone,
    User,
)
from tests import builders
from tests.models.undoing import can_redo, can_undo


class Step(NamedTuple):
    """One press: who, what, at which of the first three shots, and a number to choose with."""

    is_hers: bool
    verb: str
    place: int
    number: int


# Those of the one who stays change fields alone, so that they mean the same without the other's;
# and the two never write the same value, which would be one person's change and not the other's.
_HERS = ("prompt", "seconds", "mode", "negative_prompt")
_HIS = (*_HERS, "add", "remove", "move", "duplicate", "attach", "detach", "undo", "redo", "retime")


def steps(is_hers: bool, verbs: tuple[str, ...]) -> st.SearchStrategy[Step]:
    return st.builds(
        Step, st.just(is_hers), st.sampled_from(verbs), st.integers(0, 2), st.integers(0, 6)
    )


STEPS = st.lists(st.one_of(steps(True, _HERS), steps(False, _HIS)), max_size=12)


class World(NamedTuple):
    board: Storyboard
    keys: list[str]
    elements: list[Element]

    def shot(self, step: Step) -> Shot | None:
        """The shot of the step; None when it was removed."""
        rows = Shot.objects.select_related("storyboard__project__team")
        return rows.filter(key=self.keys[step.place]).first()

    def take(self, step: Step, by: User) -> bool:
        """Whether it could be done."""
        try:
            return bool(_TAKEN[step.verb](self, step, by))
        except NotAllowedNow:
            return False

    def told(self) -> tuple[object, ...]:
        board = Storyboard.objects.get(pk=self.board.pk)
        shots = tuple((self.keys.index(each.key), each) for each in board.brief().shots)
        bare = [(place, each.position, each.prompt, each.seconds) for place, each in shots]
        return bare, {name: getattr(board, name) for name in board.SETTINGS}, board.brief().elements


def _rewrite(world: World, step: Step, by: User) -> bool:
    shot = world.shot(step)
    value: str | int = 2 * step.number + step.is_hers
    if step.verb == "prompt":
        value = f"{'Hers' if step.is_hers else 'His'} {step.number} <<<element_{step.number}>>>"
    if shot is not None:
        shot.rewrite({step.verb: value}, by=by)
    return shot is not None


def _set(world: World, step: Step, by: User) -> bool:
    world.board.rewrite({step.verb: f"{'hers' if step.is_hers else 'his'} {step.place}"}, by=by)
    return True


def _with_shot(act: Callable[[Shot, Step, User], object]) -> Callable[[World, Step, User], bool]:
    def taken(world: World, step: Step, by: User) -> bool:
        shot = world.shot(step)
        if shot is not None:
            act(shot, step, by)
        return shot is not None

    return taken


def _attach(world: World, step: Step, by: User) -> bool:
    element = world.elements[step.place]
    verb = world.board.attach_element if step.verb == "attach" else world.board.detach_element
    verb(element, by=by)
    return True


_TAKEN: dict[str, Callable[[World, Step, User], object]] = {
    "prompt": _rewrite,
    "seconds": _rewrite,
    "mode": _set,
    "negative_prompt": _set,
    "add": lambda world, step, by: world.board.add_shot(by=by),
    "remove": _with_shot(lambda shot, step, by: shot.remove(by=by)),
    "move": _with_shot(lambda shot, step, by: shot.move(step.number, by=by)),
    "duplicate": _with_shot(lambda shot, step, by: shot.duplicate(by=by)),
    "attach": _attach,
    "detach": _attach,
    "retime": lambda world, step, by: world.board.retime({}, total=step.number + 3, by=by),
    "undo": lambda world, step, by: world.board.undo(by=by),
    "redo": lambda world, step, by: world.board.redo(by=by),
}


def a_world(project: Project, elements: list[Element], by: User) -> World:
    shots = [(f"Shot {number}", number) for number in (1, 2, 3)]
    board = builders.make_storyboard(project, by=by, shots=shots)
    board.attach_element(elements[0], by=by)
    Edit.objects.filter(storyboard=board).delete()
    return World(board, list(board.shots.values_list("key", flat=True)), elements)


def undo_all(board: Storyboard, by: User) -> list[Undone]:
    told = []
    while can_undo(board, by):
        told.append(board.undo(by=by))
    return told


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(taken=STEPS)
def test_undoing_all_of_ones_own_leaves_what_the_other_did(
    project: Project, team: Team, alice: User, carol: User, taken: list[Step]
) -> None:
    """Where nothing clashed. Where something did, undo and redo still never fail."""
    with transaction.atomic():
        elements = [
            builders.know_element(name, kling_id=name, team=team, by=alice)
            for name in ("A", "B", "C")
        ]
        both, hers = a_world(project, elements, carol), a_world(project, elements, carol)
        for step in taken:
            was_taken = both.take(step, carol if step.is_hers else alice)
            if step.is_hers and was_taken:
                hers.take(step, carol)
        told = undo_all(both.board, alice)
        if not any(undone.left for undone in told):
            assert both.told() == hers.told()
        while can_redo(both.board, alice):
            both.board.redo(by=alice)
        undo_all(both.board, alice)
        undo_all(both.board, carol)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_undos_at_once_take_two_steps_back(storyboard: Storyboard, alice: User) -> None:
    shot = storyboard.shots.get(position=1)
    for words in ("Uno", "Dos", "Tres"):
        shot.rewrite({"prompt": words}, by=alice)
        Edit.objects.update(made_at=timezone.now() - timedelta(seconds=11))
    failed: list[Exception] = []
    both = threading.Barrier(2)

    def press() -> None:
        board = Storyboard.objects.select_related("project__team").get(pk=storyboard.pk)
        both.wait()
        try:
            board.undo(by=alice)
        except Exception as error:  # said below, on the thread that asserts
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert Shot.objects.get(pk=shot.pk).prompt == "Uno"


@pytest.mark.django_db(transaction=True)
def test_saves_and_structural_changes_at_once_do_not_wait_for_each_other_for_ever(
    storyboard: Storyboard, alice: User, carol: User
) -> None:
    first = storyboard.shots.get(position=1)
    failed: list[Exception] = []
    both = threading.Barrier(2)

    def write() -> None:
        for number in range(8):
            Shot.objects.get(pk=first.pk).rewrite({"prompt": f"W {number}"}, by=carol)

    def move() -> None:
        for _number in range(4):
            Shot.objects.get(pk=first.pk).move(2, by=alice)
            Storyboard.objects.get(pk=storyboard.pk).undo(by=alice)

    def run(act: Callable[[], None]) -> None:
        both.wait()
        try:
            act()
        except Exception as error:  # said below, on the thread that asserts
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in (write, move)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert storyboard.shots.get(position=1).prompt == "W 7"

"""Every verb has its sentence, and the history keeps what it was told."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from storyboard import models
from storyboard.models import SENTENCES, Activity, Project, Storyboard, User

_FOLDER = Path(models.__file__).parent
_VERB = re.compile(r"[a-z]+\.[a-z_]+")


def appended_in_the_models() -> set[str]:
    """The verbs given to `Activity.append` and to the short hands around it."""
    found = set()
    for path in _FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="append" | "say" | "_say" | "_said"),
                    args=[ast.Constant(value=str(words)), *_],
                ):
                    found.add(words)
    return {words for words in found if _VERB.fullmatch(words)}


def test_every_appended_verb_has_its_sentence() -> None:
    appended = appended_in_the_models()
    assert len(appended) > 30
    assert appended <= set(SENTENCES)


def test_an_unknown_verb_is_found_at_once(project: Project, alice: User) -> None:
    with pytest.raises(KeyError):
        Activity.append("project.forgotten", by=alice, project=project)


@pytest.mark.parametrize("verb", sorted(SENTENCES))
def test_a_sentence_reads_even_when_its_words_are_missing(verb: str) -> None:
    sentence = Activity(verb=verb, data={}).sentence
    assert sentence
    assert "%" not in sentence


def test_the_actor_of_nobody_is_the_system(project: Project) -> None:
    told = Activity.append("project.archived", by=None, project=project)
    assert (told.actor_kind, str(told)) == ("system", "Greenlight archived the project")


def test_a_storyboards_name_is_kept_as_it_was(storyboard: Storyboard, alice: User) -> None:
    storyboard.archive(by=alice)
    told = Activity.objects.latest("pk")
    storyboard.rename("Else", by=alice)
    assert told.sentence == "archived The Lamp, night one"


def test_changed_fields_are_named_as_on_the_screen(storyboard: Storyboard, alice: User) -> None:
    storyboard.rewrite({"mode": "pro", "sound": True, "total_seconds": 9}, by=alice)
    told = Activity.objects.latest("pk")
    assert told.sentence == "changed mode, sound and total seconds of The Lamp, night one"


def test_every_setting_of_a_storyboard_has_its_name(storyboard: Storyboard, alice: User) -> None:
    for name in (*Storyboard.SETTINGS, "prompt", "seconds"):
        sentence = Activity(verb="storyboard.set", data={"fields": name}).sentence
        assert "_" not in sentence

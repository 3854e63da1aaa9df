"""Members named in a note, and what waits for them."""

from __future__ import annotations

import pytest

from storyboard.access import ROLES_BY_VERB
from storyboard.models import Note, NoteMention, Role, Take, Team, User
from storyboard.models.mentions import Piece, mentioned, pieces
from storyboard.models.waiting import Waiting, waiting_for
from tests import builders


def named(note: Note) -> list[str]:
    return [str(one) for one in NoteMention.objects.filter(note=note)]


def people_in(words: str, team: Team) -> list[User]:
    return [user for user, _name in mentioned(words, team)]


def waits(user: User) -> list[Waiting]:
    return [one for one in waiting_for(user, ROLES_BY_VERB) if one.kind == "mention"]


@pytest.mark.parametrize(
    ("words", "people"),
    [
        ("@Bob Okafor, look.", ["Bob Okafor"]),
        ("Look, @bob okafor!", ["Bob Okafor"]),
        ("(@Bob Okafor)", ["Bob Okafor"]),
        (
            "@Carol Lindqvist and @Bob Okafor and @Carol Lindqvist",
            ["Carol Lindqvist", "Bob Okafor"],
        ),
        ("@Bob", []),
        ("@Bob Okaforson", []),
        ("Bob Okafor", []),
        ("me@Bob Okafor", []),
        ("@@Bob Okafor", []),
        ("@Charlie Duval", []),
        ("@", []),
        ("", []),
    ],
)
def test_an_at_and_the_whole_name_mention_a_member(
    team: Team, bob: User, carol: User, charlie: User, words: str, people: list[str]
) -> None:
    assert [str(user) for user in people_in(words, team)] == people


def test_of_names_that_begin_alike_the_longest_is_meant(team: Team, alice: User) -> None:
    ann = builders.make_person("ann@example.com", "Ann")
    annie = builders.make_person("annie@example.com", "Ann Ekberg")
    for person in (ann, annie):
        builders.join(team, Role.AUTHOR, person, by=alice)
    assert people_in("@Ann Ekberg", team) == [annie]
    assert people_in("@Ann, @Ann Ekberg", team) == [ann, annie]


@pytest.mark.parametrize("words", ["@Jörg Weiß, look.", "@jörg weiß", "@JÖRG WEIẞ"])
def test_a_name_is_found_whatever_its_letters_become(team: Team, alice: User, words: str) -> None:
    person = builders.make_person("jw@example.com", "Jörg Weiß")
    builders.join(team, Role.AUTHOR, person, by=alice)
    assert people_in(words, team) == [person]


def test_a_person_without_a_name_is_named_by_their_address(team: Team, alice: User) -> None:
    builders.join(team, Role.AUTHOR, builders.make_person("j.d+x@example.com", ""), by=alice)
    assert [user.email for user in people_in("@j.d+x: here", team)] == ["j.d+x@example.com"]
    assert people_in("@jxd+x: here", team) == []


def test_two_of_one_name_are_both_mentioned(team: Team, alice: User, bob: User) -> None:
    second = builders.make_person("other.bob@example.com", "Bob Okafor")
    builders.join(team, Role.AUTHOR, second, by=alice)
    assert people_in("@Bob Okafor", team) == [bob, second]


def test_who_is_switched_off_is_not_mentioned(team: Team, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert people_in("@Bob Okafor", team) == []


def test_words_are_cut_where_they_mention() -> None:
    words = "Hm, @ann Ekberg: ask @Ann. <b>@Annie</b>"
    cut = pieces(words, ["Ann", "Ann Ekberg"])
    assert cut == [
        Piece("Hm, ", False),
        Piece("@ann Ekberg", True),
        Piece(": ask ", False),
        Piece("@Ann", True),
        Piece(". <b>@Annie</b>", False),
    ]
    assert "".join(piece.words for piece in cut) == words
    assert pieces(words, []) == [Piece(words, False)]
    assert pieces("", ["Ann"]) == []


def test_a_mention_keeps_the_name_as_it_was_written(take: Take, alice: User, bob: User) -> None:
    note = Note.add(take, "@bob okafor, closer?", by=alice)
    User.objects.filter(pk=bob.pk).update(name="Robert Okafor")
    assert named(note) == ["@bob okafor"]


def test_a_mention_waits_until_the_take_was_opened(
    take: Take, alice: User, bob: User, carol: User
) -> None:
    note = Note.add(take, "@Bob Okafor, closer?", at_ms=0, by=alice)
    Note.add(take, "@Bob Okafor, wider?", at_ms=0, by=carol)
    (thing,) = waits(bob)
    assert (thing.key, thing.number, thing.note_key) == (take.key, 1, note.key)
    assert (thing.storyboard, thing.who) == (take.storyboard, "Alice Moreau")
    NoteMention.look(take, by=alice)
    assert len(waits(bob)) == 1
    NoteMention.look(take, by=bob)
    assert waits(bob) == []
    note.reply("And now, @Bob Okafor?", by=alice)
    assert [thing.note_key for thing in waits(bob)] == [note.key]


def test_nobody_waits_for_themselves(take: Take, bob: User) -> None:
    note = Note.add(take, "@Bob Okafor: do not forget.", by=bob)
    assert named(note) == []


def test_an_edited_note_tells_only_who_is_new_in_it(
    take: Take, alice: User, bob: User, carol: User
) -> None:
    note = Note.add(take, "@Bob Okafor, closer?", by=alice)
    NoteMention.look(take, by=bob)
    note.edit("@Bob Okafor, @Carol Lindqvist: closer?", by=alice)
    assert (waits(bob), len(waits(carol))) == ([], 1)
    note.edit("Closer?", by=alice)
    assert (named(note), waits(carol)) == ([], [])


def test_a_removed_note_waits_for_nobody(take: Take, alice: User, bob: User) -> None:
    note = Note.add(take, "@Bob Okafor, closer?", by=alice)
    note.reply("Hm.", by=alice)
    note.remove(by=alice)
    assert waits(bob) == []


def test_who_left_the_team_is_not_told(take: Take, alice: User, bob: User) -> None:
    Note.add(take, "@Bob Okafor, closer?", by=alice)
    bob.memberships.get().remove(by=alice)
    assert waits(bob) == []


def test_nothing_archived_mentions(take: Take, alice: User, bob: User) -> None:
    Note.add(take, "@Bob Okafor, closer?", by=alice)
    take.storyboard.archive(by=alice)
    assert waits(bob) == []

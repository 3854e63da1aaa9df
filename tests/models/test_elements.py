"""Elements: versions, what revisions pin, where they are used, and what a removal does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storyboard.kling import readiness
from storyboard.media.pictures import clean_picture
from storyboard.models import (
    Account,
    Activity,
    Creation,
    CreationStatus,
    Element,
    ElementVersion,
    Look,
    NotAllowedNow,
    NotReady,
    Picture,
    Project,
    Revision,
    RevisionElement,
    Storyboard,
    Team,
    User,
    affected_by_removing,
    usage_of,
)
from storyboard.models.pins import cast_words
from storyboard.models.uses import refs_on
from tests import builders


@pytest.fixture
def aldous(team: Team, account: Account, alice: User) -> Element:
    """Of two pictures, ready on the team's account."""
    element = builders.make_element("Aldous", team=team, by=alice)
    builders.make_ready(element, by=alice, kling_id="701")
    return element


@pytest.fixture
def board(storyboard: Storyboard, aldous: Element, alice: User) -> Storyboard:
    """With a first frame and Aldous."""
    builders.give_first_frame(storyboard, by=alice)
    storyboard.attach_element(aldous, by=alice)
    return Storyboard.objects.get(pk=storyboard.pk)


def fresh(element: Element) -> Element:
    return Element.objects.get(pk=element.pk)


def renamed(element: Element, name: str, *, by: User) -> ElementVersion:
    return fresh(element).change(replace(fresh(element).look, name=name), by=by)


# Making


def test_a_new_element_is_its_first_version(team: Team, alice: User) -> None:
    element = builders.make_element("Aldous", team=team, by=alice, colours="#111 #222 #333 #444")
    version = fresh(element).latest
    assert (version.number, version.kind) == (1, "pictures")
    assert len(version.pictures()) == 4
    assert version.pictures()[0] == element.picture
    assert fresh(element).look == version.look
    assert refs_on([element], None)[0].kling_id == ""


@pytest.mark.parametrize(
    ("colours", "name", "description", "words"),
    [
        ("#111", "Aldous", "A keeper", "a frontal picture and 1 to 3 others; there are 1"),
        ("#111 #222 #333 #444 #555", "Aldous", "A keeper", "there are 5"),
        ("#111 #222", "", "A keeper", "A name has 1 to 20 characters; this one has 0"),
        ("#111 #222", "A" * 21, "A keeper", "this one has 21"),
        ("#111 #222", "Aldous", "", "A description has 1 to 100 characters; this one has 0"),
        ("#111 #222", "Aldous", "a" * 101, "this one has 101"),
    ],
)
def test_what_kling_would_not_take_is_refused_in_words(
    team: Team, alice: User, colours: str, name: str, description: str, words: str
) -> None:
    pictures = tuple(
        Picture.keep(clean_picture(builders.png((320, 320), colour)), team=team)
        for colour in colours.split()
    )
    with pytest.raises(NotAllowedNow, match=words):
        Element.add(Look(name, description, pictures), team=team, by=alice)
    assert not Element.objects.exists()


def test_tags_are_cleaned_and_found(team: Team, alice: User) -> None:
    element = builders.make_element("Märit", team=team, by=alice)
    element.retag([" Boat ", "boat hull", "Boat"], by=alice)
    assert fresh(element).tags == ["Boat", "boat hull"]
    rows = Element.objects.in_library()
    assert list(rows.tagged("BOAT")) == [element]
    assert not rows.tagged("oat")
    assert list(rows.found("MÄRIT drawn")) == [element]
    assert not rows.found("märit gull")
    with pytest.raises(NotAllowedNow, match="8 tags at most"):
        element.retag([f"tag {n}" for n in range(9)], by=alice)


# Versions


def test_a_change_is_the_next_version_and_asked_for_where_the_last_one_is(
    aldous: Element, account: Account, alice: User
) -> None:
    version = renamed(aldous, "Aldous, older", by=alice)
    assert (version.number, fresh(aldous).name) == (2, "Aldous, older")
    made = Creation.objects.get(version=version)
    assert (made.account, made.status) == (account, CreationStatus.QUEUED)
    assert Creation.objects.get(version__number=1).kling_id == "701"
    assert Activity.objects.get(verb="element.changed").data["version"] == 2


def test_no_change_is_no_version(aldous: Element, alice: User) -> None:
    assert fresh(aldous).change(fresh(aldous).look, by=alice).number == 1
    assert not Activity.objects.filter(verb="element.changed").exists()


def test_other_pictures_keep_their_order(team: Team, aldous: Element, alice: User) -> None:
    front, other = aldous.latest.pictures()
    third = builders.make_element("Third", team=team, by=alice, colours="#a11 #b22").picture
    assert third is not None
    version = fresh(aldous).change(replace(aldous.look, pictures=(third, other, front)), by=alice)
    assert version.pictures() == [third, other, front]


def test_a_change_stands_although_the_account_is_off(
    aldous: Element, account: Account, alice: User
) -> None:
    account.switch_off(by=alice)
    version = renamed(aldous, "Older", by=alice)
    assert fresh(aldous).latest == version
    assert not version.creations.exists()


def test_a_known_element_keeps_its_id_when_it_is_renamed(
    team: Team, account: Account, alice: User
) -> None:
    still = Picture.keep(clean_picture(builders.png((320, 320))), team=team)
    known = builders.know_element("Boat", kling_id="9", team=team, by=alice, poster=still)
    version = known.change(Look("Red boat"), by=alice)
    [ref] = refs_on([fresh(known)], account)
    assert (ref.kling_id, ref.version, ref.name) == ("9", 2, "Red boat")
    assert version.frontal == still
    assert version.pictures() == []


# Where it is


def test_the_same_id_is_known_once_to_a_team(team: Team, account: Account, alice: User) -> None:
    builders.know_element("Boat", kling_id="9", team=team, by=alice)
    with pytest.raises(NotAllowedNow, match="Boat has this id already"):
        builders.know_element("Ship", kling_id="9", team=team, by=alice)
    assert not Element.objects.filter(name="Ship").exists()
    builders.know_voice("Sailor", kling_id="9", team=team, by=alice)


def test_a_known_element_is_not_created_elsewhere(
    team: Team, account: Account, alice: User
) -> None:
    known = builders.know_element("Boat", kling_id="9", team=team, by=alice)
    other = team.add_account(
        "Other", profile="official", address=builders.SIMULATOR, credential="k", by=alice
    )
    with pytest.raises(NotAllowedNow, match="known by its Kling id alone"):
        known.ask_on(other, by=alice)
    Creation.know(known.latest, account=other, kling_id="10")
    [ref] = refs_on([known], other)
    assert ref.kling_id == "10"


def test_a_preset_is_on_every_account_of_its_address(
    team: Team, account: Account, alice: User
) -> None:
    preset = Element.from_preset("Cat", kling_id="900", account=account, team=team, by=alice)
    near, far = (
        team.add_account(name, profile="official", address=address, credential="k", by=alice)
        for name, address in (("Near", builders.SIMULATOR), ("Far", "http://127.0.0.1:10"))
    )
    assert preset.ask_on(near, by=alice).kling_id == "900"
    with pytest.raises(NotAllowedNow, match="preset of another address"):
        preset.ask_on(far, by=alice)


def test_a_draft_says_what_its_account_does_not_have_yet(
    storyboard: Storyboard, team: Team, alice: User
) -> None:
    builders.give_first_frame(storyboard, by=alice)
    element = builders.make_element("Keeper", team=team, by=alice)
    storyboard.attach_element(element, by=alice)
    assert _words(storyboard) == ["Keeper is not on Simulator yet. Create it there."]
    row = element.ask_on(builders.account_of(team, alice), by=alice)
    assert _words(storyboard) == ["Keeper is not on Simulator yet. It is being created there."]
    with pytest.raises(NotReady):
        builders.make_revision(Storyboard.objects.get(pk=storyboard.pk), by=alice)
    row.claim(builders.WORKER)
    row.fail("No face.", said="no face")
    assert _words(storyboard) == ["Keeper is not on Simulator yet. Create it there."]


def _words(board: Storyboard) -> list[str]:
    brief = Storyboard.objects.get(pk=board.pk).brief()
    return [one.words for one in readiness.problems(brief) if not one.warning]


def test_another_account_of_the_project_is_another_question(
    board: Storyboard, project: Project, team: Team, alice: User
) -> None:
    assert _words(board) == []
    other = team.add_account(
        "Studio", profile="official", address=builders.SIMULATOR, credential="k", by=alice
    )
    project.choose_account(other, by=alice)
    assert _words(board) == ["Aldous is not on Studio yet. Create it there."]


def test_the_brief_costs_the_same_for_one_element_and_three(
    board: Storyboard, team: Team, alice: User
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            Storyboard.objects.get(pk=board.pk).brief()
        return len(asked)

    one = cost()
    for number in (2, 3):
        element = builders.make_element(f"E{number}", team=team, by=alice)
        builders.make_ready(element, by=alice, kling_id=f"70{number}")
        board.attach_element(element, by=alice)
    assert cost() == one


# What revisions pin


def test_a_revision_pins_the_version_it_was_sent_with(
    board: Storyboard, aldous: Element, alice: User, bob: User
) -> None:
    revision = builders.approve(builders.make_revision(board, by=alice), by=bob)
    version = renamed(aldous, "Aldous, older", by=alice)
    builders.make_ready(fresh(aldous), by=alice, kling_id="702")
    pin = RevisionElement.objects.get(revision=revision)
    assert (pin.version.number, pin.position) == (1, 1)
    assert cast_words(revision.brief) == "Aldous, version 1"
    assert revision.generate(by=alice).status == "queued", "its own version is still there"
    second = _sent_again(board, alice)
    assert cast_words(second.brief) == "Aldous, older, version 2"
    assert second.element_pins.get().version == version
    assert second.brief.elements[0].kling_id == "702"


def _sent_again(board: Storyboard, alice: User) -> Revision:
    return builders.make_revision(Storyboard.objects.get(pk=board.pk), by=alice)


def test_a_take_tells_its_elements_in_the_history(
    board: Storyboard, alice: User, bob: User
) -> None:
    builders.make_take(builders.approve(builders.make_revision(board, by=alice), by=bob), by=alice)
    told = Activity.objects.get(verb="take.stored")
    assert told.data["cast"] == "Aldous, version 1"
    assert "aldous, version 1" in told.search_words


# Where it is used, and what a removal does


def test_usage_counts_storyboards_once_and_stored_takes(
    board: Storyboard, project: Project, aldous: Element, team: Team, alice: User, bob: User
) -> None:
    revision = builders.approve(builders.make_revision(board, by=alice, takes=2), by=bob)
    builders.make_take(revision, by=alice)
    builders.make_take(revision, by=alice)
    draft = builders.make_storyboard(project, by=alice, name="Draft alone")
    draft.attach_element(aldous, by=alice)
    unused = builders.make_element("Unused", team=team, by=alice)
    usage = usage_of([aldous, unused])
    assert (usage[aldous.pk].storyboards, usage[aldous.pk].takes) == (2, 2)
    assert (usage[unused.pk].storyboards, usage[unused.pk].takes) == (0, 0)


def test_usage_is_one_query_for_any_list(team: Team, alice: User) -> None:
    elements = [builders.make_element(f"E{n}", team=team, by=alice) for n in range(3)]
    with CaptureQueriesContext(connection) as asked:
        usage_of(elements)
    assert len(asked) == 1


def test_a_removal_takes_it_off_drafts_and_leaves_revisions(
    board: Storyboard, project: Project, aldous: Element, alice: User
) -> None:
    revision = builders.make_revision(board, by=alice)
    affected = affected_by_removing(aldous)
    assert [one.pk for one in affected.drafts] == [board.pk]
    assert affected.revisions == [revision]
    assert affected.takes == 0
    fresh(aldous).remove(by=alice)
    assert not Storyboard.objects.get(pk=board.pk).brief().elements
    assert revision.element_pins.get().version.element == aldous
    with pytest.raises(NotAllowedNow, match="not in the library any more"):
        renamed(aldous, "Back", by=alice)
    with pytest.raises(NotAllowedNow, match="not in the library any more"):
        fresh(aldous).ask_on(builders.account_of(project.team, alice), by=alice)

"""The demo team and its film: made once by the product's own verbs, reused ever after."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from django.db import transaction

from storyboard.kling.troubles import of_failure
from storyboard.management import demo_boards
from storyboard.management.demo_boards import Board
from storyboard.media.pictures import clean_picture
from storyboard.media.render import Scene, render_film
from storyboard.media.scenery import draw_scenery
from storyboard.models import (
    Account,
    Element,
    Generation,
    Look,
    NotAllowedNow,
    Note,
    Picture,
    Project,
    Revision,
    Role,
    Status,
    Storyboard,
    Take,
    Team,
    User,
    Voice,
    send_for_review,
)
from storyboard.models.files import parts_folder
from storyboard.steps.store import keep_take

PASSWORD = "lighthouse-9-steps"  # noqa: S105  (printed at every start of the demo)
TEAM = "Northlight Films"
PROJECT = "The Lighthouse Keeper"
PEOPLE = {
    "owner": ("owner@demo.example", "Jonas Okafor", Role.OWNER, 10),
    "author": ("author@demo.example", "Mara Lindqvist", Role.AUTHOR, 20),
    "reviewer": ("reviewer@demo.example", "Ines Ferro", Role.REVIEWER, 1),
}
STRANGER = ("stranger@demo.example", "Tomi Sato", 15)
LOADER = "demo"


class SignIn(NamedTuple):
    """One way into the demo."""

    email: str
    password: str
    role: str


def load(*, simulator_address: str) -> Sequence[SignIn]:
    """Make the demo where it is missing, follow the simulator's address, order one take."""
    team = Team.objects.filter(name=TEAM).first()
    if team is None:
        team = _make_team(simulator_address)
    Account.objects.filter(team=team).update(address=simulator_address)
    if not Project.objects.filter(team=team, name=PROJECT).exists():
        _make_film(team)
    _order_one(team)
    return [
        *(SignIn(email, PASSWORD, role.value) for email, _name, role, _hue in PEOPLE.values()),
        SignIn(STRANGER[0], PASSWORD, "owner of another team"),
    ]


@transaction.atomic
def _make_team(simulator_address: str) -> Team:
    owner = _person(*PEOPLE["owner"][:2], PEOPLE["owner"][3])
    team = Team.start(TEAM, owner=owner)
    for email, name, role, hue in list(PEOPLE.values())[1:]:
        _person(email, name, hue)
        team.add_member(email, role=role, by=owner)
    account = team.add_account(
        "Simulator",
        profile="official",
        address=simulator_address,
        credential="demo-key",
        by=owner,
    )
    for number, cast in enumerate(demo_boards.CAST, start=1):
        Element.know(
            cast.name, kling_id=f"70010{number}", account=account, team=team, by=owner,
            description=cast.description, tags=cast.tags, poster=_picture(cast.still, team),
        )  # fmt: skip
    for place in demo_boards.PLACES:
        pictures = tuple(_scenery(place.name, number, team) for number in (1, 2, 3))
        look = Look(place.name, place.description, pictures)
        Element.add(look, team=team, by=owner, tags=place.tags).ask_on(account, by=owner)
    Team.start("Tidewater Pictures", owner=_person(*STRANGER))
    return team


def _make_film(team: Team) -> None:
    """In one transaction but for the files, so that an interrupted start begins again."""
    people = {word: User.objects.get(email=row[0]) for word, row in PEOPLE.items()}
    owner, author, reviewer = people["owner"], people["author"], people["reviewer"]
    with transaction.atomic():
        project = Project.start(PROJECT, team=team, by=owner)
        for plan in (demo_boards.STARS, demo_boards.EMBER):
            _board(plan, project, by=author)
        send_for_review(_board(demo_boards.STORM, project, by=author), takes=2, by=author)
        _fail(_approved(demo_boards.STEPS, project, author, reviewer), by=author)
        _approved(demo_boards.FOG, project, author, reviewer, takes=4)
        gallery = _take(_approved(demo_boards.GALLERY, project, author, reviewer), by=author)
        _notes(gallery, demo_boards.GALLERY, people)
        gallery.storyboard.pick(gallery, by=owner)
        lamp = _approved(demo_boards.LAMP, project, author, reviewer, takes=2)
        _speak(_take(lamp, by=author), by=author)
        _notes(_take(lamp, by=author), demo_boards.LAMP, people)
        _rewrite_lamp(lamp.storyboard, by=author)


def _board(plan: Board, project: Project, *, by: User) -> Storyboard:
    board = Storyboard.start(plan.name, project=project, by=by)
    first = board.shots.get()
    first.rewrite({"prompt": plan.shots[0].prompt, "seconds": plan.shots[0].seconds}, by=by)
    for shot in plan.shots[1:]:
        board.add_shot(by=by, prompt=shot.prompt, seconds=shot.seconds)
    total = sum(shot.seconds for shot in plan.shots)
    changes = {"total_seconds": total, "mode": plan.mode, "sound": plan.sound}
    board.rewrite({**changes, "shooting": plan.shooting}, by=by)
    if plan.first_frame:
        board.set_first_frame(_picture(plan.first_frame, project.team), by=by)
    for name in plan.elements:
        board.attach_element(Element.objects.get(team=project.team, name=name), by=by)
    return Storyboard.objects.get(pk=board.pk)


def _approved(
    plan: Board, project: Project, author: User, reviewer: User, *, takes: int = 1
) -> Revision:
    revision = send_for_review(_board(plan, project, by=author), takes=takes, by=author)
    revision.review.approve(by=reviewer)
    return Revision.objects.get(pk=revision.pk)


def _to_running(revision: Revision, *, by: User) -> Generation:
    """An order on its way, as the worker would have brought it there."""
    row = revision.generate(by=by)
    row.claim(LOADER)
    row.move(Status.SUBMITTING, keep_lease=True, post_count=1)
    row.move(Status.RUNNING, keep_lease=True, kling_task_id=f"demo-{row.pk}")
    return row


def _fail(revision: Revision, *, by: User) -> None:
    row = _to_running(revision, by=by)
    reason = "Failure to pass the risk control system: shot 2"
    row.move(
        Status.FAILED,
        words=of_failure(reason).words,
        kling_code="0",
        kling_message=reason,
        kling_request_id="demo-7f41a9",
    )


def _take(revision: Revision, *, by: User) -> Take:
    """A take rendered from the stills, stored the way the worker stores."""
    row = _to_running(revision, by=by)
    take = Take.expect(row, output_id=f"demo-{row.pk}", url="")
    row.move(Status.FETCHING, keep_lease=True)
    plan = next(
        p for p in (demo_boards.LAMP, demo_boards.GALLERY) if p.name == take.storyboard.name
    )
    with TemporaryDirectory(dir=parts_folder()) as folder:
        film = Path(folder) / "film.mp4"
        _render(plan, film, seed=f"demo take {take.number}")
        keep_take(row, take, film, sha256=_sha256(film), each_step=row.renew)
    take.refresh_from_db()
    return take


def _render(plan: Board, target: Path, *, seed: str) -> None:
    scenes = [
        Scene(shot.seconds, "", demo_boards.STILLS / f"{shot.still}.jpg") for shot in plan.shots
    ]
    render_film(target, scenes, width=1280, height=720, sound=plan.sound, seed=seed)


def _sha256(film: Path) -> str:
    with film.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _speak(take: Take, *, by: User) -> None:
    """A voice from the take, made by the simulator in the background like the places."""
    team = take.storyboard.project.team
    voice = Voice.from_take("The keeper, low", take, team=team, by=by, tags=("keeper",))
    voice.ask_on(take.generation.account, by=by)


def _notes(take: Take, plan: Board, people: dict[str, User]) -> None:
    for said in plan.notes:
        note = Note.add(
            take, said.words, at_ms=said.at_ms, end_ms=said.end_ms, drawing=said.drawing,
            by=people[said.who],
        )  # fmt: skip
        for who, words in said.replies:
            note.reply(words, by=people[who])
        if said.resolved_by:
            note.resolve(by=people[said.resolved_by], on=take)


def _rewrite_lamp(board: Storyboard, *, by: User) -> None:
    """The draft answers the note about the hand: it is ahead of the revision now."""
    shot = board.shots.get(position=3)
    words = shot.prompt.replace("reaches out and steadies", "steadies").replace(
        "; the whole room", " with his palm; the whole room"
    )
    shot.rewrite({"prompt": words}, by=by)


def _order_one(team: Team) -> None:
    """One order at every start, while the approval still has takes left."""
    revision = Revision.objects.filter(
        storyboard__name=demo_boards.FOG.name, storyboard__project__team=team
    ).first()
    author = User.objects.get(email=PEOPLE["author"][0])
    if revision is None or Generation.objects.filter(order__revision=revision, ended_at=None):
        return
    try:
        revision.generate(by=author)
    except NotAllowedNow:
        return  # all its takes are ordered, or the simulator moved: the demo is as it is


def _picture(still: str, team: Team) -> Picture:
    data = (demo_boards.STILLS / f"{still}.jpg").read_bytes()
    return Picture.keep(clean_picture(data), team=team)


def _scenery(name: str, number: int, team: Team) -> Picture:
    """One drawn view of a place."""
    drawn = BytesIO()
    draw_scenery(960, 720, seed=f"{name} {number}").picture.convert("RGB").save(drawn, "PNG")
    return Picture.keep(clean_picture(drawn.getvalue()), team=team)


def _person(email: str, name: str, hue: int) -> User:
    return User.objects.create_user(email, PASSWORD, name=name, hue=hue)

"""Test data made by the product's own verbs, so it cannot be in a state the product cannot reach.

The one thing no verb of ours makes is a film: `store_film` renders a tiny real one and writes what
the worker would have written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from storyboard.media import films
from storyboard.media.masks import clean_mask
from storyboard.media.pictures import clean_picture
from storyboard.media.render import Scene, render_film
from storyboard.models import (
    Account,
    Animatic,
    Creation,
    Element,
    Generation,
    KeptFile,
    Look,
    Mask,
    Note,
    NoteFile,
    Picture,
    Project,
    Revision,
    Role,
    Shooting,
    Status,
    Storyboard,
    Take,
    Team,
    User,
    Voice,
    send_for_review,
)
from storyboard.models.files import files
from storyboard.models.note_files import attached

PASSWORD = "correct horse battery"
SIMULATOR = "http://127.0.0.1:9"  # the discard port: loopback, and nobody answers
WORKER = "test-worker"
TWO_SHOTS: tuple[tuple[str, int], ...] = (
    ("A lighthouse at dusk, wide from the water.", 3),
    ("The keeper winds the lamp, close on his hands.", 2),
)


def make_person(email: str, name: str) -> User:
    return User.objects.create_user(email, PASSWORD, name=name, hue=len(name) % 24)


def join(team: Team, role: Role, person: User, *, by: User) -> User:
    team.add_member(person.email, role=role, by=by)
    return person


def make_storyboard(
    project: Project,
    *,
    by: User,
    name: str = "The Lamp, night one",
    shots: Sequence[tuple[str, int]] = TWO_SHOTS,
) -> Storyboard:
    """A draft that is ready to send: (prompt, seconds) each, the total their sum."""
    board = Storyboard.start(name, project=project, by=by)
    first = board.shots.get()
    first.rewrite({"prompt": shots[0][0], "seconds": shots[0][1]}, by=by)
    for prompt, seconds in shots[1:]:
        board.add_shot(by=by, prompt=prompt, seconds=seconds)
    shooting = Shooting.CUSTOM if len(shots) > 1 else Shooting.SINGLE
    board.rewrite(
        {"total_seconds": sum(seconds for _prompt, seconds in shots), "shooting": shooting}, by=by
    )
    return Storyboard.objects.get(pk=board.pk)


def know_element(
    name: str, *, kling_id: str, team: Team, by: User, poster: Picture | None = None
) -> Element:
    """An element by its id on the team's account, which is made where there is none."""
    account = account_of(team, by)
    return Element.know(name, kling_id=kling_id, account=account, team=team, by=by, poster=poster)


def know_voice(name: str, *, kling_id: str, team: Team, by: User) -> Voice:
    """A voice by its id on the team's account, which is made where there is none."""
    return Voice.know(name, kling_id=kling_id, account=account_of(team, by), team=team, by=by)


def make_element(
    name: str, *, team: Team, by: User, voice: Voice | None = None, colours: str = "#345 #543"
) -> Element:
    """An element of pictures of these colours, made nowhere yet."""
    pictures = [
        Picture.keep(clean_picture(png((320, 320), colour)), team=team)
        for colour in colours.split()
    ]
    look = Look(name, f"{name}, as drawn for the film", tuple(pictures), voice=voice)
    return Element.add(look, team=team, by=by)


def make_voice(name: str, *, team: Team, by: User) -> Voice:
    """A recorded voice, made nowhere yet; its file is no sound, but bytes to be served."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    file = f"voices/{digest[:2]}/{digest}.wav"
    files().put(bytes(1000), file)
    return Voice.record(name, KeptFile(file, 6.0, digest), team=team, by=by)


def make_heard(name: str, *, team: Team, by: User) -> Voice:
    """A recorded voice with Kling's sample of it; neither is a sound, but bytes to be served."""
    voice = make_voice(name, team=team, by=by)
    voice.keep_trial(voice.recording)
    return voice


def make_filmed(name: str, *, team: Team, by: User) -> Element:
    """An element of a film, which is none, but bytes to be served."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    file = f"elements/{digest[:2]}/{digest}.mp4"
    files().put(bytes(1000), file)
    film = KeptFile(file, 5.0, digest)
    return Element.add(Look(name, f"{name}, as filmed", video=film), team=team, by=by)


def make_ready(
    entry: Element | Voice, *, by: User, kling_id: str = "829836802793406551"
) -> Creation:
    """Made on the team's account, each step claimed as a worker claims it."""
    row = entry.ask_on(account_of(entry.team, by), by=by)
    row.claim(WORKER)
    row.begin()
    row.accepted(f"task-{row.pk}", wait=0.0)
    row.claim(WORKER)
    row.ready(kling_id)
    return row


def account_of(team: Team, by: User) -> Account:
    """The team's account, a simulator nobody runs."""
    if team.account is None:
        team.add_account(
            "Simulator", profile="official", address=SIMULATOR, credential="test-key", by=by
        )
        team.refresh_from_db()
    assert team.account is not None
    return team.account


def give_first_frame(board: Storyboard, *, by: User, size: tuple[int, int] = (640, 360)) -> Picture:
    """Put a small picture on a draft; makes it image to video."""
    picture = Picture.keep(clean_picture(png(size)), team=board.project.team)
    board.set_first_frame(picture, by=by)
    return picture


def make_mask(
    *,
    team: Team,
    box: tuple[int, int, int, int] = (100, 100, 199, 149),
    size: tuple[int, int] = (640, 360),
) -> Mask:
    """A mask of the motion brush: this box of it is painted, its last row and column too."""
    return Mask.keep(clean_mask(mask_png(box, size), size=size), team=team)


def mask_png(box: tuple[int, int, int, int], size: tuple[int, int] = (640, 360)) -> bytes:
    """The bytes of a mask, white on black."""
    picture = Image.new("L", size, 0)
    ImageDraw.Draw(picture).rectangle(box, fill=255)
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def png(size: tuple[int, int] = (640, 360), colour: str = "#345") -> bytes:
    """The bytes of a PNG of one colour."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        Image.new("RGB", size, colour).save(path)
        return path.read_bytes()


def make_revision(board: Storyboard, *, by: User, takes: int = 1) -> Revision:
    return send_for_review(board, takes=takes, by=by)


def make_unpriced(project: Project, *, by: User, approver: User) -> Revision:
    """Approved, and no list has its price: sound on kling-v2-6 std, by the documents alone."""
    account = project.ordering_account
    assert account is not None
    account.rewrite(
        by=by, name=account.name, slots=account.slots, reading=account.Reading.DOCUMENTS,
        follows_end_frame_change=False,
    )  # fmt: skip
    board = make_storyboard(project, by=by, shots=[("A lamp hums.", 5)])
    board.rewrite({"model": "kling-v2-6", "mode": "std", "sound": True}, by=by)
    return approve(make_revision(board, by=by, takes=2), by=approver)


def approve(revision: Revision, *, by: User) -> Revision:
    revision.review.approve(by=by)
    return Revision.objects.get(pk=revision.pk)


def order(revision: Revision, *, by: User) -> Generation:
    """Queued, as pressing *Generate* leaves it."""
    return revision.generate(by=by)


class Step(NamedTuple):
    """One move of the machine on its way to a status."""

    to: Status
    fields: dict[str, object]


_SENT = Step(Status.SUBMITTING, {"post_count": 1})
_TASK = {"kling_task_id": "task-{pk}", "kling_status": "submitted"}
_WAYS: dict[str, tuple[Step, ...]] = {
    Status.QUEUED: (),
    Status.SUBMITTING: (_SENT,),
    Status.REJECTED: (_SENT, Step(Status.REJECTED, {"words": "Kling turned this down."})),
    Status.UNCERTAIN: (_SENT, Step(Status.UNCERTAIN, {"words": "Kling did not answer."})),
    Status.RUNNING: (_SENT, Step(Status.RUNNING, _TASK)),
    Status.FAILED: (
        _SENT,
        Step(Status.RUNNING, _TASK),
        Step(Status.FAILED, {"words": "Kling failed.", "kling_message": "content"}),
    ),
    Status.FETCHING: (_SENT, Step(Status.RUNNING, _TASK), Step(Status.FETCHING, {})),
    Status.LOST: (
        _SENT,
        Step(Status.RUNNING, _TASK),
        Step(Status.FETCHING, {}),
        Step(Status.LOST, {"words": "The film is gone."}),
    ),
    Status.STORED: (
        _SENT,
        Step(Status.RUNNING, _TASK),
        Step(Status.FETCHING, {}),
        Step(Status.STORED, {}),
    ),
    Status.HELD: (Step(Status.HELD, {"hold_reason": "account", "words": "The account stopped."}),),
}


def bring_to(generation: Generation, status: Status) -> Generation:
    """Walk a queued generation to a status, each step claimed as a worker claims it."""
    for step in _WAYS[status]:
        advance(generation, step.to, **step.fields)
    return generation


def advance(generation: Generation, to: Status, **fields: object) -> None:
    """One claimed move, as a step of the worker makes it."""
    generation.claim(WORKER)
    told = {
        name: value.format(pk=generation.pk) if isinstance(value, str) else value
        for name, value in fields.items()
    }
    generation.move(to, **told)


# How far an order is known to have come when it is held for each reason.
_HELD_AFTER: dict[str, tuple[Step, ...]] = {
    **dict.fromkeys(("account", "address", "waited"), ()),
    **dict.fromkeys(
        ("unclear", "posts", "refused_again", "another_key", "changed"), _WAYS[Status.UNCERTAIN]
    ),
    **dict.fromkeys(("no_answer", "given_up"), _WAYS[Status.RUNNING]),
    **dict.fromkeys(("crashes", "unknown_host", "no_film", "too_large"), _WAYS[Status.FETCHING]),
}
HOLD_REASONS = tuple(_HELD_AFTER)


def hold(generation: Generation, reason: str, *, words: str = "") -> Generation:
    """Held from where an order is held for this reason; Kling keeps a film for 20 days more."""
    way = _HELD_AFTER[reason]
    for step in way:
        advance(generation, step.to, **step.fields)
    if generation.status == Status.FETCHING:
        until = timezone.now() + timedelta(days=20)
        Generation.objects.filter(pk=generation.pk).update(result_expires_at=until)
        generation.refresh_from_db()
    wait = 86400.0 if way else None
    advance(generation, Status.HELD, wait=wait, hold_reason=reason, words=words)
    return generation


def cancel(generation: Generation, *, by: User) -> Generation:
    generation.withdraw(by=by)
    return generation


def make_take(revision: Revision, *, by: User) -> Take:
    """A stored take of an approved revision, with film, poster, filmstrip and stills."""
    generation = bring_to(order(revision, by=by), Status.FETCHING)
    url = f"{SIMULATOR}/files/{generation.key}.mp4"
    take = Take.expect(generation, output_id=f"video-{generation.pk}", url=url)
    store_film(take)
    advance(generation, Status.STORED)
    take.say_stored()
    return take


def make_note_file(take: Take, *, by: User, name: str = "light.pdf") -> NoteFile:
    """A file that a general note on the take brought; only its first letters are a PDF's."""
    upload = SimpleUploadedFile(name, b"%PDF-1.7 a plan of the light")
    with attached([upload]) as kept:
        note = Note.add(take, "As drawn here.", by=by, files=kept)
    return note.files.get()


def make_preview(what: Storyboard | Revision, *, by: User) -> Animatic:
    """A preview that is ready; its file is no film, but a kilobyte a browser may ask for."""
    row = Animatic.ask(what, by=by)
    row.claim(WORKER)
    files().put(bytes(1000), row.file)
    row.finish(1000)
    return row


class Film(NamedTuple):
    """A rendered film's bytes, its pictures' bytes and its facts."""

    video: bytes
    poster: bytes
    filmstrip: bytes
    still: bytes
    facts: films.FilmFacts


def store_film(take: Take) -> None:
    """Write a tiny real MP4 and its pictures as the worker stores them."""
    shots = tuple((shot.prompt, shot.seconds) for shot in take.revision.shots.all())
    film = render(shots)
    folder = f"takes/{take.key}"
    take.video = _keep(f"{folder}/film.mp4", film.video)
    take.poster = _keep(f"{folder}/poster.jpg", film.poster)
    take.filmstrip = _keep(f"{folder}/filmstrip.jpg", film.filmstrip)
    take.stills = [_keep(f"{folder}/still-{n}.jpg", film.still) for n in range(1, len(shots) + 1)]
    take.duration_ms, take.size_bytes = film.facts.duration_ms, film.facts.size_bytes
    take.rate_num, take.rate_den = film.facts.rate_num, film.facts.rate_den
    take.width, take.height = film.facts.width, film.facts.height
    take.video_codec, take.audio_codec = film.facts.video_codec, film.facts.audio_codec or ""
    take.sha256 = f"{take.pk:064x}"
    take.stored_at = timezone.now()
    take.save()


@cache
def render(shots: tuple[tuple[str, int], ...]) -> Film:
    """Rendered once a run: 96 × 54 pixels, six frames a second."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "film.mp4"
        scenes = [Scene(seconds=seconds, caption=prompt) for prompt, seconds in shots]
        render_film(path, scenes, width=96, height=54, sound=False, fps=6, seed="tests")
        films.poster(path, folder / "poster.jpg")
        films.filmstrip(path, folder / "strip.jpg", frames=6, height=20)
        return Film(
            video=path.read_bytes(),
            poster=(folder / "poster.jpg").read_bytes(),
            filmstrip=(folder / "strip.jpg").read_bytes(),
            still=(folder / "poster.jpg").read_bytes(),
            facts=films.probe(path),
        )


def many(count: int, make: Callable[[int], object]) -> None:
    """Call `make` with 1, 2, … `count`."""
    for number in range(1, count + 1):
        make(number)


def _keep(name: str, data: bytes) -> str:
    return default_storage.save(name, ContentFile(data))

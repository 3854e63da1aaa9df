"""The access matrix: every address × everybody × own, other and missing object × GET and POST."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from storyboard import urls
from storyboard.models import (
    Note,
    Project,
    Role,
    Status,
    Storyboard,
    Team,
    User,
)
from storyboard.models.lending import lend
from tests import builders
from tests.url_table import NO_CSRF, SECRETS, TABLE, Url

MISSING = "A" * 22
LETTERS = {"owner": "o", "producer": "p", "author": "a", "reviewer": "r"}
STRANGER = "stranger"
ANONYMOUS = "anonymous"
KEY = re.compile(r"[\"'](/[^\"'#?]*[A-Za-z0-9_-]{22}[^\"'#?]*)")

World = dict[str, str]


class Side:
    """A team with one of every noun, and a person in each role."""

    def __init__(self, name: str) -> None:
        self.people: dict[str, User] = {}
        owner = self._person(name, "owner")
        self.team = Team.start(name, owner=owner)
        for role in (Role.PRODUCER, Role.AUTHOR, Role.REVIEWER):
            builders.join(self.team, role, self._person(name, role.value), by=owner)
        self.team.add_account(
            "Simulator", profile="official", address=builders.SIMULATOR, credential="k", by=owner
        )
        spare = self.team.add_account(
            "Spare", profile="official", address=builders.SIMULATOR, credential="k", by=owner
        )
        self.project = Project.start(f"{name} project", team=self.team, by=owner)
        self.keys = {"team": self.team.key, "project": self.project.key, "account": spare.key}
        self._library()
        self._draft()
        self._work()

    def _person(self, team: str, role: str) -> User:
        person = builders.make_person(f"{role}@{team}.example", f"{team} {role}")
        self.people[role] = person
        return person

    def _library(self) -> None:
        owner = self.people["owner"]
        extra = self.team.add_member(f"extra@{self.team}.example", role=Role.AUTHOR, by=owner)
        extra.user.set_password(builders.PASSWORD)
        extra.user.save()
        self.keys |= {
            "membership": extra.key,
            "newcomer": self.team.add_member(
                f"new@{self.team}.example", role=Role.AUTHOR, by=owner
            ).key,
            "element": builders.know_element("Aldous", kling_id="1", team=self.team, by=owner).key,
            "recorded": builders.make_heard(f"{self.team}", team=self.team, by=owner).key,
            "filmed": builders.make_filmed("Gull", team=self.team, by=owner).key,
            "voice": builders.know_voice("Keeper", kling_id="v1", team=self.team, by=owner).key,
        }

    def _draft(self) -> None:
        author = self.people["author"]
        board = builders.make_storyboard(self.project, by=author, name=f"{self.team} draft")
        picture = builders.give_first_frame(board, by=author)
        for role in ("owner", "producer", "author"):  # each has a step to undo and one to redo
            board.rewrite({"watermark": not board.watermark}, by=self.people[role])
            board.rewrite({"sound": not board.sound}, by=self.people[role])
            board.undo(by=self.people[role])
        self.keys |= {
            "animatic": builders.make_preview(board, by=author).key,
            "storyboard": board.key,
            "shot": board.shots.get(position=1).key,
            "picture": picture.key,
            "mask": builders.make_mask(team=self.team).key,
            "lent": lend(picture.file)[0],
        }

    def _work(self) -> None:
        author, reviewer = self.people["author"], self.people["reviewer"]
        board = builders.make_storyboard(self.project, by=author, name=f"{self.team} sent")
        self.keys["revision"] = builders.make_revision(board, by=author).key
        board = builders.make_storyboard(self.project, by=author, name=f"{self.team} approved")
        approved = builders.make_revision(board, by=author, takes=4)
        approved = builders.approve(approved, by=reviewer)
        take = builders.make_take(approved, by=author)
        held = builders.bring_to(builders.order(approved, by=author), Status.HELD)
        queued = builders.order(approved, by=author)
        self.keys |= {
            "approved": approved.key,
            "take": take.key,
            "note": Note.add(take, "Closer.", at_ms=0, by=reviewer).key,
            "note_file": builders.make_note_file(take, by=reviewer).key,
            "held": held.key,
            "queued": queued.key,
            "token": queued.callback_token,
        }


@pytest.fixture
def own(db: None) -> Side:
    cache.clear()  # counts of sign-in tries
    return Side("own")


@pytest.fixture
def other(own: Side) -> Side:
    return Side("other")


@pytest.fixture
def worlds(own: Side, other: Side) -> dict[str, World]:
    missing = dict.fromkeys(own.keys, MISSING) | {"token": MISSING + MISSING[:21]}
    return {"own": own.keys, "other": other.keys, "missing": missing}


def test_every_address_is_declared_in_the_table() -> None:
    assert {pattern.name for pattern in patterns()} == set(TABLE)


def test_no_address_stands_outside_the_products_own_list() -> None:
    assert [str(entry.pattern) for entry in get_resolver().url_patterns] == [""]


@pytest.mark.parametrize("actor", [ANONYMOUS, *LETTERS, STRANGER])
def test_each_address_answers_as_the_table_says(
    own: Side, other: Side, worlds: dict[str, World], actor: str
) -> None:
    """Status and headers; refusals and errors carry the policy too."""
    client = browser(own, other, actor)
    wrong = []
    for name, url in TABLE.items():
        for whose in worlds if url.noun else ("own",):
            for method in ("GET", "POST"):
                answer = ask(client, method, name, worlds[whose])
                wanted = expected(url, method, actor, whose)
                where = f"{method} {name} ({whose}) as {actor}"
                if answer.status_code not in wanted:
                    wrong.append(f"{where}: {answer.status_code}, not {sorted(wanted)}")
                is_file = url.file and method == "GET" and answer.status_code == 200
                wrong += [f"{where}: {words}" for words in missing_in(answer, is_file)]
    assert wrong == []


def test_every_unsafe_request_without_its_token_is_refused(own: Side) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(own.people["owner"])
    answers = {name: ask(client, "POST", name, own.keys).status_code for name in TABLE}
    assert {name for name, status in answers.items() if status != 403} == NO_CSRF


def test_every_unsafe_request_from_another_site_is_refused(own: Side) -> None:
    client = Client(headers={"sec-fetch-site": "cross-site"})
    client.force_login(own.people["owner"])
    answers = {name: ask(client, "POST", name, own.keys).status_code for name in TABLE}
    assert set(answers.values()) == {403}


def test_what_one_team_can_point_to_is_not_there_for_another(own: Side, other: Side) -> None:
    mine, theirs = browser(own, other, "owner"), browser(own, other, STRANGER)
    found = {path for path in crawl(mine, own) if MISSING not in path}
    assert len(found) > 30
    got = {path: {theirs.get(path).status_code, theirs.post(path).status_code} for path in found}
    assert {path: codes for path, codes in got.items() if not codes <= {404, 405}} == {}


def test_a_removed_member_is_a_stranger_at_once(own: Side, other: Side) -> None:
    client = browser(own, other, "reviewer")
    assert client.get(address("project", own.keys)).status_code == 200
    membership = own.team.memberships.get(user=own.people["reviewer"])
    membership.remove(by=own.people["owner"])
    seen = {
        name: ask(client, "GET", name, own.keys).status_code
        for name in TABLE
        if TABLE[name].noun and TABLE[name].noun not in SECRETS
    }
    assert set(seen.values()) <= {404, 405}


def patterns() -> Iterator[URLPattern]:
    for entry in urls.urlpatterns:
        assert isinstance(entry, URLPattern), "a list inside the list needs its own walk"
        yield entry


def browser(own: Side, other: Side, actor: str) -> Client:
    client = Client(raise_request_exception=True)
    if actor == STRANGER:
        client.force_login(other.people["owner"])
    elif actor != ANONYMOUS:
        client.force_login(own.people[actor])
    return client


def address(name: str, keys: World) -> str:
    url = TABLE[name]
    kwargs: dict[str, Any] = dict(url.more)
    if url.noun:
        kwargs["token" if url.noun in SECRETS else "key"] = keys[url.noun]
    return reverse(name, kwargs=kwargs)


def ask(client: Client, method: str, name: str, keys: World) -> HttpResponse:
    """One request, undone afterwards, so that the next one meets the same world."""
    cookies = client.cookies.output()
    with transaction.atomic():
        send = client.get if method == "GET" else client.post
        answer: Any = send(address(name, keys), TABLE[name].data if method == "POST" else {})
        transaction.set_rollback(True)
    if client.cookies.output() != cookies:
        client.cookies.load(cookies.replace("Set-Cookie: ", ""))
    return answer  # type: ignore[no-any-return]


def expected(url: Url, method: str, actor: str, whose: str) -> set[int]:
    answer, is_open = (url.get, url.open_get) if method == "GET" else (url.post, url.open_post)
    if answer is None:
        return {302, 405} if actor == ANONYMOUS and is_open is None else {405}
    status, roles = answer
    if url.noun in SECRETS:  # machines are nobody
        return {404} if whose == "missing" else {status}
    if actor == ANONYMOUS:
        return {302 if is_open is None else is_open}
    if url.noun and whose != ("other" if actor == STRANGER else "own"):
        return {404}
    return {status if LETTERS.get(actor, "o") in roles else 403}


def missing_in(answer: HttpResponse, is_file: bool) -> Iterator[str]:
    """What the headers of an answer lack."""
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    yield from (
        f"{name}: {answer.get(name)}" for name, said in wanted.items() if answer.get(name) != said
    )
    policy = {"default-src": ["'none'"], "sandbox": []} if is_file else page_policy()
    if read_policy(answer.get("Content-Security-Policy", "")) != policy:
        yield f"Content-Security-Policy: {answer.get('Content-Security-Policy')}"
    cache_control = answer.get("Cache-Control", "")
    if not (cache_control.startswith("private") if is_file else "no-store" in cache_control):
        yield f"Cache-Control: {cache_control}"


def page_policy() -> dict[str, list[str]]:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return {name: sorted(map(str, sources)) for name, sources in directives.items()}


def read_policy(header: str) -> dict[str, list[str]]:
    parts = [part.split() for part in header.split(";") if part.strip()]
    return {part[0]: sorted(part[1:]) for part in parts}


def crawl(client: Client, side: Side) -> Iterator[str]:
    """Every address with a key in any of the team's pages."""
    for name, url in TABLE.items():
        if url.noun and url.get and not url.file:
            answer = client.get(address(name, side.keys))
            yield from (found.group(1) for found in KEY.finditer(answer.content.decode()))


def test_the_policy_allows_no_inline_code_and_no_other_origin() -> None:
    policy = page_policy()
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == ["'none'"]
    everything = {source for sources in policy.values() for source in sources}
    assert everything == {"'self'", "'none'", "blob:"}


def test_storyboards_keys_are_not_numbers(own: Side) -> None:
    assert all(len(board.key) == 22 for board in Storyboard.objects.all())

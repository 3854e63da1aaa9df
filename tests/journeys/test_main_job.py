"""From an empty installation to a picked take, by the words on the screen."""

from __future__ import annotations

import io
import re
import time

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browsing import written
from tests.journeys.conftest import MakeStack
from tests.journeys.people import SLOW, Person
from tests.journeys.stack import Stack

SERVICES = pytest.mark.services

SIX = (
    ("Dusk over the water, wide. The beam wakes.", 3),
    ("The stairwell from above, a lantern climbing.", 2),
    ("A hand steadies the great lens.", 3),
    ("Close on the keeper at the window.", 2),
    ("A boat on a black wave.", 3),
    ("Dawn, flat bright water.", 2),
)


def team_of_three(stack: Stack, browser: Browser) -> tuple[Person, Person, Person]:
    """Owner, author and reviewer, each at a window of their own."""
    printed = stack.manage("create_team", "Northlight", "owner@studio.example")
    stack.manage(
        "add_account",
        "Northlight",
        "Simulator",
        "--address",
        stack.simulator_address,
        KLING_API_KEY="journey-key",
    )
    owner = Person.by_link(browser, stack, stack.first_link(printed))
    author_link = owner.add_member("author@studio.example", "Mara", "author")
    reviewer_link = owner.add_member("reviewer@studio.example", "Ines", "reviewer")
    author = Person.by_link(browser, stack, author_link)
    return owner, author, Person.by_link(browser, stack, reviewer_link)


def picture(width: int = 1280, height: int = 720, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("shape", "callbacks"),
    [
        pytest.param("embedded", True, id="callbacks"),
        pytest.param("embedded", False, id="polling", marks=pytest.mark.by_hand),
        pytest.param("services", True, id="services", marks=SERVICES),
    ],
)
def test_from_nothing_to_a_picked_take(
    make_stack: MakeStack, browser: Browser, shape: str, callbacks: bool
) -> None:
    with make_stack(shape, callbacks=callbacks, seconds_per_task=1.5).running() as stack:
        owner, author, reviewer = team_of_three(stack, browser)
        author.new_project("The Lighthouse Keeper")
        author.new_storyboard("The Lamp, night one")
        compose(author)
        name_every_mistake(author)
        send(author)
        revision = author.page.url
        decide(reviewer)
        generate_and_watch(author, revision)
        take = watch_the_take(author)
        assert a_hundred_bytes_of_the_film(author) == {
            "status": 206,
            "bytes": 100,
            "server": "nginx" if shape == "services" else None,
        }
        note_and_pick(reviewer, owner, take)
        read_the_history(owner)
        assert len(stack.ledger) == 1
        body = stack.ledger[0]["body"]
        assert [shot["prompt"] for shot in body["multi_prompt"]] == [words for words, _s in SIX]
        assert ("callback_url" in body) == callbacks
        for person in (owner, author, reviewer):
            assert person.complaints == []


def compose(author: Person) -> None:
    for position, (prompt, seconds) in enumerate(SIX, start=1):
        if position > 1:
            author.add_shot(position)
        author.write_shot(position, prompt, seconds)
    author.set_total(15)
    author.page.locator("#first-frame-file").set_input_files(
        {"name": "dusk.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    expect(author.page.get_by_text("1280 × 720").first).to_be_visible()
    author.page.reload()
    for position, (prompt, seconds) in enumerate(SIX, start=1):
        card = author.shot(position)
        expect(written(card)).to_have_value(prompt)
        expect(card.get_by_label("Seconds", exact=True)).to_have_value(str(seconds))
    expect(author.page.get_by_role("heading", name="Ready to send")).to_be_visible()


def name_every_mistake(author: Person) -> None:
    """A seventh shot, 513 characters, a sum that is off, a GIF, 299 pixels: words, nothing lost."""
    page = author.page
    page.get_by_role("button", name="Add shot").first.click(force=True)
    expect(page.get_by_text(re.compile("six shots", re.IGNORECASE)).first).to_be_visible()
    expect(page.get_by_role("group", name=re.compile(r"^Shot \d$"))).to_have_count(6)
    author.write_shot(3, "x" * 513, 7)  # more than the next shot can give
    author.saved()
    expect(author.shot(3).get_by_text(re.compile("1 (character )?over 512")).first).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("things? to fix"))).to_be_visible()
    for name, data, words in (
        ("a.gif", picture(kind="GIF"), "GIF"),
        ("b.png", picture(299, 400, "PNG"), "299"),
    ):
        page.locator("#first-frame-file").set_input_files(
            {"name": name, "mimeType": "image/png", "buffer": data}
        )
        expect(page.get_by_text(re.compile(words)).first).to_be_visible()
    page.reload()
    expect(written(author.shot(3))).to_have_value("x" * 513)
    expect(page.get_by_text(re.compile("add up to 19")).first).to_be_visible()
    author.write_shot(3, *SIX[2])
    author.saved()
    expect(page.get_by_role("heading", name="Ready to send")).to_be_visible()


def send(author: Person) -> None:
    author.press("Send for review")
    expect(author.page).to_have_url(re.compile("/revisions/"))
    expect(author.page.get_by_role("heading", name="Revision 1")).to_be_visible()
    assert not author.page.get_by_role("button", name="Approve", exact=True).is_visible()


def decide(reviewer: Person) -> None:
    reviewer.page.goto(reviewer.stack.address)
    waiting = reviewer.page.get_by_role("link", name=re.compile("The Lamp, night one"))
    waiting.first.click()
    expect(reviewer.page.get_by_role("button", name="Approve", exact=True)).to_be_visible()
    reviewer.press("Approve")
    expect(reviewer.page.get_by_text("Approved").first).to_be_visible()


def generate_and_watch(author: Person, revision: str) -> None:
    """Pressed once; the page follows without a reload."""
    page = author.page
    page.goto(revision)
    gate = page.locator("#gate")
    expect(gate).to_contain_text("$1.26")
    author.press("Generate")
    expect(gate).to_contain_text(re.compile("being made|Generating|Sending|Queued"))
    expect(page.get_by_role("link", name=re.compile("Open take 1|Take 1")).first).to_be_visible(
        timeout=SLOW
    )


def watch_the_take(author: Person) -> str:
    page = author.page
    page.get_by_role("link", name=re.compile("Open take 1|Take 1")).first.click()
    expect(page).to_have_url(re.compile("/takes/"))
    # The player begins with a seek of its own.
    page.locator("take-player.on").wait_for()
    page.wait_for_function("() => document.querySelector('video').readyState > 1")
    facts = page.evaluate(
        """async () => {
          const video = document.querySelector("video");
          video.muted = true;
          video.currentTime = 9.5;
          await new Promise((ok) => { video.onseeked = ok; });
          const moment = video.currentTime;
          await video.play();
          await new Promise((ok) => setTimeout(ok, 600));
          const later = video.currentTime;
          video.pause();
          return [video.duration, moment, later, video.videoWidth];
        }"""
    )
    duration, moment, later, width = facts
    assert 14.9 <= duration <= 15.2
    assert abs(moment - 9.5) < 0.1, "the take seeks"
    assert later > moment, "the take plays"
    assert width > 0
    for prompt, _seconds in SIX:
        expect(page.get_by_text(prompt).first).to_be_attached()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").or_(
            page.get_by_role("button", name="Download")
        ).first.click()
    assert download.value.suggested_filename.endswith(".mp4")
    return page.url


def a_hundred_bytes_of_the_film(author: Person) -> dict[str, object]:
    """What a range in the middle is answered with, and by whom."""
    answer: dict[str, object] = author.page.evaluate(
        """async () => {
          const address = document.querySelector("video").currentSrc;
          const answer = await fetch(address, { headers: { Range: "bytes=1000-1099" } });
          const bytes = (await answer.arrayBuffer()).byteLength;
          return { status: answer.status, bytes, server: answer.headers.get("Server") };
        }"""
    )
    return answer


def note_and_pick(reviewer: Person, owner: Person, take: str) -> None:
    reviewer.page.goto(take)
    reviewer.page.get_by_label("Note", exact=True).fill("Hold the last frame longer.")
    reviewer.press("Add note")
    expect(
        reviewer.page.locator(".note .words", has_text="Hold the last frame longer.")
    ).to_be_visible()
    assert not reviewer.page.get_by_role("button", name="Pick this take").is_visible()
    owner.page.goto(take)
    expect(
        owner.page.locator(".note .words", has_text="Hold the last frame longer.")
    ).to_be_visible()
    owner.press("Pick this take")
    expect(owner.page.get_by_text(re.compile("Picked", re.IGNORECASE)).first).to_be_visible()


def read_the_history(owner: Person) -> None:
    owner.page.get_by_role("link", name="History").first.click()
    for words in (
        "sent revision 1",
        "approved revision 1",
        "ordered take 1",
        "stored take 1",
        "left a note",
        "picked take 1",
    ):
        expect(owner.page.get_by_text(re.compile(words)).first).to_be_visible()


@pytest.mark.by_hand
@pytest.mark.parametrize("shape", ["embedded", pytest.param("services", marks=SERVICES)])
def test_a_killed_worker_costs_nothing(make_stack: MakeStack, browser: Browser, shape: str) -> None:
    """SIGKILL while the order is out; one line in the ledger and one stored take."""
    with make_stack(shape, callbacks=True, seconds_per_task=4).running() as stack:
        _owner, author, reviewer = team_of_three(stack, browser)
        author.new_project("The Lighthouse Keeper")
        author.new_storyboard("One shot")
        author.page.get_by_label("Shooting").select_option("Single shot")
        author.write_shot(1, "A boat on a black wave.", 5)
        author.saved()
        send(author)
        revision = author.page.url
        reviewer.page.goto(revision)
        reviewer.press("Approve")
        expect(reviewer.page.get_by_text("Approved").first).to_be_visible()
        author.page.goto(revision)
        author.press("Generate")
        wait_for_a_charge(author, stack)
        stack.kill(who_ordered(stack))
        if not stack.workers:  # a second worker goes on by itself
            stack.start_worker()
        expect(
            author.page.get_by_role("link", name=re.compile("Open take 1|Take 1")).first
        ).to_be_visible(timeout=SLOW)
        assert len(stack.ledger) == 1


def who_ordered(stack: Stack) -> str:
    """The worker whose log says that Kling took the order; any, where none has said so yet."""
    end = time.monotonic() + 2
    while time.monotonic() < end:
        for name in stack.workers:
            if "running, before queued" in stack.log(name):
                return name
        time.sleep(0.05)
    return stack.workers[0]


def wait_for_a_charge(author: Person, stack: Stack) -> None:
    for _ in range(200):
        if stack.ledger:
            return
        author.page.wait_for_timeout(50)
    raise AssertionError("nothing was ordered\n" + stack.log("worker"))

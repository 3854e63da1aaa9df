"""Which screens are photographed, by whom, and what is done there first."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route

from tests.screens.editor import EDITOR
from tests.screens.library import LIBRARY
from tests.screens.review import REVIEW
from tests.screens.screen import Screen

# For which an order can be held; the seed has one of each.
HOLD_REASONS = (
    "account", "address", "changed", "waited", "unclear", "posts", "refused_again",
    "another_key", "no_answer", "given_up", "crashes", "unknown_host", "no_film", "too_large",
)  # fmt: skip


def sign_in_wrongly(page: Page) -> None:
    page.get_by_label("Email").fill("owner@demo.example")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def refused_invitation(page: Page) -> None:
    page.get_by_label("Email").fill("owner@demo.example")
    page.get_by_label("Name").fill("Jonas")
    page.get_by_role("button", name="Add").first.click()
    page.wait_for_load_state()


def refused_account(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("Through the gateway once more")
    page.get_by_label("PowerTokens", exact=True).check()
    page.get_by_label("Where it is").select_option("elsewhere")
    page.get_by_label("Address").fill("http://10.0.0.8")
    page.get_by_label("API key", exact=True).last.fill("kept-from-the-page")
    page.get_by_role("button", name="Add account").click()
    page.wait_for_load_state()


def unfold_packs(page: Page) -> None:
    page.locator(".packs summary").click()


def unfold_receipts(page: Page) -> None:
    for place in range(3):
        page.locator(".receipt summary").nth(place).click()


def unfold_order(page: Page) -> None:
    page.locator(".calls > summary").click()
    page.locator(".calls").scroll_into_view_if_needed()


def ask_to_give_up(page: Page) -> None:
    page.locator(".gate .confirm > summary").click()
    page.locator(".gate .confirm button").scroll_into_view_if_needed()


def changes_without_words(page: Page) -> None:
    page.get_by_role("button", name="Request changes").click()
    page.locator("#review-note-errors:has(*)").wait_for(timeout=10_000)


def broken(body: str) -> Callable[[Page], None]:
    """The page of a failing server, served in place of any answer."""

    def serve(route: Route) -> None:
        route.fulfill(status=500, content_type="text/html", body=body)

    def go(page: Page) -> None:
        page.route("**/broken/", serve)
        page.goto(page.url.rstrip("/") + "/broken/")

    return go


def as_it_was(body: str) -> Callable[[Page], object]:
    """A page that was kept, in the place of how it is now."""

    def serve(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body=body)

    def go(page: Page) -> None:
        page.route(page.url, serve)
        page.reload()

    return go


SCREENS: tuple[Screen, ...] = (
    Screen("sign in"),
    Screen("sign in refused", place="sign in", first=sign_in_wrongly),
    Screen("forgotten"),
    Screen("link sent"),
    Screen("link good"),
    Screen("link dead"),
    Screen("password set"),
    Screen("first run", "stranger", "home"),
    Screen("no team", "nobody", "home"),
    Screen("home", "author"),
    Screen("home waiting", "reviewer", "home"),
    Screen("home of two teams", "owner", "home"),
    Screen("new project", "owner"),
    Screen("new storyboard", "author"),
    Screen("project", "owner"),
    Screen("project of 200", "owner"),
    Screen("project empty", "owner"),
    Screen("project archived", "owner"),
    Screen("project settings", "owner"),
    Screen("history", "owner"),
    Screen("history of 200", "owner"),
    Screen("history empty", "owner"),
    *LIBRARY,
    Screen("members", "owner"),
    Screen("members many", "owner"),
    Screen("members refused", "owner", "members", refused_invitation, refused=(422,)),
    Screen("accounts", "owner"),
    Screen("accounts full", "owner"),
    Screen("accounts empty", "stranger"),
    Screen("accounts not allowed", "reviewer", "accounts", refused=(403,)),
    Screen("new account", "owner"),
    Screen("new account refused", "owner", "new account", refused_account, refused=(422,)),
    Screen("account", "owner", first=unfold_packs),
    Screen("account tripped", "owner"),
    Screen("account of a gateway", "owner"),
    Screen("health", "owner"),
    Screen("health without a worker", "owner"),
    Screen("health without a broker", "owner"),
    Screen("health out of reach", "owner"),
    Screen("health of a full disk", "owner"),
    Screen("health full", "owner"),
    Screen("alarms on a project", "owner"),
    Screen("alarms on a draft", "owner"),
    Screen("alarms on a revision", "owner"),
    Screen("alarm on a draft", "owner"),
    Screen("callbacks", "owner"),
    Screen("callbacks unfolded", "owner", "callbacks", unfold_receipts),
    Screen("callbacks of one order", "owner"),
    Screen("callbacks empty", "stranger"),
    Screen("callbacks not allowed", "reviewer", "callbacks", refused=(403,)),
    Screen("settings", "owner"),
    Screen("password", "owner"),
    Screen("sign out", "owner"),
    Screen("not found", "owner", refused=(404,)),
    Screen("not allowed", "reviewer", "new project", refused=(403,)),
    Screen("broken", "owner", "home", refused=(500,)),
    *EDITOR,
    Screen("in review", "reviewer"),
    Screen("in review for its author", "author", "in review"),
    Screen("in review refused", "reviewer", "in review", changes_without_words, refused=(422,)),
    Screen("changes requested", "author"),
    Screen("approved", "author"),
    Screen("approved for a reviewer", "reviewer", "approved"),
    Screen("queued", "author"),
    Screen("submitting", "author"),
    Screen("running", "author"),
    Screen("uncertain", "author"),
    Screen("held", "author"),
    *(Screen(f"held {reason}", "owner") for reason in HOLD_REASONS),
    Screen("cancelled", "author"),
    Screen("held paid", "owner"),
    Screen("held paid unfolded", "owner", "held paid", unfold_order),
    Screen("held asked whether to give up", "producer", "held paid", ask_to_give_up),
    Screen("rejected", "author"),
    Screen("failed", "author"),
    Screen("fetching", "author"),
    Screen("fetching late", "author"),
    Screen("lost", "author"),
    Screen("stored", "author"),
    Screen("revision tall", "reviewer"),
    Screen("revision square", "reviewer"),
    *REVIEW,
)

# Looked at in every way a browser can be set.
IN_EVERY_WAY = frozenset(
    {
        "sign in",
        "first run",
        "home waiting",
        "project",
        "history",
        "draft",
        "draft blocked",
        "in review",
        "running",
        "failed",
        "take",
        "members",
        "accounts full",
        "account",
        "settings",
        "library",
    }
)

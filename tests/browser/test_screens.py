"""What `make screens` would call wrong, it sees; what is right, it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.screens.camera import LOOK, Camera
from tests.screens.plan import SCREENS
from tests.screens.screen import SIZES, Screen
from tests.screens.sheet import write_sheet

TALL = "<p>{}</p>".format("words<br>" * 80)
BAR = '<nav style="position:fixed;bottom:0;left:0;right:0;height:60px;background:#333"></nav>'


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (f"<main>{TALL}<button>Save</button></main>", []),
        (f"<main style='padding-bottom:70px'>{TALL}<button>Save</button></main>{BAR}", []),
        ("<main><div style='width:600px'>wide</div></main>", ["scrolls sideways"]),
        (f"<main>{TALL}<button>Save</button></main>{BAR}", ["Save", "hidden under"]),
    ],
    ids=["plain", "room under the bar", "too wide", "under a bar"],
)
def test_sideways_scrolling_and_hidden_controls_are_seen(
    browser: Browser, body: str, found: list[str]
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.set_content(body)
    faults = page.evaluate(LOOK)
    assert len(faults) == bool(found)
    for words in found:
        assert words in faults[0]
    page.close()


def test_the_log_of_the_browser_is_heard(browser: Browser, tmp_path: Path) -> None:
    camera = Camera(browser, "data:text/html,", {"broken page": BROKEN}, tmp_path)
    camera.shoot([Screen("broken page")], SIZES[0], "")
    assert len(camera.faults) == 2
    assert "is not defined" in " ".join(camera.faults)
    assert "Content Security Policy" in " ".join(camera.faults)
    assert [picture.theme for picture in camera.pictures] == ["dark", "light"]
    sheet = write_sheet(tmp_path, camera.pictures, camera.faults).read_text()
    assert all(picture.path.name in sheet for picture in camera.pictures)


BROKEN = (
    '<meta http-equiv="Content-Security-Policy" content="style-src \'none\'">'
    "<style>p{color:red}</style><main>words</main><script>nowhere()</script>"
)


def test_every_screen_has_a_name_of_its_own() -> None:
    assert len({screen.slug for screen in SCREENS}) == len(SCREENS)

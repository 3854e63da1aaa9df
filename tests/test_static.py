"""What browsers are sent: files, sheets, modules, icons, fonts, colours."""

from __future__ import annotations

import hashlib
import json
import math
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template import Context, Template
from django.test import RequestFactory, override_settings

from kling_web.joined_modules import NotJoined, join_modules
from kling_web.static_storage import read_order

ROOT = Path(django_settings.BASE_DIR)
STATIC = ROOT / "static"
SHEETS = read_order((STATIC / "css/order.txt").read_text())
LATE = read_order((STATIC / "js/late.txt").read_text())
LATE_SHEETS = sorted((STATIC / "css/late").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
WORDS = (ROOT / "templates/storyboard/_partials/_words.html").read_text()


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def pinned_files() -> list[tuple[Path, str]]:
    packages = json.loads((STATIC / "vendor/manifest.json").read_text())["packages"]
    return [
        (STATIC / package["folder"] / file["name"], file["sha256"])
        for package in packages
        for file in package["files"]
    ]


@pytest.mark.parametrize(("path", "sha256"), pinned_files(), ids=str)
def test_third_party_files_are_the_pinned_ones(path: Path, sha256: str) -> None:
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def test_every_font_is_pinned_and_has_its_licence() -> None:
    pinned = {path for path, _sha256 in pinned_files()}
    fonts = set((STATIC / "fonts").rglob("*.woff2"))
    assert fonts <= pinned
    assert {font.parent / "LICENSE" for font in fonts} <= pinned


def test_the_order_names_every_sheet_once() -> None:
    assert sorted(SHEETS) == sorted(path.name for path in (STATIC / "css").glob("*.css"))
    assert SHEETS[0] == "tokens.css", "it declares the layers"


@pytest.mark.parametrize("name", [*SHEETS, *(f"late/{path.name}" for path in LATE_SHEETS)])
def test_a_sheet_asks_nobody_else_for_anything(name: str) -> None:
    text = (STATIC / "css" / name).read_text()
    for address in re.findall(r"url\(\s*[\"']?([^)\"']+)", text):
        assert not re.match(r"[a-z]+:|//", address), address
        assert (STATIC / "css" / name).parent.joinpath(address).resolve().is_file(), address
    assert "@import" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_holds_nothing_the_content_policy_forbids(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=", text), "inline style"
    assert not re.search(r"<style\b", text), "style element"
    assert not re.search(r"\s(?:on\w+|hx-on\S*)\s*=", text), "inline handler"
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "inline script"
    assert not re.search(r"(?:src|href)\s*=\s*[\"'](?:https?:|//|data:|javascript:)", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_asks_only_for_icons_of_the_sprite(path: Path) -> None:
    asked = re.findall(r'{%\s*icon\s+"([\w-]+)"', path.read_text())
    assert set(asked) <= ICONS


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_module_asks_only_for_icons_words_and_modules_that_exist(path: Path) -> None:
    text = path.read_text()
    assert set(re.findall(r'icon\("([\w-]+)"', text)) <= ICONS
    for word in re.findall(r'(?<![#.\w])say\("(\w+)"', text):
        assert f"data-{kebab(word)}=" in WORDS, word
    for word in re.findall(r'[#.]say\("(\w+)"', text):  # an element's own words
        assert any(f"data-say-{kebab(word)}=" in each.read_text() for each in TEMPLATES), word
    for module in re.findall(r'^(?:import|export) .*?["\'](\.[^"\']+)["\'];$', text, re.M):
        assert (path.parent / module).is_file(), module
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text
    assert not re.search(r"\beval\(|new Function\(|innerHTML\s*\+=", text)


def kebab(word: str) -> str:
    return re.sub(r"[A-Z]", lambda upper: f"-{upper[0].lower()}", word)


def test_every_module_is_started_by_the_page() -> None:
    seen: set[str] = set()
    todo = ["app.js", *LATE]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            text = (STATIC / "js" / name).read_text()
            todo += re.findall(r'^import .*?"\./([^"]+)";$', text, re.M)
    assert seen == {path.name for path in SCRIPTS}


PRODUCTION = {
    **django_settings.STORAGES,
    "staticfiles": {"BACKEND": "kling_web.static_storage.JoinedStaticFilesStorage"},
}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything collected as production does it."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder, STORAGES=PRODUCTION):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


def test_production_serves_one_sheet_of_all_in_their_order(collected: Path) -> None:
    with override_settings(STATIC_ROOT=collected, STORAGES=PRODUCTION):
        links = re.findall(r'href="([^"]+)"', drawn("{% stylesheets %}"))
    assert len(links) == 1
    name = re.fullmatch(r"/static/(css/app\.[0-9a-f]{12}\.css)", links[0])
    assert name
    joined = (collected / name[1]).read_text()
    starts = [joined.index(opening(sheet)) for sheet in SHEETS]
    assert starts == sorted(starts)
    assert re.search(r"geist-latin-wght-normal\.[0-9a-f]{12}\.woff2", joined)


def opening(sheet: str) -> str:
    """The first rule of a sheet that no other sheet has: enough to find it again."""
    text = (STATIC / "css" / sheet).read_text()
    others = [(STATIC / "css" / name).read_text() for name in SHEETS if name != sheet]
    for line in re.findall(r"^  [^\s@*/].*{$", text, re.M):
        if not any(line in other for other in others):
            return str(line)
    return text[:60]


def test_production_serves_one_module_of_all_after_what_each_imports(collected: Path) -> None:
    with override_settings(STATIC_ROOT=collected, STORAGES=PRODUCTION):
        address = drawn('{% load static %}{% static "js/app.js" %}')
    name = re.fullmatch(r"/static/(js/app\.[0-9a-f]{12}\.js)", address)
    assert name
    joined = (collected / name[1]).read_text()
    assert not re.search(r"^import\b", joined, re.M)
    order = modules_of(joined)
    assert set(order) <= {path.stem for path in SCRIPTS}
    assert len(order) == len(set(order))
    assert not {Path(name).stem for name in LATE} & set(order)
    for path in SCRIPTS:
        for module in re.findall(r'^import .*?"\./([\w-]+)\.js";$', path.read_text(), re.M):
            if path.stem in order:
                assert order.index(module) < order.index(path.stem), (module, path.stem)


def modules_of(joined: str) -> list[str]:
    """The modules of a joined file, in their order."""
    found = re.findall(r"^const \$(\w+) = \(\(\) => {$", joined, re.M)
    return [each.replace("_", "-") for each in found]


def test_production_serves_each_late_file_with_what_the_first_one_lacks(collected: Path) -> None:
    files = {}
    with override_settings(STATIC_ROOT=collected, STORAGES=PRODUCTION):
        for name in ("app.js", *LATE):
            address = drawn(f'{{% load static %}}{{% static "js/{name}" %}}')
            found = re.fullmatch(r"/static/(js/([\w-]+)\.[0-9a-f]{12}\.js)", address)
            assert found
            assert f"{found[2]}.js" == name
            files[found[1]] = (collected / found[1]).read_text()
    held = [each for text in files.values() for each in modules_of(text)]
    assert sorted(held) == sorted(path.stem for path in SCRIPTS), "each module in one file"
    for name, text in files.items():
        for names, origin in re.findall(r'^import \{ (.*) \} from "\./(.*)";$', text, re.M):
            assert f"js/{origin}" in files, f"{name} names the very file that pages run"
            given = re.search(r"^export \{ (.*) \};$", files[f"js/{origin}"], re.M)
            assert given
            assert set(names.split(", ")) <= set(given[1].split(", "))


def test_a_part_of_a_page_names_only_modules_and_sheets_that_are_served_late() -> None:
    asked = {
        kind: {name for path in TEMPLATES for name in re.findall(pattern, path.read_text())}
        for kind, pattern in {
            "module": r'data-module="{% static "js/([\w-]+\.js)" %}"',
            "sheet": r'<link rel="stylesheet" href="{% static "css/late/([\w-]+\.css)" %}">',
        }.items()
    }
    assert asked["module"] == set(LATE)
    assert asked["sheet"] == {path.name for path in LATE_SHEETS}


def test_what_a_module_exports_its_importers_get() -> None:
    texts = {
        "app.js": '/* What it is. */\n\nimport { a, b as c } from "./low.js";\n'
        'import "./other.js";\nseen(a(), c);\n',
        "low.js": "const own = 1;\nexport function a() {\n  return own;\n}\nexport const b = 2;\n",
        "other.js": 'import { a } from "./low.js";\nconst own = a();\n',
    }
    assert join_modules("app.js", texts.__getitem__)["app.js"] == (
        "const $low = (() => {\nconst own = 1;\nfunction a() {\n  return own;\n}\nconst b = 2;\n"
        "return { a, b };\n})();\n"
        "const $other = (() => {\nconst { a } = $low;\nconst own = a();\n})();\n"
        "const $app = (() => {\nconst { a, b: c } = $low;\nseen(a(), c);\n})();\n"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('import a from "./low.js";\n', "import a"),
        ('import * as a from "./low.js";\n', "import *"),
        ("export default 1;\n", "export default"),
        ("export let a = 1;\n", "export let"),
        ('export { a } from "./low.js";\n', "export {"),
        ('const a = () => import("./low.js");\n', "import("),
        ("const a = () => import(`${b}`);\n", "import("),
        ("await a();\n", "await"),
        ('import "./app.js";\n', "app.js imports app.js: a circle"),
    ],
)
def test_a_module_of_another_shape_stops_in_words(text: str, words: str) -> None:
    with pytest.raises(NotJoined, match=re.escape(words)):
        join_modules("app.js", {"app.js": text, "low.js": ""}.__getitem__)


def test_what_is_late_has_from_other_files_what_they_hold() -> None:
    texts = {
        "app.js": 'import { a } from "./low.js";\na();\n',
        "low.js": "export function a() {}\n",
        "late.js": 'import { a } from "./low.js";\nimport { d } from "./deep.js";\n'
        'import { s } from "./shared.js";\na(d, s);\n',
        "deep.js": "export const d = 1;\n",
        "other.js": 'import { s } from "./shared.js";\nconst get = (at) => import(at);\nget(s);\n',
        "shared.js": "export const s = 2;\n",
    }
    joined = join_modules("app.js", texts.__getitem__, ["late.js", "other.js", "shared.js"])
    assert list(joined) == ["app.js", "shared.js", "late.js", "other.js"]
    assert joined["app.js"].endswith("export { $low };\n")
    assert joined["shared.js"] == (
        "const $shared = (() => {\nconst s = 2;\nreturn { s };\n})();\nexport { $shared };\n"
    )
    assert joined["late.js"] == (
        'import { $low } from "./app.js";\nimport { $shared } from "./shared.js";\n'
        "const $deep = (() => {\nconst d = 1;\nreturn { d };\n})();\n"
        "const $late = (() => {\nconst { a } = $low;\nconst { d } = $deep;\n"
        "const { s } = $shared;\na(d, s);\n})();\n"
    )
    assert joined["other.js"].startswith('import { $shared } from "./shared.js";\nconst $other')


@pytest.mark.parametrize(
    ("app", "words"),
    [
        ("", "deep.js is in late.js and other.js: make it late itself"),
        ('import "./late.js";\n', "app.js imports late.js, which is late"),
    ],
)
def test_a_module_that_would_run_twice_stops_in_words(app: str, words: str) -> None:
    deep = 'import "./deep.js";\n'
    texts = {"app.js": app, "late.js": deep, "other.js": deep, "deep.js": ""}
    with pytest.raises(NotJoined, match=re.escape(words)):
        join_modules("app.js", texts.__getitem__, ["late.js", "other.js"])


def test_development_links_every_sheet_by_itself() -> None:
    links = re.findall(r'href="/static/css/([^"]+)"', drawn("{% stylesheets %}"))
    assert links == SHEETS


def test_htmx_is_the_second_version_and_our_own_copy() -> None:
    markup = Template("{% load django_htmx %}{% htmx_script %}").render(Context())
    (address,) = re.findall(r'src="/static/([^"]+)"', markup.split("django-htmx.js")[0])
    path = finders.find(address)
    assert isinstance(path, str)
    assert re.search(r'version:"2\.', Path(path).read_text())


def test_the_frame_of_a_page_carries_the_strict_settings_of_htmx() -> None:
    request = RequestFactory().get("/")
    page = Template('{% extends "base.html" %}').render(Context({"request": request}))
    config = json.loads(page.split('name="htmx-config" content=\'')[1].split("'")[0])
    assert config["allowEval"] is False
    assert config["includeIndicatorStyles"] is False
    assert config["allowScriptTags"] is False
    assert config["selfRequestsOnly"] is True
    swaps = {each["code"]: each["swap"] for each in config["responseHandling"]}
    assert swaps["4(09|22)"] is True
    assert 'hx-headers=\'{"X-CSRFToken"' in page
    assert '<main id="main"' in page
    assert 'data-theme="dark"' in page


def drawn(source: str, **context: object) -> str:
    return Template("{% load show %}" + source).render(Context(context))


# Colours: OKLCH to linear sRGB after Ottosson (2020); contrast after WCAG 2.2.

TOKEN = re.compile(r"--([\w-]+): light-dark\((oklch\([^)]+\)), (oklch\([^)]+\))\);")
TOKENS = {
    name: (light, dark)
    for name, light, dark in TOKEN.findall((STATIC / "css/tokens.css").read_text())
}
ON_ACCENT = "oklch(.19 .03 58)"
PAIRS = [
    *(
        (ink, ground, 4.5)
        for ink in ("ink", "ink-2", "ink-3")
        for ground in ("ground", "panel", "raised", "hover")
    ),
    *((hue, f"{hue}-wash", 4.5) for hue in ("ok", "info", "bad", "vio")),
    ("accent-ink", "accent-wash", 4.5),
    *((mark, "ground", 3.0) for mark in ("mark", "focus", "edge", "ok", "bad")),
    ("edge", "raised", 3.0),
]


def lch(color: str) -> tuple[float, float, float]:
    lightness, chroma, hue = (float(part) for part in color[6:-1].split())
    return lightness, chroma, hue


def luminance(color: str) -> float:
    lightness, chroma, hue = lch(color)
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, part)) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("over", "under", "least"), PAIRS)
def test_words_and_marks_stand_out_in_both_themes(
    over: str, under: str, least: float, theme: int
) -> None:
    assert contrast(TOKENS[over][theme], TOKENS[under][theme]) >= least


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_words_on_the_primary_button_stand_out(theme: int) -> None:
    assert contrast(ON_ACCENT, TOKENS["accent"][theme]) >= 4.5


@pytest.mark.parametrize("name", ["stage", "ground", "panel", "raised", "hover", "line", "edge"])
def test_what_surrounds_a_picture_is_neutral(name: str) -> None:
    assert all(lch(color)[1] <= 0.006 for color in TOKENS[name])

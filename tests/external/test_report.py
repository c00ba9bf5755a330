"""The report in a browser: it works, says nothing on the console, asks for nothing, and hides from nobody.

Needs Chromium (`CHROMIUM`, or on the path) and `axe.min.js` of npm's axe-core (`AXE`, or target/axe/package).
"""

from __future__ import annotations

import json
import os
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conftest import EXAMPLES, REPOSITORY, Score, missing, need

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[..., "Page"]

HOSTILE = {
    "id": 'x"><script>alert(1)</script>',
    "title": "<script>document.title='hit'</script> & \"kutip\"",
    "date": "2031-05-03",
    "source": "\u202eterbalik<img src=x onerror=alert(2)>",
    "text": "Menteri Arunika menuduh \u202eBenara</p></details><script>alert(3)</script>.\n\n" + "kata " * 20_000 + ".",
}


@pytest.fixture(scope="session")
def folder(score: Score, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scores of the example articles and a hostile one, with texts."""
    home = tmp_path_factory.mktemp("report")
    corpus = home / "corpus"
    shutil.copytree(EXAMPLES, corpus)
    (corpus / "hostile.jsonl").write_text(json.dumps(HOSTILE, ensure_ascii=False) + "\n", encoding="utf-8")
    done = score(corpus, home / "scores", "--save-text")
    assert done.returncode == 0, done.stderr
    return home / "scores"


@pytest.fixture(scope="session", params=["id", "en"])
def report(request: pytest.FixtureRequest, nuansa: Score, folder: Path) -> Path:
    """The report in both languages."""
    out = folder.parent / f"{request.param}.html"
    done = nuansa("report", folder, "--out", out, "--lang", request.param)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, the system's."""
    api = need("playwright.sync_api")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        missing("no Chromium; apt-get install chromium, or set CHROMIUM")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, report: Path) -> Iterator[Open]:
    """Open the report; whatever it says or asks for is a failure at the end."""
    contexts, said = [], []

    def open_it(file: Path = report, width: int = 1280, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        address = file.as_uri()
        foreign = lambda url: url.split("#")[0] != address and not url.startswith("data:")  # noqa: E731
        page.on("request", lambda request: said.append(request.url) if foreign(request.url) else None)
        page.goto(address)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert said == []


def shown(page: Page) -> list[str]:
    """The ids of the articles that the list shows, in its order."""
    return page.eval_on_selector_all("#stories > li:not([hidden])", "all => all.map(li => li.dataset.id)")


def test_filter_and_sort(visit: Open) -> None:
    """The list shows what is asked for, in the order that is asked for, and says how much that is."""
    page = visit()
    every = shown(page)
    assert len(every) > 10
    page.fill("#q", "GENCATAN")
    some = shown(page)
    assert some and set(some) < set(every)
    assert str(len(some)) in page.inner_text("#found")
    page.fill("#q", "")
    page.select_option("#lean", "d")
    stance = "all => all.map(li => Number(li.dataset.s))"
    assert all(s < 0 for s in page.eval_on_selector_all("#stories > li:not([hidden])", stance))
    page.select_option("#lean", "")
    for order, reverse in (("s", True), ("-s", False)):
        page.select_option("#order", order)
        scores = "all => all.map(li => li.dataset.s).filter(Boolean).map(Number)"
        values = page.eval_on_selector_all("#stories > li", scores)
        assert values == sorted(values, reverse=reverse)
    assert sorted(shown(page)) == sorted(every)


def test_the_table_of_actors_sorts(visit: Open) -> None:
    """By name and back; the header says how."""
    page = visit()
    names = lambda: page.eval_on_selector_all("#ranks tbody th", "all => all.map(th => th.textContent)")  # noqa: E731
    before = names()
    page.click("#ranks th[data-sort=name] button")
    assert page.get_attribute("#ranks th[data-sort=name]", "aria-sort") == "ascending"
    page.click("#ranks th[data-sort=name] button")
    assert page.get_attribute("#ranks th[data-sort=name]", "aria-sort") == "descending"
    page.click('#ranks th[data-sort="1"] button')
    assert page.get_attribute('#ranks th[data-sort="1"]', "aria-sort") == "descending"
    assert names() == before


def test_keyboard(visit: Open) -> None:
    """Arrows walk over articles and sentences; what a sentence is about shows at its focus; Escape leads back."""
    page = visit()
    summaries = page.locator("#stories summary")
    summaries.first.focus()
    page.keyboard.press("ArrowDown")
    assert summaries.nth(1).evaluate("e => e === document.activeElement")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.locator("#stories details").first.evaluate("e => e.open")
    page.keyboard.press("ArrowRight")
    active = "document.activeElement"
    assert page.evaluate(f"{active}.classList.contains('s')")
    assert page.evaluate(f"getComputedStyle({active}.querySelector('.d')).display") == "block"
    assert "%" in page.evaluate(f"{active}.querySelector('.d').innerText")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"[...document.querySelectorAll('#stories .s')].indexOf({active})") == 1
    page.keyboard.press("Escape")
    assert summaries.first.evaluate("e => e === document.activeElement && !e.parentElement.open")


def test_dark_and_light(visit: Open) -> None:
    """The system's choice counts until the button is pressed, and then the button's."""
    paper = "getComputedStyle(document.body).backgroundColor"
    page = visit(color_scheme="dark")
    dark = page.evaluate(paper)
    assert page.get_attribute("#theme", "aria-pressed") == "true"
    page.click("#theme")
    light = page.evaluate(paper)
    assert light == "rgb(255, 255, 255)" and dark != light
    assert visit(color_scheme="light").evaluate(paper) == light


def test_switch_between_scores(visit: Open) -> None:
    """Stance and tone are never shown together in a figure."""
    page = visit()
    visible = lambda name: page.locator(f"#ranks td .m-{name}").first.is_visible()  # noqa: E731
    assert visible("stance") and not visible("tone")
    page.check("#show-tone")
    assert visible("tone") and not visible("stance")


@pytest.mark.parametrize("width", [360, 1280])
def test_no_sideways_scroll(visit: Open, width: int) -> None:
    """Also with every article open."""
    page = visit(width=width)
    page.eval_on_selector_all("#stories details", "all => all.forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_script(visit: Open) -> None:
    """Everything can be read: articles open, and sentences are stops of the tab key."""
    page = visit(java_script_enabled=False)
    page.locator("#stories summary").first.click()
    sentence = page.locator("#stories .s").first
    assert sentence.is_visible() and sentence.get_attribute("tabindex") == "0"
    sentence.hover()
    assert sentence.locator(".d").is_visible()
    assert not page.locator("#filter").is_visible()


def test_print(visit: Open, tmp_path: Path) -> None:
    """A PDF comes about, in light colours and without the tools of the screen."""
    page = visit(color_scheme="dark")
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    page.emulate_media(media="print")
    assert not page.locator(".tools").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_hostile_text_is_text(visit: Open) -> None:
    """The hostile article shows its markup; nothing of it ran, or `visit` fails."""
    page = visit()
    assert page.title() != "hit"
    assert page.locator("main img, main script").count() == 0
    title = page.locator(".title", has_text="document.title").first
    assert (title.text_content() or "").startswith("<script>document.title='hit'</script> & \"kutip\"")
    assert "[U+202E]" in (page.locator("#stories").text_content() or "")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Open, scheme: str, width: int) -> None:
    """Neither in the figures nor in open articles."""
    axe = Path(os.environ.get("AXE", REPOSITORY / "target" / "axe" / "package" / "axe.min.js"))
    if not axe.is_file():
        missing(f"{axe}: no axe-core; npm pack axe-core and unpack it, or set AXE")
    # The page's policy would not run a foreign script
    page = visit(width=width, color_scheme=scheme, bypass_csp=True)
    page.eval_on_selector_all("#stories details", "all => all.slice(0, 4).forEach(d => { d.open = true; })")
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    grave = [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]
    assert grave == []


def test_pages_lead_back(visit: Open, nuansa: Score, folder: Path) -> None:
    """An article's own page opens, reads and links to the report and its neighbours."""
    out = folder.parent / "many.html"
    assert nuansa("report", folder, "--out", out, "--pages", "--articles", "0").returncode == 0
    page = visit(folder.parent / "many-pages" / "00002.html")
    assert page.locator(".text .s").count() > 0
    links = page.eval_on_selector_all("nav a", "all => all.map(a => a.getAttribute('href'))")
    assert links == ["../many.html", "00001.html", "00003.html"]


@pytest.mark.parametrize("figure", ["timeline", "actors"])
def test_figures_are_well_formed(nuansa: Score, folder: Path, tmp_path: Path, figure: str) -> None:
    """Any reader of XML takes them, and they know their size in millimetres."""
    out = tmp_path / f"{figure}.svg"
    done = nuansa("plot", figure, folder, "--out", out, "--width", "120")
    assert done.returncode == 0, done.stderr
    root = ET.parse(out).getroot()  # noqa: S314 - written by us
    assert root.tag == "{http://www.w3.org/2000/svg}svg" and root.get("width") == "120mm"

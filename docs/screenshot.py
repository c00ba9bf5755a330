"""Make docs/report.png, the README's picture of a report, in headless Chromium.

    nuansa score examples/articles --out scores --save-text --report --lang en
    python docs/screenshot.py scores/report.html docs/report.png

Needs `playwright` of tests/external/requirements.txt and the system's Chromium (`CHROMIUM`, or on the path).
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WIDTH, GAP = 1040, 40
# Parts of the page and how many of them are left
PARTS = {
    "#timeline, #pairs, #crosstab, #filter, .hint, .data, #actors .legend, .lead": 0,
    "#summary .overall, #summary > h3, #summary .two:has(.sums)": 0,
    "#ranks tbody tr": 3,
    "#stories > li": 1,
    ".text p": 2,
}
# Bytes that a README's reader should not have to wait for
MOST = 200_000


def main(report: str, out: str) -> None:
    """The head of the page with its first figures, and the beginning of an article with a sentence pointed at."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        page = browser.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme="light")
        page.goto(Path(report).resolve().as_uri())
        # A few of each tell what the page is like; the picture is no report
        for parts, left in PARTS.items():
            page.eval_on_selector_all(parts, f"all => all.slice({left}).forEach(e => e.remove())")
        page.locator("#stories details").evaluate("details => { details.open = true; }")
        height = page.locator("#stories").evaluate("e => e.getBoundingClientRect().bottom + scrollY") + GAP
        page.set_viewport_size({"width": WIDTH, "height": int(height)})
        page.locator("#stories .s.e3, #stories .s.e2").first.hover()
        page.screenshot(path=out, clip={"x": 0, "y": 0, "width": WIDTH, "height": height})
        browser.close()
    size = Path(out).stat().st_size
    if size > MOST:
        sys.exit(f"{out}: {size} bytes, more than {MOST}")


if __name__ == "__main__":
    main(*sys.argv[1:])

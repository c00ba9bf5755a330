"""How long does a report take, how large does it grow, and how soon does a browser show it?

    python3 benches/report.py [--rounds 5] [--work DIR]

Scores made-up articles of twenty sentences with the tiny model of the tests, whose labels mean nothing: a page has as
much to show either way. The sentences are those of long_run.py, recombined by seed, all distinct. Limits: the report
of 1,000 articles within 5 s from start to exit; that of 100,000 sentences at most 20 MB, and its load event within 2 s
of the navigation in headless Chromium. The exit code is 1 where one is missed or cannot be measured.

NUANSA_BIN names the program, CHROMIUM the browser. The browser is driven by `playwright` of
tests/external/requirements.txt; all else is the standard library. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from long_run import ARTICLE, REPOSITORY, articles, recombined

MODEL = REPOSITORY / "tests" / "models" / "tiny"
ARTICLES, SENTENCES = 1_000, 100_000
MOST_S, MOST_BYTES, MOST_LOAD_S = 5.0, 20_000_000, 2.0


def scores(program: str, folder: Path, lines: list[str]) -> Path:
    """A folder of scores of these articles, with their paragraphs."""
    folder.mkdir()
    corpus, out = folder / "in.jsonl", folder / "scores"
    corpus.write_text("".join(lines), encoding="utf-8")
    command = [program, "score", str(corpus), "--out", str(out), "--model", str(MODEL), "--save-text", "--quiet"]
    subprocess.run(command, check=True)
    return out


def reported(program: str, folder: Path, rounds: int) -> tuple[Path, list[float]]:
    """The report of a folder, and the seconds from start to exit of each round."""
    out, times = folder.parent / "report.html", []
    for _ in range(rounds):
        begun = time.monotonic()
        command = [program, "report", str(folder), "--out", str(out), "--lang", "en"]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        times.append(time.monotonic() - begun)
    return out, times


def loads(page: Path, rounds: int) -> tuple[str, list[float]] | None:
    """The browser, and the seconds from navigation to load event of each round; nothing where there is no browser."""
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only this measure needs it
    except ImportError:
        return None
    if not browser:
        return None
    times = []
    with sync_playwright() as playwright:
        for _ in range(rounds):
            # A browser of its own for each, so that nothing is remembered
            running = playwright.chromium.launch(executable_path=browser)
            version, shown = running.version, running.new_page(viewport={"width": 1280, "height": 900})
            shown.goto(page.as_uri(), wait_until="load")
            shown.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
            times.append(shown.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") / 1000)
            running.close()
    return f"Chromium {version}", times


def spread(times: list[float]) -> str:
    """Median and range in seconds."""
    return f"{statistics.median(times):.2f} s ({min(times):.2f} to {max(times):.2f})"


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", help="folder for corpus and scores [default: a temporary one]")
    args = parser.parse_args()
    program = os.environ.get("NUANSA_BIN", str(REPOSITORY / "target" / "release" / "nuansa"))
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    lines = articles(recombined(SENTENCES))
    held = []
    with tempfile.TemporaryDirectory(dir=args.work) as folder:
        work = Path(folder).resolve()
        small, times = reported(program, scores(program, work / "small", lines[:ARTICLES]), args.rounds)
        print(f"{args.rounds} rounds each, load before {load:.1f}\n\n| articles | sentences | report | size |")
        print("| ---: | ---: | ---: | ---: |")
        print(f"| {ARTICLES} | {ARTICLES * ARTICLE} | {spread(times)} | {small.stat().st_size / 1e6:.2f} MB |")
        held.append((f"report of {ARTICLES} articles", statistics.median(times), MOST_S, "s"))
        large, times = reported(program, scores(program, work / "large", lines), args.rounds)
        size = large.stat().st_size
        print(f"| {len(lines)} | {SENTENCES} | {spread(times)} | {size / 1e6:.2f} MB |\n")
        held.append((f"size of {SENTENCES} sentences", size / 1e6, MOST_BYTES / 1e6, "MB"))
        opened = loads(large, args.rounds)
    if opened:
        browser, times = opened
        print(f"navigation to load event of the larger: {spread(times)}, headless {browser}\n")
        held.append((f"load of {SENTENCES} sentences", statistics.median(times), MOST_LOAD_S, "s"))
    else:
        print("navigation to load event: not measured, no Chromium or no playwright\n")
    for name, value, limit, unit in held:
        print(f"- {'held  ' if value <= limit else 'MISSED'} {name}: {value:.2f} {unit}, limit {limit:g} {unit}")
    return 0 if opened and all(value <= limit for _, value, limit, _ in held) else 1


if __name__ == "__main__":
    sys.exit(main())

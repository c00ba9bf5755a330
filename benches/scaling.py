#!/usr/bin/env python3
"""What large corpora would cost, on paper: the tables of docs/scaling.md from records of `cargo bench` and of gpu.py.

Nothing is measured here. `--check` says whether the page has what this prints.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "benches" / "records" / "bench-2026-11-26.md"
GPU_RECORD = ROOT / "benches" / "records" / "gpu-2026-11-27.md"
PAGE = ROOT / "docs" / "scaling.md"
BEGIN, END = "<!-- cost -->", "<!-- end -->"

#: Name, articles, where the number is from.
CORPORA = [
    ("a year of one site", 100 * 365, "assumed: 100 articles a day"),
    ("a year of the Indonesian online press", 200 * 150 * 365, "assumed: 200 sites of 150 articles a day"),
    ("Common Crawl News since 2016", 1_350_000_000, "Lazzaroni, Lasser and Solovev 2026, arXiv:2605.18337"),
]


def rows(record: str, section: str) -> list[dict[str, str]]:
    """The first table below a heading of a record."""
    body = record.split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines() if line[:1] == "|"]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[2:]]


def number(cell: str) -> float:
    """The first number of a cell; commas stand between thousands."""
    found = re.search(r"\d[\d,]*(\.\d+)?", cell)
    if found is None:
        raise ValueError(f"no number in {cell!r}")
    return float(found[0].replace(",", ""))


def amount(value: float) -> str:
    """Two digits that count, and thousands apart."""
    digits = max(0, len(f"{value:.0f}") - 2)
    return f"{round(value, -digits):,.0f}" if value >= 10 else f"{value:.2g}"


def table(record: Path, per_article: float, price: float, cores: int) -> str:
    """Measured figures, assumptions and what follows from them, in Markdown."""
    text = record.read_text(encoding="utf-8")
    last = rows(text, "curve")[-1]
    threads = 2
    scored, seconds = number(last["rows of the program"]), number(last["program, s"])
    rate = scored / seconds / threads
    peak = number(last["program, peak MB"])
    share = number(last["encoder, ms a sentence"]) / number(last["program, ms a sentence"])
    start = [row for row in rows(text, "files") if "one sentence" in row[""]]
    ours = next(row for row in rows(text, "tokenise") if row["tokenizer"] == "ours")
    out = [
        f"Measured ([{record.name}](../{record.relative_to(ROOT).as_posix()}), 2 cores of an AMD EPYC Zen 4 with"
        f" AVX-512 VNNI, sentences of {number(last['tokens each']):.0f} tokens):",
        "",
        f"- {rate:.0f} sentences a second and core, from text files to CSV ({scored:,.0f} sentences in {seconds:.0f} s"
        f" on {threads} threads);",
        f"- {peak:.0f} MB at most for a process that scores them;",
        f"- {100 * share:.0f} % of that time is the encoder's; tokenising alone does {number(ours['sentences/s']):,.0f}"
        " sentences a second and core;",
        f"- {number(start[0]['seconds']):.2f} s for a process that scores one sentence on one thread, which is what a"
        " job pays to start.",
        "",
        f"Assumed: {per_article:g} sentences an article, {price:g} USD a core and hour, {cores} such cores, all busy.",
        "",
        f"| corpus | articles | core hours | hours on {cores} cores | USD | articles are |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for name, articles, source in CORPORA:
        hours = articles * per_article / rate / 3600
        cells = [amount(articles), amount(hours), amount(hours / cores), amount(hours * price)]
        out.append(f"| {name} | {' | '.join(cells)} | {source} |")
    return "\n".join(out)


def gpu_table(record: Path, per_article: float, price: float) -> str:
    """The same for a GPU."""
    text = record.read_text(encoding="utf-8")
    name, run = "encoder and heads alone", "`nuansa score`, JSONL to CSV"
    labels = {row["on"]: row for row in rows(text, "labels")}
    encoder, whole = rows(text, "encoder"), rows(text, "whole")
    f32, half = (max(rate(row) for row in encoder if row[name].startswith(p)) for p in ("f32, CUDA", "f16, CUDA"))
    plain = next(rate(row) for row in encoder if "candle" in row[name])
    thread = next(rate(row) for row in encoder if row["threads"] == "1")
    one = max((row for row in whole if row["processes"] == "1"), key=rate)
    many = min((row for row in whole if row["processes"] != "1"), key=lambda row: number(row["scoring, s"]))
    agreed = {on: f"stance {row['labels of stance']}, tone {row['of tone']}" for on, row in labels.items()}
    out = [
        f"Measured on a GPU ([{record.name}](../{record.relative_to(ROOT).as_posix()}), one NVIDIA H100 with 16 threads"
        " of an Intel Xeon, sentences of the same length):",
        "",
        f"- {half:,.0f} sentences a second in f16 by the encoder and heads alone, {f32:,.0f} in f32, {plain:,.0f}"
        f" in f32 by Candle's operations in their plain form; a thread of that processor does {thread:,.0f} in int8;",
        f"- {rate(one):,.0f} from JSONL to CSV by one process ({one[run]}),"
        f" with {number(one['GPU, MiB']):,.0f} MiB of the GPU's memory;",
        f"- {number(many['scoring, s']):.1f} s for 100,000 sentences in {many['processes']} shards at once"
        f" ({many[run]}), and {number(many['merge, s']):.1f} s for their merge;",
        f"- labels that are those of f32 on the processor: {agreed['cuda, f32']} in f32; {agreed['cuda, f16']} in f16.",
        "",
        f"Assumed: {price:g} USD a GPU and hour, with such a processor beside it.",
        "",
        "| corpus | GPU hours, one process at a time | USD | GPU hours, were the encoder in f16 all | USD |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for corpus, articles, _ in CORPORA:
        cells = []
        for speed in (rate(one), half):
            hours = articles * per_article / speed / 3600
            cells += [amount(hours), amount(hours * price)]
        out.append(f"| {corpus} | {' | '.join(cells)} |")
    return "\n".join(out)


def rate(row: dict[str, str]) -> float:
    """Sentences a second."""
    return number(row["sentences/s"])


def main() -> int:
    """Print or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", type=Path, default=RECORD, help="has the benches curve, files, tokenise")
    parser.add_argument("--per-article", type=float, default=20, help="sentences an article")
    parser.add_argument("--price", type=float, default=0.04, help="USD a core and hour")
    parser.add_argument("--gpu-record", type=Path, default=GPU_RECORD, help="of gpu.py")
    parser.add_argument("--gpu-price", type=float, default=3.0, help="USD a GPU and hour")
    parser.add_argument("--cores", type=int, default=64, help="cores at once")
    parser.add_argument("--check", action="store_true", help="compare with docs/scaling.md")
    given = parser.parse_args()
    made = table(given.record.resolve(), given.per_article, given.price, given.cores)
    made += "\n\n" + gpu_table(given.gpu_record.resolve(), given.per_article, given.gpu_price)
    if not given.check:
        print(made)
        return 0
    there = PAGE.read_text(encoding="utf-8").split(BEGIN, 1)[1].split(END, 1)[0].strip()
    if there != made:
        print(f"{PAGE}: the table is not what benches/scaling.py prints", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How much memory does one very long record take, over what a small job takes?

    python3 benches/records.py [--megabytes 100] [--kinds text,jsonl,…] [--model DIR] [--threads 2] [--work DIR]

Each kind is one record of so many megabytes, its text put together by seed from the sentences of benches/data, head of
one and tail of another, nearly all distinct: a text file in lines and paragraphs (text), in one line (line), Markdown
with a heading before every paragraph (markdown), in one line (mdline), a line of JSON Lines (jsonl), an array (json), a
row of CSV (csv), a row of Parquet and of Arrow (parquet, arrow, with pyarrow), a shard and its merge (shard), a page of
8.2 MB, which is nearly what a page may have (html), and what is longer than a record may be: a line of 300 MB without
an end (endless).
The model is the tiny one of the tests, with which a million sentences take minutes. The limit is 150 MB over a small
job and 1 KB an actor, and the exit code is 1 where a kind is over it. NUANSA_BIN names the program. Linux; standard
library only, but for parquet and arrow.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from long_run import REPOSITORY, blocks

KINDS = ("text", "line", "markdown", "mdline", "jsonl", "json", "csv", "parquet", "arrow", "shard", "html", "endless")
LIMIT_MB, ACTOR_MB, PAGE, ENDLESS = 150.0, 0.001, 8_200_000, 300_000_000


def sentences(seed: int) -> Iterator[str]:
    """Sentences without end."""
    groups = [[words for words in block if len(words) > 5] for block in blocks()]
    rng, groups = random.Random(seed), [group for group in groups if group]
    weights = [len(group) for group in groups]
    while True:
        group = rng.choices(groups, weights)[0]
        head, tail = rng.choice(group), rng.choice(group)
        at, start = rng.randrange(1, len(head)), rng.randrange(1, len(tail))
        yield " ".join(head[:at] + tail[start:])


def paragraphs(size: int) -> Iterator[str]:
    """Paragraphs of four sentences, `size` bytes or a few more with two for what stands between them."""
    source, written = sentences(size), 0
    while written < size:
        paragraph = " ".join(next(source) for _ in range(4))
        written += len(paragraph.encode()) + 2
        yield paragraph


def write(kind: str, size: int, folder: Path) -> Path:
    """Writes the record, never held in memory but for Parquet."""
    ending = {"text": "txt", "line": "txt", "markdown": "md", "mdline": "md", "endless": "jsonl", "shard": "jsonl"}
    path = folder / f"a.{ending.get(kind, kind)}"
    if kind in ("parquet", "arrow"):
        # In a process of its own: the memory of this one would count as the program's
        options = ["--only-table", str(path), "--megabytes", str(size / 1e6)]
        subprocess.run([sys.executable, __file__, *options], check=True)
        return path
    with path.open("w", encoding="utf-8", newline="") as file:
        match kind:
            case "text":
                file.writelines(paragraph + "\n\n" for paragraph in paragraphs(size))
            case "line" | "mdline":
                file.writelines(paragraph + " " for paragraph in paragraphs(size))
            case "markdown":
                file.writelines(f"## Bagian\n\n{paragraph}\n\n" for paragraph in paragraphs(size))
            case "html":
                file.write("<!DOCTYPE html><html><head><title>A long page</title></head><body><article>\n")
                file.writelines(f"<p>{paragraph}</p>\n" for paragraph in paragraphs(min(size, PAGE)))
                file.write("</article></body></html>\n")
            case "csv":
                file.write('id,text\nr1,"')
                file.writelines(paragraph.replace('"', '""') + "\n\n" for paragraph in paragraphs(size))
                file.write('"\n')
            case _:
                file.write({"json": '[{"id": "r1", "text": "'}.get(kind, '{"id": "r1", "text": "'))
                source = paragraphs(ENDLESS if kind == "endless" else size)
                file.writelines(json.dumps(paragraph + "\n\n", ensure_ascii=False)[1:-1] for paragraph in source)
                file.write({"json": '"}]\n', "endless": ""}.get(kind, '"}\n'))
    return path


def only_table(path: Path, size: int) -> None:
    """One row of Parquet or Arrow."""
    import pyarrow
    import pyarrow.feather
    import pyarrow.parquet

    table = pyarrow.table({"id": ["r1"], "text": ["\n\n".join(paragraphs(size))]})
    if path.suffix == ".arrow":
        pyarrow.feather.write_feather(table, path, compression="zstd")
    else:
        pyarrow.parquet.write_table(table, path, compression="zstd")


def peak(command: list[str]) -> tuple[float, float, int]:
    """Seconds, the most memory in MB, and the exit code."""
    begun = time.monotonic()
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return time.monotonic() - begun, usage.ru_maxrss * 1024 / 1e6, child.returncode


def rows(table: Path) -> int:
    """Rows of a CSV file."""
    if not table.exists():
        return 0
    with table.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def actors(table: Path) -> int:
    """Actors that a table names."""
    if not table.exists():
        return 0
    with table.open(encoding="utf-8", newline="") as file:
        return len({row["actor_id"] for row in csv.DictReader(file)})


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", default=str(REPOSITORY / "tests" / "models" / "tiny"))
    parser.add_argument("--work", help="folder for records and scores [default: a temporary one]")
    parser.add_argument("--only-table", help=argparse.SUPPRESS)
    args = parser.parse_args()
    csv.field_size_limit(1 << 30)
    size = int(args.megabytes * 1e6)
    if args.only_table:
        only_table(Path(args.only_table), size)
        return 0
    kinds = args.kinds.split(",")
    if unknown := set(kinds) - set(KINDS):
        parser.error(f"unknown kinds: {', '.join(sorted(unknown))}")
    program = os.environ.get("NUANSA_BIN", str(REPOSITORY / "target" / "release" / "nuansa"))
    over = False
    with tempfile.TemporaryDirectory(dir=args.work) as temporary:
        folder = Path(temporary)
        out, shard = folder / "scores", folder / "shard"

        def score(path: Path, to: Path, *more: str) -> tuple[float, float, int]:
            options = ["--model", args.model, "--threads", str(args.threads), "--quiet", "--force", *more]
            return peak([program, "score", str(path), "--out", str(to), *options])

        small = folder / "small.txt"
        source = sentences(1)
        small.write_text("\n\n".join(next(source) for _ in range(20)) + "\n", encoding="utf-8")
        _, base, code = score(small, out)
        print(f"small job, 20 sentences: {base:.1f} MB, exit code {code}\n")
        print("| record | MB | sentences | actors | seconds | exit code | peak MB | over the small job | limit |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for kind in kinds:
            path = write(kind, size, folder)
            steps = [("shard", shard, ("--shard", "1/1"))] if kind == "shard" else [(kind, out, ())]
            for name, to, more in steps:
                seconds, memory, code = score(path, to, *more)
                over |= report(name, path, to, (seconds, memory, code), base)
            if kind == "shard":
                merged = peak([program, "merge", str(shard), "--out", str(out), "--quiet", "--force"])
                over |= report("merge", path, out, merged, base)
            path.unlink()
    return int(over)


def report(name: str, path: Path, out: Path, run: tuple[float, float, int], base: float) -> bool:
    """Prints a line; says whether the limit is missed."""
    seconds, memory, code = run
    named = actors(out / "actors.csv")
    limit = LIMIT_MB + ACTOR_MB * named
    missed = memory - base > limit
    said = f"{'MISSED' if missed else 'held'} {limit:.0f}"
    size, sentences = path.stat().st_size / 1e6, rows(out / "sentences.csv")
    print(
        f"| {name} | {size:.0f} | {sentences} | {named} | {seconds:.0f} | {code} | {memory:.1f} | {memory - base:.1f} "
        f"| {said} |",
        flush=True,
    )
    return missed


if __name__ == "__main__":
    sys.exit(main())

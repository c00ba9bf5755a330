"""Scores a long JSONL.zst: do memory and rate stay flat, and how near does the whole come to the encoder alone?

    python3 benches/long_run.py [--sentences 200000] [--threads 2] [--model DIR] [--work DIR]

The sentences are recombined by seed from benches/data, as those of `cargo bench` are: all distinct, so that the cache
of repeated ones never helps; twenty make an article. The encoder's own rate is that of `nuansa bench` on every tenth
article, before and after. Limits: the last tenth of the run is within 10 % of the first in memory and rate, and the
rate from start to exit within 15 % of the encoder's; the exit code is 1 where one is missed. NUANSA_BIN names the
program. Linux; needs the program `zstd`; otherwise standard library only. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
#: Sentences of one language and file that follow each other in benches/data
BLOCKS = (720, 720, 251, 149, 90, 60, 50, 40)
#: Places by which the ranks of lengths may differ
NEAR = 12
ARTICLE, SAMPLE, EVERY_S = 20, 10, 0.5
FLAT, BEHIND = 0.10, 0.15


def blocks() -> list[list[list[str]]]:
    """The words of the sentences in benches/data, by language and file."""
    lines = [
        line.split()
        for i in (1, 2, 3)
        for line in (REPOSITORY / "benches" / "data" / f"sentences-{i}.txt").read_text(encoding="utf-8").splitlines()
    ]
    ends = itertools.accumulate(BLOCKS)
    return [lines[end - size : end] for size, end in zip(BLOCKS, ends, strict=True)]


def recombined(count: int) -> list[str]:
    """Distinct sentences: the head of one and the tail of another of its language and about its length."""
    groups = [sorted(block, key=len) for block in blocks()]
    places = [(group, i) for group in groups for i in range(len(group))]
    rng, found = random.Random(count), {}
    while len(found) < count:
        group, i = rng.choice(places)
        j = min(max(i + rng.randint(-NEAR, NEAR), 0), len(group) - 1)
        head, tail = group[i], group[j]
        if i == j or len(head) < 3 or len(tail) < 3:
            continue
        at = len(head) // 3 + rng.randint(0, len(head) // 3)
        start = min(max(len(tail) * at // len(head), 1), len(tail) - 1)
        found[" ".join(head[:at] + tail[start:])] = None
    # Short sentences repeat sooner, so that unshuffled the later ones are longer, and rows a second fall with that.
    sentences = list(found)
    rng.shuffle(sentences)
    return sentences


def articles(sentences: list[str]) -> list[str]:
    """A line of JSON for every twenty, four a paragraph."""
    lines = []
    for k in range(0, len(sentences), ARTICLE):
        text = "\n\n".join(" ".join(sentences[i : i + 4]) for i in range(k, min(k + ARTICLE, len(sentences)), 4))
        lines.append(json.dumps({"id": f"a{k}", "date": f"2031-{k // ARTICLE % 12 + 1:02}-01", "text": text}) + "\n")
    return lines


def encoder(program: str, sample: Path, options: list[str]) -> dict[str, float]:
    """What `nuansa bench` says of the encoder alone."""
    command = [program, "bench", str(sample), "--rounds", "3", "--json", *options]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def resident(pid: int) -> float:
    """Memory of a process in MB; 0 once it has gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(found[0]) * 1024 / 1e6 if found else 0.0


def watch(command: list[str], table: Path) -> tuple[float, list[tuple[float, int, float]]]:
    """Seconds from start to exit, and samples: seconds, rows of sentences.csv so far, MB."""
    begun, rows, at, samples = time.monotonic(), 0, 0, []
    child = subprocess.Popen(command)
    while child.poll() is None:
        try:
            with table.open("rb") as file:
                file.seek(at)
                new = file.read()
        except FileNotFoundError:
            new = b""
        rows, at = rows + new.count(b"\n"), at + len(new)
        memory = resident(child.pid)
        if rows and memory:
            samples.append((time.monotonic() - begun, rows, memory))
        time.sleep(EVERY_S)
    if child.returncode != 0:
        raise SystemExit(f"the run ended with {child.returncode}")
    return time.monotonic() - begun, samples


def tenths(samples: list[tuple[float, int, float]]) -> list[tuple[float, float]]:
    """Rows a second and median MB in each tenth of the rows."""
    first, last = samples[0][1], samples[-1][1]
    # What follows the last row is the closing of the tables
    samples = [sample for sample in samples if sample[1] < last]
    found = []
    for k in range(10):
        low, high = (first + (last - first) * end / 10 for end in (k, k + 1))
        part = [sample for sample in samples if low <= sample[1] <= high]
        if len(part) < 3:
            raise SystemExit("too few samples: name more --sentences")
        rate = (part[-1][1] - part[0][1]) / (part[-1][0] - part[0][0])
        found.append((rate, statistics.median(memory for _, _, memory in part)))
    return found


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=200_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", default=str(REPOSITORY / "models" / "default"))
    parser.add_argument("--work", help="folder for corpus and scores [default: a temporary one]")
    args = parser.parse_args()
    program = os.environ.get("NUANSA_BIN", str(REPOSITORY / "target" / "release" / "nuansa"))
    options = ["--model", args.model, "--threads", str(args.threads)]
    with tempfile.TemporaryDirectory(dir=args.work) as folder:
        corpus, sample, out = Path(folder) / "in.jsonl.zst", Path(folder) / "sample.jsonl", Path(folder) / "scores"
        lines = articles(recombined(args.sentences))
        subprocess.run(["zstd", "-q", "-o", str(corpus)], input="".join(lines).encode(), check=True)
        sample.write_text("".join(lines[::SAMPLE]), encoding="utf-8")
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
        before = encoder(program, sample, options)
        command = [program, "score", str(corpus), "--out", str(out), "--quiet", *options]
        seconds, samples = watch(command, out / ".nuansa-partial" / "sentences.csv")
        after = encoder(program, sample, options)
        record = json.loads((out / "run.json").read_text(encoding="utf-8"))
        with (out / "sentences.csv").open("rb") as file:
            rows = sum(1 for _ in file) - 1
    parts = tenths(samples)
    print(f"{rows} rows from {args.sentences} sentences, {args.threads} threads, load before {load:.1f}")
    print("\n| tenth | rows/s | MB |\n| ---: | ---: | ---: |")
    for k, (rate, memory) in enumerate(parts, 1):
        print(f"| {k} | {rate:.0f} | {memory:.1f} |")
    own = (before["sentences_per_s"] + after["sentences_per_s"]) / 2
    print(f"\nencoder alone: {before['sentences_per_s']:.0f} before, {after['sentences_per_s']:.0f} after, sentences/s")
    print(
        f"start to exit: {rows / seconds:.0f} sentences/s in {seconds:.1f} s; timings {json.dumps(record['timings'])}\n"
    )
    (first_rate, first_memory), (last_rate, last_memory) = parts[0], parts[-1]
    results = [
        ("memory, last tenth against the first", last_memory / first_memory - 1, FLAT, True),
        ("rate, last tenth against the first", last_rate / first_rate - 1, FLAT, True),
        ("start to exit against the encoder", rows / seconds / own - 1, BEHIND, False),
    ]
    missed = 0
    for name, change, limit, both in results:
        held = (abs(change) if both else -change) <= limit
        missed += not held
        print(f"{'held  ' if held else 'MISSED'} {name}: {change:+.1%}, limit {limit:.0%}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

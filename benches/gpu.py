"""A GPU beside the processor of its machine: labels, the encoder's rate by precision and batch, whole runs, memory.

    python3 benches/gpu.py [--sentences 100000] [--sample 10000] [--processes 1,4] [--model DIR] [--work DIR]

Needs a build with `--features cuda` (NUANSA_BIN names the program) and `nvidia-smi`; otherwise standard library only.
The corpus is that of long_run.py, twenty sentences an article. First `sample` of its sentences are scored on the
processor in f32 and int8 and on the GPU in f32 and f16, each on the GPU twice: how many labels are those of f32 on the
processor, how far probabilities differ, and whether the second run gave the same bytes. Then come the encoder and heads
alone (`nuansa bench`, median of three passes; `candle` names Candle's operations in their plain form), and `nuansa
score` from JSONL to CSV, by so many processes at once, each with its `--shard`, from the first start to the last exit,
and `nuansa merge` behind them. The exit code is 1 where a label of the GPU's f32 differs from the processor's in more
than one sentence of a thousand, one of f16 in more than five, or a second run gave other bytes. Nothing else should run
meanwhile.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import long_run
from long_run import REPOSITORY, articles, recombined

#: Labels that may differ from f32 on the processor
LIMITS = {"f32": 0.001, "f16": 0.005}
BATCHES = (1024, 4096, 16384, 32768)
EVERY_S = 0.2


def smi(fields: str) -> list[str]:
    """What nvidia-smi says of the first GPU."""
    command = ["nvidia-smi", f"--query-gpu={fields}", "--format=csv,noheader,nounits", "--id=0"]
    return [
        cell.strip() for cell in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split(",")
    ]


@contextmanager
def most_memory() -> Iterator[list[float]]:
    """The most memory of the GPU that is taken meanwhile, in MiB."""
    most, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(EVERY_S):
            most[0] = max(most[0], float(smi("memory.used")[0]))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def machine() -> list[str]:
    """The GPU and the processor."""
    name, driver, memory = smi("name,driver_version,memory.total")
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "?")
    return [f"{name}, {memory} MiB, driver {driver}; {os.cpu_count()} threads of {model}"]


class Program:
    """The program and what all its runs share."""

    def __init__(self, model: str, work: Path) -> None:
        self.path = os.environ.get("NUANSA_BIN", str(REPOSITORY / "target" / "release" / "nuansa"))
        self.model, self.work = model, work

    def score(self, corpus: Path, name: str, *options: str) -> Path:
        """Scores and gives the folder."""
        out = self.work / name
        self.wait([self.start(corpus, out, *options)])
        return out

    def start(self, corpus: Path, out: Path, *options: str) -> subprocess.Popen[bytes]:
        """Starts scoring."""
        command = [self.path, "score", str(corpus), "--out", str(out), "--model", self.model, "--quiet", "--force"]
        return subprocess.Popen([*command, *options])

    def wait(self, children: list[subprocess.Popen[bytes]]) -> None:
        """Waits for all."""
        codes = [child.wait() for child in children]
        if any(codes):
            raise SystemExit(f"the program ended with {codes}")

    def together(self, corpus: Path, processes: int, *options: str) -> tuple[float, float, int, float]:
        """Seconds from the first start to the last exit and of the merge, sentences, most memory of the GPU in MiB."""
        outs, whole = [self.work / f"part-{i}" for i in range(1, processes + 1)], self.work / "whole"
        shards = [("--shard", f"{i}/{processes}") for i in range(1, processes + 1)] if processes > 1 else [()]
        outs = outs if processes > 1 else [whole]
        with most_memory() as most:
            begun = time.monotonic()
            self.wait([self.start(corpus, out, *shard, *options) for out, shard in zip(outs, shards, strict=True)])
            scored = time.monotonic() - begun
        if processes > 1:
            command = [self.path, "merge", *map(str, outs), "--out", str(whole), "--quiet", "--force"]
            self.wait([subprocess.Popen(command)])
        merged = time.monotonic() - begun - scored
        run = json.loads((whole / "run.json").read_text(encoding="utf-8"))
        return scored, merged if processes > 1 else 0.0, run["rows"]["sentences"], most[0]

    def bench(self, corpus: Path, *options: str) -> dict[str, float]:
        """What `nuansa bench` says."""
        return long_run.encoder(self.path, corpus, ["--model", self.model, *options])


def rows(out: Path) -> list[dict[str, str]]:
    """The sentences that were scored."""
    with (out / "sentences.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["stance"]]


def agreement(program: Program, sample: Path) -> bool:
    """Prints how near each is to f32 on the processor; says whether a limit is missed."""
    runs = [("f32", "cuda"), ("f16", "cuda"), ("int8", "cpu")]
    want = rows(program.score(sample, "reference", "--precision", "f32"))
    numbers = [name for name in want[0] if name.startswith("p_")]
    print("\n## labels\n\n| on | labels of stance | of tone | largest difference of a probability | second run |")
    print("| --- | ---: | ---: | ---: | --- |")
    missed = False
    for precision, device in runs:
        options = ("--precision", precision, "--device", device)
        first, second = (program.score(sample, f"{precision}-{k}", *options) for k in (1, 2))
        got = rows(first)
        if len(got) != len(want):
            raise SystemExit(f"{precision}: {len(got)} rows, not {len(want)}")
        other = {head: sum(a[head] != b[head] for a, b in zip(got, want, strict=True)) for head in ("stance", "tone")}
        far = max(abs(float(a[p]) - float(b[p])) for a, b in zip(got, want, strict=True) for p in numbers)
        tables = ("sentences.csv", "mentions.csv", "articles.csv", "actors.csv")
        same = all((first / name).read_bytes() == (second / name).read_bytes() for name in tables)
        shares = [f"{100 * (1 - other[head] / len(want)):.2f} %" for head in ("stance", "tone")]
        second_run = "the same bytes" if same else "OTHER BYTES"
        print(f"| {device}, {precision} | {shares[0]} | {shares[1]} | {far:.6f} | {second_run} |")
        missed |= not same or max(other.values()) > LIMITS.get(precision, 1.0) * len(want)
    print(f"\n{len(want)} sentences; 100 % are the labels of f32 on the processor.", flush=True)
    return missed


def encoder(program: Program, sample: Path, tenth: Path) -> None:
    """Prints the rates of the encoder and heads alone; the processor's are those of a tenth of the sample."""
    print("\n## encoder\n\n| encoder and heads alone | threads | tokens a batch | sentences/s |")
    print("| --- | ---: | ---: | ---: |")

    def show(corpus: Path, threads: int, *options: str) -> None:
        found = program.bench(corpus, "--threads", str(threads), *options)
        rate = f"{found['sentences_per_s']:,.0f}"
        print(f"| {found['kernel']} | {threads} | {found['batch_tokens']:,} | {rate} |", flush=True)

    for threads in (1, os.cpu_count() or 1):
        show(tenth, threads)
    show(sample, 1, "--device", "cuda", "--backend-ops", "stock")
    for precision in LIMITS:
        for batch in BATCHES:
            show(sample, 1, "--device", "cuda", "--precision", precision, "--batch-tokens", str(batch))


def whole(program: Program, corpus: Path, processes: list[int]) -> None:
    """Prints the rates of whole runs."""
    print("\n## whole\n\n| `nuansa score`, JSONL to CSV | processes | scoring, s | merge, s | sentences/s | GPU, MiB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    runs = [(precision, k) for precision in LIMITS for k in processes]
    for precision, count in [*runs, ("int8", 1)]:
        device = "cpu" if precision == "int8" else "cuda"
        scoring, merge, sentences, memory = program.together(
            corpus, count, "--device", device, "--precision", precision
        )
        rate, taken = sentences / (scoring + merge), "" if device == "cpu" else f"{memory:,.0f}"
        print(f"| {device}, {precision} | {count} | {scoring:.1f} | {merge:.1f} | {rate:,.0f} | {taken} |", flush=True)


def numbers(text: str) -> list[int]:
    """Whole numbers with commas between."""
    return [int(part) for part in text.split(",")]


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=10_000)
    parser.add_argument("--processes", type=numbers, default=[1, 4])
    parser.add_argument("--model", default=str(REPOSITORY / "models" / "default"))
    parser.add_argument("--work", help="folder for corpus and scores [default: a temporary one]")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.work) as folder:
        program = Program(args.model, Path(folder))
        print("\n".join(machine()))
        sentences = recombined(args.sentences)
        corpus, sample, tenth = (Path(folder) / name for name in ("corpus.jsonl", "sample.jsonl", "tenth.jsonl"))
        for file, count in ((corpus, args.sentences), (sample, args.sample), (tenth, args.sample // 10)):
            file.write_text("".join(articles(sentences[:count])), encoding="utf-8")
        missed = agreement(program, sample)
        encoder(program, sample, tenth)
        whole(program, corpus, args.processes)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())

"""The Python package and Spark beside the program: rate, start of a worker, memory, bytes an article.

    python benches/engines.py [--sentences 10000] [--rounds 3] [--spark 100000] [--model DIR] [--work DIR]

Run it with a Python that has the package `nuansa` and, for `--spark`, pyspark (python/requirements-test.txt). The
corpus is that of long_run.py. Rates are rows of sentences a second from the start of a process to its end, reading
JSONL and writing Parquet, all on two threads; program and package take turns, and the ratio is the median over rounds.
Spark runs once with `local[2]` and the settings that docs/scaling.md advises for one machine, the program before and
after it, and writes all its tables, measures among them; its rate is given from the start of the process and without
what the JVM takes to start. Limits: the package at most 5 % slower, Spark at 85 % of the program's rate by the whole of
its process, a model loaded within 0.3 s; the exit code is 1 where one is missed.
NUANSA_BIN names the program. Linux. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from long_run import articles, recombined

REPOSITORY = Path(__file__).resolve().parent.parent
SLOWER, SPARK, LOAD_S, STARTS = 0.05, 0.85, 0.3, 7

PACKAGE = """
import sys, pyarrow as pa, pyarrow.json as json, pyarrow.parquet as parquet, nuansa
corpus, out, model = sys.argv[1:]
scorer, writers = nuansa.Scorer(model, threads=2), {}
for batch in json.read_json(corpus).to_batches(max_chunksize=4096):
    scores = scorer.score(batch)
    for name in ("sentences", "mentions", "articles"):
        table = getattr(scores, name)
        if name not in writers:
            writers[name] = parquet.ParquetWriter(f"{out}/{name}.parquet", table.schema)
        writers[name].write_table(table)
for writer in writers.values():
    writer.close()
"""

START = """
import sys, time, nuansa
begun = time.perf_counter()
nuansa.Scorer(sys.argv[1], threads=1)
print(time.perf_counter() - begun)
"""

SPARKS = """
import sys, time, nuansa.spark
from pyspark.sql import SparkSession
corpus, out, model = sys.argv[1:]
builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
builder = builder.config("spark.sql.shuffle.partitions", 8).config("spark.driver.memory", "2g")
spark = builder.config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseParallelGC").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
begun = time.perf_counter()
frame = spark.read.schema("id string, text string, date string").json(corpus).repartition(20)
scored = nuansa.spark.score(frame, id_col="id", text_col="text", date_col="date", model=model)
nuansa.spark.write(scored, out + "/scores")
print(time.perf_counter() - begun)
"""


def timed(command: list[str]) -> tuple[float, str, float]:
    """Seconds, what it printed last, and the most memory that one Python of it held, in MB."""
    begun, most = time.monotonic(), 0.0
    # Spark's workers would be the `python3` of the path, which need not have the package.
    env = os.environ | {"PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    while child.poll() is None:
        most = max(most, largest_python(child.pid))
        time.sleep(0.25)
    out, err = child.communicate()
    if child.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {child.returncode}: {err[-2000:]}")
    return time.monotonic() - begun, (out.splitlines() or [""])[-1], most


def largest_python(pid: int) -> float:
    """Memory of the largest Python below and with `pid`, in MB; what a JVM forks is its copy for a moment."""
    most, left = 0.0, [pid]
    while left:
        one = left.pop()
        try:
            program = Path(f"/proc/{one}/exe").readlink().name
            status = Path(f"/proc/{one}/status").read_text(encoding="ascii", errors="replace")
            for task in Path(f"/proc/{one}/task").iterdir():
                left += map(int, (task / "children").read_text(encoding="ascii").split())
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in status.splitlines())
        if "python" in program and "VmHWM" in fields:
            most = max(most, int(fields["VmHWM"].split()[0]) * 1024 / 1e6)
    return most


def corpus(folder: Path, sentences: int) -> tuple[Path, int]:
    """A JSONL file and how many articles it has."""
    lines, file = articles(recombined(sentences)), folder / f"corpus-{sentences}.jsonl"
    file.write_text("".join(lines), encoding="utf-8")
    return file, len(lines)


def program(binary: str, file: Path, out: Path, model: str) -> float:
    """Seconds of the program."""
    command = [binary, "score", str(file), "--out", str(out), "--format", "parquet", "--threads", "2", "--quiet"]
    return timed([*command, "--model", model])[0]


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=10_000, help="of a round of program and package")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--spark", type=int, default=100_000, help="sentences that Spark scores; 0 leaves it out")
    parser.add_argument("--model", default=str(REPOSITORY / "models" / "default"))
    parser.add_argument("--work", help="folder for corpus and scores [default: a temporary one]")
    args = parser.parse_args()
    binary = os.environ.get("NUANSA_BIN", str(REPOSITORY / "target" / "release" / "nuansa"))
    results: list[tuple[str, float, float, bool]] = []
    with tempfile.TemporaryDirectory(dir=args.work) as name:
        folder = Path(name)
        print(f"load before {os.getloadavg()[0]:.1f}")
        starts = [float(timed([sys.executable, "-c", START, args.model])[1]) for _ in range(STARTS)]
        results.append(("model loaded, s", statistics.median(starts), LOAD_S, True))

        file, count = corpus(folder, args.sentences)
        ratios = []
        print("\n| round | program, s | package, s | package, peak MB |\n| ---: | ---: | ---: | ---: |")
        for k in range(args.rounds):
            ours = program(binary, file, folder / f"program-{k}", args.model)
            (folder / f"package-{k}").mkdir()
            command = [sys.executable, "-c", PACKAGE, str(file), str(folder / f"package-{k}"), args.model]
            seconds, _, memory = timed(command)
            ratios.append(seconds / ours)
            print(f"| {k + 1} | {ours:.1f} | {seconds:.1f} | {memory:.0f} |")
        results.append(("package, seconds above the program's", statistics.median(ratios) - 1, SLOWER, True))
        for kind in ("sentences", "mentions", "articles"):
            size = (folder / "program-0" / f"{kind}.parquet").stat().st_size
            print(f"{kind}.parquet: {size / count:.0f} bytes an article, read {file.stat().st_size / count:.0f}")

        if args.spark:
            file, count = corpus(folder, args.spark)
            before = program(binary, file, folder / "program-before", args.model)
            (folder / "spark").mkdir()
            command = [sys.executable, "-c", SPARKS, str(file), str(folder / "spark"), args.model]
            seconds, job, memory = timed(command)
            after = program(binary, file, folder / "program-after", args.model)
            ours = (before + after) / 2
            print(f"\n{args.spark} sentences: program {before:.1f} s before and {after:.1f} s after")
            print(f"Spark local[2]: {seconds:.1f} s, of which {float(job):.1f} s behind its start")
            print(f"a worker of Spark peaks at {memory:.0f} MB")
            print(f"Spark once started at {ours / float(job):.1%} of the program's rate")
            results.append(("Spark, rate over the program's", ours / seconds, SPARK, False))
    print()
    missed = 0
    for what, value, limit, at_most in results:
        held = value <= limit if at_most else value >= limit
        missed += not held
        print(f"{'held  ' if held else 'MISSED'} {what}: {value:.3f}, {'at most' if at_most else 'at least'} {limit}")
    print(json.dumps({"starts_s": [round(s, 3) for s in starts], "cores": os.cpu_count()}))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

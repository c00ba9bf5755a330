"""What it costs to find near duplicates in Spark: seconds and shuffled bytes an article.

    python benches/near_duplicates.py [--articles 50000,100000] [--words 300] [--work DIR]

Run it with a Python that has the package `nuansa` and pyspark (python/requirements-test.txt). Articles are random words
of a vocabulary in which a few are frequent; every fifth repeats one of the four before it, half of these to the letter
and half with three words replaced, and each ends with one of ten lines, so that a tenth of all have a line in common.
Nothing is scored: the frame has the columns that `nuansa.duplicates.find` reads, written as Parquet before the clock
starts. Spark runs with `local[2]`; bytes and records are those that its event log gives for shuffles, an article. The
exit code is 1 where the articles that were found are not those that were made to repeat others. Nothing else should
run meanwhile.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

VOCABULARY, FOOTER, SITES, EVERY = 50_000, 20, 10, 5


def text(n: int, words: int) -> str:
    """The article of a number."""
    rng = random.Random(n)
    copied = n % EVERY == EVERY - 1
    # A copy has the words of one of those before it
    source = random.Random(n - rng.randint(1, EVERY - 1)) if copied else rng
    # Ranks whose logarithm is uniform: as often as Zipf has them
    ranks = [int(VOCABULARY ** source.random()) for _ in range(words)]
    site = source.randrange(SITES)
    if copied and n % (2 * EVERY) == EVERY - 1:
        for _ in range(3):
            ranks[rng.randrange(words)] = VOCABULARY + n
    line = [f"situs{site}x{k}" for k in range(FOOTER)]
    return " ".join([f"k{rank}" for rank in ranks] + line)


def frames(words: int, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Numbers as rows with what the search reads."""
    from nuansa._nuansa import fingerprints
    from nuansa.duplicates import SENTENCES

    for batch in batches:
        numbers = batch.column(0).to_pylist()
        texts = [text(n, words) for n in numbers]
        sentences = pa.array([[{"start": 0, "end": len(t), "text": t}] for t in texts], SENTENCES)
        columns = {
            "article_id": pa.array([f"https://example.org/berita/{n:010d}" for n in numbers]),
            "place": pa.array(numbers, pa.int64()),
            "periods": pa.array([{"day": None}] * len(numbers), pa.struct([("day", pa.string())])),
            "sentences": sentences,
            "fingerprint": fingerprints(sentences),
        }
        yield pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


DDL = (
    "article_id string, place bigint, periods struct<day: string>, "
    "sentences array<struct<start: bigint, end: bigint, text: string>>, fingerprint struct<n: bigint, digest: bigint>"
)


def shuffled(log: Path) -> tuple[int, int]:
    """Bytes and records that tasks have written for shuffles so far."""
    size = records = 0
    for file in sorted(log.rglob("*")):
        for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
            if '"SparkListenerTaskEnd"' in line:
                written = (json.loads(line).get("Task Metrics") or {}).get("Shuffle Write Metrics", {})
                size += written.get("Shuffle Bytes Written", 0)
                records += written.get("Shuffle Records Written", 0)
    return size, records


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", default="50000,100000", help="how many, several with commas")
    parser.add_argument("--words", type=int, default=300, help="words of an article")
    parser.add_argument(
        "--work", help="folder for the corpus, the log and what Spark spills [default: a temporary one]"
    )
    args = parser.parse_args()
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    from nuansa import duplicates
    from pyspark.sql import SparkSession

    failed = False
    with tempfile.TemporaryDirectory(dir=args.work) as name:
        folder = Path(name)
        (folder / "log").mkdir()
        options = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.eventLog.enabled": "true",
            "spark.eventLog.rolling.enabled": "false",
            "spark.eventLog.compress": "false",
            "spark.eventLog.buffer.kb": "1k",
            "spark.eventLog.dir": (folder / "log").as_uri(),
            "spark.local.dir": str(folder),
        }
        builder = SparkSession.builder.master("local[2]").appName("near duplicates")
        for key, value in options.items():
            builder = builder.config(key, value)
        spark = builder.getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        print("| articles | seconds | articles a second and core | bytes an article | records an article | found |")
        print("| ---: | ---: | ---: | ---: | ---: | ---: |")
        for n in map(int, args.articles.split(",")):
            path = str(folder / f"corpus-{n}")
            spark.range(0, n, 1, 20).mapInArrow(functools.partial(frames, args.words), DDL).write.parquet(path)
            scored = spark.read.schema(DDL).parquet(path)
            before = shuffled(folder / "log")
            begun = time.perf_counter()
            found = duplicates.find(scored)
            seconds = time.perf_counter() - begun
            count = found.count()
            failed |= count != n // EVERY
            found.unpersist()
            time.sleep(2)
            size, records = (after - first for after, first in zip(shuffled(folder / "log"), before, strict=True))
            rate = n / seconds / 2
            print(f"| {n:,} | {seconds:.1f} | {rate:,.0f} | {size / n:,.0f} | {records / n:.0f} | {count:,} |")
        spark.stop()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

"""Seconds that each step of `nuansa.spark.write` takes, for spark.md.

    python benches/attempts/spark_steps.py [--sentences 20000] [--model DIR] [--no-schema] [--config KEY=VALUE]…

Run it with a Python that has the package `nuansa` and pyspark (python/requirements-test.txt). The corpus is that of
engines.py, in twenty partitions; a step is a write, the search for near duplicates, or Spark's look into the JSON.
Nothing else should run.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engines import REPOSITORY, corpus


def timed(step: Callable[..., Any], name: Callable[..., str]) -> Callable[..., Any]:
    """`step`, which prints what `name` calls it and its seconds."""

    def run(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever the step takes and gives
        begun = time.monotonic()
        result = step(*args, **options)
        print(f"{time.monotonic() - begun:6.1f} s {name(*args)}", flush=True)
        return result

    return run


def main() -> None:
    """Scores, writes and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=20_000)
    parser.add_argument("--model", default=str(REPOSITORY / "models" / "default"))
    parser.add_argument("--no-schema", action="store_true", help="have Spark find out what the JSON holds")
    parser.add_argument("--config", action="append", default=[], metavar="KEY=VALUE", help="a setting of the session")
    args = parser.parse_args()
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    import nuansa.spark
    from nuansa import duplicates
    from pyspark.sql import SparkSession

    nuansa.spark._parquet = timed(nuansa.spark._parquet, lambda _frame, path, *_: path.rsplit("/", 1)[1])
    duplicates.find = timed(duplicates.find, lambda *_: "near duplicates")
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    for setting in args.config:
        builder = builder.config(*setting.split("=", 1))
    with tempfile.TemporaryDirectory() as name:
        file, _ = corpus(Path(name), args.sentences)
        spark = builder.getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        begun = time.monotonic()
        reader = spark.read if args.no_schema else spark.read.schema("id string, text string, date string")
        frame = timed(reader.json, lambda *_: "JSON looked into")(str(file)).repartition(20)
        scored = nuansa.spark.score(frame, id_col="id", text_col="text", date_col="date", model=args.model)
        nuansa.spark.write(scored, f"{name}/scores")
        print(f"{time.monotonic() - begun:6.1f} s all")


if __name__ == "__main__":
    main()

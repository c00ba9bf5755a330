"""The Python of the pages runs as it is printed."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

from conftest import RECORDS, REPOSITORY, jsonl, missing, need, run

import nuansa


def shipped() -> bool:
    """Whether the package `nuansa-model` is installed, which examples then read."""
    return importlib.util.find_spec("nuansa_model") is not None


def printed(page: str) -> str:
    """The one block of Python on a page."""
    blocks = re.findall(r"```python\n(.*?)```", (REPOSITORY / page).read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1, page
    return str(blocks[0])


def python(code: str, folder: Path, model: str) -> str:
    """What code prints that runs in `folder`, with the package `nuansa-model` where that is installed."""
    environment = dict(os.environ, PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable)
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(Path(nuansa.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    )
    environment.pop("NUANSA_MODEL", None)
    if not shipped():
        environment["NUANSA_MODEL"] = model
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
    if "JAVA_GATEWAY_EXITED" in done.stderr and "pyspark" in code:
        missing(f"Spark does not start; it needs a JDK: {done.stderr[-400:]}")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_of_the_package(tmp_path: Path, model: str) -> None:
    """A table of polars, a title and a sentence of each article."""
    need("polars")
    out = python(printed("python/README.md"), tmp_path, model)
    assert "shape: (4, 4)" in out
    assert "Perundingan dibuka" in out
    if shipped():
        # The shipped model: one threatens, the others agree to talk
        assert out.index("escalation") < out.index("deescalation")


def test_the_example_of_spark(tmp_path: Path, model: str, program: Path) -> None:
    """It shows the program's most frequent actor first, and has written the program's rows."""
    need("pyspark")
    tables = need("pyarrow.parquet")
    corpus = jsonl(RECORDS, tmp_path / "corpus.jsonl")
    out = python(printed("docs/scaling.md"), tmp_path, model)
    same = str(REPOSITORY / "models" / "default") if shipped() else model
    folder = run(program, same, corpus, tmp_path / "program", "--period", "month", "--dedup")
    for name in ["sentences", "mentions", "articles", "actors", "actor_articles", "dyads", "timeline"]:
        want = tables.read_table(folder / f"{name}.parquet")
        got = need("pyarrow.dataset").dataset(tmp_path / "scores" / name, format="parquet", partitioning="hive")
        assert sorted(map(str, got.to_table(want.column_names).to_pylist())) == sorted(map(str, want.to_pylist())), name
    actors = tables.read_table(folder / "actors.parquet").to_pylist()
    often = max((row for row in actors if row["role_group"] == "any"), key=lambda row: row["n"])
    assert often["actor_id"] in out.splitlines()[3]

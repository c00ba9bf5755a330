"""Spark against the program, and against itself when workers die and tasks run twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from conftest import RECORDS, need

import nuansa

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

COLUMNS = {"id_col": "id", "text_col": "isi", "title_col": "judul", "date_col": "tanggal"}
DDL = "id string, judul string, tanggal string, isi string"


def records(n: int) -> list[dict[str, Any]]:
    """Awkward records, and `n` plain ones."""
    plain = [
        {
            "id": f"p{i}",
            "judul": None if i % 3 else f"Berita {i}",
            "tanggal": f"2031-{1 + i % 12:02d}-{1 + i % 28:02d}",
            "isi": f"Rusia menolak NATO {i} kali. “Kami siap,” kata Indonesia kepada China. China menyerang Rusia {i}.",
        }
        for i in range(n)
    ]
    return RECORDS + plain


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    """Two cores of this machine."""
    need("pyspark")
    from pyspark.sql import SparkSession

    # Workers find the package where this process did
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(Path(nuansa.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    )
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2,4]").appName("nuansa").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.shuffle.partitions", "4").config("spark.driver.host", "127.0.0.1")
    try:
        session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "7").getOrCreate()
    except Exception as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"Spark does not start; it needs a JDK: {error}")
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def scored(spark: SparkSession, model: str) -> DataFrame:
    """The records, scored in five tasks."""
    import nuansa.spark

    frame = spark.createDataFrame([tuple(r.values()) for r in records(40)], DDL).repartition(5)
    return nuansa.spark.score(frame, model=model, **COLUMNS)


@pytest.fixture(scope="module")
def written(scored: DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything as Parquet."""
    import nuansa.spark

    out = tmp_path_factory.mktemp("spark") / "scores"
    nuansa.spark.write(scored, str(out))
    return out


def rows(path: Path, order: list[str], names: list[str] | None = None) -> list[dict[str, Any]]:
    """A table of Parquet, sorted."""
    table = need("pyarrow.parquet").read_table(path, partitioning=None)
    table = table if names is None else table.select(names)
    return table.sort_by([(name, "ascending") for name in order]).to_pylist()


KEYS = {
    "sentences": ["article_id", "sentence_id"],
    "mentions": ["article_id", "sentence_id", "start", "actor_id"],
    "articles": ["article_id"],
    "actors": ["actor_id", "role_group"],
    "actor_articles": ["article_id", "actor_id", "role_group"],
    "dyads": ["source_id", "target_id"],
    "timeline": ["period", "actor_id", "role_group"],
}


@pytest.fixture(scope="module")
def program_folder(program: Path, model: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the program writes for the same records."""
    folder = tmp_path_factory.mktemp("program")
    source = folder / "in.jsonl"
    source.write_text("\n".join(json.dumps(record) for record in records(40)), encoding="utf-8")
    command = [program, "score", source, "--out", folder / "out", "--model", model, "--format", "parquet", "--quiet"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.mark.parametrize("name", KEYS)
def test_every_table_is_that_of_the_program(written: Path, program_folder: Path, name: str) -> None:
    """Every cell, to the bit."""
    want = need("pyarrow.parquet").read_table(program_folder / f"{name}.parquet")
    got = rows(written / name, KEYS[name], want.column_names)
    expected = want.sort_by([(key, "ascending") for key in KEYS[name]]).to_pylist()
    if name == "articles":
        # Near duplicates are told within one run of the program alone
        expected = [row | {"duplicate_of": None} for row in expected]
    assert len(got) == len(expected)
    for one, other in zip(got, expected, strict=True):
        assert one == other


def test_partitions_are_periods(written: Path) -> None:
    """Articles without a date stand in a partition of their own."""
    names = {path.name for path in (written / "sentences").iterdir() if path.is_dir()}
    assert {"period=2031-05", "period=2031-12", "period=__HIVE_DEFAULT_PARTITION__"} <= names
    assert all((written / name / "_SUCCESS").exists() for name in KEYS)


def test_a_second_write_replaces_the_first(spark: SparkSession, model: str, tmp_path: Path) -> None:
    """Nothing of the first is left, also where the second has fewer periods."""
    import nuansa.spark

    for n in (12, 1):
        frame = spark.createDataFrame([tuple(r.values()) for r in records(n)[len(RECORDS) :]], DDL)
        nuansa.spark.write(nuansa.spark.score(frame, model=model, **COLUMNS), str(tmp_path / "out"))
    assert [row["article_id"] for row in rows(tmp_path / "out" / "articles", ["article_id"])] == ["p0"]


def test_a_worker_that_dies_changes_no_row(
    spark: SparkSession, scored: DataFrame, written: Path, model: str, tmp_path: Path
) -> None:
    """The Python of a task is killed when it has written some of its rows; the task runs again."""
    import nuansa.spark

    mark = tmp_path / "killed"

    def kill_once(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for at, batch in enumerate(batches):
            if at == 1:
                try:
                    mark.touch(exist_ok=False)
                except FileExistsError:
                    pass
                else:
                    os.kill(os.getpid(), signal.SIGKILL)
            yield batch

    frame = spark.createDataFrame([tuple(r.values()) for r in records(40)], DDL).repartition(2)
    again = nuansa.spark.score(frame, model=model, **COLUMNS)
    nuansa.spark.write(again.mapInArrow(kill_once, again.schema), str(tmp_path / "out"))
    assert mark.exists(), "no worker was killed"
    for name in ("sentences", "mentions", "articles", "actors", "dyads", "timeline"):
        assert rows(tmp_path / "out" / name, KEYS[name]) == rows(written / name, KEYS[name]), name


def test_ids_are_needed_and_are_unique(spark: SparkSession, model: str, tmp_path: Path) -> None:
    """Said with the id; a record that is none is listed."""
    import nuansa.spark

    def write(records: list[tuple[str | None, str]]) -> None:
        frame = spark.createDataFrame(records, "id string, text string").repartition(2)
        nuansa.spark.write(nuansa.spark.score(frame, id_col="id", model=model), str(tmp_path / "out"))

    with pytest.raises(nuansa.NuansaError, match="same id: 'a'"):
        write([("a", "Hujan."), ("b", "Panas."), ("a", "Dingin."), ("c", "Kering.")])
    with pytest.raises(Exception, match="no id in column 'id'"):
        write([("a", "Hujan."), (None, "Panas.")])
    with pytest.raises(nuansa.NuansaError, match="no column 'kode'"):
        nuansa.spark.score(spark.createDataFrame([("a",)], "text string"), id_col="kode")
    write([("a", "Hujan."), ("b", "Hu\0jan.")])
    assert [row["article_id"] for row in rows(tmp_path / "out" / "articles", ["article_id"])] == ["a"]
    reject = rows(tmp_path / "out" / "rejects", ["article_id"])
    assert reject[0]["article_id"] == "b" and "NUL" in reject[0]["reason"]


def test_measures_of_nothing(spark: SparkSession, model: str, tmp_path: Path) -> None:
    """A frame without a row has tables without a row."""
    import nuansa.spark

    frame = spark.createDataFrame([], DDL)
    nuansa.spark.write(nuansa.spark.score(frame, model=model, **COLUMNS), str(tmp_path / "out"))
    for name in ("actors", "dyads", "timeline"):
        assert spark.read.parquet(str(tmp_path / "out" / name)).count() == 0

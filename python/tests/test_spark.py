"""Spark against the program, and against itself when workers die and tasks run twice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import RECORDS, jsonl, need, run
from frames import COLUMNS, KEYS, empty, frame, kill_once, rows

import nuansa.spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


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
def scored(spark: SparkSession, model: str) -> DataFrame:
    """The records, scored in five tasks."""
    return nuansa.spark.score(frame(spark, records(40)).repartition(5), model=model, **COLUMNS)


@pytest.fixture(scope="module")
def written(scored: DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything as Parquet."""
    out = tmp_path_factory.mktemp("spark") / "scores"
    nuansa.spark.write(scored, str(out))
    return out


@pytest.fixture(scope="module")
def program_folder(program: Path, model: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the program writes for the same records."""
    folder = tmp_path_factory.mktemp("program")
    return run(program, model, jsonl(records(40), folder / "in.jsonl"), folder / "out")


@pytest.mark.parametrize("name", KEYS)
def test_every_table_is_that_of_the_program(written: Path, program_folder: Path, name: str) -> None:
    """Every cell, to the bit."""
    want = need("pyarrow.parquet").read_table(program_folder / f"{name}.parquet")
    got = rows(written / name, KEYS[name], want.column_names)
    expected = want.sort_by([(key, "ascending") for key in KEYS[name]]).to_pylist()
    assert len(got) == len(expected)
    for one, other in zip(got, expected, strict=True):
        assert one == other


def test_a_large_batch_is_scored_in_parts(model: str) -> None:
    """No row is lost or twice, and places stay with their records."""
    pa = need("pyarrow")
    n = 2 * nuansa.spark.ROWS + 1
    names = ["id", "text", nuansa.spark.PLACE]
    ids = [f"a{i}" for i in range(n)]
    batch = pa.RecordBatch.from_arrays(
        [pa.array(ids), pa.array([f"Rusia menolak {i}." for i in range(n)]), pa.array(range(n), pa.int64())], names
    )
    columns = {"id_col": "id", "text_col": "text"}
    parts = list(nuansa.spark._work((("model", model), ("threads", 1)), columns, [batch]))
    assert [part.num_rows for part in parts] == [nuansa.spark.ROWS, nuansa.spark.ROWS, 1]
    rows = [row for part in parts for row in part.to_pylist()]
    assert [(row["article_id"], row["place"]) for row in rows] == list(zip(ids, range(n), strict=True))
    assert all(row["sentences"][0]["text"] == f"Rusia menolak {i}." for i, row in enumerate(rows))


def test_partitions_are_periods(written: Path) -> None:
    """Articles without a date stand in a partition of their own."""
    names = {path.name for path in (written / "sentences").iterdir() if path.is_dir()}
    assert {"period=2031-05", "period=2031-12", "period=__HIVE_DEFAULT_PARTITION__"} <= names
    assert all((written / name / "_SUCCESS").exists() for name in KEYS)


def test_a_second_write_replaces_the_first(spark: SparkSession, model: str, tmp_path: Path) -> None:
    """Nothing of the first is left, also where the second has fewer periods."""
    for n in (12, 1):
        articles = frame(spark, records(n)[len(RECORDS) :])
        nuansa.spark.write(nuansa.spark.score(articles, model=model, **COLUMNS), str(tmp_path / "out"))
    assert [row["article_id"] for row in rows(tmp_path / "out" / "articles", ["article_id"])] == ["p0"]


def test_a_worker_that_dies_changes_no_row(
    spark: SparkSession, scored: DataFrame, written: Path, model: str, tmp_path: Path
) -> None:
    """The Python of a task is killed when it has written some of its rows; the task runs again."""
    mark = tmp_path / "killed"

    again = nuansa.spark.score(frame(spark, records(40)).repartition(2), model=model, **COLUMNS)
    nuansa.spark.write(again.mapInArrow(kill_once(mark), again.schema), str(tmp_path / "out"))
    assert mark.exists(), "no worker was killed"
    for name in ("sentences", "mentions", "articles", "actors", "dyads", "timeline"):
        assert rows(tmp_path / "out" / name, KEYS[name]) == rows(written / name, KEYS[name]), name


def test_ids_are_needed_and_are_unique(spark: SparkSession, model: str, tmp_path: Path) -> None:
    """Said with the id; a record that is none is listed."""

    def write(records: list[tuple[str | None, str]]) -> None:
        articles = spark.createDataFrame(records, "id string, text string").repartition(2)
        nuansa.spark.write(nuansa.spark.score(articles, id_col="id", model=model), str(tmp_path / "out"))

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
    nuansa.spark.write(nuansa.spark.score(empty(spark), model=model, **COLUMNS), str(tmp_path / "out"))
    for name in ("actors", "dyads", "timeline"):
        assert spark.read.parquet(str(tmp_path / "out" / name)).count() == 0

"""Frames of Spark for its tests, and a worker that dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from conftest import need

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: Roles of the columns of records; `nomor` is the record's number in the file that the program reads.
COLUMNS = {
    "id_col": "id",
    "text_col": "isi",
    "title_col": "judul",
    "date_col": "tanggal",
    "order_col": "nomor",
}
DDL = "id string, judul string, tanggal string, isi string, nomor bigint"
KEYS = {
    "sentences": ["article_id", "sentence_id"],
    "mentions": ["article_id", "sentence_id", "start", "actor_id"],
    "articles": ["article_id"],
    "actors": ["actor_id", "role_group"],
    "actor_articles": ["article_id", "actor_id", "role_group"],
    "dyads": ["source_id", "target_id"],
    "timeline": ["period", "actor_id", "role_group"],
}

Batches = Iterator[pa.RecordBatch]


def frame(spark: SparkSession, records: list[dict[str, Any]]) -> DataFrame:
    """Records with their numbers."""
    found = [
        (record["id"], record["judul"], record["tanggal"], record["isi"], number)
        for number, record in enumerate(records)
    ]
    return spark.createDataFrame(found, DDL)


def empty(spark: SparkSession) -> DataFrame:
    """The same columns without a row."""
    return spark.createDataFrame([], DDL)


def rows(path: Path, order: list[str], names: list[str] | None = None) -> list[dict[str, Any]]:
    """A table of Parquet, sorted."""
    table = need("pyarrow.parquet").read_table(path, partitioning=None)
    table = table if names is None else table.select(names)
    return table.sort_by([(name, "ascending") for name in order]).to_pylist()


def kill_once(mark: Path) -> Callable[[Batches], Batches]:
    """Rows as they are, from a worker that kills itself when it has given some of them; the next one finds `mark`."""

    def given(batches: Batches) -> Batches:
        for at, batch in enumerate(batches):
            if at == 1:
                try:
                    mark.touch(exist_ok=False)
                except FileExistsError:
                    pass
                else:
                    os.kill(os.getpid(), signal.SIGKILL)
            yield batch

    return given

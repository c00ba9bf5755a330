"""Near duplicates, `--dedup` and `--roll-up` in Spark against the program."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import REPOSITORY, jsonl, need, run
from frames import COLUMNS, KEYS, frame, kill_once, rows
from wire import LIST, WIRES

import nuansa.spark
from nuansa import aggregate, duplicates

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: Arguments of `write`, and the options of the program that are the same.
RUNS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "dedup": ({"dedup": True, "period": "day"}, ["--dedup", "--period", "day"]),
    "roll-up": ({"roll_up": True}, ["--roll-up"]),
    "both": (
        {"dedup": True, "roll_up": True, "period": "week"},
        ["--dedup", "--roll-up", "--period", "week"],
    ),
}


@pytest.fixture(scope="module")
def actors(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An actor list in which a person belongs to a ministry, and that to a state."""
    file = tmp_path_factory.mktemp("list") / "mine.toml"
    file.write_text(LIST, encoding="utf-8")
    return str(file)


@pytest.fixture(scope="module")
def roles() -> str:
    """A model that tells who acts on whom, which the tiny one does not."""
    return os.environ.get("NUANSA_MODEL") or str(REPOSITORY / "models" / "default")


@pytest.fixture(scope="module")
def kept(spark: SparkSession, roles: str, actors: str, tmp_path_factory: pytest.TempPathFactory) -> DataFrame:
    """The corpus in an order that is not its own, scored once, in three tasks."""
    numbered = list(frame(spark, WIRES).collect())
    random.Random(3).shuffle(numbered)
    articles = spark.createDataFrame(numbered, frame(spark, WIRES).schema).repartition(3)
    scored = nuansa.spark.score(articles, model=roles, actors=actors, **COLUMNS)
    path = str(tmp_path_factory.mktemp("kept") / "scored")
    scored.write.parquet(path)
    return spark.read.parquet(path)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the program reads."""
    return jsonl(WIRES, tmp_path_factory.mktemp("source") / "in.jsonl")


def pairs(found: DataFrame) -> dict[str, str]:
    """What was found, each article once."""
    rows = [(row["article_id"], row["duplicate_of"]) for row in found.collect()]
    assert len(dict(rows)) == len(rows)
    return dict(rows)


def told(program: Path, model: str, records: list[dict[str, Any]], folder: Path) -> dict[str, str]:
    """`duplicate_of` of the program."""
    out = run(program, model, jsonl(records, folder / "in.jsonl"), folder / "out")
    table = need("pyarrow.parquet").read_table(out / "articles.parquet").to_pylist()
    return {row["article_id"]: row["duplicate_of"] for row in table if row["duplicate_of"] is not None}


@pytest.fixture(scope="module")
def expected(program: Path, model: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """`duplicate_of` of the program."""
    return told(program, model, WIRES, tmp_path_factory.mktemp("expected"))


@pytest.mark.parametrize("name", RUNS)
def test_every_table_is_that_of_the_program(
    kept: DataFrame, program: Path, roles: str, actors: str, source: Path, tmp_path: Path, name: str
) -> None:
    """Every cell, to the bit."""
    arguments, options = RUNS[name]
    nuansa.spark.write(kept, str(tmp_path / "spark"), **arguments)
    folder = run(program, roles, source, tmp_path / "program", "--actors", actors, *options)
    for table, keys in KEYS.items():
        want = need("pyarrow.parquet").read_table(folder / f"{table}.parquet")
        got = rows(tmp_path / "spark" / table, keys, want.column_names)
        assert got == want.sort_by([(key, "ascending") for key in keys]).to_pylist(), table
        assert got, table


def test_the_corpus_has_what_it_is_for(kept: DataFrame, expected: dict[str, str]) -> None:
    """Copies, a chain, pairs of others, and those that are none."""
    assert {"b-salinan": "z-asli", "y-satu": "z-asli", "c-lain": "x-lain", "pendek-1": "pendek-2"}.items() <= (
        expected.items()
    )
    assert expected["a-rantai"] == "y-satu" and expected["arab-2"] == "arab" and expected["han-2"] == "han"
    assert not {"kosong-1", "kosong-2", "tanda", "x-lain"} & expected.keys()
    assert len({of for of in expected.values() if of.startswith("r")}) >= 5
    # A roll-up adds rows and a dedup takes sentences away
    found = duplicates.find(kept)
    plain, rolled = aggregate.dyads(kept).count(), aggregate.dyads(kept, roll_up=True).count()
    assert 0 < plain < rolled
    count, fewer = in_any_role(aggregate.actors(kept)), in_any_role(aggregate.actors(kept, without=found))
    assert all(0 < fewer[actor] < count[actor] for actor in ("sura", "arunika"))
    found.unpersist()


def in_any_role(actors: DataFrame) -> dict[str, int]:
    """Sentences of actors that count."""
    return {row["actor_id"]: row["n"] for row in actors.where("role_group = 'any'").collect()}


@pytest.mark.parametrize("common", [1, 5, 40])
def test_shingles_that_are_common_change_nothing(
    kept: DataFrame, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch, common: int
) -> None:
    """Whether all of them stand last in the prefixes, or some."""
    monkeypatch.setattr(duplicates, "COMMON", common)
    monkeypatch.setattr(duplicates, "MOST_SHARE", 1.0)
    assert pairs(duplicates.find(kept)) == expected


def test_without_an_order_the_earlier_day_goes_first(
    kept: DataFrame, expected: dict[str, str], program: Path, model: str, tmp_path: Path
) -> None:
    """Then what has no date, then the lesser id."""
    from pyspark.sql import functions as F

    found = pairs(duplicates.find(kept.withColumn("place", F.lit(None).cast("bigint"))))

    def order(record: dict[str, Any]) -> tuple[bool, str, str]:
        day = record["tanggal"] or ""
        return not day.startswith("2"), day if day.startswith("2") else "", record["id"]

    assert found == told(program, model, sorted(WIRES, key=order), tmp_path) != expected
    assert found["pendek-2"] == "pendek-1" and found["x-lain"] == "c-lain"


def test_a_worker_that_dies_changes_nothing(kept: DataFrame, expected: dict[str, str], tmp_path: Path) -> None:
    """Neither in the search nor with what it has found."""
    mark = tmp_path / "killed"
    hurt = kept.repartition(2).mapInArrow(kill_once(mark), kept.schema)
    found = duplicates.find(hurt)
    assert mark.exists(), "no worker was killed"
    assert pairs(found) == expected
    mark.unlink()
    again = aggregate.actors(hurt, without=found, roll_up=True)
    want = aggregate.actors(kept, without=found, roll_up=True)
    order = ["actor_id", "role_group"]
    assert again.orderBy(*order).collect() == want.orderBy(*order).collect()
    assert mark.exists(), "no worker was killed"
    found.unpersist()


def test_what_orders_must_be_a_number_or_a_time(spark: SparkSession, model: str, tmp_path: Path) -> None:
    """Days and moments do; texts are refused by name."""
    text = "Sura menolak berunding hari ini."
    records = [("a", text, "2031-05-02"), ("b", text, "2031-05-01")]
    texts = spark.createDataFrame(records, "id string, isi string, terbit string")
    with pytest.raises(nuansa.NuansaError, match="'terbit' is of type string"):
        nuansa.spark.score(texts, id_col="id", order_col="terbit", model=model)
    with pytest.raises(nuansa.NuansaError, match="no column 'nomor'"):
        nuansa.spark.score(texts, id_col="id", order_col="nomor", model=model)
    for kind in ("date", "timestamp"):
        moments = texts.withColumn("terbit", texts["terbit"].cast(kind))
        out = tmp_path / kind
        nuansa.spark.write(nuansa.spark.score(moments, id_col="id", order_col="terbit", model=model), str(out))
        found = {row["article_id"]: row["duplicate_of"] for row in rows(out / "articles", ["article_id"])}
        assert found == {"a": "b", "b": None}
    with pytest.raises(ValueError, match="near=False"):
        nuansa.spark.write(texts, str(tmp_path / "out"), near=False, dedup=True)

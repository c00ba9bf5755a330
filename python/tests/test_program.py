"""The package against the program: the same articles, the same rows, to the bit."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from conftest import RECORDS, REPOSITORY, jsonl, need, run
from wire import LIST, WIRES

import nuansa

EXAMPLES = REPOSITORY / "examples" / "articles"


TABLES = ("sentences", "mentions", "articles", "actors", "actor_articles", "dyads", "timeline")


def program_tables(program: Path, model: str, source: Path, out: Path, *options: str) -> dict[str, pa.Table]:
    """What the program writes; no timeline where no article has a date."""
    parquet = need("pyarrow.parquet")
    folder = run(program, model, source, out, *options)
    there = [name for name in TABLES if (folder / f"{name}.parquet").exists()]
    return {name: parquet.read_table(folder / f"{name}.parquet") for name in there}


def compare(scores: nuansa.Scores, want: dict[str, pa.Table]) -> None:
    """Every cell of all tables, and the names of the actors."""
    for name in TABLES:
        got = getattr(scores, name)
        if name not in want:
            assert name == "timeline" and got.num_rows == 0
            continue
        assert got.schema.equals(want[name].schema), name
        assert got.to_pylist() == want[name].to_pylist(), name
    named = {(row["actor_id"], row["name"], row["type"]) for row in want["actors"].to_pylist()}
    mentioned = set(scores.mentions["actor_id"].to_pylist())
    names = scores.names.to_pylist()
    above = {other for row in names for other in row["above"]}
    assert {row["actor_id"] for row in names} == mentioned - {"ambiguous"} | above
    assert named <= {(row["actor_id"], row["name"], row["type"]) for row in names}


def test_awkward_records(program: Path, model: str, scorer: nuansa.Scorer, tmp_path: Path) -> None:
    """Titles, dates, emoji, empty texts, furniture."""
    source = jsonl(RECORDS, tmp_path / "in.jsonl")
    compare(scorer.score(pa.Table.from_pylist(RECORDS)), program_tables(program, model, source, tmp_path / "out"))


@pytest.mark.filterwarnings("ignore::nuansa.LanguageWarning")
def test_the_example_articles(program: Path, model: str, tmp_path: Path) -> None:
    """In seven languages."""
    texts = {path.name: path.read_bytes().decode("utf-8-sig") for path in sorted(EXAMPLES.glob("*.txt"))}
    source = tmp_path / "in"
    source.mkdir()
    for name, text in texts.items():
        (source / name).write_text(text, encoding="utf-8", newline="")
    table = pa.table({"id": list(texts), "text": list(texts.values())})
    compare(nuansa.Scorer(model).score(table), program_tables(program, model, source, tmp_path / "out"))


@pytest.mark.parametrize("text_col", ["isi", None])
def test_a_file_that_both_read(
    program: Path, model: str, scorer: nuansa.Scorer, tmp_path: Path, text_col: str | None
) -> None:
    """A Parquet file with a time zone and whole numbers as ids."""
    parquet = need("pyarrow.parquet")
    moments = pa.array([0, 1_935_394_200_000], pa.timestamp("ms", tz="Asia/Jakarta"))
    table = pa.table({"nomor": [7, 8], "tanggal": moments, "isi": ["Rusia menyerang NATO.", "Indonesia menolak."]})
    source = tmp_path / "in.parquet"
    parquet.write_table(table, source)
    compare(scorer.score(table, text_col=text_col), program_tables(program, model, source, tmp_path / "out"))


@pytest.mark.filterwarnings("ignore::nuansa.LanguageWarning")
def test_wire_copies_and_affiliations(program: Path, model: str, tmp_path: Path) -> None:
    """Near duplicates that count once, actors that count for others, weeks."""
    actors = tmp_path / "mine.toml"
    actors.write_text(LIST, encoding="utf-8")
    scores = nuansa.Scorer(model, actors=actors, dedup=True, roll_up=True, period="week").score(
        pa.Table.from_pylist(WIRES)
    )
    options = ("--actors", str(actors), "--dedup", "--roll-up", "--period", "week")
    compare(scores, program_tables(program, model, jsonl(WIRES, tmp_path / "in.jsonl"), tmp_path / "out", *options))
    above = {row["actor_id"]: row["above"] for row in scores.names.to_pylist()}
    assert above["sura"] == ["kementerian", "arunika"] and above["arunika"] == []

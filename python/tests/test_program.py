"""The package against the program: the same articles, the same rows, to the bit."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pyarrow as pa
import pytest
from conftest import RECORDS, REPOSITORY, need

import nuansa

EXAMPLES = REPOSITORY / "examples" / "articles"


def program_tables(program: Path, model: str, source: Path, out: Path) -> dict[str, pa.Table]:
    """What the program writes."""
    parquet = need("pyarrow.parquet")
    command = [program, "score", source, "--out", out, "--model", model, "--format", "parquet", "--quiet"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return {
        name: parquet.read_table(out / f"{name}.parquet") for name in ("sentences", "mentions", "articles", "actors")
    }


def compare(scores: nuansa.Scores, want: dict[str, pa.Table]) -> None:
    """Every cell of three tables, and the names of the actors."""
    for name in ("sentences", "mentions", "articles"):
        got = getattr(scores, name)
        assert got.schema.equals(want[name].schema), name
        assert got.to_pylist() == want[name].to_pylist(), name
    named = {(row["actor_id"], row["name"], row["type"]) for row in want["actors"].to_pylist()}
    assert {(row["actor_id"], row["name"], row["type"]) for row in scores.names.to_pylist()} == named


def test_awkward_records(program: Path, model: str, scorer: nuansa.Scorer, tmp_path: Path) -> None:
    """Titles, dates, emoji, empty texts, furniture."""
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join(json.dumps(record) for record in RECORDS), encoding="utf-8")
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

"""The same bytes again: on a rerun, with other threads, and for a sentence alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import EXAMPLES, Score, Table, read_table


def data_files(folder: Path) -> dict[str, bytes]:
    """Every file of an output folder but `run.json`."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "run.json"}


def test_a_rerun_replaces_the_folder_with_the_same_bytes(score: Score, scores: Path, tmp_path: Path) -> None:
    """Without `--force`, because the folder is a finished one of ours."""
    again = tmp_path / "out"
    shutil.copytree(scores, again)
    done = score(EXAMPLES, again)
    assert done.returncode == 0, done.stderr
    assert data_files(again) == data_files(scores)


@pytest.mark.parametrize("threads", ["1", "2"])
def test_threads_change_no_byte(score: Score, scores: Path, tmp_path: Path, threads: str) -> None:
    """The plan of batches is the same for any thread count."""
    done = score(EXAMPLES, tmp_path / "out", "--threads", threads)
    assert done.returncode == 0, done.stderr
    assert data_files(tmp_path / "out") == data_files(scores)


def test_an_article_alone_gets_the_scores_it_gets_among_others(score: Score, tmp_path: Path, table: Table) -> None:
    """Probabilities within 1e-5, labels equal."""
    article = sorted(EXAMPLES.glob("*.txt"))[0]
    done = score(article, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    among = table("sentences.csv")
    among = among[among["article_id"] == article.name].reset_index(drop=True)
    alone = read_table(tmp_path / "out" / "sentences.csv")
    assert list(alone["text"]) == list(among["text"])
    for column in ("stance", "tone"):
        assert list(alone[column].fillna("")) == list(among[column].fillna(""))
    for column in among.columns[among.columns.str.startswith("p_")]:
        assert ((alone[column] - among[column]).abs().dropna() <= 1.1e-5).all(), column


def test_run_json_accounts_for_every_record(scores: Path) -> None:
    """It is JSON, and names the program's version."""
    record = json.loads((scores / "run.json").read_text(encoding="utf-8"))
    assert isinstance(record, dict)
    assert "version" in json.dumps(record)
    assert (scores / "rejects.jsonl").read_bytes() == b""

"""Broken inputs: a message that names the fault, an exit code, and nothing half-written."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from conftest import EXAMPLES, Score, need

ARTICLE = "Karenda menarik pasukannya dari perbatasan utara. Lumbuk menyambut langkah itu.\n"
CRASH = ("panicked", "RUST_BACKTRACE", "stack backtrace", "Traceback", "thread 'main'")


def assert_refused(done: subprocess.CompletedProcess[str], *named: str) -> None:
    """Non-zero exit, a message on stderr that names what is wrong, no sign of a crash, clean stdout."""
    assert 0 < done.returncode < 100, (done.returncode, done.stderr)
    assert done.stderr.strip()
    assert not [sign for sign in CRASH if sign in done.stderr], done.stderr
    for word in named:
        assert word in done.stderr, done.stderr
    assert done.stdout == ""


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """A folder with one good article."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(ARTICLE, encoding="utf-8")
    return folder


def test_an_input_that_is_not_there(score: Score, tmp_path: Path) -> None:
    """The path is named; no output folder appears."""
    assert_refused(score(tmp_path / "nowhere", tmp_path / "out"), "nowhere")
    assert not (tmp_path / "out").exists()


def test_no_input_at_all(nuansa: Score, tmp_path: Path) -> None:
    """A usage error."""
    assert_refused(nuansa("score", "--out", tmp_path / "out"))


def test_an_unknown_option(score: Score, article: Path, tmp_path: Path) -> None:
    """The option is named."""
    assert_refused(score(article, tmp_path / "out", "--no-such-option"), "--no-such-option")


def test_a_folder_without_articles(score: Score, tmp_path: Path) -> None:
    """The folder is named."""
    (tmp_path / "hollow").mkdir()
    assert_refused(score(tmp_path / "hollow", tmp_path / "out"), "hollow")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(score: Score, article: Path, tmp_path: Path) -> None:
    """The file is named."""
    (article / "a.txt").chmod(0)
    assert_refused(score(article / "a.txt", tmp_path / "out"), "a.txt")


def test_a_model_folder_that_is_empty(score: Score, article: Path, tmp_path: Path) -> None:
    """The folder is named."""
    (tmp_path / "hull").mkdir()
    assert_refused(score(article, tmp_path / "out", "--model", tmp_path / "hull"), "hull")


def test_a_model_whose_config_is_no_json(score: Score, article: Path, tmp_path: Path) -> None:
    """The file is named."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_text("{", encoding="utf-8")
    assert_refused(score(article, tmp_path / "out", "--model", broken), "broken")


def test_an_output_path_that_is_a_file(score: Score, article: Path, tmp_path: Path) -> None:
    """The file stays as it is."""
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    assert_refused(score(article, tmp_path / "out"), "out")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_an_output_folder_with_other_files_needs_force(score: Score, article: Path, tmp_path: Path) -> None:
    """And the other file stays."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    assert_refused(score(article, out), "--force")
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in out.iterdir()) == ["notes.txt"]


def test_a_bad_record_costs_one_record(score: Score, tmp_path: Path) -> None:
    """A broken line, a second record of one id, and a line that is no object, between two good ones."""
    pandas = need("pandas")
    good = [json.dumps({"id": name, "text": ARTICLE}) for name in ("one", "two")]
    lines = [good[0], '{"id": "torn", "text": "Kar', "[1, 2]", good[0], good[1]]
    source = tmp_path / "news.jsonl"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = score(source, tmp_path / "out")
    assert done.returncode == 3, done.stderr
    assert list(pandas.read_csv(tmp_path / "out" / "articles.csv")["article_id"]) == ["one", "two"]
    rejects = [
        json.loads(line) for line in (tmp_path / "out" / "rejects.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [reject["line"] for reject in rejects] == [2, 3, 4]
    assert all(reject["reason"] and "news.jsonl" in reject["file"] for reject in rejects)


def test_an_empty_file_is_a_row_and_a_warning(score: Score, article: Path, tmp_path: Path) -> None:
    """Its score cells are empty, not 0."""
    pandas = need("pandas")
    (article / "b.txt").write_bytes(b"")
    done = score(article, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "b.txt" in done.stderr
    row = pandas.read_csv(tmp_path / "out" / "articles.csv").set_index("article_id").loc["b.txt"]
    assert row["status"] == "empty"
    assert row[["stance_mean", "tone_mean", "share_neutral"]].isna().all()


def test_bytes_of_another_encoding_are_told_by_their_content_with_a_warning(
    score: Score, article: Path, tmp_path: Path
) -> None:
    """And where UTF-8 was said, they cost one file: the reject says at which byte."""
    (article / "b.txt").write_bytes("Rapat di Café Lumbuk batal.".encode("cp1252"))
    done = score(article, tmp_path / "guessed")
    assert done.returncode == 0, done.stderr
    assert "b.txt: read as windows-1252" in done.stderr
    assert "Café" in (tmp_path / "guessed" / "sentences.csv").read_text(encoding="utf-8")
    done = score(article, tmp_path / "out", "--encoding", "utf-8")
    assert done.returncode == 3, done.stderr
    (reject,) = (tmp_path / "out" / "rejects.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(reject)["byte"] == 12
    assert "\ufffd" not in (tmp_path / "out" / "sentences.csv").read_text(encoding="utf-8")


def test_help_and_version_go_to_stdout(nuansa: Score) -> None:
    """And exit with 0."""
    for option in ("--help", "--version"):
        done = nuansa(option)
        assert done.returncode == 0
        assert "nuansa" in done.stdout
    assert EXAMPLES.is_dir()

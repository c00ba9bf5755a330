"""The analyses of examples/ run as printed, in pandas and in R, and say the same."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import REPOSITORY, TIMEOUT_S, Table, missing, need


@pytest.fixture(scope="module", params=["with dyads", "without dyads"])
def folder(request: pytest.FixtureRequest, scores: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run over the example articles; and as a model that finds no targets would leave it."""
    if request.param == "with dyads":
        return scores
    copy = tmp_path_factory.mktemp("examples") / "scores"
    shutil.copytree(scores, copy)
    header = (copy / "dyads.csv").read_text(encoding="utf-8").splitlines()[0]
    (copy / "dyads.csv").write_text(header + "\n", encoding="utf-8")
    return copy


def run(program: str, script: str, folder: Path) -> str:
    """What an example prints."""
    command = [program, str(REPOSITORY / "examples" / script), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def pandas(folder: Path) -> str:
    """What the analysis in pandas prints."""
    need("pandas")
    return run(sys.executable, "analysis.py", folder)


def cells(text: str) -> list[list[str]]:
    """Lines as words; numbers without the sign of a zero, and empty cells left out."""
    return [[re.sub(r"^-(0\.0+)$", r"\1", word) for word in line.split()] for line in text.splitlines() if line.strip()]


def test_pandas(folder: Path, table: Table) -> None:
    """The table of actors is that of actors.csv, and pairs are there."""
    printed = pandas(folder)
    actors, pairs = printed.split("\n\n")[:2]
    often = table("actors.csv").query("role_group == 'any' and n >= 5").sort_values("stance_mean", ascending=False)
    assert len(often) > 3
    rows = actors.splitlines()[2:]
    assert [row.strip().split("  ")[0] for row in rows] == list(often["name"])
    assert all(str(n) in row.split() for n, row in zip(often["n"], rows, strict=True))
    assert "source_actor" in pairs and len(pairs.splitlines()) > 3
    _, _, told = printed.partition("Who to whom, from dyads.csv\n")
    dyads = (folder / "dyads.csv").read_text(encoding="utf-8").splitlines()[1:]
    shown = [tuple(line.split()[:2]) for line in told.splitlines()[1:]]
    assert len(shown) == min(len(dyads), 10)
    assert set(shown) <= {tuple(line.split(",")[:2]) for line in dyads}


def test_the_lines_of_the_readme(scores: Path, tmp_path: Path) -> None:
    """A mean for each article that has a scored sentence."""
    need("pandas")
    code = re.search(r"```python\n(.*?)```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code
    shutil.copytree(scores, tmp_path / "scores")
    command = [sys.executable, "-c", code[1]]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=TIMEOUT_S, check=False
    )
    assert done.returncode == 0, done.stderr
    ids = {row["article_id"] for row in csv.DictReader((scores / "sentences.csv").open(encoding="utf-8", newline=""))}
    assert {line.split()[0] for line in done.stdout.splitlines()[1:-1]} == ids


def test_r(folder: Path) -> None:
    """R prints the numbers that pandas prints."""
    program = shutil.which("Rscript")
    if not program:
        missing("Rscript, for examples/analysis.R; apt-get install r-base-core")
    printed = cells(run(program, "analysis.R", folder))
    wanted = cells(pandas(folder))
    assert len(printed) == len(wanted)
    for line, want in zip(printed, wanted, strict=True):
        assert len(line) == len(want)
        for word, other in zip(line, want, strict=True):
            assert word == other or float(word) == pytest.approx(float(other), abs=0.0101)

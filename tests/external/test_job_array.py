"""The job array of docs/scaling.md, run as it is printed, gives the bytes of one run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import REPOSITORY, Score

PAGE = REPOSITORY / "docs" / "scaling.md"


def block(mark: str) -> str:
    """The block of shell behind a mark of the page."""
    found = re.search(rf"<!-- {mark} -->\n+```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, mark
    return found[1]


def shell(script: str, folder: Path, binary: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script in `folder`, where `nuansa` is the program under test."""
    environment = os.environ | {"PATH": f"{binary.parent}{os.pathsep}{os.environ['PATH']}"} | variables
    return subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=600
    )


def files(folder: Path) -> dict[str, bytes]:
    """Every file of an output folder but `run.json`."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "run.json"}


@pytest.fixture
def corpus(score: Score, tmp_path: Path) -> Path:
    """A folder with `corpus.jsonl`, and `whole`, its scores in one run."""
    texts = (f"Rusia menolak NATO {i} kali. Indonesia menyambut China {i}." for i in range(30))
    records = [{"id": f"a{i}", "date": f"2031-05-{i + 1:02d}", "text": text} for i, text in enumerate(texts)]
    (tmp_path / "corpus.jsonl").write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    done = score(tmp_path / "corpus.jsonl", tmp_path / "whole")
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_slurm(corpus: Path, binary: Path) -> None:
    """Each task as Slurm starts it; one is sent twice and leaves what it finds."""
    finished = {}
    for task in ["1", "2", "3", "3"]:
        done = shell(
            block("job array"),
            corpus,
            binary,
            SLURM_ARRAY_TASK_ID=task,
            SLURM_ARRAY_TASK_COUNT="3",
            SLURM_CPUS_PER_TASK="1",
        )
        assert done.returncode == 0, done.stderr
        record = corpus / f"part-{task}" / "run.json"
        assert finished.setdefault(task, record.stat().st_mtime_ns) == record.stat().st_mtime_ns
    done = shell("nuansa merge part-* --out scores", corpus, binary)
    assert done.returncode == 0, done.stderr
    assert files(corpus / "scores") == files(corpus / "whole")


def test_parallel(corpus: Path, binary: Path) -> None:
    """On this machine, where GNU parallel is installed."""
    if shutil.which("parallel") is None:
        pytest.skip("GNU parallel is not installed")
    done = shell(block("parallel"), corpus, binary)
    assert done.returncode == 0, done.stderr
    assert files(corpus / "scores") == files(corpus / "whole")

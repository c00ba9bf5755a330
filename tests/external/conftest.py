"""Fixtures: the built binary, one run over the example articles, its tables, and the articles' texts.

`NUANSA_BIN` names the binary (default `target/release/nuansa`), `NUANSA_MODEL` a model other than the default one.
Where the binary or a package is missing the tests are skipped; with CI=true they fail.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    import pandas as pd

REPOSITORY = Path(__file__).resolve().parent.parent.parent
EXAMPLES = REPOSITORY / "examples" / "articles"
TIMEOUT_S = 600

Score = Callable[..., subprocess.CompletedProcess[str]]
Table = Callable[[str], "pd.DataFrame"]


def missing(what: str) -> NoReturn:
    """Skip, or fail where everything has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def need(module: str) -> Any:  # noqa: ANN401 - a module
    """A third-party module, or a skip."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        missing(f"{module}: {error}; pip install -r tests/external/requirements.txt")


@pytest.fixture(scope="session")
def binary() -> Path:
    """The program under test."""
    path = Path(os.environ.get("NUANSA_BIN", REPOSITORY / "target" / "release" / "nuansa")).resolve()
    if not os.access(path, os.X_OK):
        missing(f"{path}: no such program; cargo build --release, or set NUANSA_BIN")
    return path


@pytest.fixture(scope="session")
def nuansa(binary: Path) -> Score:
    """Run the program; the result has returncode, stdout and stderr."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [str(binary), *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", timeout=TIMEOUT_S, stdin=subprocess.DEVNULL
        )

    return run


@pytest.fixture(scope="session")
def score(nuansa: Score) -> Score:
    """`nuansa score INPUT --out DIR`, with the model of NUANSA_MODEL unless one is given."""

    def run(source: Path, out: Path, *options: str | Path) -> subprocess.CompletedProcess[str]:
        model = os.environ.get("NUANSA_MODEL")
        given = ["--model", model] if model and "--model" not in options else []
        return nuansa("score", source, "--out", out, *given, *options)

    return run


@pytest.fixture(scope="session")
def scores(score: Score, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of one run over the example articles."""
    out = tmp_path_factory.mktemp("scores") / "out"
    done = score(EXAMPLES, out)
    assert done.returncode == 0, done.stderr
    return out


def read_table(path: Path) -> pd.DataFrame:
    """A table in which an empty cell is missing and nothing else is."""
    return need("pandas").read_csv(path, keep_default_na=False, na_values=[""])


@pytest.fixture(scope="session")
def table(scores: Path) -> Table:
    """Read a table of that run by its file name."""
    return lambda name: read_table(scores / name)


def same_words(one: str, other: str) -> bool:
    """Equal up to white space."""
    return one.split() == other.split()


def compose(title: str | None, body: str) -> str:
    """The text of a record: title, blank line, body without a repeat of the title."""
    if not title or not title.strip() or not body.strip():
        return body
    first, _, rest = body.lstrip().partition("\n")
    return f"{title}\n\n{rest.lstrip() if same_words(first, title) else body}"


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    """Article id -> text, read from the example files without the program's help."""
    found = {path.name: path.read_bytes().decode("utf-8-sig") for path in sorted(EXAMPLES.glob("*.txt"))}
    for path in sorted(EXAMPLES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            found[record["id"]] = compose(record.get("title"), record["text"])
    return found

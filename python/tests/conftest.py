"""Fixtures: a model, a scorer, the program, and records that are awkward on purpose.

`NUANSA_MODEL` names the model (default: a tiny one from the repository's tests), `NUANSA_BIN` the program (default
`target/release/nuansa`). Where the program or a package is missing, tests are skipped; with CI=true they fail.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

import nuansa

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

REPOSITORY = Path(__file__).resolve().parents[2]

RECORDS: list[dict[str, Any]] = [
    {
        "id": "a",
        "judul": "Rusia menolak berunding",
        "tanggal": "2031-05-01",
        "isi": "Moskow - Rusia mengancam akan menutup selat itu. “Kami siap berunding,” kata Indonesia kepada Rusia.",
    },
    {"id": "b", "judul": None, "tanggal": "2031-05-20T08:00:00+07:00", "isi": "China dan Indonesia sepakat berdamai."},
    {"id": "c", "judul": "Kosong", "tanggal": "kemarin", "isi": None},
    {
        "id": "7",
        "judul": " ",
        "tanggal": None,
        "isi": "  \n\nBaca juga: harga cabai turun\n\n1.234\n\nRussia said 😀 no.",
    },
    {
        "id": "d",
        "judul": "Rusia menolak berunding",
        "tanggal": "2031-06-02",
        "isi": "NATO dan China menolak Rusia. " * 9,
    },
]


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
        missing(f"{module}: {error}")


def jsonl(records: list[dict[str, Any]], file: Path) -> Path:
    """A file with a record a line."""
    file.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    return file


def run(program: Path, model: str, source: Path, out: Path, *options: str) -> Path:
    """The folder that the program has written, in Parquet."""
    command = [program, "score", source, "--out", out, "--model", model, "--format", "parquet", "--quiet", *options]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def model() -> str:
    """The folder of the model under test."""
    return os.environ.get("NUANSA_MODEL") or str(REPOSITORY / "tests" / "models" / "tiny")


@pytest.fixture(scope="session")
def scorer(model: str) -> nuansa.Scorer:
    """One for all tests that need no other."""
    return nuansa.Scorer(model, threads=2)


@pytest.fixture(scope="session")
def program() -> Path:
    """The program that has to give the same."""
    path = Path(os.environ.get("NUANSA_BIN", REPOSITORY / "target" / "release" / "nuansa")).resolve()
    if not os.access(path, os.X_OK):
        missing(f"{path}: no such program; cargo build --release, or set NUANSA_BIN")
    return path


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """Two cores of this machine."""
    need("pyspark")
    from pyspark.sql import SparkSession

    # Workers find the package where this process did
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(Path(nuansa.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    )
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2,4]").appName("nuansa").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.shuffle.partitions", "4").config("spark.driver.host", "127.0.0.1")
    try:
        session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "7").getOrCreate()
    except Exception as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"Spark does not start; it needs a JDK: {error}")
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()

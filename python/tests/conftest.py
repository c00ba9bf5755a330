"""Fixtures: a model, a scorer, the program, and records that are awkward on purpose.

`NUANSA_MODEL` names the model (default: a tiny one from the repository's tests), `NUANSA_BIN` the program (default
`target/release/nuansa`). Where the program or a package is missing, tests are skipped; with CI=true they fail.
"""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any, NoReturn

import pytest

import nuansa

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

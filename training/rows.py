"""Rows of the public sets: JSON lines, plain or zstd (which needs the program `zstdcat`)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def find(folder: Path, name: str) -> Path:
    """The file of a set in the data folder; ends the program where there is none."""
    for file in (folder / f"{name}.jsonl.zst", folder / f"{name}.jsonl"):
        if file.exists():
            return file
    sys.exit(f"{folder}: no {name}.jsonl or {name}.jsonl.zst")


def read(file: Path) -> list[Row]:
    """The rows of a file."""
    if file.suffix == ".zst":
        try:
            text = subprocess.run(["zstdcat", file], check=True, capture_output=True, text=True).stdout
        except FileNotFoundError:
            sys.exit(f"{file}: the program zstdcat is not there; install zstd, or unpack the file")
    else:
        text = file.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]

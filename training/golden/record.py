"""Writing of golden files: a header that says where the numbers come from, then one case a line."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent.parent
GOLDEN = REPOSITORY / "tests" / "golden"


def sha256_file(path: Path) -> str:
    """Hex sha256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def header(script: str, packages: list[str], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """The header field of a golden file: the script, the versions it ran with, and whatever else matters."""
    versions = {"python": platform.python_version()} | {name: version(name) for name in packages}
    return {"generated_by": f"training/golden/{script}", "versions": versions} | more


def rounded(values: Any, digits: int = 8) -> Any:  # noqa: ANN401 - nested lists of floats
    """Nested lists of floats at `digits` significant digits."""
    if isinstance(values, list):
        return [rounded(value, digits) for value in values]
    return float(f"{values:.{digits - 1}e}")


def write(name: str, head: dict[str, Any], cases: list[dict[str, Any]]) -> None:
    """Write ``tests/golden/NAME``: ``{"header": …, "cases": [ … ]}``, one case a line."""

    def compact(value: Any) -> str:  # noqa: ANN401 - any JSON value
        return json.dumps(value, ensure_ascii=True, separators=(",", ":"))

    body = ",\n".join(compact(case) for case in cases)
    text = f'{{"header":{json.dumps(head, indent=1)},\n"cases":[\n{body}\n]}}\n'
    GOLDEN.mkdir(parents=True, exist_ok=True)
    (GOLDEN / name).write_bytes(text.encode("ascii"))

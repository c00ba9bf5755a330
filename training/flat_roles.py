#!/usr/bin/env python3
"""Leaves out mentions that overlap another of their sentence, which tags cannot show: the longer one stays.

python3 training/flat_roles.py --data DIR --out DIR/roles.jsonl
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rows import find, read


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that holds roles.jsonl.zst")
    parser.add_argument("--out", type=Path, required=True, help="JSONL file to write")
    args = parser.parse_args()
    rows = read(find(args.data, "roles"))
    dropped = 0
    with args.out.open("w", encoding="utf-8") as out:
        for row in rows:
            kept = flat(row["mentions"])
            dropped += len(row["mentions"]) - len(kept)
            out.write(json.dumps(row | {"mentions": kept}, ensure_ascii=False) + "\n")
    print(f"{len(rows)} rows in {args.out}, {dropped} mentions left out")


def flat(mentions: list[dict]) -> list[dict]:
    """The mentions in text order without overlaps; the longer wins, then the earlier."""
    kept: list[dict] = []
    for one in sorted(mentions, key=lambda m: (m["start"] - m["end"], m["start"])):
        if all(one["end"] <= other["start"] or other["end"] <= one["start"] for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda m: m["start"])


if __name__ == "__main__":
    main()

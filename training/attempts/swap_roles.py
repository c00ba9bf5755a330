#!/usr/bin/env python3
"""Training rows once more with the names of agent and target exchanged, so that a role belongs to the place of a name.

python3 training/attempts/swap_roles.py --roles DIR/roles.jsonl --news training/data/news.jsonl --out DIR/swapped.jsonl

Takes the rows of the training split with exactly one agent and one target, both with a capital at the beginning. The
sentence that comes out is a made one: its labels for stance and tone are left out, and it has the id of its row with
`-swapped`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rows import Row, read


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--roles", type=Path, required=True, help="what flat_roles.py wrote")
    parser.add_argument("--news", type=Path, required=True, help="labelled articles")
    parser.add_argument("--out", type=Path, required=True, help="JSONL file to write")
    args = parser.parse_args()
    rows = [row for file in (args.roles, args.news) for row in read(file) if row["split"] == "train"]
    swapped = [other for other in map(exchanged, rows) if other]
    with args.out.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in swapped)
    print(f"{len(swapped)} rows of {len(rows)} in {args.out}")


def exchanged(row: Row) -> Row | None:
    """The row with both names exchanged and every mention where it then stands; none where that cannot be."""
    mentions = sorted(row.get("mentions", []), key=lambda m: m["start"])
    pair = [m for m in mentions if m["role"] in ("agent", "target")]
    text = row["text"]
    names = [text[m["start"] : m["end"]] for m in pair]
    roles = sorted(m["role"] for m in pair)
    apart = all(a["end"] <= b["start"] for a, b in zip(mentions, mentions[1:], strict=False))
    if roles != ["agent", "target"] or not apart or names[0] == names[1] or not all(n[:1].isupper() for n in names):
        return None
    first, second = pair
    grown = len(names[1]) - len(names[0])
    between = text[first["end"] : second["start"]]
    other = []
    for m in mentions:
        moved = grown if m["start"] > first["start"] and m["start"] <= second["start"] else 0
        length = m["end"] - m["start"]
        if m is first:
            length = len(names[1])
        elif m is second:
            length = len(names[0])
        start = m["start"] + moved
        other.append({"start": start, "end": start + length, "role": m["role"]})
    return {
        "id": f"{row['id']}-swapped",
        "text": text[: first["start"]] + names[1] + between + names[0] + text[second["end"] :],
        "lang": row["lang"],
        "mentions": other,
        "source": row["source"],
        "split": "train",
    }


if __name__ == "__main__":
    main()

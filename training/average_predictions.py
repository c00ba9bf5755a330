#!/usr/bin/env python3
"""Gives every translation of a sentence the mean prediction of all of them, as a teacher for `loss.teacher`.

    nuansa eval --model TEACHER --gold DIR/annotated.jsonl.zst --split train --predictions p.jsonl
    python3 training/average_predictions.py --rows DIR/annotated.jsonl.zst --predictions p.jsonl --out DIR/teacher.jsonl

Rows of one `group` are versions of one sentence, so what a teacher says of one is evidence on the others. The mean is
the normalised geometric one, that is the mean of the logarithms (Hinton 2002, "products of experts"). Rows without a
group keep their own prediction.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import defaultdict
from pathlib import Path

from rows import read

HEADS = ("p_stance", "p_tone")
LEAST = 1e-9


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=Path, required=True, help="rows with id and group, JSONL, plain or zstd")
    parser.add_argument("--predictions", type=Path, required=True, help="of `nuansa eval --predictions`")
    parser.add_argument("--out", type=Path, required=True, help="JSONL file to write")
    args = parser.parse_args()
    group = {row["id"]: row.get("group") or row["id"] for row in read(args.rows)}
    members = defaultdict(list)
    predictions = read(args.predictions)
    for row in predictions:
        if row["id"] not in group:
            sys.exit(f"{args.predictions}: the row {row['id']!r} is not in {args.rows}")
        members[group[row["id"]]].append(row)
    means = {name: {head: mean([row[head] for row in rows]) for head in HEADS} for name, rows in members.items()}
    with args.out.open("w", encoding="utf-8") as out:
        for row in predictions:
            out.write(json.dumps({"id": row["id"], **means[group[row["id"]]]}) + "\n")
    print(f"{len(predictions)} predictions of {len(members)} sentences in {args.out}")


def mean(rows: list[list[float]]) -> list[float]:
    """The normalised geometric mean of distributions."""
    logs = [sum(math.log(max(p, LEAST)) for p in column) / len(rows) for column in zip(*rows, strict=True)]
    weights = [math.exp(log - max(logs)) for log in logs]
    return [round(w / sum(weights), 6) for w in weights]


if __name__ == "__main__":
    main()

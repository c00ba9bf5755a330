#!/usr/bin/env python3
"""Turns second votes on doubtful training labels into a teacher for `loss.teacher`.

    python3 training/second_votes.py --data DIR --out DIR/votes.jsonl

The first labeller of `annotated` was not sure (confidence 1 or 2) of many training sentences. The file
`training/data/second-votes.jsonl` holds a second, blind vote on those, by the hash of a sentence: a label of each head,
how sure the voter was (3 sure, 2 fairly, 1 a guess) and, where it was not, the runner-up. A vote becomes a
distribution: the label has the share of its certainty (`SHARE`), the runner-up most of the rest. With `share = 0.5` and
`temperature = 1.0` a row is learnt half from each labeller. A vote on a sentence holds for its translations in all
languages.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from statistics import mean

from label_public import key
from rows import find, read

VOTES = Path(__file__).parent / "data" / "second-votes.jsonl"
LABELS = {"stance": ("escalation", "deescalation", "neutral"), "tone": ("positive", "negative", "neutral")}
# Two passes of the same kind over 300 rows agreed in 100, 95 and 61 % of the stances by confidence.
SHARE = {3: 0.98, 2: 0.90, 1: 0.60}
RUNNER_UP = 0.85


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that holds annotated.jsonl.zst")
    parser.add_argument("--out", type=Path, required=True, help="JSONL file to write")
    args = parser.parse_args()
    votes = {row["key"]: row for row in read(VOTES)}
    rows = [row for row in read(find(args.data, "annotated")) if row["split"] == "train"]
    of_row = {row["id"]: vote for row in rows if (vote := votes.get(key(row["lang"], row["text"])))}
    of_group = {row["group"]: of_row[row["id"]] for row in rows if row["id"] in of_row and row.get("group")}
    missing = len(votes) - len({vote["key"] for vote in of_row.values()})
    if missing:
        sys.exit(f"{missing} of {len(votes)} votes find no sentence in {args.data}: has the set changed?")
    written = 0
    with args.out.open("w", encoding="utf-8") as out:
        for row in rows:
            if vote := of_row.get(row["id"]) or of_group.get(row.get("group")):
                line = {"id": row["id"]} | {f"p_{head}": spread(head, vote[head]) for head in LABELS}
                out.write(json.dumps(line) + "\n")
                written += 1
    print(f"{written} rows of {len(votes)} sentences voted on in {args.out}")
    for (source, confidence), same in sorted(agreement(rows, of_row).items()):
        shares = ", ".join(f"{head} {100 * mean(same[head]):.0f} %" for head in LABELS)
        print(f"{source}, confidence {confidence}: {len(same['stance'])} sentences, the first label agrees: {shares}")


def agreement(rows: list[dict], of_row: dict[str, dict]) -> dict[tuple[str, int], dict[str, list[bool]]]:
    """Whether the votes are the first labels, by source and confidence of those, each sentence once."""
    out: dict[tuple[str, int], dict[str, list[bool]]] = {}
    seen = set()
    for row in rows:
        if (vote := of_row.get(row["id"])) and vote["key"] not in seen:
            seen.add(vote["key"])
            same = out.setdefault((row["source"], row["confidence"]), {head: [] for head in LABELS})
            for head in LABELS:
                same[head].append(vote[head]["label"] == row[head])
    return out


def spread(head: str, vote: dict) -> list[float]:
    """A vote as a distribution over the labels of its head."""
    share = SHARE[vote["sure"]]
    others = [label for label in LABELS[head] if label != vote["label"]]
    rest = 1.0 - share
    second = vote.get("second")
    p = {label: rest * (0.5 if second is None else RUNNER_UP if label == second else 1 - RUNNER_UP) for label in others}
    return [round((p | {vote["label"]: share})[label], 6) for label in LABELS[head]]


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Scores predictions of the test rows with and without those that are nearly a training row.

    python3 training/near_test.py --data DIR first.jsonl second.jsonl

DIR holds annotated.jsonl.zst and the public.jsonl of label_public.py; the predictions are those of
`nuansa eval --predictions`. Near: same language, Jaccard index of the word sets from 0.85. The test rows of
`data/near-test.txt` count as near, too: they are nearly a row that an earlier step of the default model trained on and
that is no training row any more.
"""

from __future__ import annotations

import argparse
import math
import re
from collections import Counter, defaultdict
from pathlib import Path

from rows import Row, find, read

OWN = Path(__file__).parent / "data"
LIMIT = 0.85
INDONESIAN = ("idner_news_2k", "nerp")


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("predictions", type=Path, nargs="*")
    args = parser.parse_args()
    rows = [row for name in ("annotated", "public") for row in read(find(args.data, name))]
    rows += [row for file in ("news", "sentences", "contrast", "documents") for row in read(OWN / f"{file}.jsonl")]
    test = [row for row in rows if row["split"] == "test"] + read(OWN / "news-heldout.jsonl")
    earlier = set((OWN / "near-test.txt").read_text(encoding="utf-8").split())
    close = {row["id"]: row for row in test if row["id"] in earlier}
    close |= near([row for row in rows if row["split"] == "train"], test)
    print(
        f"{len(close)} of {len(test)} test rows are near a training row:", Counter(r["source"] for r in close.values())
    )
    for file in args.predictions:
        said = {row["id"]: row for row in read(file)}
        for head in ("stance", "tone"):
            news = [row for row in test if row["source"] in INDONESIAN]
            kept = [row for row in news if row["id"] not in close]
            figures = " ".join(f"{macro_f1(part, said, head):.3f} ({len(part)} rows)" for part in (news, kept))
            print(f"{file.name} {head} Indonesian news, all and without them: {figures}")


def near(train: list[Row], test: list[Row]) -> dict[str, Row]:
    """Test rows near a training row, by id. Two such sets share one of their rarest words."""
    sets = [words(row) for row in train]
    often = Counter(word for one in sets for word in one)

    def rare(one: frozenset[str]) -> list[str]:
        return sorted(one, key=lambda w: (often[w], w))[: len(one) - math.ceil(LIMIT * len(one)) + 1]

    index = defaultdict(list)
    for row, one in zip(train, sets, strict=True):
        for word in rare(one):
            index[row["lang"], word].append((len(one), one))
    found = {}
    for row in test:
        one = words(row)
        others = (other for word in rare(one) for other in index[row["lang"], word]) if one else ()
        # Sets of very different size can't be near, and are not compared
        sized = (other for n, other in others if LIMIT * max(n, len(one)) <= min(n, len(one)))
        if any(len(one & other) / len(one | other) >= LIMIT for other in sized):
            found[row["id"]] = row
    return found


def words(row: Row) -> frozenset[str]:
    """The words of a text; in Chinese its characters."""
    return frozenset(re.findall(r"\w" if row["lang"] == "zh" else r"\w+", row["text"].lower()))


def macro_f1(rows: list[Row], said: dict[str, Row], head: str) -> float:
    """Mean F1 of the labels that gold has."""
    pairs = Counter((row[head], said[row["id"]][head]) for row in rows)
    labels = {gold for gold, _ in pairs}
    sums = {x: sum(n for pair, n in pairs.items() for side in pair if side == x) for x in labels}
    return sum(2 * pairs[x, x] / sums[x] for x in labels) / len(labels)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Scores whom nuansa takes for the speaker of a statement on the test split of PFSA-ID.

    python3 training/benchmarks/pfsa_speaker.py --data DIR [--model MODEL] [--split test]

The figure is our own. PFSA-ID tags words of Indonesian news with eleven types (persons, cues, statements and others);
its published F1 of 81.34 is over all of them and can't be compared. Here the rows are put together to articles (one
begins at each dateline), scored, and read so:

- a gold speaker is a span PERSON or PERSONCOREF ("he", a surname) in a sentence that also has a CUE ("said");
- a mention of `mentions.csv` is one where its role is `source` and it touches the span;
- precision is over the mentions with role `source` in the sentences that have a gold speaker: the others aren't tagged
  throughout, so a speaker found there can't be told right from wrong.

The set is for evaluation only (CC BY-NC-SA): nothing is trained on it.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rows import find, read  # noqa: E402

REPOSITORY = Path(__file__).resolve().parent.parent.parent
CLOSING = set(",.;:?!)]%")
OPENING = set("([")
DASHES = set("/-")
SPEAKERS = ("PERSON", "PERSONCOREF")
CUES = ("CUE", "CUECOREF")


@dataclass
class Article:
    """Text put together from words, with the places of speakers, and of the sentences that have one."""

    text: str = ""
    speakers: list[tuple[int, int, str]] = field(default_factory=list)
    sentences: list[tuple[int, int]] = field(default_factory=list)
    is_quoting: bool = False
    # The next word follows without a blank
    is_glued: bool = True

    def add(self, tokens: list[str], tags: list[str]) -> None:
        """One row of the set."""
        begin, places = len(self.text), []
        for token in tokens:
            is_mark = token in '"“”'
            opens = token in OPENING or (is_mark and not self.is_quoting)
            closes = token in CLOSING or (is_mark and self.is_quoting)
            if not (self.is_glued or closes or token in DASHES):
                self.text += " "
            places.append((len(self.text), len(self.text) + len(token)))
            # The set opens quotations with closing marks and hangs them at the end of the sentence before
            self.text += ("“" if opens else "”") if is_mark else token
            self.is_glued = opens or token in DASHES
            if is_mark:
                self.is_quoting = not self.is_quoting
        found = list(spans(tags))
        if any(kind in CUES for _, _, kind in found):
            people = [(places[a][0], places[b - 1][1], kind) for a, b, kind in found if kind in SPEAKERS]
            if people:
                self.speakers += people
                self.sentences.append((begin, len(self.text)))


def spans(tags: list[str]) -> list[tuple[int, int, str]]:
    """Spans (first, after the last, type) of BILOU tags; one that is cut off ends where its type does."""
    out: list[tuple[int, int, str]] = []
    begin, kind = 0, ""
    for i, tag in enumerate([*tags, "O"]):
        mark, _, name = tag.partition("-")
        if kind and (mark in "BUO" or name != kind):
            out.append((begin, i, kind))
            kind = ""
        if mark != "O" and not kind:
            begin, kind = i, name
    return out


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that holds pfsa_id_attribution.jsonl.zst")
    parser.add_argument("--split", default="test")
    parser.add_argument("--model", type=Path, default=REPOSITORY / "models/default")
    parser.add_argument("--nuansa", type=Path, default=REPOSITORY / "target/release/nuansa")
    args = parser.parse_args()
    rows = read(find(args.data, "pfsa_id_attribution"))
    articles = read_articles([row for row in rows if row["split"] == args.split])
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "pfsa.jsonl", Path(folder) / "scores"
        with source.open("w", encoding="utf-8") as file:
            for i, article in enumerate(articles):
                file.write(json.dumps({"id": str(i), "text": article.text}, ensure_ascii=False) + "\n")
        command = [args.nuansa, "score", source, "--out", out, "--model", args.model, "-q"]
        subprocess.run(command, check=True)
        with (out / "mentions.csv").open(encoding="utf-8", newline="") as file:
            mentions = [row for row in csv.DictReader(file) if row["role"] == "source" and row["start"] != row["end"]]
    print(report(articles, mentions))


def read_articles(rows: list[dict]) -> list[Article]:
    """The rows put together; a dateline ("JAKARTA, KOMPAS —") begins an article."""
    articles: list[Article] = []
    for row in rows:
        if not articles or "KOMPAS" in row["tokens"][:8]:
            articles.append(Article())
        articles[-1].add(row["tokens"], row["tags"])
    return articles


def report(articles: list[Article], mentions: list[dict]) -> str:
    """Precision, recall and F1, and recall by type."""
    told: dict[int, list[tuple[int, int]]] = {}
    for row in mentions:
        told.setdefault(int(row["article_id"]), []).append((int(row["start"]), int(row["end"])))
    gold, found, right, given = Counter(), Counter(), 0, 0
    for i, article in enumerate(articles):
        for start, end, kind in article.speakers:
            gold[kind] += 1
            found[kind] += any(a < end and start < b for a, b in told.get(i, []))
        for a, b in told.get(i, []):
            if any(start <= a < end for start, end in article.sentences):
                given += 1
                right += any(a < end and start < b for start, end, _ in article.speakers)
    n, hit = sum(gold.values()), sum(found.values())
    precision, recall = right / given if given else float("nan"), hit / n
    f1 = 2 * precision * recall / (precision + recall)
    parts = "; ".join(f"{kind} {found[kind]} of {gold[kind]} found" for kind in SPEAKERS)
    return (
        f"{len(articles)} articles, {n} speakers: precision {precision:.3f} ({right} of {given}), "
        f"recall {recall:.3f} ({hit} of {n}), F1 {f1:.3f}; {parts}"
    )


if __name__ == "__main__":
    main()

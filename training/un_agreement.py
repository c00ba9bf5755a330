#!/usr/bin/env python3
"""How far a model agrees with the human quad labels of UN QuadClass, conflict against cooperation, on its test split.

    python3 training/un_agreement.py --data DIR [--model DIR] [--out training/results/un-agreement.md]

Our codebook has a third label, and its de-escalation is narrower than "cooperation" there, so agreement is given where
both take sides, with the share of sentences on which the model does. Sentences that people called irrelevant are left
out. Needs Python 3.10 or later; packed sets need zstd.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from rows import find, read

HERE = Path(__file__).resolve().parent
STANCE = ("escalation", "deescalation", "neutral")
SIDES = {"Conflict": "escalation", "Cooperation": "deescalation"}


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with un_quadclass_6lang.jsonl or .jsonl.zst")
    parser.add_argument("--model", type=Path, default=HERE.parent / "models/default")
    parser.add_argument("--nuansa", type=Path, default=HERE.parent / "target/release/nuansa")
    parser.add_argument("--out", type=Path, help="Markdown file to write as well")
    args = parser.parse_args()
    rows = [
        row
        for row in read(find(args.data, "un_quadclass_6lang"))
        if row["split"] == "test" and row["orig_label"].split()[-1] in SIDES
    ]
    gold = [
        {
            "id": f"{i}",
            "text": r["text"],
            "lang": r["lang"],
            "stance": SIDES[r["orig_label"].split()[-1]],
            "quad": r["orig_label"],
        }
        for i, r in enumerate(rows)
    ]
    with tempfile.TemporaryDirectory() as folder:
        file, predictions = Path(folder) / "gold.jsonl", Path(folder) / "predictions.jsonl"
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in gold), encoding="utf-8")
        command = [
            args.nuansa,
            "eval",
            "--model",
            args.model,
            "--gold",
            file,
            "--predictions",
            predictions,
            "--resamples",
            "1",
        ]
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
        lines = predictions.read_text(encoding="utf-8").splitlines()
    guess = {row["id"]: STANCE[max(range(3), key=row["p_stance"].__getitem__)] for row in map(json.loads, lines)}
    text = table(gold, guess)
    if args.out:
        args.out.write_text(text, encoding="utf-8")
    print(text, end="")


def table(gold: list[dict], guess: dict[str, str]) -> str:
    """By language and by quad class: how often the model takes a side, and how often it is the people's."""
    out = [
        "# Agreement with UN QuadClass",
        "",
        "Written by `training/un_agreement.py`.",
        "The test split, labelled by people, without what they called irrelevant.",
        "",
        "| part | sentences | the model takes a side | agreement where it does |",
        "| --- | ---: | ---: | ---: |",
    ]
    parts = [("all", lambda _: True)]
    parts += [(lang, lambda row, lang=lang: row["lang"] == lang) for lang in sorted({row["lang"] for row in gold})]
    parts += [(quad, lambda row, quad=quad: row["quad"] == quad) for quad in sorted({row["quad"] for row in gold})]
    for name, holds in parts:
        n = Counter()
        for row in filter(holds, gold):
            n["rows"] += 1
            n["sides"] += guess[row["id"]] != "neutral"
            n["same"] += guess[row["id"]] == row["stance"]
        agreement = f"{n['same'] / n['sides']:.1%}" if n["sides"] else "undefined"
        out.append(f"| {name.replace('|', ' or ')} | {n['rows']} | {n['sides'] / n['rows']:.1%} | {agreement} |")
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Trains from the base encoder on public sets and prints our figures beside the published ones.

    python3 training/benchmarks/run.py --data DIR [--only smsa,plv] [--seeds 1,2,3]

For each set: its rows are written under `target/benchmarks/SET`, `nuansa train` fits the recipe `SET.toml` from
`models/base`, the epoch is chosen on the development part, and `nuansa eval` predicts the test part once a seed.
Needs Python 3.10 or later; packed sets need zstd.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from statistics import mean, stdev

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sets import BENCHMARKS, Row  # noqa: E402

from rows import find, read  # noqa: E402

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
STANCE = ("escalation", "deescalation", "neutral")
TONE = ("positive", "negative", "neutral")


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--only", default=",".join(BENCHMARKS), help="sets, separated by commas [default: all]")
    parser.add_argument("--seeds", default="1", help="seeds, separated by commas [default: 1]")
    parser.add_argument("--recipes", type=Path, default=HERE, help="folder of recipes [default: beside this script]")
    parser.add_argument("--nuansa", type=Path, default=REPOSITORY / "target/release/nuansa")
    parser.add_argument("--work", type=Path, default=REPOSITORY / "target/benchmarks")
    parser.add_argument("--json", type=Path, default=HERE / "results.json", help="figures of all sets measured so far")
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md", help="the same as a table")
    arguments = parser.parse_args()
    names, seeds = arguments.only.split(","), arguments.seeds.split(",")
    if unknown := set(names) - BENCHMARKS.keys():
        sys.exit(f"no benchmark {sorted(unknown)[0]}: there are {', '.join(BENCHMARKS)}")
    results = json.loads(arguments.json.read_text(encoding="utf-8")) if arguments.json.exists() else {}
    for name in names:
        results[name] = measure(name, seeds, arguments)
        arguments.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        arguments.out.write_text(table(results), encoding="utf-8")
    print(table({name: results[name] for name in names}))


def measure(name: str, seeds: list[str], arguments: argparse.Namespace) -> dict[str, object]:
    """Trains and tests once a seed."""
    one = BENCHMARKS[name]
    file = find(arguments.data, one.file)
    rows, sha256 = list(one.rows(read(file))), hashlib.sha256(file.read_bytes()).hexdigest()
    folder = arguments.work / name
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "rows.jsonl", [row for row in rows if row["split"] in ("train", "dev")])
    scores: dict[str, list[float]] = {}
    for seed in seeds:
        model = folder / f"seed-{seed}"
        recipe = folder / f"seed-{seed}.toml"
        text = (arguments.recipes / f"{name}.toml").read_text(encoding="utf-8")
        text = text.replace("../../models/base", str(REPOSITORY / "models/base")).replace("seed = 1", f"seed = {seed}")
        recipe.write_text(text, encoding="utf-8")
        call(arguments.nuansa, "train", recipe, "--data", folder, "--out", model, "--force")
        for split in one.tests:
            gold = [row for row in rows if row["split"] == split]
            write(folder / f"{split}.jsonl", gold)
            predictions = folder / f"{split}-{seed}.jsonl"
            call(
                arguments.nuansa,
                "eval",
                "--model",
                model,
                "--gold",
                folder / f"{split}.jsonl",
                "--predictions",
                predictions,
            )
            by_id = {p["id"]: p for p in map(json.loads, predictions.read_text(encoding="utf-8").splitlines())}
            for metric, value in score(name, split, gold, by_id).items():
                scores.setdefault(metric, []).append(value)
    counts = {split: sum(row["split"] == split for row in rows) for split in ("train", "dev", *one.tests)}
    return {"file": one.file, "sha256": sha256, "rows": counts, "seeds": seeds, "scores": scores}


def score(name: str, split: str, gold: list[Row], by_id: dict[str, Row]) -> dict[str, float]:
    """The published metrics of a set on one of its test splits."""
    predicted = [by_id[row["id"]] for row in gold]
    tone = [(row["tone"], TONE[argmax(p["p_tone"])]) for row, p in zip(gold, predicted, strict=True)]
    if name == "rusentne":
        return {"F1(P,N)": macro_f1(tone, TONE[:2]), "F1(P,N,0)": macro_f1(tone, TONE)}
    if name != "plv":
        return {"macro-F1" if split == "test" else f"macro-F1 {split}": macro_f1(tone, TONE)}
    # No row is neutral, and a neutral answer counts as wrong only where it wins: the two classes that exist compete.
    side = [argmax(p["p_stance"][:2]) for p in predicted]
    deed = [argmax(p["p_tone"][:2]) for p in predicted]
    binary = [(row["stance"], STANCE[s]) for row, s in zip(gold, side, strict=True)]
    quad = [((r["stance"], r["tone"]), (STANCE[s], TONE[d])) for r, s, d in zip(gold, side, deed, strict=True)]
    classes = [(s, t) for s in STANCE[:2] for t in TONE[:2]]
    return {"macro-F1 binary": macro_f1(binary, STANCE[:2]), "macro-F1 quad": macro_f1(quad, classes)}


def macro_f1(pairs: list[tuple[object, object]], classes: object) -> float:
    """Mean of 2 TP / (2 TP + FP + FN) over classes, from pairs of gold and predicted."""
    scores = []
    for c in classes:
        hits = sum(g == p == c for g, p in pairs)
        seen = sum(g == c for g, _ in pairs) + sum(p == c for _, p in pairs)
        scores.append(2 * hits / seen if seen else 0.0)
    return mean(scores)


def argmax(values: list[float]) -> int:
    """The first of the largest."""
    return max(range(len(values)), key=values.__getitem__)


def write(file: Path, rows: list[Row]) -> None:
    """JSON lines."""
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def call(*command: object) -> None:
    """Runs a program; its standard output is of no interest."""
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd=REPOSITORY)


def table(results: dict[str, dict]) -> str:
    """Markdown: ours, then the published."""
    lines = [
        "# Public benchmarks",
        "",
        "Written by `training/benchmarks/run.py`.",
        "Ours are trained from the base encoder, 12 layers of width 384; the int8 weights are scored.",
        "Published figures are their authors'.",
        "Some training sets have fewer rows here, because rows that stand in a test set were taken out.",
        "",
        "| set | metric | ours (seeds) | published |",
        "| --- | --- | --- | --- |",
    ]
    for name, result in results.items():
        for metric, values in result["scores"].items():
            spread = f" ± {stdev(values):.3f}" if len(values) > 1 else ""
            others = [f"{s} {v}" for m, s, v in BENCHMARKS[name].published if metric.startswith(m)]
            lines.append(
                f"| {name} | {metric} | **{mean(values):.3f}**{spread} ({len(values)}) | {'; '.join(others)} |"
            )
    lines += ["", "| set | file | sha256 | rows |", "| --- | --- | --- | --- |"]
    for name, result in results.items():
        rows = ", ".join(f"{split} {n}" for split, n in result["rows"].items())
        lines.append(f"| {name} | `{result['file']}` | `{result['sha256']}` | {rows} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The annotation loop over one new dispute: what do 200 labels buy, and does it matter which sentences get them?

    cargo build --release
    python3 examples/annotation-loop/loop.py

For each strategy and seed: nuansa sample picks sentences of pool.jsonl, their labels are looked up in the same file (no
person labels here: the labels are those that a language model gave the sentences, standing in for an annotator), nuansa
import and adjudicate make gold rows of the export, nuansa train goes on from the shipped model, and nuansa eval sets the
result against the shipped model on test.jsonl. Needs Python 3.11 or later and nothing else.
"""

import argparse
import hashlib
import json
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
STRATEGIES = ("uncertain", "random")
HEADS = ("stance", "tone")


def check_data() -> None:
    """The data are those whose sums were committed before anything was measured on them."""
    for line in (HERE / "SHA256SUMS").read_text().splitlines():
        want, name = line.split()
        if hashlib.sha256((HERE / name).read_bytes()).hexdigest() != want:
            sys.exit(f"{name}: not the file that SHA256SUMS names")


def rows(file: pathlib.Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def write_rows(file: pathlib.Path, objects: list[dict]) -> None:
    file.write_text("".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects), encoding="utf-8")


def annotate(tasks: list[dict], gold: dict[str, dict]) -> list[dict]:
    """What Label Studio would export of these tasks had one annotator given each its label of the pool."""
    export = []
    for number, task in enumerate(tasks, 1):
        label = gold[task["data"]["nuansa_id"]]
        result = [
            {"type": "choices", "from_name": h, "to_name": "text", "value": {"choices": [label[h]]}} for h in HEADS
        ]
        annotation = {"id": number, "completed_by": 1, "was_cancelled": False, "result": result}
        export.append({"id": number, "data": task["data"], "annotations": [annotation]})
    return export


def macro_f1(evaluation: dict, head: str) -> dict:
    """Macro-F1 of a head over all rows: value, low, high."""
    return evaluation[head]["slices"][0]["macro_f1"]


def shown(measure: dict) -> str:
    return f"{measure['value']:.3f} [{measure['low']:.3f}, {measure['high']:.3f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nuansa", default="target/release/nuansa", help="the program")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("target/annotation-loop"))
    parser.add_argument("-n", type=int, default=200, help="labels of a run")
    parser.add_argument("--seeds", type=int, default=5, help="runs of each strategy")
    args = parser.parse_args()
    check_data()
    args.work.mkdir(parents=True, exist_ok=True)

    def nuansa(*words: object) -> None:
        command = [args.nuansa, *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")

    # The pool as it is before anyone has labelled it
    pool, test = HERE / "pool.jsonl", HERE / "test.jsonl"
    gold = {row["id"]: row for row in rows(pool)}
    unlabelled = args.work / "unlabelled.jsonl"
    write_rows(unlabelled, [{k: v for k, v in row.items() if k not in HEADS} for row in gold.values()])

    before, predictions = args.work / "before.json", args.work / "before.jsonl"
    nuansa("eval", "--gold", test, "--json", before, "--predictions", predictions)
    results = {"n": args.n, "before": {}, "runs": []}
    for head in HEADS:
        results["before"][head] = macro_f1(json.loads(before.read_text())["evaluation"], head)
        print(f"before           {head:6} {shown(results['before'][head])}", flush=True)

    for strategy in STRATEGIES:
        for seed in range(1, args.seeds + 1):
            run = args.work / f"{strategy}-{seed}"
            run.mkdir(exist_ok=True)
            tasks = run / "tasks.json"
            nuansa(
                "sample", unlabelled, "--sentences", "-n", args.n, "--strategy", strategy, "--seed", seed,
                "--exclude", test, "--out", tasks, "--force",
            )  # fmt: skip
            export = run / "export.json"
            export.write_text(json.dumps(annotate(json.loads(tasks.read_text()), gold), ensure_ascii=False))
            nuansa("import", export, "--out", run / "labels.jsonl")
            nuansa("adjudicate", run / "labels.jsonl", "--by", "majority", "--out", run / "gold.jsonl")
            recipe = run / "recipe.toml"
            recipe.write_text((HERE / "recipe.toml").read_text().replace("seed = 1\n", f"seed = {seed}\n", 1))
            nuansa("train", recipe, "--data", run, "--out", run / "model", "--force")
            after = run / "after.json"
            nuansa("eval", "--model", run / "model", "--gold", test, "--against", predictions, "--json", after)
            told = json.loads(after.read_text())
            result = {"strategy": strategy, "seed": seed}
            for head in HEADS:
                difference = told["comparison"][head][0]["macro_f1"]
                result[head] = {"after": macro_f1(told["evaluation"], head), "difference": difference}
                print(f"{strategy:9} seed {seed}  {head:6} {shown(result[head]['after'])}", flush=True)
            results["runs"].append(result)

    print(f"\n| macro-F1 on test.jsonl | {' | '.join(HEADS)} |\n| --- | --- | --- |")
    print(f"| shipped model | {' | '.join(shown(results['before'][h]) for h in HEADS)} |")
    for strategy in STRATEGIES:
        cells = []
        for head in HEADS:
            values = [r[head]["after"]["value"] for r in results["runs"] if r["strategy"] == strategy]
            cells.append(f"{statistics.mean(values):.3f} ({min(values):.3f} to {max(values):.3f})")
        print(f"| and {args.n} {strategy} | {' | '.join(cells)} |")
    (args.work / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    print(f"\n{args.work / 'results.json'} has every run, with intervals and paired differences")


if __name__ == "__main__":
    main()

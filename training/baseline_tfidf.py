#!/usr/bin/env python3
"""The baseline that the shipped model must beat: TF-IDF and logistic regression on the same rows and splits.

Features are word 1-2-grams and, inside word boundaries, character 2-5-grams, both with sublinear term frequency. One
model for stance and one for tone, over all languages at once, trained on the train split: three one-against-rest
regressions by LIBLINEAR's dual coordinate descent, which converges in seconds where a quasi-Newton fit of the joint
model stops early on so many rare features. Classes are balanced. C and the weighting of the rows are chosen on the dev
split, by the mean macro-F1 over three parts that count alike: Indonesian news, English and Russian news, and the mean
of the UN languages. The test split is read once, at the end.

`--out` gets the choice, and test figures by source and language and for the two pooled news sets, with 95 % percentile
bootstrap intervals. `--predictions` gets one line per test row, for paired comparisons:
{"id", "stance", "tone", "p_stance": [escalation, deescalation, neutral], "p_tone": [positive, negative, neutral]}.

The data folder holds `annotated.jsonl.zst` (or `.jsonl`): id, text, lang, stance, tone, confidence (1 to 3), source and
split per row. Needs `training/requirements.txt`; a run takes a few minutes on one core.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import io
import json
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import zstandard
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_sample_weight

HERE = Path(__file__).resolve().parent
HEADS = {"stance": ("escalation", "deescalation", "neutral"), "tone": ("positive", "negative", "neutral")}
ID_NEWS, EN_RU_NEWS, UN = {"idner_news_2k", "nerp"}, {"newsmtsc", "rusentne"}, "un_quadclass"
GRID_C = (1.0, 2.0, 4.0, 8.0, 16.0)
SEED, RESAMPLES = 20261126, 1000

Row = dict[str, Any]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Weighting:
    """How much a training row counts: by its confidence 1, 2, 3, times `news` unless it is from the UN."""

    confidence: tuple[float, float, float]
    news: float

    def of(self, rows: list[Row]) -> NDArray[np.float64]:
        """The weight of each row."""
        return np.array(
            [
                self.confidence[row["confidence"] - 1] * (1.0 if row["source"].startswith(UN) else self.news)
                for row in rows
            ]
        )


FIRST_WEIGHTING = Weighting((0.4, 0.8, 1.0), 1.0)
OTHER_WEIGHTINGS = (
    Weighting((1.0, 1.0, 1.0), 1.0),
    Weighting((0.2, 0.8, 1.0), 1.0),
    Weighting((0.4, 0.8, 1.0), 2.0),
)


# --- data -------------------------------------------------------------------------------------------------------------


class BadData(Exception):
    """The data folder or a row of it is not what is needed; the message names the place."""


def find(folder: Path) -> Path:
    """The labelled file in the data folder."""
    for name in ("annotated.jsonl.zst", "annotated.jsonl"):
        if (folder / name).is_file():
            return folder / name
    raise BadData(f"{folder}: neither annotated.jsonl.zst nor annotated.jsonl is there")


def lines(path: Path) -> Iterator[str]:
    """The lines of a plain or zstd-compressed text file."""
    with path.open("rb") as raw:
        stream = zstandard.ZstdDecompressor().stream_reader(raw) if path.suffix == ".zst" else raw
        yield from io.TextIOWrapper(stream, encoding="utf-8")


def read(path: Path) -> dict[str, list[Row]]:
    """The rows by split."""
    splits: dict[str, list[Row]] = {"train": [], "dev": [], "test": []}
    for number, line in enumerate(lines(path), 1):
        try:
            row = json.loads(line)
            for head, labels in HEADS.items():
                row[head] = labels.index(row[head])
            splits[row["split"]].append(row)
        except (ValueError, KeyError) as error:
            raise BadData(f"{path}: line {number}: {type(error).__name__}: {error}") from error
    empty = [name for name, rows in splits.items() if not rows]
    if empty:
        raise BadData(f"{path}: no rows of split {', '.join(empty)}")
    return splits


def labels_of(rows: list[Row], head: str) -> Labels:
    """Label numbers, in the order of HEADS."""
    return np.array([row[head] for row in rows])


def texts_of(rows: list[Row]) -> list[str]:
    """The sentences."""
    return [row["text"] for row in rows]


# --- measures ---------------------------------------------------------------------------------------------------------


def confusion(gold: Labels, guess: Labels) -> NDArray[np.int64]:
    """Counts [3, 3]: gold by prediction."""
    return np.bincount(gold * 3 + guess, minlength=9).reshape(3, 3)


def f1_by_class(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """F1 of each class, from counts [..., 3, 3]; not a number for a class that the gold labels lack."""
    hit = np.diagonal(counts, axis1=-2, axis2=-1)
    gold = counts.sum(-1)
    return np.divide(2.0 * hit, gold + counts.sum(-2), out=np.full(hit.shape, np.nan), where=gold > 0)


def macro_f1(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean F1 of the classes that the gold labels have."""
    return np.nanmean(f1_by_class(counts), axis=-1)


def interval(counts: NDArray[np.int64], rng: np.random.Generator) -> tuple[float, float]:
    """95 % percentile bootstrap of macro-F1. Drawing n rows with replacement draws the nine cells multinomially."""
    total = int(counts.sum())
    drawn = rng.multinomial(total, counts.ravel() / total, size=RESAMPLES).reshape(-1, 3, 3)
    low, high = np.quantile(macro_f1(drawn), [0.025, 0.975])
    return float(low), float(high)


def dev_score(rows: list[Row], gold: Labels, guess: Labels) -> dict[str, float]:
    """Macro-F1 of the three parts on dev, and their mean, the criterion of the choice."""

    def part(keep: Callable[[Row], bool]) -> float:
        at = np.array([keep(row) for row in rows])
        return float(macro_f1(confusion(gold[at], guess[at])))

    languages = sorted({row["lang"] for row in rows if row["source"] == UN})
    un = [part(lambda row, lang=lang: row["source"] == UN and row["lang"] == lang) for lang in languages]
    scores = {
        "indonesian_news": part(lambda row: row["source"] in ID_NEWS),
        "english_russian_news": part(lambda row: row["source"] in EN_RU_NEWS),
        "un": float(np.mean(un)),
    }
    return scores | {"mean": float(np.mean(list(scores.values())))}


# --- model ------------------------------------------------------------------------------------------------------------


def vectorisers() -> list[TfidfVectorizer]:
    """Word 1-2-grams and character 2-5-grams. One-letter words count: Russian, Spanish and Arabic prepositions."""
    common: dict[str, Any] = {"sublinear_tf": True, "min_df": 2, "dtype": np.float32}
    return [
        TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b", **common),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), **common),
    ]


def features(splits: dict[str, list[Row]]) -> dict[str, sparse.csr_matrix]:
    """Feature matrices by split; the vocabulary is the train split's."""
    parts = vectorisers()
    train = sparse.hstack([part.fit_transform(texts_of(splits["train"])) for part in parts], format="csr")
    rest = {
        name: sparse.hstack([part.transform(texts_of(splits[name])) for part in parts], format="csr")
        for name in splits
        if name != "train"
    }
    return {"train": train} | rest


class OneAgainstRest:
    """A logistic regression per class on the same weighted rows."""

    def __init__(self, x: sparse.csr_matrix, y: Labels, weights: NDArray[np.float64], c: float) -> None:
        """Fit; row weights are multiplied by balancing class weights and scaled to a mean of one."""
        weights = weights * compute_sample_weight("balanced", y)
        weights /= weights.mean()
        self.models = [
            LogisticRegression(C=c, solver="liblinear", dual=True, tol=0.01, max_iter=200, random_state=SEED).fit(
                x, y == label, sample_weight=weights
            )
            for label in range(3)
        ]

    def chances(self, x: sparse.csr_matrix) -> NDArray[np.float64]:
        """Probabilities [rows, 3]: the three one-against-rest probabilities, scaled to sum to one."""
        raw = np.stack([model.predict_proba(x)[:, 1] for model in self.models], axis=1)
        return raw / raw.sum(axis=1, keepdims=True)


def choose(
    head: str, splits: dict[str, list[Row]], x: dict[str, sparse.csr_matrix]
) -> tuple[OneAgainstRest, dict[str, Any]]:
    """The model that is best on dev, and the record of all that were tried: C first, then the weighting."""
    y, gold = labels_of(splits["train"], head), labels_of(splits["dev"], head)
    best: tuple[float, OneAgainstRest, dict[str, Any]] | None = None
    trials: list[dict[str, Any]] = []

    def attempt(c: float, weighting: Weighting) -> None:
        nonlocal best
        model = OneAgainstRest(x["train"], y, weighting.of(splits["train"]), c)
        scores = dev_score(splits["dev"], gold, model.chances(x["dev"]).argmax(1))
        trial = {"C": c, "confidence_weights": list(weighting.confidence), "news_weight": weighting.news}
        trials.append(trial | {"dev_macro_f1": {name: round(value, 4) for name, value in scores.items()}})
        print(f"{head}: {trials[-1]}", file=sys.stderr)
        if best is None or scores["mean"] > best[0]:
            best = (scores["mean"], model, trial)

    for c in GRID_C:
        attempt(c, FIRST_WEIGHTING)
    best_c = best[2]["C"] if best else GRID_C[0]
    for weighting in OTHER_WEIGHTINGS:
        attempt(best_c, weighting)
    if best is None:
        raise BadData("nothing was tried")
    return best[1], {"chosen": best[2], "trials": trials}


# --- results ----------------------------------------------------------------------------------------------------------


def parts_of(rows: list[Row]) -> dict[str, NDArray[np.bool_]]:
    """The parts of the test split that are reported: pooled news, source by language, and all."""
    found: dict[str, NDArray[np.bool_]] = {
        "indonesian_news": np.array([row["source"] in ID_NEWS for row in rows]),
        "english_russian_news": np.array([row["source"] in EN_RU_NEWS for row in rows]),
    }
    for source, lang in sorted({(row["source"], row["lang"]) for row in rows}):
        found[f"{source}/{lang}"] = np.array([row["source"] == source and row["lang"] == lang for row in rows])
    found["all"] = np.ones(len(rows), dtype=bool)
    return {name: at for name, at in found.items() if at.any()}


def report(rows: list[Row], guesses: dict[str, Labels]) -> dict[str, Any]:
    """Test figures by part and head."""
    out: dict[str, Any] = {}
    for name, at in parts_of(rows).items():
        out[name] = {"n": int(at.sum())}
        for head, labels in HEADS.items():
            counts = confusion(labels_of(rows, head)[at], guesses[head][at])
            low, high = interval(counts, np.random.default_rng(SEED))
            out[name][head] = {
                "macro_f1": round(float(macro_f1(counts)), 4),
                "low": round(low, 4),
                "high": round(high, 4),
                "accuracy": round(float(np.trace(counts) / counts.sum()), 4),
                "f1": {
                    label: None if np.isnan(f1) else round(float(f1), 4)
                    for label, f1 in zip(labels, f1_by_class(counts), strict=True)
                },
            }
    return out


def header(data: Path, splits: dict[str, list[Row]]) -> dict[str, Any]:
    """Where the figures come from."""
    packages = ("scikit-learn", "scipy", "numpy")
    return {
        "generated_by": "training/baseline_tfidf.py",
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in packages},
        "data": {"file": data.name, "sha256": hashlib.sha256(data.read_bytes()).hexdigest()},
        "rows": {name: len(rows) for name, rows in splits.items() if name != "also"},
        "labels": "made by a language model",
        "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "interval": "95 % percentile"},
    }


def write_predictions(path: Path, rows: list[Row], chances: dict[str, NDArray[np.float64]]) -> None:
    """One JSON line per test row."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for number, row in enumerate(rows):
            line: dict[str, Any] = {"id": row["id"]}
            line |= {head: labels[int(chances[head][number].argmax())] for head, labels in HEADS.items()}
            line |= {f"p_{head}": [round(float(p), 6) for p in chances[head][number]] for head in HEADS}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def run(data: Path, out: Path, predictions: Path | None, also: tuple[Path, Path] | None) -> None:
    """Choose on dev, measure on test, write; `also` names other rows and the file for their predictions."""
    path = find(data)
    splits = read(path)
    if also is not None:
        splits["also"] = [json.loads(line) for line in lines(also[0])]
    x = features(splits)
    print(f"{x['train'].shape[1]} features, {x['train'].shape[0]} training rows", file=sys.stderr)
    choices, chances, others = {}, {}, {}
    for head in HEADS:
        model, choices[head] = choose(head, splits, x)
        chances[head] = model.chances(x["test"])
        if also is not None:
            others[head] = model.chances(x["also"])
    figures = report(splits["test"], {head: p.argmax(1) for head, p in chances.items()})
    result = {"header": header(path, splits) | {"features": x["train"].shape[1]}, "choice": choices, "test": figures}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if predictions is not None:
        write_predictions(predictions, splits["test"], chances)
    if also is not None:
        write_predictions(also[1], splits["also"], others)
    for name, part in figures.items():
        cells = "  ".join(f"{h} {part[h]['macro_f1']:.3f} [{part[h]['low']:.3f}, {part[h]['high']:.3f}]" for h in HEADS)
        print(f"{name:24} n {part['n']:5}  {cells}")


def main() -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(description="TF-IDF and logistic regression baseline for stance and tone.")
    parser.add_argument("--data", type=Path, required=True, help="folder with annotated.jsonl.zst")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "baseline.json", help="figures, as JSON")
    parser.add_argument("--predictions", type=Path, help="test predictions, as JSON lines")
    parser.add_argument(
        "--also",
        type=Path,
        nargs=2,
        metavar=("TEXTS", "PREDICTIONS"),
        help="rows to predict besides, such as those of `nuansa check --texts`, and the file to write",
    )
    options = parser.parse_args()
    try:
        run(options.data, options.out, options.predictions, options.also and tuple(options.also))
    except (BadData, OSError) as error:
        print(f"baseline_tfidf: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Golden numbers for metrics, calibration and bootstrap, computed by scikit-learn, SciPy and NumPy.

    pip install scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
    python training/golden/metrics_golden.py

Writes ``tests/golden/metrics.json``. The cases are drawn from a seeded generator; nothing in them is real data. Cases
with ``logits`` are exact up to rounding (held to 1e-9); the last case holds bootstrap intervals from 4,000 resamples of
another generator (held to 0.02).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from scipy.stats import bootstrap
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    log_loss,
    matthews_corrcoef,
    precision_recall_fscore_support,
)

from record import header, write

LABELS = [0, 1, 2]
BINS = 15
RESAMPLES = 4_000
SEED = 20_261


def ece(p: np.ndarray, gold: np.ndarray) -> float:
    """Guo et al. 2017, equation 3: bins ((m - 1)/M, m/M] of the highest probability."""
    confidence, right = p.max(axis=1), p.argmax(axis=1) == gold
    which = np.digitize(confidence, np.linspace(0, 1, BINS + 1)[1:-1], right=True)
    total = 0.0
    for m in range(BINS):
        inside = which == m
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


def macro_f1(gold: np.ndarray, predicted: np.ndarray) -> float:
    """scikit-learn's macro F1 over the labels that stand in gold."""
    present = [k for k in LABELS if (gold == k).any()]
    return f1_score(gold, predicted, labels=present, average="macro", zero_division=0)


def nll_at(temperature: float, logits: np.ndarray, gold: np.ndarray) -> float:
    """Mean negative log-likelihood of gold at a temperature."""
    return -log_softmax(logits / temperature, axis=1)[np.arange(len(gold)), gold].mean()


def scores(
    name: str,
    rng: np.random.Generator,
    n: int,
    shares: list[float],
    signal: float,
    scale: float,
    rarely_predicted: int | None = None,
) -> dict[str, Any]:
    """One case: logits and gold labels, their scores, and the temperature that fits them best."""
    gold = rng.choice(3, size=n, p=shares)
    logits = rng.normal(size=(n, 3)) + signal * np.eye(3)[gold]
    if rarely_predicted is not None:
        logits[:, rarely_predicted] -= 6
    logits = np.round(scale * logits, 6)
    p = softmax(logits, axis=1)
    predicted = p.argmax(axis=1)
    precision, recall, f1, support = precision_recall_fscore_support(gold, predicted, labels=LABELS, zero_division=0)
    fit = minimize_scalar(
        lambda b: nll_at(1 / b, logits, gold), bounds=(0.05, 20), method="bounded", options={"xatol": 1e-12}
    )
    temperature = 1 / fit.x
    return {
        "name": name,
        "gold": gold.tolist(),
        "logits": logits.tolist(),
        "accuracy": accuracy_score(gold, predicted),
        "macro_f1": macro_f1(gold, predicted),
        "mcc": matthews_corrcoef(gold, predicted),
        "nll": log_loss(gold, p, labels=LABELS),
        "ece": ece(p, gold),
        "confusion": confusion_matrix(gold, predicted, labels=LABELS).tolist(),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
        "temperature": temperature,
        "nll_after": nll_at(temperature, logits, gold),
        "ece_after": ece(softmax(logits / temperature, axis=1), gold),
    }


def intervals(rng: np.random.Generator) -> dict[str, Any]:
    """SciPy's percentile bootstrap by row, and a plain loop over groups of five rows."""
    groups, size = 60, 5
    gold = rng.choice(3, size=groups * size, p=[0.5, 0.3, 0.2])
    group = np.repeat(np.arange(groups), size)
    # whole groups are wrong together more often than single rows, so that clusters matter
    wrong = (rng.random(groups)[group] < 0.2) | (rng.random(groups * size) < 0.1)
    predicted = np.where(wrong, (gold + 1) % 3, gold)
    other = np.where(rng.random(groups * size) < 0.35, (gold + 2) % 3, gold)

    def by_row(statistic: Callable[..., float], *columns: np.ndarray) -> list[float]:
        found = bootstrap(
            columns,
            statistic,
            n_resamples=RESAMPLES,
            paired=True,
            vectorized=False,
            method="percentile",
            rng=np.random.default_rng(1),
        )
        return [float(found.confidence_interval.low), float(found.confidence_interval.high)]

    rows = [np.flatnonzero(group == g) for g in range(groups)]
    draws = np.random.default_rng(2)
    by_group = []
    for _ in range(RESAMPLES):
        at = np.concatenate([rows[g] for g in draws.integers(groups, size=groups)])
        by_group.append((macro_f1(gold[at], predicted[at]), accuracy_score(gold[at], predicted[at])))
    low, high = np.quantile(by_group, [0.025, 0.975], axis=0).tolist()
    return {
        "name": "intervals",
        "gold": gold.tolist(),
        "predicted": predicted.tolist(),
        "other": other.tolist(),
        "group": group.tolist(),
        "row_macro_f1": by_row(macro_f1, gold, predicted),
        "row_accuracy": by_row(accuracy_score, gold, predicted),
        "group_macro_f1": [low[0], high[0]],
        "group_accuracy": [low[1], high[1]],
        "difference_macro_f1": by_row(lambda g, a, b: macro_f1(g, a) - macro_f1(g, b), gold, predicted, other),
    }


def main() -> None:
    """Draw the cases, score them, write the file."""
    rng = np.random.default_rng(SEED)
    cases = [
        scores("ordinary", rng, 60, [0.3, 0.2, 0.5], 1.5, 1.0),
        scores("overconfident", rng, 60, [0.4, 0.3, 0.3], 1.0, 4.0),
        scores("underconfident", rng, 60, [0.4, 0.3, 0.3], 2.0, 0.3),
        scores("a class absent from gold", rng, 40, [0.6, 0.4, 0.0], 0.8, 1.0),
        scores("a class never predicted", rng, 40, [0.3, 0.3, 0.4], 1.5, 1.0, rarely_predicted=1),
        scores("few rows", rng, 5, [0.4, 0.3, 0.3], 0.2, 1.0),
        intervals(rng),
    ]
    head = header("metrics_golden.py", ["numpy", "scipy", "scikit-learn"], seed=SEED, resamples=RESAMPLES)
    write("metrics.json", head, cases)


if __name__ == "__main__":
    main()

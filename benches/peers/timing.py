"""Interleaved rounds, medians, and the interval of a ratio. Standard library only."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from statistics import median

RESAMPLES = 10_000
SEED = 20_241


def rotated(names: Sequence[str], round_number: int) -> list[str]:
    """The order of a round: in every round another contestant begins."""
    k = round_number % len(names) if names else 0
    return [*names[k:], *names[:k]]


def rounds(names: Sequence[str], count: int, one_pass: Callable[[str], float]) -> dict[str, list[float]]:
    """Rates by contestant, one a round, in the order of rounds; `one_pass` gives a contestant's sentences a second."""
    rates: dict[str, list[float]] = {name: [] for name in names}
    for number in range(count):
        for name in rotated(names, number):
            rates[name].append(one_pass(name))
    return rates


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Ours over theirs, round by round."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def quantile(ordered: Sequence[float], share: float) -> float:
    """By linear interpolation between the two nearest of an ordered sequence."""
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """Percentile bootstrap of the median (Efron 1979), the same at every call."""
    source = random.Random(SEED)
    n = len(values)
    medians = sorted(median(source.choices(values, k=n)) for _ in range(RESAMPLES))
    rest = (1 - level) / 2
    return quantile(medians, rest), quantile(medians, 1 - rest)

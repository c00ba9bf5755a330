"""How near one set of logits is to another. Standard library only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite, nan, sqrt

Rows = Sequence[Sequence[float]]
HEADS = {"stance": slice(0, 3), "tone": slice(3, 6)}

# What a contestant must reach before it is timed: far below what each precision gives, above any wrong wiring.
MOST_APART_F32 = 5e-3
LEAST_CORRELATION = {"f32": 0.9999, "bf16": 0.99, "int8": 0.85}


@dataclass(frozen=True)
class Nearness:
    """Of the logits of all sentences to those of the reference."""

    sentences: int
    correlation: float
    """Pearson's, over all logits"""
    lowest: float
    """The lowest of the six columns' correlations"""
    stance: float
    """Share of sentences with the same stance label"""
    tone: float
    """Share of sentences with the same tone label"""
    apart: float
    """Largest absolute difference of a logit"""

    def fault(self, precision: str) -> str:
        """Why these can't be the logits of the same model; empty where they can."""
        if not isfinite(self.apart):
            return "a logit is not a finite number"
        if precision == "f32" and self.apart > MOST_APART_F32:
            return f"a logit is {self.apart:.2g} from the reference's, more than {MOST_APART_F32}"
        least = LEAST_CORRELATION[precision]
        if self.sentences > 2 and not self.correlation >= least:
            return f"its logits correlate {self.correlation:.3f} with the reference's, less than {least}"
        return ""

    def record(self) -> dict[str, float]:
        """For JSON."""
        return asdict(self)


def pearson(x: Sequence[float], y: Sequence[float]) -> float:
    """Not a number where one of them does not vary."""
    n = len(x)
    mean_x, mean_y = sum(x) / n, sum(y) / n
    xx = sum((a - mean_x) ** 2 for a in x)
    yy = sum((b - mean_y) ** 2 for b in y)
    xy = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return xy / sqrt(xx * yy) if xx > 0 and yy > 0 else nan


def label(row: Sequence[float], head: slice) -> int:
    """Index of the largest logit of a head, the first of equal ones."""
    part = list(row[head])
    return part.index(max(part))


def nearness(got: Rows, reference: Rows) -> Nearness:
    """Both N x 6, in the same order."""
    if len(got) != len(reference) or any(len(row) != 6 for row in got):
        raise SystemExit(f"{len(got)} rows of logits for {len(reference)} sentences, or not six a row")
    columns = list(zip(zip(*got, strict=True), zip(*reference, strict=True), strict=True))
    pairs = list(zip(got, reference, strict=True))
    flat = [value for row in got for value in row], [value for row in reference for value in row]
    differences = [abs(a - b) for a, b in zip(*flat, strict=True)]
    same = {name: sum(label(a, head) == label(b, head) for a, b in pairs) / len(pairs) for name, head in HEADS.items()}
    return Nearness(
        sentences=len(pairs),
        correlation=pearson(*flat),
        lowest=min(pearson(x, y) for x, y in columns),
        stance=same["stance"],
        tone=same["tone"],
        # max() would pass over a NaN that does not come first.
        apart=max(differences) if all(map(isfinite, differences)) else nan,
    )

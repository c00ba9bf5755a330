"""Token ids of the sentences, how they are grouped, and the arithmetic they ask for. Standard library only."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

Sentences = list[list[int]]
HEAD_ROWS = 6


def read(path: Path, longest: int = 512) -> Sentences:
    """`{"ids": [...]}` a line, special tokens included; a fault names the line."""
    found: Sentences = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            ids = json.loads(line)["ids"]
            sound = isinstance(ids, list) and all(type(i) is int and i >= 0 for i in ids)
        except (ValueError, KeyError, TypeError):
            sound = False
        if not sound:
            raise SystemExit(f'{path}: line {number}: not an object {{"ids": [...]}} of token ids')
        if not 1 <= len(ids) <= longest:
            raise SystemExit(f"{path}: line {number}: {len(ids)} tokens; a sentence has 1 to {longest}")
        found.append(ids)
    if not found:
        raise SystemExit(f"{path}: no sentence in it")
    return found


def write(path: Path, sentences: Sentences) -> None:
    """The form that `read` reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"ids": ids}, separators=(",", ":")) for ids in sentences)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def digest(sentences: Sentences) -> str:
    """Sixteen hex digits that change with the sentences or their order."""
    return hashlib.sha256(json.dumps(sentences).encode()).hexdigest()[:16]


def tokens(sentences: Sentences) -> int:
    """Special tokens included, padding not."""
    return sum(map(len, sentences))


def spread(sentences: Sentences, count: int) -> list[int]:
    """Indices of `count` sentences with the length distribution of all, ascending: the middles of equal shares."""
    n = len(sentences)
    if count <= 0 or count >= n:
        return list(range(n))
    ranked = sorted(range(n), key=lambda i: len(sentences[i]))
    return sorted(ranked[(2 * k + 1) * n // (2 * count)] for k in range(count))


def batches(sentences: Sentences, size: int, by_length: bool) -> list[list[int]]:
    """Indices of the sentences of each batch: the longest first, or in input order."""
    order = list(range(len(sentences)))
    if by_length:
        order.sort(key=lambda i: -len(sentences[i]))
    return [order[k : k + size] for k in range(0, len(order), size)]


def flop(sentences: Sentences, config: dict[str, Any]) -> int:
    """Multiplications and additions of the products, padding not counted.

    A layer asks 8 n h^2 for its four square matrices, 4 n h f for the two of its feed-forward part, and 4 n^2 h for
    the scores of attention and the sum that they weigh.
    """
    h, f, layers = (config[key] for key in ("hidden_size", "intermediate_size", "num_hidden_layers"))
    total = 0
    for ids in sentences:
        n = len(ids)
        total += layers * (8 * n * h * h + 4 * n * h * f + 4 * n * n * h) + 2 * h * HEAD_ROWS
    return total

"""The public sets: how each becomes rows for `nuansa train`, and what is published on it.

A row has `id`, `text`, `lang`, `source`, `split`, and a `tone` or a `stance`; `target` where the label is about one.
Published splits stay as they are. Where a set has no development part, a tenth of its training texts is one, by hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Benchmark:
    """One set."""

    file: str
    """Name of its JSON lines file, without the ending"""
    tests: tuple[str, ...]
    """Names of its test splits"""
    rows: Callable[[list[Row]], Iterator[Row]]
    published: tuple[tuple[str, str, str], ...]
    """Metric, system, figure, as published"""


def held(text: str) -> bool:
    """Whether a training text belongs to the development tenth."""
    return hashlib.sha256(text.encode()).digest()[0] < 26


def with_tone(rows: list[Row], splits: dict[str, str], target: bool = False) -> Iterator[Row]:
    """Rows with a tone; `splits` names ours by theirs, `train?` gives up a development tenth."""
    for i, row in enumerate(rows):
        split = splits.get(row["split"])
        if split is None:
            continue
        if split == "train?":
            split = "dev" if held(row["text"]) else "train"
        out = {"id": f"{row['split']}-{i}", "text": row["text"], "lang": row["lang"], "source": row["source"]}
        out |= {"split": split, "tone": row["tone"]}
        yield out | ({"target": row["target"]} if target else {})


def smsa(rows: list[Row]) -> Iterator[Row]:
    """Indonesian tone of comments and reviews."""
    return with_tone(rows, {"train": "train", "dev": "dev", "test": "test"})


def nusax(rows: list[Row]) -> Iterator[Row]:
    """Its Indonesian part."""
    return with_tone([r for r in rows if r["lang"] == "id"], {"train": "train", "dev": "dev", "test": "test"})


def newsmtsc(rows: list[Row]) -> Iterator[Row]:
    """Tone towards a target in English political news; two test sets of different sampling."""
    splits = {"train": "train", "dev_rw": "dev", "dev_mt": "dev", "test_rw": "test_rw", "test_mt": "test_mt"}
    return with_tone(rows, splits, target=True)


def rusentne(rows: list[Row]) -> Iterator[Row]:
    """Tone towards a named entity in Russian news. The development part is the test: the final labels are hidden."""
    return with_tone(rows, {"train": "train?", "dev": "test"}, target=True)


def plv(rows: list[Row]) -> Iterator[Row]:
    """PLOVER codes of English news.

    Conflict or cooperation is the stance; whether the act is in words (`negative`) or in deeds (`positive`) is given to
    the other head, so that both together are the quad class.
    """
    deeds = {"quad1": "negative", "quad2": "positive", "quad3": "negative", "quad4": "positive"}
    for i, row in enumerate(rows):
        split = row["split"] if row["split"] != "train" else "dev" if held(row["text"]) else "train"
        quad = row["orig_label"].split("|")[1]
        out = {"id": f"{row['split']}-{i}", "text": row["text"], "lang": row["lang"], "source": "plv", "split": split}
        yield out | {"stance": row["stance"], "tone": deeds[quad]}


BENCHMARKS = {
    "smsa": Benchmark(
        "smsa_id",
        ("test",),
        smsa,
        (
            ("macro-F1", "IndoBERT large", "0.927"),
            ("macro-F1", "XLM-R base", "0.914"),
            ("macro-F1", "mBERT", "0.841"),
        ),
    ),
    "nusax": Benchmark(
        "nusax_senti",
        ("test",),
        nusax,
        (("macro-F1", "NusaBERT large", "0.933"), ("macro-F1", "XLM-R base", "0.884")),
    ),
    "plv": Benchmark(
        "plover_plv",
        ("test",),
        plv,
        (
            ("macro-F1 binary", "ZSP", "0.964"),
            ("macro-F1 binary", "GPT-4", "0.934"),
            ("macro-F1 quad", "ZSP", "0.896"),
            ("macro-F1 quad", "GPT-4", "0.767"),
        ),
    ),
    "newsmtsc": Benchmark(
        "newsmtsc",
        ("test_rw", "test_mt"),
        newsmtsc,
        (
            ("macro-F1 test_rw", "GRU-TSC, RoBERTa", "0.831"),
            ("macro-F1 test_mt", "GRU-TSC, RoBERTa", "0.825"),
            ("macro-F1", "multilingual XLM-R with target", "0.817"),
        ),
    ),
    "rusentne": Benchmark(
        "rusentne",
        ("test",),
        rusentne,
        (
            ("F1(P,N)", "GPT-4 turbo", "0.508"),
            ("F1(P,N,0)", "GPT-4 turbo", "0.612"),
            ("F1(P,N)", "Llama 3 70B", "0.498"),
        ),
    ),
}

"""Whether the peers get our model: PyTorch's probabilities beside those that `nuansa score` prints.

`python check.py --nuansa PROGRAM --model DIR ARTICLES`: sentences are tokenised with the bundle's own tokenizer, scored
by the network of `bundle.py`, and divided by the bundle's temperatures. Ends with 1 where a probability differs by
more than the tolerance.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

import bundle
import sentences as s
from peers import padded

TOLERANCE = 1e-4
COLUMNS = ("p_escalation", "p_deescalation", "p_neutral", "p_positive", "p_negative", "p_tone_neutral")
BATCH = 8
# A sentence whose text the table prints otherwise than the model read it has another number of tokens.
LEAST_SHARE = 0.9


def scored(nuansa: Path, model: Path, articles: Path) -> list[dict[str, str]]:
    """Rows of sentences.csv that count and were read in one window, in f32 where the program has a choice."""
    text = subprocess.run([nuansa, "score", "--help"], capture_output=True, text=True, check=True).stdout
    precision = ["--precision", "f32"] if "--precision" in text else []
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        command = [nuansa, "score", articles, "--model", model, "--out", out, "--quiet", *precision]
        subprocess.run(list(map(str, command)), check=True, stdin=subprocess.DEVNULL)
        with (out / "sentences.csv").open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if row["status"] == "ok" and row["n_windows"] == "1"]


def softmax(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Row by row."""
    scaled = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)
    return scaled / scaled.sum(axis=1, keepdims=True)


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nuansa", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("articles", type=Path)
    arguments = parser.parse_args()

    rows = scored(arguments.nuansa, arguments.model, arguments.articles)
    tokenizer = Tokenizer.from_file(str(arguments.model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    pairs = [(tokenizer.encode(row["text"]).ids, row) for row in rows]
    pairs = [(ids, row) for ids, row in pairs if len(ids) == int(row["n_tokens"]) + 2]
    if len(pairs) < LEAST_SHARE * max(len(rows), 1):
        sys.exit(f"{len(rows) - len(pairs)} of {len(rows)} sentences are tokenised otherwise than nuansa does it")

    network = bundle.classifier(arguments.model)
    sentences = [ids for ids, _ in pairs]
    logits = np.empty((len(pairs), bundle.LOGITS))
    with torch.inference_mode():
        for batch in s.batches(sentences, BATCH, by_length=True):
            arrays = padded([sentences[i] for i in batch], np.int64)
            logits[batch] = network(*map(torch.from_numpy, arrays)).numpy()
    manifest = tomllib.loads((arguments.model / "nuansa.toml").read_text(encoding="utf-8"))
    temperature = manifest["temperature"]
    got = np.concatenate(
        [softmax(logits[:, :3], temperature["stance"]), softmax(logits[:, 3:], temperature["tone"])], axis=1
    )
    want = np.array([[float(row[column]) for column in COLUMNS] for _, row in pairs])
    apart = float(np.abs(got - want).max()) if pairs else float("nan")
    print(f"the bundle in PyTorch: {len(pairs)} sentences, probabilities within {apart:.1e} of nuansa's", flush=True)
    if not apart <= TOLERANCE:
        sys.exit(f"that is more than {TOLERANCE}: the peers would not run our model")


if __name__ == "__main__":
    main()

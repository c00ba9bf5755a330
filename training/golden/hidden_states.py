#!/usr/bin/env python3
"""Write the golden files of the encoder, layer by layer: ``tests/golden/{tiny-bert,tiny-xlm-roberta,base}*.json``.

Computed with Hugging Face's BertModel and XLMRobertaModel in PyTorch, each sentence alone, in float64 so that the
numbers are the model's and not one machine's rounding; the header says how far the same run in float32 lies from them.
The pooled vector is the mean over all tokens of the last layer, `<s>` and `</s>` included.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import AutoModel, PreTrainedModel
from transformers.utils import logging

from record import REPOSITORY, header, rounded, sha256_file, write
from sentences import BASE, TINY, TINY_LONG

PACKAGES = ["torch", "transformers", "tokenizers", "safetensors"]
SHORT, POOLED = 8, 16
LONGEST = 512


def load(folder: Path, dtype: torch.dtype) -> PreTrainedModel:
    """The encoder without pooler, plain attention, in `dtype`."""
    model = AutoModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager", dtype=torch.float32)
    return model.eval().to(dtype)


def states(model: PreTrainedModel, ids: list[int]) -> list[torch.Tensor]:
    """Hidden states [T, H] after the embeddings and after each layer."""
    with torch.no_grad():
        out = model(input_ids=torch.tensor([ids]), output_hidden_states=True)
    return [state[0] for state in out.hidden_states]


def encode(folder: Path, texts: list[str]) -> list[list[int]]:
    """Token ids, cut to the model's positions with the closing token kept."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    return [tokenizer.encode(text).ids for text in texts]


def whole(all_states: list[torch.Tensor]) -> dict[str, Any]:
    """Every value of every state."""
    return {
        "hidden": [rounded(state.tolist()) for state in all_states],
        "pooled": rounded(all_states[-1].mean(0).tolist()),
    }


def fingerprint(all_states: list[torch.Tensor]) -> dict[str, Any]:
    """A few values of every state: start of the first and of the last token, mean, and L2 norm over all values."""
    layers = [
        {
            "first": rounded(state[0, :SHORT].tolist()),
            "last": rounded(state[-1, :SHORT].tolist()),
            "mean": rounded(state.mean().item()),
            "norm": rounded(state.norm().item()),
        }
        for state in all_states
    ]
    return {"layers": layers, "pooled": rounded(all_states[-1].mean(0)[:POOLED].tolist())}


def golden(file: str, folder: Path, texts: list[str], full: bool, **more: Any) -> None:  # noqa: ANN401 - JSON values
    """Compute and write one golden file for the model in `folder`."""
    exact, single = load(folder, torch.float64), load(folder, torch.float32)
    apart, cases = 0.0, []
    for text, ids in zip(texts, encode(folder, texts), strict=True):
        reference = states(exact, ids)
        pairs = zip(reference, states(single, ids), strict=True)
        apart = max([apart, *((want - got).abs().max().item() for want, got in pairs)])
        cases.append({"text": text, "ids": ids} | (whole(reference) if full else fingerprint(reference)))
    sums = {part: sha256_file(folder / part) for part in ("config.json", "model.safetensors", "tokenizer.json")}
    head = header(
        "hidden_states.py",
        PACKAGES,
        model=folder.name,
        sha256=sums,
        computed_in="float64",
        float32_max_abs_difference=rounded(apart, 3),
        **more,
    )
    write(file, head, cases)
    print(f"{file}: {len(cases)} cases, float32 within {apart:.1e}", file=sys.stderr)


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=Path, default=REPOSITORY / "models" / "base", help="folder of import_base.py")
    options = parser.parse_args()
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    for name, seed in (("tiny-bert", 20261126), ("tiny-xlm-roberta", 20261127)):
        folder = REPOSITORY / "tests" / "models" / name
        more = {"seed": seed, "tolerance": {"float32": 2e-5, "norm_relative": 1e-5}}
        golden(f"{name}.json", folder, TINY, full=True, **more)
        golden(f"{name}-long.json", folder, TINY_LONG, full=False, **more)
    golden("base.json", options.base, BASE, full=False, tolerance={"float32": 1e-4, "norm_relative": 1e-5})
    return 0


if __name__ == "__main__":
    sys.exit(main())

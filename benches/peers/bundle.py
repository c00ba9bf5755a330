"""A bundle of nuansa as a transformers model: the encoder, the mean over a sentence's tokens, and the two heads.

The numbers are those that `nuansa --precision f32` computes with: the word table's Q4_0 blocks and the matrices' int8
rows are widened to f32, once. Bundles of the BERT architecture only; a folder in the Hugging Face layout has no heads.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file
from torch import nn
from transformers import BertConfig, BertModel

HEADS = ("heads.stance", "heads.tone")
LOGITS = 6
FILES = ("config.json", "encoder.safetensors", "words.q4")
BLOCK, BLOCK_BYTES = 32, 18


def fingerprint(folder: Path) -> str:
    """Sixteen hex digits that change with the weights."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:16]


def q4_rows(blocks: np.ndarray, hidden: int) -> np.ndarray:
    """Q4_0 blocks, V x (H / 32 * 18) bytes, as V x H f32: w = (q - 8) d, low nibbles first."""
    rows = blocks.shape[0]
    parts = blocks.reshape(rows, hidden // BLOCK, BLOCK_BYTES)
    scale = np.ascontiguousarray(parts[..., :2]).view("<f2").astype(np.float32)
    nibbles = np.concatenate([parts[..., 2:] & 15, parts[..., 2:] >> 4], axis=-1)
    return ((nibbles.astype(np.float32) - 8) * scale).reshape(rows, hidden)


def tensors(folder: Path) -> dict[str, np.ndarray]:
    """Every tensor of the bundle as f32, under transformers' names; the heads stay under theirs."""
    raw = load_file(folder / "encoder.safetensors")
    found = {}
    for name, value in raw.items():
        if name.endswith(".scale") and name.removesuffix(".scale") in raw:
            continue
        found[name] = value.astype(np.float32)
        if value.dtype == np.int8:
            found[name] *= raw[f"{name}.scale"][:, None]
    hidden = json.loads((folder / "config.json").read_text(encoding="utf-8"))["hidden_size"]
    words = load_file(folder / "words.q4")["words.q4_0"]
    found["embeddings.word_embeddings.weight"] = q4_rows(words, hidden)
    return found


class Classifier(nn.Module):
    """Token ids and their mask, B x T each, to B x 6 logits: stance, then tone, in label order."""

    def __init__(self, encoder: BertModel, weight: np.ndarray, bias: np.ndarray) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(weight.shape[1], weight.shape[0])
        self.head.weight.data = torch.from_numpy(weight)
        self.head.bias.data = torch.from_numpy(bias)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Mean over the tokens that the mask keeps, the two special ones included, then the heads."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        # The mean and the heads stay f32 where the encoder computes in bf16.
        states = states.to(self.head.weight.dtype)
        kept = attention_mask.to(self.head.weight.dtype).unsqueeze(-1)
        return self.head((states * kept).sum(1) / kept.sum(1))


def heads(found: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Both heads as one matrix, 6 x H, and its bias."""
    weight = np.concatenate([found[f"{head}.weight"] for head in HEADS])
    return weight, np.concatenate([found[f"{head}.bias"] for head in HEADS])


def classifier(folder: Path, attention: str = "sdpa") -> Classifier:
    """The bundle's network in f32, ready for inference; `attention` is transformers' `attn_implementation`."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    kind = config.get("model_type")
    if kind != "bert":
        raise SystemExit(f"{folder}: model type {kind!r}; the peers are set up for 'bert'")
    found = tensors(folder)
    encoder = BertModel(BertConfig(**config, attn_implementation=attention), add_pooling_layer=False)
    own = encoder.state_dict()
    state = {name: torch.from_numpy(value) for name, value in found.items() if name in own}
    missing = sorted(own.keys() - state.keys() - {"embeddings.position_ids", "embeddings.token_type_ids"})
    if missing:
        raise SystemExit(f"{folder}: no tensor {missing[0]}")
    encoder.load_state_dict(state, strict=False)
    return Classifier(encoder, *heads(found)).eval()

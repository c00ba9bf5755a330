"""One PyTorch contestant of the training step, in a process of its own; it answers the protocol of `train.py`."""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from pathlib import Path

import torch

from bundle import classifier

RATE, DECAY, CLIP, DROPOUT = 1e-6, 0.01, 1.0, 0.1


def main() -> None:
    """Takes a step for each line of standard input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--precision", choices=("f32", "bf16"), required=True)
    parser.add_argument("--batch", type=json.loads, required=True, help="rows of token ids, all of one length")
    arguments = parser.parse_args()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    model = classifier(arguments.model)
    # The word table is frozen, as ours is.
    model.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    weights = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in weights if p.dim() > 1], "weight_decay": DECAY},
        {"params": [p for p in weights if p.dim() < 2], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=RATE, fused=True)
    ids = torch.tensor(arguments.batch)
    mask = torch.ones_like(ids)
    gold = torch.full((ids.shape[0],), 2)

    def loss() -> torch.Tensor:
        with torch.autocast("cpu", torch.bfloat16, enabled=arguments.precision == "bf16"):
            logits = model(ids, mask).float()
        return sum(torch.nn.functional.cross_entropy(part, gold) for part in (logits[:, :3], logits[:, 3:]))

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        loss().backward()
        torch.nn.utils.clip_grad_norm_(weights, CLIP)
        optimiser.step()

    with torch.no_grad():
        first = float(loss())
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = DROPOUT
    for _ in range(2):
        step()
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        if line.strip() == "loss":
            answer = {"loss": first}
        else:
            begun = time.perf_counter()
            step()
            seconds = time.perf_counter() - begun
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            answer = {"seconds": seconds, "sentences": len(arguments.batch), "peak_mb": peak}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()

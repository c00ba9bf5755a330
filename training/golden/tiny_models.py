#!/usr/bin/env python3
"""Write ``tests/models/tiny-bert`` and ``tests/models/tiny-xlm-roberta``: seeded random models for tests.

Hidden 32, 2 layers, 4 heads, FFN 64. The weights are drawn wider than a real initialisation (linear weights with a
standard deviation of 0.3, norm weights around 1), so that attention is far from uniform and every bias, position and
norm shows in the output: an encoder that drops one of them fails the golden files. The two models share a Unigram
tokenizer trained on a few sentences of ours; XLM-R's positions start at 2 (its padding index plus one).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertModel, PreTrainedModel, XLMRobertaConfig, XLMRobertaModel
from transformers.utils import logging

from record import REPOSITORY
from sentences import NEWS, TINY_CORPUS

SEED = 20261126
PIECES = 520
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]


def train_tokenizer() -> str:
    """A Unigram tokenizer laid out as XLM-R's: four special tokens first, `<mask>` last, Metaspace, `<s> … </s>`."""
    spaces = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), spaces])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    trainer = trainers.UnigramTrainer(
        vocab_size=PIECES, special_tokens=SPECIAL, unk_token="<unk>", max_piece_length=8, show_progress=False
    )
    languages = {"id", "en", "ru", "ms"}
    corpus = TINY_CORPUS * 3 + [text for language, text in NEWS if language in languages]
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.add_special_tokens(["<mask>"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    spec = json.loads(tokenizer.to_str())
    # Six decimals, so that no JSON reader's last digit can change an id.
    spec["model"]["vocab"] = [[piece, round(score, 6)] for piece, score in spec["model"]["vocab"]]
    return json.dumps(spec, ensure_ascii=False, separators=(",", ":"))


def draw_weights(model: PreTrainedModel, seed: int) -> None:
    """Fill every parameter, in name order, from one seeded generator."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if "LayerNorm.weight" in name:
                parameter.copy_(1.0 + 0.2 * noise)
            elif name.endswith("bias"):
                parameter.copy_(0.2 * noise)
            elif "embeddings" in name:
                parameter.copy_(0.5 * noise)
            else:
                parameter.copy_(0.3 * noise)


def save(model: PreTrainedModel, folder: Path, tokenizer: str) -> None:
    """Write a folder in the Hugging Face layout: config.json, model.safetensors, tokenizer.json."""
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    (folder / "tokenizer.json").write_bytes(tokenizer.encode("utf-8"))
    (folder / "model.safetensors").chmod(0o644)


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=REPOSITORY / "tests" / "models", help="parent of the two folders")
    parser.add_argument("--retrain", action="store_true", help="train the tokenizer anew (its order is not repeatable)")
    options = parser.parse_args()
    logging.disable_progress_bar()
    kept = options.out / "tiny-bert" / "tokenizer.json"
    tokenizer = train_tokenizer() if options.retrain or not kept.exists() else kept.read_text(encoding="utf-8")
    pieces = Tokenizer.from_str(tokenizer).get_vocab_size()
    common = {
        "vocab_size": pieces,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "hidden_act": "gelu",
        "bos_token_id": 0,
        "eos_token_id": 2,
        "pad_token_id": 1,
        "attn_implementation": "eager",
    }
    bert = BertConfig(**common, max_position_embeddings=512, type_vocab_size=2, layer_norm_eps=1e-12)
    roberta = XLMRobertaConfig(**common, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5)
    plan = (
        ("tiny-bert", BertModel(bert, add_pooling_layer=False), SEED),
        ("tiny-xlm-roberta", XLMRobertaModel(roberta, add_pooling_layer=False), SEED + 1),
    )
    for name, model, seed in plan:
        draw_weights(model, seed)
        save(model, options.out / name, tokenizer)
        size = sum(path.stat().st_size for path in (options.out / name).iterdir())
        print(f"{name}: {pieces} pieces, {size} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

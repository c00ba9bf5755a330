#!/usr/bin/env python3
"""Write ``tests/golden/tokenizer.json``: token ids of the base tokenizer for ordinary and odd sentences.

The ids come from the original ``tokenizer.json`` in Hugging Face's ``tokenizers``. As a second opinion each sentence is
also run through Google's ``sentencepiece``, on a model rebuilt from the same pieces, scores and character map. The two
libraries differ on known corners (runs of unknown signs, special tokens typed as text); a case says whether they agree.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Tokenizer

from record import REPOSITORY, header, sha256_file, write
from sentences import NEWS, ODD

BOS, EOS, UNK, FIRST_PIECE = 0, 2, 3, 4


def rebuild_sentencepiece(tokenizer: Path) -> sentencepiece.SentencePieceProcessor:
    """The SentencePiece model that ``tokenizer.json`` was once converted from; its ids are ours minus one."""
    spec = json.loads(tokenizer.read_bytes())
    proto = sentencepiece_model_pb2.ModelProto()
    kinds = sentencepiece_model_pb2.ModelProto.SentencePiece
    for piece, kind in (("<unk>", kinds.UNKNOWN), ("<s>", kinds.CONTROL), ("</s>", kinds.CONTROL)):
        proto.pieces.add(piece=piece, score=0.0, type=kind)
    for piece, score in spec["model"]["vocab"][FIRST_PIECE:]:
        if piece != "<mask>":
            proto.pieces.add(piece=piece, score=score, type=kinds.NORMAL)
    proto.trainer_spec.model_type = sentencepiece_model_pb2.TrainerSpec.UNIGRAM
    proto.trainer_spec.vocab_size = len(proto.pieces)
    charsmap = next(n for n in spec["normalizer"]["normalizers"] if n["type"] == "Precompiled")
    proto.normalizer_spec.precompiled_charsmap = base64.b64decode(charsmap["precompiled_charsmap"])
    proto.normalizer_spec.add_dummy_prefix = True
    proto.normalizer_spec.remove_extra_whitespaces = True
    proto.normalizer_spec.escape_whitespaces = True
    processor = sentencepiece.SentencePieceProcessor()
    processor.LoadFromSerializedProto(proto.SerializeToString())
    return processor


def second_opinion(processor: sentencepiece.SentencePieceProcessor, text: str) -> list[int]:
    """SentencePiece's ids in our numbering, with the two special tokens."""
    return [BOS, *(UNK if piece == 0 else piece + 1 for piece in processor.EncodeAsIds(text)), EOS]


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=Path, default=REPOSITORY / "models" / "base", help="folder of import_base.py")
    options = parser.parse_args()
    path = options.base / "tokenizer.json"
    ours = Tokenizer.from_file(str(path))
    theirs = rebuild_sentencepiece(path)
    cases = []
    for label, text in NEWS + ODD:
        ids = ours.encode(text).ids
        cases.append(
            {"label": label, "text": text, "ids": ids, "sentencepiece_agrees": second_opinion(theirs, text) == ids}
        )
    differing = [case["label"] for case in cases if not case["sentencepiece_agrees"]]
    packages = ["tokenizers", "sentencepiece"]
    head = header("tokenizer_ids.py", packages, tokenizer_sha256=sha256_file(path), tolerance="exact")
    write("tokenizer.json", head, cases)
    print(f"{len(cases)} cases; sentencepiece differs on: {', '.join(differing) or 'none'}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

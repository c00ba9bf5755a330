"""`nuansa models export --format onnx` in ONNX Runtime: the probabilities of nuansa in f32."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from conftest import Score, need
from exported import SENTENCES, TOLERANCE, bundle, exported, probabilities, run_example, worst

HEADS = {"stance": "stance_logits", "tone": "tone_logits"}


class Case(NamedTuple):
    """A bundle and its export."""

    model: Path
    folder: Path


@pytest.fixture(scope="module", params=["default", "xlm-roberta"])
def case(request: pytest.FixtureRequest, nuansa: Score, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Both architectures."""
    folder = tmp_path_factory.mktemp("onnx")
    model = bundle(request.param, nuansa, folder)
    return Case(model, exported(model, folder / "onnx", "onnx", nuansa))


def judge(folder: Path, ids: list[list[int]], pad: int) -> dict[str, Any]:
    """Logits by head, of all sentences in one batch, padded on the right with `pad`."""
    np, runtime = need("numpy"), need("onnxruntime")
    session = runtime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    width = max(map(len, ids))
    tokens = np.array([row + [pad] * (width - len(row)) for row in ids], dtype=np.int64)
    mask = np.array([[1] * len(row) + [0] * (width - len(row)) for row in ids], dtype=np.int64)
    values = session.run(list(HEADS.values()), {"input_ids": tokens, "attention_mask": mask})
    return dict(zip(HEADS, values, strict=True))


def token_ids(folder: Path) -> list[list[int]]:
    """By the library's tokenizer from the export's `tokenizer.json`."""
    tokenizer = need("tokenizers").Tokenizer.from_file(str(folder / "tokenizer.json"))
    return [encoded.ids for encoded in tokenizer.encode_batch(SENTENCES)]


def test_the_file_is_sound(case: Case) -> None:
    """By the checker of the `onnx` package, shapes inferred."""
    need("onnx").checker.check_model(case.folder / "model.onnx", full_check=True)


def test_probabilities_are_those_of_nuansa(case: Case, nuansa: Score, tmp_path: Path) -> None:
    """In one padded batch."""
    np = need("numpy")
    temperature = json.loads((case.folder / "config.json").read_text(encoding="utf-8"))["nuansa_temperature"]
    got = {}
    for head, logits in judge(case.folder, token_ids(case.folder), pad=1).items():
        odds = np.exp((logits - logits.max(1, keepdims=True)) / temperature[head])
        got[head] = (odds / odds.sum(1, keepdims=True)).tolist()
    assert worst(got, probabilities(case.model, tmp_path, nuansa)) <= TOLERANCE


def test_padding_changes_nothing(case: Case) -> None:
    """A sentence alone and among longer ones, padded with any id."""
    ids = token_ids(case.folder)
    among = judge(case.folder, ids, pad=5)
    for i, row in enumerate(ids):
        for head, logits in judge(case.folder, [row], pad=1).items():
            assert abs(logits[0] - among[head][i]).max() <= TOLERANCE


def test_the_example_of_the_card_runs(case: Case) -> None:
    """As it stands there."""
    need("onnxruntime")
    assert run_example(case.folder).startswith("[[")

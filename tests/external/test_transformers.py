"""`nuansa models export` in transformers: loads whole, and gives the probabilities of nuansa in f32.

It has an environment of its own (see requirements-transformers.txt), so that the other tests do without PyTorch.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from conftest import Score, need
from exported import SENTENCES, TOLERANCE, bundle, exported, probabilities, run_example, worst


class Case(NamedTuple):
    """A bundle and its export."""

    model: Path
    folder: Path


@pytest.fixture(scope="module", autouse=True)
def offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No hub, and a cache of this run alone for the code that the folder brings; set before the import."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("home")))
        need("torch")
        need("transformers")
        yield


@pytest.fixture(scope="module", params=["default", "xlm-roberta"])
def case(request: pytest.FixtureRequest, nuansa: Score, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Both architectures."""
    folder = tmp_path_factory.mktemp("transformers")
    model = bundle(request.param, nuansa, folder)
    return Case(model, exported(model, folder / "hf", "huggingface", nuansa))


def load(folder: Path) -> tuple[Any, dict[str, Any]]:
    """The model, and what was missing or left over."""
    auto = need("transformers").AutoModelForSequenceClassification
    network, report = auto.from_pretrained(folder, trust_remote_code=True, output_loading_info=True)
    return network.eval(), report


def batch(folder: Path) -> Any:  # noqa: ANN401 - of the library
    """All sentences, padded."""
    tokenizer = need("transformers").AutoTokenizer.from_pretrained(folder)
    return tokenizer(SENTENCES, padding=True, truncation=True, return_tensors="pt")


def test_it_loads_whole(case: Case) -> None:
    """No weight missing, none left over, labels in their order."""
    network, report = load(case.folder)
    assert not any(report[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys"))
    assert network.config.num_labels == 6
    assert [network.config.id2label[i] for i in (0, 3)] == ["stance:escalation", "tone:positive"]


def test_probabilities_are_those_of_nuansa(case: Case, nuansa: Score, tmp_path: Path) -> None:
    """And the six logits are the two heads', stance first."""
    torch = need("torch")
    network, _ = load(case.folder)
    with torch.no_grad():
        output = network(**batch(case.folder))
        got = {head: p.tolist() for head, p in network.probabilities(output).items()}
    assert worst(got, probabilities(case.model, tmp_path, nuansa)) <= TOLERANCE
    assert torch.equal(output.logits, torch.cat([output.stance_logits, output.tone_logits], dim=-1))


def test_the_encoder_loads_alone(case: Case) -> None:
    """As a plain `AutoModel`, without code of ours; only the heads are left over."""
    auto = need("transformers").AutoModel
    _, report = auto.from_pretrained(case.folder, add_pooling_layer=False, output_loading_info=True)
    assert not report["missing_keys"]
    assert all(name.startswith("heads.") for name in report["unexpected_keys"])


def test_it_trains_and_nuansa_takes_it_back(case: Case, nuansa: Score, tmp_path: Path) -> None:
    """The loss is the sum of both heads', unlabelled rows left out; nuansa reads what `save_pretrained` wrote."""
    torch = need("torch")
    network, _ = load(case.folder)
    labels = torch.tensor([[0, 1]] * len(SENTENCES))
    labels[0, 0] = -100
    output = network(**batch(case.folder), labels=labels)
    entropy = torch.nn.functional.cross_entropy
    want = entropy(output.stance_logits[1:], labels[1:, 0]) + entropy(output.tone_logits, labels[:, 1])
    assert float(abs(output.loss - want).detach()) <= TOLERANCE
    output.loss.backward()
    assert network.heads["stance"].weight.grad.abs().sum() > 0
    network.save_pretrained(tmp_path / "saved")
    (tmp_path / "saved" / "tokenizer.json").write_bytes((case.folder / "tokenizer.json").read_bytes())
    told = nuansa("models", "inspect", tmp_path / "saved")
    assert told.returncode == 0, told.stderr


def test_the_example_of_the_card_runs(case: Case) -> None:
    """As it stands there."""
    assert "stance" in run_example(case.folder)

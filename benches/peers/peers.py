"""The peers: a class each, which opens the model with given settings and turns batches into logits.

A peer's `axes` are the settings worth trying, each with its values, the usual one first. A layout (see `roster.py`)
says how the threads are used: by `callers` worker threads, each with its own batches and one compute thread, or by one
caller whose library computes on all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from roster import ONE, SHARED, WORKERS

Batch = list[list[int]]
Axes = dict[str, list[Any]]


class Runner(Protocol):
    """An opened peer."""

    callers: int

    def enter(self) -> None:
        """Called once in every thread that will call `run`."""

    def prepare(self, batch: Batch) -> Any:  # noqa: ANN401 - each peer has its own
        """What `run` takes; made before the clock starts."""

    def run(self, caller: int, inputs: Any) -> np.ndarray:  # noqa: ANN401
        """Logits of a prepared batch, B x 6."""


class Peer(Protocol):
    """A peer that can be opened."""

    axes: Axes
    by_length: bool

    def open(self, settings: dict[str, Any]) -> Runner:
        """With one value of every axis, and the batch size."""


def padded(batch: Batch, dtype: type) -> tuple[np.ndarray, np.ndarray]:
    """Ids, padded with zeros to the longest, and the mask of what is no padding."""
    ids = np.zeros((len(batch), max(map(len, batch))), dtype)
    mask = np.zeros_like(ids)
    for row, kept, sentence in zip(ids, mask, batch, strict=True):
        row[: len(sentence)] = sentence
        kept[: len(sentence)] = 1
    return ids, mask


class Base:
    """What the runners share."""

    def __init__(self, callers: int) -> None:
        self.callers = callers

    def enter(self) -> None:
        """Nothing to do."""

    def prepare(self, batch: Batch) -> Any:  # noqa: ANN401
        """Padded int64 arrays."""
        ids, mask = padded(batch, np.int64)
        return {"input_ids": ids, "attention_mask": mask}


class OnnxRuntime:
    """Sessions with every graph optimisation, which is the default."""

    def __init__(self, folder: Path, threads: int, as_user: bool = False) -> None:
        self.file, self.threads, self.by_length = str(folder / "model.onnx"), threads, not as_user
        self.axes: Axes = {"layout": [ONE] if as_user or threads == 1 else [SHARED, WORKERS, ONE]}

    def open(self, settings: dict[str, Any]) -> Runner:
        """Loads the graph, once per session."""
        import onnxruntime

        onnxruntime.set_default_logger_severity(3)
        one = settings["layout"] == ONE
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads if one else 1
        # A session that is not running must not spin beside the others.
        options.add_session_config_entry("session.force_spinning_stop", "1")

        def session() -> Any:  # noqa: ANN401
            return onnxruntime.InferenceSession(self.file, options, providers=["CPUExecutionProvider"])

        class Sessions(Base):
            def __init__(self, sessions: list[Any]) -> None:
                super().__init__(len(sessions))
                self.sessions = sessions

            def run(self, caller: int, inputs: Any) -> np.ndarray:  # noqa: ANN401
                return self.sessions[caller].run(["logits"], inputs)[0]

        if one:
            return Sessions([session()])
        if settings["layout"] == SHARED:
            return Sessions([session()] * self.threads)
        return Sessions([session() for _ in range(self.threads)])


class CTranslate2:
    """Its encoder drops padding inside; the mean and the heads are NumPy's, a thousandth of the work."""

    by_length = True

    def __init__(self, folder: Path, threads: int) -> None:
        self.folder, self.threads = folder, threads
        self.axes: Axes = {"layout": [ONE] if threads == 1 else [SHARED, ONE]}

    def open(self, settings: dict[str, Any]) -> Runner:
        """Workers share the weights."""
        import ctranslate2

        callers = 1 if settings["layout"] == ONE else self.threads
        encoder = ctranslate2.Encoder(
            str(self.folder),
            device="cpu",
            compute_type="int8",
            inter_threads=callers,
            intra_threads=self.threads // callers,
        )
        heads = np.load(self.folder / "heads.npz")
        weight, bias = np.ascontiguousarray(heads["weight"].T), heads["bias"]

        class Encoder(Base):
            def prepare(self, batch: Batch) -> Any:  # noqa: ANN401
                lengths = np.array([len(sentence) for sentence in batch], np.int32)
                return padded(batch, np.int32)[0], lengths

            def run(self, caller: int, inputs: Any) -> np.ndarray:  # noqa: ANN401
                view = ctranslate2.StorageView.from_array
                output = encoder.forward_batch(view(inputs[0]), view(inputs[1]))
                states = np.asarray(output.last_hidden_state)
                means = [rows[:n].mean(axis=0) for rows, n in zip(states, inputs[1], strict=True)]
                return np.stack(means) @ weight + bias

        return Encoder(callers)


class OpenVino:
    """int8 weights; activations are rounded at run time, in groups along a row."""

    by_length = True

    def __init__(self, folder: Path, threads: int) -> None:
        self.file, self.threads = str(folder / "model.xml"), threads
        self.axes: Axes = {
            "layout": [ONE] if threads == 1 else [SHARED, ONE],
            "activation group": [64, 128, 384],
            "other operations": ["f32", "bf16"],
        }

    def open(self, settings: dict[str, Any]) -> Runner:
        """One compiled model with a stream per caller."""
        import openvino

        callers = 1 if settings["layout"] == ONE else self.threads
        options = {
            "PERFORMANCE_HINT": "LATENCY" if callers == 1 else "THROUGHPUT",
            "NUM_STREAMS": callers,
            "INFERENCE_NUM_THREADS": self.threads,
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": settings["activation group"],
            "INFERENCE_PRECISION_HINT": settings["other operations"],
        }
        core = openvino.Core()
        compiled = core.compile_model(core.read_model(self.file), "CPU", options)

        class Streams(Base):
            requests = [compiled.create_infer_request() for _ in range(callers)]

            def run(self, caller: int, inputs: Any) -> np.ndarray:  # noqa: ANN401
                return self.requests[caller].infer(inputs, share_inputs=True)[0].copy()

        return Streams(callers)


class Torch:
    """transformers' BertModel with PyTorch's own attention kernel, not compiled."""

    def __init__(self, model: Path, threads: int, bf16: bool = False, as_user: bool = False) -> None:
        self.model, self.threads, self.bf16, self.by_length = model, threads, bf16, not as_user
        self.axes: Axes = {"layout": [ONE] if as_user or threads == 1 else [SHARED, ONE]}
        self.network: Any = None

    def open(self, settings: dict[str, Any]) -> Runner:
        """The weights are read once; mean and heads stay f32."""
        import torch

        import bundle

        if self.network is None:
            self.network = bundle.classifier(self.model)
            if self.bf16:
                self.network.encoder.to(torch.bfloat16)
        network = self.network
        callers = 1 if settings["layout"] == ONE else self.threads
        inside = self.threads // callers

        class Network(Base):
            def enter(self) -> None:
                torch.set_num_threads(inside)

            def prepare(self, batch: Batch) -> Any:  # noqa: ANN401
                return [torch.from_numpy(array) for array in padded(batch, np.int64)]

            def run(self, caller: int, inputs: Any) -> np.ndarray:  # noqa: ANN401
                with torch.inference_mode():
                    return network(*inputs).numpy()

        return Network(callers)


def peer(name: str, model: Path, form: Path, threads: int) -> Peer:
    """By the name in the roster."""
    makers: dict[str, Callable[[], Peer]] = {
        "ort-int8": lambda: OnnxRuntime(form, threads),
        "ort-int8-channel": lambda: OnnxRuntime(form, threads),
        "ort-f32": lambda: OnnxRuntime(form, threads),
        "ort-f32-user": lambda: OnnxRuntime(form, threads, as_user=True),
        "ct2-int8": lambda: CTranslate2(form, threads),
        "openvino-int8": lambda: OpenVino(form, threads),
        "torch-f32": lambda: Torch(model, threads),
        "torch-bf16": lambda: Torch(model, threads, bf16=True),
        "hf-f32-user": lambda: Torch(model, threads, as_user=True),
    }
    return makers[name]()

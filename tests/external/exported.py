"""What the tests of `nuansa models export` share: sentences, models, and the probabilities that nuansa gives in f32."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

from columns import HEADS
from conftest import REPOSITORY, TIMEOUT_S, Score

TOLERANCE = 1e-4
# Written by a language model for these tests: seven languages, from one word to several dozen, and signs that a
# tokenizer may treat in its own way.
SENTENCES = [
    "Arunika mengancam akan menutup Selat Palem jika Bantara tidak menarik kapalnya.",
    "Kantor pos di Lumbuk buka setiap hari pukul delapan pagi.",
    "The two ministers agreed to reopen the bridge at Halden next week.",
    "Shelling of the Orvik district killed twelve people, among them two nurses, the mayor's office said on Tuesday.",
    "Стороны Велмарии договорились прекратить огонь и начать переговоры.",
    "أعلن وزير خارجية مرسانيا فرض عقوبات جديدة على الشركات الأجنبية.",
    "El gobierno de Calveria rechazó la propuesta y retiró a su embajador.",
    "Les pourparlers de Brévane ont échoué, mais les deux camps promettent de revenir.",
    "双方同意下周在临川恢复谈判。",
    "Ya.",
    "“Kami tidak akan mundur”, kata Menteri Sari Wendal — 3,5 juta warga menunggu… ﬁnal №7 ½",
]


def bundle(which: str, nuansa: Score, folder: Path) -> Path:
    """The shipped model, or a tiny one of the other architecture, trained here for an epoch."""
    if which == "default":
        return REPOSITORY / "models" / "default"
    recipe = (REPOSITORY / "tests" / "data" / "tiny.toml").read_text(encoding="utf-8")
    start = json.dumps(str(REPOSITORY / "tests" / "models" / "tiny-xlm-roberta"))
    recipe = recipe.replace('"../models/tiny-bert"', start).replace("epochs = 60", "epochs = 4")
    assert start in recipe and "epochs = 4" in recipe
    (folder / "recipe.toml").write_text(recipe, encoding="utf-8")
    out = folder / "bundle"
    done = nuansa("train", folder / "recipe.toml", "--data", REPOSITORY / "tests" / "data", "--out", out)
    assert done.returncode == 0, done.stderr
    return out


def exported(model: Path, out: Path, kind: str, nuansa: Score) -> Path:
    """The folder of the export."""
    done = nuansa("models", "export", model, out, "--format", kind)
    assert done.returncode == 0, done.stderr
    return out


def probabilities(model: Path, folder: Path, nuansa: Score) -> dict[str, list[list[float]]]:
    """By head, one row a sentence, from `nuansa score --precision f32`."""
    lines = [json.dumps({"id": str(i), "text": text}) for i, text in enumerate(SENTENCES)]
    (folder / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = nuansa("score", folder / "in.jsonl", "--out", folder / "out", "--model", model, "--precision", "f32")
    assert done.returncode == 0, done.stderr
    with (folder / "out" / "sentences.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == SENTENCES, "one sentence a record"
    return {head: [[float(row[c]) for c in columns.values()] for row in rows] for head, (_, columns) in HEADS.items()}


def worst(got: dict[str, list[list[float]]], want: dict[str, list[list[float]]]) -> float:
    """The largest difference."""
    assert got.keys() == want.keys()
    pairs = [(a, b) for head, rows in want.items() for a, b in zip(got[head], rows, strict=True)]
    return max(abs(x - y) for a, b in pairs for x, y in zip(a, b, strict=True))


def run_example(folder: Path) -> str:
    """Runs the Python of the folder's `README.md` there, and returns what it prints."""
    code = re.search(r"```python\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code
    done = subprocess.run(
        [sys.executable, "-c", code.group(1)], cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S
    )
    assert done.returncode == 0, done.stderr
    return done.stdout

"""The plain-Rust kernels under Valgrind: no read or write outside what was allocated, nothing used before it is set.

Valgrind knows no AVX-512; the program asks the processor what it has, and Valgrind answers without it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import REPOSITORY, TIMEOUT_S, missing

TINY = REPOSITORY / "tests" / "models" / "tiny"
# Written by a language model for this test: lengths of one word to some dozens, a headline, a quote, a sentence twice.
ARTICLE = """Lumbuk membuka kembali jalur kereta ke Karenda

Lumbuk membuka kembali jalur kereta ke Karenda pada Senin. Belum ada komentar.
"Kami ingin kedua kota hidup berdampingan lagi seperti sebelum sengketa batas laut itu, dan kereta pagi adalah langkah \
pertama yang dapat dilihat setiap warga," kata Menteri Perhubungan Sari Wendal di stasiun lama. Belum ada komentar.
The first train carried timber, letters and eleven passengers. Ya.
"""
FAULTS = 9


@pytest.mark.parametrize("isa", ["scalar", "avx2"])
def test_memcheck_finds_no_fault(binary: Path, tmp_path: Path, isa: str) -> None:
    """And the tables are those of a run without Valgrind on the same kernels."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        missing("valgrind: no such program; apt-get install valgrind")
    article = tmp_path / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    environment = {**os.environ, "NUANSA_ISA": isa}

    def run(out: Path, *before: str) -> subprocess.CompletedProcess[str]:
        command = [*before, str(binary), "score", str(article), "--out", str(out), "--model", str(TINY)]
        return subprocess.run(
            [*command, "--threads", "2"],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=TIMEOUT_S,
            stdin=subprocess.DEVNULL,
            env=environment,
        )

    plain = run(tmp_path / "plain")
    if isa != "scalar" and "has no such instruction set" in " ".join(plain.stderr.split()):
        pytest.skip(f"this processor has no {isa}")
    assert plain.returncode == 0, plain.stderr
    checked = run(tmp_path / "checked", valgrind, f"--error-exitcode={FAULTS}", "--leak-check=no")
    assert checked.returncode == 0, checked.stderr
    assert "ERROR SUMMARY: 0 errors" in checked.stderr
    for name in ("sentences.csv", "articles.csv", "actors.csv"):
        assert (tmp_path / "checked" / name).read_bytes() == (tmp_path / "plain" / name).read_bytes(), name

"""A contestant: a process that loads, warms up, says "ready", and then answers a line by a pass.

Ours and the peers speak the same protocol, so the clock stands in the same place for all: inside the process, around
one pass over all sentences, with the model loaded and the sentences' ids in memory.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sentences as s
from machine import busy_seconds, process_seconds

START_S, PASS_S = 900, 900
TAIL = 12
# Before a pass, for threads of the one before that spin for a while: OpenMP's do so for up to 0.2 s.
SETTLE_S = 0.25


class Failed(Exception):
    """A contestant that did not start, died, or answered something else."""


@dataclass(frozen=True)
class Timed:
    """One pass."""

    seconds: float
    """Wall time by the contestant's own clock"""
    cores: float
    """CPU seconds a second: how many cores it had"""
    others: float
    """CPU seconds a second that all other processes had meanwhile"""


class Contestant:
    """Started on construction; `with` ends it."""

    def __init__(
        self, name: str, command: Sequence[str | Path], sentences: s.Sentences, log: Path, extra: dict[str, str]
    ) -> None:
        self.name, self.log, self.sentences = name, log, sentences
        self.want = {"sentences": len(sentences), "tokens": s.tokens(sentences)}
        # NumPy computes two small products for CTranslate2 and nothing else; it needs no threads of its own.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", **extra}
        log.parent.mkdir(parents=True, exist_ok=True)
        try:
            with log.open("w", encoding="utf-8") as errors:
                self.process = subprocess.Popen(
                    [str(part) for part in command],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                    encoding="utf-8",
                    env=environment,
                )
        except OSError as error:
            raise Failed(f"{name}: {command[0]}: {error}") from error
        try:
            line = self._read(START_S)
            if line != "ready":
                raise self._failed(f'said {line[:80]!r} in place of "ready"')
        except Failed:
            self.close()
            raise

    def __enter__(self) -> Contestant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _failed(self, cause: str) -> Failed:
        tail = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
        return Failed("\n  ".join([f"{self.name} {cause}; the end of {self.log}:", *tail]))

    def _read(self, limit: float) -> str:
        watchdog = threading.Timer(limit, self.process.kill)
        watchdog.start()
        try:
            line = self.process.stdout.readline() if self.process.stdout else ""
        finally:
            watchdog.cancel()
        if not line:
            raise self._failed(f"ended, or took more than {limit} s")
        return line.strip()

    def ask(self, request: str) -> dict[str, Any]:
        """The answer to a line."""
        try:
            if self.process.stdin:
                self.process.stdin.write(request + "\n")
                self.process.stdin.flush()
        except OSError as error:
            raise self._failed(f"takes no more requests ({error})") from error
        line = self._read(PASS_S)
        try:
            return json.loads(line)
        except ValueError as error:
            raise self._failed(f"answered {line[:80]!r} to {request!r}") from error

    def logits(self) -> list[list[float]]:
        """Of all sentences, in input order."""
        rows = self.ask("logits").get("logits")
        if not isinstance(rows, list) or len(rows) != len(self.sentences):
            raise self._failed("gave no row of logits per sentence")
        return rows

    def timed(self) -> Timed:
        """One pass over all sentences."""
        time.sleep(SETTLE_S)
        own, all_, begin = process_seconds(self.process.pid), busy_seconds(), time.perf_counter()
        answer = self.ask("pass")
        wall = time.perf_counter() - begin
        own, all_ = process_seconds(self.process.pid) - own, busy_seconds() - all_
        if any(answer.get(key) != value for key, value in self.want.items()):
            raise self._failed(f"passed over {answer} in place of {self.want}")
        seconds = float(answer.get("seconds", 0))
        # A clock around the whole exchange bounds the contestant's own.
        if not 0 < seconds <= wall:
            raise self._failed(f"says {seconds} s of an exchange that took {wall:.3f} s")
        return Timed(seconds, own / wall, max(0.0, all_ - own) / wall)

    def close(self) -> None:
        """Ends the process: it stops at the end of its input."""
        if self.process.stdin and not self.process.stdin.closed:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

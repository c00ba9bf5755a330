"""A full pass of an opened peer, and the search for its best settings in a short trial."""

from __future__ import annotations

import gc
import itertools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

import sentences as s
from peers import Peer, Runner
from roster import BATCHES

TRIAL_SENTENCES = 192
TRIAL_PASSES = 3
USUAL_BATCH, USER_BATCH = 8, 32


class Pass:
    """All sentences in prepared batches, on the runner's callers, which take the next batch when they are free."""

    def __init__(self, runner: Runner, sentences: s.Sentences, size: int, by_length: bool) -> None:
        self.runner, self.count = runner, len(sentences)
        self.batches = s.batches(sentences, size, by_length)
        self.inputs = [runner.prepare([sentences[i] for i in batch]) for batch in self.batches]
        self.pool = None
        if runner.callers > 1:
            self.pool = ThreadPoolExecutor(runner.callers, initializer=runner.enter)
        else:
            runner.enter()

    def run(self) -> tuple[float, np.ndarray]:
        """Seconds, and the logits in input order."""
        logits = np.empty((self.count, 6), np.float32)
        turn = itertools.count()

        def work(caller: int) -> None:
            while (k := next(turn)) < len(self.batches):
                logits[self.batches[k]] = self.runner.run(caller, self.inputs[k])

        begin = time.perf_counter()
        if self.pool is None:
            work(0)
        else:
            for done in [self.pool.submit(work, caller) for caller in range(self.runner.callers)]:
                done.result()
        return time.perf_counter() - begin, logits

    def close(self) -> None:
        """Ends the callers."""
        if self.pool is not None:
            self.pool.shutdown()


def best_settings(peer: Peer, sentences: s.Sentences, say: Callable[[str], None]) -> tuple[dict[str, Any], float]:
    """Settings and the trial's sentences a second: axis after axis, then the batch size uphill from the usual one."""
    sample = [sentences[i] for i in s.spread(sentences, TRIAL_SENTENCES)]
    rates: dict[tuple[Any, ...], float] = {}
    opened: dict[str, Any] = {"key": None, "runner": None}

    def rate(settings: dict[str, Any]) -> float:
        key = tuple(settings.values())
        if key not in rates:
            if opened["key"] != key[:-1]:
                opened.update(key=None, runner=None)
                gc.collect()
                opened.update(key=key[:-1], runner=peer.open(settings))
            trial = Pass(opened["runner"], sample, settings["batch"], peer.by_length)
            seconds = [trial.run()[0] for _ in range(TRIAL_PASSES)]
            trial.close()
            # The first pass warms up.
            rates[key] = len(sample) / min(seconds[1:])
            say(f"{rates[key]:.0f} sentences/s with {described(settings)}")
        return rates[key]

    settings = {axis: values[0] for axis, values in peer.axes.items()}
    settings["batch"] = USUAL_BATCH if peer.by_length else USER_BATCH
    for axis, values in peer.axes.items():
        if len(values) > 1:
            settings[axis] = max(values, key=lambda value: rate({**settings, axis: value}))
    if peer.by_length:
        for sizes in (reversed([b for b in BATCHES if b < USUAL_BATCH]), [b for b in BATCHES if b > USUAL_BATCH]):
            for size in sizes:
                if rate({**settings, "batch": size}) < rate(settings):
                    break
                settings["batch"] = size
    return settings, rate(settings)


def described(settings: dict[str, Any]) -> str:
    """For a reader."""
    return ", ".join(value if axis == "layout" else f"{axis} {value}" for axis, value in settings.items())

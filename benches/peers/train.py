"""Times one step of full fine-tuning, ours and PyTorch's, interleaved, on the same token ids (see README.md).

The step: forward, backward and AdamW with clipping over 32 sentences of 40 tokens, word embeddings frozen, dropout 0.1.
Before anything is timed, all must give the same loss without dropout.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import subprocess
import sys
from pathlib import Path
from statistics import median

import machine
import timing

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
ROWS, LENGTH = 32, 40
# Largest difference from ours in the first loss: of f32, and of bf16, which keeps 8 bits of a number.
NEAR = {"f32": 1e-4, "bf16": 5e-2}


def batch() -> list[list[int]]:
    """The token ids of `cargo bench -- train`."""
    return [[1000 + i * 97 + t * 31 for t in range(LENGTH)] for i in range(ROWS)]


def bench_binary() -> Path:
    """The bench binary, built now."""
    command = ["cargo", "bench", "--bench", "main", "--no-run", "--message-format=json"]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY).stdout
    messages = [json.loads(line) for line in out.splitlines()]
    (path,) = [m["executable"] for m in messages if m.get("executable") and m["target"]["kind"] == ["bench"]]
    return Path(path)


def processor() -> str:
    """The machine in words."""
    cpu = machine.cpu()
    features = " ".join(cpu["features"])
    return f"{cpu['name']}, family {cpu['family']} model {cpu['model']}, {cpu['cores']} cores, {features}"


class Contestant:
    """A process that says "ready" and then answers a line by a line."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
        )
        if (line := self._line()) != "ready":
            sys.exit(f"{command[0]} said {line!r} in place of 'ready'")

    def _line(self) -> str:
        return self.process.stdout.readline().strip() if self.process.stdout else ""

    def ask(self, request: str) -> dict[str, float]:
        """The answer to one line."""
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        return json.loads(self._line())

    def close(self) -> None:
        """Ends the process: it stops at the end of its input."""
        self.process.stdin.close()
        self.process.wait()


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", type=Path, default=REPOSITORY / "target/peers-venv/bin/python")
    parser.add_argument("--model", type=Path, default=REPOSITORY / "models/default")
    parser.add_argument("--threads", type=int, default=machine.cores())
    parser.add_argument("--rounds", type=int, default=15)
    today = datetime.date.today().isoformat()
    parser.add_argument("--out", type=Path, default=REPOSITORY / f"benches/records/training-{today}.md")
    arguments = parser.parse_args()
    threads = str(arguments.threads)
    worker = [str(arguments.python.absolute()), str(HERE / "train_worker.py"), "--model", str(arguments.model)]
    worker += ["--threads", threads, "--batch", json.dumps(batch()), "--precision"]
    commands = {
        "nuansa f32": [str(bench_binary()), "training-paced", threads, str(arguments.model.absolute())],
        "PyTorch f32": [*worker, "f32"],
        "PyTorch bf16 (autocast)": [*worker, "bf16"],
    }
    with contextlib.ExitStack() as stack:
        all_ = {}
        for name, command in commands.items():
            all_[name] = Contestant(command)
            stack.callback(all_[name].close)
        names = list(all_)
        losses = {name: one.ask("loss")["loss"] for name, one in all_.items()}
        for name in names[1:]:
            near = NEAR["bf16" if "bf16" in name else "f32"]
            if abs(losses[name] - losses[names[0]]) > near:
                sys.exit(f"{name} has the loss {losses[name]:.6f}, nuansa {losses[names[0]]:.6f}: not the same model")
        peaks = {}

        def one_pass(name: str) -> float:
            answer = all_[name].ask("step")
            peaks[name] = answer["peak_mb"]
            return answer["sentences"] / answer["seconds"]

        rates = timing.rounds(names, arguments.rounds, one_pass)
    lines = [
        f"# The training step, {today}",
        "",
        "Written by `benches/peers/train.py`.",
        f"One step of full fine-tuning over {ROWS} sentences of {LENGTH} tokens, word embeddings frozen, "
        f"{threads} threads, {arguments.rounds} interleaved rounds; {processor()}.",
        "",
        "| | sentences/s: median (least–most) | nuansa is so many times as fast (95 %) | first loss | peak MB |",
        "| --- | --- | --- | ---: | ---: |",
    ]
    for name in names:
        ratio = ""
        if name != names[0]:
            values = timing.ratios(rates[names[0]], rates[name])
            low, high = timing.interval(values)
            ratio = f"{median(values):.2f} ({low:.2f}–{high:.2f})"
        r = rates[name]
        rate = f"**{median(r):.1f}** ({min(r):.1f}–{max(r):.1f})"
        lines.append(f"| {name} | {rate} | {ratio} | {losses[name]:.6f} | {peaks[name]:.0f} |")
    text = "\n".join(lines) + "\n"
    arguments.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

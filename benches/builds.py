"""Times several builds of nuansa in turns on the same token ids, so that a slow spell of the machine falls on all.

    python3 benches/builds.py IDS NAME=PROGRAM[:ARGUMENT…]... [--rounds 11] [--threads 2]

IDS is what `nuansa bench --write-ids` writes. Arguments after a colon go to `nuansa bench`, as in
`small=target/release/nuansa:--batch-tokens:96`. Ratios are to the first build, round by round: median and quartiles.
Standard library only.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess


class Build:
    """One program that waits for its turn."""

    def __init__(self, spec: str, ids: str, threads: int) -> None:
        self.name, _, rest = spec.partition("=")
        program, *extra = rest.split(":")
        command = [program, "bench", "--token-ids", ids, "--threads", str(threads), "--paced", *extra]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.child.stdout.readline().strip() != "ready":
            raise SystemExit(f"{self.name}: {program} did not start")
        self.rates: list[float] = []

    def turn(self) -> None:
        """One pass over all sentences."""
        self.child.stdin.write("go\n")
        self.child.stdin.flush()
        told = json.loads(self.child.stdout.readline())
        self.rates.append(told["sentences"] / told["seconds"])


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ids")
    parser.add_argument("builds", nargs="+", metavar="NAME=PROGRAM")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    builds = [Build(spec, args.ids, args.threads) for spec in args.builds]
    for _ in range(args.rounds):
        for build in random.sample(builds, len(builds)):
            build.turn()
    print("| build | sentences/s | against the first |\n| --- | ---: | ---: |")
    for build in builds:
        low, middle, high = statistics.quantiles(
            [a / b for a, b in zip(build.rates, builds[0].rates, strict=True)], n=4
        )
        rate = statistics.median(build.rates)
        print(f"| {build.name} | {rate:.0f} | {middle:.3f} ({low:.3f}–{high:.3f}) |")
        build.child.stdin.close()


if __name__ == "__main__":
    main()

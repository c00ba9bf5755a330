"""One peer in a process of its own, which answers the protocol of `nuansa bench --paced`.

It finds its settings, passes once over all sentences and prints the line "ready". After that every line on its
standard input is answered by one line: "logits" by the logits in input order, "settings" by the settings and the
trial's rate, anything else by a timed pass. Between lines it sleeps.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import sentences as s


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--form", type=Path, default=Path())
    parser.add_argument("--token-ids", type=Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--settings", type=json.loads, help="JSON; without it they are searched for")
    arguments = parser.parse_args()

    # Libraries print as they like; the answers keep standard output for themselves.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(line: str) -> None:
        answers.write(line + "\n")
        answers.flush()

    try:
        from peers import peer
        from tune import Pass, best_settings

        one = peer(arguments.peer, arguments.model, arguments.form, arguments.threads)
        sentences = s.read(arguments.token_ids)
        settings, rate = arguments.settings, None
        if settings is None:
            settings, rate = best_settings(one, sentences, lambda text: print(text, file=sys.stderr, flush=True))
        full = Pass(one.open(settings), sentences, settings["batch"], one.by_length)
    except ImportError as error:
        raise SystemExit(f"{error}; `python3 benches/peers/run.py --setup` installs the peers") from error
    counts = {"sentences": len(sentences), "tokens": s.tokens(sentences)}
    _, logits = full.run()
    answer("ready")
    for line in sys.stdin:
        request = line.strip()
        if request == "settings":
            answer(json.dumps({"settings": settings, "by_length": one.by_length, "trial_rate": rate}))
        elif request == "logits":
            answer(json.dumps({"logits": logits.astype(float).tolist()}))
        else:
            seconds, logits = full.run()
            answer(json.dumps({"seconds": seconds, **counts}))
    full.close()


if __name__ == "__main__":
    main()

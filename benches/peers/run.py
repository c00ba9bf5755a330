"""Times nuansa and its peers on the same token ids, interleaved, and writes the table (see README.md).

Needs Python 3.11 or later and nothing else: the peers run in the environment that `--setup` makes.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import subprocess
import sys
import venv
from contextlib import ExitStack
from pathlib import Path

import accuracy
import machine
import sentences as s
import table
import timing
from contestant import Contestant, Failed
from roster import ONE, OURS, PEERS, Entry, chosen

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
TARGET = REPOSITORY / "target"
VENV, WORK = TARGET / "peers-venv", TARGET / "peers"
REQUIREMENTS = HERE / "requirements.txt"
REFERENCE = {"layout": ONE, "batch": 8}


def absolute(path: str) -> Path:
    """Without following links: a virtual environment's Python is one."""
    return Path(path).absolute()


def arguments() -> argparse.Namespace:
    """From the command line."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument(
        "--setup", action="store_true", help=f"install the peers into {VENV.relative_to(REPOSITORY)} and end"
    )
    p.add_argument(
        "--python",
        type=absolute,
        default=VENV / "bin" / "python",
        help="Python with the peers [default: that of --setup]",
    )
    p.add_argument(
        "--nuansa",
        type=absolute,
        default=os.environ.get("NUANSA_BIN", TARGET / "release" / "nuansa"),
        help="our program; NUANSA_BIN names it too [default: target/release/nuansa]",
    )
    p.add_argument(
        "--model", type=absolute, default=REPOSITORY / "models" / "default", help="a bundle [default: models/default]"
    )
    p.add_argument(
        "--articles",
        type=absolute,
        default=REPOSITORY / "examples" / "articles",
        help="for the check [default: examples/articles]",
    )
    p.add_argument("--ids", type=absolute, help="token ids [default: nuansa writes those of --text]")
    p.add_argument(
        "--text",
        type=absolute,
        default=REPOSITORY / "benches" / "data",
        help="sentences, one a line, for runs without --ids [default: benches/data]",
    )
    p.add_argument("--limit", type=int, default=0, help="so many sentences, spread over the lengths [default: all]")
    p.add_argument("--slow-subset", type=int, default=400, help="sentences for the slow; 0: all [default: 400]")
    p.add_argument("--peers", default="all", help=f"{', '.join(e.name for e in PEERS)}; all; none")
    p.add_argument("--ours", default="all", help=f"{', '.join(e.name for e in OURS)}; all; none")
    p.add_argument("--threads", type=int, default=machine.cores(), help="of every contestant [default: all cores]")
    p.add_argument("--rounds", type=int, default=11, help="[default: %(default)s]")
    p.add_argument("--settings", type=json.loads, default={}, help='JSON, {"PEER": {...}}: no search for these')
    for precision in ("int8", "f32", "bf16"):
        p.add_argument(f"--peak-{precision}", type=float, help="10^9 operations/s [default: nuansa measures it]")
    p.add_argument("--skip-check", action="store_true", help="don't compare PyTorch with `nuansa score` first")
    p.add_argument("--date", default=datetime.date.today().isoformat(), help="of the record [default: today]")
    p.add_argument(
        "--out", type=absolute, help="Markdown file [default: benches/records/peers-DATE.md]; JSON beside it"
    )
    return p.parse_args()


def say(text: str) -> None:
    """Progress, apart from the table."""
    print(text, file=sys.stderr, flush=True)


def setup() -> None:
    """The environment of the peers."""
    say(f"installing {REQUIREMENTS.name} into {VENV}; PyTorch alone is large")
    venv.create(VENV, with_pip=True)
    subprocess.run([VENV / "bin" / "pip", "install", "--disable-pip-version-check", "-r", REQUIREMENTS], check=True)


def step(command: list[object]) -> None:
    """Runs a program; its output goes to standard error."""
    if subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode != 0:
        raise SystemExit(f"stopped at `{' '.join(map(str, command[:3]))} ...`, see above")


def short(path: Path) -> str:
    """As seen from the repository; of a file elsewhere its name."""
    return str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else path.name


def token_ids(a: argparse.Namespace) -> tuple[s.Sentences, str]:
    """The sentences of this run, and where they are from."""
    path, origin = a.ids, ""
    if path is None:
        path, origin = WORK / "ids.jsonl", f"`nuansa bench --write-ids` over {short(a.text)}"
        WORK.mkdir(parents=True, exist_ok=True)
        texts = sorted(a.text.glob("*.txt")) if a.text.is_dir() else [a.text]
        sources = [part for text in texts for part in ("--sentences", text)]
        step([a.nuansa, "bench", "--write-ids", path, "--model", a.model, *sources])
    found = s.read(path)
    return [found[i] for i in s.spread(found, a.limit)], origin or short(path)


class Run:
    """One run: the same model, the same sentences, the same number of threads for all."""

    def __init__(self, a: argparse.Namespace) -> None:
        self.a = a
        self.all, self.origin = token_ids(a)
        self.config = json.loads((a.model / "config.json").read_text(encoding="utf-8"))
        kept = s.spread(self.all, a.slow_subset)
        self.kept = {False: list(range(len(self.all))), True: kept}
        self.files = {False: WORK / "all.jsonl", True: WORK / "subset.jsonl"}
        for slow, file in self.files.items():
            s.write(file, self.sentences(slow))
        program = "import sys, bundle, pathlib; print(bundle.fingerprint(pathlib.Path(sys.argv[1])))"
        done = subprocess.run([a.python, "-c", program, a.model], cwd=HERE, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{done.stderr}\n`python3 benches/peers/run.py --setup` installs what is missing")
        self.fingerprint = done.stdout.strip()
        self.forms = WORK / self.fingerprint

    def sentences(self, slow: bool) -> s.Sentences:
        """Of the fast or of the slow contestants."""
        return [self.all[i] for i in self.kept[slow]]

    def command(self, entry: Entry, slow: bool) -> list[object]:
        """Starts a contestant."""
        shared = ["--token-ids", self.files[slow], "--model", self.a.model, "--threads", self.a.threads]
        if entry in OURS:
            return [self.a.nuansa, "bench", *shared, *entry.arguments, "--paced"]
        return [self.a.python, HERE / "worker.py", entry.name, "--form", self.forms / entry.form, *shared]

    def start(self, entry: Entry) -> tuple[Contestant, str]:
        """A contestant in the environment that suits it best, and its settings for a reader."""
        best: tuple[float, Contestant, str] | None = None
        for extra in entry.environments:
            if extra.get("CT2_FORCE_CPU_ISA") == "AVX512" and "avx512f" not in machine.cpu()["features"]:
                continue
            command = self.command(entry, entry.slow)
            if entry.name in self.a.settings:
                command += ["--settings", json.dumps(self.a.settings[entry.name])]
            log = WORK / f"{entry.name}.log"
            one = Contestant(entry.name, list(map(str, command)), self.sentences(entry.slow), log, extra)
            if entry in OURS:
                return one, " ".join(map(str, ("nuansa bench", *entry.arguments, "--threads", self.a.threads)))
            found = one.ask("settings")
            text = ", ".join(f"{key} {value}" for key, value in found["settings"].items())
            text += ", longest first" if found["by_length"] else ", in input order"
            text += "".join(f", {key}={value}" for key, value in extra.items())
            say(f"{entry.name}: {text}")
            rate = found["trial_rate"] or 0.0
            if best is None or rate > best[0]:
                if best is not None:
                    best[1].close()
                best = (rate, one, text)
            else:
                one.close()
        if best is None:
            raise Failed(f"{entry.name}: no environment for this machine")
        return best[1], best[2]

    def reference(self) -> list[list[float]]:
        """PyTorch's f32 logits of all sentences, kept by model and sentences."""
        file = WORK / f"reference-{self.fingerprint}-{s.digest(self.all)}.json"
        if file.is_file():
            return json.loads(file.read_text(encoding="utf-8"))
        say("reference: PyTorch f32 over all sentences")
        entry = Entry("torch-f32", "", "f32")
        command = [*self.command(entry, slow=False), "--settings", json.dumps(REFERENCE)]
        with Contestant("reference", list(map(str, command)), self.all, WORK / "reference.log", {}) as one:
            rows = one.logits()
        file.write_text(json.dumps(rows), encoding="utf-8")
        return rows

    def measure(self, entries: list[Entry]) -> list[table.Row]:
        """Starts all, checks their logits, and times them in turn."""
        reference = self.reference()
        rows: dict[str, table.Row] = {}
        with ExitStack() as stack:
            running: dict[str, Contestant] = {}
            for entry in entries:
                one, settings = self.start(entry)
                running[entry.name] = stack.enter_context(one)
                near = accuracy.nearness(one.logits(), [reference[i] for i in self.kept[entry.slow]])
                say(f"{entry.name}: {near}")
                if fault := near.fault(entry.precision):
                    raise Failed(f"{entry.name}: {fault}")
                own = self.sentences(entry.slow)
                flop = s.flop(own, self.config)
                rows[entry.name] = table.Row(entry, len(own), s.tokens(own), flop, settings, near)

            def one_pass(name: str) -> float:
                rows[name].passes.append(running[name].timed())
                rate = rows[name].rates[-1]
                say(f"  {name}: {rate:.1f} sentences/s")
                return rate

            timing.rounds([entry.name for entry in entries], self.a.rounds, one_pass)
        return list(rows.values())


def peaks(a: argparse.Namespace) -> tuple[dict[str, float], str]:
    """The machine's limits, and where they are from."""
    given = {p: getattr(a, f"peak_{p}") for p in ("int8", "f32", "bf16") if getattr(a, f"peak_{p}")}
    found, origin = given, "given on the command line"
    if len(given) < 3:
        measured = machine.peaks(a.nuansa, a.threads)
        if measured:
            origin = "measured by `nuansa bench --peak`" + (f", {', '.join(given)} given" if given else "")
        found = measured | given
    if "f32" in found and "bf16" not in found and "avx512_bf16" in machine.cpu()["features"]:
        found["bf16"] = 2 * found["f32"]
        origin += "; bf16 taken as twice f32"
    return {p: found[p] for p in ("int8", "bf16", "f32") if p in found}, origin


def facts(run: Run) -> dict[str, str]:
    """What a reader needs to repeat the run."""
    a, cpu = run.a, machine.cpu()
    distinct = len({tuple(ids) for ids in run.all})
    mean = s.tokens(run.all) / len(run.all)
    installed = machine.versions(a.python, REQUIREMENTS)
    own = subprocess.run([a.nuansa, "--version"], capture_output=True, text=True).stdout.strip()
    return {
        "Processor": f"{cpu['name']}, family {cpu['family']} model {cpu['model']}, {cpu['cores']} cores, "
        f"{cpu['system']}; {' '.join(cpu['features'])}",
        "Threads": f"{a.threads} for every contestant; rounds: {a.rounds}, interleaved, another one first in each",
        "Sentences": f"{len(run.all)} ({distinct} distinct), mean {mean:.1f} tokens, from {run.origin}; "
        f"{s.flop(run.all, run.config) / len(run.all) / 1e9:.3f} GFLOP a sentence, padding not counted; "
        f"{len(run.kept[True])} of them with the same length distribution for the slow contestants",
        "Model": f"{short(a.model)}, {run.fingerprint}",
        "Versions": ", ".join([own, *(f"{name} {version}" for name, version in installed.items())]),
    }


def main() -> None:
    """From the command line."""
    a = arguments()
    if a.setup:
        setup()
        return
    for what in ("rounds", "threads"):
        if getattr(a, what) < 1:
            raise SystemExit(f"--{what} is at least 1")
    if not a.python.is_file():
        raise SystemExit(f"{a.python}: no such file; `python3 benches/peers/run.py --setup` installs the peers")
    entries = chosen(a.ours, OURS) + chosen(a.peers, PEERS)
    if not entries:
        raise SystemExit("nobody to time: --ours none and --peers none")
    if not a.nuansa.is_file():
        raise SystemExit(f"{a.nuansa}: no such file; `cargo build --release` makes it, --nuansa names another")
    run = Run(a)
    if not a.skip_check:
        step([a.python, HERE / "check.py", "--nuansa", a.nuansa, "--model", a.model, a.articles])
    forms = dict.fromkeys(entry.form for entry in entries if entry.form)
    if forms:
        step([a.python, HERE / "export.py", "--model", a.model, "--into", run.forms, *forms])
    limits, limits_from = peaks(a)
    rows = run.measure(entries)
    report = table.Report(a.date, a.threads, a.rounds, rows, limits, limits_from, facts(run))
    text = table.markdown(report)
    threads = "" if a.threads == machine.cores() else f"-{a.threads}-threads"
    out = a.out or REPOSITORY / "benches" / "records" / f"peers-{a.date}{threads}.md"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    out.with_suffix(".json").write_text(json.dumps(table.record(report), indent=1) + "\n", encoding="utf-8")
    print(text)
    say(f"written: {out} and {out.with_suffix('.json').name}")


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"{failure}")

"""Kills `nuansa score` at random moments, resumes it each time, and compares its files with those of an unbroken run.

    python3 tests/external/kills.py --kills 50 [--articles 1500] [--seed 1] [--moving 10] [--model DIR]

A run gets SIGKILL after a time drawn from between nothing and what the unbroken run took, goes on with --resume, is
killed again, until it ends; then another begins, until there were as many kills as asked for. --moving adds kills in
the moment when finished files go to their final names. NUANSA_BIN names the program (default target/release/nuansa).
The exit code is 1 where a byte differs. Standard library only; test_kill.py does the same in short.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PARTIAL = ".nuansa-partial"
#: Success, and success with rejects
ENDED = (0, 3)
TIMEOUT_S = 1800

WHO = ["Republik Tirta", "Menteri Sura Wijaya", "Rusia", "NATO", "Jenderal Rimba Hartono", "Amerika Serikat", "Palau"]
DID = [
    "mengancam akan menutup jalur kapal milik {whom} di Selat {place} mulai hari ke-{n}",
    "menolak usul {whom} tentang gencatan senjata {n} hari di sekitar {place}",
    "mengundang {whom} ke perundingan putaran ke-{n} di kota {place}",
    "menuduh {whom} menembakkan {n} peluru ke sebuah desa nelayan dekat {place}",
    "mengirim {n} ton beras dan obat bersama {whom} kepada warga {place}",
    "menarik {n} kendaraan lapis baja dari perbatasan dengan {whom} di {place}",
]
PLACES = ["Kasuari", "Orsk Baru", "Lembayung", "Marenda", "Tanjung Wangi", "Halmera"]


def write_corpus(file: Path, articles: int, seed: int) -> None:
    """Short articles in JSON Lines, most sentences distinct; some repeat, some are empty, some lines are broken."""
    rng = random.Random(seed)
    lines: list[str] = []
    texts = [""]
    for i in range(articles):
        said = []
        for _ in range(rng.randint(1, 9)):
            act = rng.choice(DID).format(whom=rng.choice(WHO), place=rng.choice(PLACES), n=rng.randint(2, 9999))
            said.append(f"{rng.choice(WHO)} {act}.")
        texts.append("" if i % 29 == 28 else texts[-1] if i % 19 == 18 else " ".join(said))
        date = rng.choice(["2031-05-01", "2031-06-17T08:00:00+07:00", "17 Juni 2031", "kemarin"])
        title = {"title": f"Kabar dari {rng.choice(PLACES)}"} if i % 3 == 0 else {}
        lines.append(json.dumps({"id": f"a{i}", "date": date, **title, "text": texts[-1]}))
        if i % 41 == 7:
            lines.append('{"id": "patah", "text": "Kapal itu')
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def data_files(folder: Path) -> dict[str, bytes]:
    """Every file under a final name but the run record."""
    names = [path for path in folder.iterdir() if path.is_file() and path.name != "run.json"] if folder.is_dir() else []
    return {path.name: path.read_bytes() for path in sorted(names)}


@dataclass
class Job:
    """One command line, to be run into several folders."""

    program: Path
    source: Path
    options: tuple[str, ...] = ()

    def command(self, out: Path, *more: str) -> list[str]:
        """The command line."""
        return [str(self.program), "score", str(self.source), "--out", str(out), *self.options, *more]

    def run(self, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
        """To its end; messages are in English."""
        environment = {**os.environ, "LC_ALL": "C"}
        return subprocess.run(
            self.command(out, *more), capture_output=True, text=True, timeout=TIMEOUT_S, env=environment
        )

    def killed(self, out: Path, after: float) -> bool:
        """Killed after so many seconds, unless it ends before."""
        child = subprocess.Popen(self.command(out, "--resume", "--quiet"), stdout=subprocess.DEVNULL)
        try:
            assert child.wait(timeout=after) in ENDED
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait() not in ENDED
        return False

    def killed_while_moving(self, out: Path) -> bool:
        """Killed as soon as the first file may stand under its final name."""
        child = subprocess.Popen(self.command(out, "--resume", "--quiet"), stdout=subprocess.DEVNULL)
        moving = str(out / PARTIAL / "moving")
        while child.poll() is None and not os.path.exists(moving):  # noqa: PTH110 - every microsecond counts
            pass
        child.kill()
        return child.wait() not in ENDED


@dataclass
class Tally:
    """What was done to a job."""

    kills: int = 0
    runs: int = 0
    #: Attempts that went on from a journal
    resumed: int = 0


def check_between(out: Path, whole: dict[str, bytes], name: str) -> None:
    """After a kill: what stands under a final name is whole."""
    for file, content in data_files(out).items():
        assert whole.get(file) == content, f"{name}: {file} stands under its final name and is not whole"


def finish(job: Job, out: Path, whole: dict[str, bytes], name: str) -> bool:
    """Resumed to the end: the same files, byte by byte, and nothing else. Says whether a journal went on."""
    done = job.run(out, "--resume")
    assert done.returncode in ENDED, f"{name}: {done.stderr}"
    found = data_files(out)
    different = sorted(file for file in found.keys() | whole.keys() if found.get(file) != whole.get(file))
    assert not different, f"{name}: {', '.join(different)} not as in the unbroken run"
    assert not (out / PARTIAL).exists(), f"{name}: {PARTIAL} was left"
    return "records were scored before" in done.stderr


def kill_at_random(job: Job, whole: dict[str, bytes], seconds: float, kills: int, seed: int, work: Path) -> Tally:
    """Runs that are killed again and again, until there were `kills`; `seconds` is what an unbroken one takes."""
    rng, tally = random.Random(seed), Tally()
    while tally.kills < kills:
        name = f"run {tally.runs}"
        out = work / f"run-{tally.runs}"
        tally.runs += 1
        alive = True
        while alive and tally.kills < kills:
            journal = (out / PARTIAL / "journal").exists()
            alive = job.killed(out, rng.uniform(0, seconds))
            tally.kills += alive
            tally.resumed += journal
            check_between(out, whole, name)
        tally.resumed += finish(job, out, whole, name)
    return tally


def kill_while_moving(job: Job, whole: dict[str, bytes], times: int, work: Path) -> int:
    """How many of so many kills came while files were moved."""
    hit = 0
    for i in range(times):
        out = work / f"moving-{i}"
        hit += job.killed_while_moving(out)
        check_between(out, whole, out.name)
        finish(job, out, whole, out.name)
    return hit


def main() -> int:
    """The longer run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--moving", type=int, default=10)
    parser.add_argument("--articles", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model")
    args = parser.parse_args()
    program = Path(os.environ.get("NUANSA_BIN", REPOSITORY / "target" / "release" / "nuansa")).resolve()
    options = ("--format", "csv,parquet,jsonl", "--save-text", *(("--model", args.model) if args.model else ()))
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        job = Job(program, work / "in.jsonl", options)
        write_corpus(job.source, args.articles, args.seed)
        begun = time.monotonic()
        done = job.run(work / "whole")
        seconds = time.monotonic() - begun
        if done.returncode not in ENDED:
            print(done.stderr, file=sys.stderr)
            return 1
        whole = data_files(work / "whole")
        print(f"unbroken: {args.articles} articles, {len(whole)} files, {seconds:.1f} s", flush=True)
        try:
            tally = kill_at_random(job, whole, seconds, args.kills, args.seed, work)
            hit = kill_while_moving(job, whole, args.moving, work)
        except AssertionError as fault:
            print(f"DIFFERENT: {fault}")
            return 1
    print(f"{tally.kills} kills in {tally.runs} runs, {tally.resumed} times a journal went on: the same bytes")
    print(f"{hit} of {args.moving} kills came while files were moved: the same bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())

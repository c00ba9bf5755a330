"""Runs that are killed, interrupted, cut off from their reader or out of disk, and runs in shards: the same bytes.

kills.py is the longer form of the first.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import TIMEOUT_S, Score
from kills import (
    ENDED,
    PARTIAL,
    Job,
    check_between,
    data_files,
    finish,
    kill_at_random,
    kill_while_moving,
    write_corpus,
)

ARTICLES = 300
KILLS = 3
SEED = 20310501
CRASH = ("panicked", "RUST_BACKTRACE", "stack backtrace")

Whole = tuple[Job, dict[str, bytes], float]
Shell = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def whole(binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """The job, the files of an unbroken run, and the seconds that it took."""
    folder = tmp_path_factory.mktemp("kill")
    write_corpus(folder / "in.jsonl", ARTICLES, SEED)
    model = os.environ.get("NUANSA_MODEL")
    options = ("--format", "csv,parquet,jsonl", "--save-text", *(("--model", model) if model else ()))
    job = Job(binary, folder / "in.jsonl", options)
    begun = time.monotonic()
    done = job.run(folder / "whole")
    assert done.returncode == 3, done.stderr
    return job, data_files(folder / "whole"), time.monotonic() - begun


@pytest.fixture
def shell() -> Shell:
    """Run a line of Bash in which a failure anywhere in a pipe counts."""

    def run(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", f"set -o pipefail; {line}"],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=TIMEOUT_S,
            env={**os.environ, "LC_ALL": "C"},
        )

    return run


def quoted(job: Job, out: Path, *more: str) -> str:
    """The command line for a shell."""
    return shlex.join(job.command(out, *more))


def assert_no_crash(message: str) -> None:
    """Errors are told, not dumped."""
    assert not [sign for sign in CRASH if sign in message], message


def test_killed_at_random_moments(whole: Whole, tmp_path: Path) -> None:
    """SIGKILL, --resume, and so on until the end."""
    job, files, seconds = whole
    tally = kill_at_random(job, files, seconds, KILLS, SEED, tmp_path)
    assert tally.kills == KILLS


def test_killed_while_files_are_moved(whole: Whole, tmp_path: Path) -> None:
    """Some files have their final names then, each of them whole."""
    job, files, _ = whole
    kill_while_moving(job, files, 2, tmp_path)


def test_shards_merge_to_the_same_bytes(whole: Whole, nuansa: Score, tmp_path: Path) -> None:
    """1/3 to 3/3, one of them killed on its way and resumed."""
    job, files, seconds = whole
    shards = [tmp_path / f"shard-{i}" for i in (1, 2, 3)]
    for i, shard in enumerate(shards, 1):
        part = Job(job.program, job.source, (*job.options, "--shard", f"{i}/3"))
        if i == 2:
            part.killed(shard, seconds / 4)
        done = part.run(shard, "--resume")
        assert done.returncode in ENDED, done.stderr
    done = nuansa("merge", *shards, "--out", tmp_path / "merged")
    assert done.returncode == 3, done.stderr
    assert data_files(tmp_path / "merged") == files


def test_ctrl_c_says_how_to_go_on(whole: Whole, tmp_path: Path) -> None:
    """The printed command, pasted into a shell, ends with the same bytes; nothing stands under a final name before."""
    job, files, seconds = whole
    out = tmp_path / "an out"
    child = subprocess.Popen(job.command(out), stderr=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C"})
    table = out / PARTIAL / "sentences.csv"
    deadline = time.monotonic() + 10 * seconds + 10
    # Its rows are written by 64 KB: once there are some, there is something to keep
    while not (table.exists() and table.stat().st_size) and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    assert child.poll() is None, "the run ended before it could be interrupted"
    child.send_signal(signal.SIGINT)
    _, message = child.communicate(timeout=TIMEOUT_S)
    assert_no_crash(message)
    assert child.returncode == 130, message
    assert "records are scored and kept; go on with:" in message
    assert not data_files(out)
    command = message.strip().splitlines()[-1]
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 3, done.stderr
    assert data_files(out) == files


def test_a_closed_pipe_is_success(whole: Whole, shell: Shell) -> None:
    """`head` has seen enough, and says so by going away."""
    job, files, _ = whole
    score = shlex.join([str(job.program), "score", str(job.source), *job.options])
    done = shell(f"{score} --stdout sentences | head -1")
    assert (done.returncode, done.stdout) == (0, files["sentences.csv"].decode("utf-8").splitlines()[0] + "\n")
    assert_no_crash(done.stderr)
    assert "error" not in done.stderr


def test_a_pipe_that_is_read_to_its_end_has_the_bytes_of_the_file(whole: Whole, tmp_path: Path) -> None:
    """CSV without a folder, JSON Lines beside one; closed early, the folder is written all the same."""
    job, files, _ = whole
    bare = [str(job.program), "score", str(job.source), "--quiet", *job.options]
    done = subprocess.run([*bare, "--stdout", "sentences.csv"], capture_output=True, timeout=TIMEOUT_S)
    assert (done.returncode, done.stdout) == (3, files["sentences.csv"])
    out = tmp_path / "out"
    child = subprocess.Popen(job.command(out, "--quiet", "--stdout", "sentences.jsonl"), stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == files["sentences.jsonl"].splitlines(keepends=True)[0]
    child.stdout.close()
    assert child.wait(timeout=TIMEOUT_S) == 3
    assert data_files(out) == files


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_standard_output_that_is_full_is_named(whole: Whole, shell: Shell, tmp_path: Path) -> None:
    """The folder beside it is not there under final names; the run can go on into it."""
    job, files, _ = whole
    out = tmp_path / "out"
    done = shell(f"{quoted(job, out, '--stdout', 'sentences')} > /dev/full")
    assert done.returncode == 1, done.stderr
    assert "standard output" in done.stderr and "No space left" in done.stderr
    assert_no_crash(done.stderr)
    check_between(out, {}, "full")
    finish(job, out, files, "full")


def test_a_file_that_may_not_grow_is_named_and_the_run_goes_on(whole: Whole, shell: Shell, tmp_path: Path) -> None:
    """RLIMIT_FSIZE without its signal: write(2) fails as on a full disk."""
    job, files, _ = whole
    out = tmp_path / "out"
    done = shell(f"trap '' XFSZ; ulimit -f 100; {quoted(job, out)}")
    assert done.returncode == 1, done.stderr
    assert "writing: " in done.stderr and str(out) in done.stderr and "hint: " in done.stderr
    assert_no_crash(done.stderr)
    check_between(out, {}, "limit")
    finish(job, out, files, "limit")


def test_a_disk_that_is_full_is_named_and_the_run_goes_on(whole: Whole, shell: Shell, tmp_path: Path) -> None:
    """A disk in memory of 256 KB, in a namespace of its own; enlarged, it takes the rest."""
    job, files, _ = whole
    out, kept = tmp_path / "disk", tmp_path / "kept"
    out.mkdir()
    inside = "unshare --user --map-root-user --mount bash -c"
    if shutil.which("unshare") is None or shell(f"{inside} 'mount -t tmpfs tmpfs {out}'").returncode != 0:
        pytest.skip("no right to mount a disk of one's own here; the test before this one stands in for it")
    script = f"""mount -t tmpfs -o size=256k tmpfs {out}
        {quoted(job, out)}; echo $?
        ls {out}
        mount -o remount,size=64m {out}
        {quoted(job, out, "--resume", "--quiet")}; echo $?
        cp -r {out} {kept}"""
    done = shell(f"{inside} {shlex.quote(script)}")
    assert done.stdout.split() == ["1", "3"], done.stderr
    assert "no space left" in done.stderr and str(out) in done.stderr
    assert_no_crash(done.stderr)
    assert data_files(kept) == files

"""The protocol, spoken with small programs in place of nuansa and its peers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import contestant
from contestant import Contestant, Failed

GOOD = """
import sys, time
print("ready", flush=True)
for line in sys.stdin:
    if line == "logits\\n":
        print('{"logits": [[1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1]]}', flush=True)
    else:
        time.sleep(0.02)
        print('{"seconds": 0.02, "sentences": 2, "tokens": 5}', flush=True)
"""
SENTENCES = [[0, 5, 2], [0, 2]]

Start = Callable[[str], Contestant]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """A contestant that runs the given program."""
    monkeypatch.setattr(contestant, "SETTLE_S", 0.0)
    return lambda program: Contestant("it", [sys.executable, "-c", program], SENTENCES, tmp_path / "log", {})


def test_a_contestant_passes_gives_its_logits_and_ends(start: Start) -> None:
    """By the clock of its own, which a clock around it bounds."""
    with start(GOOD) as it:
        assert it.timed().seconds == 0.02
        assert it.logits()[1][0] == 6
    assert it.process.returncode == 0


def test_one_that_does_not_start_says_why(start: Start) -> None:
    """By the end of what it wrote to standard error."""
    with pytest.raises(Failed, match="no such option"):
        start("import sys; sys.exit('no such option')")
    with pytest.raises(Failed, match="'hello' in place of"):
        start("print('hello')")


def test_a_pass_over_other_sentences_or_at_an_impossible_speed_is_refused(start: Start) -> None:
    """As is an answer that is no JSON, and an end in the middle."""
    for old, new, cause in (
        ('"tokens": 5', '"tokens": 4', "in place of"),
        ('"seconds": 0.02', '"seconds": 7', "exchange"),
        ('"seconds": 0.02', '"seconds": 0', "exchange"),
        ('\'{"seconds"', "'{seconds", "answered"),
        ("time.sleep(0.02)", "sys.exit('out of memory')", "out of memory"),
    ):
        assert old in GOOD
        with start(GOOD.replace(old, new)) as it, pytest.raises(Failed, match=cause):
            it.timed()


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the contestant's name."""
    with pytest.raises(Failed, match="it: .*nothing-here"):
        Contestant("it", [tmp_path / "nothing-here"], SENTENCES, tmp_path / "log", {})

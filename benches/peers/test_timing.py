"""The parts that need no peer: rounds, intervals, arithmetic, nearness, and the table."""

from __future__ import annotations

from math import isnan, nan
from pathlib import Path
from statistics import median

import pytest

import accuracy
import sentences as s
import table
import timing
from contestant import Timed
from roster import OURS, PEERS, Entry, chosen

CONFIG = {"hidden_size": 384, "intermediate_size": 1536, "num_hidden_layers": 12}


def test_every_contestant_begins_a_round_and_passes_once_in_each() -> None:
    """With as many rounds as contestants."""
    calls: list[str] = []

    def one_pass(name: str) -> float:
        calls.append(name)
        return float(len(calls))

    rates = timing.rounds(["a", "b", "c"], 3, one_pass)
    assert "".join(calls) == "abcbcacab"
    assert rates == {"a": [1, 6, 8], "b": [2, 4, 9], "c": [3, 5, 7]}


def test_a_slow_spell_of_the_machine_leaves_the_ratio_alone() -> None:
    """Both halve in the second round."""
    assert timing.ratios([300, 150, 300], [200, 100, 200]) == [1.5, 1.5, 1.5]


def test_an_interval_holds_the_median_repeats_and_narrows_with_rounds() -> None:
    """And has no width where nothing varies."""
    few = [1.4, 1.5, 1.6, 1.45, 1.55]
    low, high = timing.interval(few)
    assert min(few) <= low < median(few) < high <= max(few)
    assert timing.interval(few) == (low, high)
    wide = timing.interval(few * 12)
    assert wide[1] - wide[0] < high - low
    assert timing.interval([2.0] * 9) == (2.0, 2.0)
    assert timing.interval([2.0]) == (2.0, 2.0)


def test_quantiles_lie_between_neighbours() -> None:
    """Ends included."""
    assert [timing.quantile([0, 10, 20], q) for q in (0, 0.25, 0.5, 1)] == [0, 5, 10, 20]


def test_a_sentence_of_33_tokens_asks_for_1_42_gflop() -> None:
    """Twelve layers of 384 with a feed-forward part of 1536."""
    assert s.flop([[7] * 33], CONFIG) == 12 * (8 * 33 * 384**2 + 4 * 33 * 384 * 1536 + 4 * 33**2 * 384) + 4608
    assert s.flop([[7] * 33, [7] * 5], CONFIG) == s.flop([[7] * 33], CONFIG) + s.flop([[7] * 5], CONFIG)


def test_a_subset_keeps_the_lengths_and_the_order() -> None:
    """Of 1,000 sentences of 1 to 100 tokens."""
    sentences = [[i] * (1 + i * 37 % 100) for i in range(1000)]
    kept = s.spread(sentences, 50)
    assert kept == sorted(set(kept)) and len(kept) == 50
    assert s.tokens([sentences[i] for i in kept]) / 50 == pytest.approx(s.tokens(sentences) / 1000, rel=0.02)
    assert s.spread(sentences, 0) == s.spread(sentences, 5000) == list(range(1000))


def test_batches_hold_every_sentence_once() -> None:
    """Longest first, equal ones and unsorted ones in input order."""
    sentences = [[1] * n for n in (3, 9, 3, 5)]
    assert s.batches(sentences, 3, by_length=True) == [[1, 3, 0], [2]]
    assert s.batches(sentences, 3, by_length=False) == [[0, 1, 2], [3]]


def test_token_ids_come_back_and_a_fault_names_its_line(tmp_path: Path) -> None:
    """What is no list of ids, no sentence, or too long."""
    file = tmp_path / "ids.jsonl"
    s.write(file, [[0, 5, 2], [0, 2]])
    assert s.read(file) == [[0, 5, 2], [0, 2]]
    for line in ("", "[0, 2]", '{"ids": [0, -1]}', '{"ids": [0, true]}', '{"ids": []}', '{"id": [0]}'):
        file.write_text('{"ids": [0, 2]}\n' + line + "\n", encoding="utf-8")
        with pytest.raises(SystemExit, match="line 2"):
            s.read(file)
    s.write(file, [[0] * 513])
    with pytest.raises(SystemExit, match="513 tokens"):
        s.read(file)


def test_equal_logits_are_near_and_swapped_sentences_are_not() -> None:
    """The wrong order is a fault at every precision."""
    rows = [[float((i * 7 + j * 5) % 11) - 5 for j in range(6)] for i in range(12)]
    same = accuracy.nearness(rows, rows)
    assert (same.correlation, same.stance, same.tone, same.apart) == (pytest.approx(1), 1, 1, 0)
    swapped = accuracy.nearness(rows[1:] + rows[:1], rows)
    assert swapped.stance < 1
    for precision in ("f32", "bf16", "int8"):
        assert same.fault(precision) == ""
        assert swapped.fault(precision) != ""


def test_a_logit_that_is_no_number_is_a_fault_wherever_it_stands() -> None:
    """First or last."""
    rows = [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2.0, 1.0, 0.0, 1.0, 2.0, 0.5]]
    for i, j in ((0, 0), (1, 5)):
        broken = [list(row) for row in rows]
        broken[i][j] = nan
        near = accuracy.nearness(broken, rows)
        assert isnan(near.apart) and "finite" in near.fault("int8")


def test_an_unknown_contestant_is_named_with_those_there_are() -> None:
    """And lists keep their order without repeats."""
    assert [e.name for e in chosen("ct2-int8,ort-int8,ct2-int8", PEERS)] == ["ct2-int8", "ort-int8"]
    assert chosen("none", OURS) == [] and chosen("all", OURS) == list(OURS)
    with pytest.raises(SystemExit, match="ort-int9.*ct2-int8"):
        chosen("ort-int9", PEERS)


def row(entry: Entry, seconds: list[float], cores: float = 2.0, others: float = 0.0) -> table.Row:
    """Of 100 sentences."""
    near = accuracy.Nearness(100, 0.999, 0.998, 1.0, 0.99, 0.01)
    passes = [Timed(one, cores, others) for one in seconds]
    return table.Row(entry, 100, 3300, 142 * 10**9, "settings", near, passes)


def report(*rows: table.Row) -> table.Report:
    """With two threads."""
    return table.Report("2026-01-31", 2, 3, list(rows), {"int8": 940.0}, "given", {"Model": "m"})


def test_the_table_says_how_many_times_as_fast_ours_is() -> None:
    """Beside the best of the peers that were timed on all sentences."""
    ours, slow_peer = row(OURS[0], [0.2, 0.2, 0.4]), row(PEERS[4], [0.1, 0.1, 0.1])
    peer = row(PEERS[0], [0.3, 0.3, 0.6])
    whole = report(ours, peer, slow_peer)
    best = whole.best_peer()
    assert best is peer
    assert whole.ratio(peer) == pytest.approx((1.5, 1.5, 1.5))
    text = table.markdown(whole)
    assert "**1.50 (1.50–1.50) times**" in text and "Beware" not in text
    line = next(line for line in text.splitlines() if line.startswith("| **nuansa** int8"))
    assert "**500** (250–500)" in line and "| 76 % |" in line and "| 16500 |" in line
    record = table.record(whole)
    assert record["best_peer"] == PEERS[0].name and record["contestants"][0]["nuansa_int8_times"] is None


def test_a_table_without_ours_or_without_limits_still_stands() -> None:
    """Nothing is compared then."""
    whole = report(row(PEERS[4], [0.3, 0.3, 0.3]))
    assert "times**" not in table.markdown(whole)
    assert table.record(whole)["contestants"][0]["share_of_limit"] is None


def test_a_busy_machine_is_said() -> None:
    """Too few cores for a contestant, or other processes at work."""
    busy = table.markdown(report(row(OURS[0], [0.2] * 3, cores=1.0, others=0.9)))
    assert "nuansa-int8 1.00" in busy and "other processes took 0.90 cores" in busy

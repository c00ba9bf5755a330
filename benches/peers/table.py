"""The record of a run: a Markdown table with every setting below it, and the same as JSON. Standard library only."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

import timing
from accuracy import Nearness
from contestant import Timed
from roster import Entry

LEAST_CORES_SHARE = 0.9
MOST_OTHERS = 0.05


@dataclass
class Row:
    """What was measured of one contestant."""

    entry: Entry
    sentences: int
    tokens: int
    flop: int
    settings: str
    nearness: Nearness
    passes: list[Timed] = field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        """Sentences a second, round by round."""
        return [self.sentences / one.seconds for one in self.passes]

    @property
    def rate(self) -> float:
        """Their median."""
        return median(self.rates)

    def share(self, peaks: dict[str, float]) -> float | None:
        """Of the machine's limit at its precision, which `peaks` gives in billions of operations a second."""
        peak = peaks.get(self.entry.precision)
        return self.rate * self.flop / self.sentences / (peak * 1e9) if peak else None


@dataclass
class Report:
    """Everything that is written down."""

    date: str
    threads: int
    rounds: int
    rows: list[Row]
    peaks: dict[str, float]
    peaks_from: str
    facts: dict[str, str]
    """What else a reader needs to repeat the run, by name"""

    def ours(self) -> Row | None:
        """The contestant that all others are compared with."""
        return next((row for row in self.rows if row.entry.name == "nuansa-int8"), None)

    def best_peer(self) -> Row | None:
        """The peer with the highest median, among those timed on all sentences where there are any."""
        peers = [row for row in self.rows if not row.entry.name.startswith("nuansa")]
        full = [row for row in peers if not row.entry.slow]
        return max(full or peers, key=lambda row: row.rate, default=None)

    def ratio(self, row: Row) -> tuple[float, float, float] | None:
        """How many times as fast ours is: the median of the rounds' ratios, and its 95 % interval."""
        ours = self.ours()
        if ours is None or row is ours:
            return None
        values = timing.ratios(ours.rates, row.rates)
        return median(values), *timing.interval(values)


def ratio_text(ratio: tuple[float, float, float] | None) -> str:
    """`1.52 (1.49–1.55)`."""
    return "" if ratio is None else f"{ratio[0]:.2f} ({ratio[1]:.2f}–{ratio[2]:.2f})"


def headline(report: Report) -> str:
    """One sentence: ours beside the best peer."""
    ours, best = report.ours(), report.best_peer()
    if ours is None or best is None:
        return ""
    return (
        f"nuansa int8 encodes {ours.rate:.0f} sentences/s, the best peer ({best.entry.title}) {best.rate:.0f}: "
        f"**{ratio_text(report.ratio(best))} times** as many (median of {report.rounds} interleaved rounds, "
        "95 % interval of the median)."
    )


def cells(report: Report, row: Row) -> list[str]:
    """Of one line of the table."""
    rates, near = row.rates, row.nearness
    share = row.share(report.peaks)
    return [
        row.entry.title,
        f"**{row.rate:.0f}** ({min(rates):.0f}–{max(rates):.0f})",
        f"{row.rate * row.tokens / row.sentences:.0f}",
        "" if share is None else f"{100 * share:.0f} %",
        ratio_text(report.ratio(row)),
        f"{near.correlation:.5f} ({near.lowest:.5f})",
        f"{100 * near.stance:.1f} / {100 * near.tone:.1f} %",
        f"{near.apart:.2g}",
    ]


HEADER = (
    "same model, same token ids",
    "sentences/s: median (least–most)",
    "tokens/s",
    "share of the limit at its precision",
    "nuansa int8 is so many times as fast (95 %)",
    "logits against PyTorch f32: correlation (lowest column)",
    "same stance / tone label",
    "largest difference of a logit",
)


def warnings(report: Report) -> list[str]:
    """What makes the numbers less than they seem."""
    found = []
    short = {row.entry.name: median(one.cores for one in row.passes) for row in report.rows}
    short = {name: got for name, got in short.items() if 0 < got < LEAST_CORES_SHARE * report.threads}
    if short:
        listed = ", ".join(f"{name} {got:.2f}" for name, got in short.items())
        found.append(f"of {report.threads} core(s) these had less than {100 * LEAST_CORES_SHARE:.0f} %: {listed}")
    others = median(one.others for row in report.rows for one in row.passes)
    if others > MOST_OTHERS * report.threads:
        found.append(f"other processes took {others:.2f} cores meanwhile: repeat the run on an idle machine")
    return found


def markdown(report: Report) -> str:
    """The whole record."""
    rows = sorted(report.rows, key=lambda row: -row.rate)
    lines = [f"# Peers, {report.date}", "", "Written by `benches/peers/run.py`.", ""]
    if headline(report):
        lines += [headline(report), ""]
    lines += ["| " + " | ".join(HEADER) + " |", "| " + " | ".join("---" for _ in HEADER) + " |"]
    lines += ["| " + " | ".join(cells(report, row)) + " |" for row in rows]
    peaks = ", ".join(f"{name} {value:.0f}" for name, value in report.peaks.items())
    facts = report.facts | {"Limits, 10^9 operations/s": f"{peaks} ({report.peaks_from})" if peaks else "not measured"}
    lines += ["", *(f"- {name}: {text}" for name, text in facts.items()), ""]
    lines += [f"- **Beware**: {text}" for text in warnings(report)] + ([""] if warnings(report) else [])
    lines += ["Settings, and the cores that each had:", ""]
    for row in rows:
        got = median(one.cores for one in row.passes)
        lines.append(f"- `{row.entry.name}`: {row.settings}; {row.sentences} sentences; {got:.2f} cores")
    return "\n".join(lines) + "\n"


def record(report: Report) -> dict[str, Any]:
    """The same for JSON, with every pass."""
    best = report.best_peer()
    contestants = []
    for row in report.rows:
        ratio = report.ratio(row)
        contestants.append(
            {
                "name": row.entry.name,
                "title": row.entry.title.replace("*", ""),
                "precision": row.entry.precision,
                "settings": row.settings,
                "sentences": row.sentences,
                "tokens": row.tokens,
                "flop": row.flop,
                "sentences_per_s": row.rate,
                "share_of_limit": row.share(report.peaks),
                "nuansa_int8_times": None
                if ratio is None
                else {"median": ratio[0], "low_95": ratio[1], "high_95": ratio[2]},
                "logits": row.nearness.record(),
                "passes": [asdict(one) for one in row.passes],
            }
        )
    return {
        "date": report.date,
        "threads": report.threads,
        "rounds": report.rounds,
        "best_peer": best.entry.name if best else None,
        "limits_gops": report.peaks,
        "limits_from": report.peaks_from,
        "facts": report.facts,
        "warnings": warnings(report),
        "contestants": contestants,
    }

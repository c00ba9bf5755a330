"""The program's tables of measures against those of `recompute`, in every cell."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conftest import Score, need, read_table

need("pandas")
need("scipy.stats")

import recompute as again  # noqa: E402 - needs them

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 2e-6

LIST = """
[[actor]]
id = "arunika"
type = "state"
name = "Arunika"
aliases.any = ["Arunika"]
[[actor]]
id = "benara"
type = "state"
name = "Benara"
aliases.any = ["Benara"]
[[actor]]
id = "kementerian"
type = "organisation"
name = "Kementerian Arunika"
aliases.any = ["Kementerian Arunika"]
affiliation = "arunika"
[[actor]]
id = "sura"
type = "person"
name = "Sura Tamba"
aliases.any = ["Sura Tamba", "Sura"]
affiliation = "kementerian"
"""
AFFILIATIONS = {"sura": "kementerian", "kementerian": "arunika"}

WIRE = (
    "Sura Tamba mengancam akan menutup selat itu mulai besok. Benara menolak ancaman Arunika dan menyiagakan kapalnya. "
    "Kementerian Arunika belum memberi keterangan. “Kami siap berunding,” kata Benara kepada Sura."
)
RECORDS = [
    {"id": "a", "date": "2030-12-30", "text": WIRE},
    {"id": "b", "date": "2031-01-03T08:00:00+07:00", "text": f"{WIRE} Demikian."},
    {
        "id": "c",
        "date": "2031-01-31",
        "text": "Arunika menyerang pelabuhan Benara. Sura dan Arunika menolak berunding.",
    },
    {"id": "d", "date": "kemarin", "text": "Benara dan Arunika berdamai."},
    {"id": "e", "text": ""},
]
#: Options -> period, whether near duplicates count, affiliations.
RUNS: dict[tuple[str, ...], tuple[str, bool, dict[str, str]]] = {
    (): ("month", True, {}),
    ("--dedup", "--period", "week"): ("week", False, {}),
    ("--roll-up", "--period", "day", "--min-confidence", "0.4"): ("day", True, AFFILIATIONS),
    ("--roll-up", "--dedup"): ("month", False, AFFILIATIONS),
}

Read = Callable[[str], "pd.DataFrame"]
Want = Callable[["pd.DataFrame", "pd.DataFrame", "pd.DataFrame"], "pd.DataFrame"]


def compare(got: pd.DataFrame, want: pd.DataFrame) -> None:
    """The same rows, and in every cell that `want` has the same number, or none in both."""
    got = got.set_index(list(want.index.names))
    assert got.index.is_unique
    assert set(got.index) == set(want.index)
    for column in want.columns.intersection(got.columns):
        for key in want.index:
            one, other = got.loc[key, column], want.loc[key, column]
            assert one == pytest.approx(other, abs=ROUNDING, nan_ok=True), (key, column)


def check(read: Read, period: str, doubles: bool, affiliations: dict[str, str]) -> None:
    """All tables of one folder."""
    sentences, mentions, articles = read("sentences.csv"), read("mentions.csv"), read("articles.csv")
    compare(articles, again.articles(sentences, articles))
    compare(read("actor_articles.csv"), again.actors(sentences, mentions, affiliations, per="article_id"))
    if not doubles:
        articles = articles[articles["duplicate_of"].isna()]
        mentions = mentions[mentions["article_id"].isin(articles["article_id"])]
    compare(read("actors.csv"), again.actors(sentences, mentions, affiliations))
    compare(read("dyads.csv"), again.dyads(sentences, mentions, affiliations))
    compare(read("timeline.csv"), again.timeline(sentences, mentions, articles, period, affiliations))


def test_the_tables_of_the_examples(scores: Path) -> None:
    """Text files and records."""
    check(lambda name: read_table(scores / name), "month", doubles=True, affiliations={})


@pytest.mark.parametrize("options", RUNS, ids=" ".join)
def test_the_tables_of_other_runs(score: Score, tmp_path: Path, options: tuple[str, ...]) -> None:
    """Near duplicates, periods, affiliations, and an article without text."""
    source, actors, out = tmp_path / "in.jsonl", tmp_path / "mine.toml", tmp_path / "out"
    source.write_text("\n".join(json.dumps(record) for record in RECORDS), encoding="utf-8")
    actors.write_text(LIST, encoding="utf-8")
    done = score(source, out, "--actors", actors, *options)
    assert done.returncode == 0, done.stderr
    check(lambda name: read_table(out / name), *RUNS[options])


def test_a_folder_of_ones_own() -> None:
    """`NUANSA_SCORES` names a finished folder, scored without --dedup, --roll-up and --period."""
    folder = os.environ.get("NUANSA_SCORES")
    if not folder:
        pytest.skip("NUANSA_SCORES is not set")
    check(lambda name: read_table(Path(folder) / name), "month", doubles=True, affiliations={})


def test_the_worked_example_of_the_readme() -> None:
    """The reckoning itself, by hand."""
    pandas = need("pandas")
    made = [("a", 0, 0.8), ("a", 1, 0.6), ("a", 2, -0.7), ("b", 0, 0.4), ("c", 0, 0.6)]
    sentences = pandas.DataFrame(made, columns=[*again.AT, "stance_score"])
    sentences = sentences.assign(tone_score=0.0, stance="neutral", status="ok")
    said = ("a", 2)
    named = [(*row[:2], "arunika", "target" if row[:2] == said else "agent") for row in made]
    named += [(*row[:2], "benara", "source" if row[:2] == said else "target") for row in made]
    mentions = pandas.DataFrame(named, columns=[*again.AT, "actor_id", "role"])
    dates = {"a": "2031-05-01", "b": "2031-05-20T08:00:00+07:00", "c": "2031-06-02"}
    articles = pandas.DataFrame(dates.items(), columns=["article_id", "date"])
    dyads = again.dyads(sentences, mentions)
    cells = ["n_articles", "n", "stance_mean", "stance_low", "stance_high"]
    assert list(dyads.loc[("arunika", "benara"), cells]) == pytest.approx([3, 4, 0.6, 0.227379, 0.972621], abs=1e-6)
    assert list(dyads.loc[("benara", "arunika"), cells[:3]]) == pytest.approx([1, 1, -0.7])
    actors = again.actors(sentences, mentions)
    assert list(actors.loc[("arunika", "any"), cells[:3]]) == pytest.approx([3, 5, 0.34])
    periods = again.timeline(sentences, mentions, articles)
    assert list(periods.loc[("2031-05", "all", "any"), cells[:3]]) == pytest.approx([2, 4, 0.275])

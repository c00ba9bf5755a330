"""The numbers: probabilities, labels, and means recomputed from the printed sentences with pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from columns import HEADS, SHARES
from conftest import Table, need

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 2e-6


def scored(table: Table) -> pd.DataFrame:
    """The sentences that count."""
    sentences = table("sentences.csv")
    return sentences[sentences["status"] == "ok"]


@pytest.mark.parametrize("head", HEADS)
def test_probabilities_sum_to_one(table: Table, head: str) -> None:
    """Up to the rounding of three cells."""
    chances = scored(table)[list(HEADS[head][1].values())]
    assert ((chances >= 0) & (chances <= 1)).all(axis=None)
    assert ((chances.sum(axis=1) - 1).abs() <= ROUNDING).all()


@pytest.mark.parametrize("head", HEADS)
def test_the_label_is_the_most_probable_one(table: Table, head: str) -> None:
    """And the score is the first probability minus the second."""
    score, columns = HEADS[head]
    rows = scored(table)
    first, second, _ = columns.values()
    assert ((rows[score] - (rows[first] - rows[second])).abs() <= ROUNDING).all()
    best = rows[list(columns.values())].max(axis=1)
    for label, column in columns.items():
        named = rows[head] == label
        assert (rows.loc[named, column] >= best[named] - 1e-6).all(), label


def test_articles_are_the_means_of_their_sentences(table: Table) -> None:
    """Counts, means, shares and intervals of `articles.csv`."""
    stats = need("scipy.stats")
    rows = scored(table)
    for article in table("articles.csv").itertuples():
        part = rows[rows["article_id"] == article.article_id]
        assert article.n_scored == len(part)
        assert article.n_sentences >= article.n_scored
        assert article.n_attributed == (part["source_actor"].dropna() != "ambiguous").sum()
        assert (article.status == "ok") == (len(part) > 0)
        if part.empty:
            continue
        for share in SHARES:
            want = (part["stance"] == share.removeprefix("share_")).mean()
            assert getattr(article, share) == pytest.approx(want, abs=ROUNDING)
        for head in HEADS:
            mean = part[f"{head}_score"].mean()
            assert getattr(article, f"{head}_mean") == pytest.approx(mean, abs=ROUNDING)
            low, high = getattr(article, f"{head}_low"), getattr(article, f"{head}_high")
            if len(part) < 2:
                assert low != low and high != high, "an interval of one sentence is empty"
                continue
            width = stats.t.ppf(0.975, len(part) - 1) * part[f"{head}_score"].sem()
            assert low == pytest.approx(mean - width, abs=ROUNDING)
            assert high == pytest.approx(mean + width, abs=ROUNDING)


def test_actors_are_the_means_of_the_sentences_they_stand_in(table: Table) -> None:
    """Each sentence once per actor, however often the name stands in it."""
    keys = ["article_id", "sentence_id"]
    mentions = table("mentions.csv")[[*keys, "actor_id"]].drop_duplicates()
    mentions = mentions[mentions["actor_id"] != "ambiguous"]
    joined = mentions.merge(scored(table), on=keys)
    actors = table("actors.csv")
    whole = actors[actors["role_group"] == "any"].set_index("actor_id")
    assert whole.index.is_unique
    assert len(whole) > 3, "the examples name actors"
    assert set(joined["actor_id"]) <= set(whole.index) <= set(mentions["actor_id"])
    for actor, part in mentions.groupby("actor_id"):
        if actor in whole.index:
            assert whole.loc[actor, "n_sentences"] == len(part)
            assert whole.loc[actor, "n_articles"] == part["article_id"].nunique()
    for actor, part in joined.groupby("actor_id"):
        row = whole.loc[actor]
        assert row["n"] == len(part)
        assert row["stance_mean"] == pytest.approx(part["stance_score"].mean(), abs=ROUNDING)
        assert row["tone_mean"] == pytest.approx(part["tone_score"].mean(), abs=ROUNDING)
        assert row[SHARES].sum() == pytest.approx(1, abs=ROUNDING)
        if part["article_id"].nunique() > 1:
            assert row["stance_low"] <= row["stance_mean"] <= row["stance_high"]


def test_actors_per_article_add_up(table: Table) -> None:
    """The `n` of an actor is the sum over its articles."""
    keys = ["actor_id", "role_group"]
    per_article = table("actor_articles.csv")
    assert not per_article.duplicated(["article_id", *keys]).any()
    sums = per_article.groupby(keys)["n"].sum()
    whole = table("actors.csv").set_index(keys)["n"]
    assert sums.sort_index().to_dict() == whole.sort_index().to_dict()

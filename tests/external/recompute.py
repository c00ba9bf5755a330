"""Every table of measures, reckoned a second time with pandas from sentences.csv, mentions.csv and articles.csv.

The README says under "Measures" what is counted. Each function gives a frame with the cells of its table that are
counts, means, interval bounds and shares, indexed by what tells its rows apart. This file stands alone: copy it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t

AT = ["article_id", "sentence_id"]
GROUP = ["actor_id", "role_group"]


def measure(units: pd.DataFrame) -> dict[str, float]:
    """n, means, intervals and shares over sentences that count, one a row."""
    units = units.reset_index(drop=True)
    row: dict[str, float] = {"n": len(units)}
    several = units["article_id"].nunique() > 1
    for head in ("stance", "tone"):
        x = units[f"{head}_score"]
        residuals = (x - x.mean()).groupby(units["article_id"] if several else units.index).sum()
        n_clusters = len(residuals)
        half = np.nan
        if n_clusters > 1:
            se = np.sqrt(n_clusters / (n_clusters - 1) * (residuals**2).sum()) / len(x)
            half = t.ppf(0.975, n_clusters - 1) * se
        row |= {f"{head}_mean": x.mean(), f"{head}_low": x.mean() - half, f"{head}_high": x.mean() + half}
    for label in ("escalation", "deescalation", "neutral"):
        row[f"share_{label}"] = (units["stance"] == label).mean()
    return row


def ok(units: pd.DataFrame) -> pd.DataFrame:
    """Those that count."""
    return units[units["status"] == "ok"]


def frame(rows: list[dict[str, Any]], keys: list[str]) -> pd.DataFrame:
    """Rows with an index."""
    return pd.DataFrame(rows, columns=None if rows else keys).set_index(keys)


def known(mentions: pd.DataFrame, affiliations: dict[str, str]) -> pd.DataFrame:
    """Mentions that count, and for a roll-up those of the affiliations as well: `direct` is the actor itself."""
    mentions = mentions[mentions["actor_id"] != "ambiguous"]
    layers = [mentions.assign(direct=mentions["actor_id"])]
    for _ in affiliations:
        above = layers[-1].assign(actor_id=layers[-1]["actor_id"].map(affiliations)).dropna(subset="actor_id")
        layers.append(above)
    return pd.concat(layers)


def related(one: str, other: str, affiliations: dict[str, str]) -> bool:
    """Whether one belongs to the other."""
    above = {actor: set(known(pd.DataFrame({"actor_id": [actor]}), affiliations)["actor_id"]) for actor in (one, other)}
    return one in above[other] or other in above[one]


def articles(sentences: pd.DataFrame, every: pd.DataFrame) -> pd.DataFrame:
    """articles.csv: `every` names the articles, also those without a sentence."""
    rows = []
    for article in every["article_id"]:
        units = sentences[sentences["article_id"] == article]
        counted = ok(units)
        sources = counted["source_actor"].dropna()
        row = measure(counted)
        row |= {"n_sentences": len(units), "n_scored": row.pop("n"), "n_attributed": (sources != "ambiguous").sum()}
        rows.append({"article_id": article, **row})
    return frame(rows, ["article_id"])


def actors(
    sentences: pd.DataFrame, mentions: pd.DataFrame, affiliations: dict[str, str] | None = None, per: str | None = None
) -> pd.DataFrame:
    """actors.csv; with `per="article_id"` actor_articles.csv, with another column of `sentences` by that column."""
    named = known(mentions, affiliations or {})
    groups = pd.concat([named.assign(role_group="any"), named.assign(role_group=named["role"])])
    units = groups.loc[groups["role_group"] != "mention", [*AT, *GROUP]].drop_duplicates().merge(sentences, on=AT)
    keys = [*([per] if per else []), *GROUP]
    rows = []
    for key, part in units.groupby(keys):
        same = units["actor_id"] == part["actor_id"].iloc[0]
        whole = units[same & (units[per] == key[0])] if per else units[same]
        counts = {"n_articles": whole["article_id"].nunique(), "n_sentences": len(whole[AT].drop_duplicates())}
        rows.append({**dict(zip(keys, key, strict=True)), **counts, **measure(ok(part))})
    return frame(rows, keys)


def dyads(sentences: pd.DataFrame, mentions: pd.DataFrame, affiliations: dict[str, str] | None = None) -> pd.DataFrame:
    """dyads.csv: each agent, in a sentence without one each source, to each target."""
    acting = mentions.loc[mentions["role"] == "agent", AT].drop_duplicates().assign(acting=True)
    named = known(mentions, affiliations or {}).merge(acting, on=AT, how="left")
    doers = named[named["role"] == np.where(named["acting"].notna(), "agent", "source")]
    targets = named[named["role"] == "target"]
    pairs = doers.merge(targets, on=AT, suffixes=("", "_to"))
    ends = zip(pairs["actor_id"], pairs["actor_id_to"], strict=True)
    kin = np.array([related(one, other, affiliations or {}) for one, other in ends], dtype=bool)
    said = (pairs["actor_id"] == pairs["direct"]) & (pairs["actor_id_to"] == pairs["direct_to"])
    pairs = pairs[(pairs["actor_id"] != pairs["actor_id_to"]) & (said | ~kin)]
    pairs = pairs[[*AT, "actor_id", "actor_id_to"]].drop_duplicates().merge(sentences, on=AT)
    rows = [
        {"source_id": one, "target_id": other, "n_articles": part["article_id"].nunique(), **measure(ok(part))}
        for (one, other), part in pairs.groupby(["actor_id", "actor_id_to"])
    ]
    return frame(rows, ["source_id", "target_id"])


def timeline(
    sentences: pd.DataFrame,
    mentions: pd.DataFrame,
    every: pd.DataFrame,
    period: str = "month",
    affiliations: dict[str, str] | None = None,
) -> pd.DataFrame:
    """timeline.csv: the articles of each period, then the actors in them."""
    form = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}[period]
    days = pd.to_datetime(every["date"].astype("str").str.extract(r"^(\d{4}-\d\d-\d\d)")[0], errors="coerce")
    dated = pd.DataFrame({"article_id": every["article_id"], "period": days.dt.strftime(form)}).dropna()
    units = sentences.merge(dated, on="article_id")
    rows = []
    for name, part in dated.groupby("period"):
        counted = ok(units[units["article_id"].isin(part["article_id"])])
        key = {"period": name, "actor_id": "all", "role_group": "any"}
        rows.append({**key, "n_articles": len(part), **measure(counted)})
    of_actors = actors(units, mentions, affiliations, per="period")
    return pd.concat([frame(rows, ["period", *GROUP]), of_actors])

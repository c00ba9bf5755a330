"""Actors and pairs of a folder of scores, with pandas: `python examples/analysis.py scores`."""

import sys

import pandas as pd

folder = sys.argv[1] if len(sys.argv) > 1 else "scores"


def read(name: str) -> pd.DataFrame:
    """A table of the folder: ids are texts, and nothing but an empty cell is missing."""
    ids = {"article_id": str, "actor_id": str, "source_actor": str}
    return pd.read_csv(f"{folder}/{name}.csv", dtype=ids, keep_default_na=False, na_values=[""])


actors, dyads, sentences, mentions = map(read, ["actors", "dyads", "sentences", "mentions"])

print("Actors in five sentences or more, from escalation to de-escalation")
often = actors.query("role_group == 'any' and n >= 5").sort_values("stance_mean", ascending=False)
columns = ["name", "n_articles", "n", "stance_mean", "stance_low", "stance_high", "tone_mean"]
print(often[columns].round(2).to_string(index=False, na_rep=""))

print("\nWho speaks of whom: sentences with a known source, by the actors that they name")
scored = sentences.query("status == 'ok' and source_actor != 'ambiguous'").dropna(subset=["source_actor"])
named = mentions.query("end > start and actor_id != 'ambiguous'")[["article_id", "sentence_id", "actor_id"]]
pairs = scored.merge(named.drop_duplicates(), on=["article_id", "sentence_id"]).query("source_actor != actor_id")
spoken = (
    pairs.groupby(["source_actor", "actor_id"], as_index=False)
    .agg(n_articles=("article_id", "nunique"), n=("stance_score", "size"), stance_mean=("stance_score", "mean"))
    .sort_values(["n", "source_actor", "actor_id"], ascending=[False, True, True])
)
print(spoken.head(10).round(2).to_string(index=False))

# Who does something to whom takes a model that finds targets
if not dyads.empty:
    print("\nWho to whom, from dyads.csv")
    most = dyads.sort_values(["n", "source_id", "target_id"], ascending=[False, True, True]).head(10)
    print(most.round(2).to_string(index=False, na_rep=""))

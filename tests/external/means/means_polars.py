"""Mean stance of actors by role, of articles and of pairs, with Polars and SciPy: means_polars.py SCORES > means.csv"""

import sys

import polars as pl
from scipy.stats import t

AT, GROUP = ["article_id", "sentence_id"], ["table", "id", "other"]
sentences, mentions = (pl.read_parquet(f"{sys.argv[1]}/{name}.parquet") for name in ("sentences", "mentions"))
role, known = pl.col("role"), pl.col("actor_id") != "ambiguous"
does = (role == "agent") | ((role == "source") & ~(role == "agent").any().over(AT))
doers = mentions.filter(does).filter(known).select(*AT, id="actor_id")
targets = mentions.filter(known & (role == "target")).select(*AT, other="actor_id")
named = mentions.filter(known).select(*AT, id="actor_id", other="role")
units = {
    "actors": pl.concat([named.filter(pl.col("other") != "mention"), named.with_columns(other=pl.lit("any"))]),
    "articles": sentences.select(*AT, id="article_id", other=pl.lit("")),
    "dyads": doers.join(targets, on=AT).filter(pl.col("id") != pl.col("other")),
}
every = pl.concat(part.unique().with_columns(table=pl.lit(table)) for table, part in units.items())
every = every.join(sentences.filter(pl.col("status") == "ok").select(*AT, x="stance_score"), on=AT)
# Articles are the clusters; where there is one, its sentences
several = pl.col("article_id").n_unique().over(GROUP) > 1
cluster = pl.when(several).then("article_id").otherwise(pl.col("sentence_id").cast(pl.String))
off = every.with_columns(off=pl.col("x") - pl.col("x").mean().over(GROUP)).group_by(*GROUP, cluster.alias("cluster"))
sums = off.agg(pl.col("off").sum(), pl.col("x").sum(), n=pl.len()).group_by(GROUP)
rows = sums.agg(pl.col("n", "x").sum(), g=pl.len(), s=(pl.col("off") ** 2).sum()).sort(GROUP)
half = t.ppf(0.975, rows["g"] - 1) * (rows["g"] / (rows["g"] - 1) * rows["s"]).sqrt() / rows["n"]
mean = rows["x"] / rows["n"]
rows = rows.select(*GROUP, "n", stance_mean=mean, stance_low=mean - half, stance_high=mean + half)
print(rows.fill_nan(None).write_csv(), end="")

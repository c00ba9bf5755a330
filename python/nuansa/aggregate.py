"""The tables of measures in Spark SQL: what `actors.csv`, `actor_articles.csv`, `dyads.csv` and `timeline.csv` have.

Everything is summed in whole numbers of millionths, from the scores as printed, so that neither the order of rows nor
the number of partitions changes a digit; `finish` makes means and intervals of the sums as the program does. What is
counted stands in the README under "Measures".

All functions take the frame that `nuansa.spark.score` gives: a row an article, its sentences and mentions within it. A
mention finds its sentence by its place, so that nothing is joined: mentions with the scores of their sentence are
shuffled once, to the others of their article, and then sums alone. They may be told

- `without`, the frame of `nuansa.duplicates.find`: the articles in it count no more, as with `--dedup`;
- `roll_up`: an actor's sentences count for its affiliation as well, as with `--roll-up`. Who belongs to whom stands in
  the frame, from the actor list by which it was scored.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ._nuansa import t975
from .duplicates import kept, place

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

HEADS = ("stance", "tone")
LABELS = ("escalation", "deescalation", "neutral")
AMBIGUOUS = "ambiguous"
MILLION = 1_000_000
#: The columns of a measure, in order.
MEANS = [f"{head}_{part}" for head in HEADS for part in ("mean", "low", "high")]
SHARES = [f"share_{label}" for label in LABELS]


def actors(scored: DataFrame, *, without: DataFrame | None = None, roll_up: bool = False) -> DataFrame:
    """`actors.csv`: a row an actor and role group."""
    return ByArticle.of(scored, roll_up=roll_up).actors(without)


def actor_articles(scored: DataFrame, *, roll_up: bool = False) -> DataFrame:
    """`actor_articles.csv`: a row an article, actor and role group, also of an article that repeats another."""
    return ByArticle.of(scored, roll_up=roll_up).actor_articles()


def dyads(scored: DataFrame, *, without: DataFrame | None = None, roll_up: bool = False) -> DataFrame:
    """`dyads.csv`: each agent, in a sentence without one each source, to each target."""
    from pyspark.sql import functions as F

    pairs = _slim(_but(scored, without), []).withColumn("one", F.explode("mentions"))
    # Expressions, because a function of Python cannot name the row it stands in
    acting = F.expr("exists(mentions, m -> m.sentence_id = one.sentence_id and m.role = 'agent')")
    targets = F.expr("filter(mentions, m -> m.sentence_id = one.sentence_id and m.role = 'target')")
    pairs = pairs.where(F.col("one.role") == F.when(acting, "agent").otherwise("source"))
    pairs = pairs.withColumn("other", F.explode(targets)).select(
        "article_id",
        F.col("one.sentence_id").alias("sentence_id"),
        F.col("one.actor_id").alias("source_id"),
        F.col("other.actor_id").alias("target_id"),
        _sentence("one"),
    )
    known = (F.col("source_id") != AMBIGUOUS) & (F.col("target_id") != AMBIGUOUS)
    pairs = pairs.where(known & (F.col("source_id") != F.col("target_id")))
    above = _above(scored, roll_up)
    pairs = (pairs if above is None else _rolled_up(pairs, above)).distinct()
    keys = ["source_id", "target_id"]
    totals = _totals(_sums(pairs, keys), keys)
    return _measures(totals, keys, ["n_articles"], []).select(*keys, "n_articles", "n", *MEANS)


def timeline(
    scored: DataFrame, period: str = "month", *, without: DataFrame | None = None, roll_up: bool = False
) -> DataFrame:
    """`timeline.csv`: every article of a period, then the actors in them; `period` is day, week or month."""
    return ByArticle.of(scored, roll_up=roll_up).timeline(period, without)


@dataclass(frozen=True)
class ByArticle:
    """What `actors`, `actor_articles` and `timeline` are summed from, for who wants them all."""

    scored: DataFrame
    sums: DataFrame
    """A row an article, actor and role group."""
    names: DataFrame
    """A row an actor."""

    @classmethod
    def of(cls, scored: DataFrame, *, roll_up: bool = False) -> ByArticle:
        """From `nuansa.spark.score`'s frame; sums and names are made anew for each table unless this is kept."""
        return cls(scored, _actor_sums(scored, _above(scored, roll_up)), _names(scored))

    def kept(self) -> ByArticle:
        """The same, kept in memory and on disk by Spark once it is made, until `unpersist` is called."""
        return replace(self, sums=kept(self.sums), names=kept(self.names))

    def unpersist(self) -> None:
        """Free what was kept."""
        self.sums.unpersist()
        self.names.unpersist()

    def actors(self, without: DataFrame | None = None) -> DataFrame:
        """`actors.csv`."""
        return self._named(_actors(_but(self.sums, without), []), [])

    def actor_articles(self) -> DataFrame:
        """`actor_articles.csv`."""
        return self._named(_actors(self.sums, ["article_id"]), ["article_id"])

    def timeline(self, period: str = "month", without: DataFrame | None = None) -> DataFrame:
        """`timeline.csv`."""
        from pyspark.sql import functions as F

        if period not in ("day", "week", "month"):
            raise ValueError(f"period={period!r}: must be day, week or month")

        def dated(frame: DataFrame) -> DataFrame:
            """What counts of the articles that have a date."""
            return _but(frame, without).withColumn("period", F.col("periods")[period]).where("period is not null")

        every = _slim(dated(self.scored), ["period"])
        # An article without a sentence counts among the articles
        every = every.select("period", "article_id", F.explode_outer("sentences").alias("s"))
        every = _measures(_totals(_sums(every, ["period"]), ["period"]), ["period"], ["n_articles"], [])
        every = every.withColumn("actor_id", F.lit("all")).withColumn("role_group", F.lit("any"))
        columns = ["period", "actor_id", "role_group", "n_articles", "n", *MEANS]
        return every.select(*columns).unionByName(_actors(dated(self.sums), ["period"]).select(*columns))

    def _named(self, rows: DataFrame, per: list[str]) -> DataFrame:
        """Measures of actors with their names."""
        rows = rows.join(self.names, "actor_id", "left").fillna("", ["name", "type"])
        counts = ["n_articles", "n_sentences", "role_group", "n"]
        return rows.select(*per, "actor_id", "name", "type", *counts, *MEANS, *SHARES)


def _but(scored: DataFrame, without: DataFrame | None) -> DataFrame:
    """The articles that count."""
    return scored if without is None else scored.join(without.select("article_id"), "article_id", "left_anti")


def _above(scored: DataFrame, roll_up: bool) -> DataFrame | None:
    """`of`, an actor that belongs to others, and `above`, their ids; some rows at most, and so on every worker."""
    from pyspark.sql import functions as F

    if not roll_up:
        return None
    names = scored.select(F.explode("names").alias("a")).where(F.size("a.above") > 0)
    return F.broadcast(names.groupBy(F.col("a.actor_id").alias("of")).agg(F.first("a.above").alias("above")))


def _with_above(frame: DataFrame, above: DataFrame, actor: str, to: str) -> DataFrame:
    """A frame with a column `to`: whom the actor in the column `actor` belongs to."""
    from pyspark.sql import functions as F

    joined = frame.join(above.withColumnRenamed("above", to), F.col(actor) == F.col("of"), "left").drop("of")
    return joined.withColumn(to, F.coalesce(to, F.array().cast("array<string>")))


def _rolled_up(pairs: DataFrame, above: DataFrame) -> DataFrame:
    """Pairs, and those of their affiliations but within one house."""
    from pyspark.sql import functions as F

    kept = pairs.columns
    sides = ("source_id", "target_id")
    for side in sides:
        pairs = pairs.withColumnRenamed(side, f"{side}_said")
        pairs = _with_above(pairs, above, f"{side}_said", "to")
        pairs = pairs.withColumn(side, F.explode(F.concat(F.array(f"{side}_said"), "to"))).drop("to")
    for side in sides:
        pairs = _with_above(pairs, above, side, f"{side}_above")
    direct = (F.col("source_id") == F.col("source_id_said")) & (F.col("target_id") == F.col("target_id_said"))
    related = F.expr("array_contains(source_id_above, target_id) or array_contains(target_id_above, source_id)")
    pairs = pairs.where((F.col("source_id") != F.col("target_id")) & (direct | ~related))
    return pairs.select(*kept)


def _names(scored: DataFrame) -> DataFrame:
    """What actors are called, and what they are."""
    from pyspark.sql import functions as F

    # An actor that is in no list has the names that articles give it: that of the first one
    met = scored.select(place(), F.explode("names").alias("a")).groupBy(F.col("a.actor_id").alias("actor_id"))
    return met.agg(*(F.min_by(f"a.{name}", "place").alias(name) for name in ("name", "type")))


def _actor_sums(scored: DataFrame, above: DataFrame | None) -> DataFrame:
    """Sums by article, actor and role group, with the periods of the article."""
    from pyspark.sql import functions as F

    named = _slim(scored, ["periods"]).withColumn("one", F.explode("mentions"))
    named = named.withColumn("actor_id", F.col("one.actor_id")).where(F.col("actor_id") != AMBIGUOUS)
    units = named.select("article_id", "periods", "actor_id", "one.sentence_id", "one.role", _sentence("one"))
    if above is not None:
        units = _with_above(units, above, "actor_id", "above")
        units = units.withColumn("actor_id", F.explode(F.concat(F.array("actor_id"), "above"))).drop("above")
    # The one time that mentions travel: what comes after finds an article's rows together
    units = units.repartition("article_id")
    own = F.when(F.col("role") != "mention", F.col("role"))
    groups = F.explode(F.array_compact(F.array(F.lit("any"), own)))
    units = units.withColumn("role_group", groups).drop("role")
    return _sums(units.distinct(), ["periods", "actor_id", "role_group"])


def _actors(sums: DataFrame, per: list[str]) -> DataFrame:
    """Measures of actors by role group, and by `per`."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    keys = [*per, "actor_id", "role_group"]
    totals = _totals(sums, keys)
    # Articles and sentences are those of the actor in any role
    whole = Window.partitionBy(*per, "actor_id")
    for name in ("n_articles", "n_sentences"):
        totals = totals.withColumn(name, F.max(F.when(F.col("role_group") == "any", F.col(name))).over(whole))
    return _measures(totals, keys, ["n_articles", "n_sentences"], SHARES)


def _slim(scored: DataFrame, extra: list[str]) -> DataFrame:
    """What measures need of an article."""
    from pyspark.sql import functions as F

    def counted(sentence: Column) -> Column:
        whole = [F.rint(sentence[f"{head}_score"] * MILLION).cast("long").alias(head) for head in HEADS]
        ok = (sentence["status"] == "ok").alias("ok")
        return F.struct(ok, sentence["stance"].alias("label"), *whole)

    def named(mention: Column) -> Column:
        return F.struct(mention["sentence_id"], mention["actor_id"], mention["role"])

    articles = scored.where(F.col("article").isNotNull())
    sentences = F.transform("sentences", counted).alias("sentences")
    return articles.select("article_id", *extra, sentences, F.transform("mentions", named).alias("mentions"))


def _sentence(mention: str) -> Column:
    """The sentence of a mention, which stands at the place that its id names."""
    from pyspark.sql import functions as F

    return F.expr(f"element_at(sentences, cast({mention}.sentence_id + 1 as int))").alias("s")


def _sums(units: DataFrame, keys: list[str]) -> DataFrame:
    """Exact sums by article and `keys` over distinct units with their sentence `s`; those that are ok count."""
    from pyspark.sql import functions as F

    ok = F.coalesce(F.col("s.ok"), F.lit(False))
    sums = [F.count(F.when(ok, 1)).alias("n_g"), F.count("*").alias("seen")]
    sums += [F.count(F.when(ok & (F.col("s.label") == label), 1)).alias(label) for label in LABELS]
    for head in HEADS:
        x = F.when(ok, F.col(f"s.{head}")).otherwise(0)
        sums += [F.sum(x).alias(f"{head}_s"), F.sum(x * x).alias(f"{head}_q")]
    return units.groupBy("article_id", *keys).agg(*sums)


def _totals(sums: DataFrame, keys: list[str]) -> DataFrame:
    """Sums over articles, of which each is a cluster."""
    from pyspark.sql import functions as F

    def big(column: str) -> Column:
        return F.col(column).cast("decimal(18,0)")

    totals = [
        F.count("*").alias("n_articles"),
        F.sum("seen").alias("n_sentences"),
        F.sum("n_g").alias("n"),
        F.count(F.when(F.col("n_g") > 0, 1)).alias("clusters"),
        F.sum(big("n_g") * big("n_g")).alias("size_squares"),
        *(F.sum(label).alias(label) for label in LABELS),
    ]
    for head in HEADS:
        totals += [
            F.sum(f"{head}_s").alias(f"{head}_total"),
            F.sum(f"{head}_q").alias(f"{head}_squares"),
            F.sum(big(f"{head}_s") * big(f"{head}_s")).alias(f"{head}_cluster_squares"),
            F.sum(big("n_g") * big(f"{head}_s")).alias(f"{head}_cluster_products"),
        ]
    return sums.groupBy(*keys).agg(*totals)


def _measures(sums: DataFrame, keys: list[str], counts: list[str], shares: list[str]) -> DataFrame:
    """Means, intervals and shares of sums."""
    counts = [*counts, "n"]
    columns = {**dict.fromkeys(keys, "string"), **dict.fromkeys(counts, "bigint")}
    columns |= dict.fromkeys([*MEANS, *shares], "double")
    ddl = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return sums.mapInArrow(functools.partial(finish, [*keys, *counts], [*MEANS, *shares]), ddl)


def finish(taken: list[str], numbers: list[str], batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches of sums as batches of measures: the columns `taken` as they are, then `numbers`."""
    for batch in batches:
        rows = [row_of(row) for row in batch.to_pylist()]
        columns = [batch.column(batch.schema.get_field_index(name)) for name in taken]
        columns += [pa.array([row[name] for row in rows], pa.float64()) for name in numbers]
        yield pa.RecordBatch.from_arrays(columns, [*taken, *numbers])


def row_of(sums: dict[str, Any]) -> dict[str, float | None]:
    """The printed numbers of a measure."""
    n = int(sums["n"])
    row: dict[str, float | None] = {}
    for head in HEADS:
        mean, low, high = estimate(
            n,
            int(sums["clusters"]),
            int(sums["size_squares"]),
            *(int(sums[f"{head}_{part}"]) for part in ("total", "squares", "cluster_squares", "cluster_products")),
        )
        row |= {f"{head}_mean": printed(mean), f"{head}_low": printed(low), f"{head}_high": printed(high)}
    for label in LABELS:
        row[f"share_{label}"] = printed(ratio(int(sums[label]) * MILLION, n))
    return row


def printed(millionths: int | None) -> float | None:
    """The double nearest to six decimals, which is what a reader of the program's files gets."""
    return None if millionths is None else millionths / MILLION


def ratio(total: int, n: int) -> int | None:
    """A quotient rounded to the nearest whole number, ties to even."""
    if n == 0:
        return None
    floor, rest = divmod(total, n)
    return floor + (2 * rest > n or (2 * rest == n and floor % 2 == 1))


def estimate(
    n: int, articles: int, size_squares: int, total: int, squares: int, cluster_squares: int, cluster_products: int
) -> tuple[int | None, int | None, int | None]:
    """Mean, low and high in millionths: the steps of `src/aggregate/measure.rs` in their order."""
    mean = ratio(total, n)
    if mean is None:
        return None, None, None
    clusters, products, sizes = articles, cluster_products, size_squares
    if articles == 1:
        clusters, cluster_squares, products, sizes = n, squares, total, n
    t = t975(clusters - 1)
    if t is None:
        return mean, None, None
    around = float(cluster_squares - 2 * mean * products + mean * mean * sizes)
    cross = float(products - mean * sizes)
    d = float(total - mean * n) / n
    spread = max(around - 2.0 * d * cross + d * d * float(sizes), 0.0)
    se = math.sqrt(clusters / (clusters - 1.0) * spread) / n
    exact = mean + d
    low, high = (round(bound / MILLION * MILLION) for bound in (exact - t * se, exact + t * se))
    return mean, low, high

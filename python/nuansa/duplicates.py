"""Articles that nearly repeat an earlier one, in Spark: what `duplicate_of` in `articles.csv` says.

Two articles are alike where their sets of shingles, which are runs of five words, overlap by a Jaccard index of at
least 0.8, as in `src/aggregate/duplicates.rs`. They are found exactly, up to collisions of 64-bit hashes: articles with
the very same set count as one; sets with members of their prefixes in common are candidates (Vernica, Carey & Li 2010,
"Efficient parallel set-similarity joins using MapReduce"); each pair of candidates is then compared in full. The prefix
is the part of a set that comes first in an order that all sets share. Shingles that many articles have, as a site's own
lines, stand last in it, so that they make few candidates; which these are is told from a sample, on which the result
does not depend.

An article repeats the first one before it, in the order of `nuansa.spark.score`, that is alike: not the closest, and
not the first of a chain.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from ._nuansa import ShingleOrder, shingle_sets

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

#: Shingles that more articles than this have are common.
COMMON = 1000
#: Articles in which common shingles are counted: this many, but no more than the one share of all, and no less than the
#: other.
SAMPLED, MOST_SHARE, SHARE = 20_000, 0.1, 0.01
#: Common shingles that are told apart; the most frequent, where there are more.
MOST = 1 << 18
#: What sorts behind every day and every place.
LAST_DAY, LAST_PLACE = "~", (1 << 63) - 1

FINGERPRINT = "fingerprint struct<n: bigint, digest: bigint>"
SENTENCES = pa.list_(pa.struct({"start": pa.int64(), "end": pa.int64(), "text": pa.string()}))


def find(scored: DataFrame) -> DataFrame:
    """Find the articles of `nuansa.spark.score`'s frame that nearly repeat an earlier one.

    The frame is read several times: write or keep it before. The search is done when the call returns, and what was
    found is kept until `unpersist` is called.

    Returns:
        `article_id` and `duplicate_of`, the id of the first article before it that it nearly repeats.
    """
    from pyspark.sql import functions as F

    scored = scored.where(F.col("fingerprint").isNotNull())
    articles = scored.select("article_id", "fingerprint", place())
    firsts = articles.groupBy("fingerprint").agg(F.min("place").alias("first"))
    candidates = kept(_candidates(scored))
    try:
        alike = _alike(scored, firsts, candidates)
        turned = alike.select(F.col("one").alias("fingerprint"), "other")
        turned = turned.unionByName(alike.select(F.col("other").alias("fingerprint"), F.col("one").alias("other")))
        others = firsts.select(F.col("fingerprint").alias("other"), F.col("first").alias("others"))
        near = turned.join(others, "other").groupBy("fingerprint").agg(F.min("others").alias("near"))
        earliest = F.when(F.col("near") < F.col("first"), F.col("near")).otherwise(F.col("first"))
        originals = firsts.join(near, "fingerprint", "left").select("fingerprint", earliest.alias("original"))
        found = articles.join(originals, "fingerprint").select("article_id", F.col("original.article_id").alias("of"))
        found = kept(found.where(F.col("article_id") != F.col("of")).withColumnRenamed("of", "duplicate_of"))
        found.count()
    finally:
        candidates.unpersist()
    return found


def mark(articles: DataFrame, found: DataFrame) -> DataFrame:
    """Rows of articles with `duplicate_of` as `find` has found it."""
    marked = articles.drop("duplicate_of").join(found, "article_id", "left")
    return marked.select(*articles.columns)


def place() -> Column:
    """The order of articles: by place, then day, then id; what has none goes behind."""
    from pyspark.sql import functions as F

    number = F.coalesce("place", F.lit(LAST_PLACE)).alias("number")
    day = F.coalesce(F.col("periods.day"), F.lit(LAST_DAY)).alias("day")
    return F.struct(number, day, F.col("article_id")).alias("place")


def kept(frame: DataFrame) -> DataFrame:
    """The frame, kept once it is made, and made by the sizes that Spark meets, which it otherwise leaves for such."""
    settings, name = frame.sparkSession.conf, "spark.sql.optimizer.canChangeCachedPlanOutputPartitioning"
    before = settings.get(name) or "false"
    settings.set(name, "true")
    try:
        return frame.persist()
    finally:
        settings.set(name, before)


def _candidates(scored: DataFrame) -> DataFrame:
    """Pairs `one` and `other` of fingerprints, the smaller set first, with enough in common in their prefixes."""
    from pyspark.sql import functions as F

    common = _common(scored)
    prefixes = _texts(scored).mapInArrow(functools.partial(_prefixes, common), f"{FINGERPRINT}, shingles array<bigint>")
    # Equal sets have equal prefixes
    postings = prefixes.dropDuplicates(["fingerprint"]).select("fingerprint", F.explode("shingles").alias("shingle"))
    left = postings.withColumnRenamed("fingerprint", "one")
    right = postings.withColumnRenamed("fingerprint", "other")
    # The sizes and counts of `may_be_alike` and `shared` in the library
    pairs = left.join(right, "shingle").where("one < other and 5 * one.n >= 4 * other.n")
    return pairs.groupBy("one", "other").count().where("count >= 1 + one.n div 40").drop("count")


def _common(scored: DataFrame) -> list[int]:
    """Shingles that many articles seem to have, the rarest first."""
    from pyspark.sql import functions as F

    n = scored.count()
    if n <= COMMON:
        return []
    share = max(SHARE, min(MOST_SHARE, SAMPLED / n))
    million = 1_000_000
    sample = scored.where(F.pmod(F.xxhash64("article_id"), F.lit(million)) < int(share * million))
    shingles = _sets(sample).select(F.explode("shingles").alias("shingle")).groupBy("shingle").count()
    often = shingles.where(F.col("count") > share * COMMON).orderBy(F.desc("count"), "shingle").limit(MOST)
    return [row["shingle"] for row in reversed(often.collect())]


def _alike(scored: DataFrame, firsts: DataFrame, candidates: DataFrame) -> DataFrame:
    """The candidates whose sets overlap enough."""
    from pyspark.sql import functions as F

    # Each set once, from the first article that has it
    named = candidates.select(F.explode(F.array("one", "other")).alias("fingerprint")).distinct()
    named = named.join(firsts, "fingerprint").select(F.col("first.article_id").alias("article_id"))
    sets = _sets(scored.join(named, "article_id", "left_semi"))
    pairs = candidates
    for side in ("one", "other"):
        side_sets = sets.select(F.col("fingerprint").alias(side), F.col("shingles").alias(f"{side}_shingles"))
        pairs = pairs.join(side_sets, side)
    # The inequality of `alike` in the library: both / (one + other - both) >= 4 / 5
    both = "size(array_intersect(one_shingles, other_shingles))"
    return pairs.where(f"9 * {both} >= 4 * (one.n + other.n)").select("one", "other")


def _texts(scored: DataFrame) -> DataFrame:
    """What shingles are made of."""
    from pyspark.sql import functions as F

    parts = F.arrays_zip(*(F.col(f"sentences.{name}").alias(name) for name in ("start", "end", "text")))
    return scored.select("fingerprint", parts.alias("sentences"))


def _sets(scored: DataFrame) -> DataFrame:
    """The set of every article."""
    return _texts(scored).mapInArrow(_all, f"{FINGERPRINT}, shingles array<bigint>")


def _prefixes(common: list[int], batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Prefixes in a worker."""
    order = ShingleOrder(common)
    for batch in batches:
        yield _with(batch, order.prefixes(_sentences(batch)))


def _all(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Whole sets in a worker."""
    for batch in batches:
        yield _with(batch, shingle_sets(_sentences(batch)))


def _sentences(batch: pa.RecordBatch) -> pa.ListArray:
    """The sentences of articles, in the types that the library reads."""
    return batch.column("sentences").cast(SENTENCES)


def _with(batch: pa.RecordBatch, shingles: pa.ListArray) -> pa.RecordBatch:
    """Fingerprints and shingles."""
    return pa.RecordBatch.from_arrays([batch.column("fingerprint"), shingles], ["fingerprint", "shingles"])

"""nuansa on Apache Spark: the same rows as `nuansa score`, over more machines than one.

>>> import nuansa.spark
>>> scored = nuansa.spark.score(articles, text_col="isi", id_col="id")
>>> nuansa.spark.write(scored, "scores")

`score` gives a frame with a row a record: the article's row with its sentences and mentions within it, so that an
article is in the frame as a whole or not at all, and nothing is scored before the frame is used. `tables` takes it
apart, `nuansa.aggregate` has the measures, `nuansa.duplicates` finds articles that nearly repeat an earlier one, and
`write` writes all of it as Parquet.

Each Python worker loads the model once and keeps it; it uses the cores of its task (`spark.task.cpus`). The packages
`nuansa` and `nuansa-model` have to be there on the workers.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from . import aggregate, duplicates
from ._errors import NuansaError
from ._nuansa import empty_tables, fingerprints, period_of
from ._scorer import Scorer, Scores

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

PERIODS = ("day", "week", "month")
NAMES = pa.struct([*((name, pa.string()) for name in ("actor_id", "name", "type")), ("above", pa.list_(pa.string()))])
FINGERPRINT = pa.struct([("n", pa.int64()), ("digest", pa.int64())])
#: Records that a worker scores at a time.
ROWS = 512
#: A column that `score` adds for its workers.
PLACE = "nuansa place"


@dataclass(frozen=True)
class Tables:
    """What was scored, table by table; each frame is scored anew unless `score`'s frame is kept or was written."""

    sentences: DataFrame
    mentions: DataFrame
    articles: DataFrame
    rejects: DataFrame
    """`article_id`, where one was read, and `reason` of records that are no articles."""


def score(
    df: DataFrame,
    *,
    id_col: str,
    text_col: str | None = None,
    title_col: str | None = None,
    date_col: str | None = None,
    source_col: str | None = None,
    order_col: str | None = None,
    model: str | None = None,
    actors: str | None = None,
    speech: str | None = None,
    precision: Literal["int8", "f32"] = "int8",
    min_confidence: float | None = None,
    threads: int | None = None,
) -> DataFrame:
    """Score the articles of `df`.

    Args:
        df: A row an article. Select the columns that matter: all of them go to the workers.
        id_col: The column of the id, which every row must have and no two may share.
        text_col: The column of the text; this and the next as for `Scorer.score`.
        title_col: The column of the title.
        date_col: The column of the date.
        source_col: The column of the source.
        order_col: The column of whole numbers, dates or timestamps by which articles are ordered, since a frame has no
            order: of two that nearly repeat each other, the earlier is the original. Where it is missing or the same,
            or not named, the earlier day of `date_col` goes first, then what has no date, then the lesser id. With the
            number of the record in a file, the order is that of the program.
        model: Folder or name of a model on the workers; without, `NUANSA_MODEL` there, else `nuansa-model`.
        actors: Actor list, a file on the workers.
        speech: Words of saying, a file on the workers.
        precision: `int8` or `f32`.
        min_confidence: As for `Scorer`.
        threads: Threads of a task; without, the cores of a task.

    Returns:
        A row a record: `article_id`, `place` (by `order_col`), `periods` (day, week and month of its date), `article`,
        `sentences`, `mentions`, `names` (of actors, and whom they belong to), `fingerprint` (how many runs of five
        words it has, and a hash of them) and, where it is no article, `reject`, the reason. `duplicate_of` is empty in
        it, for `nuansa.duplicates` needs all articles.
    """
    options: dict[str, Any] = {"model": model, "actors": actors, "speech": speech, "precision": precision}
    options |= {"min_confidence": min_confidence, "threads": threads, "duplicates": False}
    columns = {"text_col": text_col, "title_col": title_col, "date_col": date_col, "source_col": source_col}
    for name in (id_col, order_col):
        if name is not None and name not in df.columns:
            raise NuansaError(f"reading: no column {name!r} (there are {', '.join(map(repr, df.columns))})")
    if order_col is not None:
        df = df.withColumn(PLACE, _place(df, order_col))
    work = functools.partial(_work, tuple(sorted(options.items())), columns | {"id_col": id_col})
    return df.mapInArrow(work, _ddl(schema()))


def tables(scored: DataFrame) -> Tables:
    """The tables of `score`'s frame, in the columns of the program's files."""
    from pyspark.sql import functions as F

    def rows(name: str) -> DataFrame:
        return scored.select(F.explode(name).alias("row")).select("row.*")

    articles = scored.where(F.col("article").isNotNull()).select("article.*")
    rejects = scored.where(F.col("reject").isNotNull()).select("article_id", F.col("reject").alias("reason"))
    return Tables(rows("sentences"), rows("mentions"), articles, rejects)


def write(
    scored: DataFrame,
    path: str,
    *,
    period: Literal["day", "week", "month"] = "month",
    near: bool = True,
    dedup: bool = False,
    roll_up: bool = False,
) -> None:
    """Score, and write everything below `path` as Parquet, in place of what an earlier call has written there.

    `scored` comes first, one row a record, and is what the rest is made of: no article is scored twice. Then
    `sentences`, `mentions` and `articles`, in a folder a `period`; `rejects`; and `actors`, `actor_articles`, `dyads`
    and `timeline`. Each is complete where it has a file `_SUCCESS`. A task that failed or ran twice leaves its rows
    once: files come into place by the job's committer alone, in its first algorithm, which moves none before its job
    is decided.

    Args:
        scored: The frame of `score`.
        path: A folder of any file system that Spark writes.
        period: The periods of `timeline`, and the folders of `sentences`, `mentions` and `articles`.
        near: Whether articles that nearly repeat an earlier one are told by `duplicate_of` in `articles`.
        dedup: Whether such articles count in `actors`, `dyads` and `timeline` no more.
        roll_up: Whether an actor's sentences count for its affiliation in the actor list as well.

    Raises:
        NuansaError: Two rows have the same id; nothing but `scored` is written then.
    """
    from pyspark.sql import functions as F

    if dedup and not near:
        raise ValueError("dedup=True: near duplicates are not looked for; leave near=False out")
    _parquet(scored, f"{path}/scored")
    scored = scored.sparkSession.read.schema(_ddl(schema())).parquet(f"{path}/scored")
    ids = scored.where(F.col("article_id").isNotNull()).groupBy("article_id").count().where("count > 1")
    twice = [row["article_id"] for row in ids.orderBy("article_id").limit(5).collect()]
    if twice:
        raise NuansaError(f"reading: several rows have the same id: {', '.join(map(repr, twice))}")
    of = F.col("periods")[period].alias("period")
    for name in ("sentences", "mentions"):
        rows = scored.select(of, F.explode(name).alias("row")).select("period", "row.*")
        _parquet(rows, f"{path}/{name}", by="period")
    _parquet(tables(scored).rejects, f"{path}/rejects")
    articles = scored.where(F.col("article").isNotNull()).select(of, "article.*")
    with ExitStack() as kept:
        found = duplicates.find(scored) if near else None
        if found is not None:
            kept.callback(found.unpersist)
            articles = duplicates.mark(articles, found)
        _parquet(articles, f"{path}/articles", by="period")
        without = found if dedup else None
        by_article = aggregate.ByArticle.of(scored, roll_up=roll_up).kept()
        kept.callback(by_article.unpersist)
        measures = {
            "actor_articles": by_article.actor_articles(),
            "actors": by_article.actors(without).orderBy("actor_id", "role_group"),
            "dyads": aggregate.dyads(scored, without=without, roll_up=roll_up).orderBy("source_id", "target_id"),
            "timeline": by_article.timeline(period, without).orderBy("period", "actor_id", "role_group"),
        }
        for name, rows in measures.items():
            _parquet(rows, f"{path}/{name}")


def _place(df: DataFrame, order_col: str) -> Column:
    """The order of articles as whole numbers."""
    from pyspark.sql import functions as F

    kind = df.schema[order_col].dataType.typeName()
    if kind in ("byte", "short", "integer", "long"):
        return F.col(order_col).cast("long")
    if kind == "date":
        return F.unix_date(order_col).cast("long")
    if kind == "timestamp":
        return F.unix_micros(order_col)
    hint = "hint: cast it to one of them, such as F.to_timestamp(…)"
    raise NuansaError(f"reading: column {order_col!r} is of type {kind}, not a whole number, date or timestamp\n{hint}")


def _parquet(frame: DataFrame, path: str, by: str | None = None) -> None:
    """Write a frame in place of what stands at `path`."""
    # What a session may have set otherwise: the committer's second algorithm shows files of tasks before the job ends,
    # and a dynamic overwrite leaves the partitions that are no longer there
    settings = {"mapreduce.fileoutputcommitter.algorithm.version": "1", "partitionOverwriteMode": "static"}
    writer = frame.write.mode("overwrite").options(**settings)
    (writer.partitionBy(by) if by else writer).parquet(path)


def schema() -> pa.Schema:
    """The columns of `score`'s frame."""
    sentences, mentions, articles = (pa.struct(list(table.schema)) for table in empty_tables())
    return pa.schema(
        {
            "article_id": pa.string(),
            "place": pa.int64(),
            "periods": pa.struct([(period, pa.string()) for period in PERIODS]),
            "article": articles,
            "sentences": pa.list_(sentences),
            "mentions": pa.list_(mentions),
            "names": pa.list_(NAMES),
            "fingerprint": FINGERPRINT,
            "reject": pa.string(),
        }
    )


def _ddl(of: pa.Schema | pa.DataType) -> str:
    """A schema as Spark writes it down."""
    if isinstance(of, pa.Schema):
        return ", ".join(f"`{field.name}` {_ddl(field.type)}" for field in of)
    if pa.types.is_list(of):
        return f"array<{_ddl(of.value_type)}>"
    if pa.types.is_struct(of):
        return f"struct<{', '.join(f'`{field.name}`: {_ddl(field.type)}' for field in of)}>"
    return {pa.string(): "string", pa.int64(): "bigint", pa.float64(): "double"}[of]


@functools.cache
def _scorer(options: tuple[tuple[str, Any], ...]) -> Scorer:
    """The scorer of this Python worker."""
    return Scorer(**dict(options))


def _work(
    options: tuple[tuple[str, Any], ...], columns: dict[str, Any], batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Score batches in a worker."""
    settings = dict(options)
    if settings["threads"] is None:
        from pyspark import TaskContext

        task = TaskContext.get()
        settings["threads"] = 1 if task is None else max(1, task.cpus())
    scorer = _scorer(tuple(sorted(settings.items())))
    for batch in batches:
        if batch.num_rows == 0:
            continue
        ids = batch.column(batch.schema.get_field_index(columns["id_col"]))
        if ids.null_count or pc.any(pc.equal(pc.utf8_trim_whitespace(ids.cast(pa.string())), "")).as_py():
            hint = "hint: give every row an id that stays, such as a hash of its address"
            raise NuansaError(f"reading: a row has no id in column {columns['id_col']!r}\n{hint}")
        # Spark's own batches, 10,000 rows, would have all that was found in them in memory at once
        for start in range(0, batch.num_rows, ROWS):
            part = batch.slice(start, ROWS)
            places = part.column(PLACE).to_pylist() if PLACE in part.schema.names else [None] * part.num_rows
            yield nested(scorer.score(part, **columns, errors="collect"), places)


def nested(scores: Scores, places: list[int | None]) -> pa.RecordBatch:
    """Tables as one row a record, articles first; `places` are those of all records as they came."""
    ids = scores.articles["article_id"].to_pylist()
    rejects = scores.rejects
    n = len(ids) + rejects.num_rows
    absent = pa.nulls(rejects.num_rows)

    def lists(table: pa.Table, counts: list[int]) -> pa.Array:
        offsets = [0]
        for count in counts + [0] * rejects.num_rows:
            offsets.append(offsets[-1] + count)
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), _structs(table))

    def counts(table: pa.Table) -> list[int]:
        found = {pair["values"]: pair["counts"] for pair in pc.value_counts(table["article_id"]).to_pylist()}
        return [found.get(article, 0) for article in ids]

    def periods(date: str | None) -> dict[str, str | None]:
        return {period: None if date is None else period_of(date, period) for period in PERIODS}

    kinds = schema()
    refused = [row - 1 for row in rejects["row"].to_pylist()]
    read = sorted(set(range(n)) - set(refused))
    sentences = lists(scores.sentences, counts(scores.sentences))
    columns = {
        "article_id": pa.array(ids + rejects["id"].to_pylist(), pa.string()),
        "place": pa.array([places[row] for row in read + refused], pa.int64()),
        "periods": [*map(periods, scores.articles["date"].to_pylist()), *[None] * rejects.num_rows],
        "article": pa.concat_arrays([_structs(scores.articles), absent.cast(_structs(scores.articles).type)]),
        "sentences": sentences,
        "mentions": lists(scores.mentions, counts(scores.mentions)),
        "names": lists(scores.article_names.drop_columns("article_id"), counts(scores.article_names)),
        "fingerprint": fingerprints(sentences),
        "reject": pa.array([None] * len(ids) + rejects["reason"].to_pylist(), pa.string()),
    }
    columns["periods"] = pa.array(columns["periods"], kinds.field("periods").type)
    assert all(len(column) == n for column in columns.values())
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


def _structs(table: pa.Table) -> pa.Array:
    """A table as one array of structs."""
    columns = [column.combine_chunks() for column in table.columns]
    columns = [c.combine_chunks() if isinstance(c, pa.ChunkedArray) else c for c in columns]
    return pa.StructArray.from_arrays(columns, fields=list(table.schema))

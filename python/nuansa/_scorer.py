"""`Scorer`, which scores, and `Scores`, what it gives."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from . import _nuansa
from ._errors import LanguageWarning, NuansaError


class ArrowStream(Protocol):
    """A table of any library that speaks the Arrow PyCapsule interface: pyarrow, polars, pandas from 2.2, DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Export as a stream of record batches."""


class ArrowArray(Protocol):
    """A single record batch of such a library."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> object:
        """Export as a schema and an array."""


@dataclass(frozen=True)
class Scores:
    """Tables of what was scored, rows in the order of the articles."""

    sentences: pa.Table
    """A row per sentence, headline or piece of page furniture: the columns of `sentences.csv`."""
    mentions: pa.Table
    """A row per mention of an actor: the columns of `mentions.csv`."""
    articles: pa.Table
    """A row per article, also where nothing in it could be scored: the columns of `articles.csv`."""
    actors: pa.Table
    """A row per actor and role group over all articles: the columns of `actors.csv`."""
    actor_articles: pa.Table
    """A row per article, actor and role group: the columns of `actor_articles.csv`."""
    dyads: pa.Table
    """A row per pair of who acts or speaks and to whom: the columns of `dyads.csv`."""
    timeline: pa.Table
    """Rows per period, of all articles and of every actor: the columns of `timeline.csv`."""
    names: pa.Table
    """`actor_id`, `name`, `type` and `above` of every actor that is mentioned, and of those that it belongs to: `above`
    has their ids, the nearest first."""
    article_names: pa.Table
    """The same by article (`article_id` first): an actor that is in no list by the name that the article gives it."""
    rejects: pa.Table
    """`row` (from 1), `id` and `reason` of records that are no articles; empty unless they are collected."""

    def __repr__(self) -> str:
        """Count."""
        counts = ", ".join(f"{getattr(self, name).num_rows} {name}" for name in ("articles", "sentences", "mentions"))
        return f"Scores({counts})"


class Scorer:
    """A model, an actor list and words of saying, ready to score articles.

    Scorers that share model, threads and precision share one copy of the model in memory. A scorer may be used from
    several threads of Python; the interpreter's lock is free while it scores.

    Args:
        model: Folder of a model, or the name of one in the Hugging Face cache (`org/name`, `org/name@revision`).
            Without, the environment variable `NUANSA_MODEL`, else the package `nuansa-model`.
        threads: Threads that score; the results don't depend on it. Without, all cores.
        actors: Actor list to use in place of the built-in one, a TOML file.
        speech: Words of saying for the languages that stand in it, a TOML file.
        precision: `int8`, or `f32`, the reference.
        min_confidence: Sentences whose stance or tone is less probable than this get the status `low_confidence` and
            count in no mean.
        duplicates: Whether articles that nearly repeat an earlier one of the same call are told by `duplicate_of`.
        dedup: Whether such articles count in `actors`, `dyads` and `timeline` no more.
        roll_up: Whether an actor's sentences count for its affiliation in the actor list as well.
        period: The periods of `timeline`.

    Raises:
        NuansaError: The model or a list is not there or damaged.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | None = None,
        *,
        threads: int | None = None,
        actors: str | os.PathLike[str] | None = None,
        speech: str | os.PathLike[str] | None = None,
        precision: Literal["int8", "f32"] = "int8",
        min_confidence: float | None = None,
        duplicates: bool = True,
        dedup: bool = False,
        roll_up: bool = False,
        period: Literal["day", "week", "month"] = "month",
    ) -> None:
        """Load."""
        if threads is not None and not 1 <= threads <= _nuansa.MOST_THREADS:
            raise ValueError(f"threads={threads}: must be from 1 to {_nuansa.MOST_THREADS}")
        if min_confidence is not None and not 0 <= min_confidence <= 1:
            raise ValueError(f"min_confidence={min_confidence}: must be from 0 to 1")
        if dedup and not duplicates:
            raise ValueError("dedup=True: near duplicates are not looked for; leave duplicates=False out")
        self._native = _nuansa.Scorer(
            default_model() if model is None else os.fspath(model),
            threads=threads,
            precision=precision,
            actors=None if actors is None else os.fspath(actors),
            speech=None if speech is None else os.fspath(speech),
            min_confidence=min_confidence,
            duplicates=duplicates,
            dedup=dedup,
            roll_up=roll_up,
            period=period,
        )

    def score(
        self,
        data: Iterable[str | None] | ArrowStream | ArrowArray,
        *,
        text_col: str | None = None,
        title_col: str | None = None,
        id_col: str | None = None,
        date_col: str | None = None,
        source_col: str | None = None,
        errors: Literal["raise", "collect"] = "raise",
    ) -> Scores:
        """Score articles.

        Columns that are not named are told by the usual names, such as `text`, `isi`, `title`, `judul`, `id`, `date`
        and `tanggal`; an empty name is not read. The text of an article is title, blank line, body, and offsets count
        code points of it. An article without an id is `#N`, N from 1.

        Args:
            data: Texts, one an article; or a table or record batch of pyarrow, polars, pandas (from 2.2) or anything
                else with the Arrow PyCapsule interface, which is read without a copy.
            text_col: The column of the text.
            title_col: The column of the title.
            id_col: The column of the id, texts or whole numbers.
            date_col: The column of the date.
            source_col: The column of the source.
            errors: `raise` stops at the first record that is no article; `collect` leaves such records out and lists
                them in `Scores.rejects`.

        Raises:
            RecordError: A record is no article, with its row and id.
            NuansaError: A column that was named is not there, or none for the text was found.
            TypeError: The data is neither texts nor a table.
        """
        if errors not in ("raise", "collect"):
            raise ValueError(f"errors={errors!r}: must be 'raise' or 'collect'")
        named = {"text": text_col, "title": title_col, "id": id_col, "date": date_col, "source": source_col}
        columns = {role: name for role, name in named.items() if name is not None}
        if not (hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__")):
            data = table_of(data)
            if columns:
                raise ValueError(f"{', '.join(f'{role}_col' for role in columns)}: texts have no columns; give a table")
        elif isinstance(data, (pa.Array, pa.ChunkedArray)):
            data = pa.table({"text": data})
        scores = Scores(*self._native.score(data, columns=columns, strict=errors == "raise"))
        self._warn(scores)
        return scores

    def _warn(self, scores: Scores) -> None:
        """Tell of languages in which the model was not trained."""
        read = scores.sentences.filter(pc.is_valid(scores.sentences["stance"]))
        for count in pc.value_counts(read["lang"]).to_pylist():
            lang, n = count["values"], count["counts"]
            if lang is not None and lang not in self.languages:
                text = f'{n} sentences in language "{lang}", in which the model was not trained'
                warnings.warn(text, LanguageWarning, stacklevel=3)

    @property
    def languages(self) -> list[str]:
        """ISO 639-1 codes of the languages in which the model was trained."""
        return self._native.languages

    @property
    def kernel(self) -> str:
        """What computes, such as `int8, avx512vnni`."""
        return self._native.kernel

    @property
    def sha256(self) -> dict[str, str]:
        """SHA-256 of the model's files, by name."""
        return self._native.sha256

    @property
    def threads(self) -> int:
        """Threads that score."""
        return self._native.threads


def default_model() -> str:
    """The folder of the model where none is named."""
    named = os.environ.get("NUANSA_MODEL")
    if named:
        return named
    try:
        import nuansa_model
    except ImportError:
        raise NuansaError(
            "model: none is named and the package nuansa-model is not installed\n"
            "hint: pip install nuansa-model, or give model= or NUANSA_MODEL"
        ) from None
    return os.fspath(Path(nuansa_model.path()))


def table_of(texts: Any) -> pa.Table:  # noqa: ANN401 - whatever a caller has
    """Texts as a table with one column."""
    if isinstance(texts, (str, bytes)):
        raise TypeError("data is a single text; give a list of texts, one an article")
    try:
        texts = list(texts)
    except TypeError:
        what = f"data is a {type(texts).__name__}"
        raise TypeError(f"{what}, neither texts nor a table with the Arrow PyCapsule interface") from None
    for at, text in enumerate(texts):
        if text is not None and not isinstance(text, str):
            raise TypeError(f"data[{at}] is a {type(text).__name__}, not a text")
    return pa.table({"text": pa.array(texts, type=pa.large_string())})

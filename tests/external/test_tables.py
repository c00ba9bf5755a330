"""Every table: bytes, columns, types, closed values, and offsets into the original text."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from columns import ALWAYS, COLUMNS, SCORE_CELLS, STATUS, VALUES
from conftest import Table, missing, need, same_words

NAMES = list(COLUMNS)
SIX_DECIMALS = re.compile(r"-?\d+\.\d{6}")


def present(scores: Path, name: str) -> Path:
    """The file, or a skip for one that not every run writes."""
    if not (scores / name).is_file() and name not in ALWAYS:
        pytest.skip(f"{name} is not written by this run")
    return scores / name


def test_no_unknown_table_is_written(scores: Path) -> None:
    """A CSV that the contract does not know has no reader."""
    assert {path.name for path in scores.glob("*.csv")} <= set(NAMES)
    assert set(ALWAYS) <= {path.name for path in scores.glob("*.csv")}


@pytest.mark.parametrize("name", NAMES)
def test_pandas_reads_the_contracts_columns_in_order(scores: Path, name: str) -> None:
    """Plain `pandas.read_csv`, no options."""
    pandas = need("pandas")
    assert list(pandas.read_csv(present(scores, name)).columns) == COLUMNS[name]


@pytest.mark.parametrize("name", NAMES)
def test_bytes_are_utf8_without_mark_with_line_feeds(scores: Path, name: str) -> None:
    """And every record has as many fields as the header."""
    data = present(scores, name).read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data.endswith(b"\n")
    rows = list(csv.reader(data.decode("utf-8").splitlines(keepends=True), strict=True))
    assert {len(row) for row in rows} == {len(COLUMNS[name])}


@pytest.mark.parametrize("name", NAMES)
def test_probabilities_and_scores_have_six_decimals(scores: Path, name: str) -> None:
    """As printed, or an empty cell."""
    with present(scores, name).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, strict=True):
            for column, cell in row.items():
                if column.startswith(("p_", "share_")) or column.endswith(("_score", "_mean", "_low", "_high")):
                    assert cell == "" or SIX_DECIMALS.fullmatch(cell), (column, cell)


@pytest.mark.parametrize("name", NAMES)
def test_types_and_closed_values(scores: Path, table: Table, name: str) -> None:
    """Counts are whole numbers, measures are numbers, labels are from their sets."""
    types = need("pandas").api.types
    present(scores, name)
    frame = table(name)
    for column in frame.columns:
        cells = frame[column].dropna()
        if column in {"start", "end", "sentence_id"} or column == "n" or column.startswith("n_"):
            assert (cells == cells.round()).all() and (cells >= 0).all(), column
        elif column.startswith(("p_", "share_")) or column.endswith(("_score", "_mean", "_low", "_high")):
            assert cells.empty or types.is_numeric_dtype(cells), column
        elif column in VALUES:
            assert set(cells) <= VALUES[column], column
        elif column == "status":
            assert set(cells) <= STATUS[name]
    for column in frame.columns.intersection(["start", "end", "sentence_id", "n", "n_sentences", "n_articles"]):
        assert types.is_integer_dtype(frame[column]) or frame.empty, column


def test_every_article_is_there_once_and_in_order(table: Table, texts: dict[str, str]) -> None:
    """Sentences follow the order of the articles; their numbers count from 0."""
    articles, sentences = table("articles.csv"), table("sentences.csv")
    assert articles["article_id"].is_unique
    assert set(articles["article_id"]) == set(texts)
    with_sentences = articles["article_id"][articles["article_id"].isin(sentences["article_id"])]
    assert list(dict.fromkeys(sentences["article_id"])) == list(with_sentences)
    for _, rows in sentences.groupby("article_id", sort=False):
        assert list(rows["sentence_id"]) == list(range(len(rows)))


def test_offsets_slice_the_original_text(table: Table, texts: dict[str, str]) -> None:
    """`text[start:end]` is the `text` cell up to white space."""
    for row in table("sentences.csv").itertuples():
        piece = texts[row.article_id][row.start : row.end]
        assert same_words(piece, row.text), (row.article_id, row.sentence_id)
        assert row.text == " ".join(row.text.split()), "a run of white space is one space"


def test_spans_are_disjoint_and_cover_every_character(table: Table, texts: dict[str, str]) -> None:
    """What lies between two spans is blank."""
    sentences = table("sentences.csv")
    for article, text in texts.items():
        at = 0
        for row in sentences[sentences["article_id"] == article].itertuples():
            assert at <= row.start < row.end <= len(text), (article, row.sentence_id)
            assert not text[at : row.start].strip(), (article, row.sentence_id)
            at = row.end
        assert not text[at:].strip(), article


def test_mentions_lie_in_their_sentence_and_slice_the_text(table: Table, texts: dict[str, str]) -> None:
    """A running quotation has an empty surface and no width."""
    sentences = table("sentences.csv").set_index(["article_id", "sentence_id"])
    for row in table("mentions.csv").itertuples():
        span = sentences.loc[(row.article_id, row.sentence_id)]
        assert span["start"] <= row.start <= row.end <= span["end"]
        surface = row.surface if isinstance(row.surface, str) else ""
        assert same_words(texts[row.article_id][row.start : row.end], surface)
        assert bool(surface) == (row.resolved_by != "quote")


def test_score_cells_are_full_or_empty_by_status(table: Table) -> None:
    """Never a 0 or a `neutral` where nothing was scored."""
    sentences = table("sentences.csv")
    scored = sentences["status"].isin(["ok", "low_confidence"])
    assert scored.any()
    assert sentences.loc[scored, SCORE_CELLS].notna().all(axis=None)
    assert sentences.loc[~scored, SCORE_CELLS].isna().all(axis=None)
    furniture = sentences["kind"] == "furniture"
    assert (sentences.loc[furniture, "status"] == "furniture").all()
    assert furniture.any(), "the examples hold page furniture"


def test_data_package_is_valid(scores: Path) -> None:
    """Frictionless checks every table against its declared types and constraints."""
    frictionless = need("frictionless")
    path = scores / "datapackage.json"
    if not path.is_file():
        missing("datapackage.json is not written yet")
    package = frictionless.Package(str(path))
    outcome = package.validate()
    assert outcome.valid, outcome.flatten(["type", "title", "rowNumber", "fieldName", "message"])[:10]
    declared = {resource.path: [field.name for field in resource.schema.fields] for resource in package.resources}
    tables = {name: COLUMNS[name] for name in NAMES if (scores / name).is_file()}
    assert {name: fields for name, fields in declared.items() if name.endswith(".csv")} == tables

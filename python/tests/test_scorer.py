"""What goes into a scorer, what comes out, and what it says of bad input."""

from __future__ import annotations

import pickle
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import pyarrow as pa
import pytest
from conftest import RECORDS, REPOSITORY, need

import nuansa

sys.path.append(str(REPOSITORY / "tests" / "external"))
from columns import ARTICLES, MENTIONS, SENTENCES  # noqa: E402 - the contract, typed in a second time

LABELS = ["escalation", "deescalation", "neutral"]


@pytest.fixture(scope="module")
def table() -> pa.Table:
    """The awkward records."""
    return pa.Table.from_pylist(RECORDS)


@pytest.fixture(scope="module")
def scores(scorer: nuansa.Scorer, table: pa.Table) -> nuansa.Scores:
    """Their scores."""
    return scorer.score(table)


def test_tables_have_the_columns_of_the_contract(scores: nuansa.Scores) -> None:
    """In order, with texts, 64-bit whole numbers and doubles."""
    for made, want in ((scores.sentences, SENTENCES), (scores.mentions, MENTIONS), (scores.articles, ARTICLES)):
        assert isinstance(made, pa.Table)
        assert made.column_names == want
        assert {str(field.type) for field in made.schema} <= {"string", "int64", "double"}
        assert not made.schema.field("article_id").nullable
    assert scores.names.column_names == ["actor_id", "name", "type", "above"]
    assert scores.article_names.column_names == ["article_id", "actor_id", "name", "type", "above"]
    assert scores.rejects.column_names == ["row", "id", "reason"]


def test_rows_are_those_of_the_articles_in_order(scores: nuansa.Scores) -> None:
    """Every article has its row, and offsets are code points of title, blank line and body."""
    assert scores.articles["article_id"].to_pylist() == ["a", "b", "c", "7", "d"]
    assert scores.articles["status"].to_pylist()[2] == "empty"
    assert scores.articles["date"].to_pylist() == [r["tanggal"] for r in RECORDS]
    for row in scores.sentences.to_pylist():
        record = next(r for r in RECORDS if r["id"] == row["article_id"])
        title = record["judul"] if record["judul"] and record["judul"].strip() else None
        text = record["isi"] if title is None else f"{title}\n\n{record['isi']}"
        assert " ".join(text[row["start"] : row["end"]].split()) == row["text"]
        if row["status"] == "ok":
            chances = [row["p_escalation"], row["p_deescalation"], row["p_neutral"]]
            assert row["stance"] == LABELS[chances.index(max(chances))]
            assert sum(chances) == pytest.approx(1, abs=2e-6)
        else:
            assert row["stance"] is None and row["stance_score"] is None
    statuses = set(scores.sentences["status"].to_pylist())
    assert {"ok", "furniture"} <= statuses
    assert {"russia", "indonesia"} <= set(scores.mentions["actor_id"].to_pylist())
    assert {"actor_id": "russia", "name": "Russia", "type": "state", "above": []} in scores.names.to_pylist()


def test_texts_are_articles_without_columns(scorer: nuansa.Scorer) -> None:
    """A list, a generator and arrays of texts; a missing text is an empty article."""
    texts = ["Rusia menyerang. Hujan turun.", None, "Indonesia menolak."]
    want = scorer.score(texts)
    assert want.articles["article_id"].to_pylist() == ["#1", "#2", "#3"]
    assert want.articles["status"].to_pylist() == ["ok", "empty", "ok"]
    for data in (iter(texts), tuple(texts), pa.array(texts), pa.chunked_array([texts[:1], texts[1:]])):
        assert scorer.score(data).sentences.equals(want.sentences)
    assert scorer.score([]).sentences.num_rows == 0
    assert scorer.score([]).articles.column_names == ARTICLES


@pytest.mark.parametrize("library", ["pyarrow batch", "pyarrow reader", "polars", "pandas"])
def test_tables_of_other_libraries_give_the_same(
    scorer: nuansa.Scorer, scores: nuansa.Scores, table: pa.Table, library: str
) -> None:
    """By the Arrow PyCapsule interface, as they are."""
    if library == "polars":
        data = need("polars").from_arrow(table)
    elif library == "pandas":
        need("pandas")
        data = table.to_pandas()
    elif library == "pyarrow batch":
        data = table.combine_chunks().to_batches()[0]
    else:
        # A reader whose batches Python makes while the scorer waits for them
        batches = (batch for batch in table.to_batches(max_chunksize=2))
        data = pa.RecordBatchReader.from_batches(table.schema, batches)
    again = scorer.score(data)
    for name in ("sentences", "mentions", "articles"):
        assert getattr(again, name).equals(getattr(scores, name)), name


def test_columns_may_be_named(scorer: nuansa.Scorer) -> None:
    """Also whole numbers as ids; an empty name is not read."""
    table = pa.table({"kode": [10, 11], "lead": ["Hujan.", "Panas."], "judul": ["Satu", "Dua"]})
    scores = scorer.score(table, id_col="kode", text_col="lead", title_col="")
    assert scores.articles["article_id"].to_pylist() == ["10", "11"]
    assert scores.sentences["text"].to_pylist() == ["Hujan.", "Panas."]


def test_the_first_record_that_is_none_is_raised_with_its_id(scorer: nuansa.Scorer) -> None:
    """And pickled, as Spark does."""
    table = pa.table({"id": ["a", "b", "a"], "text": ["Hujan.", "Panas.", "Dingin."]})
    with pytest.raises(nuansa.RecordError) as caught:
        scorer.score(table)
    error = caught.value
    assert (error.row, error.id) == (3, "a")
    assert "same id" in error.reason and "'a'" in str(error) and "hint: " in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (again.row, again.id, str(again)) == (3, "a", str(error))
    nul = pa.table({"id": ["x"], "text": ["Hu\0jan."]})
    with pytest.raises(ValueError, match="NUL"):
        scorer.score(nul)


def test_records_that_are_none_may_be_collected(scorer: nuansa.Scorer) -> None:
    """Records in are articles and rejects."""
    table = pa.table({"id": ["a", "b", "a"], "text": ["Hujan.", "Hu\0jan.", "Dingin."]})
    scores = scorer.score(table, errors="collect")
    assert scores.articles["article_id"].to_pylist() == ["a"]
    assert [(row["row"], row["id"]) for row in scores.rejects.to_pylist()] == [(2, "b"), (3, "a")]


def test_what_is_no_table_of_articles_is_refused(scorer: nuansa.Scorer, model: str) -> None:
    """By name, before anything is scored."""
    with pytest.raises(nuansa.NuansaError, match='there are "kalimat"'):
        scorer.score(pa.table({"kalimat": ["Hujan."]}))
    with pytest.raises(nuansa.NuansaError, match='no column "isi"'):
        scorer.score(pa.table({"text": ["Hujan."]}), text_col="isi")
    with pytest.raises(nuansa.NuansaError, match="neither text nor number"):
        scorer.score(pa.table({"text": [["Hujan."]]}))
    with pytest.raises(TypeError, match="single text"):
        scorer.score("Hujan.")
    with pytest.raises(TypeError, match=r"data\[1\] is a int"):
        scorer.score(["Hujan.", 7])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="neither texts nor a table"):
        scorer.score(7)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="text_col"):
        scorer.score(["Hujan."], text_col="text")
    with pytest.raises(ValueError, match="errors="):
        scorer.score(["Hujan."], errors="ignore")  # type: ignore[arg-type]
    for threads in (-1, 0, 1025, 1 << 70):
        with pytest.raises(ValueError, match=f"threads={threads}: must be from 1 to 1024"):
            nuansa.Scorer(model, threads=threads)
    with pytest.raises(nuansa.NuansaError, match="no-such-model"):
        nuansa.Scorer("./no-such-model")
    with pytest.raises(nuansa.NuansaError, match="actor list"):
        nuansa.Scorer(model, actors="no-such-list.toml")


def test_threads_and_batches_of_the_input_change_nothing(model: str, scores: nuansa.Scores, table: pa.Table) -> None:
    """The same numbers, to the bit."""
    one = nuansa.Scorer(model, threads=1).score(table)
    assert one.sentences.equals(scores.sentences) and one.articles.equals(scores.articles)
    cut = pa.Table.from_batches(table.to_batches(max_chunksize=1))
    assert nuansa.Scorer(model, threads=2).score(cut).mentions.equals(scores.mentions)


def test_options_reach_the_pipeline(model: str, tmp_path: Path, table: pa.Table) -> None:
    """Actor list, least confidence, near duplicates."""
    actors = tmp_path / "mine.toml"
    actors.write_text('[[actor]]\nid = "hujan"\ntype = "state"\nname = "Hujan"\naliases.any = ["Hujan"]\n', "utf-8")
    mine = nuansa.Scorer(model, actors=actors, min_confidence=1.0, threads=2)
    scores = mine.score(["Hujan menyerang Rusia."])
    assert set(scores.mentions["actor_id"].to_pylist()) == {"hujan"}
    assert scores.sentences["status"].to_pylist() == ["low_confidence"]
    twice = pa.table({"id": ["a", "b"], "text": [" ".join(f"kata{i} ini" for i in range(40)) + "."] * 2})
    assert nuansa.Scorer(model).score(twice).articles["duplicate_of"].to_pylist() == [None, "a"]
    assert nuansa.Scorer(model, duplicates=False).score(twice).articles["duplicate_of"].to_pylist() == [None, None]


def test_the_model_may_be_named_by_the_environment(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is told by its files."""
    monkeypatch.setenv("NUANSA_MODEL", model)
    scorer = nuansa.Scorer(threads=1)
    assert scorer.threads == 1
    assert set(scorer.sha256) >= {"config.json", "encoder.safetensors", "tokenizer.json", "words.q4"}
    assert all(len(code) == 2 for code in scorer.languages)


def test_an_unknown_language_is_warned_of(scorer: nuansa.Scorer) -> None:
    """Scored all the same."""
    if "ja" in scorer.languages:
        pytest.skip("the model knows Japanese")
    with pytest.warns(nuansa.LanguageWarning, match="ja"):
        scores = scorer.score(["東京で雨が降りました。政府は交渉を拒否しました。"])
    assert scores.sentences["stance"].null_count == 0


def many(n: int) -> list[str]:
    """Texts, none like another."""
    return [f"Pada hari ke-{i} delegasi nomor {i * 7919 % 10007} menolak berunding di kota {i}." for i in range(n)]


def test_the_interpreter_is_free_while_it_scores(scorer: nuansa.Scorer) -> None:
    """Another thread of Python goes on."""
    done, ticks = threading.Event(), 0
    worker = threading.Thread(target=lambda: (scorer.score(many(20000)), done.set()))
    began = time.perf_counter()
    worker.start()
    while not done.is_set():
        time.sleep(0.001)
        ticks += 1
    worker.join()
    seconds = time.perf_counter() - began
    assert ticks > 50 * seconds, f"{ticks} ticks in {seconds:.2f} s"


def test_threads_of_python_may_share_a_scorer(scorer: nuansa.Scorer) -> None:
    """Each gets its own rows."""
    found: dict[int, list[str]] = {}

    def run(i: int) -> None:
        found[i] = scorer.score([f"Rusia menolak {i}."] * 3).sentences["text"].to_pylist()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {i: [f"Rusia menolak {i}."] * 3 for i in range(8)}


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers")
def test_ctrl_c_stops_it(scorer: nuansa.Scorer) -> None:
    """Long before it would have ended."""
    texts = many(400_000)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        began = time.perf_counter()
        with pytest.raises(KeyboardInterrupt):
            scorer.score(texts)
        assert time.perf_counter() - began < 10
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_scorers_of_one_model_share_it(model: str, tmp_path: Path) -> None:
    """While one of them is there, another of the same kind reads no file of it."""
    folder = shutil.copytree(model, tmp_path / "model")
    first = nuansa.Scorer(folder, threads=2)
    (folder / "tokenizer.json").unlink()
    second = nuansa.Scorer(folder, threads=2, min_confidence=0.5)
    assert second.sha256 == first.sha256
    with pytest.raises(nuansa.NuansaError, match=r"tokenizer\.json"):
        nuansa.Scorer(folder, threads=1)
    del first, second
    with pytest.raises(nuansa.NuansaError, match=r"tokenizer\.json"):
        nuansa.Scorer(folder, threads=2)
